"""The head of a case file: code and alias, consent and safe contact always in view, the name only on request."""

from PySide6.QtWidgets import QWidget

from ctcase.app.results import CaseShown
from ctcase.model.values import Missing, Value
from ui import words
from ui.desk import Desk
from ui.errors import why_not
from ui.views.case_consents import mark_of
from ui.views.parts import column, row, surface
from ui.widgets.buttons import Button, ReasonedButton
from ui.widgets.flow import Flow
from ui.widgets.marks import Chip
from ui.widgets.text import ElidedLabel, Label, isolate

NAME_FIELDS = ("first_name", "second_name")


def why_read_only(case: CaseShown) -> str:
    """Why nothing can be written into a case here; nothing if it can."""
    if case.may_write is None:
        return ""
    return why_not({"role": "role_missing"}.get(case.may_write, "not_your_case"))


class CaseHeader(QWidget):
    """Chips drop their detail when room gets scarce, never their state."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        theme = desk.theme
        self._desk = desk
        self._case: CaseShown | None = None
        self._scarce = False
        self.code = Label(theme, "", "title")
        self.alias = ElidedLabel(theme, "", "title")
        self.about = ElidedLabel(theme, "", "caption", "text2")
        self.name = ElidedLabel(theme, "", "label")
        self.name.hide()
        self.chips: dict[str, Chip] = {}
        self.flow = Flow(gap=8)
        self.show_name = Button(theme, self.tr("Show name"), "ghost", "eye")
        self.show_name.setToolTip(self.tr("Reading it is recorded."))
        self.show_name.setAccessibleDescription(self.tr("Reading it is recorded."))
        self.timeline = Button(theme, self.tr("Timeline"), "secondary", "rotate-ccw-clock")
        self.timeline.hide()
        self.refer = Button(theme, self.tr("New referral"), "primary", "share-2")
        self._refer = ReasonedButton(theme, self.refer, below=True)
        title = row(self.code, self.alias, gap=12)
        title.setStretch(1, 1)
        top = row(column(title, self.about, gap=0), self.timeline, self._refer, gap=8)
        top.setStretch(0, 1)
        bottom = row(self.flow, self.name, self.show_name, gap=10)
        bottom.setStretch(0, 1)
        ground = surface(column(top, bottom, gap=8, margins=(20, 12, 20, 10)))
        self.setLayout(column(ground, gap=0))

    def load(self, case: CaseShown) -> None:
        """Show a case as it is now."""
        self._case = case
        self.code.setText(isolate(case.code))
        self.alias.setText(case.alias or "")
        owner = self._desk.known.name(case.owner)
        parts = [
            words.case_state(case.state),
            owner,
            case.team and words.fill(self.tr("team {team}"), team=case.team),
        ]
        self.about.setText(" · ".join(part for part in parts if part))
        self._chips(case)
        self._refer.set_reason(why_read_only(case))
        if not self.name.isHidden():
            self.name.setText(self._full_name())

    def _chips(self, case: CaseShown) -> None:
        wanted = {"consent": self._consent(case), "contact": self._contact(case)}
        if case.conflicts:
            many = self.tr("{n} conflicts")
            word = words.counted(len(case.conflicts), self.tr("1 conflict"), many)
            wanted["conflicts"] = ("warn", "git-merge", word, "")
        for key, (tone, icon, word, detail) in wanted.items():
            if key not in self.chips:
                self.chips[key] = Chip(self._desk.theme, tone, icon, word, detail)
                self.flow.add(self.chips[key])
            self.chips[key].set_state(tone, icon, word, detail)
            self.chips[key].set_detail_shown(not self._scarce)
        if "conflicts" in self.chips:
            self.chips["conflicts"].setVisible(bool(case.conflicts))

    def _consent(self, case: CaseShown) -> tuple[str, str, str, str]:
        living = [one for one in case.consents if one.in_force]
        if not case.consents:
            return "idle", "circle-dashed", self.tr("Consent not asked"), ""
        if not living:
            tone, icon, word = mark_of(case.consents[0])
            return tone, icon, words.fill(self.tr("Consent: {state}"), state=word), ""
        until = min((one.expires for one in living if one.expires), default="")
        detail = words.fill(self.tr("until {day}"), day=self._desk.texts.day(until)) if until else ""
        return "ok", "circle-check", self.tr("Consent in force"), detail

    def _contact(self, case: CaseShown) -> tuple[str, str, str, str]:
        person = _person(case)
        channels = person.get("safe_channel")
        never = person.get("never_leave_message") is True
        if not isinstance(channels, tuple):
            word = self.tr("No message left") if never else self.tr("Safe contact not known")
            return "warn", "phone", word, ""
        said = self._desk.texts.value("person.safe_channel", channels)
        word = words.fill(self.tr("Contact: {ways}"), ways=said)
        return "warn", "phone", word, self.tr("never leave a message") if never else ""

    def set_narrow(self, *, timeline_hidden: bool, scarce: bool) -> None:
        """What is left out where room gets scarce."""
        self.timeline.setVisible(timeline_hidden)
        self._scarce = scarce
        for chip in self.chips.values():
            chip.set_detail_shown(not scarce)

    @property
    def is_name_shown(self) -> bool:
        """Whether the name stands there now."""
        return not self.name.isHidden()

    def reveal_name(self) -> None:
        """Show the name until the case is left."""
        self._put_name(self._full_name())

    def hide_name(self) -> None:
        """Take it away again."""
        self._put_name("")

    def _put_name(self, text: str) -> None:
        self.name.setText(text)
        self.name.setVisible(bool(text))
        self.show_name.say(self.tr("Hide name") if text else self.tr("Show name"))
        self.show_name.set_icon("eye-off" if text else "eye")

    def _full_name(self) -> str:
        person = _person(self._case) if self._case else {}
        parts = [person.get(name) for name in NAME_FIELDS]
        return " ".join(str(part) for part in parts if part and not isinstance(part, Missing)) or self.tr(
            "No name yet"
        )


def _person(case: CaseShown) -> dict[str, Value]:
    return next((record.fields for record in case.records if record.id == "person"), {})
