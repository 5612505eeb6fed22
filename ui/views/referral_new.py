"""A new referral: whom to ask for what, on which basis, and which answers of the case would be shared."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.app import cases, referrals
from ctcase.app.results import AgencyShown, CaseShown, ReferralAdded
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk
from ui.models.coverage import covered, fitting
from ui.views.case_consents import recipient_names
from ui.views.editors import short_line
from ui.views.parts import Page, Slot, column, holder, row
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.choosing import ChoiceEditor, PillsEditor
from ui.widgets.field import Field
from ui.widgets.frames import Card, EmptyState
from ui.widgets.marks import Chip, Segments
from ui.widgets.text import Label, isolate
from ui.widgets.writing import LongTextEditor


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


class Terms(Card):
    """With whom, what for, how soon, and what it rests on."""

    def __init__(self, desk: Desk, case: CaseShown) -> None:
        super().__init__(desk.theme, words.translate("new_referral", "With whom, and on which basis"))
        theme = desk.theme
        self._desk, self._case = desk, case
        self.agency = ChoiceEditor(theme, [(one.id, one.name) for one in desk.known.agencies], absent=False)
        self.other = short_line(theme, self.tr("Name of another agency"))
        self.service = ChoiceEditor(theme, words.services(), absent=False)
        self.urgency = Segments(theme, words.urgencies(), "72h", name=self.tr("Answer due within"))
        self.basis = Segments(theme, words.bases(), "consent", name=self.tr("Legal basis"))
        self.purpose = Segments(theme, words.purposes()[:3], "referral", name=self.tr("Purpose"))
        living = [(one.id, recipient_names(desk, one)) for one in case.consents if one.in_force]
        self.consent = ChoiceEditor(theme, living, absent=False)
        self.reason = LongTextEditor(theme, lines=2)
        self.reason.more.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        top = Qt.AlignmentFlag.AlignTop
        known = Field(theme, self.tr("Agency"), self.agency)
        known.setVisible(bool(desk.known.agencies))
        grid.addWidget(known, 0, 0, top)
        grid.addWidget(Field(theme, self.tr("Or another one"), self.other), 0, 1, top)
        grid.addWidget(Field(theme, self.tr("Service"), self.service), 1, 0, top)
        grid.addWidget(_labelled(desk, self.tr("Answer due within"), self.urgency), 1, 1)
        grid.addWidget(_labelled(desk, self.tr("Purpose"), self.purpose), 2, 0)
        grid.addWidget(_labelled(desk, self.tr("Legal basis"), self.basis), 2, 1)
        hint = self.tr("Left open, the newest one in force that covers everything is taken.")
        self._consent_field = Field(theme, self.tr("Consent"), self.consent, help_text=hint)
        grid.addWidget(self._consent_field, 3, 0, top)
        self._reason_field = Field(theme, self.tr("Reason"), self.reason)
        grid.addWidget(self._reason_field, 3, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)

    def by_consent(self) -> bool:
        """Whether consent is the basis."""
        return self.basis.value() == "consent"

    def agency_known(self) -> AgencyShown | None:
        """The agency of the directory that is meant, by choice or by the name typed."""
        typed = str(self.other.value() or "").strip().casefold()
        for one in self._desk.known.agencies:
            if (typed and one.name.casefold() == typed) or (not typed and one.id == self.agency.value()):
                return one
        return None

    def agency_text(self) -> str:
        """The agency as it goes into the referral: an id, or the name typed."""
        known = self.agency_known()
        return known.id if known else str(self.other.value() or "").strip()

    def covered(self) -> frozenset[str]:
        """The kinds of data that consent covers for this agency and purpose."""
        chosen = str(self.consent.value()) if self.consent.value() else None
        found = fitting(self._case.consents, self.agency_known(), self.purpose.value() or "", chosen)
        return covered(found)


def _labelled(desk: Desk, label: str, part: QWidget) -> QWidget:
    return holder(column(Label(desk.theme, label, "label"), part, 0, gap=4))


class Group(QWidget):
    """The answers of one kind of data as pills, and whether consent covers that kind."""

    def __init__(self, desk: Desk, category: str, keys: list[str]) -> None:
        super().__init__()
        self.category = category
        self.pills = PillsEditor(desk.theme, [(key, desk.texts.label(key)) for key in keys], absent=False)
        self.pills.set_name(words.category(category))
        self.chip = Chip(desk.theme, "idle", "circle-dashed", "-")
        head = row(Label(desk.theme, words.category(category), "label"), self.chip, 0, gap=10)
        self.setLayout(column(head, self.pills, gap=6))

    def chosen(self) -> list[str]:
        """The fields chosen."""
        value = self.pills.value()
        return list(value) if isinstance(value, tuple) else []

    def judge(self, kinds: frozenset[str], *, by_consent: bool) -> None:
        """Say whether what is chosen here is covered."""
        if not by_consent:
            self.chip.set_state("info", "scale", self.tr("Not shared by consent"))
        elif self.category in kinds:
            self.chip.set_state("ok", "circle-check", self.tr("Covered by consent"))
        elif self.chosen():
            self.chip.set_state("danger", "circle-alert", self.tr("Not covered: leave it out, or ask again"))
        else:
            self.chip.set_state("idle", "circle-dashed", self.tr("Not covered by consent"))


class NewReferral(Page):
    """A draft may be partly filled; submitting fixes what the agency will read."""

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk, "")
        self.set_title(self.tr("New referral"))
        self._code = code
        self.terms: Terms | None = None
        self.groups: list[Group] = []
        self._slot = Slot()
        self.body.addWidget(self._slot, 1)
        self.back = Button(desk.theme, self.tr("Back to the case"), "ghost", "arrow-left")
        self.draft = Button(desk.theme, self.tr("Save as a draft"))
        self.submit = Button(desk.theme, self.tr("Submit for approval"), "primary", "shield-check")
        self.submit.setShortcut("Ctrl+Return")
        self.foot.addWidget(self.back)
        self.foot.addStretch(1)
        for part in (self.draft, self.submit, KeyHint(desk.theme, "Ctrl+Enter")):
            self.foot.addWidget(part)
        self.show_foot(True)
        self.back.clicked.connect(desk.back)
        self.draft.clicked.connect(lambda: self._save(submit=False))
        self.submit.clicked.connect(lambda: self._save(submit=True))
        desk.worker.ask(self, lambda session, _p: cases.show_case(session, code), self._show)

    def _show(self, case: CaseShown) -> None:
        desk = self.desk
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
            group.pills.changed.connect(self._judge)
        if not self.groups:
            shared.body.addWidget(EmptyState(desk.theme, self.tr("The case has no answers yet.")))
        self._slot.put(holder(column(terms, shared, 0, gap=12)))
        for editor in (terms.agency, terms.other, terms.consent):
            editor.changed.connect(self._judge)
        for segments in (terms.basis, terms.purpose):
            segments.changed.connect(self._judge)
        self._judge()
        terms.agency.setFocus()

    def _judge(self) -> None:
        terms = self.terms
        if terms is None:
            return
        by_consent = terms.by_consent()
        kinds = terms.covered() if by_consent else frozenset()
        terms.consent.setEnabled(by_consent)
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
        missing = self._missing(document) if submit else ""
        if missing:
            self.desk.tell("warn", self.tr("It cannot be submitted yet."), "", missing)
            return
        self._enable(on=False)
        self.desk.worker.do(
            self,
            lambda session, _p: referrals.add_referral(session, code, document),
            lambda added: self._added(added, submit=submit),
            self._refused,
        )

    def _missing(self, document: Mapping[str, Any]) -> str:
        if not document.get("agency") or not document.get("service"):
            return self.tr("Choose the agency and the service first.")
        if not document["fields"]:
            return self.tr("Choose what will be shared first.")
        if document["basis"] != "consent" and not document["reason"]:
            return self.tr("Without consent, write the reason.")
        return ""

    def _added(self, added: ReferralAdded, *, submit: bool) -> None:
        if not submit:
            self.desk.go("referral", added.id)
            return

        def refused(error: CtcaseError) -> None:
            self.desk.go("referral", added.id)
            self.desk.refuse(error)

        self.desk.worker.do(
            self,
            lambda session, _p: referrals.do(session, added.id, "submit", {}),
            lambda done: self.desk.go("referral", done.id),
            refused,
        )

    def _refused(self, error: CtcaseError) -> None:
        self._enable(on=True)
        self.desk.refuse(error)

    def _enable(self, *, on: bool) -> None:
        self.draft.setEnabled(on)
        self.submit.setEnabled(on)
