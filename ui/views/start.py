"""Making a vault: founding an office, or joining one. The guided first run comes on top of these pages."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from ctcase.app.office import create_office, join
from ctcase.app.results import Joined, OfficeCreated
from ctcase.errors import CtcaseError
from ui.dialogs.files import REQUEST, Files, requests
from ui.errors import explain
from ui.theme.theme import Theme
from ui.views.editors import short_line
from ui.views.gate import centred
from ui.views.parts import column, row
from ui.widgets.buttons import Button
from ui.widgets.field import Field
from ui.widgets.frames import Card, ErrorLine
from ui.widgets.marks import Segments
from ui.widgets.text import Label
from ui.widgets.writing import PassphraseEdit
from ui.words import roles
from ui.worker import Worker

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
        self.setLayout(column(Label(theme, name, "label"), row(self.choose, self._place, 0, gap=10), gap=4))
        self.setFocusProxy(self.choose)

    def set_path(self, path: Path | None) -> None:
        """Take a place; None leaves the one before."""
        if path is not None:
            self.path = path
            self._place.setText(str(path))


class NewPassphrase(QWidget):
    """A new passphrase, typed twice, and what is wrong with it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        first, second = self.tr("Passphrase"), self.tr("The same again")
        self.first, self.second = PassphraseEdit(theme, first), PassphraseEdit(theme, second)
        hint = self.tr(
            "Four or five words that do not belong together are good. Nobody can look it up for you."
        )
        self.setLayout(
            column(
                column(Label(theme, first, "label"), self.first, gap=4),
                column(Label(theme, second, "label"), self.second, gap=4),
                Label(theme, hint, "caption", "text2", wrap=True),
                gap=10,
            )
        )

    def problem(self) -> str:
        """One sentence, or nothing."""
        if len(self.first.text()) < SHORTEST_PASSPHRASE:
            return self.tr("The passphrase is short. Write at least {n} characters.").replace(
                "{n}", str(SHORTEST_PASSPHRASE)
            )
        if self.first.text() != self.second.text():
            return self.tr("The two passphrases are not the same. Type them again.")
        return ""


class _Start(QWidget):
    """What both pages share: name, folder, passphrase, the error and the two buttons."""

    left = Signal()

    def __init__(self, theme: Theme, worker: Worker, files: Files, title: str, verb: str) -> None:
        super().__init__()
        self.theme, self.worker, self.files, self._title = theme, worker, files, title
        self.name = short_line(theme)
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

    def begin(self) -> None:
        """Do it, or say what is missing."""
        problem = self.problem() or self.passphrase.problem()
        self.error.set_sentence(problem)
        if not problem:
            self.act.setEnabled(False)
            self.work()

    def problem(self) -> str:
        """What is missing, as a sentence."""
        if not str(self.name.value() or "").strip():
            return self.tr("Write your name first.")
        if self.folder.path is None:
            return self.tr("Choose a folder for the vault first.")
        return ""

    def work(self) -> None:
        """Hand the work to the worker."""
        raise NotImplementedError

    def refused(self, error: CtcaseError) -> None:
        """Say why not."""
        self.act.setEnabled(True)
        said = explain(error)
        self.error.set_sentence(f"{said.what} {said.next}")


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
        self.office = short_line(theme)
        self.build(
            [
                Field(theme, self.tr("Name of the office"), self.office),
                Field(theme, self.tr("Your name"), self.name),
                self.folder,
                self.passphrase,
            ]
        )

    def problem(self) -> str:
        if not str(self.office.value() or "").strip():
            return self.tr("Write the name of the office first.")
        return super().problem()

    def work(self) -> None:
        folder, office, name = self.folder.path, str(self.office.value()), str(self.name.value())
        secret = self.passphrase.first.text()
        assert folder is not None  # problem() looked

        def done(made: OfficeCreated) -> None:
            self.done.emit(folder, made)

        self.worker.prepare(
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
        self.build(
            [Field(theme, self.tr("Your name"), self.name), role, self.folder, self.request, self.passphrase]
        )

    def problem(self) -> str:
        found = super().problem()
        if not found and self.request.path is None:
            return self.tr("Choose where to write the request file first.")
        return found

    def work(self) -> None:
        folder, target, name = self.folder.path, self.request.path, str(self.name.value())
        role, secret = self.role.value() or "caseworker", self.passphrase.first.text()
        assert folder is not None  # problem() looked
        assert target is not None

        def done(made: Joined) -> None:
            self.done.emit(folder, made)

        self.worker.prepare(
            self, lambda env: join(folder, name, (role,), target, secret, env), done, self.refused
        )
