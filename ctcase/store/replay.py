"""Replaying the log and comparing: what `verify` says about a vault (invariant 1)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, func, select, text

from ctcase.errors import CtcaseError
from ctcase.log.admission import Graph, admit
from ctcase.log.entry import Entry, bodies_fit, read_header
from ctcase.log.fold import fold
from ctcase.log.rights import Rights
from ctcase.store import entries, schema, search
from ctcase.store.projection import Rows, Searchable, project
from ctcase.store.rows import TABLES
from ctcase.store.streams import Streams

Verify = Callable[[Sequence[Entry]], list[bool]]
"""Whether each entry is signed by its device."""

_KEYS = {
    name: tuple(column.name for column in table.primary_key if column.name not in ("stream", "row"))
    for name, table in TABLES.items()
}


class Replayed(msgspec.Struct):
    """What a replay found. `broken` are streams whose entries could not have been admitted."""

    entries: int = 0
    bad_signatures: int = 0
    streams: int = 0
    broken: list[str] = []
    differ: set[str] = set()


def replay(
    connection: Connection,
    rights: Rights,
    searchable: Searchable,
    verify: Verify,
    tell: Callable[[int], None],
) -> Replayed:
    """Reads every entry again, judges it, folds every stream and compares the derived tables row by row."""
    found = Replayed()
    streams = list(connection.scalars(select(schema.entry.c.stream).distinct()))
    for part in entries.chunks(streams):
        loaded = _loaded(connection, part, found)
        everything = [one for group in loaded.values() for one in group]
        found.entries += len(everything)
        found.bad_signatures += verify(everything).count(False)
        stored = _stored(connection, part)
        for stream, group in loaded.items():
            found.streams += 1
            _compare(found, stream, group, stored.get(stream, {}), rights, searchable)
        tell(found.entries)
    found.differ |= set(_orphans(connection))
    if not _search_fits(connection):
        found.differ.add("search")
    return found


def _loaded(connection: Connection, streams: Sequence[str], found: Replayed) -> dict[str, list[Entry]]:
    """The entries of these streams; one that cannot be read breaks its own stream only."""
    try:
        return entries.of_streams(connection, streams)
    except CtcaseError:
        if len(streams) == 1:
            found.streams += 1
            found.broken += streams
            return {}
    return {one: group for stream in streams for one, group in _loaded(connection, [stream], found).items()}


def _compare(
    found: Replayed, stream: str, group: list[Entry], stored: Rows, rights: Rights, searchable: Searchable
) -> None:
    graph = Graph()
    sorting = admit(graph, group, lambda _: False)
    sound = len(sorting.admitted) == len(group) and all(
        read_header(one.raw) == one.header and bodies_fit(one.header, one.parts) for one in group
    )
    if not sound:
        found.broken.append(stream)
        return
    expected = project(fold(graph, rights), graph.entries, searchable)
    found.differ.update(name for name in TABLES if expected.get(name, {}) != stored.get(name, {}))


def _stored(connection: Connection, streams: Sequence[str]) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for name, table in TABLES.items():
        for row in connection.execute(select(table).where(table.c.stream.in_(streams))).mappings():
            plain = {key: value for key, value in row.items() if key != "row"}
            key = tuple(row[column] for column in _KEYS[name])
            found.setdefault(row["stream"], {}).setdefault(name, {})[key] = plain
    return found


def _orphans(connection: Connection) -> Iterator[str]:
    """Tables with rows of a stream that is not in the log."""
    known = select(schema.entry.c.stream)
    for name, table in TABLES.items():
        if connection.scalar(select(func.count()).select_from(table).where(table.c.stream.not_in(known))):
            yield name


def _search_fits(connection: Connection) -> bool:
    """Whether the search finds each case by exactly its words: sums of what they hash to, case by case."""
    names = select(schema.case_row.c.row, schema.case_row.c.names)
    expected = {row: sum(map(hash, set(words.split()))) for row, words in connection.execute(names)}
    if set(expected) != set(connection.scalars(text("SELECT id FROM search_docsize"))):
        return False
    found = dict.fromkeys(expected, 0)
    for row, word in search.words(connection):
        found[row] = found.get(row, 0) + hash(word)
    return found == expected


def rebuild(connection: Connection, streams: Streams, tell: Callable[[int], None]) -> None:
    """Empties every derived table and the search, and makes them anew from the log; rows get new numbers."""
    streams.forget()
    for table in schema.DERIVED:
        connection.execute(delete(table))
    search.remove_all(connection)
    order = (
        select(schema.entry.c.stream).group_by(schema.entry.c.stream).order_by(func.min(schema.entry.c.seq))
    )
    done = 0
    for part in entries.chunks(list(connection.scalars(order))):
        streams.refold(connection, part)
        done += len(part)
        tell(done)


class _Link(msgspec.Struct):
    before: str


_links = msgspec.json.Decoder(_Link)


def gaps(connection: Connection, device: str | None = None) -> dict[str, list[tuple[int, int]]]:
    """By device (or of one), the entry numbers that are missing below the last one here, as ranges."""
    number = schema.entry.c.number
    query = select(schema.entry.c.device, func.count(number.distinct()), func.max(number))
    if device is not None:
        query = query.where(schema.entry.c.device == device)
    found: dict[str, list[tuple[int, int]]] = {}
    for one, count, last in connection.execute(query.group_by(schema.entry.c.device)).all():
        if count == last:
            continue
        numbers = sorted(set(connection.scalars(select(number).where(schema.entry.c.device == one))))
        found[one] = [
            (before + 1, after - 1)
            for before, after in zip([0, *numbers], numbers, strict=False)
            if after > before + 1
        ]
    return found


def forks_across(connection: Connection) -> dict[str, dict[str, list[str]]]:
    """By device and stream, the entries whose number the device used in another stream too (reported, not judged)."""
    entry = schema.entry
    twice = (
        select(entry.c.device, entry.c.number)
        .group_by(entry.c.device, entry.c.number)
        .having(func.count(entry.c.stream.distinct()) > 1)
    ).subquery()
    query = select(entry.c.device, entry.c.stream, entry.c.id).join(
        twice, and_(entry.c.device == twice.c.device, entry.c.number == twice.c.number)
    )
    found: dict[str, dict[str, list[str]]] = {}
    for device, stream, one in connection.execute(query.order_by(entry.c.seq)):
        found.setdefault(device, {}).setdefault(stream, []).append(one)
    return found


def _before(header: bytes) -> str | None:
    """What a header names as its device's entry before; None if it cannot be read, which `replay` tells."""
    try:
        return _links.decode(header).before
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def broken_links(connection: Connection) -> list[str]:
    """Devices of which an entry names another one before it than the one that has that number here (rule 4).

    Only who has every stream of a device can say so. It is a second history of the device, in other streams.
    """
    entry = schema.entry
    found: set[str] = set()
    last: tuple[str, int, str] = ("", 0, "")
    query = select(entry.c.device, entry.c.number, entry.c.id, entry.c.header).order_by(
        entry.c.device, entry.c.number
    )
    for device, number, one, header in connection.execute(query):
        expected = last[2] if last[:2] == (device, number - 1) else "" if number == 1 else None
        if expected is not None and _before(header) not in (expected, None):
            found.add(device)
        last = (device, number, one)
    return sorted(found)


def counts(connection: Connection) -> Mapping[str, Any]:
    """How much of what is here."""

    def number(query: Any) -> int:
        return connection.scalar(query) or 0

    verdict = schema.verdict
    return {
        "cases": number(select(func.count()).select_from(schema.case_row)),
        "entries": number(select(func.count()).select_from(schema.entry)),
        "waiting": number(select(func.count()).select_from(schema.waiting)),
        "quarantined": number(select(func.count()).select_from(schema.quarantine)),
        "void": number(select(func.count()).select_from(verdict).where(verdict.c.status == "void")),
        "proposals": number(select(func.count()).select_from(verdict).where(verdict.c.status == "proposal")),
        "conflicts": number(select(func.count()).select_from(schema.conflict)),
    }
