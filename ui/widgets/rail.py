"""The places of the program: icon, word and count; icons alone where the width does not do."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.stylesheet import RADIUS_RAIL
from ui.theme.theme import Theme
from ui.widgets.text import isolate, on_button

WIDE, NARROW = 204, 50  # px at 100 %


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail; `shortcut`, a portable key sequence, is for the window to listen to."""

    key: str
    icon: str
    text: str
    shortcut: str = ""


class RailItem(QAbstractButton):
    """A place to go to, or, framed, an action that is always there (quick hide)."""

    def __init__(
        self, theme: Theme, place: Place, *, framed: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place = place
        self._framed = framed
        self._badge = ""
        self._narrow = False
        self._hover = False
        self.setCheckable(not framed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ringRadius", RADIUS_RAIL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(on_button(place.text))
        self._say()

    def set_badge(self, badge: str) -> None:
        """Show a count, or, for a framed item, its keys; nothing takes it away."""
        self._badge = badge
        self._say()

    def set_narrow(self, narrow: bool) -> None:
        """Icons alone; the name goes to the tooltip."""
        self._narrow = narrow
        self._say()

    def _say(self) -> None:
        name = f"{self._place.text}, {isolate(self._badge)}" if self._badge else self._place.text
        self.setAccessibleName(name)
        self.setToolTip(name if self._narrow else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height = max(24, self._theme.line() + 18)
        if self._narrow:
            return QSize(self._theme.px(NARROW) - 20, height)
        words = self.fontMetrics().horizontalAdvance(self._place.text)
        return QSize(words + self._theme.px(18) + 30, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(18) + 12, self.sizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._paint_back(painter)
        px = self._theme.px(18)
        x = (self.width() - px) // 2 if self._narrow else 10
        icon_ink = "accent" if self.isChecked() and not self._theme.tokens.is_contrast else ink
        icon = self._theme.pixmap(self._place.icon, icon_ink, 18)
        painter.drawPixmap(self._mirrored(QRect(x, (self.height() - px) // 2, px, px)), icon)
        if not self._narrow:
            room = self.width() - 10 - self._paint_badge(painter)
            self._paint_words(painter, QRect(x + px + 10, 0, room - x - px - 10, self.height()), ink)
        painter.end()

    def _mirrored(self, rect: QRect) -> QRect:
        if not self._theme.rtl:
            return rect
        return QRect(self.width() - rect.x() - rect.width(), rect.y(), rect.width(), rect.height())

    def _paint_back(self, painter: QPainter) -> str:
        """The ground; the token of the ink that goes on it."""
        tokens = self._theme.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        box = self.rect()
        if self._framed:
            painter.setPen(QPen(QColor(tokens.edge), tokens.border))
            painter.setBrush(QColor(tokens.tint if self._hover else tokens.surface))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS_RAIL, RADIUS_RAIL)
        elif self.isChecked() or self._hover:
            painter.setBrush(QColor(tokens.selected_bg if self.isChecked() else tokens.tint))
            painter.drawRoundedRect(box, RADIUS_RAIL, RADIUS_RAIL)
        return "on_accent" if self.isChecked() and tokens.is_contrast else "text"

    def _paint_badge(self, painter: QPainter) -> int:
        """The count at the end; the width it takes."""
        if not self._badge:
            return 0
        tokens = self._theme.tokens
        painter.setFont(self._theme.font("caption"))
        width = max(painter.fontMetrics().horizontalAdvance(self._badge) + 14, self._theme.px(22))
        height = self._theme.line("caption") + 4
        box = self._mirrored(QRect(self.width() - 8 - width, (self.height() - height) // 2, width, height))
        painter.setPen(QPen(QColor(tokens.line)))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor(tokens.text2))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._badge)
        return width + 8

    def _paint_words(self, painter: QPainter, box: QRect, ink: str) -> None:
        painter.setFont(self._theme.font("label" if self.isChecked() else "body"))
        painter.setPen(self._theme.color(ink))
        words = painter.fontMetrics().elidedText(self._place.text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(self._mirrored(box), self._theme.leading | Qt.AlignmentFlag.AlignVCenter, words)


class Rail(QFrame):
    """The places at the start side of the window; `foot` takes what stands at its lower end."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, places: Sequence[Place], *, name: str, parent: QWidget | None = None
    ) -> None:
        """`places` are those the role needs; `name` is what assistive technology calls the rail."""
        super().__init__(parent)
        self._theme = theme
        self._items: dict[str, RailItem] = {}
        self._foot_items: list[RailItem] = []
        self._narrow = False
        self.setProperty("frame", "rail")
        self.setAccessibleName(name)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 10)
        box.setSpacing(1)
        self.head = QVBoxLayout()
        self.foot = QVBoxLayout()
        self.foot.setSpacing(2)
        box.addLayout(self.head)
        for place in places:
            item = self._items[place.key] = RailItem(theme, place)
            item.setAutoExclusive(True)
            item.clicked.connect(lambda _on=False, key=place.key: self.chosen.emit(key))
            box.addWidget(item)
        box.addStretch(1)
        box.addLayout(self.foot)
        self.set_narrow(False)

    def add_foot(self, item: RailItem) -> None:
        """Put an item at the lower end; it follows the narrow mode."""
        self._foot_items.append(item)
        item.set_narrow(self._narrow)
        self.foot.addWidget(item)

    def set_current(self, key: str) -> None:
        """Show a place as the present one, without a signal."""
        self._items[key].setChecked(True)

    def set_badge(self, key: str, count: int) -> None:
        """Show a count beside a place; 0 takes it away."""
        self._items[key].set_badge(str(count) if count else "")

    def set_narrow(self, narrow: bool) -> None:
        """Icons alone, or icons and words."""
        self._narrow = narrow
        for item in (*self._items.values(), *self._foot_items):
            item.set_narrow(narrow)
        self.setFixedWidth(self._theme.px(NARROW if narrow else WIDE))

    @property
    def is_narrow(self) -> bool:
        """Whether words are hidden."""
        return self._narrow

    def item(self, key: str) -> RailItem:
        """The button of a place."""
        return self._items[key]
