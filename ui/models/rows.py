"""A table of records that are all here: each column says how a record reads in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ui.widgets.tables import INK_ROLE, MARK_ROLE, Mark

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column: its head, the words of a record in it, and the mark or ink it is drawn with."""

    title: str
    text: Callable[[T], str]
    mark: Callable[[T], Mark | None] | None = None
    ink: str = "text"


class RowsModel(QAbstractTableModel, Generic[T]):
    """Records as rows; sorting by the words of a column happens here."""

    def __init__(self, columns: Sequence[Column[T]], records: Sequence[T] = ()) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._records = list(records)

    def set_records(self, records: Sequence[T]) -> None:
        """Show other records."""
        self.beginResetModel()
        self._records = list(records)
        self.endResetModel()

    def record(self, row: int) -> T | None:
        """The record in a row."""
        return self._records[row] if 0 <= row < len(self._records) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title if 0 <= section < len(self._columns) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, record = self._columns[index.column()], self._records[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(record)
        if role == MARK_ROLE:
            return column.mark(record) if column.mark else None
        return column.ink if role == INK_ROLE else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self._columns):
            return
        self.layoutAboutToBeChanged.emit()
        before = self._records
        text = self._columns[column].text
        down = order == Qt.SortOrder.DescendingOrder
        places = sorted(range(len(before)), key=lambda place: text(before[place]).casefold(), reverse=down)
        self._records = [before[place] for place in places]
        now = {old: new for new, old in enumerate(places)}
        stored = self.persistentIndexList()
        self.changePersistentIndexList(stored, [self.index(now[it.row()], it.column()) for it in stored])
        self.layoutChanged.emit()
