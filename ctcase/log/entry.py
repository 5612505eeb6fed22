"""One entry: header, parts, signature (DESIGN §5; rules 1-5 of the fold norm; bytes in docs/entry-format.md).

The header is canonical JSON and holds no case data. Each part of the payload is canonical JSON too, committed to in the
header under its own salt, so that a part can be erased or withheld and everything else still verifies.
"""

import hashlib
import operator
from collections.abc import Sequence
from itertools import islice
from typing import Any

import msgspec

from ctcase.errors import Refused
from ctcase.model import canonical, ids
from ctcase.model.values import CATEGORIES, CONTROL

PAYLOAD_TYPE = "application/vnd.ctcase.entry.v1+json"
"""What the signature is over, by the DSSE pre-authentication encoding: this type and the header bytes."""

SALT_SIZE = 32
MOST_PARENTS = 256
MOST_PARTS = 256
LARGEST_HEADER = 256 * 1024
LARGEST_PART = 1024 * 1024
LARGEST_ENTRY = 16 * 1024 * 1024
"""All payloads of one entry together: what fits one batch of a bundle with room to spare."""
LATEST_TIME = 253_402_300_799  # the last second of the year 9999

_COMMITMENT_TAG = b"ctcase.part.1\0"
CATEGORIES_OF_PARTS = frozenset((*CATEGORIES, CONTROL))

# gc=False: frozen trees cannot hold a cycle, and a bundle has so many of them that tracking them takes a third of the time


class PartHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the header says of one part: the record, the category, and the commitment to salt and payload."""

    category: str
    commitment: str
    record: str


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What is signed. Ids are SHA-256 in hexadecimal, `time` is seconds since 1970 UTC by the author's clock.

    `parents` are all heads the author had; `previous` and `before` are this device's last entry in the stream and in
    any stream ("" if none); `stream` is the root's id ("" in the root itself); `roster` the version acted under.
    """

    before: str
    depth: int
    device: str
    kind: str
    number: int
    parents: tuple[str, ...]
    parts: tuple[PartHead, ...]
    previous: str
    roster: int
    stream: str
    time: int


class Part(msgspec.Struct, frozen=True, gc=False):
    """The body of one part: its salt and its canonical payload."""

    salt: bytes
    payload: bytes


class Withheld(msgspec.Struct, frozen=True):
    """Stands for a part that the sender keeps from this reader."""


WITHHELD = Withheld()

Body = Part | Withheld | None
"""A part as it is here: present, withheld by the sender, or missing."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A header as received (`raw`), its digest, signature and signing key, and the parts that are here."""

    id: str
    header: Header
    raw: bytes
    signature: bytes
    key: bytes
    parts: tuple[Body, ...]

    @property
    def stream(self) -> str:
        """The stream this entry belongs to; a root is its own stream."""
        return self.header.stream or self.id


def order(entry: Entry) -> tuple[int, int, str, str]:
    """The total order of a stream (rule 6); it agrees with causality because depth does."""
    header = entry.header
    return (header.depth, header.time, header.device, entry.id)


def commitment(part: Part) -> str:
    """The salted digest of a part, in hexadecimal."""
    return hashlib.sha256(_COMMITMENT_TAG + part.salt + part.payload).hexdigest()


def digest(raw: bytes) -> str:
    """The id of an entry: SHA-256 of its header bytes alone, so that a second signature is not a second entry."""
    return hashlib.sha256(raw).hexdigest()


_reader = canonical.decoder(Header)


def read_header(raw: bytes) -> Header | None:
    """The header in `raw`; None when the bytes are not a canonical and well-formed header."""
    if len(raw) > LARGEST_HEADER:
        return None
    try:
        header = canonical.decode(raw, _reader)
    except canonical.NotCanonicalError:
        return None
    return header if is_well_formed(header) else None


def is_well_formed(header: Header) -> bool:
    """Whether the header says nothing impossible by itself: forms of ids and words, ranges, order, the shape of a root."""
    links = (header.device, *header.parents, *filter(None, (header.stream, header.previous, header.before)))
    return (
        all(map(ids.is_digest, links))
        and is_kind(header.kind)
        and is_shaped(header)
        and all(
            part.category in CATEGORIES_OF_PARTS
            and ids.is_record_id(part.record)
            and ids.is_digest(part.commitment)
            for part in header.parts
        )
    )


def is_kind(word: str) -> bool:
    """Whether a word may name a kind of entry, known here or not."""
    return len(word) <= 32 and word.isascii() and word.isidentifier()


def is_shaped(header: Header) -> bool:
    """Whether the header, of which every id and word is formed right, is right as a whole: ranges, order, root."""
    is_root = header.stream == ""
    return (
        0 < header.number <= canonical.BIGGEST_INTEGER
        and 0 < header.depth <= canonical.BIGGEST_INTEGER
        and 0 <= header.roster <= canonical.BIGGEST_INTEGER
        and 0 <= header.time <= LATEST_TIME
        and is_root == (header.kind == "open") == (not header.parents)
        and not (is_root and header.previous)
        and _ascending(header.parents)
        and len(header.parents) <= MOST_PARENTS
        and 0 < len(header.parts) <= MOST_PARTS
        and _ascending([(part.record, part.category) for part in header.parts])
    )


def _ascending(items: Sequence[Any]) -> bool:
    return all(map(operator.lt, items, islice(items, 1, None)))


class Draft(msgspec.Struct, frozen=True):
    """What an author wants to say: the kind and, by record and category, the payloads still without salt."""

    kind: str
    parts: tuple[tuple[str, str, bytes], ...]


class Place(msgspec.Struct, frozen=True):
    """Where the author stands: the device's own chain, the heads of the stream, clock and roster."""

    device: str
    number: int
    before: str
    previous: str
    stream: str
    parents: tuple[str, ...]
    depth: int
    time: int
    roster: int


def compose(draft: Draft, place: Place, randomness: ids.Randomness) -> tuple[Header, tuple[Part, ...]]:
    """The header and the salted parts of a new entry, in canonical order; what is left to do is to sign it.

    Raises Refused `limit_exceeded` for what a reader would refuse: too many parts, or too large ones.
    """
    sizes = [len(payload) for _, _, payload in draft.parts]
    if len(sizes) > MOST_PARTS or max(sizes, default=0) > LARGEST_PART or sum(sizes) > LARGEST_ENTRY:
        raise Refused("limit_exceeded", what="entry")
    heads, bodies = [], []
    for record, category, payload in sorted(draft.parts):
        part = Part(randomness(SALT_SIZE), payload)
        heads.append(PartHead(category, commitment(part), record))
        bodies.append(part)
    header = Header(
        place.before, place.depth, place.device, draft.kind, place.number, tuple(sorted(place.parents)),
        tuple(heads), place.previous, place.roster, place.stream, place.time,
    )  # fmt: skip
    return header, tuple(bodies)


def sizes_fit(parts: Sequence[Body]) -> bool:
    """Whether the parts that are present keep within the bounds, each and together."""
    sizes = [len(part.payload) for part in parts if isinstance(part, Part)]
    return max(sizes, default=0) <= LARGEST_PART and sum(sizes) <= LARGEST_ENTRY


def bodies_fit(header: Header, parts: Sequence[Body]) -> bool:
    """Whether every part that is present is the one the header commits to, and no control part is withheld."""
    if len(parts) != len(header.parts) or not sizes_fit(parts):
        return False
    for head, part in zip(header.parts, parts, strict=True):
        if isinstance(part, Withheld):
            if head.category == CONTROL:
                return False
        elif part is not None and (len(part.salt) != SALT_SIZE or commitment(part) != head.commitment):
            return False
    return True
