"""Code words and values in the words of the field."""

import pytest

from ctcase.model import forms
from ctcase.model.values import DECLINED, UNKNOWN
from ui import words
from ui.desk import Texts

EVENTS = (
    "submit", "return", "reject", "approve", "send", "send_ahead", "ratify", "contest", "acknowledge", "accept",
    "decline", "start", "complete", "discontinue", "withdraw", "retract", "decide",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts():
    return Texts(forms.shipped_forms(), forms.shipped_codelists(), "en")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("person.birth_date", "1999-03-08", "8 March 1999"),
        ("person.birth_date", "1999-03", "March 1999"),
        ("person.birth_date", "not a date", "not a date"),
        ("person.first_name", UNKNOWN, "Unknown"),
        ("person.first_name", DECLINED, "Declined to answer"),
        ("person.first_name", None, ""),
        ("person.never_leave_message", False, "No"),
        ("person.never_leave_message", True, "Yes"),
        ("case.trafficking_status", "a code of another list", "a code of another list"),
    ],
)
def test_values_read_as_people_write_them(qapp, texts, key, value, shown):
    assert texts.value(key, value) == shown


def test_codes_are_shown_by_their_labels(qapp, texts):
    label = forms.say(texts.codelists["gender"].entries[0].label, "en")
    assert texts.value("person.gender", texts.codelists["gender"].entries[0].code) == label
    countries = texts.codelists["countries"].entries[:2]
    shown = texts.value("person.citizenship", tuple(one.code for one in countries))
    assert shown == ", ".join(forms.say(one.label, "en") for one in countries)


def test_labels_come_from_the_form(texts):
    assert texts.label("person.first_name") == "First Name"
    assert texts.label("case.alias") == "Alias"
    assert texts.label("person.field_of_a_newer_form") == "field_of_a_newer_form"


def test_times_have_western_digits_and_bad_ones_stay(qapp):
    shown = words.moment("2026-11-21T09:30:00Z", "ar")
    assert any(digit in shown for digit in "0123456789")
    assert "2026" in shown
    assert words.moment("soon", "en") == "soon"
    assert words.moment(None, "en") == ""


def test_inserted_words_are_isolated():
    assert words.fill("Referral to {agency}", agency="Liman") == "Referral to \u2068Liman\u2069"


def test_every_event_state_and_need_has_words(qapp):
    """The codes of the referral's table, as docs/referral.md lists them."""
    for event in EVENTS:
        assert words.event(event) != event
        assert words.happened(event) != event
    for need in (
        "comment",
        "reason",
        "date",
        "channel",
        "contact",
        "outcome",
        "received",
        "feedback",
        "keep",
    ):
        assert words.need(need) != need
    assert set(words.states()) == {
        "draft", "submitted", "returned", "approved", "sent", "acknowledged", "accepted", "in_service",
        "completed", "rejected", "declined", "discontinued", "withdrawn",
    }  # fmt: skip
