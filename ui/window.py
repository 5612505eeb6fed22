"""The one window: locked, hidden, or with the shell of an open vault. Its title is always the same word."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from shiboken6 import isValid

from ctcase.app import unfinished
from ctcase.app.results import Joined, OfficeCreated
from ctcase.app.session import Progress, Session
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk, Known, Target, Texts
from ui.dialogs.files import Files
from ui.leaving import LeaveDialog, keeping, renew
from ui.models.unfinished import Key, State, Unfinished
from ui.theme.theme import Theme
from ui.views.gate import Choose, Hidden, Unlock, Words
from ui.views.parts import Slot
from ui.views.shell import Shell, read_known
from ui.views.start import FoundOffice, JoinOffice
from ui.widgets.ask import AskDialog, ask, window_title
from ui.widgets.focus import ROOM, FocusKeeper, FocusRing
from ui.worker import Worker

IDLE_MS = 10 * 60 * 1000
USES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


def _read_first(session: Session, progress: Progress) -> tuple[Known, Unfinished]:
    return read_known(session, progress), Unfinished(unfinished.kept(session))


def _nothing() -> None:
    """Nobody waits for it."""


class Idle(QObject):
    """Tells when nobody has used the program for a while. It watches the focused window, not every event."""

    passed = Signal()

    def __init__(self, app: QGuiApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._watched: QWindow | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(IDLE_MS)
        self.timer.timeout.connect(self.passed)
        app.focusWindowChanged.connect(self._watch)

    def _watch(self, window: QWindow | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() in USES:
            self.timer.start()
        return super().eventFilter(watched, event)


class MainWindow(QMainWindow):
    """Holds the way in and, while a vault is open, the shell. Locking takes every view apart."""

    entered = Signal()
    """A vault is open and its first page is shown."""
    left = Signal()
    """The vault is locked."""

    def __init__(
        self,
        theme: Theme,
        worker: Worker,
        texts: Texts,
        files: Files,
        app: QApplication,
        folder: Path | None = None,
        asker: Callable[[AskDialog], bool] = ask,
    ) -> None:
        super().__init__()
        self._theme, self._worker, self._texts, self._files = theme, worker, texts, files
        self._folder = folder
        self._asker = asker
        self.shell: Shell | None = None
        self._desk: Desk | None = None
        self._unfinished = Unfinished()
        self._stored: frozenset[Key] = frozenset()  # the vault keeps something of no other form
        self.slot = Slot()
        self.slot.setProperty(ROOM, True)
        self.setCentralWidget(self.slot)
        self.setWindowTitle(window_title())
        self.setLayoutDirection(theme.direction)
        self.ring = FocusRing(theme, self, app)
        self.keeper = FocusKeeper(self, app)
        self.idle = Idle(app, self)
        self.idle.passed.connect(self._idle)
        worker.unexpected.connect(self._unexpected)
        for keys, act in (("Ctrl+L", self.lock), ("Ctrl+Q", self.quick_hide)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        self._gate()

    def view(self) -> QWidget | None:
        """What is shown."""
        return self.slot.inner()

    def _put(self, view: QWidget) -> None:
        self.slot.put(view)
        view.setFocus()

    def _gate(self) -> None:
        if self._folder is None:
            self.choose()
            return
        unlock = Unlock(self._theme, self._worker, self._folder)
        unlock.opened.connect(self._opened)
        unlock.elsewhere.connect(self.choose)
        self._put(unlock)

    def choose(self) -> None:
        """Ask where to begin; a vault that is just being opened stays closed."""
        self._worker.lock()
        choose = Choose(self._theme, self._files)
        choose.opening.connect(self.open_folder)
        choose.joining.connect(self._join)
        choose.founding.connect(self._found)
        self._put(choose)

    def open_folder(self, folder: Path) -> None:
        """Ask for the passphrase of another vault."""
        self._folder = folder
        self._gate()

    def _found(self) -> None:
        page = FoundOffice(self._theme, self._worker, self._files)
        page.left.connect(self.choose)
        page.done.connect(self._founded)
        self._put(page)

    def _founded(self, folder: Path, made: OfficeCreated) -> None:
        sentences = [
            self.tr(
                "These six words are your office. A new member asks for them on the telephone before accepting it."
            ),
            self.tr("They are shown again on the page Office."),
        ]
        self._say_words(folder, self.tr("The office is there"), sentences, made.fingerprint)

    def _join(self) -> None:
        page = JoinOffice(self._theme, self._worker, self._files)
        page.left.connect(self.choose)
        page.done.connect(self._joined)
        self._put(page)

    def _joined(self, folder: Path, made: Joined) -> None:
        sentences = [
            self.tr(
                "Give the request file to the office, and read these six words out to them on the telephone."
            ),
            self.tr(
                "You can write down cases at once. When the welcome file comes back, accept it on the page Office."
            ),
        ]
        self._say_words(folder, self.tr("The request is written"), sentences, made.fingerprint)

    def _say_words(self, folder: Path, title: str, sentences: list[str], fingerprint: str) -> None:
        page = Words(self._theme, title, sentences, fingerprint)
        page.finished.connect(lambda: self.open_folder(folder))
        self._put(page)

    def _opened(self) -> None:
        self._worker.ask(self, _read_first, self._begin, self._not_begun)

    def _begin(self, read: tuple[Known, Unfinished]) -> None:
        known, self._unfinished = read
        self._stored = self._unfinished.keys()
        self._enter(known)

    def _not_begun(self, error: CtcaseError) -> None:
        self._worker.lock()
        view = self.view()
        if isinstance(view, Unlock):
            view.refuse(error)

    def _unexpected(self, place: str) -> None:
        """A fault on the way in; the shell tells those of an open vault."""
        if self.shell is not None:
            return
        self._worker.lock()
        view = self.view()
        if isinstance(view, Unlock | FoundOffice | JoinOffice):
            what = self.tr("Something went wrong that the program did not foresee. No vault is open.")
            report = words.fill(self.tr("Please report this: {place}."), place=place)
            view.error.set_sentence(f"{what} {report}")

    def _enter(self, known: Known, target: Target | None = None) -> None:
        desk = self._desk = Desk(
            self._theme, self._worker, self._texts, self._files, self._asker, known, self._unfinished, self
        )
        desk.kept.connect(self._forget)
        shell = self.shell = Shell(desk)
        shell.locking.connect(self.lock)
        shell.hiding.connect(self.quick_hide)
        shell.rebuilding.connect(self._rebuild)
        self.ring.stay_under(shell.notices)
        self.slot.put(shell)
        shell.go(target if target and shell.has(target) else Target("cases"))
        self.idle.timer.start()
        self.entered.emit()

    def _rebuild(self) -> None:
        """Other places after the role changed; the page stays."""
        shell, desk = self.shell, self._desk
        if shell is not None and desk is not None:
            notice, target = shell.notice, shell.target
            self._enter(desk.known, target)
            if self._desk is not None:
                self._desk.noticed.emit(notice)
            desk.deleteLater()

    def lock(self) -> None:
        """Ask what becomes of what is not saved; then close the vault, take every view apart, and show the way in."""
        if self.shell is not None:
            self._leave(self._lock_now, closing=False)

    def _lock_now(self) -> None:
        if self.shell is not None:
            self._shut()
            self._gate()

    def _idle(self) -> None:
        """Nobody is there to be asked: everything is kept in the vault."""
        self._keep(_nothing)
        self._lock_now()

    def quick_hide(self) -> None:
        """At once an empty neutral window, then locked; there is no time to ask, so everything is kept."""
        hidden = Hidden()
        hidden.wanted.connect(self._gate)
        if self.shell is not None:
            self.shell.hide()
            self._keep(_nothing)
            self._shut(hidden)
        elif isinstance(self.view(), Unlock):  # it may be just being opened
            self._worker.lock()
            self._put(hidden)

    def _leave(self, then: Callable[[], None], *, closing: bool) -> None:
        """Save, discard or stay; `then` once it is done."""
        shell = self.shell
        if not self._unfinished:
            self._keep(then)
            return
        question = LeaveDialog(self._theme, self._unfinished, closing=closing, parent=self)
        if not self._asker(question) or self.shell is not shell:
            return  # stays, or was locked meanwhile
        if question.is_discarding:
            self._unfinished.clear()
        self._keep(then)

    def _keep(self, then: Callable[[], None]) -> None:
        """Bring what is unfinished into the vault; if that is refused, all stays open."""
        shell, found = self.shell, self._unfinished
        if shell is None or not (found.keys() or found.endings or self._stored):
            then()
            return
        self._stored |= found.keys()
        self._worker.do(self, keeping(found, shell.ready() if found else None), lambda _done: then())

    def _forget(self) -> None:
        """What the vault kept for us and has been saved or discarded must not come back once more."""
        gone = self._stored - self._unfinished.keys()
        if gone:
            self._stored -= gone
            nothing: dict[Key, State] = {key: {} for key in gone}
            self._worker.do(self, lambda session, _p: renew(session, nothing), lambda _done: None)

    def _shut(self, instead: QWidget | None = None) -> None:
        shell = self.shell
        self.shell = None
        self.idle.timer.stop()
        if shell is None:
            return
        shell.hide()
        self._worker.lock()
        self._unfinished, self._stored = Unfinished(), frozenset()
        self.slot.put(instead)
        if instead is not None:
            instead.setFocus()
        if self._desk is not None:
            self._desk.deleteLater()
            self._desk = None
        clipboard = QGuiApplication.clipboard()
        if clipboard.ownsClipboard():
            clipboard.clear()
        for dialog in self.findChildren(AskDialog):
            dialog.reject()
        self.left.emit()

    def _close_now(self) -> None:
        self._shut()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.shell is not None and self._unfinished and not self._worker.is_stopped:
            event.ignore()
            self._leave(self._close_now, closing=True)
            return
        self._shut()
        self._worker.stop()
        super().closeEvent(event)
