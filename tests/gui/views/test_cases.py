"""The list of cases, a new case, import and export, in a real window."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from ctcase.app import cases
from ui.desk import Known, Target


def codes(page):
    model = page.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_search_answers_while_typing_and_says_when_nothing_matches(desktop, world):
    world.case(name="Daw", second="Khinmala", alias="Linden")
    world.case(name="Omar", second="Fictional", alias="Cedar")
    desk = desktop()
    page = desk.page
    assert page.count.text() == "\u20682\u2069 cases"
    desk.key("Ctrl+F")
    assert page.search.hasFocus()
    desk.bot.keyClicks(page.search, "khin")
    desk.bot.waitUntil(lambda: page.count.text() == "1 case")
    desk.bot.keyClicks(page.search, "zzz")
    desk.bot.waitUntil(lambda: page.count.text() == "\u20680\u2069 cases")
    assert "No case matches. Other spellings were searched too." in desk.words()
    page.search.clear()
    desk.bot.waitUntil(lambda: page.count.text() == "\u20682\u2069 cases")


def test_names_are_not_in_the_list_nor_in_its_tooltips(desktop, world):
    world.case(name="Canaria", second="Zilpah")
    desk = desktop()
    desk.settle()
    model = desk.page.model
    roles = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole]
    said = [model.index(0, n).data(role) for n in range(model.columnCount()) for role in roles]
    assert not any("Canaria" in str(one) or "Zilpah" in str(one) for one in said)
    assert "Canaria" not in desk.words()


def test_pills_filter_by_state(desktop, world):
    closed = world.case(alias="Cedar")
    world.case(alias="Linden")
    world.act("caseworker", lambda session: cases.set_fields(session, closed, {"case.status": "Closed"}))
    desk = desktop()
    page = desk.page
    desk.click(page.pills["closed"])
    assert page.model.rowCount() == 1
    assert page.model.line(0).alias == "Cedar"
    desk.click(page.pills["open"])
    assert page.model.line(0).alias == "Linden"
    desk.click(page.pills[""])
    assert page.model.rowCount() == 2


def test_sorting_by_code_and_not_by_what_has_no_order(desktop, world):
    for alias in ("Cedar", "Linden", "Alder"):
        world.case(alias=alias)
    desk = desktop()
    page, header = desk.page, desk.page.table.horizontalHeader()
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    desk.settle()
    assert codes(page) == sorted(codes(page))
    header.setSortIndicator(3, Qt.SortOrder.AscendingOrder)
    desk.settle()
    assert header.sortIndicatorSection() == 0
    assert codes(page) == sorted(codes(page))


def test_a_case_stays_chosen_when_others_come(desktop, world):
    for alias in ("First", "Second"):
        world.case(alias=alias)
    desk = desktop()
    page = desk.page
    page.choose(1)

    def chosen():
        return page.model.line(page.table.currentIndex().row()).alias

    desk.settle()
    assert chosen() == "First"
    world.case(alias="Third")
    desk.worker.poll(desk.window)
    desk.settle()
    assert page.model.rowCount() == 3
    assert chosen() == "First"
    page.table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    desk.settle()
    assert (chosen(), page.table.currentIndex().row()) == ("First", 0)
    world.act("caseworker", lambda s: cases.set_fields(s, page.selected(), {"case.status": "Closed"}))
    desk.click(page.pills["open"])
    assert chosen() == "Second"


def test_enter_opens_the_case_and_escape_goes_back(desktop, world):
    case = world.case()
    desk = desktop()
    desk.page.table.setFocus()
    desk.key("Return", desk.page.table)
    assert desk.page.case.id == case
    desk.key("Esc")
    assert desk.page.table.isVisible()


def test_a_new_case_shows_who_may_be_the_same_before_it_is_saved(desktop, world):
    world.case(name="Daw", second="Khinmala", alias="Linden")
    desk = desktop()
    desk.key("Ctrl+N")
    desk.bot.waitUntil(lambda: desk.window.shell.target.place == "new_case")
    page = desk.page
    page.alias.set_value("Cedar")
    page.fields["person.first_name"].editor.set_value("Daw")
    page.fields["person.second_name"].editor.set_value("Khin Mala")
    desk.click(page.save)
    assert desk.page is page, "nothing was saved yet"
    assert "This person may be here already." in desk.words(page)
    assert page.save.text() == "Make the case all the same"
    desk.click(page.save)
    assert desk.page.case.alias == "Cedar"
    assert desk.go("cases").model.rowCount() == 2


def test_a_wrong_date_does_not_stop_a_new_case(desktop, world):
    desk = desktop()
    page = desk.go("new_case")
    page.alias.set_value("Cedar")
    page.fields["person.birth_date"].editor.line().setText("31 Nov 2026")
    assert page.document()["person"] == {}
    assert (
        page.fields["person.birth_date"].error().startswith("\u2068November\u2069 has \u206830\u2069 days.")
    )
    desk.click(page.save)
    assert desk.page.case.alias == "Cedar"


def with_a_wrong_date(desk):
    """A new case with a name that is right and a date that is not."""
    page = desk.go("new_case")
    page.fields["person.first_name"].editor.set_value("Daw")
    page.fields["person.birth_date"].editor.line().setText("31 Feb 1999")
    page.alias.line().setText("Cedar")
    page.alias.changed.emit()
    return page


def test_a_wrong_date_of_a_new_case_waits_in_the_case_to_be_corrected(desktop, world):
    desk = desktop()
    page = with_a_wrong_date(desk)
    desk.click(page.save)
    case = desk.page
    assert (case.case.alias, case.draft.of_vault("person.first_name")) == ("Cedar", "Daw")
    assert case.draft.edited() == {"person.birth_date": "31 Feb 1999"}
    assert case.note.text() == "1 answer to correct. You can save all the same."
    assert desk.window.shell.status.text("saved") == "1 form not saved"
    assert desk.go("new_case").state() == {}


@pytest.mark.parametrize("kept", [False, True])
def test_a_wrong_date_waits_though_the_window_is_hidden_while_the_case_is_made(desktop, world, kept):
    def hide():
        desk.window.quick_hide()
        desk.settle()
        desk.window.view().wanted.emit()
        desk.unlock()

    desk = desktop()
    page = with_a_wrong_date(desk)
    if kept:
        hide()
        page = desk.go("new_case")
    page._add(page.document(), page.state())
    hide()
    assert desk.go("new_case").state() == {}
    case = desk.go("cases").model.line(0).id
    assert desk.go("case", case).draft.edited() == {"person.birth_date": "31 Feb 1999"}


def test_the_import_report_tells_rows_that_were_here_and_that_were_not_taken(desktop, sheet):
    good = ("Daw", "Khinmala", "1995", "Feminine", "", "")
    desk = desktop()
    page = desk.go("import")
    desk.files.next = [sheet([good, ("Omar", "Fictional", "the day before", "", "", "")])]
    desk.click(page.choose)
    said = desk.words(page)
    assert "1 case added" in said
    assert "1 row not taken" in said
    desk.files.next = [sheet([good], "again.csv")]
    desk.click(page.choose)
    assert "1 row was here already" in desk.words(page)
    assert desk.go("cases").model.rowCount() == 1


def test_who_leaves_while_rows_are_imported_finds_the_cases(desktop, sheet):
    desk = desktop()
    page = desk.go("import")
    page.take(sheet([("Daw", "Khinmala", "1995", "Feminine", "", "")]))
    desk.window.shell.go(Target("cases"))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(page)
    desk.settle()
    assert desk.page.model.rowCount() == 1


def test_a_file_that_is_no_spreadsheet_is_refused_with_a_next_step(desktop, tmp_path):
    other = tmp_path / "picture.xlsx"
    other.write_bytes(b"\x00\x01 not a sheet at all")
    desk = desktop()
    page = desk.go("import")
    desk.files.next = [other]
    desk.click(page.choose)
    said = desk.words()
    assert "This file cannot be read here. Nothing was changed." in said
    assert page.choose.isEnabled()


def test_exporting_asks_first_and_writes_the_file(desktop, world, tmp_path):
    world.case()
    desk = desktop()
    target = tmp_path / "out.csv"
    desk.files.next = [target]
    desk.click(desk.page.exporting)
    assert desk.questions == ["Export the cases to a file that anyone can read?"]
    assert "Daw" in target.read_text(encoding="utf-8-sig")
    assert "1 case was exported." in desk.words()


def test_what_another_process_writes_appears(desktop, world):
    desk = desktop()
    assert desk.page.model.rowCount() == 0
    world.case()
    desk.worker.poll(desk.window)
    desk.settle()
    assert desk.page.model.rowCount() == 1


def test_names_come_with_the_list_of_members_that_is_read_now(desktop, world):
    """The office's own list is older than the welcome of a caseworker it has just read cases of."""
    world.case()
    world.carry("caseworker", "office")
    desk = desktop("office")
    shell, model = desk.window.shell, desk.page.model
    known = shell.desk.known
    owner = model.index(0, 5)
    desk.settle()
    shell._renew(Known(known.status, {}, known.agencies))
    assert owner.data() != "Deniz A."
    with desk.bot.waitSignal(model.dataChanged):
        shell._renew(known)
    assert owner.data() == "Deniz A."
