"""Writes the files of this version that every later version must open: tests/oldfiles/v1.

Usage: python tools/make_oldfiles.py FOLDER   (which must be free)

A vault of an officer with its root store, the backup of a caseworker's vault, the bundles between them, a request, a
welcome, a roster and a form; and expected.json, which says what is in them. Run it once for each released format, commit
the files, and never make them again: then they would no longer be old.
"""

import argparse
import json
import random
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ctcase.app import case_list, cases, consents, exchange, office, referrals, upkeep
from ctcase.app.session import Environment, Session, open_vault
from ctcase.crypto.passphrases import BOUNDS
from ctcase.model import resources
from ctcase.store import local

PASSPHRASE = "an old fictional passphrase"
NOON = 1_795_262_400  # 2026-11-21
CONSENT = {
    "status": "given", "given_by": "client", "method": "oral", "purposes": ["referral"],
    "recipients": ["Shelter A"], "categories": ["identity", "contact"],
}  # fmt: skip
REFERRAL = {
    "agency": "Shelter A", "service": "shelter", "urgency": "24h", "basis": "consent", "reason": "a safe place",
    "fields": ["person.first_name"],
}  # fmt: skip
PERSON = {"first_name": "Zeynep", "second_name": "Örnek", "birth_date": "1999", "citizenship": ["SY", "TR"]}


class Maker:
    """The small office whose files are kept; `folder` is where it works, `target` where they go."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder = folder
        self.target = target
        self.env = Environment(lambda: NOON, random.Random(1).randbytes, BOUNDS.floor)

    def opened(self, name: str) -> Session:
        return open_vault(self.folder / name, PASSPHRASE, self.env)

    def member(self, chief: Session, name: str, role: str, known: str) -> Session:
        request, welcome = self.target / f"{known}.request", self.target / f"{known}.welcome"
        office.join(self.folder / known, name, (role,), request, PASSPHRASE, self.env)
        office.enrol(
            chief, request, team="IST", role=None, member=None, welcome=welcome, passphrase=PASSPHRASE
        )
        session = self.opened(known)
        office.accept(session, welcome)
        return session

    def carry(self, sender: Session, to: str, receiver: Session) -> Path:
        """Writes a bundle, has it read, and gives its path."""
        out = self.folder / "out"
        (written,) = exchange.write_bundles(sender, to, out).value.files
        (seen,) = exchange.read_bundles(receiver, [Path(written.file)]).value.files
        if seen.error is not None:
            raise SystemExit(seen.error.code)
        return Path(written.file)

    def make(self) -> dict[str, object]:
        """Everything, and what is in it."""
        office.create_office(
            self.folder / "office", "Office of Old Files", "Ana Officer", PASSPHRASE, self.env
        )
        chief = self.opened("office")
        worker = self.member(chief, "Ben Worker", "caseworker", "worker")
        boss = self.member(chief, "Eda Supervisor", "supervisor", "supervisor")
        self.carry(chief, worker.member_id, worker)
        code = cases.add_case(worker, {"alias": "Blue", "person": PERSON, "case": {}}).value.code
        consents.add_consent(worker, code, CONSENT)
        one = referrals.add_referral(worker, code, REFERRAL).value.id
        referrals.do(worker, one, "submit", {})
        self.carry(worker, boss.member_id, boss)
        referrals.do(boss, one, "approve", {"comment": "agreed"})
        self.carry(boss, worker.member_id, worker)
        referrals.do(worker, one, "send", {})
        shutil.copy(self.carry(worker, "office", chief), self.target / "worker-to-office.age")
        shutil.copy(self.carry(chief, worker.member_id, worker), self.target / "office-to-worker.age")
        with chief.look() as connection:
            signed = local.newest_roster(connection)
        (self.target / "roster.json").write_bytes(signed or b"")
        shutil.copy(resources.folder() / "forms" / "htcds.json", self.target / "form.json")
        upkeep.backup(worker, self.target / "worker.backup", PASSPHRASE)
        expected = self.expected(chief, code, one)
        chief.opened.database.compact()
        for session in (chief, worker, boss):
            session.close()
        shutil.copytree(self.folder / "office", self.target / "office", dirs_exist_ok=True)
        for name in ("supervisor.request", "supervisor.welcome"):
            (self.target / name).unlink()
        return expected

    def expected(self, chief: Session, code: str, one: str) -> dict[str, object]:
        shown = cases.show_case(chief, code)
        return {
            "passphrase": PASSPHRASE,
            "code": code,
            "alias": shown.alias,
            "person": PERSON,
            "referral": {"id": one, "state": referrals.show_referral(chief, one).state},
            "disclosures": [[it.what, it.fields] for it in shown.disclosures],
            "members": [it.name for it in office.members(chief).members],
            "roster": upkeep.status(chief).roster,
            "entries": upkeep.status(chief).entries,
            "cases": case_list.list_cases(chief).total,
        }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the files that every later version must open.")
    parser.add_argument("folder", type=Path)
    target = parser.parse_args().folder
    target.mkdir(parents=True)
    work = target / "work"
    work.mkdir()
    expected = Maker(work, target).make()
    shutil.rmtree(work)
    (target / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
