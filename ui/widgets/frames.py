"""Cards, notices, empty states, and the bands above and below the content."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.widgets.buttons import Button
from ui.widgets.flow import Flow
from ui.widgets.text import ElidedLabel, IconLabel, Label, repolish


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        repolish(widget)


class Card(QFrame):
    """A surface with an optional heading; content goes into `body`, what stands at its end into `head`."""

    def __init__(self, theme: Theme, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("frame", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.setAccessibleName(title)
        self.title: ElidedLabel | None = None
        if title:
            self.title = ElidedLabel(theme, title, "heading")
            self.head.addWidget(self.title, 1)
            self.body.addLayout(self.head)

    def set_selected(self, selected: bool) -> None:
        """Show the card as the chosen one."""
        set_property(self, "selected", "true" if selected else "false")


class Line(QFrame):
    """A separator, one pixel, decoration only."""

    def __init__(self, *, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("frame", "line")
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class ErrorLine(QWidget):
    """One sentence with its icon, in the ink of errors, with the likely fix; hidden while there is none."""

    def __init__(self, theme: Theme, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(IconLabel(theme, "circle-alert", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        self._label = Label(theme, "", "caption", "danger", wrap=True)
        line.addWidget(self._label, 1)
        self.set_sentence(sentence)

    def set_sentence(self, sentence: str) -> None:
        """Say what is wrong; nothing hides the line."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))

    def sentence(self) -> str:
        """What it says."""
        return self._label.text()


BANNER_ICONS = {
    "danger": "circle-alert",
    "warn": "triangle-alert",
    "ok": "circle-check",
    "info": "info",
    "idle": "info",
}


class Banner(QFrame):
    """A notice in the page: what happened, what is safe, what next, and at most a few actions."""

    def __init__(
        self,
        theme: Theme,
        tone: str,
        what: str,
        safe: str = "",
        *,
        next_step: str = "",
        actions: Sequence[Button] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("tone", tone)
        self.setAccessibleName(" ".join(part for part in (what, safe, next_step) if part))
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 10, 12, 10)
        line.setSpacing(10)
        line.addWidget(IconLabel(theme, BANNER_ICONS[tone], tone, 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(Label(theme, what, "label", tone, wrap=True))
        rest = " ".join(part for part in (safe, next_step) if part)
        if rest:
            words.addWidget(Label(theme, rest, "body", "text", wrap=True))
        if actions:
            row = Flow(gap=8)
            for action in actions:
                row.add(action)
            words.addWidget(row)
        line.addLayout(words, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class EmptyState(QWidget):
    """One sentence and at most one action, where a list would be."""

    def __init__(
        self, theme: Theme, sentence: str, action: Button | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(12)
        label = Label(theme, sentence, "body", "text2", wrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addStretch()
        box.addWidget(label)
        if action is not None:
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch()
        self.setAccessibleName(sentence)


class TrainingBand(QFrame):
    """Stands on every view of a training office."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = text or QCoreApplication.translate(
            "widgets", "Training office. Nobody here is real. Nothing can be sent to a real office."
        )
        self.setProperty("frame", "training")
        self.setAccessibleName(words)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 12, 4)
        line.setSpacing(8)
        line.addStretch(1)
        line.addWidget(IconLabel(theme, "graduation-cap", "warn"))
        line.addWidget(ElidedLabel(theme, words, "caption", "warn"), 0)
        line.addStretch(1)


class _Item(QWidget):
    """An icon and a few words."""

    def __init__(self, theme: Theme, icon: str, ink: str, *, may_go: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.may_go = may_go
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self.icon, self.label = IconLabel(theme, icon, ink), ElidedLabel(theme, "", "caption", ink)
        line.addWidget(self.icon)
        line.addWidget(self.label)


class StatusLine(QFrame):
    """What is true now, in one line: items at the start, items at the end, each an icon and a few words.

    Where the width does not do, items that may go are left out, the last one added first; what is said elsewhere may go.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._items: dict[str, _Item] = {}
        self.setProperty("frame", "status")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(14, 6, 14, 6)
        self._line.setSpacing(18)
        self._line.addStretch(1)
        self._leading = 0

    def set_item(
        self,
        key: str,
        icon: str,
        text: str,
        *,
        ink: str = "text2",
        at_end: bool = False,
        may_go: bool = False,
    ) -> None:
        """Add or change an item; an empty text hides it."""
        if key not in self._items:
            self._items[key] = _Item(self._theme, icon, ink, may_go=may_go, parent=self)
            if at_end:
                self._line.addWidget(self._items[key])
            else:
                self._line.insertWidget(self._leading, self._items[key])
                self._leading += 1
        item = self._items[key]
        item.icon.set_icon(icon, ink)
        item.label.set_ink(ink)
        item.label.setText(text)
        item.setAccessibleName(text)
        self._fit()

    def text(self, key: str) -> str:
        """What an item says."""
        return self._items[key].label.text()

    def _fit(self) -> None:
        """Leave out what there is no room for."""
        shown = [item for item in self._items.values() if item.label.text()]
        margins, gap = self._line.contentsMargins(), self._line.spacing()
        room = self.width() - margins.left() - margins.right()
        for item in [item for item in reversed(shown) if item.may_go]:
            if sum(one.sizeHint().width() + gap for one in shown) <= room:
                break
            shown.remove(item)
        for item in self._items.values():
            item.setVisible(item in shown)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
