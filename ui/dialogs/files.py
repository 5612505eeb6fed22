"""The system's file choosers; one object, so that tests can answer in their place."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ui.widgets.ask import window_title


class Files:
    """Asks where to read and write. Titles never say what the program is for; no history of places is kept."""

    def open_one(self, parent: QWidget, filters: str = "") -> Path | None:
        """A file to read."""
        found, _ = QFileDialog.getOpenFileName(parent, window_title(), "", filters)
        return Path(found) if found else None

    def open_many(self, parent: QWidget, filters: str = "") -> list[Path]:
        """Several files to read."""
        found, _ = QFileDialog.getOpenFileNames(parent, window_title(), "", filters)
        return [Path(one) for one in found]

    def save(self, parent: QWidget, name: str, filters: str = "") -> Path | None:
        """A file to write; `name` is a suggestion without case data."""
        found, _ = QFileDialog.getSaveFileName(parent, window_title(), name, filters)
        return Path(found) if found else None

    def folder(self, parent: QWidget) -> Path | None:
        """A folder."""
        found = QFileDialog.getExistingDirectory(parent, window_title())
        return Path(found) if found else None
