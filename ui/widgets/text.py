"""Words on screen: labels that never read markup, elision that keeps the whole, isolation of inserted names."""

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme.fonts import TextRole
from ui.theme.theme import Theme

FIRST_STRONG_ISOLATE, POP_ISOLATE, RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"


def isolate(text: str) -> str:
    """A name, code or number to insert in a sentence, kept from turning the words around it."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def plain_tip(text: str) -> str:
    """A tooltip that shows the text as typed: Qt would read markup in it."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text or "&" in text else text


def on_button(text: str) -> str:
    """A text for a button, with its ampersands kept: Qt would make mnemonics of them."""
    return text.replace("&", "&&")


class Label(QLabel):
    """Plain text in a role of the type scale and an ink of the tokens, aligned to the start of the line."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: TextRole = "body",
        ink: str = "text",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rtl = theme.rtl
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(role))
        self.setAlignment(theme.leading | Qt.AlignmentFlag.AlignVCenter)
        self.setWordWrap(wrap)
        self.setProperty("ink", ink)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setText(text)

    def setText(self, text: str, /) -> None:
        """Show a text; its base direction is that of the interface, whatever letter comes first."""
        marked = bool(text) and self._rtl
        super().setText(RIGHT_TO_LEFT_MARK + text if marked else text)
        self.setAccessibleName(text)

    def text(self) -> str:
        """The text as it was given."""
        return super().text().removeprefix(RIGHT_TO_LEFT_MARK)

    def set_ink(self, ink: str) -> None:
        """Change the token the text is drawn in."""
        if self.property("ink") != ink:
            self.setProperty("ink", ink)
            repolish(self)


class ElidedLabel(Label):
    """One line that gives way to its neighbours: what does not fit ends in an ellipsis and is in the tooltip."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: TextRole = "body",
        ink: str = "text",
        *,
        parent: QWidget | None = None,
    ) -> None:
        self._whole = text
        super().__init__(theme, text, role, ink, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def setText(self, text: str, /) -> None:
        """Show a text, or as much of it as fits."""
        self._whole = text
        self._fit()
        self.setAccessibleName(text)
        self.updateGeometry()

    def text(self) -> str:
        """The whole text."""
        return self._whole

    @property
    def is_elided(self) -> bool:
        """Whether something is left out at the present width."""
        return self.shown() != self._whole

    def shown(self) -> str:
        """What is visible now."""
        return super().text()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        super().setText(shown)
        self.setAccessibleName(self._whole)
        self.setToolTip(plain_tip(self._whole) if shown != self._whole else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(metrics.averageCharWidth() * 6, self.sizeHint().width()), metrics.height())


class IconLabel(QLabel):
    """A drawing beside words that say the same; assistive technology passes over it."""

    def __init__(
        self, theme: Theme, name: str, ink: str = "text2", size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size
        self.set_icon(name, ink)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, ink: str) -> None:
        """Draw another icon or ink."""
        self.setPixmap(self._theme.pixmap(name, ink, self._size))


def repolish(widget: QWidget) -> None:
    """Let the style sheet see a property that changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
