"""What is refused, or not answered at all, leaves a page that can be used."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from ctcase.app import cases, office
from ctcase.errors import EnvironmentFailed


def test_a_case_that_could_not_be_read_is_there_again_with_what_was_typed(desktop, world, monkeypatch):
    case = world.case()
    desk = desktop()
    page = desk.go("case", case, "identity")
    editor = page.part().fields["person.salutation"].editor
    editor.line().setText("Ms")
    editor.changed.emit()

    def busy(*_asked):
        raise EnvironmentFailed("vault_busy")

    with monkeypatch.context() as patched:
        patched.setattr(cases, "show_to_edit", busy)
        page.read()
        desk.settle()
    assert "This case cannot be read now." in desk.words(page.middle)
    assert page.part() is None
    page.read()
    desk.settle()
    assert page.part().fields["person.salutation"].editor.value() == "Ms"
    assert "cannot be read" not in desk.words(page.middle)


def test_locking_while_a_file_is_chosen_is_no_fault(desktop, world, tmp_path):
    request = tmp_path / "new.req"
    office.join(tmp_path / "new", "Omar B.", ("caseworker",), request, "four plain words here", world.env())
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request]
    desk.click(page.enrol)
    card = page.compare

    def locked(*_asked):
        desk.window.quick_hide()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    desk.files.save = locked
    desk.click(card.welcome.choose)
    assert desk.window.shell is None


def test_a_choice_of_files_that_is_broken_off_keeps_the_one_before(desktop, world, tmp_path):
    request = tmp_path / "new.req"
    office.join(tmp_path / "new", "Omar B.", ("caseworker",), request, "four plain words here", world.env())
    desk = desktop("office")
    page = desk.go("office")
    desk.files.next = [request, tmp_path / "omar.welcome"]
    desk.click(page.enrol)
    desk.click(page.compare.welcome.choose)
    desk.click(page.compare.welcome.choose)
    assert page.compare.welcome.path == tmp_path / "omar.welcome"
