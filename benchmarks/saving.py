"""Saving one field, and unlocking: what a person waits for all day."""

import itertools
import time
from pathlib import Path

from benchmarks import measure, world
from benchmarks.measure import Result
from ctcase.app import cases, office
from ctcase.app.session import Environment, open_vault
from ctcase.crypto import passphrases
from ctcase.store import vault

CASES = 40
COMMIT_MS = 0.6
"""What a commit takes at the least on the machine that the targets were set on."""


def save(folder: Path, times: int) -> list[Result]:
    """`cases.set_fields` on cases of a few entries each, beside one row committed to the same database.

    Then once more with a disk that is waited for: where a commit is nearly free, all that is not the commit weighs more.
    """
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
    here = Result("save one field", *measure.in_turns(floor, ours, times), target=3)
    wait = max(0.0, COMMIT_MS - here.floor) / 1000
    raw.set_trace_callback(lambda statement: time.sleep(wait) if statement == "COMMIT" else None)
    slower = Result(f"  where a commit takes {COMMIT_MS} ms", *measure.in_turns(floor, ours, times), target=3)
    raw.set_trace_callback(None)
    raw.execute("DROP TABLE bench")
    worker.close()
    return [here, slower]


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
