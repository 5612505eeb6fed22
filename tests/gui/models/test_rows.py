"""The table of records that are all here."""

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from ui.models.rows import Column, RowsModel
from ui.widgets.tables import INK_ROLE, MARK_ROLE, Mark


@pytest.fixture
def model(qapp):
    columns = [
        Column("Name", lambda one: one[0]),
        Column(
            "State",
            lambda one: one[1],
            lambda one: Mark("ok", "check") if one[1] == "good" else None,
            "text2",
        ),
    ]
    made = RowsModel(columns, [("Linden", "good"), ("alder", "bad"), ("Cedar", "good")])
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def names(model):
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_words_marks_and_inks(model):
    assert [model.headerData(n, Qt.Orientation.Horizontal) for n in range(2)] == ["Name", "State"]
    assert model.index(0, 1).data(MARK_ROLE) == Mark("ok", "check")
    assert model.index(1, 1).data(MARK_ROLE) is None
    assert model.index(0, 1).data(INK_ROLE) == "text2"


def test_sorting_ignores_case_and_keeps_the_selection_on_its_record(model):
    kept = QPersistentModelIndex(model.index(0, 0))
    model.sort(0)
    assert names(model) == ["alder", "Cedar", "Linden"]
    assert kept.row() == 2
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["Linden", "Cedar", "alder"]
    assert model.record(kept.row()) == ("Linden", "good")


def test_a_sort_of_no_column_changes_nothing(model):
    model.sort(-1)
    assert names(model) == ["Linden", "alder", "Cedar"]


def test_a_column_can_be_sorted_by_something_else_than_its_words(qapp):
    days = [(2026, "21 Nov 2026"), (2027, "5 Jan 2027"), (2026, "1 Dec 2026")]
    made = RowsModel([Column("Day", lambda one: one[1], key=lambda one: one[0])], days)
    made.sort(0, Qt.SortOrder.DescendingOrder)
    assert names(made) == ["5 Jan 2027", "21 Nov 2026", "1 Dec 2026"]


def test_records_that_come_later_are_sorted_too(model):
    model.sort(0, Qt.SortOrder.DescendingOrder)
    model.set_records([("Birch", "good"), ("Yew", "bad"), ("Cedar", "good")])
    assert names(model) == ["Yew", "Cedar", "Birch"]
    assert model.row_of(lambda one: one[0] == "Birch") == 2
    assert model.row_of(lambda one: one[0] == "Linden") == -1


def test_records_can_be_replaced(model):
    model.set_records([])
    assert model.rowCount() == 0
    assert model.record(0) is None
