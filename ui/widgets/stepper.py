"""Where a referral stands: steps done, now and to come, or the side exit it left by."""

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.theme import Theme

StepState = Literal["done", "now", "next", "exit"]


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One step; `note` is a date or, for an exit, the reason; `icon` and `tone` are those of an exit."""

    word: str
    state: StepState
    note: str = ""
    icon: str = "circle-slash"
    tone: str = "danger"


def spoken(steps: Sequence[Step]) -> str:
    """The same in words, for assistive technology."""
    states = {
        "done": QCoreApplication.translate("widgets", "done"),
        "now": QCoreApplication.translate("widgets", "now"),
        "next": QCoreApplication.translate("widgets", "to come"),
        "exit": QCoreApplication.translate("widgets", "ended here"),
    }
    return "; ".join(", ".join(part for part in (s.word, states[s.state], s.note) if part) for s in steps)


class Stepper(QWidget):
    """A row of steps, or a column where the words would touch."""

    def __init__(
        self, theme: Theme, steps: Sequence[Step], *, name: str, parent: QWidget | None = None
    ) -> None:
        """`name` is what assistive technology calls it; the steps are its description."""
        super().__init__(parent)
        self._theme = theme
        self._steps: tuple[Step, ...] = ()
        self._dot = theme.px(22)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        self._steps = tuple(steps)
        self.setAccessibleDescription(spoken(steps))
        self.updateGeometry()
        self.update()

    def _cell(self) -> int:
        """The width that the widest words need, px."""
        bold, small = self._theme.font("label"), self._theme.font("caption")
        widths = [0]
        for step in self._steps:
            widths.append(_width(bold, step.word))
            widths.append(_width(small, step.note))
        return max(widths) + 12

    def is_upright(self, width: int | None = None) -> bool:
        """Whether the steps stand in a column at a width (the present one)."""
        return (self.width() if width is None else width) < self._cell() * len(self._steps)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int, /) -> int:
        words = self._theme.line("label") + self._theme.line("caption")
        if self.is_upright(width):
            return len(self._steps) * max(self._dot + 12, words + 8)
        return self._dot + 6 + words + 4

    def sizeHint(self) -> QSize:
        width = self._cell() * max(1, len(self._steps))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._cell() + self._dot + 12, self.heightForWidth(self.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        upright = self.is_upright()
        centres = [self._centre(number, upright=upright) for number in range(len(self._steps))]
        for number, (one, other) in enumerate(itertools.pairwise(centres)):
            self._paint_line(painter, one, other, done=self._steps[number].state == "done")
        for step, centre in zip(self._steps, centres, strict=True):
            self._paint_dot(painter, step, centre)
            self._paint_words(painter, step, centre, upright=upright)
        painter.end()

    def _centre(self, number: int, *, upright: bool) -> QPointF:
        if upright:
            height = self.height() / len(self._steps)
            x = self._dot / 2 + 2
            return QPointF(self.width() - x if self._theme.rtl else x, height * number + self._dot / 2 + 2)
        width = self.width() / len(self._steps)
        x = width * (number + 0.5)
        return QPointF(self.width() - x if self._theme.rtl else x, self._dot / 2 + 1)

    def _paint_line(self, painter: QPainter, one: QPointF, other: QPointF, *, done: bool) -> None:
        token = "accent" if done else "edge"
        pen = QPen(self._theme.color(token), 2, Qt.PenStyle.SolidLine if done else Qt.PenStyle.DotLine)
        painter.setPen(pen)
        gap = self._dot / 2 + 4
        along = other - one
        length = max(1.0, abs(along.x()) + abs(along.y()))
        step = along * (gap / length)
        painter.drawLine(one + step, other - step)

    def _paint_dot(self, painter: QPainter, step: Step, centre: QPointF) -> None:
        radius = self._dot / 2 - 1
        tokens = self._theme.tokens
        inks = {
            "done": tokens.accent,
            "now": tokens.accent,
            "next": tokens.edge,
            "exit": tokens.color(step.tone),
        }
        painter.setPen(QPen(QColor(inks[step.state]), 2))
        painter.setBrush(QColor(tokens.accent if step.state == "done" else tokens.surface))
        if step.state != "exit":
            painter.drawEllipse(centre, radius, radius)
        if step.state == "now":
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(centre, radius * 0.34, radius * 0.34)
        if step.state in {"done", "exit"}:
            name, ink, size = (
                ("check", "on_accent", 14) if step.state == "done" else (step.icon, step.tone, 20)
            )
            px = self._theme.px(size)
            box = QRectF(centre.x() - px / 2, centre.y() - px / 2, px, px)
            painter.drawPixmap(box.toRect(), self._theme.pixmap(name, ink, size))

    def _paint_words(self, painter: QPainter, step: Step, centre: QPointF, *, upright: bool) -> None:
        bold = step.state in {"now", "exit"}
        ink = {"done": "text", "now": "text", "next": "text2", "exit": step.tone}[step.state]
        word_line, note_line = self._theme.line("label"), self._theme.line("caption")
        if upright:
            start = self._dot + 12
            box = QRect(start, round(centre.y()) - word_line // 2, self.width() - start, word_line)
            box = QRect(0, box.y(), box.width(), word_line) if self._theme.rtl else box
            align = self._theme.leading | Qt.AlignmentFlag.AlignVCenter
        else:
            width = self.width() // max(1, len(self._steps))
            box = QRect(round(centre.x()) - width // 2, self._dot + 6, width, word_line)
            align = Qt.AlignmentFlag.AlignCenter
        painter.setFont(self._theme.font("label" if bold else "body"))
        painter.setPen(self._theme.color(ink))
        painter.drawText(box, align, step.word)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.color("text2" if step.state != "exit" else "text"))
        painter.drawText(QRect(box.x(), box.bottom() + 1, box.width(), note_line), align, step.note)


def _width(font: QFont, text: str) -> int:
    return QFontMetrics(font).horizontalAdvance(text)
