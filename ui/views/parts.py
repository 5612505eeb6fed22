"""The few shapes that pages are laid out with."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.desk import Desk
from ui.theme.theme import Theme
from ui.widgets.frames import Line
from ui.widgets.progress import Progress
from ui.widgets.text import ElidedLabel, Label
from ui.words import how_much, stage
from ui.worker import Job

Part = QWidget | QLayout | int
"""A widget, a layout, or a stretch."""


def _fill(box: QBoxLayout, parts: Sequence[Part], gap: int, margins: tuple[int, int, int, int]) -> None:
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for part in parts:
        if isinstance(part, QWidget):
            box.addWidget(part)
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addStretch(part)


def column(*parts: Part, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Parts one below the other."""
    box = QVBoxLayout()
    _fill(box, parts, gap, margins)
    return box


def row(*parts: Part, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Parts side by side."""
    box = QHBoxLayout()
    _fill(box, parts, gap, margins)
    return box


def holder(layout: QLayout) -> QWidget:
    """A widget round a layout."""
    widget = QWidget()
    widget.setLayout(layout)
    return widget


def surface(layout: QLayout) -> QFrame:
    """A plain ground of the surface colour round a layout."""
    frame = QFrame()
    frame.setProperty("frame", "surface")
    frame.setLayout(layout)
    return frame


def scrolled(inner: QWidget, name: str) -> QScrollArea:
    """A part that scrolls up and down; only tables scroll sideways."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    inner.setProperty("frame", "scroll")
    area.setWidget(inner)
    return area


class Slot(QWidget):
    """Holds one widget at a time; the one before is gone when another is put in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner: QWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)

    def put(self, widget: QWidget | None) -> None:
        """Show a widget in place of the one before; None leaves the place empty."""
        before, self._inner = self._inner, widget
        if before is not None:
            before.hide()
            self._box.removeWidget(before)
            before.setParent(None)
            before.deleteLater()
        if widget is not None:
            self._box.addWidget(widget)
            widget.show()

    def release(self) -> None:
        """Let go of what is shown, for another place to take it."""
        before, self._inner = self._inner, None
        if before is not None:
            self._box.removeWidget(before)

    def inner(self) -> QWidget | None:
        """What is shown."""
        return self._inner


def facts(theme: Theme, pairs: Sequence[tuple[str, str]]) -> QGridLayout:
    """Labels and what they stand for, in two columns; what is empty is left out."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for number, (label, text) in enumerate((label, text) for label, text in pairs if text):
        grid.addWidget(Label(theme, label, "body", "text2"), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Label(theme, text, wrap=True), number, 1)
    return grid


def watch(progress: Progress, job: Job, what: str) -> None:
    """Show a job's progress in place, with its way to stop."""

    def report(code: str, done: int, total: int) -> None:
        if isValid(progress):  # else the page was left
            progress.report(done, total, f"{stage(code)} {how_much(done, total)}".strip())

    job.is_watched = True
    progress.begin(what)
    progress.cancelled.connect(job.cancel)
    job.progressed.connect(report)
    job.ended.connect(progress.finish)


class Page(QWidget):
    """A page: heading with actions, content that scrolls, and a foot that stays put."""

    def __init__(self, desk: Desk, title: str, subtitle: str = "", *, scrolls: bool = True) -> None:
        super().__init__()
        self.desk = desk
        self.theme = desk.theme
        self.setAccessibleName(title)
        self._title = ElidedLabel(desk.theme, title, "title")
        self._subtitle = Label(desk.theme, subtitle, "caption", "text2", wrap=True, parent=self)
        self._subtitle.setVisible(bool(subtitle))
        self.acts = row(gap=8)
        self.body = column(gap=12, margins=(24, 0, 24, 16))
        self.foot = row(gap=8, margins=(24, 10, 24, 10))
        head = row(column(self._title, self._subtitle, gap=0), self.acts, gap=12, margins=(24, 16, 24, 12))
        head.setStretch(0, 1)
        outer = column(head, gap=0)
        if scrolls:
            outer.addWidget(scrolled(holder(self.body), title), 1)
        else:
            outer.addLayout(self.body, 1)
        self._foot = surface(self.foot)
        self._foot_line = Line()
        outer.addWidget(self._foot_line)
        outer.addWidget(self._foot)
        self.show_foot(False)
        self.setLayout(outer)

    def show_foot(self, shown: bool) -> None:
        """Show the foot once there is something in it."""
        self._foot.setVisible(shown)
        self._foot_line.setVisible(shown)

    def foot_height(self) -> int:
        """How much of the page's lower end has to stay free, px."""
        return 0 if self._foot.isHidden() else self._foot.height()

    def set_subtitle(self, text: str) -> None:
        """Say something under the title."""
        self._subtitle.setText(text)
        self._subtitle.setVisible(bool(text))

    def set_title(self, text: str) -> None:
        """Change the title."""
        self._title.setText(text)
        self.setAccessibleName(text)

    def regions(self) -> list[QWidget]:
        """Where F6 goes next inside the page."""
        return []
