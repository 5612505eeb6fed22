"""Verifying the signatures of many entries in two threads: the library works outside the interpreter's lock."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

from ctcase.crypto.dsse import pae
from ctcase.crypto.signing import UnsoundKeyError, Verifier, key_id, load_public
from ctcase.log.entry import PAYLOAD_TYPE, Entry

THREADS = 2
CHUNK = 256


def verify_signatures(entries: Sequence[Entry], pool: Executor | None = None) -> list[bool]:
    """For each entry whether its key, which has to be sound and that of its device, signed its header.

    Runs in the threads of `pool`, or in two of its own.
    """
    pairs = {(entry.header.device, entry.key) for entry in entries}
    loaded = {pair: _verifier(*pair) for pair in pairs}
    chunks = [entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK)]
    if pool is None:
        with ThreadPoolExecutor(THREADS) as own:
            return _verdicts(chunks, loaded, own)
    return _verdicts(chunks, loaded, pool)


_Loaded = Mapping[tuple[str, bytes], Verifier | None]


def _verdicts(chunks: Sequence[Sequence[Entry]], loaded: _Loaded, pool: Executor) -> list[bool]:
    results = pool.map(lambda chunk: [_is_signed(entry, loaded) for entry in chunk], chunks)
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
