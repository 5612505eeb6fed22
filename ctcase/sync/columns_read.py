"""Reading a batch of entries: headers, commitments and ids are rebuilt, so nothing that is here can contradict them."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise

import msgspec

from ctcase.crypto.signing import PUBLIC_SIZE, SIGNATURE_SIZE, key_id
from ctcase.errors import Damaged, Refused
from ctcase.log.entry import (
    CATEGORIES_OF_PARTS,
    LARGEST_ENTRY,
    LARGEST_HEADER,
    LARGEST_PART,
    MOST_PARTS,
    SALT_SIZE,
    WITHHELD,
    Body,
    Entry,
    Header,
    Part,
    PartHead,
    Withheld,
    commitment,
    digest,
    is_kind,
    is_shaped,
    is_well_formed,
    sizes_fit,
)  # fmt: skip
from ctcase.model import canonical
from ctcase.model.ids import is_record_id
from ctcase.model.values import CONTROL
from ctcase.sync.columns import (
    DIGEST_SIZE,
    MISSING_MARK,
    NEW_NAME,
    PRESENT,
    RECORD_SIZE,
    WITHHELD_MARK,
    Columns,
)
from ctcase.sync.packing import unpack
from ctcase.sync.texts import put_together

_MOST = 2**63
_LINKS = 3  # what an entry can name besides its parents: stream, before and previous

_reader = msgspec.msgpack.Decoder(Columns)


class Batch(msgspec.Struct, frozen=True):
    """The entries of one frame, signatures not verified yet, and those that no log could admit, each in order.

    `size` is how many bytes their headers and payloads have together, which can be far more than were sent.
    """

    entries: list[Entry]
    misfits: list[Entry]
    size: int


def decode(body: bytes) -> Batch:
    """The entries in a frame.

    Raises Damaged `bundle_damaged` for columns that contradict one another, and Refused `limit_exceeded` for more than
    a batch or an entry may hold, before it is built. A header that is not well-formed, a control part that is withheld
    and a part that is too large cost only their own entry: it is among the misfits.
    """
    columns = unpack(body, _reader)
    _check_lengths(columns)
    if max(columns.part_counts) > MOST_PARTS:
        raise Refused("limit_exceeded", what="entry")
    payloads = put_together(columns.texts)
    heads, bodies = _parts(columns, payloads)
    entries: list[Entry] = []
    misfits: list[Entry] = []
    size = sum(map(len, payloads))
    alone = _one_by_one(columns, heads, bodies, payloads)
    for entry in _entries(columns, heads, bodies):
        length = len(entry.raw)
        size += length
        sound = _is_sound(entry) if alone else length <= LARGEST_HEADER and is_shaped(entry.header)
        (entries if sound else misfits).append(entry)
    return Batch(entries, misfits, size)


def _one_by_one(
    columns: Columns, heads: Sequence[PartHead], bodies: Sequence[Body], payloads: Sequence[bytes]
) -> bool:
    """Whether some entry may be a misfit by a word or a part of it: then each has to be looked at by itself.

    Device, links and commitments are digests here however they were sent, and most records are ids.
    """
    sizes = list(map(len, payloads))
    return (
        max(sizes, default=0) > LARGEST_PART
        or sum(sizes) > LARGEST_ENTRY
        or not all(map(is_kind, columns.kinds))
        or not CATEGORIES_OF_PARTS.issuperset(columns.categories)
        or not all(map(is_record_id, columns.names))
        or (WITHHELD_MARK in columns.part_state and any(map(_withholds_control, heads, bodies)))
    )


def _check_lengths(columns: Columns) -> None:
    count = len(columns.device)
    per_entry = (
        columns.kind, columns.number, columns.depth, columns.time, columns.roster, columns.stream, columns.before,
        columns.previous, columns.parent_counts, columns.part_counts,
    )  # fmt: skip
    parts = len(columns.part_state)
    present = columns.part_state.count(PRESENT)
    sound = (
        count > 0
        and all(len(column) == count for column in per_entry)
        and len(columns.signatures) == count * SIGNATURE_SIZE
        and len(columns.parents) == sum(columns.parent_counts)
        and parts == sum(columns.part_counts) == len(columns.part_category) == len(columns.part_record)
        and max(columns.part_state, default=0) <= MISSING_MARK
        and len(columns.texts.used) == present
        and len(columns.salts) == present * SALT_SIZE
        and len(columns.commitments) == (parts - present) * DIGEST_SIZE
        and len(columns.keys) % PUBLIC_SIZE == 0
        and len(columns.links) % DIGEST_SIZE == 0
        and len(columns.records) % RECORD_SIZE == 0
        and len(columns.keys) <= count * PUBLIC_SIZE
        and len(columns.links) <= (_LINKS * count + len(columns.parents)) * DIGEST_SIZE
        and len(columns.records) <= parts * RECORD_SIZE
        and max(columns.device) < len(columns.keys) // PUBLIC_SIZE
        and max(columns.kind) < len(columns.kinds)
        and max(columns.part_category, default=-1) < len(columns.categories)
    )
    if not sound:
        raise _damaged()


def _damaged() -> Damaged:
    return Damaged("bundle_damaged", what="columns")


def _items(blob: bytes, size: int) -> list[bytes]:
    return [blob[start : start + size] for start in range(0, len(blob), size)]


def _digests(blob: bytes) -> list[str]:
    text = blob.hex()
    return [text[start : start + 2 * DIGEST_SIZE] for start in range(0, len(text), 2 * DIGEST_SIZE)]


def _parts(columns: Columns, payloads: Sequence[bytes]) -> tuple[list[PartHead], list[Body]]:
    """What the headers say of all parts of the batch, and the parts."""
    present = list(map(Part, _items(columns.salts, SALT_SIZE), payloads))
    bodies: list[Body] = [*present]
    commitments = list(map(commitment, present))
    if len(present) != len(columns.part_state):
        bodies, commitments = _with_absent(columns, present, commitments)
    categories = [columns.categories[one] for one in columns.part_category]
    heads = list(map(PartHead, categories, commitments, _records(columns)))
    return heads, bodies


def _with_absent(
    columns: Columns, present: Sequence[Part], committed: Sequence[str]
) -> tuple[list[Body], list[str]]:
    here, absent = zip(present, committed, strict=True), iter(_digests(columns.commitments))
    bodies: list[Body] = []
    commitments: list[str] = []
    for state in columns.part_state:
        if state == PRESENT:
            part, said = next(here)
            bodies.append(part)
            commitments.append(said)
        else:
            bodies.append(WITHHELD if state == WITHHELD_MARK else None)
            commitments.append(next(absent))
    return bodies, commitments


def _records(columns: Columns) -> list[str]:
    """The record of each part; every record that was sent must be used, once as a new one."""
    text = columns.records.hex()
    fresh = (
        iter([text[start : start + 2 * RECORD_SIZE] for start in range(0, len(text), 2 * RECORD_SIZE)]),
        iter(columns.names),
    )
    seen: list[str] = []
    of_part = []
    for number in columns.part_record:
        if number <= NEW_NAME:
            name = next(fresh[number], None)
            if name is None:
                raise _damaged()
            seen.append(name)
        elif number - NEW_NAME > len(seen):
            raise _damaged()
        else:
            name = seen[NEW_NAME - number]
        of_part.append(name)
    if any(next(rest, None) for rest in fresh):
        raise _damaged()
    return of_part


def _entries(columns: Columns, heads: Sequence[PartHead], bodies: Sequence[Body]) -> Iterator[Entry]:
    keys = _items(columns.keys, PUBLIC_SIZE)
    devices = [key_id(key) for key in keys]
    signatures = _items(columns.signatures, SIGNATURE_SIZE)
    links = _digests(columns.links)
    ids: list[str] = []
    depths: dict[str, int] = {}
    numbers = [0] * len(keys)
    time = roster = 0
    parents = iter(columns.parents)
    ends = pairwise(accumulate(columns.part_counts, initial=0))
    rows = zip(
        columns.device, columns.kind, columns.number, columns.depth, columns.time, columns.roster, columns.stream,
        columns.before, columns.previous, columns.parent_counts, ends, signatures, strict=True,
    )  # fmt: skip
    for device, kind, number, depth, later, newer, stream, before, previous, count, (start, end), sig in rows:
        numbers[device] += number
        time += later
        roster += newer
        above = tuple(sorted([_link(one, ids, links) for one in islice(parents, count)])) if count else ()
        header = Header(
            _link(before, ids, links),
            depth + 1 + (max([depths.get(parent, 0) for parent in above]) if above else 0),
            devices[device],
            columns.kinds[kind],
            numbers[device],
            above,
            tuple(heads[start:end]),
            _link(previous, ids, links),
            roster,
            _link(stream, ids, links),
            time,
        )
        raw = _raw(header)
        one = digest(raw)
        ids.append(one)
        depths[one] = header.depth
        yield Entry(one, header, raw, sig, keys[device], tuple(bodies[start:end]))


def _link(number: int, ids: Sequence[str], links: Sequence[str]) -> str:
    """The digest that a number stands for in the entry that comes after `ids`."""
    if not number:
        return ""
    place = number >> 1
    if number & 1:
        if place >= len(links):
            raise _damaged()
        return links[place]
    if place > len(ids):
        raise _damaged()
    return ids[-place]


def _raw(header: Header) -> bytes:
    numbers = (header.number, header.depth, header.time, header.roster)
    if min(numbers) < -_MOST or max(numbers) >= _MOST:
        raise _damaged()
    return canonical.encode(header)


def _is_sound(entry: Entry) -> bool:
    return (
        len(entry.raw) <= LARGEST_HEADER
        and is_well_formed(entry.header)
        and sizes_fit(entry.parts)
        and not any(map(_withholds_control, entry.header.parts, entry.parts))
    )


def _withholds_control(head: PartHead, body: Body) -> bool:
    return isinstance(body, Withheld) and head.category == CONTROL
