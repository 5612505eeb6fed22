"""The list of cases: row numbers in order, and windows of rows read when they come into view."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ctcase.app.results import CaseLine
from ui import words
from ui.widgets.tables import INK_ROLE, MARK_ROLE, Mark
from ui.widgets.text import isolate
from ui.words import translate

WINDOW = 64
"""Rows read at a time."""
MOST_WINDOWS = 48
"""Windows kept; the ones read longest ago are forgotten first."""

Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[int, Sequence[int]], None]
"""Asked for a window: its number, and the row numbers of the vault in it. `put` brings the answer."""

COLUMNS = ("code", "alias", "state", "consent", "team", "owner", "updated", "unsent")
SORTED_BY = {0: "code", 1: "alias", 2: "state", 4: "team", 5: "owner", 6: "updated"}
"""The columns a list can be sorted by, as the application names them."""

_NOWHERE = QModelIndex()


def titles() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "code": translate("cases", "Code"),
        "alias": translate("cases", "Alias"),
        "state": translate("cases", "State"),
        "consent": translate("cases", "Consent"),
        "team": translate("cases", "Team"),
        "owner": translate("cases", "Caseworker"),
        "updated": translate("cases", "Changed"),
        "unsent": translate("cases", "To do"),
    }


class CaseModel(QAbstractTableModel):
    """Holds ids, not rows: 100,000 cases cost one list of numbers. What is not here yet is empty for a moment."""

    def __init__(self, fetch: Fetch, member_name: Callable[[str], str], moment: Callable[[str], str]) -> None:
        super().__init__()
        self._fetch = fetch
        self._name = member_name
        self._moment = moment
        self._titles = titles()
        self._rows: Sequence[int] = ()
        self._windows: dict[int, list[CaseLine | None]] = {}
        self._asked: set[int] = set()

    def set_rows(self, rows: Sequence[int]) -> None:
        """Show other cases, or the same in another order."""
        self.beginResetModel()
        self._rows = rows
        self._windows.clear()
        self._asked.clear()
        self.endResetModel()

    def number(self, row: int) -> int | None:
        """The vault's number of the case in a row, which it keeps when the list changes."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, number: int | None) -> int:
        """The row of the case with this number; -1 if it is not in the list."""
        return self._rows.index(number) if number in self._rows else -1

    def put(self, window: int, rows: Sequence[int], lines: Sequence[CaseLine]) -> None:
        """The lines of a window. An answer that comes after the list changed is for other rows, and let go."""
        if list(self._window_rows(window)) != list(rows):
            return
        self._windows[window] = [*lines, *[None] * (len(rows) - len(lines))]
        self._asked.discard(window)
        for old in list(self._windows)[: max(0, len(self._windows) - MOST_WINDOWS)]:
            del self._windows[old]
        first = window * WINDOW
        last = first + len(rows) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def renamed(self) -> None:
        """Members have other names now, or names at last: the lines that are here say them anew."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def line(self, row: int) -> CaseLine | None:
        """The case in a row of the list; None while its window is being read."""
        window, place = divmod(row, WINDOW)
        lines = self._windows.get(window)
        if lines is None:
            if window not in self._asked and 0 <= row < len(self._rows):
                self._asked.add(window)
                self._fetch(window, self._window_rows(window))
            return None
        return lines[place]

    def _window_rows(self, window: int) -> Sequence[int]:
        return self._rows[window * WINDOW : (window + 1) * WINDOW]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[COLUMNS[section]] if 0 <= section < len(COLUMNS) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, MARK_ROLE, INK_ROLE)
        if not index.isValid() or role not in wanted:
            return None
        line = self.line(index.row())
        if line is None:
            return None
        key = COLUMNS[index.column()]
        if role == MARK_ROLE:
            return self._mark(key, line)
        if role == INK_ROLE:
            return "text2" if key in {"team", "owner", "updated"} else None
        return self._text(key, line)

    def _text(self, key: str, line: CaseLine) -> str:
        if key == "unsent":
            return self._to_do(line)[2]
        found = {
            "code": isolate(line.code),
            "alias": line.alias or "",
            "state": words.case_state(line.state),
            "consent": words.consent_mark(line.consent)[2],
            "team": line.team,
            "owner": self._name(line.owner),
            "updated": self._moment(line.updated),
        }
        return found[key]

    def _mark(self, key: str, line: CaseLine) -> Mark | None:
        tone, icon = "", ""
        if key == "consent":
            tone, icon, _ = words.consent_mark(line.consent)
        elif key == "unsent":
            tone, icon, _ = self._to_do(line)
        return Mark(tone, icon) if icon else None

    def _to_do(self, line: CaseLine) -> tuple[str, str, str]:
        if line.conflicts:
            many = translate("cases", "{n} conflicts")
            return (
                "warn",
                "git-merge",
                words.counted(line.conflicts, translate("cases", "1 conflict"), many),
            )
        if line.unsent:
            return "idle", "upload", translate("cases", "Not sent")
        return "", "", ""
