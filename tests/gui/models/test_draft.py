"""Unsaved answers: what is saved, what is wrong, what undo gives back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctcase.app.results import CaseSet, RecordShown
from ctcase.model import forms
from ctcase.model.values import UNKNOWN
from ui.models.draft import CaseDraft, after_saving

FORM = forms.shipped_forms()[0]
LISTS = forms.shipped_codelists()
FIELDS = {field.key: field for field in FORM.fields()}


def records(**person):
    """The records of a case, and the sets behind their answers."""
    sets = {f"person.{name}": (f"{name}={value}",) for name, value in person.items()}
    return [RecordShown("person", "person", "htcds", 1, person, [], [])], sets


@pytest.fixture
def draft():
    made = CaseDraft(FIELDS.values(), LISTS)
    made.load(*records(first_name="Daw", birth_date="1995"))
    return made


def test_only_what_changed_is_saved(draft):
    draft.edit("person.first_name", "Omar")
    draft.edit("person.birth_date", "1995")
    assert draft.changes() == {"person.first_name": "Omar"}


def test_an_answer_typed_back_is_no_edit(draft):
    draft.edit("person.first_name", "Omar")
    draft.edit("person.first_name", "Daw")
    assert not draft.is_unsaved
    assert not draft.can_undo


def test_a_wrong_answer_never_stops_the_others(draft):
    draft.edit("person.birth_date", "31 Nov")
    draft.edit("person.first_name", UNKNOWN)
    assert draft.problems() == {"person.birth_date": "date_invalid"}
    assert draft.changes() == {"person.first_name": UNKNOWN}
    assert draft.is_unsaved


def test_clearing_is_a_change(draft):
    draft.edit("person.birth_date", None)
    assert draft.changes() == {"person.birth_date": None}


def test_undo_goes_back_field_by_field(draft):
    for text in ("O", "Om", "Oma"):
        draft.edit("person.first_name", text)
    draft.edit("person.birth_date", "1999")
    draft.edit("person.first_name", "Omar")
    assert draft.undo() == "person.first_name"
    assert draft.value("person.first_name") == "Oma"
    assert draft.undo() == "person.birth_date"
    assert draft.undo() == "person.first_name"
    assert draft.value("person.first_name") == "Daw"
    assert draft.undo() is None
    assert not draft.is_unsaved


def test_edits_survive_what_others_change(draft):
    draft.edit("person.first_name", "Omar")
    draft.load(*records(first_name="Davud", birth_date="1996"))
    assert draft.value("person.first_name") == "Omar"
    assert draft.value("person.birth_date") == "1996"


def test_what_the_vault_has_taken_over_is_no_edit_any_more(draft):
    draft.edit("person.first_name", "Omar")
    draft.load(*records(first_name="Omar"))
    assert not draft.is_unsaved
    assert not draft.can_undo


def test_what_was_shown_is_what_stood_there_when_editing_began(draft):
    draft.edit("person.first_name", "Omar")
    draft.edit("person.second_name", "Khin")
    draft.load(*records(first_name="Davud", birth_date="1995"))
    draft.edit("person.first_name", "Omara")
    assert draft.shown() == {"person.first_name": ("first_name=Daw",), "person.second_name": ()}
    assert draft.overtaken() == ["person.first_name"]
    again = CaseDraft(FIELDS.values(), LISTS)
    again.load(*records(first_name="Davud", birth_date="1995"))
    again.put_back(draft.state())
    assert (again.edited(), again.shown()) == (draft.edited(), draft.shown())


def test_undo_gives_back_the_answer_of_now(draft):
    draft.edit("person.first_name", "Omar")
    draft.load(*records(first_name="Davud"))
    assert draft.undo() == "person.first_name"
    assert draft.value("person.first_name") == "Davud"
    assert not draft.is_unsaved
    draft.edit("person.first_name", "Omar")
    assert draft.shown() == {"person.first_name": ("first_name=Davud",)}


def test_undo_ends_at_what_was_saved_while_somebody_typed_on(draft):
    draft.edit("person.first_name", "O")
    draft.edit("person.title", "Ms")
    draft.edit("person.first_name", "Omara")
    draft.load(*records(first_name="Omar", title="Ms"))
    assert draft.undo() == "person.first_name"
    assert draft.value("person.first_name") == "Omar"
    assert not draft.can_undo
    assert not draft.is_unsaved


def test_who_typed_on_while_it_was_saved_had_seen_what_was_saved(draft):
    draft.edit("person.first_name", "Omar")
    draft.edit("person.birth_date", "1996")
    answers, done = draft.changes(), CaseSet("CODE", "e", ["person.first_name"])
    draft.edit("person.first_name", "Omara")
    draft.saved(done)
    assert draft.shown()["person.first_name"] == ("e",)
    left = after_saving(draft.state(), answers, done)
    assert left == {"person.first_name": "Omara", "shown:person.first_name": ("e",)}


def test_yes_and_one_are_different_answers(draft):
    draft.load(*records(never_leave_message=True))
    draft.edit("person.never_leave_message", 1)
    assert draft.problems() == {"person.never_leave_message": "wrong_type"}


def test_progress_counts_what_is_shown(draft):
    section = next(one for one in FORM.sections if one.id == "trafficking")
    shown = draft.progress(section)[1]
    draft.edit("case.type_of_exploitation", ("SexualExploitation",))
    answered, asked, wrong = draft.progress(section)
    assert (answered, asked, wrong) == (1, shown + 1, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from(["person.first_name", "person.second_name"]), st.text(max_size=3)),
        max_size=12,
    )
)
def test_undoing_everything_gives_back_what_was_saved(edits):
    draft = CaseDraft(FIELDS.values(), LISTS)
    draft.load(*records(first_name="Daw"))
    for key, text in edits:
        draft.edit(key, text or None)
    while draft.undo() is not None:
        pass
    assert draft.values() == {"person.first_name": "Daw"}
