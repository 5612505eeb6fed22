"""Calls on real vaults: from the office to the field and back, and what bad input leaves behind."""

import io
import json
import os
import random
import shutil
import signal
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from ctcase.app.results import CaseShown, DisclosureShown
from ctcase.app.session import Environment, open_vault
from ctcase.cli.call import Call
from ctcase.cli.case import _case_lines
from ctcase.cli.main import run
from ctcase.cli.progress import Progress
from ctcase.crypto.passphrases import BOUNDS

CONSENT = {
    "status": "given",
    "given_by": "client",
    "method": "oral",
    "purposes": ["referral"],
    "recipients": ["Shelter A"],
    "categories": ["identity"],
}
REFERRAL = {
    "agency": "Shelter A",
    "service": "shelter",
    "urgency": "24h",
    "basis": "consent",
    "fields": ["person.first_name"],
}


@dataclass
class Place:
    """A folder with vaults in it, and a way to make calls there."""

    folder: object
    environment: Environment

    def call(self, *arguments):
        """Exit status and document of a call; `@name` stands for a file or folder here."""
        status, printed = self.printed(*arguments, "--json")
        return status, json.loads(printed) if printed else None

    def printed(self, *arguments):
        """Exit status of a call, and what it prints."""
        words = [str(self.folder / one[1:]) if one.startswith("@") else one for one in arguments]
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        call = Call(
            self.environment,
            str,
            terminal=False,
            variables={"CTCASE_PASSPHRASE_FILE": str(self.folder / "pass")},
        )
        with redirect_stdout(out), redirect_stderr(io.StringIO()):
            status = run(words, call)
            out.flush()
        return status, out.buffer.getvalue().decode()

    def done(self, *arguments):
        """The document of a call that must succeed."""
        status, document = self.call(*arguments)
        assert status == 0, document
        return document

    def refused(self, *arguments):
        """Exit status and code of a call that must not."""
        status, document = self.call(*arguments)
        return status, document["error"]["code"]

    def write(self, name, document):
        (self.folder / name).write_text(document if isinstance(document, str) else json.dumps(document))
        return f"@{name}"

    def bundles(self, name):
        return [f"@{name}/{one.name}" for one in sorted((self.folder / name).iterdir())]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An office, a caseworker and a supervisor, enrolled, with one case whose referral is submitted and sent over."""
    environment = Environment(lambda: 1_790_000_000, random.Random(11).randbytes, BOUNDS.floor)
    here = Place(tmp_path_factory.mktemp("vaults"), environment)
    here.write("pass", "a fictional passphrase\n")
    office = here.done("office", "create", "@office", "--name", "Central", "--member", "Ada Fiction")
    for name, role in (("worker", "caseworker"), ("super", "supervisor")):
        joined = here.done("join", f"@{name}", "--member", name, "--role", role, "--request", f"@{name}.req")
        words = ("--fingerprint", joined["fingerprint"])
        files = (f"@{name}.req", "--team", "IST", "--welcome", f"@{name}.wel")
        assert here.done("enrol", "@office", *files, *words)["office_fingerprint"] == office["fingerprint"]
        here.done("accept", f"@{name}", f"@{name}.wel", "--fingerprint", office["fingerprint"])
    here.done("bundle", "write", "@office", "--to", "all", "--out", "@first")
    for name in ("worker", "super"):
        here.call("bundle", "read", f"@{name}", *here.bundles("first"))
    return here


@pytest.fixture(scope="module")
def code(place):
    """The code of a case with consent and a submitted referral; a bundle for the supervisor is in `second`."""
    document = place.write("case.json", {"alias": "Blue door", "person": {"first_name": "Zerafina"}})
    code = place.done("case", "add", "@worker", "--file", document)["code"]
    place.done("consent", "add", "@worker", code, "--file", place.write("consent.json", CONSENT))
    added = place.done("referral", "add", "@worker", code, "--file", place.write("referral.json", REFERRAL))
    assert place.done("referral", "do", "@worker", added["id"], "submit")["to"] == "submitted"
    place.done("bundle", "write", "@worker", "--to", "super", "--out", "@second")
    return code


def test_a_case_is_listed_found_shown_and_changed(place, code):
    listed = place.done("case", "list", "@worker", "--search", "zerafina")
    assert (listed["total"], listed["cases"][0]["code"], listed["cases"][0]["name"]) == (1, code, None)
    assert place.done("case", "list", "@worker", "--names")["cases"][0]["name"]
    done = place.done("case", "set", "@worker", code, "person.birth_date=1999-03")
    assert done["changed"] == ["person.birth_date"]
    shown = place.done("case", "show", "@worker", code)
    person = next(one for one in shown["records"] if one["kind"] == "person")
    assert person["fields"]["birth_date"] == "1999-03"
    assert place.call("case", "set", "@worker", code, "person.birth_date=soon")[0] == 2
    assert place.refused("case", "show", "@worker", "AAAA-AAAA") == (3, "not_found")


def test_nobody_approves_their_own_referral_and_the_supervisor_does(place, code):
    mine = place.done("referral", "list", "@worker")["referrals"][0]
    assert mine["code"] == code
    assert place.refused("referral", "do", "@worker", mine["id"], "approve") == (3, "role_missing")
    before = place.done("status", "@super")
    seen = place.done("bundle", "preview", "@super", *place.bundles("second"))
    assert place.done("status", "@super") == before
    assert seen["files"][0]["cases"]["new"] == 1
    place.done("bundle", "read", "@super", *place.bundles("second"))
    done = place.done("referral", "do", "@super", mine["id"], "approve", "--comment", "agreed")
    assert (done["from"], done["to"]) == ("submitted", "approved")
    assert place.refused("referral", "do", "@super", mine["id"], "approve") == (3, "state_forbids")
    assert place.done("verify", "@super")["ok"]


def test_a_damaged_or_foreign_file_changes_nothing(place, code):
    good = place.folder / "second" / place.bundles("second")[0].split("/")[-1]
    data = bytearray(good.read_bytes())
    data[len(data) // 2] ^= 1
    (place.folder / "damaged.age").write_bytes(data)
    before = place.done("status", "@super")
    status, seen = place.call("bundle", "read", "@super", "@damaged.age", "@none.age", "@pass")
    assert status == 4
    assert [one["status"] for one in seen["files"]] == ["damaged", "refused", "refused"]
    assert all(one["error"]["message"] and one["error"]["next"] for one in seen["files"])
    assert place.call("bundle", "read", "@office", "@second/" + good.name)[0] == 3
    assert place.done("status", "@super") == before


def test_a_file_that_is_not_there_is_no_refusal(place, code):
    good = place.bundles("second")[0]
    for call in ("preview", "read"):
        status, seen = place.call("bundle", call, "@super", "@none.age")
        assert (status, seen["files"][0]["error"]["code"]) == (1, "file_missing")
        assert place.call("bundle", call, "@super", "@none.age", good)[0] == 1
        assert place.call("bundle", call, "@office", good, "@none.age")[0] == 3, "one is refused"


def test_people_read_names_beside_ids(place, code):
    referral = place.done("referral", "list", "@worker")["referrals"][0]["id"]
    member = place.done("status", "@worker")["member"]["id"]
    status, printed = place.printed("case", "show", "@worker", code)
    assert status == 0
    owner = next(line for line in printed.splitlines() if line.startswith("Owner"))
    assert owner.split(maxsplit=1)[1] == f"worker ({member})"
    assert f"worker ({member})" in printed[printed.index("History") :]
    assert "Shelter A (" in next(line for line in printed.splitlines() if referral in line)


def test_a_copy_that_left_without_effect_is_marked():
    shown = DisclosureShown(
        to="a1", entry="e1", what="send", agency="a1", fields=["person.first_name"], basis="consent",
        time="2026-11-21T09:30:00Z", member="m1", void="four_eyes", withdrawals=["e2"],
    )  # fmt: skip
    found = CaseShown(
        id="c1", code="7KQ4-M2XR", alias=None, state="open", team="IST", owner="m1", head=[], records=[], consents=[],
        referrals=[], disclosures=[shown], conflicts=[], history=[], may_write=None,
    )  # fmt: skip
    lines = list(_case_lines(found, str, {"a1": "Shelter A"}, names=False))
    copy = next(line for line in lines if "Shelter A (a1)" in line)
    assert "took no effect, but left: four_eyes, consent withdrawn" in copy.replace(";", ",")


def test_a_conflict_that_was_decided_is_stale(place):
    gone = "f" * 64
    assert place.refused("conflict", "resolve", "@worker", gone, "--value", "Omar") == (3, "conflict_stale")
    assert place.refused("conflict", "resolve", "@worker", gone, "--keep", gone) == (3, "conflict_stale")


def test_a_wrong_passphrase_is_refused(place):
    wrong = place.write("wrong", "another passphrase")
    assert place.refused("status", "@worker", "--passphrase-file", wrong) == (3, "passphrase_wrong")
    assert place.refused("status", "@nowhere") == (1, "file_missing")


def test_what_was_exported_comes_in_again_and_once(place, code):
    assert place.done("case", "export", "@worker", "@cases.csv")["rows"] == 1
    place.done("join", "@other", "--member", "Other", "--role", "caseworker", "--request", "@other.req")
    assert place.done("case", "import", "@other", "@cases.csv")["added"] == 1
    again = place.done("case", "import", "@other", "@cases.csv")
    assert (again["added"], len(again["same"])) == (0, 1)


def test_an_interrupted_import_changes_nothing(place, code, monkeypatch):
    place.done("case", "export", "@worker", "@some.json")
    place.done("join", "@third", "--member", "Third", "--role", "caseworker", "--request", "@third.req")
    before = place.done("status", "@third")
    asked = Progress.__call__

    def interrupted(progress, stage, done, total):
        os.kill(os.getpid(), signal.SIGINT)
        return asked(progress, stage, done, total)

    monkeypatch.setattr(Progress, "__call__", interrupted)
    status, document = place.call("case", "import", "@third", "@some.json")
    monkeypatch.undo()
    assert (status, document) == (130, None)
    assert place.done("status", "@third") == before


def test_what_was_done_before_an_interruption_is_told(place, code, monkeypatch):
    asked = Progress.__call__

    def interrupted(progress, stage, done, total):
        if (stage, done) in {("reading", 1), ("writing", 1)}:
            os.kill(os.getpid(), signal.SIGINT)
        return asked(progress, stage, done, total)

    place.done("bundle", "write", "@office", "--to", "super", "--out", "@stopped/one")
    place.done("agency", "add", "@office", "Clinic C", "--kind", "clinic")
    place.done("bundle", "write", "@office", "--to", "super", "--out", "@stopped/two")
    files = [*place.bundles("stopped/one"), *place.bundles("stopped/two")]
    monkeypatch.setattr(Progress, "__call__", interrupted)
    status, taken = place.call("bundle", "read", "@super", *files)
    assert (status, [one["status"] for one in taken["files"]]) == (130, ["new"])
    status, written = place.call("bundle", "write", "@office", "--to", "all", "--out", "@stopped/three")
    assert (status, len(written["files"])) == (130, 1)
    monkeypatch.undo()
    assert [one["status"] for one in place.done("bundle", "read", "@super", *files)["files"]] == [
        "known",
        "new",
    ]


def test_backup_restore_and_a_new_passphrase(place):
    place.done("join", "@fourth", "--member", "Fourth", "--role", "caseworker", "--request", "@fourth.req")
    place.done("backup", "@fourth", "@fourth.backup")
    device = place.done("restore", "@fourth.backup", "@restored", "--request", "@again.req")["device"]
    assert place.done("status", "@restored")["device"] == device
    new = place.write("new", "a newer fictional passphrase")
    assert place.done("passphrase", "@fourth", "--new-passphrase-file", new) == {"slot": "passphrase"}
    assert place.refused("status", "@fourth") == (3, "passphrase_wrong")
    assert place.done("status", "@fourth", "--passphrase-file", new)["enrolled"] == "requested"


def test_the_office_lists_sets_and_revokes(place):
    place.done("agency", "add", "@office", "Clinic B", "--kind", "clinic")
    assert {"Clinic B"} <= {one["name"] for one in place.done("agency", "list", "@office")["agencies"]}
    joined = place.done("join", "@gone", "--member", "Gone", "--role", "caseworker", "--request", "@gone.req")
    assert place.refused("enrol", "@office", "@gone.req", "--team", "IST", "--welcome", "@gone.wel") == (
        3,
        "confirmation_needed",
    )
    place.done("enrol", "@office", "@gone.req", "--team", "IST", "--welcome", "@gone.wel", "--yes")
    place.done("member", "set", "@office", "Gone", "--team", "ANK")
    assert "False" not in place.printed("member", "list", "@office")
    place.done("member", "revoke", "@office", "Gone", "--reason", "left")
    gone = next(one for one in place.done("member", "list", "@office")["members"] if one["name"] == "Gone")
    assert (gone["team"], gone["devices"][0]["device"]) == ("ANK", joined["device"])
    assert gone["devices"][0]["revoked"] == 0
    assert place.refused("member", "set", "@worker", "Gone", "--team", "ANK") == (3, "role_missing")
    for what in ("conflict", "proposal", "fork"):
        assert place.done(what, "list", "@office") == {f"{what}s": []}


def test_a_training_office_is_made(place):
    made = place.done("demo", "@training", "--cases", "2", "--no-window")
    assert (made["cases"], len(made["vaults"])) == (2, 3)
    place.write("training.pass", made["passphrase"])
    status = place.done("status", "@training/caseworker", "--passphrase-file", "@training.pass")
    assert status["training"] is True


def test_a_training_office_takes_nothing_away(place):
    for name in ("office", "caseworker"):
        there = place.folder / "taken" / name / "mine.txt"
        there.parent.mkdir(parents=True)
        there.write_text("of the user's own")
        assert place.refused("demo", "@taken", "--no-window") == (1, "permission")
        assert there.read_text() == "of the user's own"


def test_a_table_that_was_changed_by_hand_is_told_as_a_finding(place, code, tmp_path):
    shutil.copytree(place.folder / "worker", tmp_path / "bent")
    bent = Place(tmp_path, place.environment)
    bent.write("pass", "a fictional passphrase\n")
    session = open_vault(tmp_path / "bent", "a fictional passphrase", place.environment)
    with session.opened.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE case_row SET team = 'elsewhere'")
    session.close()
    status, found = bent.call("verify", "@bent")
    assert (status, found["ok"], found["tables"]["differ"]) == (4, False, ["case_row"])
    status, found = bent.call("verify", "@bent", "--rebuild")
    assert (status, found["ok"]) == (0, True)
