"""Chips that tell a state, pills that filter, segments that choose one of a few."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import TONES
from ui.widgets.flow import Flow
from ui.widgets.text import IconLabel, Label, on_button, repolish


class Chip(QFrame):
    """A state by icon, word and colour together; the detail is what goes first when room gets scarce."""

    def __init__(
        self,
        theme: Theme,
        tone: str,
        icon: str,
        word: str,
        detail: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        """`tone` is one of TONES; `word` the state ("Risk high"), `detail` the rest ("reviewed 18 Nov")."""
        super().__init__(parent)
        if tone not in TONES:
            raise ValueError(tone)
        self._icon = IconLabel(theme, icon, tone, 14)
        self._label = Label(theme, "", "caption", tone)
        self._detail_shown = True
        line = QHBoxLayout(self)
        line.setContentsMargins(7, 3, 8, 3) if not theme.rtl else line.setContentsMargins(8, 3, 7, 3)
        line.setSpacing(5)
        line.addWidget(self._icon)
        line.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(tone, icon, word, detail)

    def set_state(self, tone: str, icon: str, word: str, detail: str = "") -> None:
        """Tell another state."""
        if tone not in TONES:
            raise ValueError(tone)
        self._word, self._detail = word, detail
        self._icon.set_icon(icon, tone)
        self._label.set_ink(tone)
        self.setProperty("tone", tone)
        repolish(self)
        self._say()

    def set_detail_shown(self, shown: bool) -> None:
        """Drop or show the detail; the state stays, and assistive technology reads both."""
        self._detail_shown = shown
        self._say()

    def _say(self) -> None:
        whole = f"{self._word} · {self._detail}" if self._detail else self._word
        self._label.setText(whole if self._detail_shown else self._word)
        self.setAccessibleName(whole)
        self.setToolTip("" if self._detail_shown or not self._detail else whole)

    def text(self) -> str:
        """What is visible."""
        return self._label.text()


class Badge(Label):
    """A count in a sunken box."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, text, "caption", "text2", parent=parent)
        self.setProperty("kind", "key")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class Pill(QPushButton):
    """A filter or one of several answers; set shows as fill, accent border and checked state."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        checked: bool = False,
        menu_like: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`menu_like` adds the mark of a filter that opens a list."""
        super().__init__(on_button(text), parent)
        self.words = text
        self.setProperty("kind", "pill")
        self.setProperty("ringRadius", (theme.line() + 12) // 2)
        self.setFont(theme.font())
        self.setCheckable(True)
        self.setChecked(checked)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(24)
        if menu_like:
            trailing = Qt.LayoutDirection.LeftToRight if theme.rtl else Qt.LayoutDirection.RightToLeft
            self.setLayoutDirection(trailing)  # puts the icon behind the text
            self.setIcon(theme.icon("chevron-down", "text2", 14, gap=-4))
            self.setIconSize(QSize(theme.px(14) + 4, theme.px(14)))


class Segments(Flow):
    """One choice of up to five, side by side, or one below the other where the width does not do."""

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        options: Sequence[tuple[str, str]],
        value: str | None = None,
        *,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`options` are (value, text); `name` is what assistive technology calls the group."""
        super().__init__(gap=-1, stacked=True, parent=parent)  # neighbours share a border
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for key, text in options:
            self._add(theme, key, text)
        self._round(upright=False)
        self._words = [text for _, text in options]
        self.set_name(name)
        self.set_value(value)

    def _add(self, theme: Theme, key: str, text: str) -> None:
        button = QPushButton(on_button(text))
        button.setProperty("kind", "segment")
        button.setFont(theme.font())
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.clicked.connect(self.changed)
        button.toggled.connect(
            lambda on: button.raise_() if on else None
        )  # its border covers its neighbours'
        self._group.addButton(button)
        self._buttons[key] = button
        self.add(button)

    def value(self) -> str | None:
        """The value chosen, or None."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), None)

    def set_value(self, value: str | None) -> None:
        """Choose without a signal; None chooses nothing."""
        self._group.setExclusive(False)
        for key, button in self._buttons.items():
            button.setChecked(key == value)
        self._group.setExclusive(True)

    def button(self, value: str) -> QPushButton:
        """The button of a value."""
        return self._buttons[value]

    def buttons(self) -> list[QPushButton]:
        """All buttons, in order."""
        return list(self._buttons.values())

    def _round(self, *, upright: bool) -> None:
        """Round the outer corners of the row or the column."""
        first, last = ("top", "bottom") if upright else ("first", "last")
        buttons = self.buttons()
        for number, button in enumerate(buttons):
            place = first if number == 0 else last if number == len(buttons) - 1 else "middle"
            place = "only" if len(buttons) == 1 else place
            if button.property("place") != place:
                button.setProperty("place", place)
                repolish(button)

    def set_name(self, name: str) -> None:
        """Tell assistive technology what is chosen, at the group and at each choice."""
        self.setAccessibleName(name)
        for button, words in zip(self.buttons(), self._words, strict=True):
            button.setAccessibleName(f"{name}: {words}" if name else words)

    def is_upright(self) -> bool:
        """Whether the choices stand one below the other."""
        return self.is_wrapped()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._round(upright=self.is_upright())
