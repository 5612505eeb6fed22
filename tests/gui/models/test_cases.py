"""The list model of cases: windows of rows, late answers, marks by icon and word."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from ctcase.app.results import CaseLine
from ui.models.cases import COLUMNS, MOST_WINDOWS, SORTED_BY, WINDOW, CaseModel
from ui.widgets.tables import MARK_ROLE, Mark


def line(row, **more):
    given = {
        "id": f"stream{row}", "code": f"CODE-{row}", "alias": None, "state": "open", "team": "North",
        "owner": "m1", "updated": "2026-11-21T09:30:00Z", "consent": None, "conflicts": 0, "unsent": False,
    }  # fmt: skip
    return CaseLine(**{**given, **more})


class Source:
    """Keeps what was asked until the test answers."""

    def __init__(self, *, tested=True):
        self.asked = []
        self.model = CaseModel(
            lambda window, rows: self.asked.append((window, list(rows))), {"m1": "Deniz"}.get, str
        )
        fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
        self.tester = QAbstractItemModelTester(self.model, fatal) if tested else None

    def answer(self, **more):
        while self.asked:
            window, rows = self.asked.pop(0)
            self.model.put(window, rows, [line(row, **more) for row in rows])

    def text(self, row, key, role=Qt.ItemDataRole.DisplayRole):
        return self.model.index(row, COLUMNS.index(key)).data(role)


@pytest.fixture
def source(qapp):
    return Source()


def test_rows_are_read_in_windows_as_they_are_looked_at(source):
    source.model.set_rows(range(1000, 1000 + 10 * WINDOW))
    source.asked.clear()  # the model's tester looks at the first rows
    assert source.model.rowCount() == 10 * WINDOW
    assert source.text(WINDOW * 3 + 5, "code") is None
    assert [window for window, _ in source.asked] == [3]
    assert source.text(WINDOW * 3 + 6, "code") is None
    assert len(source.asked) == 1, "a window is asked for once"
    source.answer()
    assert source.text(WINDOW * 3 + 5, "code") == f"\u2068CODE-{1000 + WINDOW * 3 + 5}\u2069"


def test_a_late_answer_for_another_list_is_let_go(source):
    source.model.set_rows(range(100))
    source.text(0, "code")
    late = list(source.asked)
    source.model.set_rows(range(500, 600))
    for window, rows in late:
        source.model.put(window, rows, [line(row) for row in rows])
    source.asked.clear()
    source.model.set_rows(range(500, 600))
    source.text(0, "code")
    source.answer()
    assert source.text(0, "code") == "\u2068CODE-500\u2069"


def test_a_case_is_found_again_in_another_order(source):
    source.model.set_rows([3, 1, 2])
    number = source.model.number(1)
    source.model.set_rows([5, 4, 3, 2, 1])
    assert source.model.row_of(number) == 4
    assert source.model.row_of(9) == -1
    assert source.model.row_of(source.model.number(-1)) == -1


def test_memory_is_bounded(qapp):
    source = Source(tested=False)  # the tester looks at every cell that changed
    source.model.set_rows(range(100 * WINDOW))
    for window in range(100):
        source.text(window * WINDOW, "code")
        source.answer()
    assert len(source.model._windows) == MOST_WINDOWS
    source.text(40 * WINDOW, "code")
    source.answer()
    assert source.text(40 * WINDOW, "code") == f"\u2068CODE-{40 * WINDOW}\u2069"


def test_states_are_told_by_icon_and_word(source):
    source.model.set_rows(range(3))
    source.text(0, "code")
    source.answer(consent="withdrawn", conflicts=2, unsent=True, alias="Linden", state="closed")
    assert source.text(0, "consent") == "Withdrawn"
    assert source.text(0, "consent", MARK_ROLE) == Mark("danger", "ban")
    assert source.text(0, "unsent") == "\u20682\u2069 conflicts"
    assert source.text(0, "alias") == "Linden"
    assert source.text(0, "state") == "Closed"
    assert source.text(0, "owner") == "Deniz"


def test_nothing_to_do_has_no_mark(source):
    source.model.set_rows(range(1))
    source.text(0, "code")
    source.answer()
    assert (source.text(0, "unsent"), source.text(0, "unsent", MARK_ROLE)) == ("", None)


def test_names_are_never_shown(source):
    source.model.set_rows(range(1))
    source.text(0, "code")
    source.answer(name="Canaria Zilpah")
    roles = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole]
    said = [source.text(0, key, role) for key in COLUMNS for role in roles]
    assert not any("Canaria" in str(one) for one in said)


def test_sortable_columns_are_those_with_an_index():
    assert {COLUMNS[number] for number in SORTED_BY} == set(SORTED_BY.values())
