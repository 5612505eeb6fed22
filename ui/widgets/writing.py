"""Editors to write in: a line, several lines, a date known in full or in part, and a passphrase."""

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from ctcase.model.values import Missing, Value
from ui.theme.theme import Theme
from ui.widgets.buttons import IconButton
from ui.widgets.dates import DateProblem, read_date, show_date
from ui.widgets.editors import WritingEditor, not_answered
from ui.widgets.text import isolate


class TextEditor(WritingEditor):
    """One line of text; it takes the direction of what is written in it."""

    def __init__(self, theme: Theme, *, placeholder: str = "", parent: QWidget | None = None) -> None:
        self._line = QLineEdit()
        self._line.setFont(theme.font())
        self._line.setPlaceholderText(placeholder or not_answered())
        super().__init__(theme, self._line, parent)
        self._line.textEdited.connect(lambda _text: self.changed.emit())
        self._line.editingFinished.connect(self.finished)
        self._line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._line and _is_undo(event) and not self._line.isUndoAvailable():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def line(self) -> QLineEdit:
        """The line itself."""
        return self._line

    def written(self) -> Value:
        return self._line.text() or None

    def write(self, value: Value) -> None:
        self._line.setText("" if value is None else str(value))

    def undo_to(self, value: Value) -> None:
        written, place = self._line.text(), self._line.cursorPosition()
        self.write(None if isinstance(value, Missing) else value)
        if self._line.text() != written:
            self._line.selectAll()
            self._line.insert(written)
        self._line.setCursorPosition(place)


class NumberEditor(TextEditor):
    """A whole number, digits of any script; what is not a number stays as typed and is not lost."""

    def written(self) -> Value:
        text = self._line.text().strip()
        return int(text) if text.isdecimal() and len(text) <= 15 else text or None


class LongTextEditor(WritingEditor):
    """Several lines; Tab leaves the field; it takes the direction of what is written and grows with it."""

    def __init__(
        self, theme: Theme, *, placeholder: str = "", lines: int = 3, parent: QWidget | None = None
    ) -> None:
        self._text = QPlainTextEdit()
        self._text.setFont(theme.font())
        self._text.setPlaceholderText(placeholder or not_answered())
        self._text.setTabChangesFocus(True)
        self._rtl: bool | None = None
        self._default_rtl = theme.rtl
        self._line_height, self._lines = theme.line(), lines
        super().__init__(theme, self._text, parent)
        self._text.textChanged.connect(self._typed)
        self._text.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._turn()
        self._grow()
        self._text.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._text and event.type() == QEvent.Type.FocusOut:
            self.finished.emit()
        if watched is self._text and _is_undo(event) and not self._text.document().isUndoAvailable():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._turn()
        self.changed.emit()

    def _turn(self) -> None:
        """Take the direction of the first word, or of the window while nothing is written."""
        text = self._text.toPlainText()
        rtl = _reads_rtl(text) if text else self._default_rtl
        if rtl == self._rtl:
            return
        self._rtl = rtl
        directions, sides = Qt.LayoutDirection, Qt.AlignmentFlag
        option = QTextOption(sides.AlignAbsolute | (sides.AlignRight if rtl else sides.AlignLeft))
        option.setTextDirection(directions.RightToLeft if rtl else directions.LeftToRight)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        with QSignalBlocker(self._text):
            self._text.document().setDefaultTextOption(option)

    def _grow(self) -> None:
        """As high as the text, within bounds."""
        lines = round(self._text.document().size().height())
        self._text.setFixedHeight(min(max(lines, self._lines), 12) * self._line_height + 20)

    def written(self) -> Value:
        return self._text.toPlainText() or None

    def write(self, value: Value) -> None:
        with QSignalBlocker(self._text):
            self._text.setPlainText("" if value is None else str(value))
        self._turn()

    def undo_to(self, value: Value) -> None:
        written, cursor = self._text.toPlainText(), self._text.textCursor()
        place = cursor.position()
        self.write(None if isinstance(value, Missing) else value)
        with QSignalBlocker(self._text):
            if self._text.toPlainText() != written:
                cursor.select(QTextCursor.SelectionType.Document)
                cursor.insertText(written)
            cursor.setPosition(place)
            self._text.setTextCursor(cursor)
        self._turn()


class DateEditor(TextEditor):
    """A date, a month or a year, typed as people write it; what cannot be read stays as typed."""

    def __init__(
        self, theme: Theme, months: Sequence[str], *, placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        """`months` are the twelve names in the language of the window."""
        example = QCoreApplication.translate("widgets", "Day, month or year")
        super().__init__(theme, placeholder=placeholder or example, parent=parent)
        self._months = tuple(months)
        self._line.editingFinished.connect(self._tidy)

    def written(self) -> Value:
        text = self._line.text().strip()
        read = read_date(text, self._months)
        return (read if isinstance(read, str) else text) or None

    def write(self, value: Value) -> None:
        self._line.setText("" if value is None else show_date(str(value), self._months))

    def problem(self) -> str:
        """One sentence on why the text is no date, with the likely fix; empty where all is well."""
        read = read_date(self._line.text(), self._months)
        if isinstance(read, str):
            return ""
        return _sentence(read, self._months)

    def _tidy(self) -> None:
        read = read_date(self._line.text(), self._months)
        if isinstance(read, str):
            self._line.setText(show_date(read, self._months))


def _is_undo(event: QEvent) -> bool:
    """Whether a control is asked if it wants the key of undo; while it has nothing to take back, the page gets it."""
    wanted = event.type() == QEvent.Type.ShortcutOverride
    return wanted and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)


def _reads_rtl(text: str) -> bool:
    """Whether the first letter with a direction goes from right to left (Unicode bidi, rule P2)."""
    strong = (unicodedata.bidirectional(char) for char in text)
    return next((kind != "L" for kind in strong if kind in {"L", "R", "AL"}), False)


def _sentence(problem: DateProblem, months: Sequence[str]) -> str:
    if problem.kind == "day":
        name, days = isolate(months[problem.month - 1]), isolate(str(problem.days))
        words = QCoreApplication.translate("widgets", "{month} has {days} days. Did you mean {days} {month}?")
        return words.replace("{month}", name).replace("{days}", days)
    if problem.kind == "month":
        return QCoreApplication.translate("widgets", "There are twelve months. Write day, month, year.")
    return QCoreApplication.translate(
        "widgets", "Write a date, a month or a year, such as 8.3.1999, 3.1999 or 1999."
    )


class PassphraseEdit(QWidget):
    """A passphrase, in dots until the eye is pressed; it offers no absent answers and keeps no history."""

    submitted = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setFont(theme.font())
        self.line.setAccessibleName(name)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.line.returnPressed.connect(self.submitted)
        self.eye = IconButton(theme, "eye", "")
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.eye)
        self.setFocusProxy(self.line)
        self._show(False)

    def _show(self, shown: bool) -> None:
        modes = QLineEdit.EchoMode
        self.line.setEchoMode(modes.Normal if shown else modes.Password)
        hide, show = (
            QCoreApplication.translate("widgets", "Hide the passphrase"),
            QCoreApplication.translate("widgets", "Show the passphrase"),
        )
        self.eye.set_face("eye-off" if shown else "eye", hide if shown else show)

    def text(self) -> str:
        """The passphrase as typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget it and go back to dots."""
        self.line.clear()
        self.eye.setChecked(False)
