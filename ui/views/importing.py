"""A spreadsheet into cases: what was taken, what was there already, and what could not be taken, with its reason."""

from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QTableView, QWidget

from ctcase.app import spreadsheets
from ctcase.app.results import ColumnTaken, Imported, RefusedRow, SameRow
from ui import words
from ui.desk import Desk, hold
from ui.dialogs.files import sheets
from ui.models.rows import Column, RowsModel
from ui.views.parts import Page, Slot, column, holder, row, watch
from ui.widgets.buttons import Button
from ui.widgets.frames import Card, EmptyState
from ui.widgets.marks import Chip
from ui.widgets.progress import Progress
from ui.widgets.tables import Mark, style_table
from ui.widgets.text import Label, isolate
from ui.words import translate

T = TypeVar("T")
MOST_LINES = 8
"""Lines of a table shown at once; the rest scrolls."""


def _refusal(code: str) -> str:
    table = {
        "date_invalid": translate("import", "This is no date."),
        "not_in_list": translate("import", "This is not in the list of the standard."),
        "too_long": translate("import", "This is too long."),
        "not_a_number": translate("import", "This is no number."),
        "wrong_type": translate("import", "This is not an answer to this question."),
        "bad_character": translate("import", "It has a character that cannot be kept."),
    }
    return table.get(code, translate("import", "This row cannot be taken."))


class ImportReport(QWidget):
    """What came of an import."""

    def __init__(self, desk: Desk, done: Imported) -> None:
        super().__init__()
        self._desk = desk
        theme = desk.theme
        chips = row(
            Chip(
                theme,
                "ok",
                "circle-check",
                words.counted(done.added, self.tr("1 case added"), self.tr("{n} cases added")),
            ),
            gap=8,
        )
        if done.same:
            already = words.counted(
                len(done.same), self.tr("1 row was here already"), self.tr("{n} rows were here already")
            )
            chips.addWidget(Chip(theme, "idle", "copy-check", already))
        if done.refused:
            refused = words.counted(
                len(done.refused), self.tr("1 row not taken"), self.tr("{n} rows not taken")
            )
            chips.addWidget(Chip(theme, "warn", "triangle-alert", refused))
        chips.addStretch(1)
        parts: list[QWidget] = [holder(chips)]
        differing = [one for one in done.columns if one.differs or one.taken_as is None]
        if done.refused:
            parts.append(
                self._table(self.tr("Rows that were not taken"), self._refused_columns(), done.refused)
            )
        if done.same:
            parts.append(self._table(self.tr("Rows that were here already"), self._same_columns(), done.same))
        if differing:
            parts.append(self._table(self.tr("Columns to look at"), self._column_columns(), differing))
        self.setLayout(column(*parts, 0, gap=12))

    def _table(self, title: str, columns: list[Column[T]], records: list[T]) -> QWidget:
        theme = self._desk.theme
        table = QTableView()
        style_table(theme, table, name=title, compact=True)
        table.setSortingEnabled(False)
        model = RowsModel(columns, records)
        model.setParent(table)
        table.setModel(model)
        for number in range(len(columns) - 1):
            table.setColumnWidth(number, theme.px(180))
        table.setFixedHeight((theme.line() + 12) * (min(len(records), MOST_LINES) + 1) + 24)
        card = Card(theme, title)
        card.body.addWidget(table)
        return card

    def _refused_columns(self) -> list[Column[RefusedRow]]:
        return [
            Column(self.tr("Row"), lambda one: str(one.row)),
            Column(self.tr("Column"), lambda one: one.column or ""),
            Column(
                self.tr("Why"), lambda one: _refusal(one.code), lambda _one: Mark("warn", "triangle-alert")
            ),
        ]

    def _same_columns(self) -> list[Column[SameRow]]:
        return [
            Column(self.tr("Row"), lambda one: str(one.row)),
            Column(self.tr("Case"), lambda one: isolate(one.code)),
        ]

    def _column_columns(self) -> list[Column[ColumnTaken]]:
        label = self._desk.texts.label
        return [
            Column(self.tr("Column"), lambda one: one.column),
            Column(self.tr("Hidden name"), lambda one: one.name or ""),
            Column(self.tr("Visible label"), lambda one: one.label or ""),
            Column(
                self.tr("Taken as"),
                lambda one: label(one.taken_as) if one.taken_as else self.tr("Not taken"),
                lambda one: None if one.taken_as else Mark("warn", "triangle-alert"),
            ),
        ]


class ImportPage(Page):
    """Choose a file, wait with a way to stop, read the report. Stopping takes nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "", "")
        self.set_title(self.tr("Import a spreadsheet"))
        self.set_subtitle(
            self.tr(
                "The standard's own spreadsheet, CSV or JSON. Where hidden name and visible label differ, the label counts."
            )
        )
        self.choose = Button(desk.theme, self.tr("Choose a file"), "primary", "folder-open")
        self.back = Button(desk.theme, self.tr("Back to the list"), "ghost", "arrow-left")
        self.acts.addWidget(self.back)
        self.acts.addWidget(self.choose)
        self.progress = Progress(desk.theme)
        self.report = Slot()
        self.report.put(
            EmptyState(desk.theme, self.tr("Rows that were imported before are found again and skipped."))
        )
        self._note = Label(desk.theme, "", "caption", "text2")
        self.body.addWidget(self.progress)
        self.body.addWidget(self.report, 1)
        self.choose.clicked.connect(self._choose)
        self.back.clicked.connect(lambda: desk.go("cases"))
        self.setFocusProxy(self.choose)

    def _choose(self) -> None:
        file = self.desk.files.open_one(self, sheets())
        if file is not None:
            self.take(file)

    def take(self, file: Path) -> None:
        """Import a file."""
        self.desk.hush()
        job = self.desk.worker.do(
            self, lambda session, progress: spreadsheets.import_cases(session, file, progress), self._done
        )
        hold(job, self.choose)
        watch(self.progress, job, self.tr("Importing the spreadsheet"))

    def _done(self, done: Imported) -> None:
        self.report.put(ImportReport(self.desk, done))
