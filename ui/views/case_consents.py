"""Consents of a case: what was given, refused and withdrawn, and writing down what the client said."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ctcase.app import consents
from ctcase.app.results import CaseShown, ConsentAdded, ConsentShown
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk, hold
from ui.errors import explain
from ui.models.coverage import KIND
from ui.views.case_sections import heading
from ui.views.consent_form import ConsentForm
from ui.views.parts import Slot, column, facts, holder, row
from ui.widgets.ask import AskDialog
from ui.widgets.buttons import Button
from ui.widgets.frames import Card, EmptyState
from ui.widgets.marks import Chip
from ui.words import join_words


def recipient_names(desk: Desk, consent: ConsentShown) -> str:
    """Agencies and kinds of agencies that a consent names."""
    known = {one.id: one.name for one in desk.known.agencies}
    return join_words(
        consent.recipient_names.get(one) or known.get(one) or _kind(one) for one in consent.recipients
    )


def _kind(recipient: str) -> str:
    every = words.translate("consents", "every {kind}")
    return words.fill(every, kind=words.agency_kind(recipient.removeprefix(KIND)))


def mark_of(consent: ConsentShown) -> tuple[str, str, str]:
    """Tone, icon and word of one consent."""
    if consent.status == "given" and not consent.in_force:
        return words.consent_mark("expired")
    return words.consent_mark(consent.status)


class ConsentCard(Card):
    """One consent as it was recorded."""

    def __init__(self, desk: Desk, consent: ConsentShown) -> None:
        title = recipient_names(desk, consent)
        super().__init__(desk.theme, title)
        self.head.addWidget(Chip(desk.theme, *mark_of(consent)))
        texts = desk.texts
        given = [
            dict(words.givers()).get(consent.given_by, ""),
            dict(words.methods()).get(consent.method, ""),
        ]
        self.body.addLayout(
            facts(
                desk.theme,
                [
                    (self.tr("For"), join_words(words.purpose(one) for one in consent.purposes)),
                    (
                        self.tr("Kinds of data"),
                        join_words(word for code, word in words.categories() if code in consent.categories),
                    ),
                    (self.tr("Said by"), join_words(one for one in given if one)),
                    (
                        self.tr("Language"),
                        words.code_words(
                            texts.codelists.get("languages"), consent.language or "", texts.language
                        ),
                    ),
                    (self.tr("Interpreter"), consent.interpreter or ""),
                    (self.tr("Witness"), consent.witness or ""),
                    (self.tr("On"), texts.day(consent.date)),
                    (self.tr("Until"), texts.day(consent.expires)),
                    (self.tr("Note"), consent.note),
                    (self.tr("Recorded"), f"{texts.moment(consent.time)}, {desk.known.name(consent.member)}"),
                ],
            )
        )
        self.withdraw: Button | None = None
        if consent.status == "given":
            self.withdraw = Button(desk.theme, self.tr("Record a withdrawal"), "danger", "ban")
            self.body.addLayout(row(0, self.withdraw))


class ConsentSection(QWidget):
    """The list and, when wanted, the form above it."""

    def __init__(self, desk: Desk, case: CaseShown) -> None:
        super().__init__()
        self._desk = desk
        self._case = case
        self._form: ConsentForm | None = None
        self._slot = Slot()
        self._list = Slot()
        self.add = Button(desk.theme, self.tr("Record an answer"), "secondary", "plus")
        self.add.clicked.connect(self.write)
        top = row(heading(desk, self.tr("Consent")), 0, self.add)
        self.setLayout(column(top, self._slot, self._list, 0, gap=12, margins=(20, 12, 20, 16)))
        self.load(case)
        if desk.unfinished.get("consent", case.id):
            self._open()
            self.add.hide()

    def load(self, case: CaseShown) -> None:
        """Show the consents of the case as it is now; a form being written stays."""
        self._case = case
        if not case.consents:
            sentence = self.tr(
                "Nothing was asked yet. Without consent, a referral needs another legal basis."
            )
            self._list.put(EmptyState(self._desk.theme, sentence))
            return
        cards = [ConsentCard(self._desk, one) for one in case.consents]
        for card, consent in zip(cards, case.consents, strict=True):
            if card.withdraw is not None:
                card.withdraw.clicked.connect(
                    lambda _on=False, consent=consent: self._ask_withdrawal(consent)
                )
        self._list.put(holder(column(*cards, gap=12)))

    def write(self) -> ConsentForm:
        """Open the form."""
        form = self._open()
        form.status.setFocus(Qt.FocusReason.OtherFocusReason)
        self.add.hide()  # only now: Qt would hand its focus on
        return form

    def _open(self) -> ConsentForm:
        form = self._form = ConsentForm(self._desk)
        form.put_back(self._desk.unfinished.get("consent", self._case.id))
        form.changed.connect(lambda: self._desk.keep("consent", self._case.id, form.state()))
        form.saved.connect(self._save)
        form.left.connect(self._discard)
        self._slot.put(form)
        return form

    def _discard(self) -> None:
        self._desk.keep("consent", self._case.id, {})
        self._close()

    def _close(self) -> None:
        self._form = None
        self.add.show()
        self.add.setFocus()
        self._slot.put(None)

    def _save(self, document: dict[str, Any]) -> None:
        form = self._form
        if form is None:
            return
        code = self._case.id
        job = self._desk.finish(
            self,
            ("consent", code),
            lambda session, _p: consents.add_consent(session, code, document),
            self._saved,
            self._refused,
        )
        hold(job, form.save)

    def _saved(self, _added: ConsentAdded) -> None:
        self._close()

    def _refused(self, error: CtcaseError) -> None:
        if self._form is not None:
            said = explain(error)
            self._form.error.set_sentence(f"{said.what} {said.next}")

    def _ask_withdrawal(self, consent: ConsentShown) -> None:
        question = AskDialog(
            self._desk.theme,
            self.tr("Record that this consent is withdrawn?"),
            self.tr(
                "Every further sharing under it stops. It cannot be undone; a new consent can be recorded. The list of who holds a copy stays."
            ),
            self.tr("Record the withdrawal"),
            self.tr("Leave it in force"),
            kind="danger",
            parent=self.window(),
        )
        if self._desk.ask(question):
            code, document = self._case.id, {"status": "withdrawn", "replaces": consent.id}
            self._desk.worker.do(
                self, lambda session, _p: consents.add_consent(session, code, document), lambda _added: None
            )
