"""The process boundary: every way a call can end has its exit status, and says what it should and no more."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ctcase.app import results
from ctcase.cli.failure import INTERRUPTED
from ctcase.crypto.selftest import SelfTestError
from ctcase.errors import EXITS, Cancelled, Refused, refusal

FULL = Path("/dev/full")
SECRET = "Zerafina Testperson"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["case", "list"], "missing"),
        (["case", "list", "V", "--state", SECRET], "value"),
        (["case", "list", "V", "--limit", SECRET], "value"),
        (["case", "list", "V", SECRET], "call"),
        (["case", "list", "V", f"--{SECRET}"], "option"),
        (["case", "list", "V", "--search"], "value"),
        (["case", SECRET], "call"),
        ([SECRET, "x"], "command"),
        (["case", "set", "V", "CODE", SECRET], "value"),
        (["referral", "do", "V", "ID", SECRET], "value"),
        (["member", "set", "V", "ID"], "missing"),
        (["conflict", "resolve", "V", "ID"], "missing"),
        (["conflict", "resolve", "V", "ID", "--keep", "e", "--value", "v"], "missing"),
        (["enrol", "V", "R", "--team", "T", "--welcome", "W", "--yes", "--fingerprint", "a"], "value"),
        (["fork", "close", "V", "D"], "missing"),
    ],
)
def test_wrong_usage_is_told_without_what_was_typed(runner, application, arguments, problem):
    told = runner("--json", *arguments)
    assert told.status == 2
    assert told.json["error"]["code"] == "usage"
    assert told.json["error"]["details"]["problem"] == problem
    assert told.err == ""
    spoken = runner(*arguments)
    assert spoken.status == 2
    assert spoken.out == ""
    assert "--help'" in spoken.err
    assert SECRET not in told.out + spoken.err


def test_a_group_alone_shows_its_help(runner):
    alone = runner("case")
    assert alone.status == 2
    assert "Commands:" in alone.err
    assert runner("case", "--json").code == "usage"


def test_help_is_no_failure(runner):
    shown = runner("case", "list", "--help")
    assert shown.status == 0
    assert "--search" in shown.out


def test_help_and_refusals_speak_the_users_language(runner):
    runner.translate = lambda english: english.replace("cases", "vakalar").replace("Nothing", "Hiçbir şey")
    shown = runner("case", "list", "--help")
    assert "List vakalar: code and alias" in shown.out
    assert "Hiçbir şey" in runner("case", "list").err
    runner.translate = str
    assert "List cases" in runner("case", "list", "--help").out


@pytest.mark.parametrize("code", [code for code in EXITS if code != "usage"])
def test_every_refusal_has_its_exit_status_and_words(runner, application, code):
    application.answers("case_list.list_cases", refusal(code, count=3))
    told = runner.json("case", "list", "V")
    assert told.status == EXITS[code]
    assert told.json["error"].keys() == {"code", "message", "next", "details"}
    assert told.code == code
    assert told.json["error"]["details"] == {"count": 3}
    assert application.session.closed
    spoken = runner("case", "list", "V", "--passphrase-file", runner.passphrase_file)
    assert spoken.out == ""
    assert told.json["error"]["message"] in spoken.err
    assert f"({code}; count: 3)" in spoken.err


@pytest.mark.parametrize(
    ("details", "shown"),
    [
        ({"field": "person.birth_date", "reason": "date_invalid"}, {"field", "reason", "command"}),
        ({"field": SECRET, "reason": "unknown_field"}, {"reason", "command"}),
        ({"field": SECRET}, {"command"}),
        ({"argument": SECRET}, {"command"}),
    ],
)
def test_a_field_is_named_only_when_it_is_one(runner, application, details, shown):
    application.answers("cases.parse_assignments", refusal("usage", **details))
    told = runner.json("case", "set", "V", "CODE", "F=V")
    assert told.status == 2
    assert told.json["error"]["details"].keys() == shown
    assert told.json["error"]["details"]["command"] == "ctcase case set"
    assert SECRET not in told.out


def test_a_defect_tells_its_place_and_nothing_of_the_case(runner, application):
    application.answers("case_list.list_cases", KeyError(SECRET))
    told = runner.json("case", "list", "V")
    assert told.status == 1
    assert told.code == "unexpected"
    assert told.json["error"]["details"]["kind"] == "KeyError"
    assert told.json["error"]["details"]["at"][0].startswith("cli/case.py:")
    assert SECRET not in told.out + told.err
    assert "Traceback" not in told.err


def test_an_error_of_the_system_is_typed(runner, application):
    application.answers("case_list.list_cases", OSError(28, "No space left on device"))
    assert runner.json("case", "list", "V").code == "disk_full"


@pytest.mark.parametrize("ending", [KeyboardInterrupt(), click.Abort(), Cancelled()])
def test_an_interruption_is_calm(runner, application, ending):
    application.answers("case_list.list_cases", ending)
    ended = runner.json("case", "list", "V")
    assert ended.status == INTERRUPTED
    assert ended.out == ""
    assert ended.err == "Cancelled. Nothing was changed.\n"
    assert application.session.closed


def test_an_interruption_after_the_work_does_not_deny_it(runner, application, tmp_path):
    def interrupted(_vault):
        raise KeyboardInterrupt

    application.answers("demo.make_demo", results.Demo(str(tmp_path), "training", [], 40))
    runner.window = interrupted
    for ended in (runner("demo", tmp_path), runner(tmp_path)):
        assert ended.status == INTERRUPTED
        assert ended.err == "Ended. What was done before is kept.\n"


def test_a_broken_self_test_stops_every_call(runner, application):
    def broken():
        raise SelfTestError("argon2id")

    runner.selftest = broken
    told = runner.json("case", "list", "V")
    assert told.status == 1
    assert told.json["error"]["details"] == {"check": "argon2id"}
    assert application.passphrase is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "--passphrase-file", "{}", "case", "list", "V"],
        ["case", "--json", "list", "--passphrase-file", "{}", "V"],
        ["case", "list", "--json", "--passphrase-file", "{}", "V"],
        ["case", "list", "V", "--passphrase-file", "{}", "--json"],
    ],
)
def test_the_shared_options_stand_anywhere(runner, application, arguments):
    application.answers("case_list.list_cases", results.CaseList(0, []))
    told = runner(*(argument.format(runner.passphrase_file) for argument in arguments))
    assert told.json == {"total": 0, "cases": []}
    assert application.passphrase == "a fictional passphrase"


def test_the_passphrase_may_come_from_the_surroundings(runner, application, tmp_path):
    application.answers("case_list.list_cases", results.CaseList(0, []))
    runner.variables["CTCASE_PASSPHRASE_FILE"] = str(runner.passphrase_file)
    assert runner("case", "list", "V").status == 0
    assert application.passphrase == "a fictional passphrase"
    other = tmp_path / "other"
    other.write_text("another one")
    assert runner("--passphrase-file", other, "case", "list", "V").status == 0
    assert application.passphrase == "another one"


def test_the_passphrase_is_asked_at_a_terminal_only(runner, application):
    application.answers("case_list.list_cases", results.CaseList(0, []))
    told = runner("case", "list", "V", "--json")
    assert (told.status, told.json["error"]["details"]["problem"]) == (2, "passphrase")
    runner.terminal = True
    runner.person.typed = ["typed by hand"]
    assert runner("case", "list", "V").status == 0
    assert runner.person.asked == [("Passphrase", True)]
    assert application.passphrase == "typed by hand"


def test_a_new_passphrase_is_typed_twice(runner, application):
    application.answers("upkeep.change_passphrase", results.Written(slot="passphrase"))
    runner.terminal = True
    runner.person.typed = ["old", "new", "new"]
    assert runner("passphrase", "V", "--json").json == {"slot": "passphrase"}
    assert application.calls[-1][1] == (application.session, "new")
    runner.person.typed = ["old", "new", "nwe"]
    told = runner("passphrase", "V", "--json")
    assert told.json["error"]["details"]["problem"] == "passphrases_differ"


def test_a_new_vault_asks_twice_and_an_old_one_once(runner, application, tmp_path):
    made = results.OfficeCreated("o", "m", "d", "six words")
    application.answers("office.create_office", made)
    runner.terminal = True
    runner.person.typed = ["pass", "pass"]
    assert runner("office", "create", tmp_path / "v", "--name", "N", "--member", "M").status == 0
    application.answers("office.join", results.Joined("r", "m", "d", "six words"))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "vault.json").touch()
    runner.person.typed = ["pass"]
    arguments = ("--member", "M", "--role", "caseworker", "--request", "r")
    assert runner("join", tmp_path / "old", *arguments).status == 0
    assert runner.person.typed == []


def test_a_folder_or_nothing_opens_the_window(runner, tmp_path):
    assert runner(tmp_path).status == 0
    assert runner().status == 0
    assert runner.windows == [tmp_path, None]


def test_the_training_office_opens_its_window(runner, application, tmp_path):
    application.answers("demo.make_demo", results.Demo(str(tmp_path), "training", [], 40))
    assert runner("demo", tmp_path).status == 0
    assert runner.windows == [tmp_path / "caseworker"]
    assert application.calls[0][1][:3] == (tmp_path, 40, 1)
    assert runner("demo", tmp_path, "--no-window", "--cases", "3", "--seed", "9").status == 0
    assert len(runner.windows) == 1
    assert application.calls[1][1][:3] == (tmp_path, 3, 9)


def test_a_file_name_that_is_not_text_does_not_end_the_answer(runner, application):
    application.answers("upkeep.backup", results.Written(file="a\udcff"))
    assert runner.json("backup", "V", "F").json == {"file": "a\udcff"}


def test_an_answer_that_cannot_be_written_is_told_as_done(runner, application, monkeypatch):
    application.answers("upkeep.backup", results.Written(file="F"))

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ctcase.cli.call.click.echo", full)
    monkeypatch.setattr("ctcase.cli.main._close_output", lambda: None)
    said = []
    monkeypatch.setattr("ctcase.cli.call.Call.say", lambda _call, message: said.append(message))
    assert runner.json("backup", "V", "F").status == 1
    assert said[0] == "The call is done, but its answer could not be written."


def test_refused_steps_name_what_is_missing(runner, application):
    application.answers("case_list.list_cases", Refused("needs_missing", needs=["contact", "date"]))
    spoken = runner("case", "list", "V", "--passphrase-file", runner.passphrase_file)
    assert "(needs_missing; needs: contact; date)" in spoken.err


@pytest.mark.skipif(os.name != "posix", reason="closed pipes are told apart on POSIX only")
def test_a_closed_pipe_is_quiet():
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "ctcase", "--help"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert ended.returncode == 1
    assert ended.stderr == b""


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["case", "show", "--json"]])
def test_a_full_disk_behind_standard_output_is_told(arguments):
    with FULL.open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "ctcase", *arguments], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode in (1, 2)
    assert b"(disk_full)" in ended.stderr or b"(usage)" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr
