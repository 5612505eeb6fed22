"""A batch of entries in columns: what the reader can rebuild (ids, commitments, canonical headers) is not sent.

Written and read by the same table, `Columns`; the bytes are described in docs/bundle-format.md. References to entries
are numbers: 0 for none, 2·d for the entry d places earlier in the batch, 2·k + 1 for the k-th of `links`.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from ctcase.errors import Refused
from ctcase.log.entry import Body, Entry, Part, Withheld
from ctcase.sync.packing import pack
from ctcase.sync.texts import MOST_PAYLOADS, Index, Texts, take_apart

DIGEST_SIZE = 32
RECORD_SIZE = 16
MOST_ENTRIES = 20_000
MOST_PARTS = MOST_PAYLOADS
MOST_REFERENCES = 200_000
MOST_WORDS = 256
PRESENT, WITHHELD_MARK, MISSING_MARK = 0, 1, 2
NEW_RECORD, NEW_NAME = 0, 1
_HEXADECIMAL = frozenset("0123456789abcdef")

Step = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
_PerEntry = msgspec.Meta(max_length=MOST_ENTRIES)
_PerPart = msgspec.Meta(max_length=MOST_PARTS)
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
_Words = Annotated[list[_Word], msgspec.Meta(max_length=MOST_WORDS)]
_Indexes = Annotated[list[Index], _PerEntry]
_Steps = Annotated[list[Step], _PerEntry]
_PartIndexes = Annotated[list[Index], _PerPart]


class Columns(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One batch. Blobs are fixed-size items one after another; lists are one item an entry or a part, in order."""

    keys: bytes
    links: bytes
    kinds: _Words
    categories: _Words
    records: bytes
    names: Annotated[list[_Word], _PerPart]
    device: _Indexes
    kind: _Indexes
    number: _Steps
    depth: _Steps
    time: _Steps
    roster: _Steps
    stream: _Indexes
    before: _Indexes
    previous: _Indexes
    parent_counts: _Indexes
    parents: Annotated[list[Index], msgspec.Meta(max_length=MOST_REFERENCES)]
    part_counts: _Indexes
    part_category: _PartIndexes
    part_record: _PartIndexes
    part_state: _PartIndexes
    texts: Texts
    commitments: bytes
    salts: bytes
    signatures: bytes


class _References:
    """Digests as numbers, beside the entry that names them."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.links: dict[str, int] = {}

    def number(self, digest: str, here: int) -> int:
        """The number that stands for a digest in the entry at place `here`."""
        if not digest:
            return 0
        place = self.place.get(digest)
        if place is not None:
            return 2 * (here - place)
        return 2 * self.links.setdefault(digest, len(self.links)) + 1


def encode(entries: Sequence[Entry]) -> bytes:
    """The body of an entries frame.

    The entries are ones the log admitted: headers canonical, device and key of one another, parts as committed to.
    Raises Refused `limit_exceeded` for more than a batch may hold.
    """
    parts = sum(len(entry.parts) for entry in entries)
    references = sum(len(entry.header.parents) for entry in entries)
    if len(entries) > MOST_ENTRIES or parts > MOST_PARTS or references > MOST_REFERENCES:
        raise Refused("limit_exceeded", what="batch")
    return pack(tabulate(entries))


def tabulate(entries: Sequence[Entry]) -> Columns:
    """The columns of these entries, before they are compressed."""
    headers = [entry.header for entry in entries]
    keys: dict[bytes, int] = {}
    device = [keys.setdefault(entry.key, len(keys)) for entry in entries]
    kinds: dict[str, int] = {}
    kind = [kinds.setdefault(header.kind, len(kinds)) for header in headers]
    refs = _References()
    stream, before, previous, parents = [], [], [], []
    for here, (entry, header) in enumerate(zip(entries, headers, strict=True)):
        stream.append(refs.number(header.stream, here))
        before.append(refs.number(header.before, here))
        previous.append(refs.number(header.previous, here))
        parents += [refs.number(parent, here) for parent in header.parents]
        refs.place[entry.id] = here
    heads = [head for header in headers for head in header.parts]
    bodies = [body for entry in entries for body in entry.parts]
    categories: dict[str, int] = {}
    category = [categories.setdefault(head.category, len(categories)) for head in heads]
    records, names, record = _records([head.record for head in heads])
    present = [body for body in bodies if isinstance(body, Part)]
    absent = [head.commitment for head, body in zip(heads, bodies, strict=True) if not isinstance(body, Part)]
    return Columns(
        keys=b"".join(keys),
        links=bytes.fromhex("".join(refs.links)),
        kinds=list(kinds),
        categories=list(categories),
        records=records,
        names=names,
        device=device,
        kind=kind,
        number=_number_steps(entries),
        depth=_depth_steps(entries),
        time=_steps([header.time for header in headers]),
        roster=_steps([header.roster for header in headers]),
        stream=stream,
        before=before,
        previous=previous,
        parent_counts=[len(header.parents) for header in headers],
        parents=parents,
        part_counts=[len(header.parts) for header in headers],
        part_category=category,
        part_record=record,
        part_state=[_state(body) for body in bodies],
        texts=take_apart(part.payload for part in present),
        commitments=bytes.fromhex("".join(absent)),
        salts=b"".join([part.salt for part in present]),
        signatures=b"".join([entry.signature for entry in entries]),
    )


def _state(body: Body) -> int:
    if isinstance(body, Part):
        return PRESENT
    return WITHHELD_MARK if isinstance(body, Withheld) else MISSING_MARK


def _steps(numbers: Iterable[int]) -> list[int]:
    """Each number less the one before it, starting from zero."""
    last, steps = 0, []
    for number in numbers:
        steps.append(number - last)
        last = number
    return steps


def _number_steps(entries: Sequence[Entry]) -> list[int]:
    """Each number less the last one of the same key in this batch, or less zero."""
    last: dict[bytes, int] = {}
    steps = []
    for entry in entries:
        number = entry.header.number
        steps.append(number - last.get(entry.key, 0))
        last[entry.key] = number
    return steps


def _depth_steps(entries: Sequence[Entry]) -> list[int]:
    """Each depth less what the parents that come earlier in this batch call for."""
    depths: dict[str, int] = {}
    steps = []
    for entry in entries:
        called = 1 + max([depths.get(parent, 0) for parent in entry.header.parents], default=0)
        steps.append(entry.header.depth - called)
        depths[entry.id] = entry.header.depth
    return steps


def _records(wanted: Iterable[str]) -> tuple[bytes, list[str], list[int]]:
    """The records of 32 hexadecimal digits, those with other names, and for each part which record it is.

    NEW_RECORD and NEW_NAME take the next of either list; 2 is the record that came in last, 3 the one before it.
    """
    places: dict[str, int] = {}
    short: list[str] = []
    names: list[str] = []
    numbers = []
    for name in wanted:
        place = places.get(name)
        if place is not None:
            numbers.append(len(places) - place + 1)
            continue
        places[name] = len(places)
        is_short = len(name) == 2 * RECORD_SIZE and _HEXADECIMAL.issuperset(name)
        (short if is_short else names).append(name)
        numbers.append(NEW_RECORD if is_short else NEW_NAME)
    return bytes.fromhex("".join(short)), names, numbers
