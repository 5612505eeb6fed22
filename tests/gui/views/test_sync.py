"""Bundles in the window: nothing is taken unseen, and what is damaged or meant for others changes nothing."""

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from ctcase.app import exchange, upkeep
from ctcase.app.results import BundlesSeen, EntryCounts
from ctcase.errors import EnvironmentFailed
from ui.desk import Target


@pytest.fixture
def stick(world, tmp_path):
    """Bundles of the caseworker for all, with a case in them."""
    world.case(name="Canaria")
    out = tmp_path / "stick"
    written = world.act("caseworker", lambda s: exchange.write_bundles(s, "Elif K.", out).value)
    return [out / one.file for one in written.files]


def test_a_preview_changes_nothing_and_taking_does(desktop, stick):
    desk = desktop("supervisor")
    page = desk.go("sync")
    desk.files.next = [stick]
    desk.key("Ctrl+O")
    desk.bot.waitUntil(lambda: page.preview is not None)
    said = desk.words(page.preview)
    assert "\u2068Deniz A.\u2069" in said
    assert "\u20681\u2069 new, \u20680\u2069 changed" in said
    assert "Nothing is written before you take it." in said
    assert desk.window.shell.desk.known.status.cases == 0
    desk.click(page.preview.take)
    assert desk.window.shell.desk.known.status.cases == 1
    assert "Taken" in desk.words(page.result)
    assert page.preview is None


def test_setting_aside_leaves_everything_as_it_was(desktop, stick):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.drop.dropped.emit(stick)
    desk.settle()
    desk.click(page.preview.aside)
    assert page.preview is None
    assert "Bundle" not in desk.words(page.result.parentWidget())
    assert desk.window.shell.desk.known.status.cases == 0


@pytest.mark.parametrize("where", [10, 400, -5])
def test_a_damaged_bundle_says_so_and_changes_nothing(desktop, world, stick, where):
    data = bytearray(stick[0].read_bytes())
    data[where] ^= 1
    stick[0].write_bytes(bytes(data))
    before = world.act("supervisor", upkeep.status)
    desk = desktop("supervisor")
    page = desk.go("sync")
    desk.files.next = [stick]
    desk.click(page.choose)
    said = desk.words(page.preview)
    assert not page.preview.take.isEnabled()
    assert "Nothing was changed" in said or "Nothing of it was taken, nothing is lost." in said
    desk.window.lock()
    desk.settle()
    assert world.act("supervisor", upkeep.status) == before


def test_a_bundle_for_somebody_else_is_refused_with_a_next_step(desktop, stick):
    desk = desktop("office")
    page = desk.go("sync")
    desk.files.next = [stick]
    desk.click(page.choose)
    said = desk.words(page.preview)
    assert "This file is sealed to another device. Nothing was changed." in said
    assert "Give it to its addressee, or ask the sender for one of your own." in said


def test_a_stick_for_everybody_is_no_reason_for_alarm(desktop, world, tmp_path):
    world.case()
    stick = world.folder / "everybody"
    world.act("caseworker", lambda session: exchange.write_bundles(session, "all", stick))
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(sorted(stick.iterdir()))
    desk.settle()
    said = desk.words(page.preview)
    assert [card.accessibleName() for card in page.preview.cards] == [
        "Bundle \u20682\u2069 from \u2068Deniz A.\u2069"
    ]
    assert "Refused" not in said
    assert "1 file for somebody else" in said


def test_writing_names_the_files_and_for_whom(desktop, world, tmp_path):
    world.case()
    desk = desktop()
    page = desk.go("sync")
    assert "changes" in page.unsent._chip.text()
    desk.files.next = [tmp_path / "out"]
    desk.click(page.unsent.write)
    said = desk.words(page.result)
    assert "Central office (\u2068Harbour office\u2069)" in said
    assert "Rana O." not in desk.words(page), "who sits in the office does not matter here"
    for file in (tmp_path / "out").iterdir():
        assert file.name in said


def test_a_folder_that_cannot_be_written_is_told(desktop, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    desk = desktop()
    page = desk.go("sync")
    desk.files.next = [blocked / "inside"]
    desk.click(page.unsent.write)
    assert "Nothing was" in desk.words(page.result)
    assert page.unsent.write.isEnabled()


def test_a_clean_vault_is_told_to_be_whole(desktop, world):
    world.case()
    desk = desktop()
    page = desk.go("sync")
    desk.click(page.receipts.verify)
    assert "This vault is whole" in desk.words(page)


def test_a_check_says_what_there_is_to_know(desktop, monkeypatch):
    desk = desktop("office")
    page = desk.go("sync")
    known = desk.window.shell.desk.known
    device = next(one for one in known.members.values() if one.name == "Deniz A.").devices[0].device
    warnings = [
        {"code": "gap", "device": device, "from": 3, "to": 4},
        {"code": "gap", "device": device, "from": 7, "to": 7},
        {"code": "fork", "device": "0123456789abcdef"},
        {"code": "set_back", "device": known.status.device},
        {"code": "rival_roster", "version": 5},
        {"code": "conflicts", "count": 1},
        {"code": "void", "count": 2},
    ]

    def check(session, tell, real=upkeep.verify):
        return msgspec.structs.replace(real(session, tell), warnings=warnings)

    monkeypatch.setattr(upkeep, "verify", check)
    desk.click(page.receipts.verify)
    said = desk.words(page.result)
    for sentence in (
        "A device of \u2068Deniz A.\u2069: \u20682\u2069 gaps in what has arrived.",
        "A device of \u206801234567\u2069 was copied. An officer looks into it.",
        "This vault was set back to an older state. It goes on as a new device with its next entry.",
        "There are two lists of members with the number \u20685\u2069. Ask the office.",
        "1 conflict is to be decided.",
        "\u20682\u2069 entries took no effect.",
    ):
        assert sentence in said
    assert "This vault is whole" in said


@pytest.mark.parametrize(
    ("files", "fresh", "take", "aside"),
    [
        (1, 0, "Take this bundle", "Set it aside"),
        (1, 1, "Take this bundle", "Set it aside"),
        (2, 0, "Take the bundles", "Set them aside"),
        (2, 1, "Take this bundle", "Set them aside"),
        (2, 2, "Take \u20682\u2069 bundles", "Set them aside"),
    ],
)
def test_what_is_offered_is_said_of_as_many_as_there_are(desktop, stick, files, fresh, take, aside):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()
    one = desk.window.shell.desk.seen.files[0]
    known = msgspec.structs.replace(one, status="known")
    page._seen(BundlesSeen([one] * fresh + [known] * (files - fresh)))
    assert (page.preview.take.accessibleName(), page.preview.aside.accessibleName()) == (take, aside)


def test_one_of_anything_is_not_told_as_many(desktop, stick):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()
    one = desk.window.shell.desk.seen.files[0]
    counts = EntryCounts(new=1, waiting=1, void=1, quarantined=1, proposals=1)
    page._seen(BundlesSeen([msgspec.structs.replace(one, conflicts=1, entries=counts)]))
    said = desk.words(page.preview)
    assert "1 conflict, new or from before, is to be decided in these cases. All is kept." in said
    assert "1 entry takes no effect." in said
    assert "\u20681\u2069 entries" not in said
    assert "1 entries" not in said


def test_the_foot_counts_what_is_confirmed_in_one_way_only(desktop, world):
    world.case()
    status = desktop().window.shell.status
    assert status.text("unsent").endswith("changes not confirmed")
    assert status.text("receipt") == ""


@pytest.mark.parametrize("act", ["check", "write", "refusal"])
def test_a_preview_stays_while_something_else_is_done(desktop, stick, tmp_path, act):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    desk.files.next = [tmp_path / "out" if act == "write" else blocked / "inside"]
    desk.click(page.receipts.verify if act == "check" else page.unsent.write)
    assert page.result.inner() is not None
    assert "Nothing is written before you take it." in desk.words(page.preview)
    page.receipts.verify.setFocus()
    desk.key("F6")
    assert desk.window.focusWidget() is page.preview.take
    desk.click(page.preview.take)
    assert desk.window.shell.desk.known.status.cases == 1


def test_what_could_not_be_taken_can_be_taken_again(desktop, stick, monkeypatch):
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(stick)
    desk.settle()

    def full(*_asked):
        raise EnvironmentFailed("disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(exchange, "read_bundles", full)
        desk.click(page.preview.take)
    assert "The disk or stick is full." in desk.words(page.result)
    desk.click(page.preview.take)
    assert "Taken" in desk.words(page.result)
    assert desk.window.shell.desk.known.status.cases == 1


def test_of_a_reading_that_was_stopped_the_rest_can_be_taken_later(desktop, world, stick, monkeypatch):
    world.case(alias="Cedar")
    more = world.folder / "more"
    world.act("caseworker", lambda session: exchange.write_bundles(session, "Elif K.", more))
    files, read = [*stick, *more.iterdir()], exchange.read_bundles
    desk = desktop("supervisor")
    page = desk.go("sync")
    page.look(files)
    desk.settle()
    with monkeypatch.context() as patched:
        patched.setattr(exchange, "read_bundles", lambda session, paths, tell: read(session, paths[:1], tell))
        desk.click(page.preview.take)
    counted = "Stopped. \u20681\u2069 of \u20682\u2069 files were read"
    assert desk.window.shell.notice.what == f"{counted}, the others are as they were."
    assert "Taken" in desk.words(page.result)
    assert page.preview is None
    desk.click(desk.button("Look into the others"))
    assert [card.accessibleName() for card in desk.page.preview.cards] == [
        "Bundle \u20682\u2069 from \u2068Deniz A.\u2069"
    ]
    desk.click(desk.page.preview.take)
    assert desk.window.shell.desk.known.status.cases == 2
    assert desk.go("sync").preview is None


def test_who_leaves_while_bundles_are_written_finds_them_written(desktop, world, tmp_path):
    world.case()
    desk = desktop()
    page = desk.go("sync")
    desk.files.next = [tmp_path / "out"]
    desk.bot.mouseClick(page.unsent.write, Qt.MouseButton.LeftButton)
    desk.window.shell.go(Target("cases"))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(page)
    desk.settle()
    assert list((tmp_path / "out").iterdir())
