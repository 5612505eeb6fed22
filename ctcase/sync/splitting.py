"""Putting entries in order and dividing them over batches and bundles."""

from collections.abc import Iterable, Iterator, Sequence

from ctcase.log.entry import Entry, Part
from ctcase.sync.columns import DIGEST_SIZE, MOST_ENTRIES, MOST_PARTS, MOST_REFERENCES
from ctcase.sync.texts import LARGEST_TEXTS

DEFAULT_LIMIT = 8 * 1024 * 1024
LARGEST_BATCH = LARGEST_TEXTS // 2
"""The estimated bytes of a batch, well below what a reader refuses, whatever the columns add."""

_PER_ENTRY = 128  # the signature and the numbers of the columns
_PER_PART = 96  # salt or commitment, the record, and the numbers of the columns


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, each after those it names: parents first, also across streams, else in the order given.

    A reference to what comes later could not be a number in a batch; it would cost a whole digest.
    """
    left = {entry.id: entry for entry in entries}
    ordered: list[Entry] = []
    for first in list(left):
        pending = [left[first]] if first in left else []
        while pending:
            entry = pending[-1]
            header = entry.header
            named = (header.stream, header.before, header.previous, *header.parents)
            missing = [left[one] for one in named if one in left]
            if missing:
                pending += missing
                continue
            pending.pop()
            if left.pop(entry.id, None):
                ordered.append(entry)
    return ordered


def split(entries: Iterable[Entry], limit: int = DEFAULT_LIMIT, besides: int = 0) -> list[list[Entry]]:
    """The entries in order, divided so that each sealed bundle stays under `limit` bytes, one entry at the least.

    `besides` are the bytes of all else that goes with them: rosters, receipts, acknowledgements, and 2 KiB a device
    that the bundle is sealed to. Sizes are estimated before compression: most bundles come out at half the limit.
    """
    room = limit - limit // 16 - besides - 4096  # a sixteenth for the padding and the seal
    return list(_groups(in_order(entries), room, MOST_ENTRIES * 8))


def batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The entries, in the order given, divided so that each part fits a frame."""
    return _groups(entries, LARGEST_BATCH, MOST_ENTRIES)


def _groups(entries: Sequence[Entry], room: int, most: int) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    size = parts = references = 0
    for entry in entries:
        own = estimate(entry)
        parts += len(entry.parts)
        references += len(entry.header.parents)
        full = size + own > room or len(group) == most or parts > MOST_PARTS or references > MOST_REFERENCES
        if group and full:
            yield group
            group, size, parts, references = [], 0, len(entry.parts), len(entry.header.parents)
        group.append(entry)
        size += own
    if group:
        yield group


def estimate(entry: Entry) -> int:
    """At most about so many bytes does an entry take in a bundle."""
    header = entry.header
    payloads = sum([len(part.payload) for part in entry.parts if isinstance(part, Part)])
    return _PER_ENTRY + _PER_PART * len(entry.parts) + DIGEST_SIZE * (3 + len(header.parents)) + payloads
