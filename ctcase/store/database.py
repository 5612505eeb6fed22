"""The one place that knows SQLCipher: opening, pragmas, transactions, and refusing every file that is not our vault.

SQLCipher fails open in ways closed here: an empty file would become a new database, a malformed key a passphrase, no
key a plaintext file; so the file and the key are judged before they are used, and the vault's id after.
"""

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from ctcase.errors import CtcaseError, Damaged, EnvironmentFailed, Refused
from ctcase.model import canonical
from ctcase.store import files, journal, schema, search

KEY_SIZE = 32
STEPS = 20_000
"""Steps of SQLite between two calls of a pulse: a few milliseconds."""
Pulse = Callable[[], object]
PAGE = 4096
BUSY_SECONDS = 5.0
_PLAIN = b"SQLite format 3\0"
_CODES = {
    5: "vault_busy",
    6: "vault_busy",
    8: "read_only",
    13: "disk_full",
    14: "permission",
    23: "permission",
}
_READ_ERRORS = (266, 522)
"""Extended codes of an input error while reading, or a short read: the medium or the file is damaged."""

_IMPLIED = "sqlite_autoindex_"
_OBJECTS = {
    *(("table", name) for name in schema.metadata.tables),
    *(("index", index.name) for table in schema.metadata.tables.values() for index in table.indexes),
    *(("table", name) for name in search.TABLES),
}
"""Everything a vault's database holds, by kind and name."""

_PRAGMAS = (
    "cipher_memory_security = OFF",  # on, it makes prefix search many times slower, and it is for the whole process
    "journal_mode = WAL",
    "synchronous = FULL",
    "trusted_schema = OFF",
    "secure_delete = ON",
    "cache_size = -64000",
    "temp_store = MEMORY",
    "cell_size_check = ON",
)


class Database:
    """One encrypted database, opened; every change goes through `transaction`."""

    def __init__(self, path: Path, key: bytes, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._key = key
        self._busy = busy_seconds
        self._begin = "BEGIN"
        self._alone = False
        self._engine: Engine = create_engine(
            "sqlite://",
            module=sqlcipher,
            creator=self._connect,
            poolclass=StaticPool,
            pool_reset_on_return=None,
        )
        event.listen(self._engine, "begin", lambda _: self.raw.execute(self._begin))
        try:
            self._connection = self._connected()
        except EnvironmentFailed as refusal:
            if refusal.code == "permission" and files.is_read_only(path.parent):
                raise EnvironmentFailed("read_only") from None
            if refusal.code != "disk_full":
                raise
            self._alone = True  # without the index that processes share, a full disk can still be read
            self._connection = self._connected()

    def _connected(self) -> Connection:
        with translated():
            return self._engine.connect()

    def _connect(self) -> Any:
        raw = sqlcipher.connect(
            str(self.path), isolation_level=None, check_same_thread=False, timeout=self._busy, uri=False
        )
        try:
            raw.execute("PRAGMA cipher_log_level = NONE")  # by default it writes to standard error
            raw.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
            raw.execute(f"PRAGMA cipher_page_size = {PAGE}")
            if self._alone:
                raw.execute("PRAGMA locking_mode = EXCLUSIVE")
            for pragma in _PRAGMAS:
                raw.execute(f"PRAGMA {pragma}")
        except sqlcipher.Error:
            raw.close()
            raise
        return raw

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One `BEGIN IMMEDIATE`: everything in it is saved on return, nothing of it after an exception."""
        with self._bracket("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view for queries."""
        with self._bracket("BEGIN") as connection:
            yield connection

    @contextmanager
    def _bracket(self, begin: str) -> Iterator[Connection]:
        self._begin = begin
        with translated(), self._connection.begin():
            yield self._connection

    def data_version(self) -> int:
        """Changes when another connection has written (SQLite's `data_version`)."""
        with translated():
            return int(self.raw.execute("PRAGMA data_version").fetchone()[0])

    @property
    def raw(self) -> Any:
        """The driver's own connection, for pragmas outside a transaction."""
        return self._connection.connection.driver_connection

    def check_integrity(self) -> bool:
        """Whether every page and every index is whole; the log is written back first, or it gives a false alarm.

        Raises EnvironmentFailed where that cannot be said, as when the disk is full: nobody should restore a backup then.
        """
        try:
            with translated():
                self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                pages = self.raw.execute("PRAGMA cipher_integrity_check").fetchall()
                rows = self.raw.execute("PRAGMA integrity_check").fetchall()
        except Damaged:
            return False
        return not pages and rows == [("ok",)]

    @contextmanager
    def watched(self, pulse: Pulse) -> Iterator[None]:
        """Calls `pulse` now and then while the database works; if it raises, the work ends there with what it raised."""
        ended: list[BaseException] = []

        def tick() -> int:
            try:
                pulse()
            except BaseException as problem:  # noqa: BLE001  # the library would tell it as its own; it is raised below
                ended.append(problem)
            return len(ended)

        self.raw.set_progress_handler(tick, STEPS)
        try:
            yield
        except CtcaseError:
            if not ended:
                raise
        finally:
            self.raw.set_progress_handler(None, 0)
        if ended:
            raise ended[0]

    def copy_into(self, path: Path) -> None:
        """Writes a consistent copy under the same key into an empty file; whoever writes meanwhile is not stopped."""
        with translated():
            self.raw.execute("VACUUM INTO ?", (str(path),))

    def compact(self) -> None:
        """Leaves no page that was freed, and no journal beside the file."""
        with translated():
            self.raw.execute("VACUUM")
            self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self.raw.execute("PRAGMA journal_mode = DELETE").fetchall()

    def close(self) -> None:
        """Closes the file; the key is forgotten with the connection."""
        self._connection.close()
        self._engine.dispose()


def create(path: Path, key: bytes, vault_id: str) -> Database:
    """A new database; the path must be free."""
    _check_key(key)
    if path.exists():
        raise EnvironmentFailed("permission", what="exists")
    database = Database(path, key)
    with database.transaction() as connection:
        schema.metadata.create_all(connection)
        search.create(connection)
        facts = {"vault_id": vault_id, "schema": schema.VERSION}
        rows = [{"key": name, "value": canonical.encode(value)} for name, value in facts.items()]
        connection.execute(insert(schema.local), rows)
    return database


def open_existing(path: Path, key: bytes, vault_id: str) -> Database:
    """Opens our own database; an empty, plaintext, foreign, truncated or newer one is refused with its own code."""
    _check_key(key)
    _check_file(path, key)
    try:
        database = Database(path, key)
    except CtcaseError as refusal:
        raise _what(refusal, _why_not_opened(path, key)) from refusal
    try:
        _check_identity(database, vault_id)
        _check_schema(database)
        _check_size(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _check_key(key: bytes) -> None:
    if len(key) != KEY_SIZE:
        raise Damaged("vault_damaged", what="key")


def _check_file(path: Path, key: bytes) -> None:
    """Judges the bytes before SQLCipher sees them: it would fill an empty file and write a foreign journal into ours."""
    with files.translated():
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise Damaged("vault_damaged", what="file")
            with path.open("rb") as file:
                first = file.read(len(_PLAIN))
        except FileNotFoundError:
            raise Damaged("vault_damaged", what="missing") from None
        state = journal.judge(path, key)
    if status.st_size == 0:
        raise Damaged("vault_damaged", what="empty")
    if first == _PLAIN:
        raise Damaged("vault_damaged", what="plaintext")
    if state == journal.FOREIGN:
        raise Damaged("vault_damaged", what="journal")
    if status.st_size % PAGE and state != journal.OURS:  # else pages were being written back when it ended
        raise Damaged("vault_damaged", what="truncated")


def _why_not_opened(path: Path, key: bytes) -> str:
    """Only the first page was read so far: where it is ours, the file is shorter than it says."""
    with files.translated():
        whole = not journal.size(path) and journal.is_first_page_ours(path, key)
    return "truncated" if whole else "key"


def _check_identity(database: Database, vault_id: str) -> None:
    try:
        with database.reading() as connection:
            stored = dict(
                connection.execute(
                    select(schema.local.c.key, schema.local.c.value).where(
                        schema.local.c.key.in_(["vault_id", "schema"])
                    )
                ).all()
            )
    except CtcaseError as refusal:
        raise _what(refusal, "foreign") from refusal
    if stored.get("vault_id") != canonical.encode(vault_id):
        raise Damaged("vault_damaged", what="foreign")
    version = stored.get("schema", b"")
    if version != canonical.encode(schema.VERSION):
        if version.isdigit() and int(version[:9]) > schema.VERSION:
            raise Refused("newer_version", what="vault")
        raise Damaged("vault_damaged", what="schema")


def _check_schema(database: Database) -> None:
    """Nothing but our tables, with our columns: a planted trigger, view or computed column would act on our writes."""
    try:
        with translated():
            raw = database.raw
            objects = set(raw.execute("SELECT type, name FROM sqlite_master").fetchall())
            columns = raw.execute(
                "SELECT m.name, p.name, p.hidden FROM sqlite_master m, pragma_table_xinfo(m.name) p"
                " WHERE m.type = 'table'"
            ).fetchall()
    except CtcaseError as refusal:
        raise _what(refusal, "database") from refusal
    ours = {name: {column.name for column in table.columns} for name, table in schema.metadata.tables.items()}
    found: dict[str, set[str]] = {}
    for table, column, hidden in columns:
        found.setdefault(table, set()).add("" if hidden else column)
    implied = {one for one in objects if one[1].startswith(_IMPLIED) and one[0] == "index"}
    tables = all(found.get(name) == named for name, named in ours.items())
    if objects - implied != _OBJECTS or not tables:
        raise Damaged("vault_damaged", what="schema")


def _check_size(database: Database, path: Path) -> None:
    with translated():
        pages = database.raw.execute("PRAGMA page_count").fetchone()[0]
    if journal.size(path):
        return  # pages may still be in the journal
    if pages * PAGE > path.stat().st_size:
        raise Damaged("vault_damaged", what="truncated")


def _what(refusal: CtcaseError, what: str) -> CtcaseError:
    return Damaged("vault_damaged", what=what) if refusal.code == "vault_damaged" else refusal


@contextmanager
def translated() -> Iterator[None]:
    """Turns the driver's errors into ours: the environment has its codes, everything else is damage."""
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as problem:
        original = problem.orig if isinstance(problem, DBAPIError) else problem
        raise _refusal(original) from None


def _refusal(original: object) -> CtcaseError:
    extended = getattr(original, "sqlite_errorcode", None)
    if not isinstance(extended, int):
        return Damaged("vault_damaged", what="database")
    primary = extended & 0xFF
    if primary in _CODES:
        return EnvironmentFailed(_CODES[primary])
    if primary == 10 and extended not in _READ_ERRORS:
        return EnvironmentFailed("disk_full", what="write")
    return Damaged("vault_damaged", what="database")
