"""Queries over the derived tables: ids first, then windows of rows, so that 100,000 cases open like a hundred."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal_column, select, text

from ctcase.model.ids import read_case_code
from ctcase.store import schema, search
from ctcase.store.entries import chunks
from ctcase.store.schema import case_row

ORDERS = {
    "updated": case_row.c.updated,
    "code": case_row.c.code,
    "alias": case_row.c.alias,
    "state": case_row.c.state,
    "team": case_row.c.team,
    "owner": case_row.c.owner,
}
"""The columns a list of cases can be sorted by; each has an index."""


def _matching(words: str, state: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if state:
        conditions.append(case_row.c.state == state)
    if code := read_case_code(words):
        conditions.append(case_row.c.code == code)
    elif words.strip():
        expression = search.query(words)
        found = text(f"case_row.row IN ({search.MATCHING})").bindparams(words=expression or '""')
        conditions.append(literal_column("1") == literal_column("0") if expression is None else found)  # type: ignore[arg-type]  # a text clause is a condition
    return conditions


def case_rows(
    connection: Connection, *, words: str = "", state: str = "", order: str = "updated", descending: bool = True,
    limit: int | None = None, offset: int = 0,
) -> list[int]:  # fmt: skip
    """The row numbers of the cases that match, in order; all of them, or a page."""
    column = ORDERS[order]
    by = (column.desc(), case_row.c.row.desc()) if descending else (column, case_row.c.row)
    query = select(case_row.c.row).where(*_matching(words, state)).order_by(*by).limit(limit)
    result = connection.execute(query.offset(offset) if offset else query)
    cursor = result.cursor
    assert cursor is not None  # a query has rows
    # straight from the driver: rows of SQLAlchemy's own would double the time of a long list
    found = [row for (row,) in cursor.fetchall()]
    result.close()
    return found


def count_cases(connection: Connection, *, words: str = "", state: str = "") -> int:
    """How many cases match."""
    return connection.scalar(select(func.count()).select_from(case_row).where(*_matching(words, state))) or 0


def case_window(connection: Connection, rows: Sequence[int]) -> list[Any]:
    """The case rows with these numbers, in that order; numbers that are gone are left out."""
    found: dict[int, Any] = {}
    for part in chunks(rows):
        found |= {
            row.row: row for row in connection.execute(select(case_row).where(case_row.c.row.in_(part)))
        }
    return [found[row] for row in rows if row in found]


def seqs_of(connection: Connection, streams: Sequence[str]) -> dict[str, list[int]]:
    """By stream, its entries by number of arrival."""
    entry = schema.entry
    found: dict[str, list[int]] = {}
    for part in chunks(streams):
        rows = connection.execute(select(entry.c.stream, entry.c.seq).where(entry.c.stream.in_(part)))
        for stream, seq in rows:
            found.setdefault(stream, []).append(seq)
    return found


def person_fields(connection: Connection, streams: Sequence[str]) -> dict[str, str]:
    """By stream, the fields of the case's person as JSON."""
    record = schema.record
    found: dict[str, str] = {}
    for part in chunks(streams):
        rows = connection.execute(
            select(record.c.stream, record.c.fields).where(
                record.c.stream.in_(part), record.c.record == "person"
            )
        )
        found |= dict(rows.all())
    return found


_by_code = select(case_row.c.stream).where(case_row.c.code == bindparam("wanted"))


def streams_by_code(connection: Connection, code: str) -> list[str]:
    """The cases with a code; normally one."""
    return list(connection.scalars(_by_code, {"wanted": code}))


def find_referral(connection: Connection, one: str) -> list[str]:
    """The streams in which a referral has this id."""
    return list(connection.scalars(select(schema.referral.c.stream).where(schema.referral.c.id == one)))
