"""The system's file choosers; one object, so that tests can answer in their place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.widgets.ask import window_title

REQUEST, WELCOME, LETTER, SHEET = "device.req", "member.welcome", "letter.pdf", "cases.xlsx"
"""The names suggested for files: what they are, and nothing of whom."""

translate = QCoreApplication.translate


def requests() -> str:
    """Request files."""
    return _filter(translate("files", "Requests"), "*.req")


def welcomes() -> str:
    """Welcome files."""
    return _filter(translate("files", "Welcomes"), "*.welcome")


def bundles() -> str:
    """Bundles."""
    return _filter(translate("files", "Bundles"), "*.age")


def letters() -> str:
    """Letters, to write."""
    return f"PDF (*{Path(LETTER).suffix})"


def sheets() -> str:
    """Spreadsheets in the standard's forms."""
    return f"{translate('files', 'Spreadsheets')} (*.xlsx *.csv *.json)"


def _filter(name: str, pattern: str) -> str:
    """A kind of file, and all others: what came by mail may have lost its ending."""
    every = translate("files", "All files")
    return f"{name} ({pattern});;{every} (*)"


@contextmanager
def _shown_over(parent: QWidget) -> Iterator[None]:
    yield
    parent.window().activateWindow()  # without a window manager nobody else does, and keys would reach no shortcut


class Files:
    """Asks where to read and write. Titles never say what the program is for; no history of places is kept."""

    def open_one(self, parent: QWidget, filters: str = "") -> Path | None:
        """A file to read."""
        with _shown_over(parent):
            found, _ = QFileDialog.getOpenFileName(parent, window_title(), "", filters)
        return Path(found) if found else None

    def open_many(self, parent: QWidget, filters: str = "") -> list[Path]:
        """Several files to read."""
        with _shown_over(parent):
            found, _ = QFileDialog.getOpenFileNames(parent, window_title(), "", filters)
        return [Path(one) for one in found]

    def save(self, parent: QWidget, name: str, filters: str = "") -> Path | None:
        """A file to write; `name` is a suggestion without case data."""
        with _shown_over(parent):
            found, _ = QFileDialog.getSaveFileName(parent, window_title(), name, filters)
        return Path(found) if found else None

    def folder(self, parent: QWidget) -> Path | None:
        """A folder."""
        with _shown_over(parent):
            found = QFileDialog.getExistingDirectory(parent, window_title())
        return Path(found) if found else None
