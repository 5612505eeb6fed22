"""docs/cli.md describes the calls that there are, with their options and the documents they print."""

import json
import re
import shlex
from pathlib import Path

import pytest

from ctcase.cli.main import root
from ctcase.errors import EXITS
from ctcase.model.catalogue import Catalogue
from ctcase.model.forms import shipped_codelists, shipped_forms

HOUSE = Path(__file__).resolve().parents[3]
PAGE = (HOUSE / "docs" / "cli.md").read_text(encoding="utf-8")
SECTIONS = {
    part.split("\n", 1)[0].removeprefix("ctcase "): part
    for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    if part.startswith("ctcase ")
}


def leaves(command, path=()):
    if not hasattr(command, "commands"):
        return {" ".join(path): command}
    found = {}
    for name, child in command.commands.items():
        found.update(leaves(child, (*path, name)))
    return found


COMMANDS = leaves(root)


def test_every_command_has_its_section_and_no_other_has():
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_section_names_every_option(command):
    shared = {"--json", "--passphrase-file", "--help"}
    options = {
        one
        for parameter in COMMANDS[command].params
        if parameter.param_type_name == "option"
        for one in parameter.opts
    }
    assert options - shared <= set(re.findall(r"--[a-z-]+", SECTIONS[command]))
    assert shared - {"--help"} <= options


@pytest.mark.parametrize("command", COMMANDS)
def test_a_section_shows_a_call_and_the_document_it_prints(contract, command):
    assert re.search(rf"^    (?:.*\| )?ctcase {command} ", SECTIONS[command], flags=re.MULTILINE)
    shown = json.loads(re.search(r"```json\n(.*?)```", SECTIONS[command], flags=re.DOTALL).group(1))
    promised = json.loads(contract.SHAPES[command])
    assert contract.lacks(promised, shown) is None
    assert contract.lacks(shown, promised) in (None, ".records[].fields.first_name")


CALLS = re.findall(r"^    (?:.*\| )?ctcase ([a-z].*)$", PAGE[PAGE.index("### ctcase") :], flags=re.MULTILINE)


@pytest.mark.parametrize("shown", CALLS)
def test_a_call_that_is_shown_is_understood(shown):
    command, words = root, shlex.split(shown)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    assert command.make_context(shown, words).params


def test_fields_that_are_shown_exist():
    catalogue = Catalogue(shipped_forms(), shipped_codelists())
    text = "".join([PAGE, (HOUSE / "README.md").read_text(encoding="utf-8")])
    shown = set(re.findall(r"\b(person|case)\.(\w+)", text))
    for document in re.findall(r"'(\{[^']*\})'", text):
        records = json.loads(document)
        shown |= {(kind, name) for kind in ("person", "case") for name in records.get(kind, ())}
    assert ("person", "first_name") in shown
    assert not {one for one in shown if catalogue.find(*one) is None}


def test_every_error_code_is_listed_with_its_exit_status():
    table = PAGE.split("## Error codes")[1]
    rows = re.findall(r"^\| (\d) \| (.*) \|$", table, flags=re.MULTILINE)
    assert {code: int(status) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)} == dict(
        EXITS
    )
