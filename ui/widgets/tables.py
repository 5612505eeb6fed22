"""Tables: row lines only, a quiet header with a sort arrow, and states drawn by icon and word."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.theme.theme import Theme

MARK_ROLE = Qt.ItemDataRole.UserRole + 40
"""Data of this role is a Mark, drawn before the text of the cell."""
INK_ROLE = Qt.ItemDataRole.UserRole + 41
"""Data of this role is the token of the text's ink; `text` where there is none."""

Index = QModelIndex | QPersistentModelIndex
PAD = 11  # px on both sides of a cell


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """The icon of a state, and the tone of icon and word."""

    tone: str
    icon: str


class CellDelegate(QStyledItemDelegate):
    """Draws a cell: ground, row line, mark, and one line of text, elided at its end."""

    def __init__(self, theme: Theme, *, compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._height = theme.line() + (12 if compact else 18)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._theme.px(16) + 6 if isinstance(index.data(MARK_ROLE), Mark) else 0
        return QSize(_advance(self._theme, _words(index)) + width + 2 * PAD, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        rect = _rect(option)
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, QColor(tokens.selected_bg if selected else tokens.surface))
        painter.setPen(QPen(QColor(tokens.line)))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        mark = index.data(MARK_ROLE)
        ink = mark.tone if isinstance(mark, Mark) else str(index.data(INK_ROLE) or "text")
        if selected:
            ink = "on_accent" if tokens.is_contrast else "text" if ink == "text2" else ink
        box = rect.adjusted(PAD, 0, -PAD, 0)
        if isinstance(mark, Mark):
            px = theme.px(16)
            left = box.right() + 1 - px if theme.rtl else box.left()
            painter.drawPixmap(QRect(left, box.center().y() - px // 2, px, px), theme.pixmap(mark.icon, ink))
            box = box.adjusted(0, 0, -px - 6, 0) if theme.rtl else box.adjusted(px + 6, 0, 0, 0)
        painter.setFont(theme.font())
        painter.setPen(theme.color(ink))
        words = painter.fontMetrics().elidedText(_words(index), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, theme.leading | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class Header(QHeaderView):
    """Column names in the secondary ink, a firmer line below, an arrow at the sort column."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setFixedHeight(theme.line() + 20)
        self.setMinimumSectionSize(theme.px(48))

    def sectionSizeFromContents(self, section: int, /) -> QSize:
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        return QSize(_advance(self._theme, words) + 2 * PAD + self._theme.px(14) + 6, self.height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int, /) -> None:
        theme = self._theme
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        painter.setPen(QPen(theme.color("edge")))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        box = rect.adjusted(PAD, 0, -PAD, 0)
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        painter.setFont(theme.font())
        painter.setPen(theme.color("text2"))
        arrow = theme.px(14)
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        room = box.width() - (arrow + 6 if sorted_here else 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, theme.leading | Qt.AlignmentFlag.AlignVCenter, shown)
        if sorted_here:
            used = painter.fontMetrics().horizontalAdvance(shown) + 6
            left = box.right() + 1 - used - arrow if theme.rtl else box.left() + used
            up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            icon = theme.pixmap("arrow-up" if up else "arrow-down", "text2", 14)
            painter.drawPixmap(QRect(left, box.center().y() - arrow // 2, arrow, arrow), icon)
        painter.restore()


def style_table(theme: Theme, table: QTableView, *, name: str, compact: bool = False) -> None:
    """Give a table its looks: whole rows are selected, Tab leaves it, no grid, no stripes."""
    table.setHorizontalHeader(Header(theme, table))
    table.setItemDelegate(CellDelegate(theme, compact=compact, parent=table))
    table.verticalHeader().hide()
    table.verticalHeader().setMinimumSectionSize(24)
    table.verticalHeader().setDefaultSectionSize(theme.line() + (12 if compact else 18))
    table.setShowGrid(False)
    table.setAlternatingRowColors(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setSortingEnabled(True)
    table.horizontalHeader().setStretchLastSection(True)
    table.setAccessibleName(name)
    table.setProperty("ringRadius", 10)


class RoomTable(QTableView):
    """Hides columns one after the other while the room does not do for all of them."""

    def __init__(
        self,
        theme: Theme,
        widths: Sequence[int],
        go_first: Sequence[int],
        *,
        name: str,
        compact: bool = False,
    ) -> None:
        """`widths` in px at 100 %, the last one shown takes what is left; `go_first` are the columns that may hide."""
        super().__init__()
        style_table(theme, self, name=name, compact=compact)
        self._widths = [theme.px(width) for width in widths]
        self._go_first = go_first

    def show_model(self, model: QAbstractItemModel) -> None:
        """Take a model; the table owns it."""
        model.setParent(self)
        self.setModel(model)
        for number, width in enumerate(self._widths):
            self.setColumnWidth(number, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room, gone = self.viewport().width(), set[int]()
        for number in self._go_first:
            if sum(width for at, width in enumerate(self._widths) if at not in gone) <= room:
                break
            gone.add(number)
        for number in range(len(self._widths)):
            if self.isColumnHidden(number) != (number in gone):
                self.setColumnHidden(number, number in gone)


def choose_row(table: QTableView, row: int) -> None:
    """Select a row and make it the current one; Qt's own selectRow selects nothing from right to left."""
    table.setCurrentIndex(table.model().index(row, 0))


def stay_on(table: QTableView, row: int, before: int) -> None:
    """Choose again what was chosen, in its row of now; where it is gone (-1), what took its place."""
    last = table.model().rowCount() - 1
    if last >= 0:
        choose_row(table, row if row >= 0 else max(0, min(before, last)))


def _rect(option: QStyleOptionViewItem) -> QRect:
    rect: QRect = option.rect
    return rect


def _words(index: Index) -> str:
    data = index.data(Qt.ItemDataRole.DisplayRole)
    return "" if data is None else str(data)


def _advance(theme: Theme, words: str) -> int:
    return QFontMetrics(theme.font()).horizontalAdvance(words)
