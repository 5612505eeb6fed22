"""One operation on the vaults of a folder, run as a process of its own: `operation.py NAME FOLDER`.

It says how it ended by its exit status only, so that nothing but the operation writes: 0 done, else 10 and the place of
the refusal's code.
"""

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ctcase.app import cases, exchange, office, spreadsheets, upkeep
from ctcase.app.session import Environment, open_vault
from ctcase.crypto.passphrases import BOUNDS
from ctcase.errors import EXITS, CtcaseError

PASSPHRASE, NEW = "a fictional passphrase", "a new fictional passphrase"
CODES = sorted(EXITS)
ENV = Environment(lambda: 1_790_000_000, random.Random(99).randbytes, BOUNDS.floor)


def opened(folder, name):
    return open_vault(folder / name, PASSPHRASE, ENV)


def create(folder):
    office.create_office(folder / "new", "Another Office", "Can Founder", PASSPHRASE, ENV)


def save(folder):
    code = (folder / "code").read_text()
    cases.set_fields(opened(folder, "ben"), code, {"case.alias": "Saved", "person.first_name": "Zehra"})


def imported(folder):
    spreadsheets.import_cases(opened(folder, "ben"), folder / "rows.json")


def bundle_write(folder):
    exchange.write_bundles(opened(folder, "ben"), "office", folder / "out")


def bundle_read(folder):
    seen = exchange.read_bundles(opened(folder, "office"), [folder / "bundle.age"]).value.files[0]
    if seen.error is not None:
        raise CtcaseError(seen.error.code)


def passphrase(folder):
    upkeep.change_passphrase(opened(folder, "office"), NEW, old=PASSPHRASE)


def backup(folder):
    upkeep.backup(opened(folder, "ben"), folder / "backup", PASSPHRASE)


def restore(folder):
    upkeep.restore(folder / "old-backup", folder / "restored", PASSPHRASE, ENV, folder / "new-request")


def enrol(folder):
    office.enrol(
        opened(folder, "office"), folder / "request", team="A", role=None, member=None,
        welcome=folder / "welcome", passphrase=PASSPHRASE,
    )  # fmt: skip


OPERATIONS = {
    "create": create, "save": save, "import": imported, "bundle_write": bundle_write, "bundle_read": bundle_read,
    "passphrase": passphrase, "backup": backup, "restore": restore, "enrol": enrol,
}  # fmt: skip

if __name__ == "__main__":
    try:
        OPERATIONS[sys.argv[1]](Path(sys.argv[2]))
    except CtcaseError as refusal:
        os._exit(10 + CODES.index(refusal.code))
    os._exit(0)
