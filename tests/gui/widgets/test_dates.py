import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from ctcase.model.values import is_partial_date
from ui.widgets.dates import DateProblem, read_date, show_date

LANGUAGES = {
    name: [QLocale(language).standaloneMonthName(number) for number in range(1, 13)]
    for name, language in (
        ("en", QLocale.Language.English),
        ("tr", QLocale.Language.Turkish),
        ("ar", QLocale.Language.Arabic),
        ("fa", QLocale.Language.Persian),
    )
}
EN = LANGUAGES["en"]


LANGUAGES["levant"] = ["كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"]
LANGUAGES["levant"] += ["تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("1999", "1999"),
        ("3.1999", "1999-03"),
        ("1999-03", "1999-03"),
        ("8.3.1999", "1999-03-08"),
        ("08/03/1999", "1999-03-08"),
        ("1999-03-08", "1999-03-08"),
        ("8 March 1999", "1999-03-08"),
        ("8 mar 1999", "1999-03-08"),
        ("March 8, 1999", "1999-03-08"),
        ("March 1999", "1999-03"),
        ("1999 March", "1999-03"),
        ("٨/٣/١٩٩٩", "1999-03-08"),
        (" 29.2.2000 ", "2000-02-29"),
    ],
)
def test_reads_what_people_type(text, value):
    assert read_date(text, EN) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31 Nov 2026", DateProblem("day", 11, 30)),
        ("29.2.2001", DateProblem("day", 2, 29 - 1)),
        ("1.13.1999", DateProblem("month")),
        ("8 Ma 1999", DateProblem("form")),
        ("8 Mxy 1999", DateProblem("form")),
        ("99", DateProblem("form")),
        ("1.2.3.4", DateProblem("form")),
        ("12345", DateProblem("form")),
    ],
)
def test_says_why_it_is_no_date(text, problem):
    assert read_date(text, EN) == problem


@pytest.mark.parametrize("text", ["8 ŞUBAT 1999", "8 şubat 1999", "8 Şub 1999", "8 SUBAT 1999"])
def test_turkish_months_in_any_case(text):
    assert read_date(text, LANGUAGES["tr"]) == "1999-02-08"


def test_turkish_dotless_and_dotted_i_fall_together():
    assert (
        read_date("8 KASIM 1999", LANGUAGES["tr"])
        == read_date("8 kas\u0131m 1999", LANGUAGES["tr"])
        == "1999-11-08"
    )
    assert read_date("8 HAZİRAN 1999", LANGUAGES["tr"]) == "1999-06-08"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from([4, 7, 10]))
def test_what_is_shown_reads_back_in_every_language(day, length):
    value = day.isoformat()[:length]
    for months in LANGUAGES.values():
        assert read_date(show_date(value, months), months) == value


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text):
    read = read_date(text, EN)
    assert isinstance(read, DateProblem) or read == "" or is_partial_date(read)


def test_what_is_no_value_is_shown_as_it_is():
    assert show_date("before the war", EN) == "before the war"
