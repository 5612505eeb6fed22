"""What a field can hold: nothing else gets in, and nothing changes its type on the way."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.model import canonical
from ctcase.model.values import CATEGORIES, CONTROL, DECLINED, UNKNOWN, Missing, Value, is_partial_date

reader = canonical.decoder(Value)


@pytest.mark.parametrize(
    "value",
    ["", "text", "1", "true", "unknown", "a\nb", 0, 1, -5, 2**53 - 1, True, False, None, (), ("a",), ("a", "a"), UNKNOWN, DECLINED],
)  # fmt: skip
def test_a_value_comes_back_with_its_type(value):
    again = canonical.decode(canonical.encode(value), reader)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    "data",
    [b"1.5", b"1.0", b"9007199254740992", b"-9007199254740992", b"[1]", b"[null]", b'[["a"]]', b'[{"missing":"unknown"}]', b"{}",
     b'{"missing":"lost"}', b'{"missing":""}', b'{"missing":null}', b'{"missing":"unknown","more":1}', b'{"text":"a"}'],
)  # fmt: skip
def test_anything_else_is_no_value(data):
    with pytest.raises(canonical.NotCanonicalError):
        canonical.decode(data, reader)


@pytest.mark.parametrize("word", ["", "Unknown", "lost", "unknown "])
def test_an_absence_is_unknown_or_declined(word):
    with pytest.raises(ValueError):
        Missing(word)


def test_an_absence_is_neither_empty_nor_cleared():
    assert len({UNKNOWN, DECLINED, Missing("unknown"), Missing("declined")}) == 2
    assert canonical.encode([UNKNOWN, None, ""]) == b'[{"missing":"unknown"},null,""]'
    with pytest.raises(AttributeError):
        UNKNOWN.missing = "declined"
    assert msgspec.structs.replace(UNKNOWN, missing="declined") == DECLINED


def test_control_is_no_category_of_data():
    assert CONTROL not in CATEGORIES
    assert len(set(CATEGORIES)) == len(CATEGORIES) == 8


def test_every_day_of_four_years_is_a_date_and_no_other():
    for year in (1900, 1999, 2000, 2024):
        for month in range(14):
            assert is_partial_date(f"{year}-{month:02}") == (1 <= month <= 12)
            for day in range(33):
                try:
                    exists = bool(dt.date(year, month, day))
                except ValueError:
                    exists = False
                assert is_partial_date(f"{year}-{month:02}-{day:02}") == exists


@pytest.mark.parametrize(
    "text",
    ["", "99", "199", "19990", "0000", "1999-", "1999-3", "1999-03-", "1999-03-8", "1999/03/08", "19990308", "08-03-1999", "-1999",
     " 1999", "1999\n", "1999-03-08\n", "1999-03-08T00:00", "1999-W10", "\u0661\u0669\u0669\u0669", "\uff11\uff19\uff19\uff19", "1999-\u0660\u0663", "1999\u201303", "+1999"],
)  # fmt: skip
def test_what_is_no_partial_date(text):
    assert not is_partial_date(text)


@settings(max_examples=100)
@given(st.dates())
def test_a_day_its_month_and_its_year_are_dates(day):
    text = day.isoformat()
    assert is_partial_date(text)
    assert is_partial_date(text[:7])
    assert is_partial_date(text[:4])


@settings(max_examples=200)
@given(st.text("0123456789-", max_size=11) | st.text(max_size=12))
def test_any_text_is_judged(text):
    if is_partial_date(text):
        padded = text + "0000-01-01"[len(text) :]
        assert dt.date.fromisoformat(padded).isoformat() == padded
