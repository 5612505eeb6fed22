"""Members and agencies, enrolling and accepting; and, for a device without an office yet, what to do next."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from ctcase.app import office
from ctcase.app.results import Accepted, Enrolled, MemberShown, RequestSeen, WelcomeSeen, Written
from ui import words
from ui.desk import Desk, hold
from ui.dialogs.files import REQUEST, requests, welcomes
from ui.models.rows import Column, RowsModel
from ui.models.unfinished import Kind
from ui.views.editors import short_line
from ui.views.enrol import Compare, EnrolCard
from ui.views.parts import Page, Slot, column, holder, row
from ui.widgets.buttons import Button
from ui.widgets.frames import Card, EmptyState
from ui.widgets.marks import Chip
from ui.widgets.tables import Mark, RoomTable
from ui.widgets.text import Label

MEMBER_WIDTHS = (200, 240, 120, 90)  # px at 100 %: name, role, team, devices


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
        self._take_up()

    def load(self) -> None:
        """Show what is known now."""
        desk, status = self.desk, self.desk.known.status
        enrolled = status.enrolled == "yes"
        free = self.compare is None  # the act of an open card is the one thing to do
        self.enrol.setVisible(free and enrolled and "administrator" in desk.known.roles)
        self.welcome.setVisible(free and not enrolled)
        self.request.setVisible(free and not enrolled)
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
                Column(self.tr("Devices"), self._devices, _revoked, key=_in_use),
            ],
            members,
        )
        table = RoomTable(self.theme, MEMBER_WIDTHS, (2,), name=self.tr("Members"), compact=True)
        table.horizontalHeader().setSortIndicator(
            0, table.horizontalHeader().sortIndicatorOrder().AscendingOrder
        )
        table.show_model(model)
        line = table.verticalHeader().defaultSectionSize()
        table.setFixedHeight(table.horizontalHeader().height() + line * min(len(members), 8) + 12)
        card = Card(self.theme, self.tr("Members"))
        card.body.addWidget(table)
        return card

    def _devices(self, one: MemberShown) -> str:
        if one.devices and all(device.revoked is not None for device in one.devices):
            return self.tr("Revoked")
        return str(_in_use(one))

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
            self.agency = short_line(self.theme, self.tr("Name of the agency"))
            self.agency.set_value(self.desk.unfinished.get("agency", "").get("name"))
            self.agency.set_name(self.tr("Name of the agency"))
            self.agency.changed.connect(self._agency_typed)
            self.add = Button(self.theme, self.tr("Add the agency"), icon="plus")
            self.add.clicked.connect(self._add_agency)
            card.body.addLayout(row(self.agency, self.add, gap=8))
        return card

    def _agency_typed(self) -> None:
        name = self.agency.value()
        self.desk.keep("agency", "", {"name": name} if name else {})

    def _add_agency(self) -> None:
        written = self.agency.value()
        name = str(written or "").strip()
        if name:
            job = self.desk.finish(
                self,
                ("agency", ""),
                lambda session, _p: office.add_agency(session, name),
                self._added,
                self.desk.refuse,
                lambda _done, state: {} if state.get("name") == written else state,
            )
            hold(job, self.add)

    def _added(self, _done: Written) -> None:
        self.agency.set_value(self.desk.unfinished.get("agency", "").get("name"))

    def _choose_request(self) -> None:
        file = self.desk.files.open_one(self, requests())
        if file is not None:
            self._look_at_request(file)

    def _look_at_request(self, file: Path) -> None:
        self.desk.worker.ask(
            self,
            lambda session, _p: office.look_at_request(session, file),
            lambda seen: self._ask_enrol(file, seen),
        )

    def _ask_enrol(self, file: Path, seen: RequestSeen) -> None:
        card = EnrolCard(self.desk, seen)
        card.act.clicked.connect(lambda: self._enrol(file, card))
        self._open("enrol", file, card)

    def _enrol(self, file: Path, card: EnrolCard) -> None:
        target = card.welcome.path
        if not card.is_complete() or target is None:
            return
        team, role = str(card.team.value()), str(card.role.value() or "") or None
        member, secret = str(card.member.value() or "") or None, card.passphrase.edit.text()
        compared = card.compared()
        job = self.desk.finish(
            self,
            ("enrol", str(file)),
            lambda session, _p: office.enrol(
                session,
                file,
                team=team,
                role=role,
                member=member,
                welcome=target,
                passphrase=secret,
                compared=compared,
            ),
            self._enrolled,
            card.refuse,
        )
        hold(job, card.act)

    def _enrolled(self, done: Enrolled) -> None:
        self._close()
        sentence = words.fill(self.tr("The welcome file is written: {file}."), file=Path(done.welcome).name)
        following = self.tr("Give it to the member, and read out the words of this office.")
        self.desk.tell("ok", self.tr("The device is enrolled."), sentence, following)

    def _choose_welcome(self) -> None:
        file = self.desk.files.open_one(self, welcomes())
        if file is not None:
            self._look_at_welcome(file)

    def _look_at_welcome(self, file: Path) -> None:
        self.desk.worker.ask(
            self,
            lambda session, _p: office.look_at_welcome(session, file),
            lambda seen: self._ask_accept(file, seen),
        )

    def _ask_accept(self, file: Path, seen: WelcomeSeen) -> None:
        title = words.fill(self.tr("Accept the welcome of {name}"), name=seen.name)
        explanation = self.tr("Call the office, and let them read out their six words.")
        card = Compare(self.desk, title, explanation, seen.fingerprint, self.tr("Accept this office"))
        card.act.clicked.connect(lambda: self._accept(file, card))
        self._open("accept", file, card)

    def _accept(self, file: Path, card: Compare) -> None:
        if card.is_complete():
            compared = card.compared()
            job = self.desk.finish(
                self,
                ("accept", str(file)),
                lambda session, _p: office.accept(session, file, compared),
                self._accepted,
                card.refuse,
            )
            hold(job, card.act)

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

    def _open(self, kind: Kind, file: Path, card: Compare) -> None:
        """Show a card as it was left; what is typed into it is kept until it is done or left for good."""
        form = (kind, str(file))
        card.take_up(self.desk.unfinished.get(*form))
        card.typed.connect(lambda: self.desk.keep(*form, card.state()))
        card.cancel.clicked.connect(lambda: self.desk.keep(*form, {}))
        card.cancel.clicked.connect(self._close)
        self.compare = card
        self._slot.put(card)
        card.words.setFocus()
        self.load()

    def _take_up(self) -> None:
        """Go on with what was begun last, if its file is still there."""
        for kind, file in reversed(list(self.desk.unfinished.begun())):
            if kind in {"enrol", "accept"}:
                (self._look_at_request if kind == "enrol" else self._look_at_welcome)(Path(file))
                return

    def _close(self) -> None:
        self.compare = None
        self._slot.put(None)
        self.load()

    def regions(self) -> list[QWidget]:
        if self.compare is not None:
            return [self.compare.words]
        return [self.enrol if self.enrol.isVisible() else self.welcome]


def _in_use(one: MemberShown) -> int:
    return sum(device.revoked is None for device in one.devices)


def _revoked(one: MemberShown) -> Mark | None:
    gone = bool(one.devices) and all(device.revoked is not None for device in one.devices)
    return Mark("danger", "ban") if gone else None
