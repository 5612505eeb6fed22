"""The log with what follows from it: admission, fold and projection in the transaction that adds the entries.

This is the one write path of shared data: own entries, imported ones and those out of bundles all go through `Streams`.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from ctcase.errors import Refused
from ctcase.log import admission
from ctcase.log.admission import Graph
from ctcase.log.entry import Body, Entry
from ctcase.log.fold import fold
from ctcase.log.reading import Reading
from ctcase.log.rights import Rights
from ctcase.store import entries, schema
from ctcase.store.projection import Row, Searchable, Stream, project
from ctcase.store.rows import RowChanges
from ctcase.workflow.policy import SUPERVISOR

MOST_IN_STREAM = 10_000
"""Entries of one stream: its graph costs their square (rule 22). What would go beyond is refused as a whole."""

KEPT = 64
"""How many folded streams are kept in memory for the next command."""


TOGETHER = 500
"""How many streams are folded before they are written: enough for one statement, few enough to be forgotten soon."""


Tell = Callable[[int, int], None]
"""Told how much of long work is done, and how much there is."""


def nobody(_done: int, _total: int) -> None:
    """Nobody is told."""


class Shows(msgspec.Struct, frozen=True, gc=False):
    """What a touched stream shows now: whether it is a case, its open conflicts, and the rows of what has no effect."""

    is_case: bool
    conflicts: int
    verdicts: tuple[Row, ...]


_PLAIN_CASE = Shows(True, 0, ())
"""What nearly every case shows, as one object: those of a large bundle are all kept until the end."""


class Admitted(msgspec.Struct):
    """What became of a batch: new entries with their numbers of arrival, those already here, waiting with what they
    lack, refused with reasons; parts that came late; and what each touched stream shows now.
    """

    new: list[Entry]
    numbers: dict[str, int]
    known: list[str]
    waiting: dict[str, tuple[str, ...]]
    refused: dict[str, str]
    supplied: list[str]
    streams: dict[str, Shows]


class Streams:
    """The streams of one vault under one roster. Not shared between threads."""

    def __init__(self, rights: Rights, searchable: Searchable) -> None:
        self.rights = rights
        self._searchable = searchable
        self._kept: OrderedDict[str, Stream] = OrderedDict()
        self._devices: set[str] = set()

    def forget(self) -> None:
        """Drops what is kept in memory: another process has written, or a transaction was rolled back."""
        self._kept.clear()
        self._devices.clear()

    def get(self, connection: Connection, stream: str) -> Stream | None:
        """One stream, from memory or from the log; None if there is no such stream."""
        kept = self._kept.get(stream)
        if kept is None:
            loaded = dict(self._load(connection, [stream]))
            kept = loaded.get(stream)
            if kept is not None:
                self._keep(stream, kept)
        return kept

    def many(self, connection: Connection, streams: Sequence[str]) -> dict[str, Stream]:
        """Several streams, those that are here. KEPT or fewer stay in memory for what is written next."""
        states = self._states(connection, streams)
        if len(streams) <= KEPT:
            for stream, state in states.items():
                self._keep(stream, state)
        return states

    def _keep(self, stream: str, state: Stream) -> None:
        self._kept[stream] = state
        self._kept.move_to_end(stream)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _load(self, connection: Connection, streams: Sequence[str]) -> Iterator[tuple[str, Stream]]:
        numbers = _row_numbers(connection, streams)
        for stream, found in entries.of_streams(connection, streams).items():
            yield stream, self._folded(Graph(found), numbers.get(stream, 0))

    def _folded(self, graph: Graph, row: int, read: Mapping[str, Reading] | None = None) -> Stream:
        folded = fold(graph, self.rights, read)
        return Stream(graph, folded, project(folded, graph.entries, self._searchable), row)

    def admit(
        self,
        connection: Connection,
        batch: Iterable[Entry],
        here: Mapping[str, str] | None = None,
        tell: Tell = nobody,
    ) -> Admitted:
        """Admits authentic entries, parents before children, and brings the derived tables up to date.

        `here` says which of them are in the log already, with their streams, where the caller knows. `tell` is told how
        many of how many streams are done, and may raise to end it.
        """
        outcome = Admitted([], {}, [], {}, {}, [], {})
        groups = admission.by_stream(batch)
        if here is None:
            here = entries.known(connection, [one.id for group in groups.values() for one in group])
        begun = {one.id for group in groups.values() for one in group if not one.header.stream} - here.keys()
        streams = [*groups]
        for start in range(0, len(streams), TOGETHER):
            part = streams[start : start + TOGETHER]
            tell(start, len(streams))
            # a stream whose root comes now cannot be here: nothing is admitted before its parents
            states = self._states(connection, [stream for stream in part if stream not in begun])
            written, changes = len(outcome.new), RowChanges()
            for stream in part:
                before = states.get(stream)
                state = self._admit_stream(connection, groups[stream], before, here, outcome)
                if state is not None:
                    changes.stream(before.rows if before else {}, state)
                    outcome.streams[stream] = _shows(state)
                    if len(streams) <= KEPT or stream in self._kept:
                        self._keep(stream, state)
            outcome.numbers |= entries.append(connection, outcome.new[written:], self._devices)
            changes.write(connection)
        return outcome

    def _states(self, connection: Connection, streams: Sequence[str]) -> dict[str, Stream]:
        states = {stream: self._kept[stream] for stream in streams if stream in self._kept}
        states.update(self._load(connection, [stream for stream in streams if stream not in states]))
        return states

    def _admit_stream(
        self,
        connection: Connection,
        group: list[Entry],
        before: Stream | None,
        here: Mapping[str, str],
        outcome: Admitted,
    ) -> Stream | None:
        graph, stream = before.graph if before else Graph(), group[0].stream
        candidates = [one for one in group if one.id not in here]
        again = [one for one in group if one.id in here] if len(candidates) < len(group) else []
        supplied = self._supply(connection, graph, again, outcome) if again else frozenset[str]()
        if len(graph.entries) + len(candidates) > MOST_IN_STREAM:
            raise Refused("limit_exceeded", what="stream")
        sorting = admission.admit(graph, candidates, _elsewhere(connection, stream))
        outcome.new += sorting.admitted
        outcome.waiting |= sorting.waiting
        outcome.refused |= sorting.refused
        if not sorting.admitted and not supplied:
            return None
        if before is None:
            return self._folded(graph, 0)
        read = before.folded.readings
        if supplied:
            read = {one: said for one, said in read.items() if one not in supplied}
        return self._folded(graph, before.row, read)

    def _supply(
        self, connection: Connection, graph: Graph, group: list[Entry], outcome: Admitted
    ) -> frozenset[str]:
        filled: dict[str, tuple[Body, ...]] = {}
        for one in group:
            mine = graph.entries[one.id]
            parts = entries.merged(mine.parts, one.parts)
            if parts != mine.parts:
                graph.replace(msgspec.structs.replace(mine, parts=parts))
                filled[one.id] = parts
        entries.supply(connection, filled)
        outcome.supplied += filled
        outcome.known += [one.id for one in group]
        return frozenset(filled)

    def take_rights(self, connection: Connection, rights: Rights, devices: Iterable[str]) -> set[str]:
        """Folds again the streams of devices whose rights changed, and those that waited for a newer roster."""
        self.rights = rights
        self.forget()
        touched = _streams_of(connection, devices)
        if any(_ever_supervisor(rights, device) for device in devices):
            # a standing approval counts in other people's streams
            touched.update(connection.scalars(select(schema.referral.c.stream).distinct()))
        self.refold(connection, touched)
        return touched

    def refold(self, connection: Connection, streams: Iterable[str]) -> None:
        """Brings the derived rows of these streams up to date with their entries, whatever they were before."""
        for part in entries.chunks(sorted(streams)):
            numbers = _row_numbers(connection, part)
            changes = RowChanges()
            for stream, found in entries.of_streams(connection, part).items():
                state = self._folded(Graph(found), numbers.get(stream, 0))
                changes.replace(state)
            changes.write(connection)


def _shows(state: Stream) -> Shows:
    rows = state.rows
    if "case_row" in rows and "conflict" not in rows and "verdict" not in rows:
        return _PLAIN_CASE
    return Shows("case_row" in rows, len(rows.get("conflict", ())), tuple(rows.get("verdict", {}).values()))


def _ever_supervisor(rights: Rights, device: str) -> bool:
    known = rights.devices.get(device)
    return known is not None and any(SUPERVISOR in row.roles for row in known.rows)


def _row_numbers(connection: Connection, streams: Sequence[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    case = schema.case_row
    for part in entries.chunks(streams):
        rows = connection.execute(select(case.c.stream, case.c.row).where(case.c.stream.in_(part)))
        numbers |= dict(rows.all())
    return numbers


def _streams_of(connection: Connection, devices: Iterable[str]) -> set[str]:
    found = set[str]()
    for part in entries.chunks(sorted(devices)):
        found.update(
            connection.scalars(
                select(schema.entry.c.stream).where(schema.entry.c.device.in_(part)).distinct()
            )
        )
    waited = select(schema.verdict.c.stream).where(schema.verdict.c.reason == "newer_roster")
    found.update(connection.scalars(waited.distinct()))
    return found


def _elsewhere(connection: Connection, stream: str) -> Callable[[str], bool]:
    def is_elsewhere(one: str) -> bool:
        return entries.known(connection, [one]).get(one, stream) != stream

    return is_elsewhere
