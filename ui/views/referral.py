"""One referral: where it stands, what it shares, under which consent, and every step with the reason when it is not possible."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from ctcase.app import cases, referrals
from ctcase.app.results import CaseShown, Changes, Letter, Outcome, ReferralDone, ReferralShown
from ctcase.app.session import Session
from ctcase.errors import CtcaseError, refusal
from ui import words
from ui.desk import Desk, concerns, hold
from ui.dialogs.files import LETTER, letters
from ui.errors import explain
from ui.models.unfinished import State
from ui.views import referral_parts
from ui.views.case_lists import agency_name, state_chip
from ui.views.parts import Page, Slot, column, holder, row
from ui.views.referral_steps import EVENT, StepForm, Steps, change_place
from ui.widgets.ask import AskDialog
from ui.widgets.buttons import Button, ReasonedButton
from ui.widgets.text import isolate

Both = tuple[ReferralShown, CaseShown]
LETTER_STATES = frozenset({"approved", "sent", "acknowledged", "accepted", "in_service"})


def read_both(session: Session, one: str) -> Both:
    """A referral and its case."""
    shown = referrals.show_referral(session, one)
    return shown, cases.show_case(session, shown.case)


def do_as_shown(
    session: Session, shown: ReferralShown, event: str, document: Mapping[str, Any]
) -> Outcome[ReferralDone]:
    """Do a step on what the person looked at: if the referral moved on meanwhile, nothing is done."""
    now = referrals.show_referral(session, shown.id)
    if (now.content, now.state) != (shown.content, shown.state):
        raise refusal("state_forbids", what="changed")
    return referrals.do(session, shown.id, event, document)


def resting_place(steps: Steps, state: str) -> QWidget:
    """Where the focus is put among the steps: a key pressed there unawares has to do no harm.

    That is the way to the form where the content may be changed, else the heading, which says the state.
    """
    if steps.change is not None and steps.is_changeable:
        return steps.change
    return referral_parts.resting_heading(steps, words.state(state))


class Pair(QWidget):
    """Two cards side by side, or one below the other."""

    def __init__(self, first: QWidget, second: QWidget, least: int) -> None:
        super().__init__()
        self._least = least
        self._line = row(first, second, gap=12)
        self._line.setStretch(0, 2)
        self._line.setStretch(1, 3)
        self.setLayout(self._line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._line.setDirection(ways.LeftToRight if self.width() >= self._least else ways.TopToBottom)


class ReferralPage(Page):
    """Reads the referral and its case anew after every change of the case."""

    def __init__(self, desk: Desk, one: str) -> None:
        super().__init__(desk, "")
        self.set_title(self.tr("Referral"))
        self._id = one  # the id, or at first what it was called by
        self.shown: ReferralShown | None = None
        self.steps: Steps | None = None
        self.form: StepForm | None = None
        self._content = Slot()
        self._asking = Slot()
        self._chip = Slot()
        self.to_case = Button(desk.theme, self.tr("Open the case"), "ghost", "folder")
        self.letter: Button | None = None
        for part in (self._chip, self.to_case):
            self.acts.addWidget(part)
        self.body.addWidget(holder(column(self._asking, self._content, 0, gap=12)), 1)
        self.to_case.clicked.connect(self._open_case)
        desk.worker.changed.connect(self._changed)
        self.read()

    def read(self) -> None:
        """Read the referral anew."""
        one = self._id
        self.desk.worker.ask(self, lambda session, _p: read_both(session, one), self._show)

    def _show(self, both: Both) -> None:
        shown, case = both
        desk, had_focus = self.desk, self._focused()
        self.shown = shown
        self._id = shown.id
        self.set_title(words.fill(self.tr("Referral to {agency}"), agency=agency_name(desk, shown)))
        self.set_subtitle(" · ".join(part for part in (isolate(shown.code), case.alias or "") if part))
        self._chip.put(state_chip(desk, shown))
        begun = bool(desk.unfinished.get("step", change_place(shown)))
        self.steps = Steps(desk, shown.available, begun=begun)
        self.steps.chosen.connect(self.begin)
        self.steps.changing.connect(lambda: desk.go("new_referral", change_place(shown)))
        self.steps.body.addWidget(self._letter_button(shown))
        pair = Pair(
            referral_parts.whom_card(desk, shown),
            referral_parts.consent_card(desk, shown, case),
            desk.theme.px(referral_parts.PAIR_LEAST),
        )
        parts = [referral_parts.flags(desk, shown), referral_parts.stepper(desk, shown)]
        parts += [*referral_parts.answer_banner(desk, shown), self.steps, pair]
        parts.append(referral_parts.SharedCard(desk, shown))
        parts.append(referral_parts.PathCard(desk, shown))
        if shown.void:
            parts.append(referral_parts.without_effect(desk, shown.void))
        if self.steps.later:
            parts.append(self.steps.other_steps(desk))
        self._content.put(holder(column(*parts, gap=12)))
        self.steps.setFocusProxy(resting_place(self.steps, shown.state))
        self.steps.setVisible(self.form is None)
        if had_focus is not None:
            again = (one for one in self.steps.findChildren(Button) if one.accessibleName() == had_focus)
            next((one for one in again if one.isEnabled()), self.steps).setFocus()
        if self.form is None and (event := self._begun().get(EVENT)):
            self.begin(str(event))

    def _focused(self) -> str | None:
        """The name of the control of the steps that has the focus, if one has."""
        focus = self.window().focusWidget()
        ours = self.steps is not None and focus is not None and self.steps.isAncestorOf(focus)
        return focus.accessibleName() if ours and focus is not None else None

    def _letter_button(self, shown: ReferralShown) -> QWidget:
        self.letter = Button(self.theme, self.tr("Letter as PDF"), icon="file-text")
        self.letter.clicked.connect(self._make_letter)
        held = ReasonedButton(self.theme, self.letter)
        if shown.state not in LETTER_STATES:
            held.set_reason(self.tr("A letter is made from approved content, while the referral is open."))
        return held

    def begin(self, event: str) -> None:
        """Ask for what a step needs, in place."""
        shown = self.shown
        option = next((one for one in shown.available if one.event == event), None) if shown else None
        if shown is None or option is None or not option.allowed:
            return
        form = self.form = StepForm(self.desk, shown, option)
        form.put_back(self._begun() if self._begun().get(EVENT) == event else {})
        form.changed.connect(lambda: self.desk.keep("step", self._id, form.state()))
        form.said.connect(self._do)
        form.left.connect(self._discard)
        self._asking.put(form)
        form.start()
        if self.steps is not None:
            self.steps.hide()  # one question at a time, and one button that does it

    def _begun(self) -> State:
        return self.desk.unfinished.get("step", self._id)

    def _discard(self) -> None:
        self.desk.keep("step", self._id, {})
        self._close()

    def _close(self) -> None:
        self.form = None
        if self.steps is not None:
            self.steps.show()
            self.steps.setFocus()
        self._asking.put(None)

    def _do(self, event: str, document: dict[str, Any]) -> None:
        if event in {"send", "send_ahead"} and not self._sure():
            return
        shown, form = self.shown, self.form
        if shown is None or form is None:
            return
        job = self.desk.finish(
            self,
            ("step", self._id),
            lambda session, _p: do_as_shown(session, shown, event, document),
            self._done,
            self._refused,
        )
        hold(job, form.act)

    def _sure(self) -> bool:
        name = agency_name(self.desk, self.shown) if self.shown else ""
        return self.desk.ask(
            AskDialog(
                self.theme,
                words.fill(self.tr("Mark this as sent to {agency}?"), agency=name),
                self.tr("From now on the case says that they hold a copy. That cannot be undone."),
                self.tr("Mark as sent"),
                self.tr("Not yet"),
                kind="danger",
                parent=self.window(),
            )
        )

    def _done(self, _done: ReferralDone) -> None:
        self.desk.hush()  # what a notice asked for is done, or is over
        self._close()

    def _refused(self, error: CtcaseError) -> None:
        said = explain(error)
        if self.form is not None:
            self.form.refuse(f"{said.what} {said.next}")
        else:
            self.desk.refuse(error)

    def _open_case(self) -> None:
        if self.shown is not None:
            self.desk.go("case", self.shown.case, "referrals")

    def _make_letter(self) -> None:
        target = self.desk.files.save(self, LETTER, letters())
        one = self._id
        if target is None:
            return
        self.desk.worker.do(self, lambda session, _p: referrals.letter(session, one, target), self._lettered)

    def _lettered(self, made: Letter) -> None:
        pages = words.counted(
            made.pages, self.tr("The letter has 1 page."), self.tr("The letter has {n} pages.")
        )
        self.desk.tell(
            "ok",
            self.tr("The letter was written."),
            pages,
            self.tr("Write on it how to reach you. Mark the referral as sent once it has left."),
        )

    def _changed(self, changes: Changes) -> None:
        if self.shown is not None and concerns(changes, self.shown.case):
            self.read()

    def regions(self) -> list[QWidget]:
        if self.steps is None:
            return []
        return [*([self.form] if self.form is not None else []), self.steps, self.to_case]
