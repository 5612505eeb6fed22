"""The focus ring: one overlay for the window, outside the control and never clipped by its neighbours."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

from ui.theme.stylesheet import RADIUS_CONTROL
from ui.theme.theme import Theme

OFFSET = 2  # px between control and ring

FOLLOWED = frozenset(
    {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest}
)


class FocusRing(QWidget):
    """Draws round the widget that has the focus, and follows it while it moves or is scrolled.

    It watches the focused widget and its parents only: a filter on the application would see every event.
    """

    def __init__(self, theme: Theme, window: QWidget, app: QApplication) -> None:
        super().__init__(window)
        self._window = window
        self._pen = QPen(theme.color("focus"), theme.tokens.ring)
        self._reach = OFFSET + theme.tokens.ring
        self._watched: list[QWidget] = []
        self._hole = QRect()
        self._radius = RADIUS_CONTROL
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app.focusChanged.connect(self._focus_changed)
        self._focus_changed(None, app.focusWidget())

    def target(self) -> QWidget | None:
        """The widget that the ring is round, or None."""
        return self._watched[0] if self._watched and not self.isHidden() else None

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        for widget in filter(isValid, self._watched):
            widget.removeEventFilter(self)
        self._watched = []
        each = new
        while each is not None and each is not self._window:
            self._watched.append(each)
            each = None if each.isWindow() else each.parentWidget()
        if each is None:
            self._watched = []  # the focus is in another window
        for widget in self._watched:
            widget.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() in FOLLOWED:
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        """Lie round the focused widget, as far as the scroll areas round it show it."""
        target = self._watched[0] if self._watched else None
        window = self._window
        if target is None or not isValid(target) or not target.isVisibleTo(window):
            self.hide()
            return
        radius = target.property("ringRadius")
        self._radius = radius if isinstance(radius, int) else RADIUS_CONTROL
        box = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        reach = self._reach
        outer = box.adjusted(-reach, -reach, reach, reach) & self._seen(target)
        self._hole = box.translated(-outer.topLeft())
        self.setGeometry(outer)
        self.setVisible(not outer.isEmpty())
        self.raise_()
        self.update()

    def _seen(self, target: QWidget) -> QRect:
        """The part of the window that the scroll areas above the target leave open, and a ring's width more."""
        window = self._window
        seen = window.rect()
        parent = target.parentWidget()
        while parent is not None and parent is not window:
            scroller = parent.parentWidget()
            if isinstance(scroller, QAbstractScrollArea) and scroller.viewport() is parent:
                reach = self._reach
                port = QRect(parent.mapTo(window, QPoint(0, 0)), parent.size())
                seen &= port.adjusted(-reach, -reach, reach, reach)
            parent = parent.parentWidget()
        return seen

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        half = OFFSET + self._pen.width() / 2
        radius = self._radius + half
        painter.drawRoundedRect(self._hole.toRectF().adjusted(-half, -half, half, half), radius, radius)
        painter.end()
