"""The plaintext of a bundle: a line that says what it is, then frames of a type, a length and a body, then padding."""

import struct
from collections.abc import Iterable, Iterator

import msgspec

from ctcase.errors import Damaged, Refused
from ctcase.sync.padding import is_padded, pad

MAGIC = b"ctcase-bundle/1\n"
ANY_MAGIC = b"ctcase-bundle/"

MANIFEST, ROSTER, ENTRIES, DOCUMENT, RECEIPTS = 1, 2, 3, 4, 5
"""The types of frames, in the order in which they come. DOCUMENT is reserved: this version neither writes nor takes it."""

TAKEN = frozenset((ROSTER, ENTRIES, RECEIPTS))
"""The types that may follow the manifest. A type that is not here refuses the bundle: what cannot be kept must not be
acknowledged, or it would never be sent again."""

_HEAD = struct.Struct(">BQ")
HEAD_SIZE = _HEAD.size


class Frame(msgspec.Struct, frozen=True):
    """One frame: its type and its body."""

    type: int
    body: bytes


def join(frames: Iterable[Frame]) -> bytes:
    """The padded plaintext of these frames."""
    parts = [MAGIC]
    for frame in frames:
        parts += (_HEAD.pack(frame.type, len(frame.body)), frame.body)
    return pad(b"".join(parts))


def walk(plaintext: bytes) -> Iterator[Frame]:
    """The frames, one by one, up to the padding, which starts where a type would be zero.

    Raises Refused `file_not_understood` or `newer_version` by the first line, and Damaged `bundle_damaged` for a length
    beyond the end and for padding that is not what the frames before it call for.
    """
    if not plaintext.startswith(MAGIC):
        raise Refused("newer_version" if plaintext.startswith(ANY_MAGIC) else "file_not_understood")
    place = len(MAGIC)
    while place < len(plaintext) and plaintext[place]:
        if len(plaintext) - place < HEAD_SIZE:
            raise Damaged("bundle_damaged", what="frame")
        kind, size = _HEAD.unpack_from(plaintext, place)
        place += HEAD_SIZE
        if size > len(plaintext) - place:
            raise Damaged("bundle_damaged", what="frame")
        yield Frame(kind, plaintext[place : place + size])
        place += size
    if not is_padded(plaintext, place):
        raise Damaged("bundle_damaged", what="padding")
