"""The one kind of dialog: for what cannot be undone or leaves the vault."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.widgets.buttons import Button, Kind
from ui.widgets.focus import FocusRing
from ui.widgets.text import Label


def window_title() -> str:
    """The title of every window and dialog: it never says what the program is for."""
    return QCoreApplication.translate("Privacy", "Workspace")


def hide_from(dialog: QDialog) -> None:
    """Let the keys of quick hide work in a dialog too: it is answered with the safe way out, and the window hides."""

    def hide() -> None:
        parent = dialog.parentWidget()
        wanted = getattr(parent.window(), "quick_hide", None) if parent is not None else None
        dialog.reject()
        if callable(wanted):
            wanted()

    QShortcut(QKeySequence("Ctrl+Q"), dialog).activated.connect(hide)


class AskDialog(QDialog):
    """A question, what follows from it, and two verbs. Escape and closing mean the safe one."""

    def __init__(
        self,
        theme: Theme,
        question: str,
        explanation: str,
        verb: str,
        stay: str,
        *,
        kind: Kind = "primary",
        parent: QWidget | None = None,
    ) -> None:
        """`verb` names the act ("Delete the draft"), `stay` the safe way out ("Keep it"); `kind` is of the act."""
        super().__init__(parent)
        self._theme = theme
        self._ring: FocusRing | None = None
        self.setWindowTitle(window_title())
        self.setAccessibleName(question)
        self.setAccessibleDescription(explanation)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.act, self.stay = Button(theme, verb, kind), Button(theme, stay)
        self.act.clicked.connect(self.accept)
        self.stay.clicked.connect(self.reject)
        buttons = self.buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.stay)
        buttons.addWidget(self.act)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(12)
        box.addWidget(Label(theme, question, "heading", wrap=True))
        box.addWidget(Label(theme, explanation, "body", "text2", wrap=True))
        box.addLayout(self.body)
        box.addSpacing(4)
        box.addLayout(buttons)
        self.setMinimumWidth(min(theme.px(420), 760))
        hide_from(self)
        default = self.stay if kind == "danger" else self.act
        default.setDefault(True)
        default.setFocus()

    def event(self, event: QEvent, /) -> bool:
        if event.type() == QEvent.Type.Show and self._ring is None:
            self._ring = _ring(self._theme, self)
            self.activateWindow()  # without a window manager nobody else does
            layout = self.layout()
            if layout is not None:  # what Qt guesses for words that wrap is higher than they are
                layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
                self.setMinimumHeight(0)
                self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        return super().event(event)


def _ring(theme: Theme, window: QWidget) -> FocusRing | None:
    app = QApplication.instance()
    return FocusRing(theme, window, app) if isinstance(app, QApplication) else None


def ask(dialog: AskDialog) -> bool:
    """Show the question and wait; True only for the act."""
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    parent = dialog.parentWidget()
    if parent is not None:
        parent.window().activateWindow()
    dialog.deleteLater()  # its words may be of a case, and its parent stays
    return accepted
