"""The window while a vault is open: places at the side, the page, what is true now at the foot. It only assembles."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from ctcase.app import office, referrals, upkeep
from ctcase.app.results import Changes
from ctcase.app.session import Progress, Session
from ctcase.errors import CtcaseError
from ui import words
from ui.desk import Desk, Known, Notice, PlaceName, Target
from ui.dialogs.shortcuts import Shortcuts
from ui.leaving import Ready
from ui.views.approvals import ApprovalsPage
from ui.views.case_file import CaseFile
from ui.views.cases import CaseList
from ui.views.importing import ImportPage
from ui.views.new_case import NewCase
from ui.views.notices import Notices
from ui.views.office import OfficePage
from ui.views.parts import Slot, column, holder, row
from ui.views.referral import ReferralPage
from ui.views.referral_new import NewReferral
from ui.views.referrals import ReferralsPage
from ui.views.sync import SyncPage
from ui.widgets.focus import ROOM
from ui.widgets.frames import Line, StatusLine, TrainingBand
from ui.widgets.rail import Place, Rail, RailItem
from ui.widgets.text import ElidedLabel, IconLabel

NARROW_BELOW = 960  # px at 100 %
POLL_MS = 3000
BELONGS: dict[str, str] = {
    "case": "cases",
    "new_case": "cases",
    "import": "cases",
    "referral": "referrals",
    "new_referral": "cases",
}
"""The place of the rail that a page without one of its own belongs to."""


def read_known(session: Session, _progress: Progress) -> Known:
    """What the window shows of the vault as a whole."""
    members = {one.id: one for one in office.members(session).members}
    return Known(upkeep.status(session), members, tuple(office.agencies(session).agencies))


def places_for(roles: frozenset[str], *, enrolled: bool) -> list[Place]:
    """Only the places that the role needs, with their shortcuts."""
    wanted: list[tuple[str, str, str]] = [("cases", "folder", words.translate("shell", "Cases"))]
    wanted.append(("referrals", "share-2", words.translate("shell", "Referrals")))
    if "supervisor" in roles:
        wanted.append(("approvals", "shield-check", words.translate("shell", "Approvals")))
    wanted.append(("sync", "refresh-cw", words.translate("shell", "Sync")))
    if not enrolled or roles & {"administrator", "officer"}:
        wanted.append(("office", "building-complex", words.translate("shell", "Office")))
    return [Place(key, icon, text, f"Ctrl+{number}") for number, (key, icon, text) in enumerate(wanted, 1)]


class Shell(QWidget):
    """Goes from page to page; each is built when it is wanted, and gone when it is left. The list of cases stays."""

    locking = Signal()
    hiding = Signal()
    rebuilding = Signal()
    """The role changed: other places are needed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._past: list[Target] = []
        self.notice = Notice("idle", "")
        self.target = Target("cases")
        self._cases: CaseList | None = None
        self._page: QWidget | None = None
        self._stand_in: QWidget | None = None
        self._stack = QStackedWidget()
        self._slot = Slot()
        self._stack.addWidget(self._slot)
        self._build()
        desk.went.connect(self.go)
        desk.back.connect(self.back)
        desk.noticed.connect(self._notice)
        desk.kept.connect(self._say_saved)
        desk.worker.changed.connect(self._changed)
        desk.worker.refused.connect(self._refused)
        desk.worker.unexpected.connect(self._unexpected)
        desk.worker.settled.connect(self._settled)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(lambda: desk.worker.poll(self))
        self._poll.start()
        self._say_status()
        self._count_waiting()

    def _build(self) -> None:
        theme, status = self.desk.theme, self.desk.known.status
        self.places = places_for(self.desk.known.roles, enrolled=status.enrolled == "yes")
        self.rail = Rail(theme, self.places, name=self.tr("Places"))
        self.rail.chosen.connect(lambda key: self.go(Target(key)))
        self.hide_item = RailItem(theme, Place("hide", "eye-off", self.tr("Quick hide")), framed=True)
        self.hide_item.set_badge("Ctrl+Q")
        self.lock_item = RailItem(theme, Place("lock", "lock", self.tr("Lock")))
        self.lock_item.setCheckable(False)
        self.hide_item.clicked.connect(self.hiding)
        self.lock_item.clicked.connect(self.locking)
        self.rail.add_foot(self.lock_item)
        self.rail.add_foot(self.hide_item)
        mark = row(IconLabel(theme, "circle-dot", "accent", 20), gap=8, margins=(10, 2, 8, 8))
        self._name = ElidedLabel(theme, QApplication.translate("shell", "ctcase"), "heading")
        mark.addWidget(self._name, 1)
        self.rail.head.addLayout(mark)
        self._person = self._who()
        self.rail.foot.addWidget(self._person)
        self.status = StatusLine(theme)
        self._stack.setProperty(ROOM, True)
        self.notices = Notices(self.desk, self._stack)
        self.notices.closed.connect(self.desk.hush)
        across = row(self.rail, Line(upright=True), self._stack, gap=0)
        across.setStretch(2, 1)
        outer = column(gap=0)
        if status.training:
            outer.addWidget(TrainingBand(theme))
        outer.addLayout(across, 1)
        outer.addWidget(self.status)
        self.setLayout(outer)
        for keys, act in self._keys().items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _who(self) -> QWidget:
        theme, member = self.desk.theme, self.desk.known.status.member
        about = words.role_words(member.roles) + (f", {member.team}" if member.team else "")
        said = column(
            ElidedLabel(theme, member.name, "label"), ElidedLabel(theme, about, "caption", "text2"), gap=0
        )
        line = row(IconLabel(theme, "user-round", "text2", 18), said, gap=10, margins=(10, 6, 8, 2))
        line.setStretch(1, 1)
        return holder(line)

    def _keys(self) -> dict[str, Callable[[], object]]:
        return {
            "Ctrl+K": self._find,
            "Ctrl+F": self._find,
            "F6": self._next_region,
            "F1": lambda: Shortcuts(self.desk.theme, self.window()).exec(),
            "Esc": self._escape,
            "Ctrl+N": lambda: self.go(Target("new_case")),
            "Ctrl+O": self._open_files,
            **{place.shortcut: partial(self.rail.chosen.emit, place.key) for place in self.places},
        }

    def go(self, target: Target) -> None:
        """Go to a page; the one before is remembered for the way back."""
        self._past.append(self.target)
        del self._past[:-20]
        self._show(target)

    def back(self) -> None:
        """To the page before."""
        pages_to_make = {"new_case", "new_referral", "import"}
        while self._past and self._past[-1].place in pages_to_make | {self.target.place}:
            self._past.pop()
        self._show(self._past.pop() if self._past else Target("cases"))

    def _show(self, target: Target) -> None:
        self.desk.hush()
        self.target = target
        self._mark_place(target)
        # Out of the page before it goes: the window would keep a focus that is lost with it near to where it was.
        self.rail.item(self.place_of(target)).setFocus()
        if target.place == "cases":
            if self._cases is None:
                self._cases = CaseList(self.desk)
                self._stack.addWidget(self._cases)
            self._page = self._cases
            self._slot.put(None)
            self._stack.setCurrentWidget(self._cases)
        else:
            self._page = self._make(target)
            self._slot.put(self._page)
            self._stack.setCurrentWidget(self._slot)
        self._focus_page(self._page)

    def place_of(self, target: Target) -> str:
        """The place of the rail that a page belongs to; the first one if the role has no such place."""
        return BELONGS.get(target.place, target.place) if self.has(target) else self.places[0].key

    def has(self, target: Target) -> bool:
        """Whether the role has the place that a page belongs to."""
        return BELONGS.get(target.place, target.place) in {place.key for place in self.places}

    def _mark_place(self, target: Target) -> None:
        self.rail.set_current(self.place_of(target))

    def _focus_page(self, page: QWidget) -> None:
        """Put the focus where the page wants it, else on its first region, never on the page as a whole."""
        regions = getattr(page, "regions", None)
        found: Sequence[QWidget] = regions() if callable(regions) else []
        ways = (_way_into(one) for one in found if one is not page)
        wanted = page.focusProxy() or next((one for one in ways if one is not None), None)
        item = self.rail.item(self.place_of(self.target))
        self._stand_in = None if wanted else item
        (wanted or item).setFocus()

    def _settled(self) -> None:
        """The page has its content now: give it the focus that it could not take, if nobody moved it meanwhile."""
        waits, self._stand_in = self._stand_in, None
        if waits is not None and self.window().focusWidget() is waits and self._page is not None:
            self._focus_page(self._page)

    def _make(self, target: Target) -> QWidget:
        pages: dict[PlaceName, Callable[[], QWidget]] = {
            "new_case": lambda: NewCase(self.desk),
            "import": lambda: ImportPage(self.desk),
            "case": lambda: CaseFile(self.desk, target.subject, target.section),
            "referrals": lambda: ReferralsPage(self.desk),
            "new_referral": lambda: NewReferral(self.desk, target.subject),
            "referral": lambda: ReferralPage(self.desk, target.subject),
            "approvals": lambda: ApprovalsPage(self.desk),
            "sync": lambda: SyncPage(self.desk, target.subject),
            "office": lambda: OfficePage(self.desk),
        }
        return pages[target.place]()

    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._page

    def ready(self) -> Ready | None:
        """The answers of the case that is open, as far as they can be saved."""
        page = self._page
        if not isinstance(page, CaseFile) or page.case is None:
            return None
        return page.case.id, page.draft.changes(), page.draft.shown()

    def _find(self) -> None:
        if self.target.place != "cases":
            self.go(Target("cases"))
        if self._cases is not None and self.target.place == "cases":
            self._cases.focus_search()

    def _escape(self) -> None:
        """Close the notice, or go back."""
        if self.notice.what:
            self.desk.hush()
        else:
            self.back()

    def _open_files(self) -> None:
        """Files for the page that takes some; bundles everywhere else."""
        if not isinstance(self._page, ImportPage | SyncPage):
            self.go(Target("sync"))
        if isinstance(self._page, ImportPage | SyncPage):
            self._page.choose.click()

    def _next_region(self) -> None:
        """Rail, then the regions of the page, and round again."""
        regions: list[QWidget] = [self.rail.item(self.place_of(self.target))]
        more = getattr(self._page, "regions", None)
        found: Sequence[QWidget] = more() if callable(more) else []
        regions += found
        focus = QApplication.focusWidget()
        here = [
            number
            for number, one in enumerate(regions)
            if one is focus or (focus and one.isAncestorOf(focus))
        ]
        start = (here[-1] if here else -1) + 1
        ways = (_way_into(one) for one in [*regions[start:], *regions[:start]])
        next((one for one in ways if one is not None), regions[0]).setFocus()

    def _notice(self, notice: Notice) -> None:
        self.notice = notice
        self.notices.say(notice, self._page)

    def _refused(self, error: CtcaseError) -> None:
        self.desk.refuse(error)

    def _unexpected(self, place: str) -> None:
        what = self.tr("Something went wrong that the program did not foresee.")
        safe = self.tr("What was shown as saved is safe.")
        report = words.fill(self.tr("Please report this: {place}. It holds nothing of a case."), place=place)
        self.desk.tell("danger", what, safe, report)

    def _changed(self, changes: Changes) -> None:
        self.desk.worker.ask(self, read_known, self._renew)
        if changes.streams or changes.roster:
            self.desk.seen = None
            self._count_waiting()

    def _renew(self, known: Known) -> None:
        before, self.desk.known = self.desk.known, known
        self.desk.renewed.emit()
        self._say_status()
        if (before.roles, before.status.enrolled, before.status.member) != (
            known.roles, known.status.enrolled, known.status.member,
        ):  # fmt: skip
            self.rebuilding.emit()

    def _count_waiting(self) -> None:
        if "supervisor" not in self.desk.known.roles:
            return
        self.desk.worker.ask(
            self,
            lambda session, _p: referrals.list_referrals(session, waiting_for_me=True).total,
            lambda count: self.rail.set_badge("approvals", count),
        )

    def _say_status(self) -> None:
        status = self.desk.known.status
        count = max((one.entries for one in status.unsent), default=0)
        self.rail.set_badge("sync", count)
        unsent = words.counted(count, self.tr("1 change not confirmed"), self.tr("{n} changes not confirmed"))
        nothing = self.tr("Everything is sent")
        self.status.set_item("unsent", "upload" if count else "check", unsent if count else nothing)
        self.status.set_item(
            "receipt", "inbox", "" if status.peers else self.tr("No receipt yet"), may_go=True
        )
        troubles = status.conflicts
        conflicts = words.counted(
            troubles, self.tr("1 conflict to decide"), self.tr("{n} conflicts to decide")
        )
        self.status.set_item("conflicts", "git-merge", conflicts if troubles else "", ink="warn")
        self._say_saved()
        self.status.set_item("lock", "lock", self.tr("Locks after 10 min"), at_end=True, may_go=True)

    def _say_saved(self) -> None:
        """What was typed and not saved anywhere, on this page or another."""
        open_forms = len(self.desk.unfinished)
        left = words.counted(open_forms, self.tr("1 form not saved"), self.tr("{n} forms not saved"))
        icon, said = ("pencil", left) if open_forms else ("check", self.tr("Everything saved"))
        self.status.set_item("saved", icon, said, at_end=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self.desk.theme.px(NARROW_BELOW)
        if narrow != self.rail.is_narrow:
            self.rail.set_narrow(narrow)
        self._person.setVisible(not narrow)
        self._name.setVisible(not narrow)


def _way_into(region: QWidget) -> QWidget | None:
    """What takes the focus in a region as it is now: itself, or the first control in it; None if nothing can."""
    while (proxy := region.focusProxy()) is not None:
        region = proxy
    return next((one for one in (region, *region.findChildren(QWidget)) if _takes_focus(one)), None)


def _takes_focus(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isEnabled() and widget.isVisibleTo(widget.window())
