"""The form of a referral, new or changed: whom to ask for what, on which basis, and which answers of the case would be shared."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ctcase.app import cases, referrals
from ctcase.app.results import CaseShown, ContentLine, Outcome, ReferralShown
from ctcase.app.session import Session
from ctcase.errors import CtcaseError, refusal
from ctcase.model.values import Value
from ui import words
from ui.desk import Desk, Target, hold
from ui.errors import explain
from ui.models.unfinished import Key, State
from ui.views.parts import Page, Slot, column, holder
from ui.views.referral import do_as_shown, read_both
from ui.views.referral_parts import answer_banner, resting_heading
from ui.views.referral_steps import change_place
from ui.views.referral_terms import Group, Terms, said_by, say_wrong
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.frames import Card, EmptyState, ErrorLine
from ui.widgets.text import Label, isolate


def answers_by_category(
    desk: Desk, case: CaseShown, shared: Sequence[ContentLine] = ()
) -> dict[str, list[str]]:
    """The fields of a case that have an answer, by kind of data; `shared` is what the referral shares already."""
    found: dict[str, list[str]] = {}
    for record in case.records:
        for name in record.fields if record.id in ("person", "case") else ():
            key = f"{record.id}.{name}"
            question = desk.texts.fields.get(key)
            if question is not None:
                found.setdefault(question.category, []).append(key)
    for line in shared:
        if line.now is not None and line.field not in found.get(line.category, ()):
            found.setdefault(line.category, []).append(line.field)
    order = [code for code, _ in words.categories()]
    return {code: found[code] for code in dict.fromkeys([*order, *found]) if code in found}


Saved = tuple[str, CtcaseError | None]
"""The id of a referral that is there now, and why it stayed a draft if it was to be submitted."""


def add(session: Session, code: str, document: dict[str, Any], *, submit: bool) -> Outcome[Saved]:
    """A new referral, submitted at once or not: one piece of work, so that nothing can come between."""
    added = referrals.add_referral(session, code, document)
    why: CtcaseError | None = None
    if submit:
        try:
            referrals.do(session, added.value.id, "submit", {})
        except CtcaseError as error:
            why = refusal(error.code, **error.details)  # anew: the frames of the old one hold case data
    return Outcome((added.value.id, why), added.changes)  # both write into the one case


Read = tuple[CaseShown, ReferralShown | None]
"""The case, and the referral that is changed."""


def read(session: Session, subject: str) -> Read:
    """The case of a new referral, or the case and the referral of `CASE/REFERRAL`."""
    if "/" not in subject:
        return cases.show_case(session, subject), None
    shown, case = read_both(session, subject)
    return case, shown


def change(session: Session, shown: ReferralShown, document: dict[str, Any]) -> Outcome[Saved]:
    """Submit a referral with other content than it had when it was shown."""
    done = do_as_shown(session, shown, "submit", document)
    return Outcome((done.value.id, None), done.changes)


class NewReferral(Page):
    """A draft may be partly filled; submitting fixes what the agency will read.

    `CASE/REFERRAL` changes that referral instead: the form begins with what it says, and submits it.
    """

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__(desk, "")
        changes = "/" in subject
        self.set_title(self.tr("Change the referral") if changes else self.tr("New referral"))
        self._code = subject
        self._key: Key = ("step" if changes else "referral", subject)
        self.shown: ReferralShown | None = None
        self.terms: Terms | None = None
        self._first: State = {}
        self.groups: list[Group] = []
        self.nothing = ErrorLine(desk.theme)
        self._told = self._nothing_told = False
        self._slot = Slot()
        self.body.addWidget(self._slot, 1)
        back = self.tr("Back to the referral") if changes else self.tr("Back to the case")
        self.back = Button(desk.theme, back, "ghost", "arrow-left")
        self.discard = Button(
            desk.theme, self.tr("Discard the change") if changes else self.tr("Discard it"), "ghost"
        )
        self.draft = Button(desk.theme, self.tr("Save as a draft"))
        if changes:
            self.draft.hide()
        self.submit = Button(desk.theme, self.tr("Submit for approval"), "primary", "shield-check")
        self.submit.setShortcut("Ctrl+Return")
        self.foot.addWidget(self.back)
        self.foot.addWidget(self.discard)
        self.foot.addStretch(1)
        for part in (self.draft, self.submit, KeyHint(desk.theme, "Ctrl+Enter")):
            self.foot.addWidget(part)
        self.show_foot(True)
        self.back.clicked.connect(desk.back)
        self.discard.clicked.connect(self._discard)
        self.draft.clicked.connect(lambda: self._save(submit=False))
        self.submit.clicked.connect(lambda: self._save(submit=True))
        desk.worker.ask(self, lambda session, _p: read(session, subject), self._show)

    def _show(self, found: Read) -> None:
        desk, (case, shown) = self.desk, found
        self.shown, self._code = shown, case.id
        self._key = ("step", change_place(shown)) if shown else ("referral", case.id)
        self.set_subtitle(" · ".join(part for part in (isolate(case.code), case.alias or "") if part))
        terms = self.terms = Terms(desk, case, shown)
        by_category = answers_by_category(desk, case, shown.shared if shown else ())
        self.groups = [Group(desk, category, keys) for category, keys in by_category.items()]
        answer = answer_banner(desk, shown) if shown else []
        self._slot.put(holder(column(*answer, terms, self._shared(), 0, gap=12)))
        says = said_by(shown, desk.known.agencies)
        self._put_back({**terms.state(), **says})
        self._first = self._now()
        self._put_back(desk.unfinished.get(*self._key) or self._first)
        terms.changed.connect(self._edited)
        self._judge()
        if shown is not None:  # a key pressed unawares must not choose another agency
            resting_heading(terms, words.state(shown.state)).setFocus()
        else:
            next(field for field in terms.fields.values() if not field.isHidden()).setFocus()

    def _shared(self) -> Card:
        desk = self.desk
        shared = Card(desk.theme, self.tr("What will be shared"))
        help_text = self.tr(
            "Only what is set leaves the vault, as it reads when you submit. Start with as little as the agency needs."
        )
        shared.body.addWidget(Label(desk.theme, help_text, "body", "text2", wrap=True))
        shared.body.setSpacing(14)
        for group in self.groups:
            shared.body.addWidget(group)
            group.pills.changed.connect(self._edited)
        if not self.groups:
            shared.body.addWidget(EmptyState(desk.theme, self.tr("The case has no answers yet.")))
        shared.body.addWidget(self.nothing)
        return shared

    def state(self) -> State:
        """What stands in the form, once anything was written."""
        now = self._now()
        return {} if now == self._first else now

    def _now(self) -> dict[str, Value]:
        chosen = tuple(key for group in self.groups for key in group.chosen())
        return {**self.terms.state(), "shared": chosen} if self.terms is not None else {}

    def _put_back(self, state: State) -> None:
        """Show what was written before; what the case has no answer to any more is not offered."""
        if self.terms is not None:
            self.terms.put_back(state)
        shared = state.get("shared")
        wanted = frozenset(shared if isinstance(shared, tuple) else ())
        for group in self.groups:
            group.pills.set_value(tuple(key for key in group.keys if key in wanted))

    def _edited(self) -> None:
        self.desk.keep(*self._key, self.state())
        if self._told:
            self._say_missing(anew=False)
        self._judge()

    def _discard(self) -> None:
        self.desk.keep(*self._key, {})
        self.desk.back.emit()

    def _judge(self) -> None:
        terms = self.terms
        if terms is None:
            return
        by_consent = terms.by_consent()
        kinds = terms.covered() if by_consent else frozenset()
        terms.consent.setEnabled(by_consent)
        self.discard.setVisible(bool(self.state()))
        for group in self.groups:
            group.judge(kinds, by_consent=by_consent, agency=terms.agency_text())

    def document(self) -> dict[str, Any]:
        """What was chosen, as a referral file."""
        terms = self.terms
        if terms is None:
            return {}
        return {
            "agency": terms.agency_text(),
            "service": str(terms.service.value() or ""),
            "purpose": terms.purpose.value() or "referral",
            "urgency": terms.urgency.value(),
            "basis": terms.basis.value(),
            "consent": terms.consent.value() if terms.by_consent() else None,
            "reason": str(terms.reason.value() or ""),
            "fields": [key for group in self.groups for key in group.chosen()],
        }

    def _save(self, *, submit: bool) -> None:
        document, code, shown = self.document(), self._code, self.shown
        if submit and (missing := self._say_missing(anew=True)):
            missing.setFocus()
            return
        job = self.desk.finish(
            self.desk,  # not the page: whoever has left it has to learn of a refusal too
            self._key,
            lambda session, _p: (
                change(session, shown, document) if shown else add(session, code, document, submit=submit)
            ),
            self._saved,
            self._refused,
        )
        hold(job, self.draft, self.submit)

    def _say_missing(self, *, anew: bool) -> QWidget | None:
        """Say beside each question what is missing; the first of them, None if there is none.

        Between two tries to submit, what is mended goes and nothing else comes or moves.
        """
        terms = self.terms
        if terms is None:
            return self.back
        self._told = True
        missing = terms.missing()
        terms.show_missing(missing, anew=anew)
        nothing = not any(group.chosen() for group in self.groups)
        if anew:
            self._nothing_told = nothing
        sentence = self.tr("Choose what will be shared.") if nothing and self._nothing_told else ""
        say_wrong(self.nothing, sentence, anew=anew)
        first: list[QWidget] = [terms.fields[name] for name in missing]
        return next(
            iter([*first, *([self.groups[0].pills if self.groups else self.back] if nothing else [])]), None
        )

    def _refused(self, error: CtcaseError) -> None:
        """What was written is kept: whoever has left finds it again."""
        if isValid(self) or self.shown is None:
            self.desk.refuse(error)
            return
        said, way = explain(error), words.translate("referral", "Go on with the change")
        self.desk.tell("danger", said.what, "", said.next, (way, Target("new_referral", self._key[1])))

    def _saved(self, saved: Saved) -> None:
        one, why = saved
        is_here = isValid(self)
        if is_here:
            self.desk.go("referral", one)
        if why is not None:
            said, way = explain(why), (words.translate("referral", "Open the draft"), Target("referral", one))
            self.desk.tell("danger", said.what, "", said.next, None if is_here else way)
