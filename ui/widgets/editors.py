"""What all editors of a field share: a value, a mark of error, and the absent answers.

An editor holds a `Value`: an answer, "unknown", "declined", or None while nothing was answered.
"""

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from ctcase.model.values import DECLINED, UNKNOWN, Missing, Value
from ui.theme.theme import Theme
from ui.widgets.buttons import IconButton
from ui.widgets.frames import set_property


def missing_words(value: Missing) -> str:
    """An absent answer in words."""
    if value == UNKNOWN:
        return QCoreApplication.translate("widgets", "Unknown")
    return QCoreApplication.translate("widgets", "Declined to answer")


def not_answered() -> str:
    """What stands where nothing was answered."""
    return QCoreApplication.translate("widgets", "Not answered yet")


class Editor(QWidget):
    """The face that a Field and a form see; `changed` is for what the person did, not for `set_value`."""

    changed = Signal()
    finished = Signal()
    """The person left the control or chose an answer: a good time to validate."""

    def value(self) -> Value:
        """The present answer."""
        raise NotImplementedError

    def set_value(self, value: Value) -> None:
        """Show an answer, without a signal."""
        raise NotImplementedError

    def undo_to(self, value: Value) -> None:
        """Let the control's own undo, if it has one, end at this answer; what stands there stays."""

    def control(self) -> QWidget:
        """The widget that takes the focus and the name of the field."""
        raise NotImplementedError

    def set_error(self, wrong: bool) -> None:
        """Show the border of errors."""
        set_property(self.control(), "error", "true" if wrong else "false")

    def set_name(self, name: str) -> None:
        """Tell assistive technology what is asked."""
        self.control().setAccessibleName(name)

    def set_read_only(self, read_only: bool) -> None:
        """Show without taking answers."""
        self.control().setEnabled(not read_only)


class WritingEditor(Editor):
    """An editor with a control to write in; an absent answer takes the control's place until it is cleared.

    A subclass hands in its control and reads and writes the text of it.
    """

    def __init__(self, theme: Theme, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._missing: Missing | None = None
        self._stand_in = QPushButton(self)
        control.setParent(self)
        self._stand_in.setProperty("kind", "missing")
        self._stand_in.setFont(theme.font())
        self._stand_in.setIcon(theme.icon("circle-question-mark", "idle", 16, gap=4))
        self._stand_in.setIconSize(QSize(theme.px(16) + 4, theme.px(16)))
        self._stand_in.clicked.connect(self._write_again)
        self._stand_in.hide()
        name = QCoreApplication.translate("widgets", "Other answers")
        self.more = IconButton(theme, "ellipsis", name)
        self.more.setMenu(self._make_menu())
        self.more.setFixedHeight(theme.line() + 18)  # level with a control of one line
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(control, 1)
        line.addWidget(self._stand_in, 1)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self._stand_in.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(control)

    def _make_menu(self) -> QMenu:
        # A menu that is the editor's own child would take the editor's focus proxy out of the tab order.
        menu = QMenu(self.more)
        self.actions_by_answer: dict[str, QAction] = {
            "unknown": menu.addAction(missing_words(UNKNOWN), lambda: self._answer(UNKNOWN)),
            "declined": menu.addAction(missing_words(DECLINED), lambda: self._answer(DECLINED)),
        }
        menu.addSeparator()
        clear = QCoreApplication.translate("widgets", "Clear the answer")
        self.actions_by_answer["clear"] = menu.addAction(clear, lambda: self._answer(None))
        return menu

    def _answer(self, value: Missing | None) -> None:
        self.set_value(value)
        (self._stand_in if value is not None else self._control).setFocus()
        self.changed.emit()
        self.finished.emit()

    def _write_again(self) -> None:
        self._answer(None)

    def value(self) -> Value:
        return self._missing if self._missing is not None else self.written()

    def set_value(self, value: Value) -> None:
        self._missing = value if isinstance(value, Missing) else None
        self.write(None if isinstance(value, Missing) else value)
        words = missing_words(self._missing) if self._missing is not None else ""
        self._stand_in.setText(words)
        hint = QCoreApplication.translate("widgets", "Press to write an answer instead.")
        self._stand_in.setAccessibleDescription(hint)
        self._stand_in.setToolTip(hint)
        self._name_stand_in()
        self._stand_in.setVisible(bool(words))
        self._control.setVisible(not words)
        self.setFocusProxy(self._stand_in if words else self._control)

    def control(self) -> QWidget:
        return self._control

    def stand_in(self) -> QPushButton:
        """What shows an absent answer."""
        return self._stand_in

    def set_name(self, name: str) -> None:
        super().set_name(name)
        self._name_stand_in()
        other = QCoreApplication.translate("widgets", "Other answers")
        self.more.setAccessibleName(f"{name}: {other}")

    def _name_stand_in(self) -> None:
        self._stand_in.setAccessibleName(f"{self._control.accessibleName()}: {self._stand_in.text()}")

    def set_read_only(self, read_only: bool) -> None:
        self.more.setVisible(not read_only)
        self._stand_in.setEnabled(not read_only)
        self._control.setProperty("readOnly", read_only)

    def written(self) -> Value:
        """What the control holds."""
        raise NotImplementedError

    def write(self, value: Value) -> None:
        """Put a value in the control, without a signal."""
        raise NotImplementedError
