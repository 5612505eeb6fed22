"""The parts of the form of a referral: the terms, and the answers to share by kind of data."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ctcase.app.results import AgencyShown, CaseShown, ReferralShown
from ctcase.model.values import Value
from ui import words
from ui.desk import Desk
from ui.models.coverage import covered, fitting
from ui.models.unfinished import State
from ui.views.case_consents import recipient_names
from ui.views.editors import short_line
from ui.views.parts import column, row
from ui.widgets.choosing import ChoiceEditor, PillsEditor, SegmentsEditor
from ui.widgets.field import Field
from ui.widgets.frames import Card, ErrorLine
from ui.widgets.marks import Chip
from ui.widgets.text import Label
from ui.widgets.writing import LongTextEditor


def said_by(shown: ReferralShown | None, agencies: Sequence[AgencyShown]) -> State:
    """What a referral says now, as it stands in its form; empty for a new one."""
    if shown is None:
        return {}
    listed = shown.agency in {one.id for one in agencies}
    found: dict[str, Value] = {
        "agency": shown.agency if listed else None,
        "other": None if listed else shown.agency_name or shown.agency,
        "service": shown.service, "urgency": shown.urgency, "purpose": shown.purpose, "basis": shown.basis,
        "consent": shown.consent, "reason": shown.reason, "shared": tuple(shown.fields),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def say_wrong(line: ErrorLine, sentence: str, *, anew: bool) -> None:
    """Say what is wrong, when it is looked at `anew`; in between, what was mended leaves its room empty.

    Otherwise the page would move under the mouse of the one who mends it.
    """
    policy = line.sizePolicy()
    if anew:
        line.setMinimumHeight(0)
    elif line.sentence() and not sentence:
        line.setMinimumHeight(line.height())
    policy.setRetainSizeWhenHidden(line.minimumHeight() > 0)
    line.setSizePolicy(policy)
    line.set_sentence(sentence)


class Terms(Card):
    """With whom, what for, how soon, and what it rests on."""

    changed = Signal()

    def __init__(self, desk: Desk, case: CaseShown, shown: ReferralShown | None = None) -> None:
        """`shown` is the referral that is changed, None for a new one."""
        super().__init__(desk.theme, words.translate("new_referral", "With whom, and on which basis"))
        theme = desk.theme
        self._desk, self._case = desk, case
        self.agency = ChoiceEditor(theme, [(one.id, one.name) for one in desk.known.agencies], absent=False)
        self.other = short_line(theme, self.tr("Name of another agency"))
        self.service = ChoiceEditor(theme, words.services(), absent=False)
        self.urgency = SegmentsEditor(theme, words.urgencies(), "72h")
        self.basis = SegmentsEditor(theme, words.bases(), "consent")
        purposes = words.purposes()
        rare = [one for one in purposes[3:] if shown is not None and one[0] == shown.purpose]
        self.purpose = SegmentsEditor(theme, [*purposes[:3], *rare], "referral")
        living = [(one.id, recipient_names(desk, one)) for one in case.consents if one.in_force]
        self._living = frozenset(one for one, _ in living)
        self.consent = ChoiceEditor(theme, living, absent=False)
        self.reason = LongTextEditor(theme, lines=2)
        self.reason.more.hide()
        listed = bool(desk.known.agencies)
        hint = self.tr("Left open, the newest one in force that covers everything is taken.")
        other = self.tr("Or another one") if listed else self.tr("Agency")
        self.fields = {
            "agency": Field(theme, self.tr("Agency"), self.agency, required=True),
            "other": Field(theme, other, self.other, required=not listed),
            "service": Field(theme, self.tr("Service"), self.service, required=True),
            "urgency": Field(theme, self.tr("Answer due within"), self.urgency),
            "purpose": Field(theme, self.tr("Purpose"), self.purpose),
            "basis": Field(theme, self.tr("Legal basis"), self.basis),
            "consent": Field(theme, self.tr("Consent"), self.consent, help_text=hint),
            "reason": Field(theme, self.tr("Reason"), self.reason),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        for number, field in enumerate(self.fields.values()):
            grid.addWidget(field, number // 2, number % 2, Qt.AlignmentFlag.AlignTop)
            field.editor.changed.connect(self.changed)
        if not listed:
            self.fields["agency"].hide()
        for number in range(2):
            grid.setColumnStretch(number, 1)
        self.body.addLayout(grid)
        self._wrong: frozenset[str] = frozenset()

    def state(self) -> dict[str, Value]:
        """What stands in the form."""
        found = {name: field.editor.value() for name, field in self.fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    def put_back(self, state: State) -> None:
        """Show what stood in the form before; a consent that is over is asked anew."""
        for name, field in self.fields.items():
            value = state.get(name)
            field.editor.set_value(None if name == "consent" and value not in self._living else value)

    def missing(self) -> dict[str, str]:
        """What has to be there before the referral is submitted, by field, as sentences."""
        found = {}
        if not self.agency_text():
            place = "other" if self.fields["agency"].isHidden() else "agency"
            found[place] = self.tr("Choose the agency, or write its name.")
        if not self.service.value():
            found["service"] = self.tr("Choose the service.")
        if not self.by_consent() and not self.reason.value():
            found["reason"] = self.tr("Without consent, write the reason.")
        return found

    def show_missing(self, missing: Mapping[str, str], *, anew: bool) -> None:
        """Say beside each field what is missing there; until it is looked at `anew`, nothing comes up or moves."""
        if anew:
            self._wrong = frozenset(missing)
        for name, field in self.fields.items():
            sentence = missing.get(name, "") if name in self._wrong else ""
            if field.error() != sentence or anew:
                for line in field.findChildren(ErrorLine):
                    say_wrong(line, sentence, anew=anew)
                field.set_error(sentence)

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


class Group(QWidget):
    """The answers of one kind of data as pills, and whether consent covers that kind."""

    def __init__(self, desk: Desk, category: str, keys: list[str]) -> None:
        super().__init__()
        self.category, self.keys = category, tuple(keys)
        self.pills = PillsEditor(desk.theme, [(key, desk.texts.label(key)) for key in keys], absent=False)
        self.pills.set_name(words.category(category))
        self.chip = Chip(desk.theme, "idle", "circle-dashed", "-")
        head = row(Label(desk.theme, words.category(category), "label"), self.chip, 0, gap=10)
        self.setLayout(column(head, self.pills, gap=6))

    def chosen(self) -> list[str]:
        """The fields chosen."""
        value = self.pills.value()
        return list(value) if isinstance(value, tuple) else []

    def judge(self, kinds: frozenset[str], *, by_consent: bool, agency: str) -> None:
        """Say whether what is chosen here is covered; without an agency nobody can tell."""
        if not by_consent:
            self.chip.set_state("info", "scale", self.tr("Not shared by consent"))
        elif not agency:
            self.chip.set_state("idle", "circle-dashed", self.tr("Choose the agency first"))
        elif self.category in kinds:
            self.chip.set_state("ok", "circle-check", self.tr("Covered by consent"))
        elif self.chosen():
            self.chip.set_state("danger", "circle-alert", self.tr("Not covered: leave it out, or ask again"))
        else:
            self.chip.set_state("idle", "circle-dashed", self.tr("Not covered by consent"))
