"""The case file: saving what is right, undo, what is hidden, consent, conflicts, timeline."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from ctcase.app import cases, office
from ui.widgets.field import DOTS
from ui.widgets.text import Label


def edit(field, text):
    field.editor.line().setText(text)
    field.editor.changed.emit()
    field.editor.finished.emit()


def test_only_what_changed_is_saved_and_a_wrong_answer_stays(desktop, world):
    case = world.case(title="Daw")
    desk = desktop()
    page = desk.go("case", case, "identity")
    fields = page.part().fields
    edit(fields["person.title"], "Dawn")
    edit(fields["person.birth_date"], "31 Nov 2026")
    assert fields["person.birth_date"].error() != ""
    assert page.note.text() == "1 answer to correct. You can save all the same."
    desk.key("Ctrl+S")
    assert page.draft.value("person.title") == "Dawn"
    assert page.draft.changes() == {}
    assert page.is_unsaved, "the wrong answer is still there"
    person = next(one for one in page.case.records if one.id == "person")
    assert person.fields["title"] == "Dawn"
    assert person.fields["birth_date"] == "1995"
    assert page.case.history[-1].what == ["person.title"]
    edit(fields["person.birth_date"], "1996")
    desk.click(page.save)
    assert not page.is_unsaved
    assert page.note.text() == "Everything saved"


def test_undo_gives_back_what_was_saved(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(title="Daw"), "identity")
    field = page.part().fields["person.title"]
    edit(field, "Dawn")
    desk.click(page.undo)
    assert field.editor.value() == "Daw"
    assert not page.undo.isEnabled()


def test_undo_by_keys_ends_at_what_was_saved_last(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "identity")
    line = page.part().fields["person.title"].editor.line()
    line.setFocus()
    desk.bot.keyClicks(line, "Aaa")
    desk.key("Ctrl+S", line)
    desk.bot.keyClicks(line, "Bbb")
    desk.key("Ctrl+Z", line)
    assert line.text() == "Aaa"
    assert not page.is_unsaved
    assert not page.undo.isEnabled()
    desk.key("Ctrl+Z", line)
    assert line.text() == "Aaa"


@pytest.mark.parametrize(
    ("section", "name"), [("identity", "title"), ("present_location", "present_location")]
)
def test_undo_ends_at_what_was_saved_while_somebody_typed_on(desktop, world, section, name):
    desk = desktop()
    page = desk.go("case", world.case(), section)
    editor = page.part().fields[f"person.{name}"].editor
    control = editor.control()
    control.setFocus()
    desk.bot.keyClicks(control, "Aaa")
    desk.bot.keyClick(control, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.bot.keyClicks(control, "Bbb")
    desk.settle()
    assert editor.value() == "AaaBbb"
    desk.key("Ctrl+Z", control)
    assert editor.value() == "Aaa"
    assert not page.is_unsaved


def test_the_key_of_undo_takes_back_what_was_not_typed(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(title="Daw"), "identity")
    line = page.part().fields["person.title"].editor.line()
    line.setFocus()
    gender = page.part().fields["person.gender"].editor
    gender.set_value("Feminine")
    gender.changed.emit()
    desk.key("Ctrl+Z", line)
    assert gender.value() is None
    assert line.text() == "Daw"


def test_a_name_is_dots_until_it_is_asked_for(desktop, world):
    desk = desktop()
    desk.go("case", world.case(first_name="Zerafina"), "identity")
    assert "Zerafina" not in desk.words()
    assert DOTS in desk.words()


def test_sensitive_answers_are_dots_until_asked_and_reading_is_recorded(desktop, world):
    case = world.case(mobile_phone="555 0101")
    desk = desktop()
    page = desk.go("case", case, "contact")
    field = page.part().fields["person.mobile_phone"]
    assert "555 0101" not in desk.words()
    assert DOTS in desk.words()
    before = desk.window.shell.desk.known.status.entries
    desk.click(field.editor.show_button)
    assert field.editor.value() == "555 0101"
    assert not field.editor.is_masked
    assert desk.window.shell.desk.known.status.entries == before + 2, (
        "the stream was opened, the reading noted"
    )


def test_the_name_is_shown_on_request_and_gone_with_the_case(desktop, world):
    case, other = world.case(name="Canaria", second="Zilpah", alias="Linden"), world.case(alias="Cedar")
    desk = desktop()
    page = desk.go("case", case, "contact")
    assert "Canaria" not in desk.words(page.header)
    desk.click(page.header.show_name)
    assert page.header.name.text() == "Canaria Zilpah"
    desk.go("case", other)
    desk.bot.waitUntil(lambda: "Canaria" not in desk.words())


def test_a_consent_is_recorded_and_withdrawn(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "consent")
    form = page.part().write()
    desk.consent(form, kinds=["legal"])
    desk.click(form.save)
    assert form.fields["recipients"].error() == "Choose to whom. A consent to anybody is none."
    assert [name for name, field in form.fields.items() if field.error()] == ["recipients"]
    form.recipients.other.set_value("Legal Aid North")
    form.date.line().setText("20.11.2026")
    desk.click(form.save)
    consent = page.case.consents[0]
    assert (consent.status, consent.categories, consent.date) == ("given", ["legal"], "2026-11-20")
    assert "Legal Aid North" in desk.words(page.part())
    desk.click(desk.button("Record a withdrawal"))
    assert desk.questions == ["Record that this consent is withdrawn?"]
    assert page.case.consents[0].status == "withdrawn"
    assert page.header.chips["consent"].text() == "Consent: \u2068Withdrawn\u2069"


def test_a_conflict_is_decided_by_keeping_a_value(desktop, world):
    case = world.case()
    world.carry("caseworker", "supervisor")
    world.act("caseworker", lambda session: cases.set_fields(session, case, {"person.city": "Port Aldern"}))
    world.act("supervisor", lambda session: cases.set_fields(session, case, {"person.city": "Velbazar"}))
    world.carry("supervisor", "caseworker")
    desk = desktop()
    page = desk.go("case", case, "conflicts")
    said = desk.words(page.part())
    assert "Port Aldern" in said
    assert "Velbazar" in said
    assert page.header.chips["conflicts"].text() == "1 conflict"
    keep = next(one for one in page.part().keep if "Port Aldern" in one.accessibleName())
    desk.click(keep)
    assert page.case.conflicts == []
    assert "There is no conflict to decide." in desk.words(page.part())
    assert next(one for one in page.case.records if one.id == "person").fields["city"] == "Port Aldern"


def dame(world, case):
    """Somebody else answers meanwhile."""
    world.act("caseworker", lambda session: cases.set_fields(session, case, {"person.title": "Dame"}))


@pytest.mark.parametrize("way", ["stays", "comes back"])
def test_an_answer_that_came_in_unseen_is_not_replaced(desktop, world, way):
    """Rule 14: whoever saves replaces what he was shown, however long ago he began."""
    case = world.case(title="Daw")
    desk = desktop()
    page = desk.go("case", case, "identity")
    edit(page.part().fields["person.title"], "Dawn")
    if way == "comes back":
        desk.go("cases")
    dame(world, case)
    page.read() if way == "stays" else desk.go("case", case, "identity")
    desk.settle()
    page = desk.page
    assert page.part().fields["person.title"].editor.value() == "Dawn"
    assert page.note.text() == "1 answer has been changed meanwhile. Saving keeps both."
    desk.click(page.save)
    (found,) = page.case.conflicts
    assert (found.ours.value, [one.value for one in found.theirs]) == ("Dawn", ["Dame"])
    assert not page.is_unsaved
    desk.click(desk.button("Open the conflicts"))
    assert "Dame" in desk.words(desk.page.part())


@pytest.mark.parametrize("page_is_open", [True, False])
def test_an_answer_that_came_in_unseen_is_not_replaced_by_locking(desktop, world, page_is_open):
    case = world.case(title="Daw")
    desk = desktop()
    edit(desk.go("case", case, "identity").part().fields["person.title"], "Dawn")
    if not page_is_open:
        desk.go("cases")
    dame(world, case)
    desk.window.quick_hide()
    desk.settle()
    desk.window.view().wanted.emit()
    desk.unlock()
    page = desk.go("case", case, "identity")
    if not page_is_open:
        desk.click(page.save)
    (found,) = page.case.conflicts
    assert {found.ours.value, *(one.value for one in found.theirs)} == {"Dawn", "Dame"}


def test_what_nobody_else_changed_is_replaced_without_a_word(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(title="Daw"), "identity")
    for text in ("Dawn", "Dame"):
        edit(page.part().fields["person.title"], text)
        desk.click(page.save)
    assert page.case.conflicts == []
    assert desk.window.shell.notice.what == ""


def test_a_consent_that_nobody_chose_is_not_recorded(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "consent")
    form = page.part().write()
    assert form.state() == {}, "nothing is chosen before a person chooses it"
    desk.click(form.save)
    assert page.case.consents == []
    missing = {name: field.error() for name, field in form.fields.items() if field.error()}
    assert list(missing) == ["status", "given_by", "method", "purposes", "recipients", "categories"]
    assert missing["status"] == "Choose what the client answered."
    assert form.status.button("given").accessibleName() == "Answer, required: Given"
    assert desk.window.focusWidget() is form.status.button("given")


def test_what_was_missing_in_a_consent_is_taken_back_as_soon_as_it_is_there(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "consent")
    form = page.part().write()
    desk.bot.keyClicks(form.date.line(), "31.2.2026")
    desk.click(form.save)

    def wrong():
        return {name for name, field in form.fields.items() if field.error()}

    asked = {"status", "given_by", "method", "purposes", "recipients", "categories", "date"}
    assert wrong() == asked
    desk.click(form.categories.pill("identity"))
    assert wrong() == asked - {"categories"}
    form.date.line().clear()
    desk.bot.keyClicks(form.date.line(), "21.11.")
    assert "date" in wrong(), "not before it is right"
    desk.bot.keyClicks(form.date.line(), "2026")
    assert wrong() == asked - {"categories", "date"}
    desk.bot.keyClicks(form.expires.line(), "21.")
    assert "expires" not in wrong(), "nobody is interrupted while they write"


def test_what_is_shown_when_follows_the_answers(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "trafficking")
    fields = page.part().fields
    assert fields["case.type_of_sex_exploitation"].isHidden()
    editor = fields["case.type_of_exploitation"].editor
    editor.set_value(("SexualExploitation",))
    editor.changed.emit()
    assert not fields["case.type_of_sex_exploitation"].isHidden()


def test_another_teams_case_can_be_read_and_not_written(desktop, world):
    case = world.case()
    world.carry("caseworker", "supervisor")

    def other_team(session):
        office.set_member(session, "Elif K.", ("supervisor",), "South", "four plain words here")

    world.act("office", other_team)
    world.carry("office", "supervisor")
    desk = desktop("supervisor")
    page = desk.go("case", case, "identity")
    assert page.note.text() == "The case is with another team."
    assert not page.save.isEnabled()
    assert not page.header.refer.isEnabled()
    field = page.part().fields["person.title"].editor
    assert field.control().property("readOnly") is True


def test_f6_goes_round_the_regions(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "identity")
    seen = []
    for _ in range(4):
        desk.key("F6")
        seen.append(QApplication.focusWidget())
    rail = desk.window.shell.rail.item("cases")
    assert rail in seen
    assert page.header.refer in seen
    assert page.list.rows["identity"] in seen


@pytest.mark.parametrize("keys", ["Alt+Down", "Alt+Up"])
def test_sections_are_stepped_by_keys(desktop, world, keys):
    desk = desktop()
    page = desk.go("case", world.case(), "contact")
    page.list.rows["contact"].setFocus()
    desk.key(keys)
    assert page._current == ("safe_contact" if keys == "Alt+Down" else "identity")


def test_the_lines_of_a_timeline_stay_together(desktop, world):
    case = world.case()
    world.consent(case)
    page = desktop().go("case", case)
    lines = [
        one
        for one in page.timeline.findChildren(QWidget)
        if type(one) is QWidget and one.accessibleName() in {"Case opened", "Consent given"}
    ]
    first, second = sorted(line.y() for line in lines)
    assert second - first < 3 * page.fontMetrics().lineSpacing() + 24


def test_why_no_referral_can_be_written_stands_beside_its_button(desktop, world, monkeypatch):
    def read_only(session, one, real=cases.show_to_edit):
        shown, sets = real(session, one)
        return msgspec.structs.replace(shown, may_write="not_this_team"), sets

    case = world.case()
    desk = desktop()
    header = desk.go("case", case).header
    assert header.refer.isEnabled()
    assert header.refer.accessibleDescription() == ""
    monkeypatch.setattr(cases, "show_to_edit", read_only)
    page = desk.go("case", case)
    assert not page.header.refer.isEnabled()
    assert page.header.refer.accessibleDescription() == "The case is with another team."
    reason = [
        one for one in page.header.findChildren(Label) if one.text() == "The case is with another team."
    ]
    assert [one.isVisible() for one in reason] == [True]
