"""A row that goes on in the next line when the line is full, in either reading direction.

A widget and not a QLayout: its children are owned as all others are, and no item passes between Python and Qt.
"""

from PySide6.QtCore import QEvent, QMargins, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

Spot = tuple[QWidget, QRect]


class Flow(QWidget):
    """Widgets side by side at their own size, wrapped and centred on their line.

    `gap` is the px between widgets and between lines. `stacked` means all or nothing: what does not fit in one line
    stands one below the other, at the full width.
    """

    def __init__(self, gap: int = 6, *, stacked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        self._gap = gap
        self._stacked = stacked
        self._margin = 0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end; reading order is tab order."""
        widget.setParent(self)
        if self._widgets:
            QWidget.setTabOrder(self._widgets[-1], widget)
        self._widgets.append(widget)
        widget.show()
        self.updateGeometry()

    def set_margin(self, margin: int) -> None:
        """Keep a margin on all sides, px."""
        self._margin = margin
        self.updateGeometry()
        self._arrange()

    def is_wrapped(self) -> bool:
        """Whether one line is not enough at the present width."""
        return self._row().width() > self.width() - 2 * self._margin

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int, /) -> int:
        spots = self._spots(width - 2 * self._margin)
        return max((rect.y() + rect.height() for _, rect in spots), default=0) + 2 * self._margin

    def sizeHint(self) -> QSize:
        return self._row().grownBy(self._margins())

    def minimumSizeHint(self) -> QSize:
        sizes = [_size(widget) for widget in self._shown()]
        widest = max((size.width() for size in sizes), default=0)
        return QSize(widest, max((size.height() for size in sizes), default=0)).grownBy(self._margins())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._arrange()
        return super().event(event)

    def _margins(self) -> QMargins:
        return QMargins(self._margin, self._margin, self._margin, self._margin)

    def _arrange(self) -> None:
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        width = self.width() - 2 * self._margin
        for widget, spot in self._spots(width):
            left = width - spot.x() - spot.width() if rtl else spot.x()
            widget.setGeometry(self._margin + left, self._margin + spot.y(), spot.width(), spot.height())

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _row(self) -> QSize:
        hints = [_size(widget) for widget in self._shown()]
        width = sum(hint.width() for hint in hints) + self._gap * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def _spots(self, width: int) -> list[Spot]:
        """Where each widget goes, x counted from the start side."""
        spots: list[Spot] = []
        line: list[Spot] = []
        column = self._stacked and self._row().width() > width
        x = y = 0
        for widget in self._shown():
            size = _size(widget).boundedTo(QSize(max(width, 1), 1 << 20))
            if line and (column or x + size.width() > width):
                y = _centred(line) + self._gap
                x, line = 0, []
            spot = (widget, QRect(x, y, width if column else size.width(), size.height()))
            line.append(spot)
            spots.append(spot)
            x += size.width() + self._gap
        _centred(line)
        return spots


def _size(widget: QWidget) -> QSize:
    return widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())


def _centred(line: list[Spot]) -> int:
    """Centre the widgets of a line on each other; the height of the line."""
    y = min((rect.y() for _, rect in line), default=0)
    height = max((rect.height() for _, rect in line), default=0)
    for _, rect in line:
        rect.translate(0, (height - rect.height()) // 2)
    return y + height
