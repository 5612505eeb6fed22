"""What a referral says: with whom, under which consent, what will be shared. One drawing for author and approver."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.app.results import CaseShown, ConsentShown, ContentLine, ReferralShown, StepShown
from ui import words
from ui.desk import Desk
from ui.views.case_consents import recipient_names
from ui.views.case_lists import agency_name
from ui.views.parts import column, facts, holder, row
from ui.widgets.flow import Flow
from ui.widgets.frames import Banner, Card, Line
from ui.widgets.marks import Chip
from ui.widgets.stepper import Step, Stepper
from ui.widgets.text import IconLabel, Label
from ui.words import translate

MAIN = ("draft", "submitted", "approved", "sent", "accepted", "in_service", "completed")
EXITS = {
    "returned": ("undo-2", "warn"),
    "rejected": ("ban", "danger"),
    "declined": ("ban", "danger"),
    "discontinued": ("circle-slash", "warn"),
    "withdrawn": ("circle-slash", "danger"),
}
PAIR_LEAST = 560  # px at 100 %: the least width for two cards side by side


def steps_of(desk: Desk, shown: ReferralShown) -> list[Step]:
    """The path as the stepper shows it: done with its day, now, and to come; a side exit replaces the last."""
    when: dict[str, StepShown] = {step.state: step for step in shown.path}
    texts = desk.texts

    def day(state: str) -> str:
        moment = texts.moment(when[state].time) if state in when else ""
        return moment.rpartition(",")[0]

    if shown.state in EXITS:
        icon, tone = EXITS[shown.state]
        passed = [state for state in MAIN if state in when]
        last = when.get(shown.state)
        reason = (last.reason or last.comment) if last else ""
        note = reason if 0 < len(reason) <= 40 else day(shown.state)
        return [
            *(Step(words.state(state), "done", day(state)) for state in passed),
            Step(words.state(shown.state), "exit", note, icon, tone),
        ]
    now = "sent" if shown.state == "acknowledged" else shown.state
    place = MAIN.index(now) if now in MAIN else 0
    steps = []
    for number, state in enumerate(MAIN):
        if number < place and state not in when:
            continue  # sent ahead, or completed without a recorded start
        word = words.state(shown.state if number == place else state)
        kind = (
            "done" if number < place or shown.state == "completed" else "now" if number == place else "next"
        )
        steps.append(Step(word, kind, day(shown.state if number == place else state)))  # type: ignore[arg-type]  # one of the step's words
    return steps


def stepper(desk: Desk, shown: ReferralShown) -> Stepper:
    """Where the referral stands."""
    return Stepper(desk.theme, steps_of(desk, shown), name=translate("referral", "State of the referral"))


def whom_card(desk: Desk, shown: ReferralShown) -> Card:
    """The agency, the service and when an answer is due."""
    card = Card(desk.theme, translate("referral", "With whom"))
    card.body.addWidget(Label(desk.theme, agency_name(desk, shown), "label", wrap=True))
    card.body.addLayout(
        facts(
            desk.theme,
            [
                (translate("referral", "Service"), words.service(shown.service)),
                (translate("referral", "Answer due"), words.urgency(shown.urgency)),
                (translate("referral", "Until"), desk.texts.moment(shown.due) if shown.due else ""),
                (
                    translate("referral", "Ratify until"),
                    desk.texts.moment(shown.ratification) if shown.ratification else "",
                ),
                (translate("referral", "Reason"), shown.reason),
            ],
        )
    )
    card.body.addStretch(1)
    return card


def consent_card(desk: Desk, shown: ReferralShown, case: CaseShown | None) -> Card:
    """What the sharing rests on, and what is missing of it."""
    theme = desk.theme
    card = Card(theme, translate("referral", "Under which consent"))
    if shown.basis and shown.basis != "consent":
        line = words.fill(translate("referral", "No consent: {basis}"), basis=words.basis(shown.basis))
        card.body.addLayout(
            row(IconLabel(theme, "scale", "info"), Label(theme, line, "label", wrap=True), gap=8)
        )
        card.body.addWidget(Label(theme, shown.reason, "body", "text2", wrap=True))
    elif shown.consent_gap:
        line = translate("referral", "Not covered")
        card.body.addLayout(
            row(IconLabel(theme, "circle-alert", "danger"), Label(theme, line, "label", "danger"), gap=8)
        )
        for code in shown.consent_gap:
            card.body.addWidget(Label(theme, words.gap(code), "body", wrap=True))
    elif not (shown.shared or shown.withheld):
        nothing = translate("referral", "Nothing is chosen yet.")
        card.body.addWidget(Label(theme, nothing, "body", "text2", wrap=True))
    else:
        count = len(shown.shared)
        all_fields = words.counted(
            count, translate("referral", "Covers agency, purpose and the field"),
            translate("referral", "Covers agency, purpose and all {n} fields"),
        )  # fmt: skip
        card.body.addLayout(
            row(IconLabel(theme, "circle-check", "ok"), Label(theme, all_fields, "label", wrap=True), gap=8)
        )
    for text in _consent_lines(desk, shown, case):
        card.body.addWidget(Label(theme, text, "body", "text2", wrap=True))
    card.body.addStretch(1)
    return card


def _consent_lines(desk: Desk, shown: ReferralShown, case: CaseShown | None) -> list[str]:
    found = [one for one in case.consents if one.id == shown.consent] if case and shown.consent else []
    return [_given(desk, one) for one in found]


def _given(desk: Desk, one: ConsentShown) -> str:
    texts = desk.texts
    sentence = words.fill(
        translate("referral", "Given {day} for {agencies}: {purposes}."),
        day=texts.day(one.date) or texts.moment(one.time),
        agencies=recipient_names(desk, one),
        purposes=words.join_words(words.purpose(code) for code in one.purposes),
    )
    until = (
        words.fill(translate("referral", "Until {day}."), day=texts.day(one.expires)) if one.expires else ""
    )
    return f"{sentence} {until}".strip()


def _shared_title(shown: ReferralShown) -> str:
    left = any(step.event in {"send", "send_ahead"} for step in shown.path)
    return translate("referral", "What was shared") if left else translate("referral", "What will be shared")


class SharedCard(Card):
    """Exactly what the agency will read, line by line, with what changed since the submit before."""

    def __init__(self, desk: Desk, shown: ReferralShown, case: CaseShown | None = None) -> None:
        super().__init__(desk.theme, _shared_title(shown))
        self._desk = desk
        self._shown = shown
        count = translate("referral", "{n} fields")
        if shown.content:
            digest = shown.content.removeprefix("sha256:")[:12]
            said = words.fill(translate("referral", "Content {digest}"), digest=digest)
            self.head.addWidget(Label(desk.theme, said, "caption", "text2"))
        self.head.addWidget(
            Label(
                desk.theme,
                words.counted(len(shown.shared), translate("referral", "1 field"), count),
                "caption",
                "text2",
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        heads = (
            translate("referral", "Field"), translate("referral", "What the agency will read"),
            translate("referral", "Kind of data"), translate("referral", "Since the submit before"),
        )  # fmt: skip
        last = 4 if any(line.change in {"same", "changed", "new"} for line in shown.shared) else 3
        for number, head in enumerate(heads[:last]):
            grid.addWidget(Label(desk.theme, head, "caption", "text2"), 0, number)
        for number, line in enumerate(shown.shared):
            self._line(grid, 2 * number + 1, line, last)
        self.body.addLayout(grid)
        if not shown.shared:
            self.body.addWidget(
                Label(desk.theme, translate("referral", "Nothing is chosen yet."), "body", "text2")
            )
        if case is not None:
            self._left_out(case)

    def _line(self, grid: QGridLayout, number: int, line: ContentLine, columns: int) -> None:
        theme, texts = self._desk.theme, self._desk.texts
        grid.addWidget(Line(), number, 0, 1, columns)
        grid.addWidget(Label(theme, texts.label(line.field), "body", "text2", wrap=True), number + 1, 0)
        said = column(Label(theme, texts.value(line.field, line.value) or "\u2013", wrap=True), gap=0)
        if line.change == "changed":
            before = texts.value(line.field, line.before)
            said.addWidget(
                Label(
                    theme,
                    words.fill(translate("referral", "Before: {value}"), value=before),
                    "caption",
                    "text2",
                    wrap=True,
                )
            )
        if self._shown.content and line.now != line.value:
            now = texts.value(line.field, line.now) or translate("referral", "no answer")
            note = words.fill(translate("referral", "In the case now: {value}"), value=now)
            said.addWidget(Label(theme, note, "caption", "warn", wrap=True))
        grid.addWidget(holder(said), number + 1, 1)
        grid.addWidget(Label(theme, words.category(line.category)), number + 1, 2)
        if columns == 4:
            grid.addWidget(_change(self._desk, line.change), number + 1, 3)

    def _left_out(self, case: CaseShown) -> None:
        shared = {line.field for line in self._shown.shared}
        others = [
            self._desk.texts.label(f"{record.id}.{name}")
            for record in case.records
            if record.id in ("person", "case")
            for name in record.fields
            if f"{record.id}.{name}" not in shared
        ]
        if not others:
            return
        sentence = translate("referral", "Left out: {fields}")
        shown = words.join_words(others[:6])
        if len(others) > 6:
            shown += words.fill(translate("referral", " and {n} more"), n=len(others) - 6)
        self.body.addWidget(Line())
        line = row(IconLabel(self._desk.theme, "eye-off"), gap=8)
        line.addWidget(
            Label(self._desk.theme, sentence.replace("{fields}", shown), "caption", "text2", wrap=True), 1
        )
        self.body.addLayout(line)


class PathCard(Card):
    """Every step that counts, with who did it and what was said."""

    def __init__(self, desk: Desk, shown: ReferralShown) -> None:
        super().__init__(desk.theme, translate("referral", "What happened"))
        for step in shown.path:
            who = f"{desk.known.name(step.member)} · {desk.texts.moment(step.time)}"
            said = column(Label(desk.theme, words.happened(step.event)), gap=0)
            for text in (step.comment, step.reason):
                if text:
                    said.addWidget(Label(desk.theme, text, wrap=True))
            said.addWidget(Label(desk.theme, who, "caption", "text2"))
            line = row(column(IconLabel(desk.theme, "circle-dot"), 0, gap=0), said, gap=10)
            line.setStretch(1, 1)
            self.body.addLayout(line)


def resting_heading(card: Card, said: str) -> QWidget:
    """The heading of a card as a place for the focus where no key does anything; `said` is heard with it."""
    if card.title is None:
        return card
    card.head.setAlignment(
        card.title, Qt.AlignmentFlag.AlignLeft
    )  # as wide as its words, or it looks like a field
    card.title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    card.title.setAccessibleDescription(said)
    return card.title


def answer_banner(desk: Desk, shown: ReferralShown) -> list[QWidget]:
    """What somebody answered who stopped the referral: their words come first."""
    answers = (step for step in reversed(shown.path) if step.state == shown.state and step.event != "retract")
    last = next(answers, None)
    said = (last.comment or last.reason) if last else ""
    if last is None or shown.state not in EXITS or not said:
        return []
    sentence = words.fill(translate("referral", "{name} writes:"), name=desk.known.name(last.member))
    return [Banner(desk.theme, EXITS[shown.state][1], f"{words.state(shown.state)}. {sentence}", said)]


def _change(desk: Desk, change: str) -> QWidget:
    table = {
        "same": ("text2", "check", translate("referral", "As before")),
        "new": ("info", "plus", translate("referral", "New")),
        "changed": ("warn", "pencil", translate("referral", "Changed")),
    }
    if change not in table:
        return QWidget()
    tone, icon, word = table[change]
    return holder(row(IconLabel(desk.theme, icon, tone), Label(desk.theme, word, "body", tone), 0, gap=6))


def flags(desk: Desk, shown: ReferralShown) -> Flow:
    """What has to be seen at once: late, to ratify, two steps that exclude each other."""
    flow = Flow(gap=8)
    if shown.late:
        flow.add(Chip(desk.theme, "danger", "clock", translate("referral", "The answer is late")))
    if shown.ratification:
        flow.add(Chip(desk.theme, "warn", "shield-alert", translate("referral", "Sent ahead: to ratify")))
    if shown.rivals:
        flow.add(Chip(desk.theme, "warn", "git-merge", translate("referral", "Two steps exclude each other")))
    if not (shown.late or shown.ratification or shown.rivals):
        flow.hide()
    return flow


def without_effect(desk: Desk, steps: Sequence[StepShown]) -> Card:
    """Steps that took no effect, each with its reason."""
    card = Card(desk.theme, translate("referral", "Steps without effect"))
    for step in steps:
        who = (
            f"{words.happened(step.event)} · {desk.known.name(step.member)} · {desk.texts.moment(step.time)}"
        )
        said = column(Label(desk.theme, who, wrap=True), gap=0)
        said.addWidget(Label(desk.theme, words.void_reason(step.state), "caption", "danger", wrap=True))
        line = row(IconLabel(desk.theme, "ban", "danger"), said, gap=10)
        line.setStretch(1, 1)
        card.body.addLayout(line)
    return card
