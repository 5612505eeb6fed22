"""Many rows at once."""

import pytest
from sqlalchemy import select

from ctcase.store import bulk, database, schema

KEY = bytes(32)
TABLE = schema.audit


@pytest.fixture
def opened(tmp_path):
    found = database.create(tmp_path / "case.db", KEY, "0" * 32)
    yield found
    found.close()


def rows(first, last):
    return [{"time": number, "code": "x", "detail": f"{number}"} for number in range(first, last)]


def stored(connection):
    return connection.execute(select(TABLE.c.row, TABLE.c.time, TABLE.c.detail).order_by(TABLE.c.row)).all()


@pytest.mark.parametrize("many", [1, 2, 1000])
def test_rows_are_numbered_one_by_one_from_the_first(opened, many):
    with opened.transaction() as connection:
        assert bulk.add(connection, TABLE, rows(0, 3)) == 1
        assert bulk.add(connection, TABLE, rows(3, 3 + many)) == 4
        assert stored(connection) == [(number + 1, number, f"{number}") for number in range(3 + many)]


def test_no_rows_are_no_statement(opened):
    with opened.transaction() as connection:
        assert bulk.add(connection, TABLE, []) == 0
        assert stored(connection) == []
