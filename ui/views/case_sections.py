"""Where one is in a case file: its sections with their progress, as a list or, where room is scarce, as one box."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.desk import Desk
from ui.views.parts import Slot, column, holder, scrolled, surface
from ui.widgets.choosing import Combo
from ui.widgets.rows import ListRow
from ui.widgets.text import Label

WIDTH = 196  # px at 100 %


@dataclass(frozen=True, slots=True)
class Entry:
    """One section: its key, icon and tone, its title, and how far it is."""

    key: str
    icon: str
    tone: str
    title: str
    note: str


class SectionList(QWidget):
    """Tells which section was chosen; Alt+Up and Alt+Down go to the neighbours."""

    chosen = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._theme = desk.theme
        self._entries: list[Entry] = []
        self._current = ""
        self._narrow = False
        self.rows: dict[str, ListRow] = {}
        self._slot = Slot()
        self._area: QScrollArea | None = None
        self.box = Combo(desk.theme)
        self.box.setAccessibleName(self.tr("Section"))
        self.box.activated.connect(lambda number: self.chosen.emit(self._entries[number].key))
        self._ground = surface(column(self._slot, gap=0))
        self._boxed = holder(column(self.box, margins=(20, 12, 20, 0)))
        self.setLayout(column(self._ground, self._boxed, gap=0))
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """One box in place of the list."""
        self._narrow = narrow
        self._ground.setVisible(not narrow)
        self._boxed.setVisible(narrow)
        if narrow:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
        else:
            self.setFixedWidth(self._theme.px(WIDTH))

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show sections; nothing is drawn anew while they are the same."""
        if list(entries) == self._entries:
            return
        had_focus = any(row.hasFocus() for row in self.rows.values())
        self._entries = list(entries)
        self.rows = {}
        inner = column(gap=1, margins=(8, 12, 8, 12))
        for entry in entries:
            row = ListRow(
                self._theme, entry.icon, entry.title, entry.note, tone=entry.tone,
                detail_tone=entry.tone if entry.tone in {"danger", "warn", "ok"} else "text2", leads_on=False,
                checkable=True,
            )  # fmt: skip
            row.clicked.connect(lambda _on=False, key=entry.key: self.chosen.emit(key))
            self.rows[entry.key] = row
            inner.addWidget(row)
        inner.addStretch(1)
        self._area = scrolled(holder(inner), self.tr("Sections"))
        self._slot.put(self._area)
        self.box.clear()
        for number, entry in enumerate(entries):
            self.box.addItem(f"{number + 1} / {len(entries)} · {entry.title} · {entry.note}")
        self.set_current(self._current)
        if had_focus and self._current in self.rows:
            self.rows[self._current].setFocus()

    def set_current(self, key: str) -> None:
        """Show a section as the present one."""
        self._current = key
        if key in self.rows:
            self.rows[key].setChecked(True)
            if self._area is not None:
                self._area.ensureWidgetVisible(self.rows[key], 0, 8)
            self.box.setCurrentIndex([entry.key for entry in self._entries].index(key))

    def step(self, by: int) -> None:
        """Go to the next section, or the one before."""
        keys = [entry.key for entry in self._entries]
        if self._current in keys:
            place = keys.index(self._current) + by
            if 0 <= place < len(keys):
                self.chosen.emit(keys[place])

    def region(self) -> QWidget:
        """What F6 goes to."""
        return self.box if self._narrow else self.rows.get(self._current, self)


def heading(desk: Desk, text: str, help_text: str = "") -> QWidget:
    """The head of a section."""
    label = Label(desk.theme, text, "heading", wrap=True)
    said = Label(desk.theme, help_text, "caption", "text2", wrap=True)
    if not help_text:
        said.hide()
    return holder(column(label, said, gap=2))
