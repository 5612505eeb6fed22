"""Buttons by their weight in the view, and the sentence that says why one cannot be pressed."""

from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.widgets.text import IconLabel, Label, on_button

Kind = Literal["primary", "secondary", "ghost", "danger"]

INKS: dict[Kind, str] = {
    "primary": "on_accent",
    "secondary": "text",
    "ghost": "accent_text",
    "danger": "danger",
}
ICON_GAP = 4  # px; Qt's own gap is fixed and too narrow


class Button(QPushButton):
    """A verb and its object: "Approve this content". One primary in a view; danger is never the default."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        kind: Kind = "secondary",
        icon: str = "",
        *,
        shortcut: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`icon` is a Lucide name; `shortcut` a portable key sequence, such as Ctrl+Enter."""
        super().__init__(on_button(text), parent)
        self._theme = theme
        self._ink = INKS[kind]
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setFont(theme.font("label" if kind in {"primary", "danger"} else "body"))
        self.setAutoDefault(False)
        if icon:
            self.set_icon(icon)
        if shortcut:
            self.setShortcut(shortcut)

    def set_icon(self, name: str) -> None:
        """Draw another icon before the text."""
        size = 16
        self.setIcon(self._theme.icon(name, self._ink, size, gap=ICON_GAP))
        px = self._theme.px(size)
        self.setIconSize(QSize(px + ICON_GAP, px))

    def say(self, text: str) -> None:
        """Change the words, for the eye and for assistive technology."""
        self.setText(on_button(text))
        self.setAccessibleName(text)


class IconButton(QPushButton):
    """An icon alone, for the eye and the overflow button; its name is its tooltip too."""

    def __init__(
        self, theme: Theme, icon: str, name: str, *, ink: str = "text2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink = ink
        self.setProperty("kind", "icon")
        self.setAutoDefault(False)
        self.set_face(icon, name)
        side = max(24, theme.px(18) + 12)
        self.setFixedWidth(side)
        self.setMinimumHeight(side)

    def set_face(self, icon: str, name: str) -> None:
        """Change icon and name together."""
        px = self._theme.px(18)
        self.setIcon(self._theme.icon(icon, self._ink, 18))
        self.setIconSize(QSize(px, px))
        self.setAccessibleName(name)
        self.setToolTip(name)


class KeyHint(Label):
    """The keys that do the same, in a small sunken box; never mirrored."""

    def __init__(self, theme: Theme, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, keys, "caption", "text2", parent=parent)
        self.setProperty("kind", "key")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class ReasonedButton(QWidget):
    """A button and, while it is disabled, the visible sentence that says why."""

    def __init__(
        self, theme: Theme, button: Button, *, below: bool = False, parent: QWidget | None = None
    ) -> None:
        """`below` puts the sentence under the button instead of beside it."""
        super().__init__(parent)
        self.button = button
        self._reason = QWidget(self)
        line = QHBoxLayout(self._reason)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self._label = Label(theme, "", "caption", "text2", wrap=True)
        line.addWidget(IconLabel(theme, "info", "text2", 14))
        line.addWidget(self._label, 1)
        box = QVBoxLayout(self) if below else QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4 if below else 8)
        box.addWidget(button)
        box.addWidget(self._reason, 1)
        if not below:
            box.addStretch()
        self.set_reason("")

    def set_reason(self, reason: str) -> None:
        """Disable the button and show why; an empty reason enables it."""
        self._label.setText(reason)
        self._reason.setVisible(bool(reason))
        self.button.setEnabled(not reason)
        self.button.setAccessibleDescription(reason)

    def reason(self) -> str:
        """Why the button is disabled, or nothing."""
        return self._label.text()
