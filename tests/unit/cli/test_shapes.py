"""Each call hands its arguments to the application, and its answer has the keys that scripts rely on."""

import json
from pathlib import Path

import msgspec
import pytest

from ctcase.app import results as R
from ctcase.cli.main import root
from ctcase.model.values import UNKNOWN

V = Path("V")
REVOKED, ENTRY = R.Written(roster=4), R.Written(entry="d/20")


def outcome(value):
    return R.Outcome(value, R.Changes())


CALLS = {
    "demo": (["D", "--no-window"], "demo.make_demo", R.Demo),
    "office create": (["V", "--name", "N", "--member", "M"], "office.create_office", R.OfficeCreated),
    "join": (["V", "--member", "M", "--role", "caseworker", "--request", "F"], "office.join", R.Joined),
    "enrol": (["V", "F", "--team", "T", "--welcome", "W", "--yes"], "office.enrol", R.Enrolled),
    "accept": (["V", "W", "--yes"], "office.accept", R.Accepted),
    "member list": (["V"], "office.members", R.MemberList),
    "member set": (["V", "M", "--team", "T"], "office.set_member", REVOKED),
    "member revoke": (["V", "M", "--reason", "lost"], "office.revoke", REVOKED),
    "agency list": (["V"], "office.agencies", R.AgencyList),
    "agency add": (["V", "N", "--kind", "clinic"], "office.add_agency", R.Written(id="a")),
    "status": (["V"], "upkeep.status", R.Status),
    "case add": (["V"], "cases.add_case", R.CaseAdded),
    "case list": (["V"], "case_list.list_cases", R.CaseList),
    "case show": (["V", "CODE"], "cases.show_case", R.CaseShown),
    "case set": (["V", "CODE", "person.first_name=X"], "cases.set_fields", R.CaseSet),
    "case transfer": (["V", "CODE", "South"], "cases.transfer", ENTRY),
    "case import": (["V", "F"], "spreadsheets.import_cases", R.Imported),
    "case export": (["V", "F"], "spreadsheets.export_cases", R.Exported),
    "consent add": (["V", "CODE", "--file", "DOC"], "consents.add_consent", R.ConsentAdded),
    "referral add": (["V", "CODE", "--file", "DOC"], "referrals.add_referral", R.ReferralAdded),
    "referral list": (["V"], "referrals.list_referrals", R.ReferralList),
    "referral do": (["V", "ID", "approve"], "referrals.do", R.ReferralDone),
    "referral standing": (["V", "--file", "DOC"], "referrals.grant_standing", ENTRY),
    "referral letter": (["V", "ID", "--pdf", "F"], "referrals.letter", R.Letter),
    "bundle write": (["V", "--to", "all", "--out", "D"], "exchange.write_bundles", R.BundlesWritten),
    "bundle preview": (["V", "F"], "exchange.preview_bundles", R.BundlesSeen),
    "bundle read": (["V", "F"], "exchange.read_bundles", R.BundlesSeen),
    "conflict list": (["V"], "decisions.conflicts", R.ConflictList),
    "conflict resolve": (["V", "ID", "--keep", "e"], "decisions.resolve_conflict", ENTRY),
    "proposal list": (["V"], "decisions.proposals", R.ProposalList),
    "proposal adopt": (["V", "e"], "decisions.adopt", ENTRY),
    "fork list": (["V"], "decisions.forks", R.ForkList),
    "fork close": (["V", "D", "--keep", "e"], "decisions.close_fork", ENTRY),
    "verify": (["V"], "upkeep.verify", R.Verified),
    "backup": (["V", "F"], "upkeep.backup", R.Written(file="F")),
    "restore": (["F", "V"], "upkeep.restore", R.Written(device="d")),
    "recover": (
        ["V", "--office", "O", "--new-passphrase-file", "PASS"],
        "upkeep.recover",
        R.Written(device="d"),
    ),
    "passphrase": (
        ["V", "--new-passphrase-file", "PASS"],
        "upkeep.change_passphrase",
        R.Written(slot="passphrase"),
    ),
}
BARE = {"demo.make_demo", "office.create_office", "office.join", "office.members", "office.agencies", "cases.show_case",
        "upkeep.status", "upkeep.verify", "upkeep.backup", "upkeep.restore", "upkeep.change_passphrase", "case_list.list_cases",
        "referrals.list_referrals", "exchange.preview_bundles", "decisions.conflicts", "decisions.proposals",
        "decisions.forks"}  # fmt: skip
"""What answers without a change set."""


@pytest.fixture
def prepared(runner, application, sample, tmp_path):
    """Runs a call of the table with canned answers of the application."""
    document = tmp_path / "document.json"
    document.write_text('{"status": "given"}')
    stand_ins = {"DOC": document, "PASS": runner.passphrase_file}

    def call(command, *more, changed=None):
        arguments, function, kind = CALLS[command]
        value = kind if isinstance(kind, msgspec.Struct) else sample(kind)
        value = changed(value) if changed else value
        application.answers("office.members", R.MemberList([]))
        application.answers("office.agencies", R.AgencyList([]))
        application.answers(function, value if function in BARE else outcome(value))
        application.answers("cases.parse_assignments", {"person.first_name": "X"})
        application.answers(
            "office.look_at_request", R.RequestSeen("d", "m", "N", ["caseworker"], "six words", None)
        )
        application.answers("office.look_at_welcome", R.WelcomeSeen("o", "N", "six words", 3, training=False))
        words = [str(stand_ins.get(one, one)) for one in arguments]
        return runner(*command.split(), *words, *more, "--passphrase-file", runner.passphrase_file)

    return call


def leaves(command, path=()):
    if not hasattr(command, "commands"):
        return [" ".join(path)]
    return [one for name, child in command.commands.items() for one in leaves(child, (*path, name))]


def test_the_calls_are_those_of_the_contract(contract):
    assert sorted(leaves(root)) == sorted(contract.SHAPES) == sorted(CALLS)


@pytest.mark.parametrize("command", CALLS)
def test_the_answer_has_the_promised_keys(prepared, contract, command):
    told = prepared(command, "--json")
    assert told.status == 0, told
    assert told.err == ""
    assert contract.lacks(json.loads(contract.SHAPES[command]), told.json) is None


@pytest.mark.parametrize("command", CALLS)
def test_people_get_lines_and_no_json(prepared, command):
    told = prepared(command)
    assert told.status == 0, told
    assert told.out.strip()
    assert "{" not in told.out


@pytest.mark.parametrize(
    "command", [name for name, (_, _, kind) in CALLS.items() if isinstance(kind, R.Written)]
)
def test_short_answers_hold_one_key(prepared, command):
    assert len(prepared(command, "--json").json) == 1


def arguments_of(application, function):
    return next((positional, named) for name, positional, named in application.calls if name == function)


def test_case_list_hands_over_its_filters(prepared, application):
    prepared("case list", "--search", "omer", "--state", "closed", "--limit", "5", "--names")
    positional, named = arguments_of(application, "case_list.list_cases")
    assert positional == (application.session,)
    assert named == {"search": "omer", "state": "closed", "limit": 5, "names": True}


def test_case_set_hands_over_the_parsed_values(prepared, application):
    prepared("case set", "case.status=@unknown", "person.last_name=")
    assert arguments_of(application, "cases.parse_assignments")[0][1] == [
        "person.first_name=X",
        "case.status=@unknown",
        "person.last_name=",
    ]
    assert arguments_of(application, "cases.set_fields")[0][1:] == ("CODE", {"person.first_name": "X"})


def test_a_comment_joins_the_event_file(prepared, application, tmp_path):
    event = tmp_path / "event.json"
    event.write_text('{"reason": "unsafe"}')
    assert prepared("referral do", "--comment", "seen", "--file", event).status == 0
    assert arguments_of(application, "referrals.do")[0][1:] == (
        "ID",
        "approve",
        {"reason": "unsafe", "comment": "seen"},
    )
    event.write_text('{"comment": "another"}')
    assert prepared("referral do", "--comment", "seen", "--file", event, "--json").code == "usage"


def test_a_new_value_of_a_conflict_is_read_by_its_field(runner, application):
    candidate = R.Candidate("x", "e1", "m", "t")
    listed = R.ConflictList([R.ConflictShown("ID", "C", "s", "person.birth_date", candidate, [candidate])])
    application.answers("decisions.conflicts", listed)
    application.answers("cases.parse_assignments", {"person.birth_date": UNKNOWN})
    application.answers("decisions.resolve_conflict", outcome(ENTRY))
    assert runner.json("conflict", "resolve", "V", "ID", "--value", "@unknown").json == {"entry": "d/20"}
    assert arguments_of(application, "cases.parse_assignments")[0][1] == ["person.birth_date=@unknown"]
    assert arguments_of(application, "decisions.resolve_conflict")[1] == {"keep": None, "value": UNKNOWN}
    assert runner.json("conflict", "resolve", "V", "OTHER", "--value", "x").code == "conflict_stale"


def test_several_roles_and_entries_follow_one_option(prepared, application):
    assert prepared("member set", "--role", "caseworker", "supervisor").status == 0
    assert arguments_of(application, "office.set_member")[0][1:4] == ("M", ("caseworker", "supervisor"), "T")
    assert prepared("fork close", "--keep", "f", "g").status == 0
    assert arguments_of(application, "decisions.close_fork")[0][1:] == ("D", ["e", "f", "g"])


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["new", "known"], 0),
        (["new", "refused"], 3),
        (["refused", "damaged", "new"], 4),
        (["damaged"], 4),
        (["missing", "new"], 1),
        (["missing", "refused"], 3),
    ],
)
def test_several_files_are_judged_one_by_one(prepared, statuses, status):
    def changed(seen):
        codes = {"refused": "signature_wrong", "damaged": "bundle_damaged", "missing": "file_missing"}
        return R.BundlesSeen(
            [
                msgspec.structs.replace(
                    seen.files[0],
                    status="refused" if one == "missing" else one,
                    error=R.ErrorAnswer(codes[one], "", "", {}) if one in codes else None,
                )
                for one in statuses
            ]
        )

    told = prepared("bundle read", "--json", changed=changed)
    assert told.status == status
    assert [one["status"] for one in told.json["files"]] == [
        "refused" if one == "missing" else one for one in statuses
    ]
    wrong = [one["error"] for one in told.json["files"] if one["error"]]
    assert all(one["message"] and one["next"] for one in wrong)
    assert prepared("bundle preview", changed=changed).status == status


def test_what_verify_finds_is_an_exit_status(prepared):
    def damaged(found):
        return msgspec.structs.replace(found, ok=False)

    told = prepared("verify", "--json", changed=damaged)
    assert (told.status, told.json["ok"]) == (4, False)
    assert "damaged" in prepared("verify", changed=damaged).out


def test_names_leave_only_when_asked_for_and_are_recorded(prepared, application):
    def named(found):
        records = [
            msgspec.structs.replace(found.records[0], kind="person", fields={"first_name": "Zerafina"})
        ]
        return msgspec.structs.replace(found, records=records)

    assert "Zerafina" not in prepared("case show", changed=named).out
    application.answers("access.record_reading", outcome(ENTRY))
    assert "Zerafina" in prepared("case show", "--names", changed=named).out
    assert application.calls[-1][0] == "access.record_reading"
