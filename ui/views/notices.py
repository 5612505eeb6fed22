"""What happened, over the foot of the page: nothing under it moves, and the actions of the page stay in reach."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.desk import Desk, Notice
from ui.views.parts import Slot, column
from ui.widgets.buttons import Button
from ui.widgets.frames import Banner, set_property

WIDEST = 760  # px at 100 %
GAP = 12


class Notices(QWidget):
    """Holds one banner at a time, above the action bar of the page that is shown."""

    closed = Signal()

    def __init__(self, desk: Desk, room: QWidget) -> None:
        super().__init__(room)
        self._desk, self._room = desk, room
        self._slot = Slot()
        self._page: QWidget | None = None
        self.setLayout(column(self._slot, gap=0))
        room.installEventFilter(self)
        self.hide()

    def say(self, notice: Notice, page: QWidget | None) -> None:
        """Show a notice on a page; an empty one takes it away."""
        self._page = page
        if not notice.what:
            self._slot.put(None)
            self.hide()
            return
        actions = [self._go(*notice.go)] if notice.go is not None else []
        close = Button(self._desk.theme, self.tr("Close"), "ghost")
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on it leaves the focus where the work is
        close.clicked.connect(self.closed)
        banner = Banner(
            self._desk.theme,
            notice.tone,
            notice.what,
            notice.safe,
            next_step=notice.next,
            actions=[*actions, close],
        )
        set_property(banner, "over", "true")
        self._slot.put(banner)
        self.show()
        self.raise_()
        self.place()

    def _go(self, text: str, place: object) -> Button:
        button = Button(self._desk.theme, text)
        button.clicked.connect(lambda: self._desk.went.emit(place))
        return button

    def place(self) -> None:
        """Lie over the foot of the room, as high as the words need."""
        if self.isHidden():
            return
        tall = getattr(self._page, "foot_height", None)
        foot = tall() if callable(tall) else 0
        width = min(self._room.width() - 2 * GAP, self._desk.theme.px(WIDEST))
        layout = self.layout()
        needed = layout.totalHeightForWidth(width) if layout is not None else 0
        height = min(needed, self._room.height() - 2 * GAP)
        self.setGeometry(
            (self._room.width() - width) // 2, self._room.height() - foot - GAP - height, width, height
        )

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self.place()
        return super().eventFilter(watched, event)
