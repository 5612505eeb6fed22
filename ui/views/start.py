"""Making a vault: founding an office, or joining one. The guided first run comes on top of these pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from ctcase.app.office import create_office, join
from ctcase.app.results import Joined, OfficeCreated
from ctcase.errors import CtcaseError
from ui.desk import hold
from ui.dialogs.files import REQUEST, Files, requests
from ui.errors import explain
from ui.theme.theme import Theme
from ui.views.editors import short_line
from ui.views.gate import WayIn, centred
from ui.views.parts import column, row
from ui.widgets.buttons import Button
from ui.widgets.field import Field
from ui.widgets.frames import Card, ErrorLine, set_property
from ui.widgets.marks import Segments
from ui.widgets.text import Label
from ui.widgets.writing import PassphraseEdit
from ui.words import fill, roles
from ui.worker import Job, Worker

SHORTEST_PASSPHRASE = 12
"""Characters; length is what an attacker with the file has to pay for."""


class PathPicker(QWidget):
    """A button that asks for a place, and the place chosen."""

    def __init__(self, theme: Theme, name: str, verb: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self.choose = Button(theme, verb, icon="folder-open")
        self._place = Label(
            theme, QCoreApplication.translate("start", "Not chosen yet"), "body", "text2", wrap=True
        )
        self._error = ErrorLine(theme)
        line = row(self.choose, self._place, 0, gap=10)
        self.setLayout(column(Label(theme, name, "label"), line, self._error, gap=4))
        self.setFocusProxy(self.choose)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong, or nothing."""
        self._error.set_sentence(sentence)

    def error(self) -> str:
        """The sentence shown, or nothing."""
        return self._error.sentence()

    def set_path(self, path: Path | None) -> None:
        """Take a place; None leaves the one before."""
        if path is not None:
            self.path = path
            self._place.setText(str(path))
            self.set_error("")


class Secret(QWidget):
    """A passphrase with its label, and what is wrong with it."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.edit = PassphraseEdit(theme, name)
        self._error = ErrorLine(theme)
        self.setLayout(column(Label(theme, name, "label"), self.edit, self._error, gap=4))
        self.setFocusProxy(self.edit)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong, or nothing."""
        self._error.set_sentence(sentence)
        set_property(self.edit.line, "error", "true" if sentence else "false")
        self.edit.line.setAccessibleDescription(sentence)

    def error(self) -> str:
        """The sentence shown, or nothing."""
        return self._error.sentence()


Asked = Field | PathPicker | Secret
"""A part of a form that can say what is wrong with it."""


def say_problems(parts: Sequence[Asked], problems: Mapping[Asked, str]) -> bool:
    """Say under each part what is wrong with it, and go to the first; False if nothing is."""
    for part in parts:
        part.set_error(problems.get(part, ""))
    first = next((part for part in parts if part in problems), None)
    if first is not None:
        first.setFocus()
    return first is not None


class NewPassphrase(QWidget):
    """A new passphrase, typed twice, and what is wrong with it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.first, self.second = (
            Secret(theme, self.tr("Passphrase")),
            Secret(theme, self.tr("The same again")),
        )
        hint = self.tr(
            "Four or five words that do not belong together are good. Nobody can look it up for you."
        )
        said = Label(theme, hint, "caption", "text2", wrap=True)
        self.setLayout(column(self.first, self.second, said, gap=10))

    def problems(self) -> dict[Asked, str]:
        """What is wrong, by the part."""
        first = self.first.edit.text()
        if len(first) < SHORTEST_PASSPHRASE:
            short = self.tr("The passphrase is short. Write at least {n} characters.")
            return {self.first: fill(short, n=SHORTEST_PASSPHRASE)}
        if first != self.second.edit.text():
            return {self.second: self.tr("The two passphrases are not the same. Type them again.")}
        return {}


class _Start(WayIn):
    """What both pages share: name, folder, passphrase, the error and the two buttons."""

    left = Signal()

    def __init__(self, theme: Theme, worker: Worker, files: Files, title: str, verb: str) -> None:
        super().__init__()
        self.theme, self.worker, self.files, self._title = theme, worker, files, title
        self.name = Field(theme, self.tr("Your name"), short_line(theme))
        self.folder = PathPicker(theme, self.tr("Folder for the new vault"), self.tr("Choose the folder"))
        self.passphrase = NewPassphrase(theme)
        self.error = ErrorLine(theme)
        self.act = Button(theme, verb, "primary")
        self.back = Button(theme, self.tr("Back"), "ghost", "arrow-left")
        self.act.clicked.connect(self.begin)
        self.back.clicked.connect(self.left)
        self.folder.choose.clicked.connect(lambda: self.folder.set_path(_vault_in(self.files.folder(self))))

    def build(self, parts: list[QWidget]) -> None:
        """Lay the page out."""
        card = Card(self.theme, self._title)
        card.body.setContentsMargins(30, 22, 30, 22)
        card.body.setSpacing(14)
        for part in (*parts, self.error):
            card.body.addWidget(part)
        card.body.addLayout(row(self.back, 0, self.act))
        self.setLayout(column(centred(self.theme, card, 600, self._title), gap=0))
        self.setFocusProxy(parts[0])
        self._asked = [part for part in parts if isinstance(part, Asked)]
        self._asked += [self.passphrase.first, self.passphrase.second]

    def begin(self) -> None:
        """Do it, or say what is missing."""
        self.error.set_sentence("")
        if not say_problems(self._asked, {**self.problems(), **self.passphrase.problems()}):
            hold(self.work(), self.act)

    def problems(self) -> dict[Asked, str]:
        """What is missing, by the part."""
        found: dict[Asked, str] = {}
        if not _written(self.name):
            found[self.name] = self.tr("Write your name first.")
        if self.folder.path is None:
            found[self.folder] = self.tr("Choose a folder for the vault first.")
        return found

    def work(self) -> Job:
        """Hand the work to the worker."""
        raise NotImplementedError

    def refused(self, error: CtcaseError) -> None:
        """Say why not."""
        said = explain(error)
        self.error.set_sentence(f"{said.what} {said.next}")


def _written(field: Field) -> str:
    """What stands in a line, without blanks around it."""
    return str(field.editor.value() or "").strip()


def _vault_in(folder: Path | None) -> Path | None:
    """The folder itself while it is empty, else a new one inside."""
    if folder is None or not folder.is_dir() or not any(folder.iterdir()):
        return folder
    return folder / "vault"


class FoundOffice(_Start):
    """Creates an office; the one who does is its officer and administrator."""

    done = Signal(object, object)
    """The vault's folder, and `OfficeCreated`."""

    def __init__(self, theme: Theme, worker: Worker, files: Files) -> None:
        super().__init__(theme, worker, files, "", "")
        self._title = self.tr("Create an office")
        self.act.say(self.tr("Create the office"))
        self.office = Field(theme, self.tr("Name of the office"), short_line(theme))
        self.build([self.office, self.name, self.folder, self.passphrase])

    def problems(self) -> dict[Asked, str]:
        found = super().problems()
        if not _written(self.office):
            found[self.office] = self.tr("Write the name of the office first.")
        return found

    def work(self) -> Job:
        folder, office, name = self.folder.path, _written(self.office), _written(self.name)
        secret = self.passphrase.first.edit.text()
        assert folder is not None  # problems() looked

        def done(made: OfficeCreated) -> None:
            self.done.emit(folder, made)

        return self.worker.prepare(
            self, lambda env: create_office(folder, office, name, secret, env), done, self.refused
        )


class JoinOffice(_Start):
    """Makes a vault and the request file that the office answers."""

    done = Signal(object, object)
    """The vault's folder, and `Joined`."""

    def __init__(self, theme: Theme, worker: Worker, files: Files) -> None:
        super().__init__(theme, worker, files, "", "")
        self._title = self.tr("Join an office")
        self.act.say(self.tr("Make the request"))
        self.role = Segments(theme, list(roles().items()), "caseworker", name=self.tr("Your role"))
        self.request = PathPicker(theme, self.tr("Request file for the office"), self.tr("Choose the file"))
        self.request.choose.clicked.connect(
            lambda: self.request.set_path(files.save(self, REQUEST, requests()))
        )
        role = QWidget()
        role.setLayout(column(Label(theme, self.tr("Your role"), "label"), self.role, gap=4))
        self.build([self.name, role, self.folder, self.request, self.passphrase])

    def problems(self) -> dict[Asked, str]:
        found = super().problems()
        if self.request.path is None:
            found[self.request] = self.tr("Choose where to write the request file first.")
        return found

    def work(self) -> Job:
        folder, target, name = self.folder.path, self.request.path, _written(self.name)
        role, secret = self.role.value() or "caseworker", self.passphrase.first.edit.text()
        assert folder is not None  # problems() looked
        assert target is not None

        def done(made: Joined) -> None:
            self.done.emit(folder, made)

        return self.worker.prepare(
            self, lambda env: join(folder, name, (role,), target, secret, env), done, self.refused
        )
