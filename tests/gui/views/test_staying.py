"""After an action the focus stays where the work is: on the same button, or near what replaced it."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QDialog

from ui.desk import Notice


def press(desk, button):
    """Press a button as the keyboard does."""
    assert button.isEnabled()
    desk.window.activateWindow()
    desk.bot.waitUntil(desk.window.isActiveWindow)
    button.setFocus()
    assert button.hasFocus()
    desk.bot.keyClick(button, Qt.Key.Key_Space)
    desk.settle()


def here(desk):
    found = desk.window.focusWidget()
    assert desk.page.isAncestorOf(found), found
    return found


def test_saving_goes_back_to_what_was_written_last(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.go("case", case, "identity")
    editor = page.part().fields["person.salutation"].editor
    editor.line().setText("Ms")
    editor.changed.emit()
    press(desk, page.save)
    assert not page.is_unsaved
    assert here(desk) is editor.line()


@pytest.mark.parametrize("section", ["identity", "contact"])
def test_undo_goes_to_what_it_took_back_and_else_stays_in_the_form(desktop, world, section):
    desk = desktop()
    page = desk.go("case", world.case(), "identity")
    line = page.part().fields["person.title"].editor.line()
    line.setFocus()
    desk.bot.keyClicks(line, "Ms")
    page.show_section(section)
    fields = page.part().fields
    press(desk, page.undo)
    assert not page.is_unsaved
    expected = "person.title" if section == "identity" else next(iter(fields))
    assert fields[expected].isAncestorOf(here(desk))


def test_writing_down_a_consent_begins_at_the_first_question(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "identity")
    desk.click(page.list.rows["consent"])
    press(desk, page.part().add)
    assert here(desk) is desk.button("Given")


def test_recording_a_consent_leads_to_the_next_one(desktop, world):
    desk = desktop()
    page = desk.go("case", world.case(), "consent")
    form = page.part().write()
    desk.consent(form, to=desk.window.shell.desk.known.agencies[0].id)
    press(desk, form.save)
    assert here(desk) is page.part().add


def test_a_step_leads_to_the_next_step(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.approved(case)
    desk = desktop()
    page = desk.go("referral", one)
    desk.click(page.steps.buttons["send"])
    press(desk, page.form.act)
    assert page.shown.state == "sent"
    found = here(desk)
    assert page.steps.isAncestorOf(found)
    assert found.property("kind") != "danger"


def typed(desk, text):
    """Type on without looking where the focus is."""
    for letter in text:
        desk.bot.keyClicks(desk.window.focusWidget(), letter)
    desk.settle()


def test_who_types_on_after_submitting_begins_no_other_step(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("new_referral", case)
    page.terms.agency.set_value(desk.window.shell.desk.known.agencies[0].id)
    page.terms.service.set_value("shelter")
    desk.click(page.groups[0].pills.pill("person.first_name"))
    press(desk, page.submit)
    page = desk.page
    assert page.shown.state == "submitted"
    assert page.steps.isAncestorOf(here(desk))
    typed(desk, "a bed tonight")
    assert page.form is None
    assert page.steps.isAncestorOf(here(desk))
    desk.click(page.steps.buttons["withdraw"])
    desk.click(page.form.cancel)
    typed(desk, "a bed tonight")
    assert page.form is None, "nor who leaves a step again"


def test_a_step_that_was_taken_back_leads_to_changing_it(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("referral", world.submitted(case))
    desk.click(page.steps.buttons["retract"])
    desk.bot.keyClicks(page.form.editors["reason"].control(), "Too early.")
    press(desk, page.form.act)
    assert page.shown.state == "draft"
    assert here(desk) is page.steps.change
    typed(desk, "a ")
    typed(desk, "bed tonight")
    assert here(desk) is desk.page.terms.title, "a space leads to the form, and there no key does anything"
    assert desk.page.state() == {}
    desk.click(desk.page.back)
    assert desk.page.shown.state == "draft"


def test_a_draft_that_can_only_be_withdrawn_does_not_ask_for_it(desktop, world):
    case = world.case()
    one = world.drafted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    page = desk.go("referral", one)
    assert [event for event, one in page.steps.buttons.items() if one.isEnabled()] == ["withdraw"]
    assert here(desk) is page.steps.title
    assert page.steps.title.accessibleDescription() == "Draft"
    typed(desk, "a bed tonight")
    assert page.form is None
    desk.key("Tab", here(desk))
    assert here(desk) is page.steps.buttons["withdraw"], "by a key it is the next"


def test_what_changes_meanwhile_leaves_the_focus_on_its_step(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("referral", world.submitted(case))
    page.steps.buttons["retract"].setFocus()
    page.read()
    desk.settle()
    assert here(desk) is page.steps.buttons["retract"]


def test_sending_is_asked_with_the_safe_answer_ready(desktop, world):
    case = world.case()
    world.consent(case)
    one = world.approved(case)
    desk = desktop()
    page = desk.go("referral", one)
    assert here(desk) is page.steps.title
    asked = []
    page.desk.ask = lambda dialog: asked.append((dialog.stay.isDefault(), dialog.act.isDefault())) or False
    desk.click(page.steps.buttons["send"])
    press(desk, page.form.act)
    assert asked == [(True, False)]
    assert page.shown.state == "approved"


def test_writing_a_bundle_stays_on_its_button(desktop, world, tmp_path):
    world.case()
    desk = desktop()
    page = desk.go("sync")
    desk.files.next = [tmp_path / "out"]
    press(desk, page.unsent.write)
    assert here(desk) is page.unsent.write


def test_checking_the_vault_stays_on_its_button(desktop, world):
    desk = desktop()
    page = desk.go("sync")
    press(desk, page.receipts.verify)
    assert here(desk) is page.receipts.verify


def test_taking_and_setting_aside_stay_on_the_page(desktop, world, tmp_path):
    world.case()
    out = tmp_path / "stick"
    desk = desktop()
    page = desk.go("sync")
    desk.files.next = [out]
    desk.click(page.unsent.write)
    lead = desktop("supervisor")
    page = lead.go("sync")
    page.look(sorted(out.iterdir()))
    lead.settle()
    assert here(lead) is page.preview.take
    press(lead, page.preview.take)
    here(lead)


def test_approving_goes_to_the_next_one(desktop, world):
    case = world.case()
    world.consent(case)
    world.submitted(case)
    world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    page = desk.go("approvals")
    press(desk, page.decision.buttons["approve"])
    assert len(page.rows) == 1
    here(desk)


@pytest.mark.parametrize("content", ["", "no sheet at all"])
def test_an_import_stays_on_its_button_though_a_chooser_of_files_was_open(desktop, tmp_path, content):
    file = tmp_path / "cases.csv"
    file.write_text(content or "prs_FirstName\nDaw\n")
    desk = desktop()
    page = desk.go("import")

    def chosen(*_asked):
        chooser = QDialog(desk.window)
        QTimer.singleShot(0, chooser.accept)
        chooser.exec()
        return file

    desk.files.open_one = chosen
    press(desk, page.choose)
    desk.window.activateWindow()
    desk.bot.waitUntil(desk.window.isActiveWindow)
    desk.settle()
    assert here(desk) is page.choose


def box(widget):
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("place", ["case", "new_referral", "approvals", "cases", "sync"])
def test_a_notice_moves_nothing_and_covers_no_action_bar(desktop, world, place):
    case = world.case()
    world.consent(case)
    world.submitted(case)
    world.carry("caseworker", "supervisor")
    desk = desktop("supervisor")
    page = desk.go(place, case if place in {"case", "new_referral"} else "")
    before = {part: box(part) for part in (page, *page.regions())}
    shell = desk.window.shell
    shell.desk.tell(
        "ok", "The letter was written.", "It has 1 page.", "Mark the referral as sent once it has left."
    )
    desk.settle()
    assert {part: box(part) for part in before} == before
    over = box(shell.notices)
    assert box(page).contains(over)
    assert over.bottom() < box(page).bottom() - page.foot_height()
    desk.key("Esc")
    assert shell.notices.isHidden()
    assert desk.page is page, "Escape closed the notice, and nothing else"
    assert shell.notice == Notice("idle", "")
