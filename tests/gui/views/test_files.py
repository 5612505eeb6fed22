"""Names and kinds of files that are suggested are those of the documentation, and say nothing of a case."""

import re
from pathlib import Path

import pytest

from ui.dialogs import files

README = Path(__file__).resolve().parents[3] / "README.md"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [(files.REQUEST, files.requests()), (files.WELCOME, files.welcomes()), (files.LETTER, files.letters())],
)
def test_what_is_suggested_is_what_the_documentation_writes(name, kinds):
    ending = Path(name).suffix
    assert f"*{ending}" in kinds.partition(")")[0]
    assert re.search(rf"\w{re.escape(ending)}\b", README.read_text(encoding="utf-8"))


def test_bundles_are_found_by_the_names_that_are_written(desktop, world, tmp_path):
    world.case()
    desk = desktop()
    page = desk.go("sync")
    desk.files.next = [tmp_path / "out"]
    desk.click(page.unsent.write)
    assert {f"*{one.suffix}" for one in (tmp_path / "out").iterdir()} == {"*.age"}
    assert "(*.age)" in files.bundles()


@pytest.mark.parametrize("kinds", [files.requests(), files.welcomes(), files.bundles()])
def test_a_file_that_lost_its_ending_can_be_chosen(kinds):
    assert kinds.endswith("(*)")
