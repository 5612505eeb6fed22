"""Bundles out and in: what is not sent, writing it, and reading what came with a preview before anything is written."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QWidget

from ctcase.app import exchange, upkeep
from ctcase.app.results import BundlesSeen, BundlesWritten, Verified
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk, Target, hold
from ui.dialogs.files import bundles
from ui.errors import explain
from ui.views.parts import Page, Slot, column, holder, row, watch
from ui.views.sync_report import Preview, VerifyReport, WrittenReport, trouble
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.choosing import Combo
from ui.widgets.frames import Banner, Card
from ui.widgets.marks import Chip
from ui.widgets.progress import Progress
from ui.widgets.text import ElidedLabel, IconLabel, Label

OFFICE, ALL = "office", "all"
SIDE_BY_SIDE = 880  # px at 100 %


class Unsent(Card):
    """What each addressee does not have yet, and to whom it is written."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, words.translate("sync", "Not confirmed yet"))
        self._desk = desk
        self._chip = Chip(desk.theme, "idle", "upload", "-")
        self.head.addWidget(self._chip)
        self._lines = Slot()
        self.whom = Combo(desk.theme)
        self.whom.setAccessibleName(self.tr("To whom"))
        self.write = Button(desk.theme, self.tr("Write to stick or folder"), "primary", "usb")
        self._addressees: list[str] = []
        hint = Label(
            desk.theme, self.tr("Only the addressee can open the files."), "caption", "text2", wrap=True
        )
        line = row(self.write, self.whom, gap=8)
        line.setStretch(1, 1)
        for part in (self._lines, hint):
            self.body.addWidget(part)
        self.body.addLayout(line)
        self.body.addStretch(1)
        self.load()

    def load(self) -> None:
        """Show what is known now."""
        desk, status = self._desk, self._desk.known.status
        total = max((one.entries for one in status.unsent), default=0)
        many = self.tr("{n} changes")
        self._chip.set_state("idle", "upload", words.counted(total, self.tr("1 change"), many))
        lines = column(gap=4)
        waiting = [one for one in status.unsent if one.entries or one.documents]
        for one in waiting:
            entries = words.counted(one.entries, self.tr("1 change"), many)
            lines.addLayout(
                row(
                    ElidedLabel(desk.theme, name_of(desk, one.to)),
                    0,
                    Label(desk.theme, entries, "body", "text2"),
                )
            )
        if not waiting:
            lines.addWidget(
                Label(
                    desk.theme,
                    self.tr("Everything is sent and its arrival confirmed."),
                    "body",
                    "text2",
                    wrap=True,
                )
            )
        self._lines.put(holder(lines))
        self._choices()

    def _choices(self) -> None:
        desk, before = self._desk, self.addressee() if self._addressees else ""
        own = desk.known.status.member.id
        others = [
            one
            for one in desk.known.members.values()
            if one.id != own and any(it.revoked is None for it in one.devices)
        ]
        in_office = "officer" in desk.known.roles
        self._addressees = [ALL, *([] if in_office else [OFFICE]), *(one.id for one in others)]
        self.whom.clear()
        for one in self._addressees:
            self.whom.addItem(name_of(desk, one))
        self.whom.setCurrentIndex(0)
        self.choose(before)

    def choose(self, to: str) -> None:
        """Choose an addressee, if there is this one."""
        if to in self._addressees:
            self.whom.setCurrentIndex(self._addressees.index(to))

    def addressee(self) -> str:
        """To whom it is written."""
        return self._addressees[max(0, self.whom.currentIndex())]


def name_of(desk: Desk, addressee: str) -> str:
    """An addressee in words."""
    if addressee == OFFICE:
        return desk.known.office()
    if addressee == ALL:
        return words.translate("sync", "Everybody")
    return desk.known.name(addressee)


class DropArea(QWidget):
    """Takes bundle files that are dropped on it, or asks for them."""

    dropped = Signal(object)
    wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._theme = desk.theme
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ringRadius", 10)
        title = Label(desk.theme, self.tr("Drop bundles here"), "label")
        hint = row(
            Label(desk.theme, self.tr("or choose files"), "caption", "text2"),
            KeyHint(desk.theme, "Ctrl+O"),
            0,
        )
        said = column(0, title, hint, 0, gap=2)
        self.setLayout(
            row(0, IconLabel(desk.theme, "download", "text2", 20), said, 0, gap=14, margins=(16, 16, 16, 16))
        )
        self.setAccessibleName(self.tr("Choose bundle files to read"))
        self.setMinimumHeight(desk.theme.px(110))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("edge"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 10, 10)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.wanted.emit()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.dropped.emit(files)


class Receipts(Card):
    """What others have confirmed, and whether this vault is whole."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, words.translate("sync", "Receipts"))
        self._desk = desk
        self._lines = Slot()
        self.verify = Button(desk.theme, self.tr("Check this vault"), "secondary", "shield-check")
        self.body.addWidget(self._lines)
        self.body.addStretch(1)
        self.body.addLayout(row(self.verify, 0))
        self.load()

    def load(self) -> None:
        """Show what is known now."""
        desk, status = self._desk, self._desk.known.status
        lines = column(gap=4)
        for peer in status.peers[:4]:
            has = words.fill(self.tr("{n} of {total} arrived"), n=peer.acknowledged, total=status.entries)
            whole = peer.acknowledged >= status.entries
            icon, tone = ("circle-check", "ok") if whole else ("inbox", "text2")
            lines.addLayout(
                row(
                    IconLabel(desk.theme, icon, tone),
                    ElidedLabel(desk.theme, desk.known.party(peer.member)),
                    0,
                    Label(desk.theme, has, "caption", "text2"),
                    gap=8,
                )
            )
        if not status.peers:
            lines.addWidget(
                Label(desk.theme, self.tr("No bundle was read from anybody yet."), "body", "text2", wrap=True)
            )
        for code, count in (
            ("waiting", status.waiting),
            ("quarantined", status.quarantined),
            ("gap", len(status.gaps)),
        ):
            if count:
                text = trouble(code, count)
                lines.addLayout(
                    row(
                        IconLabel(desk.theme, "triangle-alert", "warn"),
                        Label(desk.theme, text, "caption", "warn", wrap=True),
                        gap=8,
                    )
                )
        self._lines.put(holder(lines))


class SyncPage(Page):
    """Nothing is taken before the person has seen what it would do."""

    def __init__(self, desk: Desk, to: str = "") -> None:
        """`to` is the addressee that is chosen at first."""
        super().__init__(desk, "")
        self.set_title(self.tr("Sync"))
        self._files: Sequence[Path] = ()
        self.unsent, self.drop, self.receipts = Unsent(desk), DropArea(desk), Receipts(desk)
        self.unsent.choose(to)
        self.progress = Progress(desk.theme)
        self.result, self._looked = Slot(), Slot()
        self.preview: Preview | None = None
        self.choose = Button(desk.theme, self.tr("Read bundles"), "secondary", "download")
        self.acts.addWidget(self.choose)
        self._cards = row(self.unsent, self.drop, self.receipts, gap=14)
        for number, share in enumerate((5, 4, 5)):
            self._cards.setStretch(number, share)
        self.body.addLayout(self._cards)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.result)
        self.body.addWidget(self._looked)
        self.body.addStretch(1)
        self.unsent.write.clicked.connect(self._write)
        self.choose.clicked.connect(self._choose)
        self.drop.wanted.connect(self._choose)
        self.drop.dropped.connect(self.look)
        self.receipts.verify.clicked.connect(self._verify)
        desk.renewed.connect(self._renewed)
        self.setFocusProxy(self.unsent.write)
        self._look_again()

    def _renewed(self) -> None:
        self.unsent.load()
        self.receipts.load()

    def _write(self) -> None:
        folder = self.desk.files.folder(self)
        if folder is None:
            return
        to = self.unsent.addressee()
        job = self.desk.worker.do(
            self,
            lambda session, progress: exchange.write_bundles(session, to, folder, progress),
            self._written,
            self._refused,
        )
        hold(job, self.unsent.write)
        watch(self.progress, job, self.tr("Writing the bundles"))

    def _written(self, done: BundlesWritten) -> None:
        self.result.put(WrittenReport(self.desk, done))

    def _choose(self) -> None:
        files = self.desk.files.open_many(self, bundles())
        if files:
            self.look(files)

    def look(self, files: Sequence[Path]) -> None:
        """Preview files; nothing is written by it. The preview stays until the files are taken or set aside."""
        self._files = files
        self.desk.seen = None
        self.desk.keep("bundles", "", {"files": tuple(str(file) for file in files)})
        self.result.put(None)
        self._put_preview(None)
        job = self.desk.worker.ask(
            self,
            lambda session, progress: exchange.preview_bundles(session, files, progress),
            self._seen,
            self._refused,
        )
        watch(self.progress, job, self.tr("Looking into the bundles"))

    def _look_again(self) -> None:
        """Show the preview that was left, as it was, or looked into anew if something has changed since."""
        files = self.desk.unfinished.get("bundles", "").get("files")
        if not isinstance(files, tuple):
            return
        self._files = [Path(file) for file in files]
        if self.desk.seen is not None:
            self._preview(self.desk.seen)
        else:
            self.look(self._files)

    def _set_aside(self) -> None:
        self.desk.keep("bundles", "", {})
        self.result.put(None)
        self._put_preview(None)

    def _put_preview(self, preview: Preview | None) -> None:
        """It has a place of its own: what is reported meanwhile does not take it away."""
        self.preview = preview
        self._looked.put(preview)

    def _preview(self, seen: BundlesSeen) -> Preview:
        preview = Preview(self.desk, seen, taken=False)
        preview.take.clicked.connect(self._take)
        preview.aside.clicked.connect(self._set_aside)
        self._put_preview(preview)
        return preview

    def _seen(self, seen: BundlesSeen) -> None:
        self.desk.seen = seen
        self._preview(seen).way_on().setFocus()

    def _take(self) -> None:
        files = self._files
        job = self.desk.worker.do(
            self,
            lambda session, progress: exchange.read_bundles(session, files, progress),
            lambda seen: self._taken(files, seen),
            self._refused,
        )
        hold(job, *([self.preview.take] if self.preview is not None else []))
        watch(self.progress, job, self.tr("Reading the bundles"))

    def _taken(self, files: Sequence[Path], seen: BundlesSeen) -> None:
        """Report what was read; of a reading that was stopped, the rest stays to be taken later."""
        rest = tuple(map(str, files[len(seen.files) :]))
        self.desk.keep("bundles", "", {"files": rest} if rest else {})
        self.desk.seen = None
        self._put_preview(None)
        self.result.put(Preview(self.desk, seen, taken=True))
        if rest:
            said = self.tr("Stopped. {n} of {total} files were read, the others are as they were.")
            what = words.fill(said, n=len(seen.files), total=len(files))
            self.desk.tell("warn", what, go=(self.tr("Look into the others"), Target("sync")))

    def _refused(self, error: CtcaseError) -> None:
        said = explain(error)
        self.result.put(Banner(self.theme, "danger", said.what, next_step=said.next))

    def _verify(self) -> None:
        job = self.desk.worker.ask(self, upkeep.verify, self._verified, self._refused)
        hold(job, self.receipts.verify)
        watch(self.progress, job, self.tr("Checking this vault"))

    def _verified(self, done: Verified) -> None:
        self.result.put(VerifyReport(self.desk, done))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        beside = self.width() >= self.theme.px(SIDE_BY_SIDE)
        self._cards.setDirection(ways.LeftToRight if beside else ways.TopToBottom)

    def regions(self) -> list[QWidget]:
        found: list[QWidget] = [self.unsent.write, self.drop, self.receipts.verify]
        return [*found, *([self.preview.way_on()] if self.preview is not None else [])]
