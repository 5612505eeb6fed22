"""The write-ahead journal beside a database, judged before SQLite sees it.

SQLite takes any journal that agrees with its own checksums and, when the file is closed, writes its pages back: one of
another vault would overwrite ours with pages that no key of ours opens. SQLCipher seals each page with a MAC, so the
first page of a journal says whether it was written under our key. Formats: SQLite, "WAL-mode File Format"; SQLCipher 4,
page layout (IV of 16 and HMAC-SHA512 of 64 bytes at the end of each page).
"""

import hashlib
import hmac
import struct
from pathlib import Path

NONE, OURS, FOREIGN = "none", "ours", "foreign"
_PAGE, _HEADER, _FRAME, _SALT, _MAC = 4096, 32, 24, 16, 64
_SUMMED = 24
_SALT_MASK, _MAC_ROUNDS = 0x3A, 2
_LITTLE, _BIG = 0x377F0682, 0x377F0683


def size(path: Path) -> int:
    """How large the journal of a database is; 0 if there is none."""
    try:
        return _beside(path).stat().st_size
    except FileNotFoundError:
        return 0


def judge(path: Path, key: bytes) -> str:
    """Whether the journal of a database has pages that SQLite would take, and if so, under whose key they are."""
    try:
        with _beside(path).open("rb") as file:
            head = file.read(_HEADER + _FRAME + _PAGE)
    except FileNotFoundError:
        return NONE
    if not _is_taken(head):
        return NONE
    with path.open("rb") as file:
        salt = file.read(_SALT)
    number, page = int.from_bytes(head[_HEADER : _HEADER + 4], "big"), head[_HEADER + _FRAME :]
    return OURS if _is_sealed(number, page, key, salt) else FOREIGN


def is_first_page_ours(path: Path, key: bytes) -> bool:
    """Whether the first page of a database was sealed under our key."""
    with path.open("rb") as file:
        page = file.read(_PAGE)
    return len(page) == _PAGE and _is_sealed(1, page, key, page[:_SALT])


def _beside(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _is_taken(head: bytes) -> bool:
    """Whether the header and the first frame agree with their checksums; else SQLite ignores the whole journal."""
    if len(head) < _HEADER + _FRAME + _PAGE:
        return False
    magic, _, page = struct.unpack(">III", head[:12])
    if magic not in (_LITTLE, _BIG) or page != _PAGE:
        return False
    order = ">" if magic == _BIG else "<"
    after = _sum(head[:_SUMMED], (0, 0), order)
    if after != struct.unpack(">II", head[_SUMMED:_HEADER]):
        return False
    frame, content = head[_HEADER : _HEADER + _FRAME], head[_HEADER + _FRAME :]
    after = _sum(content, _sum(frame[:8], after, order), order)
    return frame[8:16] == head[16:24] and after == struct.unpack(">II", frame[16:24])


def _sum(data: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = start
    for even, odd in struct.iter_unpack(order + "II", data):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


def _is_sealed(number: int, content: bytes, key: bytes, salt: bytes) -> bool:
    """Whether a page was sealed under our key for its place in our file."""
    mask = bytes(byte ^ _SALT_MASK for byte in salt)
    mac_key = hashlib.pbkdf2_hmac("sha512", key, mask, _MAC_ROUNDS, len(key))
    start = _SALT if number == 1 else 0  # the first page begins with the salt, which is not sealed
    sealed = content[start:-_MAC] + number.to_bytes(4, "little")
    return hmac.compare_digest(hmac.digest(mac_key, sealed, "sha512"), content[-_MAC:])
