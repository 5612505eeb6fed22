"""The page of the office: who belongs to it."""

from PySide6.QtCore import Qt

from ctcase.app.results import MemberDevice, MemberShown
from ui.desk import Known
from ui.widgets.tables import RoomTable


def test_members_are_sorted_by_how_many_devices_they_have(desktop):
    desk = desktop("office")
    desk.go("office")
    known = desk.window.shell.desk.known
    members = {
        str(count): MemberShown(
            str(count), f"With {count}", [], None, [MemberDevice(f"{count}.{n}", None) for n in range(count)]
        )
        for count in (10, 2, 9)
    }
    desk.window.shell._renew(Known(known.status, members, known.agencies))
    table = desk.page.findChild(RoomTable)
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert [table.model().index(row, 3).data() for row in range(3)] == ["2", "9", "10"]
