"""A question on a form: label above, answer, error and help below; and answers kept as dots until asked for."""

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ctcase.model.values import Value
from ui.theme.theme import Theme
from ui.widgets.buttons import Button
from ui.widgets.editors import Editor, WritingEditor
from ui.widgets.frames import ErrorLine
from ui.widgets.text import IconLabel, Label

DOTS = "\u2022" * 12
"""Always as many: their number tells nothing."""


class SensitiveEditor(Editor):
    """Holds an answer back: dots until the person asks. The one who listens to `asked` records it and reveals.

    The answer is not in any control before that, so that no screen reader or field inspector finds it.
    """

    asked = Signal()

    def __init__(self, theme: Theme, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._held: Value = None
        self._name = ""
        self._dots = QLineEdit(DOTS)
        self._dots.setFont(theme.font())
        self._dots.setReadOnly(True)
        self.show_button = Button(theme, QCoreApplication.translate("widgets", "Show"), "ghost", "eye")
        self.show_button.clicked.connect(self.asked)
        self._cover = QWidget(self)
        editor.setParent(self)
        row = QHBoxLayout(self._cover)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._dots, 1)
        row.addWidget(self.show_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._cover)
        box.addWidget(editor)
        editor.changed.connect(self.changed)
        editor.finished.connect(self.finished)
        self.set_value(None)

    @property
    def is_masked(self) -> bool:
        """Whether the answer is held back."""
        return not self._cover.isHidden()

    def value(self) -> Value:
        return self._held if self.is_masked else self._editor.value()

    def set_value(self, value: Value) -> None:
        """Hold an answer back; where there is none, there is nothing to hide."""
        self._held = value
        masked = value is not None
        self._editor.set_value(None)
        self._cover.setVisible(masked)
        self._editor.setVisible(not masked)
        self.setFocusProxy(self.show_button if masked else self._editor)

    def reveal(self) -> None:
        """Show the answer, after the reading was recorded."""
        if not self.is_masked:
            return
        had_focus = self.show_button.hasFocus() or self._dots.hasFocus()
        self._editor.set_value(self._held)
        self._held = None
        self._cover.hide()
        self._editor.show()
        self.setFocusProxy(self._editor)
        if had_focus:
            self._editor.setFocus()

    def hold_back(self) -> None:
        """Hold back again what is shown."""
        self.set_value(self.value())

    def undo_to(self, value: Value) -> None:
        if not self.is_masked:
            self._editor.undo_to(value)

    def control(self) -> QWidget:
        return self.show_button if self.is_masked else self._editor.control()

    def set_error(self, wrong: bool) -> None:
        self._editor.set_error(wrong)

    def set_read_only(self, read_only: bool) -> None:
        """Take no answers; asking to see the answer stays possible."""
        self._editor.set_read_only(read_only)

    def set_name(self, name: str) -> None:
        self._editor.set_name(name)
        hidden = QCoreApplication.translate("widgets", "hidden answer")
        self._dots.setAccessibleName(f"{name}: {hidden}")
        self.show_button.setAccessibleName(f"{self.show_button.text()}: {name}")


class _Words(Label):
    """A label that others follow in its line: as wide as its words, and not wider; it wraps only where it has to."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(theme, text, "label", wrap=True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Minimum)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(super().text()) + 2
        return QSize(width, self.heightForWidth(width))


class Field(QWidget):
    """A label, an editor, and what there is to say about the answer. An error never stops saving."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        editor: Editor,
        *,
        help_text: str = "",
        required: bool = False,
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`note` stands at the end of the label's line; a sensitive editor brings its own."""
        super().__init__(parent)
        self.editor = editor
        self._help = Label(theme, help_text, "caption", "text2", wrap=True, parent=self)
        self._help.setVisible(bool(help_text))
        self._error = ErrorLine(theme)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(self._head(theme, label, required=required, note=note))
        box.addWidget(editor)
        box.addWidget(self._error)
        box.addWidget(self._help)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        editor.set_name(f"{label}, {self._required}" if required else label)
        self.setFocusProxy(editor)
        self._describe()

    def _head(self, theme: Theme, label: str, *, required: bool, note: str) -> QHBoxLayout:
        self._required = QCoreApplication.translate("widgets", "required")
        sensitive = isinstance(self.editor, SensitiveEditor)
        if sensitive and not note:
            note = QCoreApplication.translate("widgets", "Reading is recorded")
        head = QHBoxLayout()
        head.setSpacing(8)
        words = _Words(theme, label) if required or note else Label(theme, label, "label", wrap=True)
        head.addWidget(words)
        if required:
            head.addWidget(Label(theme, self._required, "caption", "text2"))
        if required or note:
            head.addStretch(1)
        if sensitive:
            head.addWidget(IconLabel(theme, "lock", "text2", 14))
        if note:
            head.addWidget(Label(theme, note, "caption", "text2"))
        return head

    def set_error(self, sentence: str) -> None:
        """Mark the answer and say why and how to mend it; nothing takes the mark away."""
        self._error.set_sentence(sentence)
        self.editor.set_error(bool(sentence))
        self._describe()

    def error(self) -> str:
        """The sentence shown, or nothing."""
        return self._error.sentence()

    def _describe(self) -> None:
        parts = (self._error.sentence(), self._help.text())
        description = " ".join(part for part in parts if part)
        self.editor.control().setAccessibleDescription(description)
        if isinstance(self.editor, WritingEditor):
            self.editor.more.setAccessibleDescription(description)
