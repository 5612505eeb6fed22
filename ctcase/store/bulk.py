"""Adding many rows at once: by the driver itself, since the library's own way costs as much again for each row."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Inserts rows that all have the same columns, at least two.

    Returns the number of the first row; in a table that numbers its rows the others follow it one by one.
    """
    if not rows:
        return 0
    statement, columns = _statement(table, tuple(rows[0]), connection.dialect)
    first, *others = map(itemgetter(*columns), rows)
    number = connection.exec_driver_sql(statement, first).lastrowid
    if others:
        connection.exec_driver_sql(statement, others)
    return number


@lru_cache(maxsize=64)
def _statement(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, Sequence[str]]:
    """The statement, and the columns in the order in which it takes their values."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    assert compiled.positiontup is not None  # this driver takes values by place
    return str(compiled), compiled.positiontup
