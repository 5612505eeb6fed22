"""Families by platform and the type scale, in points times the user's text size."""

import sys
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase

TextRole = Literal["title", "heading", "body", "label", "caption", "figure"]

SCALE: dict[TextRole, tuple[float, QFont.Weight]] = {
    "title": (15.5, QFont.Weight.DemiBold),
    "heading": (11.5, QFont.Weight.DemiBold),
    "body": (10.0, QFont.Weight.Normal),
    "label": (10.0, QFont.Weight.DemiBold),
    "caption": (9.0, QFont.Weight.Normal),
    "figure": (19.0, QFont.Weight.DemiBold),
}
"""Size in points at 100 % and weight of each role; nothing is smaller than 8.5."""


def families(platform: str = sys.platform) -> tuple[str, ...]:
    """The family list of a platform.

    The UI cut of the Arabic face comes first: the plain one makes every line half as high again.
    """
    if platform == "win32":
        return ("Segoe UI",)
    if platform == "darwin":
        return (QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family(),)
    return ("Noto Sans Arabic UI", "Noto Sans", "DejaVu Sans")


def make_font(role: TextRole, scale: float, names: tuple[str, ...]) -> QFont:
    """The font of a role at a text size (1.0 to 2.0)."""
    points, weight = SCALE[role]
    font = QFont()
    font.setFamilies(list(names))
    font.setPointSizeF(points * scale)
    font.setWeight(weight)
    if role == "figure":
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
