"""The way in: nothing tells whose vault it is, and a wrong passphrase is told calmly."""

import pytest
from PySide6.QtCore import Qt

from ctcase.errors import refusal

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
