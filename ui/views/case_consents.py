"""Consents of a case: what was given, refused and withdrawn, and writing down what the client said."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.app import consents
from ctcase.app.results import CaseShown, ConsentAdded, ConsentShown
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk
from ui.errors import explain
from ui.models.coverage import KIND
from ui.views.case_sections import heading
from ui.views.editors import short_line
from ui.views.parts import Slot, column, facts, holder, row
from ui.widgets.ask import AskDialog
from ui.widgets.buttons import Button
from ui.widgets.choosing import ChoiceEditor, PillsEditor
from ui.widgets.field import Field
from ui.widgets.frames import Card, EmptyState, ErrorLine
from ui.widgets.marks import Chip, Segments
from ui.widgets.text import Label
from ui.widgets.ticking import several
from ui.widgets.writing import DateEditor, LongTextEditor
from ui.words import join_words, months, options_of


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


class ConsentForm(Card):
    """What the client said, as it is written down."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "")
        theme, texts = desk.theme, desk.texts
        given, refused = self.tr("Given"), self.tr("Refused")
        self.status = Segments(
            theme, [("given", given), ("refused", refused)], "given", name=self.tr("Answer")
        )
        self.given_by = Segments(theme, words.givers(), "client", name=self.tr("Said by"))
        self.method = Segments(theme, words.methods(), "oral", name=self.tr("How"))
        self.purposes = PillsEditor(theme, words.purposes(), absent=False)
        self.purposes.set_value(("referral",))
        self.categories = PillsEditor(theme, words.categories(), absent=False)
        agencies = [(one.id, one.name) for one in desk.known.agencies]
        kinds = sorted({one.kind for one in desk.known.agencies if one.kind})
        kind_words = self.tr("Every {kind}")
        options = agencies + [
            (KIND + one, words.fill(kind_words, kind=words.agency_kind(one))) for one in kinds
        ]
        self.agencies = several(theme, options, absent=False)
        self.agencies.setVisible(bool(options))
        self.other = short_line(theme, self.tr("Name of another agency"))
        self.date, self.expires = (
            DateEditor(theme, months(texts.language)),
            DateEditor(theme, months(texts.language)),
        )
        self.language = ChoiceEditor(
            theme, options_of(texts.codelists.get("languages"), texts.language), absent=False
        )
        self.interpreter, self.witness = short_line(theme), short_line(theme)
        self.note = LongTextEditor(theme, lines=2)
        for editor in (self.other, self.date, self.expires, self.interpreter, self.witness, self.note):
            editor.more.hide()
        self.error = ErrorLine(theme)
        self.save = Button(theme, self.tr("Record this answer"), "primary", "check")
        self.cancel = Button(theme, self.tr("Leave it"), "ghost")
        self._build(desk)
        self.save.clicked.connect(lambda: self.saved.emit(self.document()))
        self.cancel.clicked.connect(self.left)

    def _build(self, desk: Desk) -> None:
        theme = desk.theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        segments = (
            (self.tr("Answer"), self.status),
            (self.tr("Said by"), self.given_by),
            (self.tr("How"), self.method),
        )
        wide = [holder(column(Label(theme, label, "label"), part, gap=4)) for label, part in segments]
        wide.append(Field(theme, self.tr("What for"), self.purposes, required=True))
        to_whom = column(self.agencies, self.other, gap=6)
        wide.append(holder(column(Label(theme, self.tr("To whom"), "label"), to_whom, gap=4)))
        wide.append(Field(theme, self.tr("Which kinds of data"), self.categories, required=True))
        for number, part in enumerate(wide):
            grid.addWidget(part, number, 0, 1, 2)
        pairs = (
            (self.tr("On which day"), self.date),
            (self.tr("Until (empty: until withdrawn)"), self.expires),
            (self.tr("In which language"), self.language),
            (self.tr("Interpreter"), self.interpreter),
            (self.tr("Witness"), self.witness),
        )
        for number, (label, editor) in enumerate(pairs):
            grid.addWidget(
                Field(theme, label, editor), len(wide) + number // 2, number % 2, Qt.AlignmentFlag.AlignTop
            )
        grid.addWidget(Field(theme, self.tr("Note"), self.note), len(wide) + 3, 0, 1, 2)
        self.other.set_name(self.tr("Another agency"))
        self.body.addWidget(Label(theme, self.tr("What the client says"), "heading"))
        self.body.addLayout(grid)
        self.body.addWidget(self.error)
        self.body.addLayout(row(self.cancel, 0, self.save))

    def document(self) -> dict[str, Any]:
        """What was written, as a consent file."""
        recipients = list(_many(self.agencies.value()))
        if self.other.value():
            recipients.append(str(self.other.value()).strip())
        return {
            "status": self.status.value(),
            "given_by": self.given_by.value(),
            "method": self.method.value(),
            "purposes": list(_many(self.purposes.value())),
            "recipients": recipients,
            "categories": list(_many(self.categories.value())),
            "language": self.language.value(),
            "interpreter": self.interpreter.value(),
            "witness": self.witness.value(),
            "date": self.date.value(),
            "expires": self.expires.value(),
            "note": str(self.note.value() or ""),
        }

    def missing(self) -> str:
        """What is not there yet, as a sentence."""
        said = self.document()
        if not said["recipients"]:
            return self.tr("Choose to whom. A consent to anybody is none.")
        if not said["purposes"] or not said["categories"]:
            return self.tr("Choose what for, and which kinds of data.")
        return self.date.problem() or self.expires.problem()


def _many(value: object) -> Sequence[str]:
    return value if isinstance(value, tuple) else ()


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
        form = self._form = ConsentForm(self._desk)
        form.saved.connect(self._save)
        form.left.connect(self._close)
        self._slot.put(form)
        self.add.hide()
        form.status.button("given").setFocus(Qt.FocusReason.OtherFocusReason)
        return form

    def _close(self) -> None:
        self._form = None
        self._slot.put(None)
        self.add.show()

    def _save(self, document: dict[str, Any]) -> None:
        form = self._form
        if form is None:
            return
        form.error.set_sentence(form.missing())
        if form.error.sentence():
            return
        form.save.setEnabled(False)
        code = self._case.id
        self._desk.worker.do(
            self,
            lambda session, _p: consents.add_consent(session, code, document),
            self._saved,
            self._refused,
        )

    def _saved(self, _added: ConsentAdded) -> None:
        self._close()

    def _refused(self, error: CtcaseError) -> None:
        if self._form is not None:
            self._form.save.setEnabled(True)
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
