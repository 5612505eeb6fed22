"""The list of referrals: where each stands, and which wait."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QStackedWidget, QTableView, QWidget

from ctcase.app import referrals
from ctcase.app.results import Changes, ReferralList, ReferralShown
from ui import words
from ui.desk import Desk
from ui.models.rows import Column, RowsModel
from ui.views.approvals import urgency_place
from ui.views.case_lists import STATE_MARKS, agency_name
from ui.views.parts import Page, row
from ui.widgets.frames import EmptyState
from ui.widgets.marks import Pill
from ui.widgets.tables import Mark, RoomTable, stay_on
from ui.widgets.text import isolate

OPEN = frozenset(
    {"draft", "submitted", "returned", "approved", "sent", "acknowledged", "accepted", "in_service"}
)
WIDTHS = (130, 240, 190, 170, 190, 170)
"""px at 100 %; the last one shown takes what is left."""
GO_FIRST = (5, 2, 4)
"""Columns that hide as room gets scarce: changed, service, answer due. Which case, to whom, and the state stay."""


def waits_for_me(one: ReferralShown, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles should act: approve, ratify, answer a return, send what was approved."""
    if "supervisor" in roles and (one.state == "submitted" or one.ratification or one.rivals):
        return True
    return "caseworker" in roles and one.state in {"draft", "returned", "approved"}


class ReferralsPage(Page):
    """Reads the list anew after every change."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "", scrolls=False)
        self.set_title(self.tr("Referrals"))
        self._all: list[ReferralShown] = []
        self._filter = "open"
        self.model: RowsModel[ReferralShown] = RowsModel(self._columns())
        self.table = RoomTable(desk.theme, WIDTHS, GO_FIRST, name=self.tr("Referrals"))
        self.table.show_model(self.model)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        named = {
            "open": self.tr("Open"),
            "mine": self.tr("Waiting for me"),
            "late": self.tr("Late"),
            "": self.tr("All"),
        }
        self.pills = {key: Pill(desk.theme, word, checked=key == self._filter) for key, word in named.items()}
        for key, pill in self.pills.items():
            pill.clicked.connect(lambda _on=False, key=key: self.narrow(key))
        self._views = QStackedWidget()
        self._views.addWidget(self.table)
        self._views.addWidget(
            EmptyState(desk.theme, self.tr("No referral here. A new one begins in a case."))
        )
        self.body.addLayout(row(*self.pills.values(), 0))
        self.body.addWidget(self._views, 1)
        self.table.activated.connect(self._open)
        desk.worker.changed.connect(self._changed)
        self.setFocusProxy(self.table)
        self.read()

    def _columns(self) -> list[Column[ReferralShown]]:
        desk = self.desk
        return [
            Column(self.tr("Case"), lambda one: isolate(one.code)),
            Column(self.tr("Agency"), lambda one: agency_name(desk, one)),
            Column(self.tr("Service"), lambda one: words.service(one.service)),
            Column(self.tr("State"), _state, _mark),
            Column(
                self.tr("Answer due"),
                self._due,
                lambda one: Mark("danger", "clock") if one.late else None,
                "text2",
                _due_order,
            ),
            Column(
                self.tr("Changed"),
                lambda one: desk.texts.moment(one.updated),
                None,
                "text2",
                lambda one: one.updated,
            ),
        ]

    def _due(self, one: ReferralShown) -> str:
        return self.desk.texts.moment(one.due) if one.due else words.urgency(one.urgency)

    def read(self) -> None:
        """Read the list anew."""
        self.desk.worker.ask(self, lambda session, _p: referrals.list_referrals(session), self._show)

    def _show(self, found: ReferralList) -> None:
        self._all = found.referrals
        self.narrow(self._filter)

    def narrow(self, key: str) -> None:
        """Show the referrals of a filter."""
        self._filter = key
        for one, pill in self.pills.items():
            pill.setChecked(one == key)
        roles = self.desk.known.roles
        wanted: dict[str, Callable[[ReferralShown], bool]] = {
            "open": lambda one: one.state in OPEN,
            "mine": lambda one: waits_for_me(one, roles),
            "late": lambda one: one.late,
            "": lambda _one: True,
        }
        found = [one for one in self._all if wanted[key](one)]
        at = self.table.currentIndex().row()
        chosen = self.model.record(at)
        self.model.set_records(found)
        row_now = self.model.row_of(lambda one: chosen is not None and one.id == chosen.id)
        stay_on(self.table, row_now, at)
        self._views.setCurrentIndex(0 if found else 1)

    def _open(self, index: QModelIndex) -> None:
        one = self.model.record(index.row())
        if one is not None:
            self.desk.go("referral", one.id)

    def _changed(self, changes: Changes) -> None:
        if changes.streams or changes.roster or changes.local:
            self.read()

    def regions(self) -> list[QWidget]:
        return [self.pills["open"], self.table]


def _state(one: ReferralShown) -> str:
    late = words.translate("lists", "late")
    return f"{words.state(one.state)} · {late}" if one.late else words.state(one.state)


def _due_order(one: ReferralShown) -> tuple[str, int]:
    """By when the answer is due; after these what was not sent yet, the most urgent first."""
    return one.due or "~", urgency_place(one.urgency)


def _mark(one: ReferralShown) -> Mark:
    tone, icon = ("danger", "clock") if one.late else STATE_MARKS.get(one.state, ("idle", "circle"))
    return Mark("warn", "git-merge") if one.rivals else Mark(tone, icon)
