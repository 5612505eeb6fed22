"""Fields and their conflicts (rule 14): a set replaces what its author was shown, never what he was not."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from ctcase.log.admission import Graph
from ctcase.log.payload import Sets
from ctcase.log.reading import DataPart, Reading
from ctcase.model import canonical
from ctcase.model.values import Value


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One set that nobody replaced: the entry and the value it gives."""

    entry: str
    value: Value


class Field(msgspec.Struct, frozen=True, gc=False):
    """A field as it is shown: the category, the set that gives the value, and the value.

    `others` are the candidates before it, `conflict` the id of the open conflict, or "".
    """

    category: str
    entry: str
    value: Value
    others: tuple[Candidate, ...] = ()
    conflict: str = ""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates in order: the last is shown."""
        return (*self.others, Candidate(self.entry, self.value))


class Record(msgspec.Struct):
    """A record of the case: its kind, its form, the value shown of each field, the fields in conflict, the categories
    withheld here.
    """

    kind: str = ""
    form: str = ""
    version: int = 0
    values: dict[str, Value] = {}  # msgspec copies empty defaults
    conflicts: list[str] = []
    withheld: set[str] = set()
    _once: list[tuple[Sets, str, str]] = []
    _fields: dict[str, Field] | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by name, in the order of `values`; made when first asked for: most cases are only listed."""
        if self._fields is None:
            self._fields = {
                name: Field(category, entry, new.value)
                for says, entry, category in self._once
                for name, new in says.set.items()
            }
        return self._fields

    def others(self, name: str) -> tuple[Candidate, ...]:
        """The candidates of a field beside the one that is shown."""
        return () if self._fields is None else self._fields[name].others

    def take(self, says: Sets, entry: str, category: str) -> bool:
        """Enters fields that replace nothing, since nothing before set them; False if something did."""
        self.kind, self.form, self.version = says.kind, says.form, says.version
        if self._fields is not None or not self.values.keys().isdisjoint(says.set):
            return False
        for name, new in says.set.items():
            self.values[name] = new.value
        self._once.append((says, entry, category))
        return True


def fold_fields(
    stream: str, graph: Graph, effective: Iterable[str], readings: Mapping[str, Reading]
) -> dict[str, Record]:
    """The records of a stream from its effective entries, which come in the order of the stream."""
    records: dict[str, Record] = {}
    again: dict[tuple[str, str], list[_Row]] = {}
    for one in effective:
        reading = readings[one]
        for part in reading.data:
            if isinstance(part.says, Sets):
                record = records.get(part.record)
                if record is None:
                    record = records[part.record] = Record()
                if not record.take(part.says, one, part.category):
                    _take_again(record, one, part, part.says, again)
        for name, category in reading.withheld:
            records.setdefault(name, Record()).withheld.add(category)
    for (record_id, name), rows in again.items():
        record, field = records[record_id], _standing(stream, graph, record_id, name, rows)
        record.fields[name], record.values[name] = field, field.value
        if field.conflict:
            record.conflicts.append(name)
    return records


_Row = tuple[Candidate, tuple[str, ...], str]
"""A set of one field: the candidate, the sets it replaces, and the category."""


def _take_again(
    record: Record, one: str, part: DataPart, says: Sets, again: dict[tuple[str, str], list[_Row]]
) -> None:
    """Enters the fields of one part; `again` collects all sets of those that were set before."""
    fields, category = record.fields, part.category
    for name, new in says.set.items():
        first = fields.get(name)
        if first is None:
            fields[name] = Field(category, one, new.value)
            record.values[name] = new.value
            continue
        rows = again.setdefault((part.record, name), [(first.candidates[0], (), first.category)])
        rows.append((Candidate(one, new.value), new.over, category))


def _standing(stream: str, graph: Graph, record: str, name: str, rows: list[_Row]) -> Field:
    gone = {old for row in rows for old in row[1] if graph.precedes(old, row[0].entry)}
    live = [row for row in rows if row[0].entry not in gone]
    candidates = tuple(row[0] for row in live)
    shown = candidates[-1]
    different = any(not _same(candidate.value, candidates[0].value) for candidate in candidates)
    conflict = conflict_id(stream, record, name, candidates) if different else ""
    return Field(live[-1][2], shown.entry, shown.value, candidates[:-1], conflict)


def _same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and one == other  # in Python True equals 1; in a case it does not


def conflict_id(stream: str, record: str, name: str, candidates: Iterable[Candidate]) -> str:
    """The id of a conflict, which changes with its candidates: a decision on a stale one is refused."""
    ids = sorted({candidate.entry for candidate in candidates})
    return hashlib.sha256(canonical.encode(["conflict", stream, record, name, ids])).hexdigest()
