"""What the client said about sharing, as it is written down. Nothing is chosen before a person chooses it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.model.values import Value
from ui import words
from ui.desk import Desk
from ui.models.coverage import KIND
from ui.models.unfinished import State
from ui.views.editors import short_line
from ui.views.parts import column, row
from ui.widgets.buttons import Button
from ui.widgets.choosing import ChoiceEditor, PillsEditor, SegmentsEditor
from ui.widgets.editors import Editor
from ui.widgets.field import Field
from ui.widgets.frames import Card, ErrorLine
from ui.widgets.text import Label
from ui.widgets.ticking import several
from ui.widgets.writing import DateEditor, LongTextEditor
from ui.words import months, options_of


class Recipients(Editor):
    """Agencies and kinds of agencies of the directory, and one more by its name."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        agencies = [(one.id, one.name) for one in desk.known.agencies]
        kinds = sorted({one.kind for one in desk.known.agencies if one.kind})
        kind_words = self.tr("Every {kind}")
        options = agencies + [
            (KIND + one, words.fill(kind_words, kind=words.agency_kind(one))) for one in kinds
        ]
        self._known = {key for key, _ in options}
        self.agencies = several(desk.theme, options, absent=False)
        if not options:
            self.agencies.hide()
        self.other = short_line(desk.theme, self.tr("Name of another agency"))
        self.other.set_name(self.tr("Another agency"))
        self.setLayout(column(self.agencies, self.other, gap=6))
        for part in (self.agencies, self.other):
            part.changed.connect(self.changed)
            part.finished.connect(self.finished)

    def value(self) -> tuple[str, ...] | None:
        other = str(self.other.value() or "").strip()
        return (*_many(self.agencies.value()), *([other] if other else [])) or None

    def set_value(self, value: Value) -> None:
        found = _many(value)
        self.agencies.set_value(tuple(one for one in found if one in self._known) or None)
        self.other.set_value(next((one for one in found if one not in self._known), None))

    def control(self) -> QWidget:
        return self.other.control() if self.agencies.isHidden() else self.agencies.control()

    def set_name(self, name: str) -> None:
        self.agencies.set_name(name)

    def set_error(self, wrong: bool) -> None:
        (self.other if self.agencies.isHidden() else self.agencies).set_error(wrong)


class ConsentForm(Card):
    """Says beside each question what is missing; what was written so far can be read and put back."""

    saved = Signal(object)
    left = Signal()
    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "")
        theme, texts = desk.theme, desk.texts
        given, refused = self.tr("Given"), self.tr("Refused")
        self.status = SegmentsEditor(theme, [("given", given), ("refused", refused)])
        self.given_by = SegmentsEditor(theme, words.givers())
        self.method = SegmentsEditor(theme, words.methods())
        self.purposes = PillsEditor(theme, words.purposes(), absent=False)
        self.recipients = Recipients(desk)
        self.categories = PillsEditor(theme, words.categories(), absent=False)
        self.date = DateEditor(theme, months(texts.language))
        self.expires = DateEditor(theme, months(texts.language))
        languages = options_of(texts.codelists.get("languages"), texts.language)
        self.language = ChoiceEditor(theme, languages, absent=False)
        self.interpreter, self.witness = short_line(theme), short_line(theme)
        self.note = LongTextEditor(theme, lines=2)
        for editor in (self.date, self.expires, self.note):
            editor.more.hide()
        self.error = ErrorLine(theme)
        self.save = Button(theme, self.tr("Record this answer"), "primary", "check")
        self.cancel = Button(theme, self.tr("Discard it"), "ghost")
        self.fields: dict[str, Field] = {}
        self._build(desk)
        self.save.clicked.connect(self._try)
        self.cancel.clicked.connect(self.left)
        for name, field in self.fields.items():
            field.editor.changed.connect(self.changed)
            field.editor.changed.connect(lambda name=name: self._edited(name))

    def _questions(self) -> dict[str, tuple[str, Editor]]:
        return {
            "status": (self.tr("Answer"), self.status),
            "given_by": (self.tr("Said by"), self.given_by),
            "method": (self.tr("How"), self.method),
            "purposes": (self.tr("What for"), self.purposes),
            "recipients": (self.tr("To whom"), self.recipients),
            "categories": (self.tr("Which kinds of data"), self.categories),
            "date": (self.tr("On which day"), self.date),
            "expires": (self.tr("Until (empty: until withdrawn)"), self.expires),
            "language": (self.tr("In which language"), self.language),
            "interpreter": (self.tr("Interpreter"), self.interpreter),
            "witness": (self.tr("Witness"), self.witness),
            "note": (self.tr("Note"), self.note),
        }

    def _build(self, desk: Desk) -> None:
        needed = self._sentences()
        for name, (label, editor) in self._questions().items():
            self.fields[name] = Field(desk.theme, label, editor, required=name in needed)
        wide = (*needed, "note")
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        line = at = 0
        for name, field in self.fields.items():
            if name in wide:
                line, at = line + at, 0
                grid.addWidget(field, line, 0, 1, 2)
                line += 1
            else:
                grid.addWidget(field, line, at, Qt.AlignmentFlag.AlignTop)
                line, at = (line, 1) if at == 0 else (line + 1, 0)
        self.body.addWidget(Label(desk.theme, self.tr("What the client says"), "heading"))
        self.body.addLayout(grid)
        self.body.addWidget(self.error)
        self.body.addLayout(row(self.cancel, 0, self.save))
        self.setFocusProxy(self.status)

    def _sentences(self) -> dict[str, str]:
        """What is said where one of the answers that have to be there is not."""
        return {
            "status": self.tr("Choose what the client answered."),
            "given_by": self.tr("Choose who said it."),
            "method": self.tr("Choose how it was said."),
            "purposes": self.tr("Choose what for."),
            "recipients": self.tr("Choose to whom. A consent to anybody is none."),
            "categories": self.tr("Choose which kinds of data."),
        }

    def state(self) -> State:
        """What was written so far."""
        found = {name: field.editor.value() for name, field in self.fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    def put_back(self, state: State) -> None:
        """Show what was written before."""
        for name, field in self.fields.items():
            field.editor.set_value(state.get(name))

    def document(self) -> dict[str, Any]:
        """What was written, as a consent file."""
        found = {name: field.editor.value() for name, field in self.fields.items()}
        several = {name: list(_many(found[name])) for name in ("purposes", "recipients", "categories")}
        return {**found, **several, "note": str(found["note"] or "")}

    def _problems(self) -> dict[str, str]:
        """What is missing or wrong, as a sentence for each question; an empty one where all is well."""
        problems = dict.fromkeys(self.fields, "")
        said = self.document()
        problems |= {name: sentence for name, sentence in self._sentences().items() if not said[name]}
        return problems | {"date": self.date.problem(), "expires": self.expires.problem()}

    def _edited(self, name: str) -> None:
        """What was said to be wrong is so no longer than it is."""
        field = self.fields[name]
        if field.error() and field.error() != (sentence := self._problems()[name]):
            field.set_error(sentence)

    def judge(self) -> bool:
        """Say what is missing or wrong beside each question; whether all is well."""
        problems = self._problems()
        for name, field in self.fields.items():
            if field.error() != problems[name]:
                field.set_error(problems[name])
        first = next((name for name in self.fields if problems[name]), None)
        if first is not None:
            self.fields[first].setFocus()
        return first is None

    def _try(self) -> None:
        self.error.set_sentence("")
        if self.judge():
            self.saved.emit(self.document())


def _many(value: object) -> Sequence[str]:
    return value if isinstance(value, tuple) else ()
