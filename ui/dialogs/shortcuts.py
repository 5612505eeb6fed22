"""The list of keys."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.widgets.ask import hide_from, window_title
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.text import Label
from ui.words import translate


def keys() -> list[tuple[str, str]]:
    """Keys and what they do."""
    return [
        ("Ctrl+1 \u2026 5", translate("shortcuts", "Places")),
        ("Ctrl+K", translate("shortcuts", "Find a case")),
        ("Ctrl+F", translate("shortcuts", "Filter the list")),
        ("Ctrl+N", translate("shortcuts", "New case")),
        ("Ctrl+S", translate("shortcuts", "Save")),
        ("Ctrl+Z", translate("shortcuts", "Undo")),
        ("Ctrl+Enter", translate("shortcuts", "Submit a referral, approve it")),
        ("Alt+Up, Alt+Down", translate("shortcuts", "Section before, section after")),
        ("Ctrl+O", translate("shortcuts", "Read bundles")),
        ("F6", translate("shortcuts", "Next region")),
        ("Esc", translate("shortcuts", "Back")),
        ("Ctrl+L", translate("shortcuts", "Lock")),
        ("Ctrl+Q", translate("shortcuts", "Quick hide")),
    ]


class Shortcuts(QDialog):
    """Escape closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(window_title())
        title = translate("shortcuts", "Keys")
        self.setAccessibleName(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        for number, (key, text) in enumerate(keys()):
            grid.addWidget(KeyHint(theme, QKeySequence(key).toString() or key), number, 0)
            grid.addWidget(Label(theme, text), number, 1)
        close = Button(theme, translate("shortcuts", "Close"), "primary")
        close.clicked.connect(self.accept)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(14)
        box.addWidget(Label(theme, title, "title"))
        box.addLayout(grid)
        box.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        close.setFocus()
        hide_from(self)
