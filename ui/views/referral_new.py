"""A new referral: whom to ask for what, on which basis, and which answers of the case would be shared."""

from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ctcase.app import cases, referrals
from ctcase.app.results import CaseShown, Outcome
from ctcase.app.session import Session
from ctcase.errors import CtcaseError, refusal
from ctcase.model.values import Value
from ui import words
from ui.desk import Desk, Target, hold
from ui.errors import explain
from ui.models.unfinished import State
from ui.views.parts import Page, Slot, column, holder
from ui.views.referral_terms import Group, Terms
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.frames import Card, EmptyState, ErrorLine
from ui.widgets.text import Label, isolate


def answers_by_category(desk: Desk, case: CaseShown) -> dict[str, list[str]]:
    """The fields of a case that have an answer, by kind of data."""
    found: dict[str, list[str]] = {}
    for record in case.records:
        for name in record.fields if record.id in ("person", "case") else ():
            key = f"{record.id}.{name}"
            question = desk.texts.fields.get(key)
            if question is not None:
                found.setdefault(question.category, []).append(key)
    return {code: found[code] for code, _ in words.categories() if code in found}


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


class NewReferral(Page):
    """A draft may be partly filled; submitting fixes what the agency will read."""

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk, "")
        self.set_title(self.tr("New referral"))
        self._code = code
        self.terms: Terms | None = None
        self.groups: list[Group] = []
        self.nothing = ErrorLine(desk.theme)
        self._told = False
        self._slot = Slot()
        self.body.addWidget(self._slot, 1)
        self.back = Button(desk.theme, self.tr("Back to the case"), "ghost", "arrow-left")
        self.discard = Button(desk.theme, self.tr("Discard it"), "ghost")
        self.draft = Button(desk.theme, self.tr("Save as a draft"))
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
        desk.worker.ask(self, lambda session, _p: cases.show_case(session, code), self._show)

    def _show(self, case: CaseShown) -> None:
        desk = self.desk
        self._code = case.id
        self.set_subtitle(" · ".join(part for part in (isolate(case.code), case.alias or "") if part))
        terms = self.terms = Terms(desk, case)
        self.groups = [
            Group(desk, category, keys) for category, keys in answers_by_category(desk, case).items()
        ]
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
        self._slot.put(holder(column(terms, shared, 0, gap=12)))
        self._put_back(desk.unfinished.get("referral", case.id))
        terms.changed.connect(self._edited)
        self._judge()
        next(field for field in terms.fields.values() if not field.isHidden()).setFocus()

    def state(self) -> dict[str, Value]:
        """What stands in the form, once anything was written."""
        chosen = tuple(key for group in self.groups for key in group.chosen())
        if self.terms is None or not (chosen or self.terms.is_begun()):
            return {}
        return {**self.terms.state(), "shared": chosen}

    def _put_back(self, state: State) -> None:
        """Show what was written before; what the case has no answer to any more is not offered."""
        if self.terms is not None:
            self.terms.put_back(state)
        shared = state.get("shared")
        wanted = frozenset(shared if isinstance(shared, tuple) else ())
        for group in self.groups:
            group.pills.set_value(tuple(key for key in group.keys if key in wanted))

    def _edited(self) -> None:
        self.desk.keep("referral", self._code, self.state())
        if self._told:
            self._say_missing()
        self._judge()

    def _discard(self) -> None:
        self.desk.keep("referral", self._code, {})
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
            group.judge(kinds, by_consent=by_consent)

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
        document, code = self.document(), self._code
        if submit and (missing := self._say_missing()):
            missing.setFocus()
            return
        job = self.desk.finish(
            self.desk,  # not the page: whoever has left it has to learn of a refusal too
            ("referral", code),
            lambda session, _p: add(session, code, document, submit=submit),
            self._saved,
            self.desk.refuse,
        )
        hold(job, self.draft, self.submit)

    def _say_missing(self) -> QWidget | None:
        """Say beside each question what is missing; the first of them, None if there is none."""
        terms = self.terms
        if terms is None:
            return self.back
        self._told = True
        missing = terms.missing()
        terms.show_missing(missing)
        nothing = not any(group.chosen() for group in self.groups)
        self.nothing.set_sentence(self.tr("Choose what will be shared.") if nothing else "")
        first: list[QWidget] = [terms.fields[name] for name in missing]
        return next(
            iter([*first, *([self.groups[0].pills if self.groups else self.back] if nothing else [])]), None
        )

    def _saved(self, saved: Saved) -> None:
        one, why = saved
        is_here = isValid(self)
        if is_here:
            self.desk.go("referral", one)
        if why is not None:
            said, way = explain(why), (words.translate("referral", "Open the draft"), Target("referral", one))
            self.desk.tell("danger", said.what, "", said.next, None if is_here else way)
