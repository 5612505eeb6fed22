"""The editor and the field for a question of a form."""

from ctcase.model import forms
from ctcase.model.forms import Field as Question
from ctcase.model.values import Value
from ui.desk import Texts
from ui.theme.theme import Theme
from ui.widgets.choosing import BooleanEditor, ChoiceEditor
from ui.widgets.editors import Editor
from ui.widgets.field import Field, SensitiveEditor
from ui.widgets.ticking import several
from ui.widgets.writing import DateEditor, LongTextEditor, NumberEditor, TextEditor
from ui.words import months, options_of, problem

FEW = 4
"""Up to so many pills stand in half the width."""


class LinesEditor(LongTextEditor):
    """Several texts, one a line."""

    def written(self) -> Value:
        text = super().written()
        lines = [line.strip() for line in str(text or "").splitlines()]
        return tuple(dict.fromkeys(line for line in lines if line)) or None

    def write(self, value: Value) -> None:
        super().write("\n".join(value) if isinstance(value, tuple) else value)


def _plain_editor(theme: Theme, texts: Texts, question: Question) -> Editor:
    options = options_of(texts.codelists.get(question.list_id or ""), texts.language)
    match question.type:
        case "long_text":
            return LongTextEditor(theme)
        case "texts":
            return LinesEditor(theme)
        case "integer":
            return NumberEditor(theme)
        case "boolean":
            return BooleanEditor(theme)
        case "date":
            return DateEditor(theme, months(texts.language))
        case "choice" | "country" | "language":
            return ChoiceEditor(theme, options)
        case "choices" | "countries" | "languages":
            return several(theme, options)
        case _:
            return TextEditor(theme)


def field_for(theme: Theme, texts: Texts, question: Question, *, masked: bool = True) -> Field:
    """A question as a form shows it; sensitive answers are dots while `masked`."""
    editor = _plain_editor(theme, texts, question)
    if question.sensitive and masked:
        editor = SensitiveEditor(theme, editor)
    return Field(
        theme,
        forms.say(question.label, texts.language),
        editor,
        help_text=forms.say(question.help, texts.language),
        required=question.required,
    )


def problem_of(editor: Editor, code: str | None) -> str:
    """What to say of an answer that is wrong by this code; a date tells the likely fix itself. Nothing without a code."""
    if code is None:
        return ""
    told = editor.problem() if code == "date_invalid" and isinstance(editor, DateEditor) else ""
    return told or problem(code)


def is_wide(texts: Texts, question: Question) -> bool:
    """Whether a field takes the whole width where there are two columns."""
    many = len(options_of(texts.codelists.get(question.list_id or ""), texts.language)) > FEW
    return question.type in {"long_text", "texts"} or (question.type == "choices" and many)


def short_line(theme: Theme, placeholder: str = "") -> TextEditor:
    """A line that is no question of a form: no absent answers, no words where nothing is written."""
    editor = TextEditor(theme)
    editor.line().setPlaceholderText(placeholder)
    editor.more.hide()
    return editor
