"""What was typed and not saved: kept by place, as text and back, and never more than there is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.model.values import DECLINED, UNKNOWN
from ui.models.unfinished import MADE, Unfinished

VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.integers(-9, 9),
    st.booleans(),
    st.none(),
    st.sampled_from([UNKNOWN, DECLINED]),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=3).map(tuple),
)
STATES = st.dictionaries(st.sampled_from(["alias", "person.title", "note"]), VALUES, max_size=3)


@given(st.dictionaries(st.sampled_from(["a", "b"]), STATES), STATES)
@settings(max_examples=60)
def test_text_and_back_is_the_same(answers, consent):
    found = Unfinished()
    for case, state in answers.items():
        found.put("answers", case, state)
    found.put("consent", "a", consent)
    again = Unfinished(found.text())
    assert again.text() == found.text()
    for case, state in answers.items():
        assert again.get("answers", case) == state
    assert len(again) == sum(bool(state) for state in (*answers.values(), consent))


def test_what_is_empty_is_not_kept():
    found = Unfinished()
    found.put("case", "", {"alias": "Linden"})
    found.put("case", "", {})
    assert len(found) == 0
    assert found.text() == ""


def test_what_is_left_of_a_new_case_goes_on_in_the_case_that_was_made():
    found = Unfinished()
    found.put("case", "", {"alias": "Linden", "person.birth_date": "31 Feb 1999"})
    found.put("case", "", {MADE: "one", "person.birth_date": "31 Feb 1999"})
    assert found.keys() == {("answers", "one")}
    assert found.get("answers", "one") == {"person.birth_date": "31 Feb 1999"}
    found.put("case", "", {MADE: "two"})
    assert found.keys() == {("answers", "one")}


def test_files_looked_into_are_no_reason_to_ask():
    found = Unfinished()
    found.put("bundles", "", {"files": ("a.age",)})
    assert not found
    assert Unfinished(found.text()).get("bundles", "") == {"files": ("a.age",)}


def test_half_a_character_is_no_obstacle():
    found = Unfinished()
    found.put("case", "", {"alias": "a\ud83d", "note": ("b\ud83d", "c")})
    assert Unfinished(found.text()).get("case", "") == {"alias": "a\ufffd", "note": ("b\ufffd", "c")}


@pytest.mark.parametrize(
    "strange",
    [
        ["assessment", "", {"note": "half"}],
        ["case", "", {"alias": {"masked": True}}],
        ["case", "", {"alias": {"missing": "lost"}}],
        ["case", ""],
        ["case", "", {"alias": "Linden"}, "since 2031"],
        {"kind": "case"},
    ],
)
def test_what_another_version_kept_is_left_as_it_is(strange):
    found = Unfinished(json.dumps([strange, ["comment", "a", {"comment": "Please"}]]))
    assert list(found.begun()) == [("comment", "a")]
    found.clear()
    assert json.loads(found.text()) == [strange]
    assert not found


def test_a_text_that_is_no_list_is_no_obstacle():
    found = Unfinished("half")
    found.put("case", "", {"alias": "Linden"})
    again = Unfinished(found.text())
    assert again.get("case", "") == {"alias": "Linden"}
    assert json.loads(again.text())[-1] == "half"
