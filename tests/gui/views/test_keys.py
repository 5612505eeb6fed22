"""Keys work wherever the focus is in the window: in a line, a text, a box, a list, a button."""

import msgspec
import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QTableView

from ctcase.app import cases, exchange

WHERE = {
    "line": ("case", "identity", QLineEdit),
    "box": ("case", "identity", QComboBox),
    "text": ("new_referral", "", QPlainTextEdit),
    "list": ("cases", "", QTableView),
}
PLACES = {"Ctrl+1": "cases", "Ctrl+2": "referrals", "Ctrl+3": "approvals", "Ctrl+4": "sync"}


@pytest.fixture
def case(world):
    one = world.case()
    world.carry("caseworker", "supervisor")
    return one


def focus_in(desk, case, where):
    """Put the focus into a control of a kind."""
    place, section, kind = WHERE[where]
    page = desk.go(place, "" if place == "cases" else case, section)
    desk.window.activateWindow()
    desk.bot.waitUntil(desk.window.isActiveWindow)
    for control in page.findChildren(kind):
        control.setFocus()
        if control.hasFocus():
            return control
    pytest.fail("nothing takes the focus")


@pytest.mark.parametrize("where", WHERE)
def test_places_and_acts_from_any_focus(desktop, case, where):
    desk = desktop("supervisor")
    for keys, place in PLACES.items():
        control = focus_in(desk, case, where)
        desk.key(keys, control)
        assert desk.window.shell.target.place == place, keys
    for keys, place in {"Ctrl+N": "new_case", "Ctrl+K": "cases"}.items():
        desk.key(keys, focus_in(desk, case, where))
        assert desk.window.shell.target.place == place, keys
    desk.key("Ctrl+L", focus_in(desk, case, where))
    assert desk.window.shell is None


def test_a_key_right_after_unlocking_goes_to_its_place(desktop):
    desk = desktop("supervisor")
    desk.key("Ctrl+3", desk.page.search)
    assert desk.window.shell.target.place == "approvals"


def test_enter_right_after_unlocking_opens_the_case_that_is_highlighted(desktop, case):
    desk = desktop()
    assert desk.window.focusWidget() is desk.page.search
    desk.key("Return", desk.window.focusWidget())
    assert desk.page.case.id == case


def test_enter_in_the_search_waits_for_what_was_typed(desktop, world, case):
    other = world.case(name="Omar", second="Fictional", alias="Cedar")
    desk = desktop()
    assert desk.page.model.line(0).id == other
    search = desk.page.search
    desk.bot.keyClicks(search, "khinmala")
    desk.key("Enter", search)
    assert desk.page.case.id == case


def test_enter_where_nothing_is_found_opens_nothing_later(desktop, world, case):
    desk = desktop()
    page = desk.page
    desk.bot.keyClicks(page.search, "zzz")
    desk.key("Return", page.search)
    assert page.model.rowCount() == 0
    page.search.clear()
    desk.bot.waitUntil(lambda: page.model.rowCount() == 1)
    desk.settle()
    assert desk.page is page


def test_a_page_takes_the_focus_once_its_content_is_there(desktop, case):
    desk = desktop("supervisor")
    page = desk.go("case", case)
    assert page.isAncestorOf(desk.window.focusWidget())
    desk.go("approvals")
    assert desk.window.focusWidget() is desk.window.shell.rail.item("approvals"), (
        "nothing is there to be done"
    )


def test_a_case_opened_by_the_keyboard_begins_at_its_section(desktop, case):
    desk = desktop()
    for _ in range(2):
        desk.key("Down", desk.page.search)
        desk.key("Return", desk.page.table)
        assert desk.window.focusWidget() is desk.page.list.region()
        desk.key("Esc")


def test_bundles_are_asked_for_from_any_place(desktop, case, tmp_path):
    desk = desktop("supervisor")
    desk.files.next = [[tmp_path / "none.age"]]
    desk.key("Ctrl+O", focus_in(desk, case, "list"))
    assert desk.window.shell.target.place == "sync"
    assert desk.page.preview is not None


def test_saving_works_while_the_focus_is_beside_the_page(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.begin_answer(case)
    rail = desk.window.shell.rail.item("cases")
    rail.setFocus()
    desk.key("Ctrl+S", rail)
    assert not page.is_unsaved


def round_by_f6(desk, times):
    """The regions of the page, as often as F6 is pressed; beginning in the rail."""
    desk.window.shell.rail.item(desk.window.shell.place_of(desk.window.shell.target)).setFocus()
    seen = []
    for _ in range(times):
        desk.key("F6")
        seen.append(desk.window.focusWidget())
    return seen


def test_f6_goes_round_after_a_bundle_was_taken(desktop, world):
    world.case()
    stick = world.folder / "stick"
    world.act("caseworker", lambda session: exchange.write_bundles(session, "Elif K.", stick))
    desk = desktop("supervisor")
    page, rail = desk.go("sync"), desk.window.shell.rail.item("sync")
    page.look(sorted(stick.iterdir()))
    desk.settle()
    ways = [page.unsent.write, page.drop, page.receipts.verify]
    assert round_by_f6(desk, 5) == [*ways, page.preview.take, rail]
    desk.click(page.preview.take)
    assert round_by_f6(desk, 4) == [*ways, rail]


def test_f6_goes_into_the_form_and_not_to_what_cannot_be_used(desktop, case, monkeypatch):
    def read_only(session, one, real=cases.show_to_edit):
        shown, sets = real(session, one)
        return msgspec.structs.replace(shown, may_write="not_this_team"), sets

    desk = desktop()
    page = desk.go("case", case, "identity")
    row, form, button, rail = round_by_f6(desk, 4)
    assert (row, button) == (page.list.region(), page.header.refer)
    assert rail is desk.window.shell.rail.item("cases")
    assert next(iter(page.part().fields.values())).isAncestorOf(form)
    monkeypatch.setattr(cases, "show_to_edit", read_only)
    page = desk.go("case", case, "identity")
    assert not page.header.refer.isEnabled()
    row, form, rail = round_by_f6(desk, 3)
    assert page.part().isAncestorOf(form)
    assert rail is desk.window.shell.rail.item("cases")


def test_f6_finds_the_form_of_a_step(desktop, world):
    case = world.case()
    world.consent(case)
    desk = desktop()
    page = desk.go("referral", world.submitted(case))
    step, to_case, _rail = round_by_f6(desk, 3)
    assert page.steps.isAncestorOf(step)
    assert to_case is page.to_case
    page.begin("withdraw")
    desk.settle()
    editor, to_case, _rail = round_by_f6(desk, 3)
    assert page.form.isAncestorOf(editor)
    assert to_case is page.to_case
