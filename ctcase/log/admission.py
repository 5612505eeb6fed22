"""Which entries may be in the log (rule 7): structure is judged here, rights never are.

What is not authentic or contradicts its own past is refused for ever; what lacks a parent waits; all else is admitted,
also from a revoked or unknown device: it may be void in the fold, but it is a good parent for later work.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from ctcase.log.entry import MOST_PARENTS, Entry, order


class Graph:
    """The entries of one stream by id, with what descends from what as one integer of bits for each entry.

    Entries are added parents first. `heads` are those that nothing follows.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[str, Entry] = {}
        self.position: dict[str, int] = {}
        self.ancestors: dict[str, int] = {}
        self._followed: set[str] = set()
        for entry in sorted(entries, key=order):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Adds an entry whose parents are all here."""
        mask = 0
        for parent in entry.header.parents:
            mask |= self.ancestors[parent] | 1 << self.position[parent]
        self.position[entry.id] = len(self.position)
        self.ancestors[entry.id] = mask
        self.entries[entry.id] = entry
        self._followed.update(entry.header.parents)

    def replace(self, entry: Entry) -> None:
        """Puts the same entry with other parts in its place."""
        self.entries[entry.id] = entry

    def heads(self) -> tuple[str, ...]:
        """The entries that no other entry names as a parent, in order of their ids."""
        return tuple(sorted(self.entries.keys() - self._followed))

    def above(self, previous: str) -> tuple[str, ...]:
        """The heads that the next entry of a device names, whose last one here is `previous` ("" if none).

        Of more heads than an entry may name, one that descends from `previous` is always among them.
        """
        heads = self.heads()
        if len(heads) <= MOST_PARENTS:
            return heads
        own = [one for one in heads if one == previous or self.precedes(previous, one)][:1]
        return (*own, *[one for one in heads if one not in own][: MOST_PARENTS - len(own)])

    def precedes(self, earlier: str, later: str) -> bool:
        """Whether `earlier` is in the causal past of `later`; an unknown id is in nobody's past."""
        place = self.position.get(earlier)
        return place is not None and bool(self.ancestors[later] >> place & 1)

    def mask(self, ids: Iterable[str]) -> int:
        """The known ids and all their ancestors, as bits."""
        total = 0
        for one in ids:
            if one in self.position:
                total |= self.ancestors[one] | 1 << self.position[one]
        return total


class Sorting(msgspec.Struct):
    """The outcome of admission: admitted parents first, waiting with what they lack, refused with the reason."""

    admitted: list[Entry]
    waiting: dict[str, tuple[str, ...]]
    refused: dict[str, str]


def admit(graph: Graph, candidates: Iterable[Entry], is_elsewhere: Callable[[str], bool]) -> Sorting:
    """Sorts authentic entries of one stream and adds the admitted ones to `graph`.

    `is_elsewhere` tells whether an id is known as an entry of another stream: such a parent never comes here.
    """
    sorting = Sorting([], {}, {})
    left = sorted(candidates, key=order)
    # One round is enough but for entries whose false depth puts them before their parents: the next round refuses them.
    while left:
        known = len(sorting.admitted) + len(sorting.refused)
        _round(graph, left, is_elsewhere, sorting)
        if known == len(sorting.admitted) + len(sorting.refused):
            break
        left = [entry for entry in left if entry.id in sorting.waiting]
    return sorting


def _round(
    graph: Graph, entries: Iterable[Entry], is_elsewhere: Callable[[str], bool], sorting: Sorting
) -> None:
    for entry in entries:
        header = entry.header
        sorting.waiting.pop(entry.id, None)
        links = (*header.parents, header.previous)
        missing = [link for link in links if link and link not in graph.entries]
        if missing and any(map(is_elsewhere, missing)):
            sorting.refused[entry.id] = "stream"
        elif missing:
            sorting.waiting[entry.id] = tuple(sorted(set(missing)))
        elif reason := _contradiction(graph, entry):
            sorting.refused[entry.id] = reason
        elif entry.id not in graph.entries:
            graph.add(entry)
            sorting.admitted.append(entry)


def _contradiction(graph: Graph, entry: Entry) -> str:
    header = entry.header
    parents = [graph.entries[parent] for parent in header.parents]
    if parents and any(parent.stream != entry.stream for parent in parents):
        return "stream"
    if header.depth != 1 + max([parent.header.depth for parent in parents], default=0):
        return "depth"
    if not header.previous:
        return ""
    previous = graph.entries[header.previous].header
    in_past = header.previous in header.parents or any(
        graph.precedes(header.previous, p) for p in header.parents
    )
    follows = (
        previous.device == header.device
        and previous.number < header.number
        and previous.roster <= header.roster
    )
    return "" if follows and in_past else "chain"


def by_stream(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """The entries grouped by stream, in the order of first appearance."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.stream, []).append(entry)
    return groups
