"""The focus: one ring for the window, never clipped by neighbours; and a keeper that lets it not jump away."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion
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
        self._cover: QWidget | None = None
        self.hide()
        app.focusChanged.connect(self._focus_changed)
        self._focus_changed(None, app.focusWidget())

    def stay_under(self, cover: QWidget) -> None:
        """Leave out what lies over the page: what is covered has no ring there."""
        self._cover = cover
        cover.installEventFilter(self)

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
        left = QRegion(self.rect())
        cover = self._cover
        if cover is not None and isValid(cover) and cover.isVisible() and not cover.isAncestorOf(target):
            left -= QRegion(
                QRect(cover.mapTo(window, QPoint(0, 0)), cover.size()).translated(-outer.topLeft())
            )
        self.setMask(left)
        self.setVisible(not left.isEmpty())
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


ROOM = "focusRoom"
"""The property of a widget that the focus does not leave by itself."""


class _Spot:
    """Where the focus was: the control, its name, its place, and the parts of the page it is in, innermost first."""

    def __init__(self, widget: QWidget | None) -> None:
        self.widget = widget
        self.name = widget.accessibleName() if widget is not None else ""
        self.box = _box(widget) if widget is not None else QRect()
        self.parts = _parts_of(widget) if widget is not None else []

    def is_ready(self) -> bool:
        """Whether it can have the focus now."""
        widget = self.widget
        return widget is not None and isValid(widget) and widget.isEnabled() and widget.isVisible()

    def is_in_room(self, other: QWidget) -> bool:
        """Whether another control is in the same room; what is gone had none."""
        room = self.parts[-1] if self.parts else None
        return room is None or not isValid(room) or room.isAncestorOf(other)

    def take(self) -> None:
        """Give it the focus."""
        if self.widget is not None:
            self.widget.setFocus()

    def distance(self, other: QWidget) -> int:
        """How far another control is; up and down counts double."""
        between = _box(other).center() - self.box.center()
        return abs(between.x()) + 2 * abs(between.y())


class FocusKeeper(QObject):
    """Keeps the focus where the work is when the control that had it is disabled, hidden or replaced.

    Qt would hand it to the next control of the window, which may be anywhere. Here it goes to what bears the same name in
    its place, else to the nearest control of the same part of the page, and back once the control can be used again.
    """

    def __init__(self, window: QWidget, app: QApplication) -> None:
        super().__init__(window)
        self._window = window
        self._here, self._lost = _Spot(None), _Spot(None)
        self._given: QWidget | None = None  # what stands in for what was lost
        app.focusChanged.connect(self._changed)

    def _changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if not isValid(self._window) or (new is not None and new.window() is not self._window):
            return  # another window's, such as a dialog's
        before = self._here
        by_itself = new is None or (old is not None and old is before.widget)  # not put there by a page
        strayed = (
            old is None and new is not None and not before.is_in_room(new)
        )  # while the window was not active
        if new is not None:
            self._here = _Spot(new)
        if before.parts and (strayed or (by_itself and not before.is_ready())):
            self._lost, self._given = before, new
            if before.widget is not None and isValid(before.widget):
                before.widget.installEventFilter(self)
            QTimer.singleShot(0, self, self._give)  # what replaces it is put in its place in this turn

    def _give(self) -> None:
        here, lost = self._window.focusWidget(), self._lost
        if not lost.parts or (here is not None and here is not self._given):
            return  # somebody has moved it meanwhile
        if lost.is_ready():
            lost.take()
            return
        target = next((found for part in lost.parts if (found := _best(part, lost)) is not None), None)
        if target is not None:
            self._given = target
            target.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if (
            event.type() == QEvent.Type.EnabledChange
            and watched is self._lost.widget
            and self._lost.is_ready()
        ):
            lost, self._lost = self._lost, _Spot(None)
            watched.removeEventFilter(self)
            if self._given is self._window.focusWidget():
                lost.take()
        return super().eventFilter(watched, event)


def _best(part: QWidget, lost: _Spot) -> QWidget | None:
    """The control of the same name, else the nearest one that does no harm."""
    if not isValid(part) or not part.isVisible():
        return None
    ready = [one for one in part.findChildren(QWidget) if _takes_tab(one)]
    same = [one for one in ready if lost.name and one.accessibleName() == lost.name]
    safe = [one for one in ready if one.property("kind") != "danger"]
    return min(same or safe, key=lost.distance, default=None)


def _takes_tab(widget: QWidget) -> bool:
    """Whether a control takes the focus by Tab as it is now."""
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.focusProxy() is None and widget.isEnabled() and widget.isVisible()


def _parts_of(widget: QWidget) -> list[QWidget]:
    """The parts of the page that a widget is in; none outside a room."""
    parts: list[QWidget] = []
    each = widget.parentWidget()
    while each is not None:
        parts.append(each)
        if each.property(ROOM):
            return parts
        each = each.parentWidget()
    return []


def _box(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
