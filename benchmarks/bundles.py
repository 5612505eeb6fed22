"""Writing and reading a bundle beside what the libraries need for it: compression, sealing, signatures, rows."""

import itertools
import shutil
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert, select

from benchmarks import measure, world
from benchmarks.measure import Result
from ctcase.app import exchange, spreadsheets
from ctcase.app.session import Session
from ctcase.crypto import age
from ctcase.crypto.dsse import pae
from ctcase.crypto.signing import Verifier, load_public
from ctcase.log.entry import PAYLOAD_TYPE, Entry, Part
from ctcase.model.values import CONTROL
from ctcase.store import database, entries, schema, search
from ctcase.sync import packing

KEY = bytes(range(32))
THREADS, CHUNK = 2, 256


def run(folder: Path, count: int, times: int) -> list[Result]:
    """Both directions, over `count` cases of the sample's size, each with all its fields in one entry."""
    leader, worker = world.make_office(folder)
    world.write_spreadsheet(folder / "cases.csv", count)
    spreadsheets.import_cases(worker, folder / "cases.csv")
    leader.close()
    write = _write(worker, folder, count, times)
    files = sorted((folder / "out").iterdir())
    read = _read(worker, folder, files, count, times)
    worker.close()
    return [write, read]


def _write(worker: Session, folder: Path, count: int, times: int) -> Result:
    recipient = age.HybridIdentity(KEY).recipient
    with worker.look() as connection:
        bodies = [body for one in _all(connection) for body in one.parts if isinstance(body, Part)]
    plain = b"".join(itertools.chain.from_iterable((body.salt, body.payload) for body in bodies))

    def floor() -> None:
        with worker.look() as connection:
            connection.execute(_by_team).all()
        age.seal_bytes(packing.zstd.compress(plain, packing.LEVEL), [recipient])

    def ours() -> None:
        shutil.rmtree(folder / "out", ignore_errors=True)
        exchange.write_bundles(worker, "office", folder / "out")

    return Result(f"write a bundle of {count} entries", *measure.in_turns(floor, ours, times), target=3)


_by_team = (
    select(schema.entry)
    .join(schema.case_row, schema.case_row.c.stream == schema.entry.c.stream)
    .where(schema.case_row.c.team == world.TEAM)
    .order_by(schema.entry.c.seq)
)


def _all(connection: Connection) -> list[Entry]:
    seqs = connection.scalars(select(schema.entry.c.seq).order_by(schema.entry.c.seq)).all()
    return entries.of_seqs(connection, list(seqs))


def _read(worker: Session, folder: Path, files: list[Path], count: int, times: int) -> Result:
    with worker.look() as connection:
        floors = _ReadFloors(connection, folder)
    taken: list[list[float]] = []
    for number in range(times):
        copy = folder / f"office{number}"
        shutil.copytree(folder / "office", copy)
        leader = world.unlocked(copy)
        ours = measure.once(_reading(leader, files))
        taken.append(
            [measure.once(floors.verify), measure.once(floors.merge), floors.write(), floors.log(), ours]
        )
        leader.close()
        shutil.rmtree(copy)
    verify, merge, write, log, ours = (statistics.median(column) for column in zip(*taken, strict=True))
    floor = verify + merge + write + log
    bare = f"without merging {ours / (floor - merge):.2f}"
    note = f"(verify {verify:.0f}, merge {merge:.0f}, write {write:.0f}, log {log:.0f}; {bare})"
    return Result(f"read a bundle of {count} entries", floor, ours, 1.5, note)


def _reading(leader: Session, files: list[Path]) -> Callable[[], None]:
    def read() -> None:
        seen = exchange.read_bundles(leader, files).value.files
        assert all(one.status == "new" and not one.problems for one in seen)

    return read


class _ReadFloors:
    """The same signatures, the same fields put together, the same derived rows and log rows, as bare as the libraries allow.

    Merging and writing the derived rows are what `performance.md` calls applying in batches.
    """

    _decode = staticmethod(msgspec.json.Decoder().decode)
    _encode = staticmethod(msgspec.json.Encoder(order="sorted").encode)

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._folder = folder
        everything = _all(connection)
        self._keys: dict[bytes, Verifier] = {one.key: load_public(one.key) for one in everything}
        self._signed = [(one.key, one.signature, pae(PAYLOAD_TYPE, one.raw)) for one in everything]
        self._said = [
            [(head.record, body.payload) for head, body in zip(one.header.parts, one.parts, strict=True)
             if isinstance(body, Part) and head.category != CONTROL]
            for one in everything
        ]  # fmt: skip
        self._log = [dict(row) for row in connection.execute(select(schema.entry)).mappings()]
        self._rows = {
            table: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in schema.DERIVED
        }
        self._words = [(row["row"], row["names"]) for row in self._rows[schema.case_row]]
        self._number = 0

    def verify(self) -> None:
        """Two threads, as many as this machine has."""
        chunks = [self._signed[start : start + CHUNK] for start in range(0, len(self._signed), CHUNK)]
        with ThreadPoolExecutor(THREADS) as pool:
            verdicts = pool.map(
                lambda chunk: [self._keys[key].verify(sig, said) for key, sig, said in chunk], chunks
            )
            assert all(all(one) for one in verdicts)

    def merge(self) -> None:
        """What the entries say, decoded without a check, put together by record and written as JSON again."""
        for parts in self._said:
            records: dict[str, dict[str, object]] = {}
            for record, payload in parts:
                fields = records.setdefault(record, {})
                for name, given in self._decode(payload)["set"].items():
                    fields[name] = given["value"]
            for fields in records.values():
                self._encode(fields)

    def write(self) -> float:
        """All derived rows and the search index, one transaction."""
        return self._in_fresh(self._write)

    def log(self) -> float:
        """All rows of the log, one transaction."""
        return self._in_fresh(lambda connection: connection.execute(insert(schema.entry), self._log))

    def _write(self, connection: Connection) -> None:
        for table, rows in self._rows.items():
            if rows:
                connection.execute(insert(table), rows)
        search.add(connection, self._words)

    def _in_fresh(self, fill: Callable[[Connection], object]) -> float:
        self._number += 1
        path = self._folder / f"floor{self._number}.db"
        fresh = database.create(path, KEY, "0" * 32)
        start = time.perf_counter()
        with fresh.transaction() as connection:
            fill(connection)
        taken = (time.perf_counter() - start) * 1000
        fresh.close()
        path.unlink()
        return taken
