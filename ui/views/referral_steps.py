"""The steps of a referral as buttons, and what each asks for before it is done."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ctcase.app.results import OptionShown, ReferralShown, RivalShown
from ctcase.model.values import Value
from ui import words
from ui.desk import Desk
from ui.errors import why_not
from ui.models.unfinished import State
from ui.views.parts import column, row
from ui.widgets.buttons import Button
from ui.widgets.choosing import ChoiceEditor
from ui.widgets.editors import WritingEditor
from ui.widgets.field import Field
from ui.widgets.flow import Flow
from ui.widgets.frames import Card, ErrorLine
from ui.widgets.text import IconLabel, Label
from ui.widgets.writing import DateEditor, LongTextEditor, TextEditor

DANGERS = frozenset({"reject", "withdraw", "discontinue", "decline", "contest"})
PRIMARY = ("approve", "submit", "send", "accept", "complete", "ratify")
"""The first of these that is possible is the page's primary action."""
ASKED = frozenset(
    {"comment", "reason", "date", "channel", "contact", "outcome", "received", "feedback", "keep"}
)
"""What a step can be asked for in place; what else it needs is changed in the form of the referral."""
EVENT = "event"
"""Where the state of a form says which step it is for."""
OPTIONAL = {"send_ahead": (), "accept": ("contact", "date"), "send": ("channel", "date")}
"""What may be said with a step besides what it needs."""


def change_place(shown: ReferralShown) -> str:
    """What the change of a referral is called by, as a page and as an unfinished step: `CASE/REFERRAL`."""
    return f"{shown.case}/{shown.id}"


def _may_change(available: Sequence[OptionShown]) -> bool:
    """Whether other content may be submitted now: consent that is missing for what it says now can be mended."""
    return any(one.event == "submit" and one.why_not in {None, "consent_missing"} for one in available)


def _held_back(desk: Desk, one: OptionShown) -> str:
    """Why a step is not possible as the referral stands; "" if it is."""
    lacks = [need for need in one.needs if need not in ASKED]
    if lacks and one.why_not in {None, "consent_missing"}:
        return still_needed(_term(desk, need) for need in lacks)
    return "" if one.allowed else why_not(one.why_not or "state_forbids")


def _term(desk: Desk, key: str) -> str:
    """What a referral says under a key of its file, or the question of a field without an answer."""
    table = {
        "agency": words.translate("referral", "Agency"),
        "service": words.translate("referral", "Service"),
        "urgency": words.translate("referral", "Answer due"),
        "basis": words.translate("referral", "Legal basis"),
        "fields": words.translate("referral", "What will be shared"),
    }
    return table.get(key) or desk.texts.label(key)


def still_needed(what: Iterable[str]) -> str:
    """What is missing, as a sentence."""
    return words.translate("steps", "Still needed: {what}.").replace("{what}", words.join_words(what))


class Steps(Card):
    """Every event of the table: those possible now, and the others with the reason why not."""

    chosen = Signal(str)
    changing = Signal()
    """Other content is to be submitted."""

    def __init__(self, desk: Desk, available: Sequence[OptionShown], *, begun: bool = False) -> None:
        """`begun`: a change of the content is written and not submitted."""
        super().__init__(desk.theme, words.translate("steps", "Next step"))
        self.buttons: dict[str, Button] = {}
        self.change: Button | None = None
        self.is_changeable = _may_change(available)
        reasons = {one.event: _held_back(desk, one) for one in available}
        allowed = [event for event, reason in reasons.items() if not reason]
        primary = "" if self.is_changeable else next((one for one in PRIMARY if one in allowed), "")
        flow = Flow(gap=8)
        if self.is_changeable or begun:
            flow.add(self._change_button(desk, begun=begun))
        for event in sorted(allowed, key=lambda event: event not in {primary, "submit"}):
            flow.add(self._button(desk, event, primary))
        if not allowed and self.change is None:
            nothing = words.translate("steps", "Nothing is to be done here by you now.")
            self.body.addWidget(Label(desk.theme, nothing, "body", "text2", wrap=True))
        self.body.addWidget(flow)
        held: dict[str, list[str]] = {}
        for event, reason in reasons.items():
            if reason:
                held.setdefault(reason, []).append(event)
        self.later = held.pop(why_not("state_forbids"), [])
        for reason, events in held.items():
            self._not_now(desk, reason, events)

    def other_steps(self, desk: Desk) -> Card:
        """The steps that belong to other states, for the end of the page."""
        card = Card(desk.theme, words.translate("steps", "Steps of other states"))
        self._not_now(desk, why_not("state_forbids"), self.later, card)
        return card

    def _change_button(self, desk: Desk, *, begun: bool) -> Button:
        change = words.translate("steps", "Change and submit")
        go_on = words.translate("steps", "Go on with the change")
        kind = "primary" if self.is_changeable else "secondary"
        self.change = Button(desk.theme, go_on if begun else change, kind, "pencil")  # type: ignore[arg-type]  # one of the kinds
        self.change.clicked.connect(self.changing)
        return self.change

    def _button(self, desk: Desk, event: str, primary: str = "") -> Button:
        kind = "primary" if event == primary else "danger" if event in DANGERS else "secondary"
        as_it_is = event == "submit" and self.is_changeable
        text = words.translate("steps", "Submit as it is") if as_it_is else words.event(event)
        button = self.buttons[event] = Button(desk.theme, text, kind)  # type: ignore[arg-type]  # one of the kinds
        button.clicked.connect(lambda: self.chosen.emit(event))
        return button

    def _not_now(self, desk: Desk, reason: str, events: Sequence[str], card: Card | None = None) -> None:
        """The reason as a sentence, and the buttons it holds back."""
        line = row(
            IconLabel(desk.theme, "info", "text2", 14),
            Label(desk.theme, reason, "caption", "text2", wrap=True),
            gap=6,
        )
        line.setStretch(1, 1)
        flow = Flow(gap=6)
        for event in events:
            button = self._button(desk, event)
            button.setEnabled(False)
            button.setAccessibleDescription(reason)
            flow.add(button)
        (card or self).body.addLayout(column(line, flow, gap=4))


def _editor(desk: Desk, need: str, rivals: Sequence[RivalShown]) -> WritingEditor | ChoiceEditor:
    match need:
        case "date":
            return DateEditor(desk.theme, words.months(desk.texts.language))
        case "keep":
            known = desk.known
            options = [
                (
                    one.entry,
                    f"{words.happened(one.event)}, {known.name(one.member)}, {desk.texts.moment(one.time)}",
                )
                for one in rivals
            ]
            return ChoiceEditor(desk.theme, options, absent=False)
        case "comment" | "reason" | "feedback" | "received":
            return LongTextEditor(desk.theme, lines=2)
        case _:
            return TextEditor(desk.theme)


class StepForm(Card):
    """Asks in place for what a step needs, then says it."""

    said = Signal(str, object)
    """The event, and the event file."""
    left = Signal()
    changed = Signal()

    def __init__(self, desk: Desk, shown: ReferralShown, option: OptionShown) -> None:
        super().__init__(desk.theme, words.event(option.event))
        self._option = option
        self._rivals = frozenset(one.entry for one in shown.rival_steps)
        self._needs = option.needs
        wanted = [*self._needs, *(one for one in OPTIONAL.get(option.event, ()) if one not in self._needs)]
        self.editors: dict[str, WritingEditor | ChoiceEditor] = {}
        for need in wanted:
            editor = self.editors[need] = _editor(desk, need, shown.rival_steps)
            if isinstance(editor, WritingEditor):
                editor.more.hide()
            editor.changed.connect(self.changed)
            self.body.addWidget(Field(desk.theme, words.need(need), editor, required=need in self._needs))
        explanation = _explanation(option.event)
        if explanation:
            self.body.addWidget(Label(desk.theme, explanation, "body", "text2", wrap=True))
        self.error = ErrorLine(desk.theme)
        kind = "danger" if option.event in DANGERS else "primary"
        self.act = Button(desk.theme, words.event(option.event), kind)  # type: ignore[arg-type]  # one of the kinds
        self.cancel = Button(desk.theme, words.translate("steps", "Leave it"), "ghost")
        self.body.addWidget(self.error)
        self.body.addLayout(row(self.cancel, 0, self.act))
        self.act.clicked.connect(self._say)
        self.cancel.clicked.connect(self.left)

    def state(self) -> dict[str, Value]:
        """What was written so far, and for which step."""
        found = {need: editor.value() for need, editor in self.editors.items()}
        written = {need: value for need, value in found.items() if value is not None}
        return {**written, EVENT: self._option.event} if written else {}

    def put_back(self, state: State) -> None:
        """Show what was written before."""
        for need, editor in self.editors.items():
            if need in state and (need != "keep" or state[need] in self._rivals):
                editor.set_value(state[need])

    def start(self) -> None:
        """Put the cursor where it belongs."""
        first: QWidget = next(iter(self.editors.values()), self.act)
        first.setFocus()

    def _say(self) -> None:
        document: Mapping[str, Any] = {
            need: str(editor.value() or "") or None for need, editor in self.editors.items()
        }
        missing = [words.need(need) for need in self._needs if not document.get(need)]
        date = self.editors.get("date")
        problem = date.problem() if isinstance(date, DateEditor) else ""
        if missing:
            problem = still_needed(missing)
        self.error.set_sentence(problem)
        if not problem:
            self.said.emit(self._option.event, {key: value for key, value in document.items() if value})

    def refuse(self, sentence: str) -> None:
        """Say why it was not done; what was written stays."""
        self.error.set_sentence(sentence)


def _explanation(event: str) -> str:
    return {
        "submit": words.translate(
            "steps", "The supervisor reads exactly the content shown here. It is fixed by submitting it."
        ),
        "approve": words.translate("steps", "Approving binds exactly what is shown here."),
        "send": words.translate("steps", "Say this once the letter has left. It cannot be undone."),
        "send_ahead": words.translate(
            "steps",
            "For danger to life or health, or approval by word of mouth. A supervisor has to ratify it within 24 hours.",
        ),
        "retract": words.translate("steps", "Your last step is undone; it stays in the timeline."),
        "withdraw": words.translate(
            "steps", "The referral ends. What has left already is not called back by this."
        ),
        "contest": words.translate("steps", "The sender has to call back what was sent."),
    }.get(event, "")
