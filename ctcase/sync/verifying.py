"""Verifying the signatures of many entries in two threads: the library works outside the interpreter's lock."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from ctcase.crypto.dsse import pae
from ctcase.crypto.signing import UnsoundKeyError, Verifier, key_id, load_public
from ctcase.log.entry import PAYLOAD_TYPE, Entry

THREADS = 2
CHUNK = 256
SWITCH = 0.0002
"""Seconds after which a thread that only computes lets one in that needs the lock for the next signature.

Python's own 5 ms are forty signatures: beside a busy thread two verifying ones would hardly get on.
"""


def verify_signatures(entries: Sequence[Entry], pool: Executor | None = None) -> list[bool]:
    """For each entry whether its key, which has to be sound and that of its device, signed its header.

    Runs in the threads of `pool`, or in two of its own.
    """
    if pool is None:
        with ThreadPoolExecutor(THREADS) as own:
            return _all(_started(entries, own))
    return _all(_started(entries, pool))


@contextmanager
def verifying(entries: Sequence[Entry]) -> Iterator[Callable[[], list[bool]]]:
    """Verifies the signatures while the block does something else; the function given waits for the verdicts.

    A block that ends before it asked for them leaves the rest unverified.
    """
    before = sys.getswitchinterval()
    pool = ThreadPoolExecutor(THREADS)
    sys.setswitchinterval(min(before, SWITCH))
    try:
        results = _started(entries, pool)
        yield lambda: _all(results)
    finally:
        sys.setswitchinterval(before)
        pool.shutdown(cancel_futures=True)


_Loaded = Mapping[tuple[str, bytes], Verifier | None]


def _started(entries: Sequence[Entry], pool: Executor) -> Iterator[list[bool]]:
    pairs = {(entry.header.device, entry.key) for entry in entries}
    loaded = {pair: _verifier(*pair) for pair in pairs}
    chunks = [entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK)]
    return pool.map(lambda chunk: [_is_signed(entry, loaded) for entry in chunk], chunks)


def _all(results: Iterator[list[bool]]) -> list[bool]:
    return [verdict for result in results for verdict in result]


def _is_signed(entry: Entry, loaded: _Loaded) -> bool:
    verifier = loaded[entry.header.device, entry.key]
    return verifier is not None and verifier.verify(entry.signature, pae(PAYLOAD_TYPE, entry.raw))


def _verifier(device: str, key: bytes) -> Verifier | None:
    if key_id(key) != device:
        return None
    try:
        return load_public(key)
    except UnsoundKeyError:
        return None
