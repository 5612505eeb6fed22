"""The one object that widgets are drawn with, and how it is put on the application."""

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPixmap, QStyleHints
from PySide6.QtWidgets import QApplication

from ui.theme import fonts
from ui.theme.fonts import TextRole
from ui.theme.icons import Icons
from ui.theme.palette import make_palette
from ui.theme.stylesheet import Measures, make_stylesheet
from ui.theme.tokens import CONTRAST, DARK, LIGHT, Tokens


@dataclasses.dataclass(frozen=True, slots=True)
class Theme:
    """Tokens, text size (1.0 to 2.0), reading direction, fonts and icons. A change of any is a new Theme."""

    tokens: Tokens
    scale: float
    rtl: bool
    icons: Icons
    families: tuple[str, ...]

    @property
    def direction(self) -> Qt.LayoutDirection:
        """The direction of the interface; a field takes that of its content."""
        return Qt.LayoutDirection.RightToLeft if self.rtl else Qt.LayoutDirection.LeftToRight

    @property
    def leading(self) -> Qt.AlignmentFlag:
        """Where a line begins, whatever letters are in it: a label with "4" stays at the right in Arabic."""
        side = Qt.AlignmentFlag.AlignRight if self.rtl else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignAbsolute

    def font(self, role: TextRole = "body") -> QFont:
        """The font of a text role."""
        return fonts.make_font(role, self.scale, self.families)

    def line(self, role: TextRole = "body") -> int:
        """The height of one line of a text role, px."""
        return QFontMetrics(self.font(role)).height()

    def px(self, size: float) -> int:
        """A length that grows with the text, px; gaps and paddings do not."""
        return round(size * self.scale)

    def color(self, token: str) -> QColor:
        """The colour of a token."""
        return QColor(self.tokens.color(token))

    def pixmap(self, name: str, ink: str = "text2", size: int = 16) -> QPixmap:
        """An icon in the colour of a token."""
        return self.icons.pixmap(name, self.tokens.color(ink), size)

    def icon(self, name: str, ink: str = "text2", size: int = 16, *, gap: int = 0) -> QIcon:
        """An icon for a button, with its disabled drawing."""
        return self.icons.icon(name, self.tokens.color(ink), self.tokens.off, size, gap=gap)


def make_theme(tokens: Tokens = LIGHT, scale: float = 1.0, *, rtl: bool = False, ratio: float = 1.0) -> Theme:
    """A theme; `ratio` is the largest device pixel ratio among the screens."""
    if not 1.0 <= scale <= 2.0:
        raise ValueError(scale)
    return Theme(tokens, scale, rtl, Icons(scale, rtl=rtl, ratio=ratio), fonts.families())


def system_tokens(hints: QStyleHints) -> Tokens:
    """The table that the system's preferences ask for, until the user chooses one.

    The wish for contrast is known to newer Qt only; where it is not, light or dark remains.
    """
    accessibility = getattr(hints, "accessibility", None)
    if (
        accessibility is not None
        and accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
    ):
        return CONTRAST
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Put a theme on the application. Views built before keep their margins and icons: build them anew."""
    app.setStyle("Fusion")
    app.setPalette(make_palette(theme.tokens))
    app.setFont(theme.font())
    app.setLayoutDirection(theme.direction)
    measures = Measures(scale=theme.scale, rtl=theme.rtl, body=theme.line(), caption=theme.line("caption"))
    app.setStyleSheet(make_stylesheet(theme.tokens, measures))
