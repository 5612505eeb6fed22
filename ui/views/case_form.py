"""One section of a form: its fields in one or two columns, what is wrong under each, and what is shown when."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.model import forms
from ctcase.model.forms import Field as Question
from ctcase.model.forms import Section
from ctcase.model.values import Value
from ui.desk import Desk
from ui.models.draft import CaseDraft
from ui.views.case_sections import heading
from ui.views.editors import field_for, is_wide, problem_of
from ui.views.parts import column
from ui.widgets.field import Field, SensitiveEditor

TWO_COLUMNS = 520  # px at 100 %: the least width for two


class SectionForm(QWidget):
    """Edits go into the draft at once; what is wrong is said when the person leaves the field."""

    edited = Signal()
    asked = Signal(str, str, object)
    """Record and category of a sensitive answer that is wanted, and the editor to reveal once that is recorded."""

    def __init__(self, desk: Desk, section: Section, draft: CaseDraft, *, read_only: bool) -> None:
        super().__init__()
        self._theme = desk.theme
        self._texts = desk.texts
        self._section = section
        self._draft = draft
        self._columns = 0
        self._last = ""
        self._saved: dict[str, Value] = {}
        self.fields: dict[str, Field] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(14)
        for question in section.fields:
            field = self.fields[question.key] = field_for(desk.theme, desk.texts, question)
            field.editor.set_read_only(read_only)
            self._listen(question, field)
        texts = desk.texts
        title = forms.say(section.title, texts.language)
        self.setAccessibleName(title)
        head = heading(desk, title, forms.say(section.help, texts.language))
        self.setLayout(column(head, self._grid, 0, gap=14, margins=(20, 12, 20, 16)))
        self._place(2)
        self.load()

    def _listen(self, question: Question, field: Field) -> None:
        editor, key = field.editor, question.key
        editor.changed.connect(lambda: self._edit(key))
        editor.finished.connect(lambda: self._judge(key))
        if isinstance(editor, SensitiveEditor):
            editor.asked.connect(lambda: self.asked.emit(question.record, question.category, editor))

    def load(self, only: str = "") -> None:
        """Show the answers of the draft, where they differ from what is shown; go to the one that is asked for."""
        for key, field in self.fields.items():
            value, saved = self._draft.value(key), self._draft.of_vault(key)
            if only in {"", key} and not _same(field.editor.value(), value):
                self._put(field, value)
                self._judge(key)
            if not _same(saved, self._saved.get(key)):
                self._saved[key] = saved
                field.editor.undo_to(saved)
        self._show_and_hide()
        if only:
            self._last = only if only in self.fields else self._last
            self.focus_last()

    def _put(self, field: Field, value: Value) -> None:
        """Show an answer; what was shown on request stays shown."""
        editor = field.editor
        shown = isinstance(editor, SensitiveEditor) and not editor.is_masked and editor.value() is not None
        editor.set_value(value)
        if shown and isinstance(editor, SensitiveEditor):
            editor.reveal()

    def focus_last(self) -> None:
        """Go to where something was written last, or to the beginning."""
        shown = {key: field for key, field in self.fields.items() if not field.isHidden()}
        wanted = shown.get(self._last) or next(iter(shown.values()), None)
        if wanted is not None:
            wanted.setFocus()

    def _edit(self, key: str) -> None:
        self._last = key
        self._draft.edit(key, self.fields[key].editor.value())
        if self.fields[key].error():
            self._judge(key)
        self._show_and_hide()
        self.edited.emit()

    def _judge(self, key: str) -> None:
        """Say what is wrong; it never stops saving the rest."""
        field = self.fields[key]
        code = self._draft.problem(key) if self._draft.is_unsaved else None
        sentence = problem_of(field.editor, code)
        if field.error() != sentence:
            field.set_error(sentence)
            self.edited.emit()

    def _show_and_hide(self) -> None:
        for question in self._section.fields:
            field = self.fields[question.key]
            shown = self._draft.is_shown(question.shown_when)
            if field.isHidden() == shown:
                field.setVisible(shown)

    def _place(self, columns: int) -> None:
        """Lay the fields out; long texts take the whole width."""
        if columns == self._columns:
            return
        self._columns = columns
        for field in self.fields.values():
            self._grid.removeWidget(field)
        line = at = 0
        for question in self._section.fields:
            wide = columns == 1 or is_wide(self._texts, question)
            if wide and at:
                line, at = line + 1, 0
            self._grid.addWidget(
                self.fields[question.key], line, at, 1, columns if wide else 1, Qt.AlignmentFlag.AlignTop
            )
            line, at = (line + 1, 0) if wide or at == columns - 1 else (line, at + 1)
        for number in range(2):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if self.width() >= self._theme.px(TWO_COLUMNS) else 1)


def _same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and one == other
