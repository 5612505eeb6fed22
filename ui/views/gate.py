"""What is seen while no vault is open: the way in, and nothing that tells whose it is."""

from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QGridLayout, QWidget

from ctcase.errors import CtcaseError
from ui.dialogs.files import Files
from ui.errors import explain
from ui.theme.theme import Theme
from ui.views.parts import column, holder, row, scrolled
from ui.widgets.buttons import Button
from ui.widgets.frames import Card, ErrorLine
from ui.widgets.rows import ListRow
from ui.widgets.text import IconLabel, Label
from ui.widgets.writing import PassphraseEdit
from ui.words import fill
from ui.worker import Worker


def centred(theme: Theme, inner: QWidget, width: int, name: str) -> QWidget:
    """A widget in the middle of the window, `width` px wide at 100 % where there is room."""
    inner.setMaximumWidth(theme.px(width))
    grid = QGridLayout()
    grid.setContentsMargins(16, 16, 16, 16)
    grid.addWidget(inner, 1, 1)
    grid.setRowStretch(0, 1)
    grid.setRowStretch(2, 1)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 100)
    grid.setColumnStretch(2, 1)
    return scrolled(holder(grid), name)


class WayIn(QWidget):
    """A page before a vault is open: Enter presses the button that has the focus, as Space does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = self.window().focusWidget()
        wanted = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat()
        if wanted and isinstance(button, QAbstractButton) and self.isAncestorOf(button):
            button.click()
            return
        super().keyPressEvent(event)


class Hidden(QWidget):
    """An empty, neutral page; any key or click asks for the way in."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "none")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() or event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return}:
            self.wanted.emit()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.wanted.emit()


class Unlock(WayIn):
    """The passphrase; no name, office, count or time."""

    opened = Signal()
    refused = Signal(object)
    """The `CtcaseError` that the page tells."""
    elsewhere = Signal()

    def __init__(self, theme: Theme, worker: Worker, folder: Path) -> None:
        super().__init__()
        self._worker = worker
        self._folder = folder
        self.passphrase = PassphraseEdit(theme, self.tr("Passphrase"))
        self.unlock = Button(theme, self.tr("Unlock"), "primary")
        self.other = Button(theme, self.tr("Open another vault"), "ghost")
        self.error = ErrorLine(theme)
        self._working = Label(theme, "", "caption", "text2")
        self._keyboard = Label(theme, "", "caption", "text2", wrap=True)
        keyboard = row(IconLabel(theme, "keyboard", "text2", 14), self._keyboard, gap=6)
        keyboard.setStretch(1, 1)
        card = Card(theme)
        card.body.setContentsMargins(30, 26, 30, 22)
        card.body.setSpacing(10)
        heading = Label(theme, self.tr("Locked"), "title")
        for part in (IconLabel(theme, "lock", "accent", 28), heading):
            card.body.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.addSpacing(4)
        card.body.addLayout(column(Label(theme, self.tr("Passphrase"), "label"), self.passphrase, gap=4))
        self._keyboard_line = holder(keyboard)
        card.body.addWidget(self._keyboard_line)
        card.body.addWidget(self.error)
        card.body.addWidget(self._working)
        card.body.addWidget(self.unlock)
        card.body.addWidget(self.other, 0, Qt.AlignmentFlag.AlignHCenter)
        self._working.hide()
        self.setLayout(column(centred(theme, card, 380, self.tr("Locked")), gap=0))
        self.setFocusProxy(self.passphrase)
        self.passphrase.submitted.connect(self.try_it)
        self.unlock.clicked.connect(self.try_it)
        self.other.clicked.connect(self.elsewhere)
        QGuiApplication.inputMethod().localeChanged.connect(self._say_keyboard)
        self._say_keyboard()

    def _say_keyboard(self) -> None:
        """Which keyboard is on: what is typed cannot be seen."""
        locale = QGuiApplication.inputMethod().locale()
        known = locale.language() != QLocale.Language.C
        language = QLocale.languageToString(locale.language())
        self._keyboard.setText(fill(self.tr("Keyboard: {language}"), language=language) if known else "")
        self._keyboard_line.setVisible(known)

    def try_it(self) -> None:
        """Open the vault with what was typed."""
        if not self.unlock.isEnabled():
            return
        text = self.passphrase.text()
        if not text:
            self.error.set_sentence(self.tr("Write the passphrase first."))
            return
        self._wait(waiting=True)
        job = self._worker.unlock(self, self._folder, text, lambda _nothing: self.opened.emit(), self.refuse)
        job.ended.connect(self._over)

    def _wait(self, *, waiting: bool) -> None:
        self.unlock.setEnabled(not waiting)
        self.passphrase.setEnabled(not waiting)
        self._working.setText(self.tr("Opening the vault") if waiting else "")
        self._working.setVisible(waiting)
        if waiting:
            self.error.set_sentence("")

    def _over(self) -> None:
        self.passphrase.clear()
        self._wait(waiting=False)

    def refuse(self, error: CtcaseError) -> None:
        """Say why the vault does not open."""
        said = explain(error)
        self.error.set_sentence(f"{said.what} {said.next}")
        self.passphrase.setFocus()
        self.refused.emit(error)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (
            event.type() == QEvent.Type.ActivationChange
            and self.isVisible()
            and not QApplication.focusWidget()
        ):
            self.passphrase.setFocus()


class Choose(WayIn):
    """Where to begin, on a computer that has no vault yet or another one to open."""

    opening = Signal(object)
    """The folder of a vault."""
    joining = Signal()
    founding = Signal()

    def __init__(self, theme: Theme, files: Files) -> None:
        super().__init__()
        self._files = files
        self.open = ListRow(
            theme, "folder-open", self.tr("Open a vault"), self.tr("Choose the folder it is in.")
        )
        self.join = ListRow(
            theme,
            "handshake",
            self.tr("Join an office"),
            self.tr("Makes a request file. You can write down cases at once, before the office answers."),
        )
        self.found = ListRow(
            theme,
            "building-complex",
            self.tr("Create an office"),
            self.tr("For the person who enrols the others."),
        )
        rows = column(self.open, self.join, self.found, gap=4)
        card = Card(theme)
        card.body.setContentsMargins(8, 8, 8, 8)
        card.body.addLayout(rows)
        inner = holder(
            column(
                Label(theme, self.tr("How do you want to begin?"), "title", wrap=True),
                Label(
                    theme,
                    self.tr("You can change your mind: nothing is sent anywhere."),
                    "body",
                    "text2",
                    wrap=True,
                ),
                card,
                gap=12,
            )
        )
        self.setLayout(column(centred(theme, inner, 620, self.tr("How do you want to begin?")), gap=0))
        self.setFocusProxy(self.open)
        self.open.clicked.connect(self._choose)
        self.join.clicked.connect(self.joining)
        self.found.clicked.connect(self.founding)

    def _choose(self) -> None:
        folder = self._files.folder(self)
        if folder is not None:
            self.opening.emit(folder)


class Words(WayIn):
    """What a new member reads out to the office: six words, and where the request file is."""

    finished = Signal()

    def __init__(self, theme: Theme, title: str, sentences: list[str], fingerprint: str) -> None:
        super().__init__()
        self.go_on = Button(theme, self.tr("Go on"), "primary")
        self.words = Label(theme, fingerprint, "title", wrap=True)
        parts = [Label(theme, sentence, wrap=True) for sentence in sentences]
        card = Card(theme, title)
        card.body.setContentsMargins(30, 22, 30, 22)
        card.body.setSpacing(12)
        for part in (self.words, *parts):
            card.body.addWidget(part)
        card.body.addLayout(row(0, self.go_on))
        self.setLayout(column(centred(theme, card, 560, title), gap=0))
        self.setFocusProxy(self.go_on)
        self.go_on.clicked.connect(self.finished)
