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
    """A column: its head, the words of a record in it, the mark or ink it is drawn with, and what it is sorted by."""

    title: str
    text: Callable[[T], str]
    mark: Callable[[T], Mark | None] | None = None
    ink: str = "text"
    key: Callable[[T], Any] | None = None
    """What stands for a record in a sort where its words would not do: times, amounts."""

    def order(self, record: T) -> Any:
        """The place of a record among others."""
        return self.key(record) if self.key is not None else self.text(record).casefold()


class RowsModel(QAbstractTableModel, Generic[T]):
    """Records as rows; sorting by a column happens here, and holds for the records that come later."""

    def __init__(self, columns: Sequence[Column[T]], records: Sequence[T] = ()) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._records = list(records)
        self._sorted = (-1, Qt.SortOrder.AscendingOrder)

    def set_records(self, records: Sequence[T]) -> None:
        """Show other records, in the order that was chosen last."""
        self.beginResetModel()
        self._records = [records[place] for place in self._places(records)]
        self.endResetModel()

    def record(self, row: int) -> T | None:
        """The record in a row."""
        return self._records[row] if 0 <= row < len(self._records) else None

    def row_of(self, wanted: Callable[[T], bool]) -> int:
        """The first row whose record is the one wanted; -1 if there is none."""
        return next((row for row, record in enumerate(self._records) if wanted(record)), -1)

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
        self._sorted = (column, order)
        before, places = self._records, self._places(self._records)
        self._records = [before[place] for place in places]
        now = {old: new for new, old in enumerate(places)}
        stored = self.persistentIndexList()
        self.changePersistentIndexList(stored, [self.index(now[it.row()], it.column()) for it in stored])
        self.layoutChanged.emit()

    def _places(self, records: Sequence[T]) -> Sequence[int]:
        """The places of records, in the order that was chosen last."""
        column, order = self._sorted
        if column < 0:
            return range(len(records))
        down = order == Qt.SortOrder.DescendingOrder
        return sorted(
            range(len(records)), key=lambda place: self._columns[column].order(records[place]), reverse=down
        )
