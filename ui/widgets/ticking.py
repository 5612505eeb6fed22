"""Several of a long list: a line that narrows it, and boxes to tick."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctcase.model.values import Missing, Value
from ui.theme.theme import Theme
from ui.widgets.choosing import ABSENT, Options, PillsEditor
from ui.widgets.editors import Editor, missing_words

SHORT = 12
"""Up to so many choices are shown as pills."""


class CheckDelegate(QStyledItemDelegate):
    """A line of a list of several: a box with a tick, and the text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._theme.px(80), max(24, self._theme.line() + 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, tokens = self._theme, self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        here = bool(state & QStyle.StateFlag.State_Selected)
        checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, QColor(tokens.selected_bg if here else tokens.surface))
        side, pad = theme.px(16), 10
        left = rect.right() + 1 - pad - side if theme.rtl else rect.left() + pad
        box = QRect(left, rect.center().y() - side // 2, side, side)
        painter.setPen(QPen(QColor(tokens.accent if checked else tokens.edge), 1.5))
        painter.setBrush(QColor(tokens.accent if checked else tokens.surface))
        painter.drawRoundedRect(QRectF(box), 3, 3)
        if checked:
            painter.drawPixmap(box, theme.pixmap("check", "on_accent"))
        room = (
            rect.adjusted(pad, 0, -pad - side - 8, 0)
            if theme.rtl
            else rect.adjusted(pad + side + 8, 0, -pad, 0)
        )
        painter.setFont(theme.font())
        painter.setPen(QColor(tokens.selected_ink if here else tokens.text))
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, theme.leading | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class ListEditor(Editor):
    """Several of a long list: a line that narrows it, and boxes to tick; Space ticks, typing finds.

    An answer that is shown begins the list, after the absent answers; what is ticked later stays in its place.
    """

    def __init__(
        self,
        theme: Theme,
        options: Options,
        *,
        absent: bool = True,
        lines: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = QLineEdit()
        self._find.setFont(theme.font())
        self._find.setPlaceholderText(QCoreApplication.translate("widgets", "Narrow the list"))
        self._list = QListWidget()
        self._list.setItemDelegate(CheckDelegate(theme, self._list))
        self._list.setFixedHeight(max(24, theme.line() + 12) * lines + 4)
        self._items: dict[str | Missing, QListWidgetItem] = {}  # in the order of the list
        self._keys: list[str | Missing] = []  # as they stand, row by row
        for answer in ABSENT if absent else ():
            self._add(answer, missing_words(answer))
        for code, text in options:
            self._add(code, text)
        self._find.textChanged.connect(self._narrow)
        self._list.itemChanged.connect(self._ticked)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self._find)
        box.addWidget(self._list)
        self.setFocusProxy(self._list)

    def _add(self, key: str | Missing, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        self._items[key] = item
        self._keys.append(key)
        self._list.addItem(item)

    def _narrow(self, text: str) -> None:
        wanted = text.strip().casefold()
        for row in range(self._list.count()):
            item = self._list.item(row)
            kept = item.checkState() == Qt.CheckState.Checked
            item.setHidden(not kept and wanted not in item.text().casefold())

    def _ticked(self, item: QListWidgetItem) -> None:
        key = self._keys[self._list.row(item)]
        if item.checkState() == Qt.CheckState.Checked:
            with QSignalBlocker(self._list):
                for row, other in enumerate(self._keys):
                    if other != key and (isinstance(key, Missing) or isinstance(other, Missing)):
                        self._list.item(row).setCheckState(Qt.CheckState.Unchecked)
            self._list.viewport().update()
        self.changed.emit()
        self.finished.emit()

    def value(self) -> Value:
        rows = range(self._list.count())
        chosen = [
            self._keys[row] for row in rows if self._list.item(row).checkState() == Qt.CheckState.Checked
        ]
        absent = [key for key in chosen if isinstance(key, Missing)]
        return absent[0] if absent else tuple(key for key in chosen if isinstance(key, str)) or None

    def set_value(self, value: Value) -> None:
        wanted = value if isinstance(value, tuple) else () if value is None else (value,)
        with QSignalBlocker(self._list):
            for key in wanted:
                if isinstance(key, str) and key not in self._keys:
                    self._add(key, key)
            self._arrange([key for key in wanted if isinstance(key, str)])
            for row, key in enumerate(self._keys):
                ticked = Qt.CheckState.Checked if key in wanted else Qt.CheckState.Unchecked
                self._list.item(row).setCheckState(ticked)
        self._narrow(self._find.text())
        self._list.viewport().update()

    def _arrange(self, ticked: Sequence[str]) -> None:
        """Put what is ticked before the others, where it is seen and read first; the others keep their order."""
        absent = [key for key in self._items if isinstance(key, Missing)]
        order = list(dict.fromkeys([*absent, *ticked, *self._items]))
        if order == self._keys:
            return
        current = self._list.currentItem()
        while self._list.count():
            self._list.takeItem(self._list.count() - 1)
        self._keys = order
        for key in order:
            self._list.addItem(self._items[key])
        self._list.setCurrentItem(current)
        self._list.scrollToTop()

    def control(self) -> QListWidget:
        return self._list

    def finder(self) -> QLineEdit:
        """The line that narrows the list."""
        return self._find

    def set_name(self, name: str) -> None:
        super().set_name(name)
        self._find.setAccessibleName(f"{name}: {self._find.placeholderText()}")

    def set_read_only(self, read_only: bool) -> None:
        super().set_read_only(read_only)
        self._find.setEnabled(not read_only)


def several(theme: Theme, options: Options, *, absent: bool = True) -> PillsEditor | ListEditor:
    """The editor for several of a list: pills while it is short, a list to tick when it is long."""
    kind = PillsEditor if len(options) <= SHORT else ListEditor
    return kind(theme, options, absent=absent)
