"""The keyboard walks through a form: Tab leaves every field, and a form begins in its first line."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.widgets.field import Field
from ui.widgets.writing import DateEditor, LongTextEditor, NumberEditor, TextEditor

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December"]  # fmt: skip


@pytest.fixture
def form(qtbot, theme):
    page = QWidget()
    box = QVBoxLayout(page)
    editors = [TextEditor(theme), LongTextEditor(theme), NumberEditor(theme), DateEditor(theme, MONTHS)]
    page.fields = [Field(theme, f"Field {number}", editor) for number, editor in enumerate(editors)]
    for field in page.fields:
        box.addWidget(field)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    return page


def test_a_field_hands_the_focus_to_what_is_written_in(form, qtbot):
    form.fields[0].setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is form.fields[0].editor.control())


def test_tab_walks_through_every_field_and_comes_back(form, qtbot):
    form.fields[0].setFocus()
    seen = []
    for _ in range(4 * len(form.fields)):
        here = QApplication.focusWidget()
        seen.append(next(n for n, field in enumerate(form.fields) if field.isAncestorOf(here)))
        QTest.keyClick(here, Qt.Key.Key_Tab)
    assert set(seen) == {0, 1, 2, 3}
    first = [seen.index(n) for n in range(4)]
    assert first == sorted(first)
