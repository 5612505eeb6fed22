"""Enrolling a device and accepting an office: the cards that ask for the six words of the other side."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal

from ctcase.app import office
from ctcase.app.results import RequestSeen
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk
from ui.dialogs.files import WELCOME, welcomes
from ui.errors import explain
from ui.models.unfinished import State
from ui.views.editors import short_line
from ui.views.parts import column, facts, row
from ui.views.start import Asked, PathPicker, Secret, say_problems
from ui.widgets.buttons import Button
from ui.widgets.choosing import ChoiceEditor
from ui.widgets.field import Field
from ui.widgets.frames import Card, ErrorLine
from ui.widgets.text import Label


class Compare(Card):
    """Asks for the six words that the other side reads out; they are never shown before."""

    typed = Signal()
    """Something was typed or chosen."""

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
        said = self.tr("The words as they are read out to you")
        self.spoken = Field(desk.theme, said, self.words, required=True)
        self.body.addWidget(self.spoken)
        self.body.addWidget(self.error)
        self.body.addLayout(row(self.cancel, 0, self.act))
        self.words.changed.connect(self.typed)

    def state(self) -> State:
        """What was typed; secrets are not part of it."""
        typed = self.words.value()
        return {"words": typed} if typed else {}

    def take_up(self, state: State) -> None:
        """Show again what was typed before."""
        self.words.set_value(state.get("words"))

    def is_complete(self) -> bool:
        """Whether nothing is missing and the words typed are the ones expected; says so if not."""
        self.error.set_sentence("")
        return not say_problems(self.asked(), self.problems())

    def compared(self) -> str:
        """The words that were read out and typed: a file that was exchanged since then has others."""
        return str(self.words.value() or "")

    def asked(self) -> list[Asked]:
        """The parts of the card, in their order."""
        return [self.spoken]

    def problems(self) -> dict[Asked, str]:
        """What is wrong, by the part."""
        if office.words_agree(self.compared(), self._expected):
            return {}
        wrong = self.tr(
            "These are not the words of this file. Ask for them again by voice; if they still differ, do not use it."
        )
        return {
            self.spoken: wrong if self.words.value() else self.tr("Write the words that are read out to you.")
        }

    def refuse(self, error: CtcaseError) -> None:
        """Say why it was not done."""
        said = explain(error)
        self.error.set_sentence(f"{said.what} {said.next}")


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
        self._desk = desk
        self.team = short_line(theme)
        self.role = ChoiceEditor(theme, list(words.roles().items()), absent=False)
        self._role = seen.roles[0] if seen.roles else None
        self.role.set_value(self._role)
        members = [(one.id, one.name) for one in desk.known.members.values()]
        new = self.tr("Nobody yet: a new member")
        self.member = ChoiceEditor(theme, members, absent=False, nothing=new)
        self.welcome = PathPicker(theme, self.tr("Welcome file for the member"), self.tr("Choose the file"))
        self.welcome.choose.clicked.connect(self._choose_welcome)
        self.passphrase = Secret(theme, self.tr("Your passphrase"))
        asked = [(self.tr("Asks for"), words.role_words(seen.roles)), (self.tr("Device"), seen.device[:16])]
        self.extra.addLayout(facts(theme, asked))
        self._team = Field(theme, self.tr("Team"), self.team, required=True)
        line = row(gap=20)
        for part in (self._team, Field(theme, self.tr("Role"), self.role)):
            line.addWidget(part, 1, Qt.AlignmentFlag.AlignTop)
        self.extra.addLayout(line)
        self.extra.addWidget(Field(theme, self.tr("A further device of"), self.member))
        self.extra.addWidget(self.welcome)
        self.extra.addWidget(self.passphrase)
        for editor in (self.team, self.role, self.member):
            editor.changed.connect(self.typed)

    def _choose_welcome(self) -> None:
        path = self._desk.files.save(self, WELCOME, welcomes())
        if path is not None:  # nothing is chosen if the vault is locked meanwhile, and then this card is gone
            self.welcome.set_path(path)
            self.typed.emit()

    def state(self) -> State:
        role, path = self.role.value(), self.welcome.path
        found = {
            "team": self.team.value(),
            "role": role if role != self._role else None,
            "member": self.member.value(),
            "welcome": str(path) if path is not None else None,
        }
        return {**super().state(), **{name: value for name, value in found.items() if value}}

    def take_up(self, state: State) -> None:
        super().take_up(state)
        self.team.set_value(state.get("team"))
        self.role.set_value(state.get("role") or self._role)
        self.member.set_value(state.get("member"))
        welcome = state.get("welcome")
        self.welcome.set_path(Path(welcome) if isinstance(welcome, str) else None)

    def asked(self) -> list[Asked]:
        return [self._team, self.welcome, self.passphrase, self.spoken]

    def problems(self) -> dict[Asked, str]:
        found = super().problems()
        if not str(self.team.value() or "").strip():
            found[self._team] = self.tr("Write the team first.")
        if self.welcome.path is None:
            found[self.welcome] = self.tr("Choose where to write the welcome file first.")
        if not self.passphrase.edit.text():
            found[self.passphrase] = self.tr("Your passphrase opens the keys of the office. Write it first.")
        return found

    def refuse(self, error: CtcaseError) -> None:
        if error.code != "passphrase_wrong":
            super().refuse(error)
            return
        say_problems(self.asked(), {self.passphrase: " ".join(explain(error))})
