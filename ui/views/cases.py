"""The list of cases: search, filter, sort, open, import and export. It shows codes and aliases, never names."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QTableView, QToolButton, QWidget

from ctcase.app import case_list, spreadsheets
from ctcase.app.results import CaseLine, Changes, Exported
from ui import words
from ui.desk import Desk
from ui.dialogs.files import SHEET, sheets
from ui.models.cases import COLUMNS, SORTED_BY, CaseModel
from ui.views.parts import Page, row, watch
from ui.widgets.ask import AskDialog
from ui.widgets.buttons import Button
from ui.widgets.frames import EmptyState
from ui.widgets.marks import Pill
from ui.widgets.progress import Progress
from ui.widgets.tables import RoomTable, stay_on
from ui.widgets.text import Label
from ui.worker import Job

TYPING_PAUSE_MS = 60
WIDTHS = {
    "code": 120,
    "alias": 160,
    "state": 90,
    "consent": 130,
    "team": 100,
    "owner": 165,
    "updated": 170,
    "unsent": 130,
}
"""px at 100 %; the last one shown takes what is left."""
GO_FIRST = ("unsent", "updated", "owner", "team", "state", "alias")
"""Columns that hide, in this order, as room gets scarce; code and consent stay."""


class SearchLine(QLineEdit):
    """Down goes on to the list."""

    def __init__(self, desk: Desk, down: QWidget) -> None:
        super().__init__()
        self._down = down
        self.setFont(desk.theme.font())
        self.setPlaceholderText(self.tr("Code, alias, name in any spelling, phone"))
        self.setAccessibleName(self.tr("Search the cases"))
        self.setClearButtonEnabled(True)
        self._theme, px = desk.theme, desk.theme.px(16) + 8
        self.setTextMargins(*((0, 0, px, 0) if desk.theme.rtl else (px, 0, 0, 0)))
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(self.tr("Clear the search"))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px = self._theme.px(16)  # an action of a line would be drawn at one size, whatever the text size
        left = self.width() - px - 10 if self._theme.rtl else 10
        painter = QPainter(self)
        painter.drawPixmap(
            QRect(left, (self.height() - px) // 2, px, px), self._theme.pixmap("search", "text2")
        )
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self._down.setFocus()
            return
        super().keyPressEvent(event)


class CaseTable(RoomTable):
    """The list itself; columns hide from the end while the room does not do."""

    def __init__(self, desk: Desk, model: CaseModel) -> None:
        go_first = [COLUMNS.index(key) for key in GO_FIRST]
        super().__init__(desk.theme, [WIDTHS[key] for key in COLUMNS], go_first, name=self.tr("Cases"))
        self.show_model(model)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.horizontalHeader().setSortIndicator(COLUMNS.index("updated"), Qt.SortOrder.DescendingOrder)


class CaseList(Page):
    """Asks for the row numbers that match, and for windows of lines as they come into view."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "", scrolls=False)
        self.set_title(self.tr("Cases"))
        self._state = ""
        self._sorted = (COLUMNS.index("updated"), Qt.SortOrder.DescendingOrder)
        self._job: Job | None = None
        self._opening = False
        """Enter was pressed in the search, and what it asks for is not here yet."""
        self.model = CaseModel(self._fetch, desk.name, desk.texts.moment)
        self.table = CaseTable(desk, self.model)
        self.search = SearchLine(desk, self.table)
        self.count = Label(desk.theme, "", "caption", "text2")
        self.progress = Progress(desk.theme)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self._build()
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._enter)
        self.table.activated.connect(self._open)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        desk.worker.changed.connect(self._changed)
        desk.renewed.connect(self.model.renamed)
        self.setFocusProxy(self.search)
        self.refresh()

    def _build(self) -> None:
        theme = self.theme
        self.importing = Button(theme, self.tr("Import"), icon="download")
        self.exporting = Button(theme, self.tr("Export"), icon="upload")
        self.new_case = Button(theme, self.tr("New case"), "primary", "plus")
        for button in (self.exporting, self.importing, self.new_case):
            self.acts.addWidget(button)
        self.importing.clicked.connect(lambda: self.desk.go("import"))
        self.exporting.clicked.connect(self._export)
        self.new_case.clicked.connect(lambda: self.desk.go("new_case"))
        self.pills = {"": Pill(theme, self.tr("All"), checked=True)}
        self.pills |= {code: Pill(theme, word) for code, word in words.case_states().items()}
        filters = row(self.search, *self.pills.values(), 0, gap=8)
        self.search.setMaximumWidth(theme.px(360))
        self.search.setMinimumWidth(theme.px(160))
        filters.setStretch(0, 1)
        for code, pill in self.pills.items():
            pill.clicked.connect(lambda _on=False, code=code: self._filter(code))
        self._empty = EmptyState(theme, "")
        self._views = QStackedWidget()
        self._views.addWidget(self.table)
        self._views.addWidget(self._empty)
        hint = Label(
            theme, self.tr("Names are hidden here. Open a case to ask for its name."), "caption", "text2"
        )
        self.body.addLayout(filters)
        self.body.addWidget(self.progress)
        self.body.addWidget(self._views, 1)
        self.body.addLayout(row(self.count, 0, hint))

    def _typed(self) -> None:
        self._opening = False
        self._pause.start()

    def _enter(self) -> None:
        """Open the case that is highlighted, once the list is for what stands in the search and its lines are here."""
        self._opening = True
        if self._pause.isActive():
            self._pause.stop()
            self.refresh()
        self._open_waiting()

    def _open_waiting(self) -> None:
        if self._job is None and self._opening:
            found = self.model.line(self.table.currentIndex().row())
            self._opening = found is None and self.model.rowCount() > 0 and self.search.hasFocus()
            if found is not None and self.search.hasFocus():
                self.desk.go("case", found.id)

    def refresh(self) -> None:
        """Read the list anew; an answer still under way is for an older question."""
        if self._job is not None:
            self._job.cancel()
        text, state = self.search.text(), self._state
        column, order = self._sorted
        by, down = SORTED_BY[column], order == Qt.SortOrder.DescendingOrder
        self._job = self.desk.worker.ask(
            self,
            lambda session, _p: case_list.case_ids(
                session, search=text, state=state, order=by, descending=down
            ),
            self._show,
        )

    def _show(self, rows: Sequence[int]) -> None:
        self._job = None
        at = self.table.currentIndex().row()
        chosen = self.model.number(at)
        self.model.set_rows(rows)
        stay_on(self.table, self.model.row_of(chosen), at)
        if not rows:
            self._say_empty()
        self._views.setCurrentIndex(0 if rows else 1)
        self.count.setText(words.counted(len(rows), self.tr("1 case"), self.tr("{n} cases")))
        self._open_waiting()

    def _say_empty(self) -> None:
        narrowed = bool(self.search.text() or self._state)
        sentence = (
            self.tr("No case matches. Other spellings were searched too.")
            if narrowed
            else self.tr("There is no case yet. Write down the first one, or import a spreadsheet.")
        )
        empty = EmptyState(self.theme, sentence)
        self._views.removeWidget(self._empty)
        self._empty.deleteLater()
        self._empty = empty
        self._views.addWidget(empty)

    def _fetch(self, window: int, rows: Sequence[int]) -> None:
        def put(lines: Sequence[CaseLine]) -> None:
            self.model.put(window, rows, lines)
            self._open_waiting()

        self.desk.worker.ask(self, lambda session, _p: case_list.case_lines(session, rows), put)

    def _filter(self, state: str) -> None:
        self._state = state
        for code, pill in self.pills.items():
            pill.setChecked(code == state)
        self.refresh()

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        if column not in SORTED_BY:
            header = self.table.horizontalHeader()
            header.blockSignals(True)  # Qt's own argument
            header.setSortIndicator(*self._sorted)
            header.blockSignals(False)  # Qt's own argument
            return
        if (column, order) != self._sorted:
            self._sorted = (column, order)
            self.refresh()

    def _open(self, index: QModelIndex) -> None:
        line = self.model.line(index.row())
        if line is not None:
            self.desk.go("case", line.id)

    def _changed(self, changes: Changes) -> None:
        if changes.streams or changes.roster or changes.local:
            self.refresh()

    def _export(self) -> None:
        question = AskDialog(
            self.theme,
            self.tr("Export the cases to a file that anyone can read?"),
            self.tr(
                "The file is not encrypted and holds names. Each export is written into the cases as a disclosure."
            ),
            self.tr("Export the cases"),
            self.tr("Keep them in the vault"),
            kind="danger",
            parent=self.window(),
        )
        if not self.desk.ask(question):
            return
        target = self.desk.files.save(self, SHEET, sheets())
        if target is not None:
            self._export_to(target)

    def _export_to(self, target: Path) -> None:
        job = self.desk.worker.do(
            self,
            lambda session, progress: spreadsheets.export_cases(session, target, progress),
            self._exported,
        )
        watch(self.progress, job, self.tr("Exporting the cases"))

    def _exported(self, done: Exported) -> None:
        rows = words.counted(done.rows, self.tr("1 case was exported."), self.tr("{n} cases were exported."))
        one, many = (
            self.tr("1 was left out: it is not yours."),
            self.tr("{n} were left out: they are not yours."),
        )
        left = words.counted(len(done.left_out), one, many)
        self.desk.tell("ok", rows, left if done.left_out else "", self.tr("Keep the file in a safe place."))

    def focus_search(self) -> None:
        """Ctrl+F and Ctrl+K."""
        self.search.setFocus()
        self.search.selectAll()

    def regions(self) -> list[QWidget]:
        return [self.search, self.table]

    def selected(self) -> str:
        """The id of the case that is selected, or nothing."""
        chosen = self.table.selectionModel().selectedRows()
        line = self.model.line(chosen[0].row()) if chosen else None
        return line.id if line else ""

    def choose(self, row_number: int) -> None:
        """Select a row."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row_number, 0), flags)
