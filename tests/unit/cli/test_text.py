"""Every refusal has its words, calm ones, and the codes are those of the contract."""

import re

import pytest

from ctcase.cli import text
from ctcase.errors import EXITS

SENTENCES = [*text.ERRORS.values(), *text.PRECISE.values(), text.UNEXPECTED, text.SELF_TEST]


def test_every_code_has_words_and_every_word_a_code():
    assert set(text.ERRORS) == set(EXITS)
    assert {code for code, _what in text.PRECISE} <= set(EXITS)


def test_codes_and_exits_are_those_of_the_contract(shared):
    lines = (shared / "reference" / "cli-contract.md").read_text().splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("1: `disk_full"))
    found = {}
    for line in lines[start : start + 3]:
        without_remarks = re.sub(r"\([^)]*\)", "", line)
        for status, listed in re.findall(r"(\d): ((?:`[^`]*`\s*)+)", without_remarks):
            for codes in re.findall(r"`([^`]*)`", listed):
                found.update(dict.fromkeys(codes.split(), int(status)))
    assert found == dict(EXITS)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: one.message[:30])
def test_words_are_calm_and_complete(sentence):
    for part in sentence:
        assert part.endswith(".")
        assert "!" not in part
        assert "error" not in part.lower()
        assert len(part) <= 120


def test_the_most_exact_words_are_taken():
    assert text.explain("file_missing", {"what": "vault"}, str).message.startswith("There is no vault")
    assert text.explain("file_missing", {"what": "else"}, str).message == text.ERRORS["file_missing"].message


def test_details_fill_the_words_and_never_break_them():
    told = text.explain("usage", {"problem": "missing", "command": "ctcase case show"}, str)
    assert told.message == "'ctcase case show' also needs …. Nothing was done."
    assert told.details == {"problem": "missing", "command": "ctcase case show"}


def test_missing_fonts_are_named_where_some_are_known():
    fonts = ["DejaVuSans.ttf", "NotoSansKhmer-Regular.ttf"]
    told = text.explain("font_missing", {"scripts": ["khmer", "latin"], "fonts": fonts}, str)
    assert (
        told.next
        == "Install the font with the file DejaVuSans.ttf, NotoSansKhmer-Regular.ttf, then try again."
    )
    assert told.details["fonts"] == fonts
    told = text.explain("font_missing", {"scripts": ["symbol"], "fonts": []}, str)
    assert told.next == "Leave these letters out, or write them in another script."


def test_words_are_translated_before_they_are_filled():
    told = text.explain("usage", {"command": "ctcase"}, lambda english: f"<{english}>")
    assert told.next == "<Run 'ctcase --help' to see how it is used.>"


def test_without_a_translation_english_is_spoken(tmp_path):
    assert text.translator(tmp_path, ["xx"])("Cancelled.") == "Cancelled."
