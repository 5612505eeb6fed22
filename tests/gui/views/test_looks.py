"""Every page holds in every theme, at 200 % and from right to left; names for assistive technology are there."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTableView, QWidget

from ui.theme.tokens import CONTRAST, DARK, LIGHT

PLACES = (
    "cases",
    "new_case",
    "import",
    "case",
    "referrals",
    "new_referral",
    "referral",
    "approvals",
    "sync",
    "office",
)
LOOKS = [
    (LIGHT, 1.0, False),
    (DARK, 1.0, False),
    (CONTRAST, 1.5, False),
    (LIGHT, 2.0, False),
    (DARK, 2.0, True),
]


@pytest.fixture
def everything(world):
    case = world.case()
    world.consent(case)
    one = world.submitted(case)
    world.carry("caseworker", "supervisor")
    return {"case": case, "new_referral": case, "referral": one}


@pytest.mark.parametrize(("tokens", "scale", "rtl"), LOOKS)
def test_every_page_fits_a_small_laptop(desktop, everything, themed, tokens, scale, rtl):
    desk = desktop("supervisor", look=themed(tokens, scale, rtl=rtl))
    for place in PLACES:
        page = desk.go(place, everything.get(place, ""))
        assert page.isVisible()
        assert desk.window.width() == 1366, place
        assert desk.window.height() == 690, place
        assert desk.window.windowTitle() == "Workspace"


class Windows(QObject):
    """Notes what is shown as a window of its own."""

    def __init__(self, main):
        super().__init__()
        self.main, self.found = main, []

    def eventFilter(self, watched, event):
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shown and watched is not self.main:
            self.found.append((type(watched).__name__, watched.accessibleName()))
        return False


def test_no_part_of_a_page_is_a_window_for_a_moment(desktop, everything, qapp):
    """A part that is shown before it has its place takes the keyboard away from the window."""
    desk = desktop("supervisor")
    noted = Windows(desk.window)
    qapp.installEventFilter(noted)
    for place in PLACES:
        desk.go(place, everything.get(place, ""))
        for section in ("consent", "identity", "disclosures") if place == "case" else ():
            desk.page.show_section(section)
        desk.settle()
    desk.go("case", everything["case"], "consent").part().write()
    desk.go("referral", everything["referral"]).begin("approve")
    desk.settle()
    qapp.removeEventFilter(noted)
    assert noted.found == []


def test_every_control_has_a_name(desktop, everything):
    desk = desktop("supervisor")
    for place in PLACES:
        page = desk.go(place, everything.get(place, ""))
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QTableView):
            for control in page.findChildren(kind):
                if control.isVisible() and control.objectName() != "qt_spinbox_lineedit":
                    assert control.accessibleName() or control.property("kind") == "", (place, control)


def test_at_200_percent_the_sections_are_a_box_and_the_timeline_a_button(desktop, everything, themed):
    desk = desktop("caseworker", look=themed(LIGHT, 2.0))
    page = desk.go("case", everything["case"])
    assert page.list.box.isVisible()
    assert page.header.timeline.isVisible()
    assert not page.timeline.isVisible()
    assert {"consent", "contact"} <= set(page.header.chips)
    desk.click(page.header.timeline)
    assert page.timeline.isVisible()


def test_the_narrow_list_keeps_code_and_consent(desktop, everything, themed):
    desk = desktop("caseworker", look=themed(LIGHT, 2.0))
    table = desk.page.table
    shown = [n for n in range(table.model().columnCount()) if not table.isColumnHidden(n)]
    assert {0, 3} <= set(shown)
    assert 7 not in shown


def test_places_are_those_of_the_role(desktop):
    assert [place.key for place in desktop("caseworker").window.shell.places] == [
        "cases",
        "referrals",
        "sync",
    ]
    assert "approvals" in [place.key for place in desktop("supervisor").window.shell.places]
    assert "office" in [place.key for place in desktop("office").window.shell.places]


@pytest.mark.parametrize(
    ("keys", "place"), [("Ctrl+2", "referrals"), ("Ctrl+3", "sync"), ("Ctrl+1", "cases")]
)
def test_places_have_shortcuts(desktop, keys, place):
    desk = desktop()
    desk.go("sync" if place == "cases" else "cases")
    desk.key(keys)
    desk.bot.waitUntil(lambda: desk.window.shell.target.place == place)
    desk.settle()
    assert desk.page.isVisible()


def test_ctrl_k_finds_a_case_from_anywhere(desktop):
    desk = desktop()
    desk.go("sync")
    desk.key("Ctrl+K")
    assert desk.page.search.hasFocus()


def test_the_state_of_a_referral_stays_in_view_as_room_gets_scarce(desktop, everything, themed):
    desk = desktop(look=themed(LIGHT, 2.0))
    table = desk.go("referrals").table
    shown = [number for number in range(6) if not table.isColumnHidden(number)]
    assert shown == [0, 1, 3]
    assert table.columnViewportPosition(3) + table.columnWidth(3) <= table.viewport().width()
    table = desktop(look=themed(LIGHT, 1.0)).go("referrals").table
    assert not any(table.isColumnHidden(number) for number in range(6))
