"""Lucide outlines drawn through QtSvg in a colour, at a size, mirrored where the reading direction asks."""

import lucide
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE = "1.9"

MIRRORED = frozenset(
    {
        "arrow-left",
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "corner-up-left",
        "forward",
        "list-checks",
        "log-out",
        "redo-2",
        "reply",
        "send",
        "undo-2",
    }
)
"""Icons that point along the line of reading. Clock, tick, search and media stay as they are."""


def svg(name: str, color: str) -> bytes:
    """The drawing of an icon in a colour `#RRGGBB`; KeyError for a name that Lucide does not have."""
    text: str = lucide.lucide_icon(name, stroke=color, stroke_width=STROKE)
    if "data-missing-icon" in text:
        raise KeyError(name)
    return text.encode()


class Icons:
    """Draws icons and keeps them by value; one per theme, passed with it."""

    def __init__(self, scale: float = 1.0, *, rtl: bool = False, ratio: float = 1.0) -> None:
        """`ratio` is the largest device pixel ratio of the screens: sharper is scaled down, never up."""
        self._scale = scale
        self._rtl = rtl
        self._ratio = ratio
        self._drawn: dict[tuple[str, str, int, int], QPixmap] = {}

    def pixmap(self, name: str, color: str, size: int = 16, *, gap: int = 0) -> QPixmap:
        """An icon at `size` (14, 16, 18, 20) times the text size; `gap` px of air behind it, or, if negative, before."""
        px = round(size * self._scale)
        key = (name, color, px, gap)
        if key not in self._drawn:
            self._drawn[key] = self._draw(name, color, px, gap)
        return self._drawn[key]

    def _draw(self, name: str, color: str, px: int, gap: int) -> QPixmap:
        side, width = round(px * self._ratio), round((px + abs(gap)) * self._ratio)
        pixmap = QPixmap(width, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._rtl != (gap < 0):
            painter.translate(width - side, 0)
        if self._rtl and name in MIRRORED:
            painter.translate(side, 0)
            painter.scale(-1, 1)
        QSvgRenderer(QByteArray(svg(name, color))).render(painter, QRectF(0, 0, side, side))
        painter.end()
        pixmap.setDevicePixelRatio(self._ratio)
        return pixmap

    def icon(self, name: str, color: str, off: str, size: int = 16, *, gap: int = 0) -> QIcon:
        """An icon for a button: `color` while it can be used, `off` while it cannot."""
        icon = QIcon(self.pixmap(name, color, size, gap=gap))
        icon.addPixmap(self.pixmap(name, off, size, gap=gap), QIcon.Mode.Disabled)
        return icon
