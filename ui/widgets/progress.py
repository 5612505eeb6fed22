"""Progress in place: nothing for a moment, then a bar with what, how much, and a way to stop."""

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.widgets.buttons import Button
from ui.widgets.text import ElidedLabel, Label

DELAY_MS = 400


class Progress(QWidget):
    """Hidden until work has lasted longer than the delay; a sum that is not known shows words and no bar."""

    cancelled = Signal()

    def __init__(self, theme: Theme, *, delay_ms: int = DELAY_MS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = ElidedLabel(theme, "", "label")
        self._how_much = Label(theme, "", "caption", "text2")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel = Button(theme, QCoreApplication.translate("widgets", "Cancel"))
        self.cancel.clicked.connect(self._cancel)
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._what, 1)
        words.addWidget(self._how_much)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(words)
        column.addWidget(self._bar)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addLayout(column, 1)
        line.addWidget(self.cancel)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self.show)
        self.hide()

    def begin(self, what: str) -> None:
        """Work has begun; it is shown if it is still going on after the delay."""
        self._what.setText(what)
        self._bar.setAccessibleName(what)
        self.cancel.setEnabled(True)
        self.report(0, 0, "")
        self._timer.start()

    def report(self, done: int, total: int, how_much: str) -> None:
        """How far it is; `how_much` are the words, such as "37 of 120"; a total of 0 is not known."""
        self._bar.setVisible(total > 0)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done if total else 0)
        self._how_much.setText(how_much)
        self._bar.setAccessibleDescription(how_much)

    def finish(self) -> None:
        """Work is over, done or not."""
        self._timer.stop()
        self.hide()

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.cancelled.emit()
