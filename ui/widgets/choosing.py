"""Editors to choose with: one of many, several, yes or no; the absent answers stand among the choices."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctcase.model.values import DECLINED, UNKNOWN, Missing, Value
from ui.theme.theme import Theme
from ui.widgets.editors import Editor, missing_words, not_answered
from ui.widgets.flow import Flow
from ui.widgets.marks import Pill, Segments

Index = QModelIndex | QPersistentModelIndex
Options = Sequence[tuple[str, str]]
"""Choices as (code, text in the language of the window)."""

ABSENT = (UNKNOWN, DECLINED)


class _Lines(QStyledItemDelegate):
    """Draws the choices as the style sheet says, and the line between choices and absent answers."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._ink = theme.color("line")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not _is_separator(index):
            super().paint(painter, option, index)
            return
        rect: QRect = option.rect
        painter.fillRect(QRect(rect.x(), rect.center().y(), rect.width(), 1), self._ink)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        found = super().sizeHint(option, index)
        return QSize(found.width(), 9) if _is_separator(index) else found


def _is_separator(index: Index) -> bool:
    return bool(index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator")  # how Qt marks them


class Combo(QComboBox):
    """A combo box with an arrow of our own; the wheel scrolls the page and never changes an answer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font())
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setItemDelegate(_Lines(theme, self))
        self._round_popup()

    def _round_popup(self) -> None:
        """Give the list the frame of the other surfaces: the system's window behind it has no edge of its own."""
        flags = Qt.WindowType
        popup = self.view().window()
        popup.setWindowFlags(flags.Popup | flags.FramelessWindowHint | flags.NoDropShadowWindowHint)
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        popup.setProperty("frame", "popup")

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px = self._theme.px(16)
        left = 10 if self._theme.rtl else self.width() - px - 10
        painter = QPainter(self)
        icon = self._theme.pixmap("chevron-down", "text2" if self.isEnabled() else "off")
        painter.drawPixmap(QRect(left, (self.height() - px) // 2, px, px), icon)
        painter.end()


class ChoiceEditor(Editor):
    """One of a list. A code that the list no longer has is kept and shown as it is."""

    def __init__(
        self,
        theme: Theme,
        options: Options,
        *,
        absent: bool = True,
        nothing: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`absent` adds "Unknown" and "Declined to answer" below the choices; `nothing` says what no choice means."""
        super().__init__(parent)
        self._combo = Combo(theme)
        self._values: list[Value] = []
        self._add(None, nothing or not_answered())
        for code, text in options:
            self._add(code, text)
        if absent:
            self._combo.insertSeparator(self._combo.count())
            self._values.append(None)
            for answer in ABSENT:
                self._add(answer, missing_words(answer))
        self._combo.activated.connect(self._chosen)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._combo)
        self.setFocusProxy(self._combo)

    def _add(self, value: Value, text: str) -> None:
        self._combo.addItem(text)
        self._values.append(value)

    def _chosen(self, _number: int) -> None:
        self.changed.emit()
        self.finished.emit()

    def value(self) -> Value:
        return self._values[self._combo.currentIndex()]

    def set_value(self, value: Value) -> None:
        if value not in self._values:
            self._add(value, str(value))
        self._combo.setCurrentIndex(self._values.index(value))

    def control(self) -> QComboBox:
        return self._combo


def mark_wrong(group: Flow, *, wrong: bool) -> None:
    """Draw the border of errors round a group of buttons, with room for it."""
    group.setProperty("frame", "group")
    group.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    group.set_margin(6 if wrong else 0)


class SegmentsEditor(Editor):
    """One of a few, side by side; nothing is chosen until a person does."""

    def __init__(
        self, theme: Theme, options: Options, value: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._segments = Segments(theme, options, value)
        self._segments.changed.connect(self.changed)
        self._segments.changed.connect(self.finished)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._segments)
        self.setFocusProxy(self._segments.buttons()[0])

    def value(self) -> str | None:
        return self._segments.value()

    def set_value(self, value: Value) -> None:
        self._segments.set_value(value if isinstance(value, str) else None)

    def control(self) -> Segments:
        return self._segments

    def button(self, value: str) -> QPushButton:
        """The button of a choice."""
        return self._segments.button(value)

    def set_name(self, name: str) -> None:
        self._segments.set_name(name)

    def set_error(self, wrong: bool) -> None:
        mark_wrong(self._segments, wrong=wrong)
        super().set_error(wrong)


class BooleanEditor(Editor):
    """Yes, no, unknown, declined; pressing the chosen one again, or Delete, clears the answer."""

    def __init__(self, theme: Theme, *, absent: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        options = [
            ("yes", QCoreApplication.translate("widgets", "Yes")),
            ("no", QCoreApplication.translate("widgets", "No")),
        ]
        if absent:
            options += [(answer.missing, missing_words(answer)) for answer in ABSENT]
        self._segments = Segments(theme, options)
        self._last: Value = None
        self._segments.changed.connect(self._pressed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._segments)

    def _pressed(self) -> None:
        if self.value() == self._last:
            self._segments.set_value(None)
        self._tell()

    def _tell(self) -> None:
        self._last = self.value()
        self.changed.emit()
        self.finished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self.value() is not None:
            self._segments.set_value(None)
            self._tell()
            return
        super().keyPressEvent(event)

    def value(self) -> Value:
        key = self._segments.value()
        if key is None:
            return None
        return Missing(key) if key in {"unknown", "declined"} else key == "yes"

    def set_value(self, value: Value) -> None:
        if isinstance(value, Missing):
            self._segments.set_value(value.missing)
        else:
            self._segments.set_value(None if value is None else "yes" if value else "no")
        self._last = value

    def control(self) -> QWidget:
        return self._segments

    def set_name(self, name: str) -> None:
        self._segments.set_name(name)


class PillsEditor(Editor):
    """Several of a short list, as pills; an absent answer takes the others away, and they take it away."""

    def __init__(
        self, theme: Theme, options: Options, *, absent: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._group = Flow(gap=6)
        self._pills: dict[str | Missing, Pill] = {}
        for code, text in options:
            self._add(code, text)
        for answer in ABSENT if absent else ():
            self._add(answer, missing_words(answer))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._group)

    def _add(self, key: str | Missing, text: str) -> None:
        pill = self._pills[key] = Pill(self._theme, text)
        pill.clicked.connect(lambda _on=False, key=key: self._pressed(key))
        self._group.add(pill)

    def _pressed(self, key: str | Missing) -> None:
        if self._pills[key].isChecked():
            for other, pill in self._pills.items():
                if other != key and (isinstance(key, Missing) or isinstance(other, Missing)):
                    pill.setChecked(False)
        self.changed.emit()
        self.finished.emit()

    def value(self) -> Value:
        chosen = [key for key, pill in self._pills.items() if pill.isChecked()]
        absent = [key for key in chosen if isinstance(key, Missing)]
        return absent[0] if absent else tuple(key for key in chosen if isinstance(key, str)) or None

    def set_value(self, value: Value) -> None:
        wanted = value if isinstance(value, tuple) else () if value is None else (value,)
        for key in wanted:
            if isinstance(key, str) and key not in self._pills:
                self._add(key, key)
        for key, pill in self._pills.items():
            pill.setChecked(key in wanted)

    def control(self) -> QWidget:
        return self._group

    def pill(self, key: str | Missing) -> Pill:
        """The pill of a choice."""
        return self._pills[key]

    def set_name(self, name: str) -> None:
        super().set_name(name)
        for pill in self._pills.values():
            pill.setAccessibleName(f"{name}: {pill.words}")

    def set_error(self, wrong: bool) -> None:
        mark_wrong(self._group, wrong=wrong)
        super().set_error(wrong)
