"""What waits for a supervisor, most urgent first: what the agency will read, under which consent, and the decision."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from ctcase.app import referrals
from ctcase.app.results import Changes, ReferralDone, ReferralList, ReferralShown
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk, Target
from ui.errors import explain, why_not
from ui.views import referral_parts
from ui.views.case_lists import agency_name
from ui.views.parts import Page, Slot, column, holder, row, scrolled
from ui.views.referral import Both, Pair, do_as_shown, read_both
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.frames import EmptyState, ErrorLine
from ui.widgets.marks import Chip
from ui.widgets.rows import ListRow
from ui.widgets.text import IconLabel, Label, isolate
from ui.widgets.writing import TextEditor

URGENT_FIRST = ("1h", "24h", "72h", "2w", "")
LIST_WIDTH, NARROW_LIST = 264, 130  # px at 100 %
COMMENT_LEAST = 560  # px at 100 %: the least width for comment and buttons in one line
BESIDE_LEAST = 760  # px at 100 %: the least width for list and decision side by side


def urgency_place(code: str) -> int:
    """The most urgent first; what this version does not know comes last."""
    return URGENT_FIRST.index(code) if code in URGENT_FIRST else len(URGENT_FIRST)


def by_urgency(found: Sequence[ReferralShown]) -> list[ReferralShown]:
    """What was sent ahead of approval first, then by when the answer is due, then the oldest."""
    return sorted(found, key=lambda one: (not one.ratification, urgency_place(one.urgency), one.updated))


class Decision(QWidget):
    """The comment and the three answers; Return and Reject wait for the comment."""

    def __init__(self, desk: Desk, shown: ReferralShown) -> None:
        super().__init__()
        theme = desk.theme
        self._desk = desk
        self.shown = shown
        author = desk.known.name(shown.content_author or shown.owner)
        self.comment = TextEditor(
            theme,
            placeholder=words.fill(self.tr("Comment for {name}. Needed to return or reject"), name=author),
        )
        self.comment.set_name(self.tr("Comment"))
        self.comment.more.hide()
        self.comment.set_value(desk.unfinished.get("comment", shown.id).get("comment"))
        self.comment.line().textChanged.connect(self._typed)
        offered = {one.event: one for one in shown.available}
        ahead = shown.ratification is not None and offered["ratify"].allowed
        names = ("contest", "ratify") if ahead else ("reject", "return", "approve")
        icons = {
            "contest": "ban",
            "ratify": "shield-check",
            "reject": "ban",
            "return": "undo-2",
            "approve": "shield-check",
        }
        kinds = {
            "contest": "danger",
            "ratify": "primary",
            "reject": "danger",
            "return": "secondary",
            "approve": "primary",
        }
        short = {"reject": self.tr("Reject"), "return": self.tr("Return")}
        self.buttons = {
            name: Button(theme, short.get(name, words.event(name)), kinds[name], icons[name])  # type: ignore[arg-type]  # one of the kinds
            for name in names
        }
        self.main = names[-1]
        self.buttons[self.main].setShortcut("Ctrl+Return")
        self._offered = offered
        self.error = ErrorLine(theme)
        self._hint = Label(theme, "", "caption", "text2", wrap=True)
        self._theme = theme
        self._first = row(self.comment, holder(row(0, *self.buttons.values(), gap=8)), gap=8)
        self._first.setStretch(0, 1)
        second = row(IconLabel(theme, "info", "text2", 14), self._hint, KeyHint(theme, "Ctrl+Enter"), gap=6)
        second.setStretch(1, 1)
        self.setLayout(column(self.error, self._first, second, gap=6, margins=(0, 10, 24, 10)))
        self.setFocusProxy(self.comment)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.judge()

    def _typed(self, text: str) -> None:
        self._desk.keep("comment", self.shown.id, {"comment": text} if text.strip() else {})
        self.judge()

    def judge(self) -> None:
        """Enable what can be answered now."""
        said = bool(self.comment.line().text().strip())
        reasons = []
        for name, button in self.buttons.items():
            option = self._offered[name]
            why = why_not(option.why_not or "state_forbids") if not option.allowed else ""
            button.setEnabled(not why and (said or not option.needs))
            button.setAccessibleDescription(why)
            if why and why not in reasons:
                reasons.append(why)
        wait = (
            self.tr("Both answers need your comment.")
            if self.main == "ratify"
            else self.tr(
                "Return and Reject wait for your comment. Approving binds exactly what you see here."
            )
        )
        self._hint.setText(" ".join(reasons) or wait)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        narrow = self.width() < self._theme.px(COMMENT_LEAST)
        self._first.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)

    def document(self, event: str) -> dict[str, Any]:
        """The event file of an answer."""
        text = self.comment.line().text().strip()
        needs = self._offered[event].needs
        document = dict.fromkeys(needs, text)
        return document or ({"comment": text} if text else {})


class ApprovalsPage(Page):
    """The list at the start, the one that is looked at beside it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "", scrolls=False)
        self.set_title(self.tr("Approvals"))
        theme = desk.theme
        self._chosen = ""
        self.rows: dict[str, ListRow] = {}
        self.decision: Decision | None = None
        self._waiting: list[ReferralShown] = []
        self._list, self._detail, self._answer = Slot(), Slot(), Slot()
        self.count = Label(theme, "", "caption", "text2", wrap=True)
        note = Label(theme, self.tr("Your own referrals go to another supervisor."), "caption", "text2")
        self.acts.addWidget(note)
        self._left = holder(column(self.count, scrolled(self._list, self.tr("Waiting")), gap=8))
        self._left.setFixedWidth(theme.px(NARROW_LIST))
        right = column(scrolled(self._detail, self.tr("Referral")), self._answer, gap=0)
        right.setStretch(0, 1)
        self._across = row(self._left, right, gap=16)
        self._across.setStretch(1, 1)
        self.body.addLayout(self._across, 1)
        self.body.setContentsMargins(24, 0, 0, 0)
        desk.worker.changed.connect(self._changed)
        self.read()

    def read(self) -> None:
        """Read the list anew."""
        self.desk.worker.ask(
            self, lambda session, _p: referrals.list_referrals(session, waiting_for_me=True), self._show
        )

    def _show(self, found: ReferralList) -> None:
        self._waiting = by_urgency(found.referrals)
        count = len(self._waiting)
        self.count.setText(
            words.counted(count, self.tr("1 waiting"), self.tr("{n} waiting, most urgent first"))
        )
        ids = [one.id for one in self._waiting]
        self._chosen = self._chosen if self._chosen in ids else next(iter(ids), "")
        self.rows = {one.id: self._row(one) for one in self._waiting}
        self._list.put(holder(column(*self.rows.values(), 0, gap=4)))
        if self._chosen:
            self.choose(self._chosen)
        else:
            self.decision = None
            self._answer.put(None)
            self._detail.put(
                EmptyState(
                    self.theme, self.tr("Nothing waits for you. New referrals appear here by themselves.")
                )
            )

    def _row(self, one: ReferralShown) -> ListRow:
        tone = (
            "danger"
            if one.ratification or one.urgency == "1h"
            else "warn"
            if one.urgency == "24h"
            else "text2"
        )
        when = self.tr("to ratify") if one.ratification else words.urgency(one.urgency)
        title = f"{isolate(one.code)} · {agency_name(self.desk, one)}"
        detail = f"{self.desk.known.name(one.content_author or one.owner)} · {when}"
        line = ListRow(
            self.theme, "clock", title, detail, tone=tone, detail_tone=tone, leads_on=False, checkable=True
        )  # fmt: skip
        line.clicked.connect(lambda: self.choose(one.id))
        return line

    def choose(self, one: str) -> None:
        """Look at a referral."""
        self._chosen = one
        if one in self.rows:
            self.rows[one].setChecked(True)
        self.desk.worker.ask(self, lambda session, _p: read_both(session, one), self._detail_of)

    def _detail_of(self, both: Both) -> None:
        shown, case = both
        if shown.id != self._chosen:
            return
        desk = self.desk
        title = words.fill(self.tr("Referral to {agency}"), agency=agency_name(desk, shown))
        due = words.fill(self.tr("Answer due in {time} once sent"), time=words.urgency(shown.urgency))
        about = f"{isolate(case.code)} {case.alias or ''} · {desk.known.name(shown.content_author or shown.owner)}"
        head = row(
            column(
                Label(self.theme, title, "heading", wrap=True),
                Label(self.theme, about, "caption", "text2"),
                gap=0,
            ),
        )
        head.setStretch(0, 1)
        if not shown.due:
            tone = "warn" if shown.urgency in {"1h", "24h"} else "idle"
            head.addWidget(Chip(self.theme, tone, "clock", due))
        pair = Pair(
            referral_parts.whom_card(desk, shown),
            referral_parts.consent_card(desk, shown, case),
            desk.theme.px(referral_parts.PAIR_LEAST),
        )
        parts: list[QWidget] = [
            holder(head),
            referral_parts.flags(desk, shown),
            referral_parts.stepper(desk, shown),
            pair,
        ]
        parts.append(referral_parts.SharedCard(desk, shown, case))
        if shown.void:
            parts.append(referral_parts.without_effect(desk, shown.void))
        self._detail.put(holder(column(*parts, 0, gap=12, margins=(0, 0, 24, 12))))
        self.decision = Decision(desk, shown)
        for event, button in self.decision.buttons.items():
            button.clicked.connect(lambda _on=False, event=event: self._do(event))
        self._answer.put(self.decision)

    def _do(self, event: str) -> None:
        decision = self.decision
        if decision is None:
            return
        shown, document = decision.shown, decision.document(event)
        for button in decision.buttons.values():
            button.setEnabled(False)
        job = self.desk.finish(
            self,
            ("comment", shown.id),
            lambda session, _p: do_as_shown(session, shown, event, document),
            lambda done: self._done(done, shown.content_author or shown.owner),
            lambda error: self._refused(shown, error),
        )
        job.ended.connect(decision.judge)

    def _done(self, done: ReferralDone, author: str) -> None:
        """Say what comes next, and whom it concerns: the answer has to be carried to who wrote the referral."""
        name = self.desk.known.name(author)
        following = words.fill(self.tr("{name} learns of it from your next bundle."), name=name)
        button = words.fill(self.tr("Write a bundle for {name}"), name=name)
        self.desk.tell("ok", words.happened(done.event), "", following, (button, Target("sync", author)))

    def _refused(self, shown: ReferralShown, error: CtcaseError) -> None:
        """Say it under the referral that was decided on, or which one it was if another is looked at by now."""
        said, decision = explain(error), self.decision
        if decision is not None and decision.shown.id == self._chosen == shown.id:
            decision.error.set_sentence(f"{said.what} {said.next}")
            return
        agency = agency_name(self.desk, shown)
        what = words.fill(self.tr("Referral to {agency}: {what}"), agency=agency, what=said.what)
        self.desk.tell(
            "danger", what, "", said.next, (self.tr("Open the referral"), Target("referral", shown.id))
        )

    def _changed(self, changes: Changes) -> None:
        if changes.streams or changes.roster or changes.local:
            self.read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._left.setVisible(self.width() >= self.theme.px(BESIDE_LEAST) or len(self._waiting) != 1)
        narrow = self.width() < self.theme.px(BESIDE_LEAST)
        self._left.setFixedWidth(self.theme.px(NARROW_LIST if narrow else LIST_WIDTH))

    def foot_height(self) -> int:
        return self._answer.height()

    def regions(self) -> list[QWidget]:
        chosen = self.rows.get(self._chosen)
        return [*([chosen] if chosen else []), *([self.decision] if self.decision else [])]
