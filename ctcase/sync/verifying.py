"""Verifying the signatures of many entries in two threads: the library works outside the interpreter's lock.

Nothing else is computed meanwhile: a thread that wants the lock back for the next signature costs a busy one as much
time as the signature itself.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from ctcase.crypto.dsse import pae
from ctcase.crypto.signing import UnsoundKeyError, Verifier, key_id, load_public
from ctcase.log.entry import PAYLOAD_TYPE, Entry

THREADS = 2
CHUNK = 64


def verify_signatures(entries: Sequence[Entry]) -> list[bool]:
    """For each entry whether its key, which has to be sound and that of its device, signed its header."""
    pairs = {(entry.header.device, entry.key) for entry in entries}
    loaded = {pair: _verifier(*pair) for pair in pairs}
    chunks = [entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK)]
    with ThreadPoolExecutor(THREADS) as pool:
        results = pool.map(lambda chunk: [_is_signed(entry, loaded) for entry in chunk], chunks)
        return [verdict for result in results for verdict in result]


_Loaded = Mapping[tuple[str, bytes], Verifier | None]


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
