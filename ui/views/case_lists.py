"""The lists in a case file: referrals, who holds a copy, conflicts, and the timeline."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ctcase.app import decisions
from ctcase.app.results import Candidate, CaseShown, ConflictShown, HistoryLine, ReferralShown
from ui import words
from ui.desk import Desk
from ui.views.case_sections import heading
from ui.views.parts import Slot, column, facts, holder, row, scrolled
from ui.widgets.buttons import Button
from ui.widgets.frames import Card, EmptyState
from ui.widgets.marks import Chip, Pill
from ui.widgets.rows import ListRow
from ui.widgets.text import IconLabel, Label

WIDTH = 282  # px at 100 %
MOST_LINES = 200
"""Lines of a timeline drawn at once."""

STATE_MARKS = {
    "draft": ("idle", "pencil"),
    "submitted": ("info", "hourglass"),
    "returned": ("warn", "undo-2"),
    "approved": ("ok", "circle-check"),
    "sent": ("info", "send"),
    "acknowledged": ("info", "mail-check"),
    "accepted": ("ok", "handshake"),
    "in_service": ("ok", "circle-dot"),
    "completed": ("ok", "circle-check"),
    "rejected": ("danger", "ban"),
    "declined": ("danger", "ban"),
    "discontinued": ("warn", "circle-slash"),
    "withdrawn": ("idle", "circle-slash"),
}


def state_chip(desk: Desk, referral: ReferralShown) -> Chip:
    """The state of a referral."""
    tone, icon = STATE_MARKS.get(referral.state, ("idle", "circle"))
    if referral.rivals:
        return Chip(desk.theme, "warn", "git-merge", words.translate("lists", "Two steps: to decide"))
    if referral.late:
        return Chip(
            desk.theme, "danger", "clock", words.state(referral.state), words.translate("lists", "late")
        )
    return Chip(desk.theme, tone, icon, words.state(referral.state))


def agency_name(desk: Desk, referral: ReferralShown) -> str:
    """The agency of a referral, or that it is not chosen yet."""
    known = {one.id: one.name for one in desk.known.agencies}
    none = words.translate("lists", "No agency chosen yet")
    return referral.agency_name or known.get(referral.agency, referral.agency) or none


class ReferralSection(QWidget):
    """The referrals of a case, and the way to a new one."""

    def __init__(self, desk: Desk, case: CaseShown) -> None:
        super().__init__()
        self._desk = desk
        self._case = case
        self._list = Slot()
        self.rows: list[ListRow] = []
        self.setLayout(
            column(heading(desk, self.tr("Referrals")), self._list, 0, gap=12, margins=(20, 12, 20, 16))
        )
        self.load(case)

    def load(self, case: CaseShown) -> None:
        """Show the referrals of the case as it is now."""
        self._case = case
        self.rows = []
        if not case.referrals:
            self._list.put(EmptyState(self._desk.theme, self.tr("There is no referral yet.")))
            return
        card = Card(self._desk.theme)
        card.body.setContentsMargins(4, 4, 4, 4)
        card.body.setSpacing(2)
        for one in case.referrals:
            detail = words.join_words([words.service(one.service), self._desk.texts.moment(one.updated)])
            line = ListRow(
                self._desk.theme, "share-2", agency_name(self._desk, one), detail, state_chip(self._desk, one)
            )
            line.clicked.connect(lambda _on=False, one=one: self._desk.go("referral", one.id))
            self.rows.append(line)
            card.body.addWidget(line)
        self._list.put(card)


class DisclosureSection(QWidget):
    """Who holds a copy of what; a fact, whatever became of the referral."""

    def __init__(self, desk: Desk, case: CaseShown) -> None:
        super().__init__()
        self._desk = desk
        self._list = Slot()
        head = heading(
            desk,
            self.tr("Who holds a copy"),
            self.tr("What has left stays in this list, also after a withdrawal."),
        )
        self.setLayout(column(head, self._list, 0, gap=12, margins=(20, 12, 20, 16)))
        self.load(case)

    def load(self, case: CaseShown) -> None:
        """Show the disclosures of the case as it is now."""
        if not case.disclosures:
            self._list.put(EmptyState(self._desk.theme, self.tr("Nothing of this case has left the vault.")))
            return
        self._list.put(
            holder(column(*(self._card(case, number) for number in range(len(case.disclosures))), gap=10))
        )

    def _card(self, case: CaseShown, number: int) -> Card:
        desk, one = self._desk, case.disclosures[number]
        known = {agency.id: agency.name for agency in desk.known.agencies}
        card = Card(desk.theme, known.get(one.to, one.to) or words.happened(one.what))
        if one.void:
            card.head.addWidget(
                Chip(desk.theme, "warn", "triangle-alert", self.tr("Took no effect, but left"))
            )
        if one.withdrawals:
            card.head.addWidget(
                Chip(desk.theme, "danger", "ban", self.tr("Consent withdrawn: ask for it back"))
            )
        pairs = [
            (self.tr("What"), words.join_words(desk.texts.label(field) for field in one.fields)),
            (self.tr("How"), words.happened(one.what)),
            (self.tr("Basis"), words.basis(one.basis)),
            (self.tr("When"), f"{desk.texts.moment(one.time)}, {desk.known.name(one.member)}"),
        ]
        card.body.addLayout(facts(desk.theme, pairs))
        return card


class ConflictSection(QWidget):
    """Values that compete, each with who wrote it; neither is preselected. Both stay in the timeline."""

    def __init__(self, desk: Desk, case: CaseShown) -> None:
        super().__init__()
        self._desk = desk
        self._list = Slot()
        self.keep: list[Button] = []
        head = heading(
            desk,
            self.tr("Conflicts"),
            self.tr("Two people wrote different answers. Both stay in the timeline, whichever you keep."),
        )
        self.setLayout(column(head, self._list, 0, gap=12, margins=(20, 12, 20, 16)))
        self.load(case)

    def load(self, case: CaseShown) -> None:
        """Show the conflicts of the case as it is now."""
        self.keep = []
        if not case.conflicts:
            self._list.put(EmptyState(self._desk.theme, self.tr("There is no conflict to decide.")))
            return
        self._list.put(holder(column(*(self._card(one) for one in case.conflicts), gap=10)))

    def _card(self, conflict: ConflictShown) -> Card:
        desk = self._desk
        record, _, name = conflict.field.partition(".")
        if record == "referral":
            card = Card(desk.theme, self.tr("Steps of a referral"))
            button = Button(desk.theme, self.tr("Open the referral"), icon="share-2")
            button.clicked.connect(lambda: desk.go("referral", name))
            card.body.addWidget(
                Label(desk.theme, self.tr("A supervisor decides which step counts."), wrap=True)
            )
            card.body.addLayout(row(button, 0))
            return card
        card = Card(desk.theme, desk.texts.label(conflict.field))
        for candidate in (conflict.ours, *conflict.theirs):
            card.body.addLayout(self._candidate(conflict, candidate))
        return card

    def _candidate(self, conflict: ConflictShown, candidate: Candidate) -> QHBoxLayout:
        desk = self._desk
        value = desk.texts.value(conflict.field, candidate.value) or self.tr("No answer")
        who = f"{desk.known.name(candidate.member)}, {desk.texts.moment(candidate.time)}"
        said = holder(
            column(Label(desk.theme, value, wrap=True), Label(desk.theme, who, "caption", "text2"), gap=0)
        )
        button = Button(desk.theme, self.tr("Keep this"))
        button.setAccessibleName(f"{button.text()}: {value}")
        button.clicked.connect(lambda: self._resolve(conflict.id, candidate.entry))
        self.keep.append(button)
        line = row(said, button, gap=12)
        line.setStretch(0, 1)
        return line

    def _resolve(self, conflict: str, entry: str) -> None:
        self._desk.worker.do(
            self,
            lambda session, _p: decisions.resolve_conflict(session, conflict, keep=entry, value=None),
            lambda _written: None,
        )


class Timeline(QWidget):
    """Who did what and when; what took no effect is there too, with the reason."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._history: Sequence[HistoryLine] = ()
        self._only_void = False
        self._slot = Slot()
        self.all = Pill(desk.theme, self.tr("All"), checked=True)
        self.void = Pill(desk.theme, self.tr("Without effect"))
        self.all.clicked.connect(lambda: self._filter(only_void=False))
        self.void.clicked.connect(lambda: self._filter(only_void=True))
        title = Label(desk.theme, self.tr("Timeline"), "heading")
        head = holder(column(title, row(self.all, self.void, 0, gap=6), gap=8, margins=(16, 12, 14, 8)))
        self.setLayout(column(head, scrolled(self._slot, self.tr("Timeline")), gap=0))

    def load(self, history: Sequence[HistoryLine]) -> None:
        """Show a history, the newest first."""
        self._history = history
        chosen = [one for one in reversed(history) if not self._only_void or one.status != "effective"]
        lines = [self._line(one) for one in chosen[:MOST_LINES]]
        if not lines:
            self._slot.put(EmptyState(self._desk.theme, self.tr("Nothing here.")))
            return
        box = column(*lines, gap=12, margins=(16, 4, 14, 12))
        box.addStretch(1)  # all the room that is left: the lines stay together
        self._slot.put(holder(box))

    def _filter(self, *, only_void: bool) -> None:
        self._only_void = only_void
        self.all.setChecked(not only_void)
        self.void.setChecked(only_void)
        self.load(self._history)

    def _line(self, one: HistoryLine) -> QWidget:
        theme = self._desk.theme
        tone, icon = _mark(one)
        who = self._desk.known.name(one.member) if one.member else self.tr("a device not known yet")
        said = column(Label(theme, self._what(one), wrap=True), gap=0)
        said.addWidget(
            Label(theme, f"{self._desk.texts.moment(one.time)} · {who}", "caption", "text2", wrap=True)
        )
        if one.status != "effective":
            said.addWidget(
                Label(
                    theme, self._why(one), "caption", "danger" if one.status == "void" else "warn", wrap=True
                )
            )
        said.addStretch(1)  # a tall row must not pull the line and its date apart
        line = row(column(IconLabel(theme, icon, tone), 0, gap=0), said, gap=10)
        line.setStretch(1, 1)
        widget = holder(line)
        widget.setAccessibleName(self._what(one))
        return widget

    def _why(self, one: HistoryLine) -> str:
        states = {
            "void": self.tr("Took no effect."),
            "waiting": self.tr("Waits."),
            "proposal": self.tr("A proposal: an officer adopts it or not."),
        }
        return f"{states.get(one.status, '')} {words.void_reason(one.reason)}".strip()

    def _what(self, one: HistoryLine) -> str:
        label = self._desk.texts.label
        if one.event:
            about = one.what[0] if one.what and one.kind == "step" else ""
            return words.happened(one.event) + (f": {about}" if about else "")
        fields = words.join_words(label(field) for field in one.what[:4])
        more = words.fill(self.tr(" and {n} more"), n=len(one.what) - 4) if len(one.what) > 4 else ""
        head = words.kind(one.kind)
        return f"{head}: {fields}{more}" if fields and one.kind == "set" else head


def _mark(one: HistoryLine) -> tuple[str, str]:
    """Tone and icon of a line."""
    if one.status == "void":
        return "danger", "ban"
    if one.status != "effective":
        return "warn", "hourglass"
    icons = {
        "open": "folder-plus",
        "set": "pencil",
        "consent": "circle-check",
        "step": "share-2",
        "disclose": "upload",
    }
    return "text2", icons.get(one.kind, "circle-dot")
