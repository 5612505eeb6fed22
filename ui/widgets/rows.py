"""A line in a card that leads somewhere: icon, what, where, a state, and the chevron."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.stylesheet import RADIUS_RAIL
from ui.theme.theme import Theme
from ui.widgets.marks import Chip
from ui.widgets.text import ElidedLabel, IconLabel, on_button


class ListRow(QAbstractButton):
    """A task, a referral, a section: the whole row is one button. A chosen row is checked."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        detail: str = "",
        chip: Chip | None = None,
        *,
        tone: str = "text2",
        detail_tone: str = "text2",
        leads_on: bool = True,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`tone` inks the icon, `detail_tone` the second line; `leads_on` draws the chevron."""
        super().__init__(parent)
        self._theme = theme
        self._hover = False
        self._icon_name, self._tone, self._detail_tone = icon, tone, detail_tone
        self.setCheckable(checkable)
        self.setAutoExclusive(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ringRadius", RADIUS_RAIL)
        self._icon = IconLabel(theme, icon, tone, 20)
        self._title = ElidedLabel(theme, title, "body" if checkable else "label")
        self._detail = ElidedLabel(theme, detail, "caption", detail_tone, parent=self)
        self._detail.setVisible(bool(detail))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(12, 7, 12, 7)
        line.setSpacing(12)
        line.addWidget(self._icon)
        line.addLayout(words, 1)
        if chip is not None:
            line.addWidget(chip)
        if leads_on:
            line.addWidget(IconLabel(theme, "chevron-right", "text2"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(on_button(title))
        self.setAccessibleName(
            ", ".join(part for part in (title, detail, chip and chip.accessibleName()) if part)
        )
        self.toggled.connect(self._ink)

    def _ink(self, chosen: bool) -> None:
        """Words and icon in the ink of the ground they stand on; the chosen title is heavier."""
        flip = chosen and self._theme.tokens.is_contrast
        self._title.setFont(self._theme.font("label" if chosen else "body"))
        self._title.set_ink("on_accent" if flip else "text")
        self._detail.set_ink("on_accent" if flip else self._detail_tone)
        self._icon.set_icon(self._icon_name, "on_accent" if flip else self._tone)

    def sizeHint(self) -> QSize:
        return self._line.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._line.minimumSize()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not (self.isChecked() or self._hover or self.isDown()):
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent" if self.isChecked() and tokens.is_contrast else "tint"))
        painter.drawRoundedRect(self.rect(), RADIUS_RAIL, RADIUS_RAIL)
        painter.end()
