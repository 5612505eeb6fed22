"""Members and agencies, enrolling and accepting; and, for a device without an office yet, what to do next."""

from pathlib import Path

from PySide6.QtWidgets import QTableView, QWidget

from ctcase.app import office
from ctcase.app.results import Accepted, Enrolled, MemberShown, RequestSeen, WelcomeSeen, Written
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk
from ui.dialogs.files import REQUEST, WELCOME, requests, welcomes
from ui.errors import explain
from ui.models.rows import Column, RowsModel
from ui.views.editors import short_line
from ui.views.parts import Page, Slot, column, facts, holder, row
from ui.views.start import PathPicker
from ui.widgets.buttons import Button
from ui.widgets.choosing import ChoiceEditor
from ui.widgets.field import Field
from ui.widgets.frames import Card, EmptyState, ErrorLine
from ui.widgets.marks import Chip
from ui.widgets.tables import Mark, style_table
from ui.widgets.text import Label
from ui.widgets.writing import PassphraseEdit


class Compare(Card):
    """Asks for the six words that the other side reads out; they are never shown before."""

    def __init__(self, desk: Desk, title: str, explanation: str, expected: str, verb: str) -> None:
        super().__init__(desk.theme, title)
        self._expected = expected
        self.words = short_line(desk.theme, self.tr("Six words"))
        self.error = ErrorLine(desk.theme)
        self.act = Button(desk.theme, verb, "primary", "check")
        self.cancel = Button(desk.theme, self.tr("Leave it"), "ghost")
        self.extra = column(gap=12)
        self.body.addWidget(Label(desk.theme, explanation, "body", "text2", wrap=True))
        self.body.addLayout(self.extra)
        self.body.addWidget(
            Field(desk.theme, self.tr("The words as they are read out to you"), self.words, required=True)
        )
        self.body.addWidget(self.error)
        self.body.addLayout(row(self.cancel, 0, self.act))

    def agree(self) -> bool:
        """Whether the words typed are the ones expected; says so if not."""
        if office.words_agree(str(self.words.value() or ""), self._expected):
            self.error.set_sentence("")
            return True
        self.error.set_sentence(
            self.tr(
                "These are not the words of this file. Ask for them again by voice; if they still differ, do not use it."
            )
        )
        return False

    def refuse(self, error: CtcaseError) -> None:
        """Say why it was not done."""
        said = explain(error)
        self.error.set_sentence(f"{said.what} {said.next}")
        self.act.setEnabled(True)


class EnrolCard(Compare):
    """Enrols the device of a request."""

    def __init__(self, desk: Desk, seen: RequestSeen) -> None:
        theme = desk.theme
        explanation = words.translate(
            "office", "Call the person, and let them read out the six words that their device shows."
        )
        super().__init__(
            desk, words.fill(words.translate("office", "Enrol {name}"), name=seen.name), explanation, seen.fingerprint,
            words.translate("office", "Enrol this device"),
        )  # fmt: skip
        self.team = short_line(theme)
        self.role = ChoiceEditor(theme, list(words.roles().items()), absent=False)
        self.role.set_value(seen.roles[0] if seen.roles else None)
        members = [(one.id, one.name) for one in desk.known.members.values()]
        self.member = ChoiceEditor(theme, members, absent=False)
        self.welcome = PathPicker(theme, self.tr("Welcome file for the member"), self.tr("Choose the file"))
        self.welcome.choose.clicked.connect(
            lambda: self.welcome.set_path(desk.files.save(self, WELCOME, welcomes()))
        )
        self.passphrase = PassphraseEdit(theme, self.tr("Your passphrase"))
        asked = [(self.tr("Asks for"), words.role_words(seen.roles)), (self.tr("Device"), seen.device[:16])]
        self.extra.addLayout(facts(theme, asked))
        line = row(
            Field(theme, self.tr("Team"), self.team, required=True),
            Field(theme, self.tr("Role"), self.role),
            gap=20,
        )
        self.extra.addLayout(line)
        hint = self.tr("Left open, this is a new member.")
        self.extra.addWidget(Field(theme, self.tr("A further device of"), self.member, help_text=hint))
        self.extra.addWidget(self.welcome)
        secret = column(Label(theme, self.tr("Your passphrase"), "label"), self.passphrase, gap=4)
        self.extra.addLayout(secret)

    def missing(self) -> str:
        """What is not there yet, as a sentence."""
        if not str(self.team.value() or "").strip():
            return self.tr("Write the team first.")
        if self.welcome.path is None:
            return self.tr("Choose where to write the welcome file first.")
        return (
            ""
            if self.passphrase.text()
            else self.tr("Your passphrase opens the keys of the office. Write it first.")
        )


class OfficePage(Page):
    """What the role needs: everybody sees the members; administrators enrol; officers keep the directory."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "")
        self.set_title(self.tr("Office"))
        self._slot, self._lists = Slot(), Slot()
        self.compare: Compare | None = None
        self.agency = short_line(desk.theme, self.tr("Name of the agency"))
        self.enrol = Button(desk.theme, self.tr("Enrol from a request"), "primary", "user-plus")
        self.welcome = Button(desk.theme, self.tr("Accept a welcome"), "primary", "mail-open")
        self.request = Button(desk.theme, self.tr("Write the request again"), "secondary", "file-text")
        for part in (self.request, self.welcome, self.enrol):
            self.acts.addWidget(part)
        self.body.addWidget(holder(column(self._slot, self._lists, 0, gap=12)), 1)
        self.enrol.clicked.connect(self._choose_request)
        self.welcome.clicked.connect(self._choose_welcome)
        self.request.clicked.connect(self._write_request)
        desk.renewed.connect(self.load)
        self.load()

    def load(self) -> None:
        """Show what is known now."""
        desk, status = self.desk, self.desk.known.status
        enrolled = status.enrolled == "yes"
        self.enrol.setVisible(enrolled and "administrator" in desk.known.roles)
        self.welcome.setVisible(not enrolled)
        self.request.setVisible(not enrolled)
        self.set_subtitle(
            status.office.name
            if status.office
            else self.tr("This device is not enrolled yet. You can write down cases already.")
        )
        parts: list[QWidget] = []
        if status.office is not None:
            parts += [self._words(status.office.fingerprint), self._members(), self._agencies()]
        else:
            sentence = self.tr(
                "Bring the request file to the office. It gives back a welcome file: accept it here."
            )
            parts.append(EmptyState(self.theme, sentence))
        self._lists.put(holder(column(*parts, gap=12)))

    def _words(self, fingerprint: str) -> Card:
        card = Card(self.theme, self.tr("Words of this office"))
        card.body.addWidget(Label(self.theme, fingerprint, "label", wrap=True))
        hint = self.tr(
            "Read them out to a new member who asks for them. Never send them with the welcome file."
        )
        card.body.addWidget(Label(self.theme, hint, "caption", "text2", wrap=True))
        return card

    def _members(self) -> Card:
        members = sorted(self.desk.known.members.values(), key=lambda one: one.name.casefold())
        model: RowsModel[MemberShown] = RowsModel(
            [
                Column(self.tr("Name"), lambda one: one.name),
                Column(self.tr("Role"), lambda one: words.role_words(one.roles)),
                Column(self.tr("Team"), lambda one: one.team or ""),
                Column(self.tr("Devices"), self._devices, _revoked),
            ],
            members,
        )
        table = QTableView()
        style_table(self.theme, table, name=self.tr("Members"), compact=True)
        table.horizontalHeader().setSortIndicator(
            0, table.horizontalHeader().sortIndicatorOrder().AscendingOrder
        )
        model.setParent(table)
        table.setModel(model)
        for number, width in enumerate((200, 240, 120)):
            table.setColumnWidth(number, self.theme.px(width))
        table.setFixedHeight((self.theme.line() + 12) * (min(len(members), 8) + 1) + 36)
        card = Card(self.theme, self.tr("Members"))
        card.body.addWidget(table)
        return card

    def _devices(self, one: MemberShown) -> str:
        if one.devices and all(device.revoked is not None for device in one.devices):
            return self.tr("Revoked")
        return str(sum(device.revoked is None for device in one.devices))

    def _agencies(self) -> Card:
        card = Card(self.theme, self.tr("Agencies"))
        for one in self.desk.known.agencies:
            line = row(Label(self.theme, one.name), 0, gap=10)
            if one.proposed:
                line.insertWidget(1, Chip(self.theme, "info", "plus", self.tr("Proposed")))
            card.body.addLayout(line)
        if not self.desk.known.agencies:
            card.body.addWidget(
                Label(
                    self.theme,
                    self.tr("None yet. One that is named in a referral appears here."),
                    "body",
                    "text2",
                    wrap=True,
                )
            )
        if self.desk.known.roles & {"officer", "administrator"}:
            written = self.agency.value()
            self.agency = short_line(self.theme, self.tr("Name of the agency"))
            self.agency.set_value(written)
            self.agency.set_name(self.tr("Name of the agency"))
            add = Button(self.theme, self.tr("Add the agency"), icon="plus")
            add.clicked.connect(self._add_agency)
            card.body.addLayout(row(self.agency, add, gap=8))
        return card

    def _add_agency(self) -> None:
        name = str(self.agency.value() or "").strip()
        if name:
            self.agency.set_value(None)
            self.desk.worker.do(self, lambda session, _p: office.add_agency(session, name), _nothing)

    def _choose_request(self) -> None:
        file = self.desk.files.open_one(self, requests())
        if file is not None:
            self.desk.worker.ask(
                self,
                lambda session, _p: office.look_at_request(session, file),
                lambda seen: self._ask_enrol(file, seen),
            )

    def _ask_enrol(self, file: Path, seen: RequestSeen) -> None:
        card = EnrolCard(self.desk, seen)
        card.cancel.clicked.connect(self._close)
        card.act.clicked.connect(lambda: self._enrol(file, card))
        self._open(card)

    def _enrol(self, file: Path, card: EnrolCard) -> None:
        missing = card.missing()
        card.error.set_sentence(missing)
        target = card.welcome.path
        if missing or target is None or not card.agree():
            return
        card.act.setEnabled(False)
        team, role = str(card.team.value()), str(card.role.value() or "") or None
        member, secret = str(card.member.value() or "") or None, card.passphrase.text()
        self.desk.worker.do(
            self,
            lambda session, _p: office.enrol(
                session, file, team=team, role=role, member=member, welcome=target, passphrase=secret
            ),
            self._enrolled,
            card.refuse,
        )

    def _enrolled(self, done: Enrolled) -> None:
        self._close()
        sentence = words.fill(self.tr("The welcome file is written: {file}."), file=Path(done.welcome).name)
        following = self.tr("Give it to the member, and read out the words of this office.")
        self.desk.tell("ok", self.tr("The device is enrolled."), sentence, following)

    def _choose_welcome(self) -> None:
        file = self.desk.files.open_one(self, welcomes())
        if file is not None:
            self.desk.worker.ask(
                self,
                lambda session, _p: office.look_at_welcome(session, file),
                lambda seen: self._ask_accept(file, seen),
            )

    def _ask_accept(self, file: Path, seen: WelcomeSeen) -> None:
        title = words.fill(self.tr("Accept the welcome of {name}"), name=seen.name)
        explanation = self.tr("Call the office, and let them read out their six words.")
        card = Compare(self.desk, title, explanation, seen.fingerprint, self.tr("Accept this office"))
        card.cancel.clicked.connect(self._close)
        card.act.clicked.connect(lambda: self._accept(file, card))
        self._open(card)

    def _accept(self, file: Path, card: Compare) -> None:
        if card.agree():
            card.act.setEnabled(False)
            self.desk.worker.do(
                self, lambda session, _p: office.accept(session, file), self._accepted, card.refuse
            )

    def _accepted(self, done: Accepted) -> None:
        self._close()
        roles = words.fill(
            self.tr("Your role: {roles}. Your team: {team}."),
            roles=words.role_words(done.roles),
            team=done.team or "",
        )
        self.desk.tell("ok", words.fill(self.tr("You belong to {name} now."), name=done.name), roles)

    def _write_request(self) -> None:
        target = self.desk.files.save(self, REQUEST, requests())
        if target is not None:
            self.desk.worker.ask(
                self,
                lambda session, _p: office.write_request(session, target),
                lambda made: self.desk.tell(
                    "ok",
                    self.tr("The request file is written."),
                    words.fill(self.tr("Your words: {words}"), words=made.fingerprint),
                ),
            )

    def _open(self, card: Compare) -> None:
        self.compare = card
        self._slot.put(card)
        card.words.setFocus()

    def _close(self) -> None:
        self.compare = None
        self._slot.put(None)

    def regions(self) -> list[QWidget]:
        return [self.enrol if self.enrol.isVisible() else self.welcome]


def _revoked(one: MemberShown) -> Mark | None:
    gone = bool(one.devices) and all(device.revoked is not None for device in one.devices)
    return Mark("danger", "ban") if gone else None


def _nothing(_done: Written) -> None:
    """The directory comes back with `renewed`."""
