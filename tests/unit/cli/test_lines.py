"""Lines for people cannot be steered by what somebody typed elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctcase.cli import lines
from ctcase.model.values import DECLINED, UNKNOWN


@pytest.mark.parametrize(
    ("hostile", "printed"),
    [
        ("\x1b[2J", "\\u001b[2J"),
        ("a\nb\tc", "a\\u000ab\\u0009c"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u2028b", "a\\u2028b"),
        ("\x9b31m", "\\u009b31m"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_steers_a_terminal_is_escaped(hostile, printed):
    assert lines.safe(hostile) == printed


def test_letters_of_any_script_stay():
    assert lines.safe("مریم‌ Łucja 王 İrem") == "مریم‌ Łucja 王 İrem"


@given(st.text())
def test_nothing_safe_breaks_a_line(text):
    printed = lines.safe(text)
    assert len(printed.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in printed)
    printed.encode()


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, "-"),
        (UNKNOWN, "(unknown)"),
        (DECLINED, "(declined)"),
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        (("a", "b"), "a; b"),
        (["a"], "a"),
        ("1999-03", "1999-03"),
    ],
)
def test_values_are_shown(value, printed):
    assert lines.shown(value, str) == printed


def test_columns_are_as_wide_as_they_need_in_any_script():
    shown = list(lines.table(("A", "Bee"), [("王", None), ("x", 10)]))
    assert shown == ["A   Bee", "王  -", "x   10"]
    assert list(lines.table(("A",), [])) == []


def test_absent_facts_and_empty_sections_are_left_out():
    assert list(lines.facts([("Name", "x"), ("Gone", None), ("No", "")])) == ["Name  x"]
    assert list(lines.section("Title", [])) == []
    assert list(lines.section("Title", ["x"])) == ["", "Title", "  x"]
