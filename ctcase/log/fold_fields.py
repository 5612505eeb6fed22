"""Fields and their conflicts (rule 14): a set replaces what its author was shown, never what he was not."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from ctcase.log.admission import Graph
from ctcase.log.payload import Sets
from ctcase.log.reading import Reading
from ctcase.model.values import Value


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One set that nobody replaced: the entry and the value it gives."""

    entry: str
    value: Value


class Field(msgspec.Struct, frozen=True, gc=False):
    """A field's candidates in order: the last is shown. `conflict` is the id of the open conflict, or ""."""

    category: str
    candidates: tuple[Candidate, ...]
    conflict: str = ""

    @property
    def value(self) -> Value:
        """The value that is shown."""
        return self.candidates[-1].value


class Record(msgspec.Struct):
    """A record of the case: its kind, its form, its fields by name, and the categories withheld from here."""

    kind: str
    form: str
    version: int
    fields: dict[str, Field]
    withheld: set[str]


def fold_fields(
    stream: str, graph: Graph, effective: Iterable[str], readings: Mapping[str, Reading]
) -> dict[str, Record]:
    """The records of a stream from its effective entries, which come in the order of the stream."""
    records: dict[str, Record] = {}
    sets: dict[tuple[str, str], list[tuple[Candidate, tuple[str, ...], str]]] = {}
    for one in effective:
        reading = readings[one]
        for part in reading.data:
            if not isinstance(part.says, Sets):
                continue
            says = part.says
            record = records.setdefault(part.record, Record(says.kind, says.form, says.version, {}, set()))
            record.kind, record.form, record.version = says.kind, says.form, says.version
            for name, new in says.set.items():
                row = (Candidate(one, new.value), new.over, part.category)
                sets.setdefault((part.record, name), []).append(row)
        for name, category in reading.withheld:
            records.setdefault(name, Record("", "", 0, {}, set())).withheld.add(category)
    for (record_id, name), rows in sets.items():
        records[record_id].fields[name] = _standing(stream, graph, record_id, name, rows)
    return records


def _standing(
    stream: str, graph: Graph, record: str, name: str, rows: list[tuple[Candidate, tuple[str, ...], str]]
) -> Field:
    if len(rows) == 1:
        return Field(rows[0][2], (rows[0][0],))
    gone = {old for row in rows for old in row[1] if graph.precedes(old, row[0].entry)}
    live = [row for row in rows if row[0].entry not in gone]
    candidates = tuple(row[0] for row in live)
    different = any(not _same(candidate.value, candidates[0].value) for candidate in candidates)
    return Field(live[-1][2], candidates, conflict_id(stream, record, name, candidates) if different else "")


def _same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and one == other  # in Python True equals 1; in a case it does not


def conflict_id(stream: str, record: str, name: str, candidates: Iterable[Candidate]) -> str:
    """The id of a conflict, which changes with its candidates: a decision on a stale one is refused."""
    ids = sorted({candidate.entry for candidate in candidates})
    return hashlib.sha256("\n".join(["conflict", stream, record, name, *ids]).encode()).hexdigest()
