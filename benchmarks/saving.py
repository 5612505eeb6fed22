"""Saving one field, and unlocking: what a person waits for all day."""

import itertools
from pathlib import Path

from benchmarks import measure, world
from benchmarks.measure import Result
from ctcase.app import cases, office
from ctcase.app.session import Environment, open_vault
from ctcase.crypto import passphrases
from ctcase.store import vault

CASES = 40


def save(folder: Path, times: int) -> Result:
    """`cases.set_fields` on cases of a few entries each, beside one row committed to the same database."""
    leader, worker = world.make_office(folder)
    leader.close()
    document = {"alias": "Bench", "person": {"first_name": "Ara", "city": "Exampleton"}}
    codes = itertools.cycle([cases.add_case(worker, document).value.code for _ in range(CASES)])
    raw, numbers = worker.opened.database.raw, itertools.count()
    raw.execute("CREATE TABLE bench (number INTEGER PRIMARY KEY, body BLOB)")

    def floor() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO bench (body) VALUES (?)", (bytes(400),))
        raw.execute("COMMIT")

    def ours() -> None:
        cases.set_fields(worker, next(codes), {"person.city": f"Exampleton {next(numbers)}"})

    measure.in_turns(floor, ours, CASES)
    found = Result("save one field", *measure.in_turns(floor, ours, times), target=3)
    raw.execute("DROP TABLE bench")
    worker.close()
    return found


def unlock(folder: Path, times: int) -> Result:
    """Opening a vault at the default cost, beside the key derivation alone."""
    system = Environment.system()
    office.create_office(folder / "unlock", "Benchmark office", "Odile", world.PASSPHRASE, system)

    def floor() -> None:
        passphrases.derive(world.PASSPHRASE.encode(), bytes(16), passphrases.DEFAULT_COST)

    def ours() -> None:
        open_vault(folder / "unlock", world.PASSPHRASE, system).close()

    assert vault.exists(folder / "unlock")
    return Result("unlock", *measure.in_turns(floor, ours, times), target=1.1)
