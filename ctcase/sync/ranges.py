"""Sets of entries as ranges of their numbers of arrival: what was sent and what a peer has, in little room."""

from bisect import bisect_right
from collections.abc import Iterable

import msgspec

_reader = msgspec.json.Decoder(list[tuple[int, int]])


class Ranges(msgspec.Struct, frozen=True):
    """Ascending, disjoint ranges, both ends included."""

    spans: tuple[tuple[int, int], ...] = ()

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self.spans, (number, 2**63)) - 1
        return place >= 0 and number <= self.spans[place][1]

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.spans)

    def encode(self) -> str:
        """As stored."""
        return msgspec.json.encode(self.spans).decode()


def decode(text: str) -> Ranges:
    """From what was stored."""
    return Ranges(tuple(_reader.decode(text)))


def of(numbers: Iterable[int]) -> Ranges:
    """The ranges of some numbers."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return Ranges(tuple((first, last) for first, last in spans))


def union(parts: Iterable[Ranges]) -> Ranges:
    """All numbers of all parts."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(span for part in parts for span in part.spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return Ranges(tuple(merged))


def without(whole: Ranges, numbers: Iterable[int]) -> Ranges:
    """The ranges without some numbers."""
    spans = list(whole.spans)
    for number in sorted(set(numbers)):
        place = bisect_right(spans, (number, 2**63)) - 1
        if place >= 0 and number <= spans[place][1]:
            first, last = spans[place]
            halves = [(first, number - 1), (number + 1, last)]
            spans[place : place + 1] = [span for span in halves if span[0] <= span[1]]
    return Ranges(tuple(spans))


def intersection(parts: Iterable[Ranges]) -> Ranges:
    """The numbers that are in every part; none if there is no part."""
    found: Ranges | None = None
    for part in parts:
        found = part if found is None else _common(found, part)
    return found or Ranges()


def _common(one: Ranges, other: Ranges) -> Ranges:
    spans, mine, theirs = [], 0, 0
    while mine < len(one.spans) and theirs < len(other.spans):
        first, last = one.spans[mine]
        start, end = other.spans[theirs]
        if start <= last and first <= end:
            spans.append((max(first, start), min(last, end)))
        # the range that ends first meets nothing further on
        mine, theirs = (mine + 1, theirs) if last < end else (mine, theirs + 1)
    return Ranges(tuple(spans))
