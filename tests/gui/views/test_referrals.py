"""Referral and approval: what is possible is a button, what is not has its reason; four eyes are two members."""

import random

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import isValid

from ctcase.app import cases, office, referrals
from ui.desk import Target
from ui.views.approvals import by_urgency, urgency_place
from ui.widgets.tables import choose_row

SECRET = "four plain words here"
PHONE = "person.mobile_phone"


def the_agency(desk):
    return desk.window.shell.desk.known.agencies[0].id


def test_possible_steps_are_buttons_and_the_others_say_why_not(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    desk = desktop()
    page = desk.go("referral", one)
    buttons = page.steps.buttons
    assert buttons["withdraw"].isEnabled()
    assert buttons["send_ahead"].isEnabled()
    assert not buttons["approve"].isEnabled()
    assert not buttons["start"].isEnabled()
    assert "draft" not in buttons
    said = desk.words(page)
    assert "Your role does not include it." in said
    assert "It does not follow from the present state." in said
    assert buttons["approve"].accessibleDescription() == "Your role does not include it."
    assert "A letter is made from approved content, while the referral is open." in said


def test_a_step_asks_for_what_it_needs_in_place(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("referral", world.submitted(case))
    desk.click(page.steps.buttons["withdraw"])
    form = page.form
    primary = [one for one in page.findChildren(QPushButton) if one.property("kind") in {"primary", "danger"}]
    assert [one.text() for one in primary if one.isVisible() and one.isEnabled()] == ["Withdraw the referral"]
    desk.click(form.act)
    assert form.error.sentence() == "Still needed: Reason."
    assert page.shown.state == "submitted"
    form.editors["reason"].set_value("She found a place herself.")
    desk.click(form.act)
    assert page.shown.state == "withdrawn"
    assert "She found a place herself." in desk.words(page)
    assert page.form is None


def test_a_draft_that_consent_does_not_cover_is_kept_and_says_so(desktop, world):
    case = world.case(mobile_phone="555 0101")
    world.consent(case, categories=("identity",))
    desk = desktop()
    page = desk.go("new_referral", case)
    page.terms.agency.set_value(desk.window.shell.desk.known.agencies[0].id)
    page.terms.agency.changed.emit()
    page.terms.service.set_value("shelter")
    contact = next(one for one in page.groups if one.category == "contact")
    assert contact.chip.text() == "Not covered by consent"
    desk.click(contact.pills.pill("person.mobile_phone"))
    assert contact.chip.text() == "Not covered: leave it out, or ask again"
    desk.click(page.submit)
    assert desk.page.shown.state == "draft"
    assert "No consent in force covers this. Nothing was shared." in desk.words()
    assert "It does not cover every kind of data." in desk.words(desk.page)


@pytest.fixture
def submit_and_leave(desktop, world):
    """Presses Submit and goes elsewhere at once, so that the page is gone before the answer comes."""

    def act(*categories):
        case = world.case(mobile_phone="555 0101")
        world.consent(case, categories=categories)
        desk = desktop()
        page = desk.go("new_referral", case)
        page.terms.agency.set_value(desk.window.shell.desk.known.agencies[0].id)
        page.terms.service.set_value("shelter")
        desk.click(next(one for one in page.groups if one.category == "contact").pills.pill(PHONE))
        desk.bot.mouseClick(page.submit, Qt.MouseButton.LeftButton)
        desk.window.shell.go(Target("cases"))
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not isValid(page)
        desk.settle()
        return desk

    return act


def test_who_submits_and_leaves_at_once_has_submitted(submit_and_leave):
    desk = submit_and_leave("identity", "contact")
    assert desk.window.shell.status.text("saved") == "Everything saved"
    page = desk.go("referrals")
    assert [one.state for one in page._all] == ["submitted"]


def test_who_submits_and_leaves_at_once_learns_of_a_refusal(submit_and_leave):
    desk = submit_and_leave("identity")
    assert desk.window.shell.target.place == "cases"
    assert "No consent in force covers this. Nothing was shared." in desk.words()
    desk.click(desk.button("Open the draft"))
    assert desk.page.shown.state == "draft"


def test_what_a_referral_needs_is_marked_and_said_beside_it(desktop, world):
    desk = desktop()
    page = desk.go("new_referral", world.case())
    fields = page.terms.fields
    assert fields["agency"].editor.control().accessibleName() == "Agency, required"
    assert fields["service"].editor.control().accessibleName() == "Service, required"
    desk.click(page.submit)
    assert desk.page is page
    assert fields["agency"].error() == "Choose the agency, or write its name."
    assert fields["service"].error() == "Choose the service."
    assert page.nothing.sentence() == "Choose what will be shared."
    assert desk.window.focusWidget() is fields["agency"].editor.control()
    page.terms.other.line().setText("Night Shelter")
    page.terms.other.changed.emit()
    assert fields["agency"].error() == ""
    desk.click(page.draft)
    assert desk.page.shown.state == "draft", "a draft may lack anything"


def test_without_consent_a_reason_is_asked(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.go("new_referral", case)
    page.terms.other.set_value("Night Shelter")
    page.terms.service.set_value("shelter")
    desk.click(page.terms.basis.button("vital_interest"))
    desk.click(page.groups[0].pills.pill("person.first_name"))
    desk.click(page.submit)
    assert "Without consent, write the reason." in desk.words()
    page.terms.reason.set_value("Danger to life tonight.")
    desk.click(page.submit)
    assert desk.page.shown.state == "submitted"
    assert "No consent: \u2068Vital interest\u2069" in desk.words(desk.page)


def test_a_change_after_the_submit_is_shown_beside_what_was_fixed(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.act("caseworker", lambda session: cases.set_fields(session, case, {"person.first_name": "Dawn"}))
    desk = desktop()
    page = desk.go("referral", one)
    assert "In the case now: \u2068Dawn\u2069" in desk.words(page)


def test_the_supervisor_returns_with_a_comment_and_the_author_reads_it(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    decision = desk.go("approvals").decision
    assert not decision.buttons["return"].isEnabled()
    assert not decision.buttons["reject"].isEnabled()
    assert decision.buttons["approve"].isEnabled()
    decision.comment.line().setText("Please leave out the birth date.")
    desk.click(decision.buttons["return"])
    assert "Nothing waits for you." in desk.words(desk.page)
    desk.window.lock()
    desk.settle()
    world.carry("supervisor", "caseworker")
    field = desktop("caseworker")
    page = field.go("referral", one)
    assert page.shown.state == "returned"
    assert "Please leave out the birth date." in field.words(page)
    assert "Returned. \u2068Elif K.\u2069 writes:" in field.words(page)


def test_after_an_approval_the_next_step_is_one_button_away(desktop, world):
    case = world.case()
    world.consent(case)
    world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    page = desk.go("approvals")
    title = page._title.mapTo(desk.window, page._title.rect().topLeft())
    desk.click(page.decision.buttons["approve"])
    said = desk.words(desk.window.shell.notices)
    assert "Referral approved" in said
    assert "\u2068Deniz A.\u2069 learns of it from your next bundle." in said
    assert page._title.mapTo(desk.window, page._title.rect().topLeft()) == title, "nothing moves"
    desk.click(desk.button("Write a bundle for \u2068Deniz A.\u2069"))
    assert desk.page.unsent.whom.currentText() == "Deniz A."
    assert desk.window.shell.notices.isHidden()


def test_a_second_try_shows_what_changed(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.carry("caseworker", "supervisor")
    world.act("supervisor", lambda s: referrals.do(s, one, "return", {"comment": "The name is wrong."}))
    world.carry("supervisor", "caseworker")

    def again(session):
        cases.set_fields(session, case, {"person.first_name": "Dawn"})
        referrals.do(session, one, "submit", {})

    world.act("caseworker", again)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    page = desk.go("approvals")
    said = desk.words(page)
    assert "Before: \u2068Daw\u2069" in said
    assert "As before" in said


def test_an_approval_of_what_is_not_shown_any_more_is_refused(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    decision = desk.go("approvals").decision
    world.act("supervisor", lambda s: referrals.do(s, one, "reject", {"reason": "Another one fits better."}))
    desk.click(decision.buttons["approve"])
    assert "This has changed since it was shown. Nothing was done." in desk.words()


def test_nobody_approves_what_they_wrote_themselves(desktop, world):
    """A supervisor who is a caseworker as well: the button is there, disabled, with the reason in words."""

    def both(session):
        office.set_member(session, "Elif K.", ("supervisor", "caseworker"), None, SECRET)

    world.act("office", both)
    world.carry("office", "supervisor")
    case = world.case()
    world.consent(case)
    world.carry("caseworker", "supervisor")
    one = world.submitted(case, who="supervisor")
    desk = desktop("supervisor")
    page = desk.go("referral", one)
    approve = page.steps.buttons["approve"]
    assert not approve.isEnabled()
    reason = "You wrote this content: another supervisor has to do it."
    assert approve.accessibleDescription() == reason
    assert reason in desk.words(page)
    assert desk.go("approvals").decision is None


@pytest.fixture
def returned(desktop, world):
    """A referral that the supervisor returned, before the one who wrote it."""
    case = world.case()
    world.consent(case)
    one = world.submitted(case, reason="The brother knows.")
    world.carry("caseworker", "supervisor")
    asked = {"comment": "Please leave out the birth date."}
    world.act("supervisor", lambda session: referrals.do(session, one, "return", asked))
    world.carry("supervisor", "caseworker")
    desk = desktop()
    return desk, desk.go("referral", one)


def test_a_returned_referral_is_changed_and_submitted_again(returned):
    desk, page = returned
    one = page.shown.id
    assert page.steps.buttons["submit"].text() == "Submit as it is"
    primary = [
        one.text() for one in page.steps.findChildren(QPushButton) if one.property("kind") == "primary"
    ]
    assert primary == ["Change and submit"]
    desk.click(page.steps.change)
    form = desk.page
    assert "Returned. \u2068Elif K.\u2069 writes:\nPlease leave out the birth date." in desk.words(form)
    assert form.document() == {
        "agency": the_agency(desk), "service": "shelter", "purpose": "referral",
        "urgency": "24h", "basis": "consent", "consent": form.shown.consent, "reason": "The brother knows.",
        "fields": ["person.birth_date", "person.first_name"],
    }  # fmt: skip
    assert form.draft.isHidden()
    assert form.state() == {}, "nothing was changed yet"
    desk.click(form.groups[0].pills.pill("person.birth_date"))
    form.terms.reason.control().setPlainText("")
    desk.click(form.submit)
    shown = desk.page.shown
    assert (shown.id, shown.state, shown.fields, shown.reason) == (
        one,
        "submitted",
        ["person.first_name"],
        "",
    )
    assert len(desk.go("referrals")._all) == 1, "it is no other referral"
    assert desk.window.shell.status.text("saved") == "Everything saved"


def test_a_change_is_there_again_until_it_is_submitted_or_discarded(returned):
    desk, page = returned
    one = page.shown.id
    desk.click(page.steps.change)
    desk.click(desk.page.groups[0].pills.pill("person.birth_date"))
    desk.page.terms.agency.set_value(None)
    desk.page.terms.agency.changed.emit()
    desk.click(desk.page.back)
    page = desk.page
    assert (page.shown.id, page.shown.state) == (one, "returned")
    assert page.steps.change.text() == "Go on with the change"
    desk.window.lock()
    desk.settle()
    desk.unlock()
    desk.click(desk.go("referral", one).steps.change)
    form = desk.page
    assert form.groups[0].chosen() == ["person.first_name"]
    assert form.terms.agency.value() is None
    desk.click(form.submit)
    assert form.terms.fields["agency"].error() == "Choose the agency, or write its name."
    desk.click(form.discard)
    assert desk.page.shown.id == one
    assert desk.page.steps.change.text() == "Change and submit"
    desk.click(desk.page.steps.change)
    assert desk.page.groups[0].chosen() == ["person.birth_date", "person.first_name"]
    desk.key("Esc")
    assert desk.page.shown.id == one


def test_a_partial_draft_says_what_it_lacks_and_is_completed(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.act(
        "caseworker", lambda s: referrals.add_referral(s, case, {"agency": "Harbour Shelter"}).value.id
    )
    desk = desktop()
    page = desk.go("referral", one)
    lacks = "Still needed: Service, Answer due, Legal basis, What will be shared."
    for event in ("submit", "send_ahead"):
        assert not page.steps.buttons[event].isEnabled()
        assert page.steps.buttons[event].accessibleDescription() == lacks
    assert lacks in desk.words(page)
    assert "Covers agency" not in desk.words(page), "nothing is chosen that a consent could cover"
    desk.click(page.steps.change)
    form = desk.page
    assert form.terms.agency_text() == the_agency(desk)
    form.terms.service.set_value("shelter")
    desk.click(form.groups[0].pills.pill("person.first_name"))
    desk.click(form.submit)
    assert (desk.page.shown.id, desk.page.shown.state) == (one, "submitted")


def test_a_step_taken_back_can_be_done_with_one_field_more(desktop, world):
    case = world.case(mobile_phone="555 0101")
    world.consent(case)
    one = world.submitted(case, fields=["person.first_name"])
    world.act("caseworker", lambda s: referrals.do(s, one, "retract", {"reason": "The number is missing."}))
    desk = desktop()
    desk.click(desk.go("referral", one).steps.change)
    desk.click(next(one for one in desk.page.groups if one.category == "contact").pills.pill(PHONE))
    desk.click(desk.page.submit)
    assert desk.page.shown.fields == ["person.first_name", PHONE]


def test_a_change_that_is_refused_stays_in_its_form(desktop, world):
    case = world.case(mobile_phone="555 0101")
    world.consent(case, categories=("identity",))
    one = world.drafted(case)
    desk = desktop()
    desk.click(desk.go("referral", one).steps.change)
    form = desk.page
    phone = next(one for one in form.groups if one.category == "contact").pills.pill(PHONE)
    desk.click(phone)
    desk.click(form.submit)
    assert desk.page is form
    assert "No consent in force covers this. Nothing was shared." in desk.words()
    assert phone.isChecked()
    world.act("caseworker", lambda s: referrals.do(s, one, "withdraw", {"reason": "Not needed."}))
    desk.click(form.submit)
    assert "This has changed since it was shown. Nothing was done." in desk.words()
    desk.click(form.back)
    page = desk.page
    assert page.shown.state == "withdrawn"
    desk.click(page.steps.change)
    desk.click(desk.page.discard)
    assert desk.page.steps.change is None


def test_what_is_mended_moves_nothing_until_the_next_try(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("new_referral", case)
    desk.click(page.submit)
    pill = page.groups[0].pills.pill("person.first_name")

    def places():
        desk.settle()
        return [one.mapTo(desk.window, one.rect().topLeft()) for one in (pill, page.terms.reason)]

    before = places()
    page.terms.agency.set_value(the_agency(desk))
    page.terms.agency.changed.emit()
    assert places() == before
    page.terms.service.set_value("shelter")
    page.terms.service.changed.emit()
    assert places() == before
    desk.click(pill)
    assert places() == before
    assert page.terms.fields["agency"].error() == page.nothing.sentence() == ""
    desk.click(page.terms.basis.button("legal_duty"))
    assert places() == before
    desk.click(page.submit)
    assert page.terms.fields["reason"].error() == "Without consent, write the reason."
    assert places() != before, "the room is given back by the next try"


def test_before_an_agency_is_chosen_nothing_is_said_of_consent(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("new_referral", case)
    assert page.groups[0].chip.text() == "Choose the agency first"
    page.terms.agency.set_value(the_agency(desk))
    page.terms.agency.changed.emit()
    assert page.groups[0].chip.text() == "Covered by consent"


def test_steps_without_effect_are_shown_with_their_reason(desktop, world):
    """An approval by a device that had been revoked: it stays, it does not count, and it says why."""
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.carry("caseworker", "supervisor")
    world.act("office", lambda session: office.revoke(session, "Elif K.", "The laptop was stolen.", SECRET))
    world.act("supervisor", lambda session: referrals.do(session, one, "approve", {}))
    world.carry("supervisor", "caseworker")
    field = desktop("caseworker")
    assert field.go("referral", one).shown.state == "approved"
    field.window.lock()
    field.settle()
    world.carry("office", "caseworker")
    field.unlock()
    page = field.go("referral", one)
    assert page.shown.state == "submitted"
    said = field.words(page)
    assert "Steps without effect" in said
    assert "The device that wrote it had been revoked." in said
    assert not page.steps.buttons["send"].isEnabled()
    timeline = field.go("case", case).timeline
    field.click(timeline.void)
    assert "Took no effect. The device that wrote it had been revoked." in field.words(timeline)
    assert "Case opened" not in field.words(timeline)


def test_most_urgent_first(world):
    case = world.case()
    world.consent(case)
    for urgency in ("2w", "1h", "72h"):
        world.submitted(case, urgency=urgency)
    found = world.act("caseworker", lambda s: referrals.list_referrals(s).referrals)
    random.Random(1).shuffle(found)
    assert [one.urgency for one in by_urgency(found)] == ["1h", "72h", "2w"]
    assert urgency_place("what a later version knows") > urgency_place("2w")


def test_the_list_filters_and_opens(desktop, world):
    case = world.case()
    world.consent(case)
    first, second = world.submitted(case), world.submitted(case)
    world.act("caseworker", lambda s: referrals.do(s, first, "withdraw", {"reason": "Twice."}))
    desk = desktop()
    page = desk.go("referrals")
    assert page.model.rowCount() == 1
    desk.click(page.pills[""])
    assert page.model.rowCount() == 2
    desk.click(page.pills["late"])
    assert "No referral here." in desk.words(page)
    desk.click(page.pills["open"])
    page.table.setFocus()
    desk.key("Return", page.table)
    assert desk.page.shown.id == second


def test_the_list_keeps_its_order_and_its_choice(desktop, world):
    case = world.case()
    for name in ("Zeta House", "Alpha House", "Night Shelter"):
        world.act(
            "caseworker", lambda session, name=name: referrals.add_referral(session, case, {"agency": name})
        )
    desk = desktop()
    page = desk.go("referrals")
    page.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    choose_row(page.table, 1)

    def shown():
        rows = range(page.model.rowCount())
        return [page.model.index(row, 1).data() for row in rows], page.table.currentIndex().row()

    assert shown() == (["Alpha House", "Night Shelter", "Zeta House"], 1)
    desk.click(page.pills[""])
    assert shown() == (["Alpha House", "Night Shelter", "Zeta House"], 1)
    world.act("caseworker", lambda session: referrals.add_referral(session, case, {"agency": "Beta House"}))
    desk.worker.poll(desk.window)
    desk.settle()
    assert shown() == (["Alpha House", "Beta House", "Night Shelter", "Zeta House"], 2)
    desk.click(page.pills["late"])
    desk.click(page.pills[""])
    assert page.table.currentIndex().row() == 0


def test_times_are_sorted_as_times(desktop, world):
    case = world.case()
    for days, (agency, urgency) in enumerate((("First", "72h"), ("Second", "2w"), ("Third", "1h"))):
        world.later += days * 20 * 86_400  # 21 Nov, 11 Dec, 20 Jan: in another order as words
        said = {"agency": agency, "urgency": urgency}
        world.act("caseworker", lambda session, said=said: referrals.add_referral(session, case, said))
    desk = desktop()
    page = desk.go("referrals")

    def by(column):
        page.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        words = [page.model.index(row, column).data() for row in range(3)]
        assert words != sorted(words)
        return [page.model.record(row).agency_name for row in range(3)]

    assert by(5) == ["First", "Second", "Third"]
    assert by(4) == ["Third", "First", "Second"]


def test_a_late_referral_says_so_with_its_state(desktop, world):
    """The column of the due date hides as room gets scarce."""
    case = world.case()
    world.consent(case)
    one = world.submitted(case, basis="vital_interest", reason="Danger tonight.", urgency="1h")
    world.act(
        "caseworker", lambda session: referrals.do(session, one, "send_ahead", {"reason": "Danger tonight."})
    )
    world.later += 3 * 86_400
    page = desktop().go("referrals")
    assert page.model.index(0, 3).data() == "Sent · late"
