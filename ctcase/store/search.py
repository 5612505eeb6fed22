"""Full-text search, the other thing only SQLite can do: names found across scripts and spellings.

The index holds folded words (`fold_text`), never the text as typed; only fields that a form calls searchable get in.
"""

import re
import unicodedata
from collections.abc import Iterator

from anyascii import anyascii
from sqlalchemy import Connection

_WORD = re.compile("[a-z0-9]+")
TABLES = ("search", "search_data", "search_idx", "search_docsize", "search_config")
"""The index as SQLite keeps it."""
LONGEST_QUERY = 200
MOST_WORDS = 8


def words_of(text: str) -> list[str]:
    """The words of a text as the search compares them: other scripts in Latin letters, no marks, no case."""
    plain = text if text.isascii() else anyascii(unicodedata.normalize("NFKC", text))
    return _WORD.findall(plain.casefold())


def fold_text(text: str) -> str:
    """These words with a blank between them."""
    return " ".join(words_of(text))


def create(connection: Connection) -> None:
    """Makes the index. `pgsz` fits encrypted pages: the default wastes almost half of each."""
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE search USING fts5(words, tokenize='unicode61', prefix='2 3',"
        " content='', contentless_delete=1)"
    )
    connection.exec_driver_sql("INSERT INTO search(search, rank) VALUES ('pgsz', 3900)")


def put(connection: Connection, rows: list[tuple[int, str]]) -> None:
    """Indexes words under the row numbers of cases; what was there under them is replaced."""
    if rows:
        connection.exec_driver_sql("DELETE FROM search WHERE rowid = ?", [(row,) for row, _ in rows])
        connection.exec_driver_sql("INSERT INTO search(rowid, words) VALUES (?, ?)", rows)


def add(connection: Connection, rows: list[tuple[int, str]]) -> None:
    """Indexes words under new row numbers."""
    if rows:
        connection.exec_driver_sql("INSERT INTO search(rowid, words) VALUES (?, ?)", rows)


def remove_all(connection: Connection) -> None:
    """Empties the index, to be filled again."""
    connection.exec_driver_sql("INSERT INTO search(search) VALUES ('delete-all')")


def words(connection: Connection) -> Iterator[tuple[int, str]]:
    """Every (row number, word) that the index holds."""
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words USING fts5vocab(main, search, instance)"
    )
    for row in connection.exec_driver_sql("SELECT doc, term FROM temp.search_words"):
        yield row[0], row[1]


def query(text: str) -> str | None:
    """The match expression for what a person typed: every word as a prefix; None if there is no word in it."""
    words = words_of(text[:LONGEST_QUERY])[:MOST_WORDS]
    return " ".join(f'"{word}"*' for word in words) or None


MATCHING = "SELECT rowid FROM search WHERE search MATCH :words"
"""The row numbers that match, for use as a subquery."""
