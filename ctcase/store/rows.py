"""What has to change in the derived tables, collected over a batch and written with few statements."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, select, update

from ctcase.store import bulk, search
from ctcase.store.projection import Row, Rows, Stream
from ctcase.store.schema import DERIVED, case_row

TABLES: Mapping[str, Table] = {table.name: table for table in DERIVED}
_KEYS: Mapping[str, tuple[str, ...]] = {
    name: ("stream",) if name == "case_row" else tuple(column.name for column in table.primary_key)
    for name, table in TABLES.items()
}


_ByKey = Mapping[tuple[Any, ...], Row]


def _delete(table: Table) -> Any:
    return delete(table).where(and_(*(table.c[key] == bindparam("b_" + key) for key in _KEYS[table.name])))


def _update(table: Table) -> Any:
    keys = _KEYS[table.name]
    values: dict[str, Any] = {
        column.name: bindparam("v_" + column.name)
        for column in table.columns
        if column.name not in keys and column.name != "row"
    }
    return update(table).where(and_(*(table.c[key] == bindparam("b_" + key) for key in keys))).values(values)


_DELETES = {name: _delete(table) for name, table in TABLES.items()}
_UPDATES = {name: _update(table) for name, table in TABLES.items()}


class RowChanges:
    """Rows to add, to change and to take away, by table; and words for the search."""

    def __init__(self) -> None:
        self._added: dict[str, list[Row]] = {}
        self._changed: dict[str, list[Row]] = {}
        self._gone: dict[str, list[Row]] = {}
        self._words: list[tuple[int, str]] = []
        self._cleared: list[str] = []
        self._new_cases: list[tuple[Stream, Row]] = []

    def stream(self, before: Rows, state: Stream) -> None:
        """The differences between the rows before and after; a new case gets its row number when written."""
        for name in before.keys() | state.rows.keys() if before else state.rows:
            old, new = before.get(name, {}), state.rows.get(name, {})
            if not old:
                for row in new.values():
                    self._add(name, row, state)
            elif old != new:
                self._differences(name, old, new, state)

    def _differences(self, name: str, old: _ByKey, new: _ByKey, state: Stream) -> None:
        for key, row in new.items():
            if key not in old:
                self._add(name, row, state)
            elif old[key] != row:
                self._change(name, row, old[key], state)
        self._gone.setdefault(name, []).extend(row for key, row in old.items() if key not in new)

    def replace(self, state: Stream) -> None:
        """All rows of a stream anew, but its case row, which keeps its number."""
        self._cleared.append(state.folded.stream)
        for name in TABLES:
            for row in state.rows.get(name, {}).values():
                if name == "case_row" and state.row:
                    self._changed.setdefault(name, []).append(row)
                    self._words.append((state.row, row["names"]))
                else:
                    self._add(name, row, state)

    def _add(self, name: str, row: Row, state: Stream) -> None:
        if name == "case_row":
            self._new_cases.append((state, row))
        else:
            self._added.setdefault(name, []).append(row)

    def _change(self, name: str, row: Row, old: Row, state: Stream) -> None:
        self._changed.setdefault(name, []).append(row)
        if name == "case_row" and row["names"] != old["names"]:
            self._words.append((state.row, row["names"]))

    def write(self, connection: Connection) -> None:
        """Writes everything collected."""
        for name, table in TABLES.items():
            if self._cleared and name != "case_row":
                rows = [{"cleared": stream} for stream in self._cleared]
                connection.execute(delete(table).where(table.c.stream == bindparam("cleared")), rows)
            if gone := self._gone.get(name):
                connection.execute(_DELETES[name], [_keys(name, row) for row in gone])
            if changed := self._changed.get(name):
                connection.execute(_UPDATES[name], [_keys(name, row) | _values(name, row) for row in changed])
            bulk.add(connection, table, self._added.get(name, ()))
        self._number_cases(connection)
        search.put(connection, self._words)

    def _number_cases(self, connection: Connection) -> None:
        if not self._new_cases:
            return
        last = connection.scalar(select(func.max(case_row.c.row))) or 0
        rows = []
        for number, (state, row) in enumerate(self._new_cases, last + 1):
            state.row = number
            rows.append({**row, "row": number})
        bulk.add(connection, case_row, rows)
        search.add(connection, [(row["row"], row["names"]) for row in rows])


def _keys(name: str, row: Row) -> Row:
    return {"b_" + key: row[key] for key in _KEYS[name]}


def _values(name: str, row: Row) -> Row:
    return {"v_" + key: value for key, value in row.items() if key not in _KEYS[name]}
