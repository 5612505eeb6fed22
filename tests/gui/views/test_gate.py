"""The way in: nothing tells whose vault it is, and a wrong passphrase is told calmly."""

import pytest
from PySide6.QtCore import Qt

from ctcase.app import unfinished
from ctcase.errors import refusal
from ui import worker
from ui.views import start
from ui.views.gate import Choose, Hidden, Unlock

WRONG = "This passphrase does not open the vault. Check the keyboard language and Caps Lock, then try again."


def test_wrong_passphrase_is_told_in_the_words_of_the_design(desktops, world):
    desk = desktops(world.vault("caseworker")).unlock("not this one at all")
    view = desk.window.view()
    assert view.error.sentence() == WRONG
    assert view.passphrase.text() == ""
    assert desk.window.shell is None
    desk.unlock()
    assert desk.window.shell is not None


def test_unlock_shows_no_name_office_count_or_path(desktops, world):
    desk = desktops(world.vault("caseworker"))
    said = desk.words()
    for secret in ("Deniz", "Elif", "Harbour", "caseworker", str(world.folder)):
        assert secret not in said
    assert desk.window.windowTitle() == "Workspace"


def test_an_empty_folder_is_no_vault(desktops, tmp_path):
    desk = desktops(tmp_path).unlock("whatever it is")
    assert desk.window.view().error.sentence().startswith("There is no vault in this folder.")


def test_enter_in_the_passphrase_unlocks(desktops, world):
    desk = desktops(world.vault("caseworker"))
    line = desk.window.view().passphrase.line
    desk.bot.keyClicks(line, "four plain words here")
    desk.bot.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert desk.window.shell is not None


@pytest.mark.parametrize("act", ["lock", "quick_hide"])
def test_after_locking_no_widget_holds_case_text(desktop, world, act):
    case = world.case(name="Canaria", second="Zilpah", alias="Ptarmigan")
    desk = desktop()
    desk.go("case", case)
    desk.click(desk.page.header.show_name)
    assert "Canaria Zilpah" in desk.words()
    with desk.bot.waitSignal(desk.window.left):
        getattr(desk.window, act)()
    desk.settle()
    desk.bot.waitUntil(lambda: "Ptarmigan" not in desk.words())
    said = desk.words()
    for secret in ("Canaria", "Zilpah", "Deniz", "North", "Harbour"):
        assert secret not in said
    assert desk.window.windowTitle() == "Workspace"


def test_quick_hide_is_empty_at_once_and_a_key_asks_for_the_passphrase(desktop):
    desk = desktop()
    desk.key("Ctrl+Q")
    assert desk.window.shell is None
    assert desk.words().replace("Workspace", "").strip() == ""
    desk.bot.keyClick(desk.window.view(), Qt.Key.Key_A)
    desk.settle()
    desk.unlock()
    assert desk.window.shell is not None


def test_idle_locks(desktop):
    desk = desktop()
    assert desk.window.idle.timer.interval() == 10 * 60 * 1000
    assert desk.window.idle.timer.isActive()
    desk.window.idle.timer.timeout.emit()
    assert desk.window.shell is None


def test_locking_keeps_what_was_written(desktop, world):
    case = world.case()
    desk = desktop()
    page = desk.go("case", case, "identity")
    field = page.part().fields["person.salutation"].editor
    field.line().setText("Ms")
    field.changed.emit()
    assert page.is_unsaved
    desk.key("Ctrl+L")
    desk.unlock()
    page = desk.go("case", case)
    assert page.draft.value("person.salutation") == "Ms"


def test_a_refusal_without_a_place_is_told_at_the_head_of_the_page(desktop):
    desk = desktop()
    desk.worker.refused.emit(refusal("disk_full"))
    assert "The disk or stick is full. Nothing was written, nothing is lost." in desk.words()


def test_a_fault_of_the_program_is_told_without_case_data(desktop, world):
    case = world.case(name="Canaria")
    desk = desktop()
    secret = {"name": "Canaria"}
    desk.worker.ask(desk.window, lambda _session, _p: secret["Canaria " + case], lambda _value: None)
    desk.settle()
    said = desk.words()
    assert "Something went wrong that the program did not foresee." in said
    assert "KeyError test_gate.py" in said
    assert "Canaria" not in said


def broken(*_asked):
    raise RuntimeError("Canaria")


def is_open(desk):
    """Whether the worker holds a session, asked as any page would."""
    found = []
    desk.worker.ask(desk.window, lambda _session, _p: True, found.append)
    desk.settle()
    return bool(found)


def test_going_elsewhere_while_the_vault_opens_leaves_it_closed(desktops, world):
    desk = desktops(world.vault("caseworker"), world.env())
    unlock = desk.window.view()
    unlock.passphrase.line.setText("four plain words here")
    unlock.unlock.click()
    unlock.other.click()
    desk.settle()
    assert isinstance(desk.window.view(), Choose)
    assert not is_open(desk)


def test_hiding_while_the_vault_opens_leaves_it_closed(desktops, world):
    desk = desktops(world.vault("caseworker"), world.env())
    unlock = desk.window.view()
    unlock.passphrase.line.setText("four plain words here")
    unlock.unlock.click()
    desk.key("Ctrl+Q")
    assert isinstance(desk.window.view(), Hidden)
    assert not is_open(desk)
    desk.bot.keyClick(desk.window.view(), Qt.Key.Key_A)
    desk.unlock()
    assert desk.window.shell is not None


def test_a_vault_that_opens_and_cannot_be_read_is_closed_and_told(desktops, world, monkeypatch):
    def damaged(_session):
        raise refusal("log_damaged")

    monkeypatch.setattr(unfinished, "kept", damaged)
    desk = desktops(world.vault("caseworker"), world.env()).unlock()
    view = desk.window.view()
    assert view.error.sentence().startswith("The log of this vault does not agree with itself.")
    assert view.unlock.isEnabled()
    assert not is_open(desk)


@pytest.mark.parametrize(("room", "name"), [(worker, "open_vault"), (unfinished, "kept")])
def test_a_fault_on_the_way_in_is_told_and_leaves_nothing_open(desktops, world, monkeypatch, room, name):
    with monkeypatch.context() as patch:
        patch.setattr(room, name, broken)
        desk = desktops(world.vault("caseworker"), world.env()).unlock()
        view = desk.window.view()
        assert view.error.sentence().startswith("Something went wrong that the program did not foresee.")
        assert "RuntimeError test_gate.py" in view.error.sentence()
        assert "Canaria" not in desk.words()
        assert "Opening the vault" not in desk.words()
        assert view.passphrase.text() == ""
        assert not is_open(desk)
    desk.unlock()
    assert desk.window.shell is not None


def test_a_fault_while_an_office_is_founded_is_told(desktops, tmp_path, monkeypatch):
    monkeypatch.setattr(start, "create_office", broken)
    desk = desktops()
    desk.click(desk.window.view().found)
    page = desk.window.view()
    page.office.editor.set_value("Harbour office")
    page.name.editor.set_value("Rana O.")
    page.folder.set_path(tmp_path / "office")
    for part in (page.passphrase.first, page.passphrase.second):
        part.edit.line.setText("four plain words here")
    desk.click(page.act)
    assert "RuntimeError test_gate.py" in page.error.sentence()
    assert page.act.isEnabled(), "it can be tried again"
    assert page.name.editor.value() == "Rana O."


@pytest.mark.parametrize("key", ["Return", "Enter", "Space"])
def test_a_key_presses_the_button_that_has_the_focus_on_the_way_in(desktops, world, key):
    desk = desktops()
    choose = desk.window.view()
    assert desk.window.focusWidget() is choose.open
    desk.files.next = [world.vault("caseworker")]
    desk.key(key, choose.open)
    unlock = desk.window.view()
    assert isinstance(unlock, Unlock)
    unlock.other.setFocus()
    desk.key(key, unlock.other)
    desk.window.view().found.setFocus()
    desk.key(key, desk.window.view().found)
    page = desk.window.view()
    page.act.setFocus()
    desk.key(key, page.act)
    assert page.name.error() == "Write your name first."
    page.back.setFocus()
    desk.key(key, page.back)
    assert isinstance(desk.window.view(), Choose)


def test_enter_in_a_line_on_the_way_in_presses_nothing(desktops):
    desk = desktops()
    desk.click(desk.window.view().found)
    page = desk.window.view()
    desk.key("Return", page.name.editor.line())
    assert desk.window.view() is page
    assert page.name.error() == ""
