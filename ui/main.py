"""The composition root of the window: `python -m ui.main [VAULT]`.

With `--passphrase-file` and `--screenshot` the real window starts, unlocks, shows the list of cases, saves a picture of
it and ends: how a build checks itself without a display.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from shiboken6 import delete

from ctcase.app.session import Environment, failed_check
from ctcase.errors import CtcaseError
from ctcase.model import forms
from ui.desk import Texts
from ui.dialogs.files import Files
from ui.errors import explain
from ui.theme.theme import Theme, apply, make_theme, system_tokens
from ui.theme.tokens import TABLES
from ui.views.gate import Unlock
from ui.window import MainWindow
from ui.worker import Worker

LONGEST_PASSPHRASE_FILE = 16 * 1024  # bytes
CALM_MS = 200
PATIENCE_MS = 120_000
"""How long a check waits for the window before it gives up."""


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ctcase", description="Opens the window.")
    parser.add_argument("vault", nargs="?", type=Path, help="the folder of a vault")
    parser.add_argument("--passphrase-file", type=Path, help="unlock with the first line of this file")
    parser.add_argument("--screenshot", type=Path, help="save a picture of the list of cases and end")
    parser.add_argument(
        "--theme", choices=[table.name for table in TABLES], help="instead of the system's wish"
    )
    parser.add_argument("--text-size", type=int, default=100, help="percent, 100 to 200")
    parser.add_argument("--right-to-left", action="store_true", help="mirror the window")
    return parser.parse_args(list(argv))


def _has_display() -> bool:
    shown = (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )
    return bool(shown) or not sys.platform.startswith("linux")


def _theme(app: QApplication, wanted: argparse.Namespace) -> Theme:
    tokens = {table.name: table for table in TABLES}.get(wanted.theme) or system_tokens(app.styleHints())
    ratio = max((screen.devicePixelRatio() for screen in app.screens()), default=1.0)
    scale = min(max(wanted.text_size, 100), 200) / 100
    return make_theme(tokens, scale, rtl=wanted.right_to_left, ratio=ratio)


def make_window(app: QApplication, theme: Theme, worker: Worker, folder: Path | None) -> MainWindow:
    """The window with everything it needs."""
    texts = Texts(forms.shipped_forms(), forms.shipped_codelists(), "en")
    window = MainWindow(theme, worker, texts, Files(), app, folder)
    window.resize(1366, 690)
    return window


class _Check:
    """Unlocks, waits for the list, saves the picture, ends."""

    def __init__(self, window: MainWindow, worker: Worker, passphrase: str, picture: Path | None) -> None:
        self._window, self._worker, self._picture = window, worker, picture
        self._over = False
        self._calm = QTimer(window)  # painting asks for rows, so it has to stay quiet for a moment
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self._calm.timeout.connect(self._take)
        if picture is not None:
            window.entered.connect(lambda: worker.settled.connect(self._calm.start))
            worker.unexpected.connect(lambda place: self._end(1, place))
            QTimer.singleShot(PATIENCE_MS, lambda: self._end(1, "the window did not open in time"))
        unlock = window.view()
        if isinstance(unlock, Unlock):
            unlock.refused.connect(self._refused)
            unlock.passphrase.line.setText(passphrase)
            unlock.try_it()

    def _refused(self, error: CtcaseError) -> None:
        if self._picture is not None:
            self._end(error.exit_status, " ".join(explain(error)))

    def _take(self) -> None:
        if self._worker.is_busy or self._picture is None or self._over:
            return
        saved = self._window.grab().save(str(self._picture))
        self._end(0 if saved else 1, "" if saved else "the picture could not be written")

    def _end(self, status: int, message: str) -> None:
        if self._over:
            return
        self._over = True
        if message:
            sys.stderr.write(message + "\n")
        self._window.close()
        QCoreApplication.exit(status)


def _refuse(wanted: argparse.Namespace) -> int:
    """Nothing is opened with an encryption that does not work."""
    text = QCoreApplication.translate(
        "main",
        "The encryption on this computer does not work as it must. No vault was opened. Install ctcase again from a source"
        " you trust.",
    )
    sys.stderr.write(text + "\n")
    if wanted.screenshot is None:
        QMessageBox.critical(None, "", text)
    return 1


def _say(sentence: str) -> int:
    """Says on standard error why nothing is opened; the exit status."""
    sys.stderr.write(sentence + "\n")
    return 1


def _first_line(file: Path) -> str:
    with file.open("rb") as stream:
        text = stream.read(LONGEST_PASSPHRASE_FILE).decode("utf-8-sig")
    return text.split("\n", 1)[0].removesuffix("\r")


def main(argv: Sequence[str] | None = None) -> int:
    """Start the window; the exit status of the program."""
    wanted = _arguments(sys.argv[1:] if argv is None else argv)
    if not _has_display():
        if wanted.screenshot is None:
            return _say("There is no display. Use the command line, or --screenshot for a picture.")
        sys.stderr.write("There is no display: the window is drawn off screen.\n")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication([sys.argv[0]])
    app.setApplicationName("workspace")
    theme = _theme(app, wanted)
    apply(app, theme)
    if failed_check():
        return _refuse(wanted)
    passphrase = None
    if wanted.passphrase_file is not None:
        try:
            passphrase = _first_line(wanted.passphrase_file)
        except (OSError, UnicodeDecodeError):
            return _say(
                QCoreApplication.translate("main", "The passphrase file is not there or cannot be read.")
            )
    worker = Worker(Environment.system())
    window = make_window(app, theme, worker, wanted.vault)
    window.show()
    window.activateWindow()  # without a window manager nobody else does, and keys would reach no shortcut
    check = _Check(window, worker, passphrase, wanted.screenshot) if passphrase is not None else None
    status = app.exec()
    worker.stop()
    del check
    delete(window)  # while the application is still there
    return status


if __name__ == "__main__":
    sys.exit(main())
