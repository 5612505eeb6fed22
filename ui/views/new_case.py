"""A new case: a working name and what is known at once. Cases that may be of the same person are shown before saving."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.app import cases
from ctcase.app.results import CaseAdded, Similar
from ctcase.errors import CtcaseError
from ctcase.model import forms
from ctcase.model.values import Missing, Value
from ui import words
from ui.desk import Desk, hold
from ui.models.unfinished import MADE, State
from ui.views.editors import field_for, problem_of, short_line
from ui.views.parts import Page, Slot, column, holder
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.editors import Editor
from ui.widgets.field import Field, SensitiveEditor
from ui.widgets.frames import Banner, Card
from ui.widgets.text import isolate

ASKED = (
    "person.first_name",
    "person.second_name",
    "person.birth_date",
    "person.gender",
    "person.citizenship",
)


def plain(value: Value) -> Any:
    """A value as a case file has it."""
    if isinstance(value, Missing):
        return {"missing": value.missing}
    return list(value) if isinstance(value, tuple) else value


class NewCase(Page):
    """Everything may stay open; the case is there as soon as it is saved."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "", "")
        self.set_title(self.tr("New case"))
        self.set_subtitle(self.tr("Everything can be added later. Nothing here is required."))
        self.alias = short_line(desk.theme)
        help_text = self.tr("A word of your own choice, never taken from the real name.")
        self._alias = Field(desk.theme, self.tr("Alias"), self.alias, help_text=help_text)
        self.fields = {
            key: field_for(desk.theme, desk.texts, desk.texts.fields[key])
            for key in ASKED
            if key in desk.texts.fields
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        for number, field in enumerate((self._alias, *self.fields.values())):
            grid.addWidget(field, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
            field.editor.finished.connect(self._look)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        card = Card(desk.theme)
        card.body.addLayout(grid)
        self._alike = Slot()
        self.body.addWidget(holder(column(self._alike, card, 0, gap=12)), 1)
        self.save = Button(desk.theme, self.tr("Make the case"), "primary", "check", shortcut="Ctrl+S")
        self.cancel = Button(desk.theme, self.tr("Back to the list"), "ghost", "arrow-left")
        self.discard = Button(desk.theme, self.tr("Discard it"), "ghost")
        self.discard.clicked.connect(self._discard)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.discard)
        self.foot.addStretch(1)
        self.foot.addWidget(self.save)
        self.foot.addWidget(KeyHint(desk.theme, "Ctrl+S"))
        self.show_foot(True)
        self._seen: set[str] = set()
        self._looked: dict[str, Any] = {}
        self.save.clicked.connect(self._check)
        self.cancel.clicked.connect(desk.back)
        self.setFocusProxy(self.alias)
        self._put_back(desk.unfinished.get("case", ""))
        for editor in self._editors().values():
            editor.changed.connect(self._edited)

    def _editors(self) -> dict[str, Editor]:
        return {"alias": self.alias, **{key: field.editor for key, field in self.fields.items()}}

    def state(self) -> State:
        """What was written so far."""
        found = {name: editor.value() for name, editor in self._editors().items()}
        return {name: value for name, value in found.items() if value is not None}

    def _put_back(self, state: State) -> None:
        """Show what was written before; who wrote it knows it, so nothing of it is dots."""
        for name, editor in self._editors().items():
            if name in state:
                editor.set_value(state[name])
            if isinstance(editor, SensitiveEditor):
                editor.reveal()
        self.discard.setVisible(bool(state))

    def _edited(self) -> None:
        self._alias.set_error("")
        state = self.state()
        self.discard.setVisible(bool(state))
        self.desk.keep("case", "", state)

    def _discard(self) -> None:
        self.desk.keep("case", "", {})
        self.desk.back.emit()

    def document(self) -> dict[str, Any]:
        """What was written, as a case file."""
        person: dict[str, Any] = {}
        for key, field in self.fields.items():
            value = field.editor.value()
            if value is not None and not self._wrong(key, value):
                person[key.partition(".")[2]] = plain(value)
        return {"alias": self.alias.value() or None, "person": person, "case": {}}

    def _wrong(self, key: str, value: Value) -> bool:
        texts = self.desk.texts
        code = forms.check_value(texts.fields[key], value, texts.codelists)
        self.fields[key].set_error(problem_of(self.fields[key].editor, code))
        return code is not None

    def _look(self) -> None:
        """Look for the same person as soon as something is written."""
        document = self.document()
        if document["person"] and document != self._looked:
            self._looked = document
            self.desk.worker.ask(
                self,
                lambda session, _p: cases.similar_cases(session, document),
                self._show,
                lambda error: None if self._say_wrong(error) else self.desk.refuse(error),
            )

    def _show(self, alike: list[Similar]) -> None:
        self._seen |= {one.code for one in alike}
        self._alike.put(self._banner(alike) if alike else None)

    def _banner(self, alike: list[Similar]) -> QWidget:
        lines = [f"{isolate(one.code)}: {words.likeness(one.why)}" for one in alike]
        actions = []
        for one in alike[:3]:
            button = Button(self.theme, words.fill(self.tr("Open {code}"), code=one.code))
            button.clicked.connect(lambda _on=False, code=one.code: self.desk.go("case", code))
            actions.append(button)
        return Banner(
            self.theme,
            "warn",
            self.tr("This person may be here already."),
            words.join_words(lines) + ".",
            next_step=self.tr("Look first; if it is somebody else, make the case all the same."),
            actions=actions,
        )

    def _check(self) -> None:
        """Show cases alike that were not shown yet; else save."""
        document, answers = self.document(), self.state()
        seen = set(self._seen)  # what comes up while this is being asked was not seen yet

        def judged(alike: list[Similar]) -> None:
            fresh = {one.code for one in alike} - seen
            self._show(alike)
            if fresh:
                self.save.say(self.tr("Make the case all the same"))
            else:
                self._add(document, answers)

        job = self.desk.worker.ask(
            self, lambda session, _p: cases.similar_cases(session, document), judged, self._refused
        )
        hold(job, self.save)

    def _add(self, document: dict[str, Any], answers: State) -> None:
        """Make the case; what is wrong, or typed since, waits in its form as not saved."""
        texts = self.desk.texts
        taken = {key: value for key, value in answers.items() if key.partition(".")[2] in document["person"]}

        def left(added: CaseAdded, state: State) -> State:
            here = {key: value for key, value in state.items() if key in texts.fields}
            rest = {key: value for key, value in here.items() if value != taken.get(key)}
            return {MADE: added.entry, **rest}

        job = self.desk.finish(
            self,
            ("case", ""),
            lambda session, _p: cases.add_case(session, document),
            self._added,
            self._refused,
            left,
        )
        hold(job, self.save)

    def _refused(self, error: CtcaseError) -> None:
        """Go to the answer that cannot be kept; what is no answer's fault is told in a notice."""
        wrong = self._say_wrong(error)
        if wrong is None:
            self.desk.refuse(error)
        else:
            wrong.setFocus()

    def _say_wrong(self, error: CtcaseError) -> Field | None:
        """Say beside a question that its answer cannot be kept, and which it is."""
        wrong = {"case.alias": self._alias, **self.fields}.get(str(error.details.get("field")))
        if wrong is not None:
            wrong.set_error(words.problem(str(error.details.get("reason"))))
        return wrong

    def _added(self, added: CaseAdded) -> None:
        self.desk.go("case", added.entry)
