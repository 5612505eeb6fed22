import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QTableView, QWidget

from ui.theme.tokens import CONTRAST, DARK, LIGHT, TABLES
from ui.widgets.ask import AskDialog, ask
from ui.widgets.buttons import Button
from ui.widgets.field import Field
from ui.widgets.frames import Banner, Card, EmptyState, ErrorLine, StatusLine, TrainingBand
from ui.widgets.marks import Chip
from ui.widgets.progress import Progress
from ui.widgets.rail import Place, Rail, RailItem
from ui.widgets.rows import ListRow
from ui.widgets.stepper import Step, Stepper
from ui.widgets.tables import MARK_ROLE, Mark, choose_row, style_table
from ui.widgets.text import Label
from ui.widgets.writing import TextEditor

STEPS = [
    Step("Draft", "done", "18 Nov"),
    Step("Submitted", "now"),
    Step("Approved", "next"),
    Step("Sent", "next"),
]
PLACES = [Place("today", "sun", "Today", "Ctrl+1"), Place("cases", "folder", "Cases", "Ctrl+2")]


class TestStepper:
    def make(self, theme, qtbot, steps=STEPS, width=700):
        stepper = Stepper(theme, steps, name="Referral")
        qtbot.addWidget(stepper)
        stepper.resize(width, stepper.heightForWidth(width))
        stepper.show()
        return stepper

    def test_says_the_same_in_words(self, theme, qtbot):
        stepper = self.make(theme, qtbot)
        assert stepper.accessibleName() == "Referral"
        assert (
            stepper.accessibleDescription()
            == "Draft, done, 18 Nov; Submitted, now; Approved, to come; Sent, to come"
        )

    def test_side_exit_gives_its_reason(self, theme, qtbot):
        stepper = self.make(theme, qtbot)
        stepper.set_steps([STEPS[0], Step("Rejected", "exit", "No room", "ban")])
        assert stepper.accessibleDescription().endswith("Rejected, ended here, No room")

    @pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
    def test_mirrors(self, tokens, themed, qtbot):
        there = self.make(themed(tokens), qtbot).grab().toImage()
        back = self.make(themed(tokens, rtl=True), qtbot).grab().toImage()

        def filled(image, x):
            return image.pixelColor(x, 6).name().upper() == tokens.accent

        first, last = 700 // 8, 700 - 700 // 8
        assert filled(there, first)
        assert not filled(there, last)
        assert filled(back, last)
        assert not filled(back, first)

    def test_becomes_a_column_where_words_would_touch(self, themed, qtbot):
        stepper = self.make(themed(LIGHT, 2.0), qtbot, width=300)
        assert stepper.is_upright()
        assert not stepper.is_upright(2000)
        assert stepper.heightForWidth(300) > 2 * stepper.heightForWidth(2000)


class TestProgress:
    def test_nothing_before_the_delay(self, theme, qtbot):
        progress = Progress(theme)
        qtbot.addWidget(progress)
        progress.begin("Writing the bundle")
        assert not progress.isVisible()
        assert progress._timer.interval() == 400
        progress._timer.timeout.emit()
        assert progress.isVisible()

    def test_quick_work_is_never_shown(self, theme, qtbot):
        progress = Progress(theme)
        qtbot.addWidget(progress)
        progress.begin("Writing the bundle")
        progress.finish()
        assert not progress._timer.isActive()
        assert not progress.isVisible()

    def test_tells_how_much_and_stops(self, theme, qtbot):
        progress = Progress(theme, delay_ms=0)
        qtbot.addWidget(progress)
        progress.begin("Writing the bundle")
        progress.report(37, 120, "37 of 120")
        assert (progress._bar.value(), progress._bar.maximum()) == (37, 120)
        assert progress._bar.accessibleDescription() == "37 of 120"
        with qtbot.waitSignal(progress.cancelled):
            progress.cancel.click()
        assert not progress.cancel.isEnabled()

    def test_unknown_sum_shows_no_bar(self, theme, qtbot):
        progress = Progress(theme)
        qtbot.addWidget(progress)
        progress.begin("Reading")
        progress.report(12, 0, "12 entries")
        assert progress._bar.isHidden()
        assert progress._how_much.text() == "12 entries"


class TestRail:
    @pytest.fixture
    def rail(self, theme, qtbot):
        rail = Rail(theme, PLACES, name="Places")
        qtbot.addWidget(rail)
        rail.show()
        return rail

    def test_tells_which_place(self, rail, qtbot):
        with qtbot.waitSignal(rail.chosen) as told:
            qtbot.mouseClick(rail.item("cases"), Qt.MouseButton.LeftButton)
        assert told.args == ["cases"]
        rail.set_current("today")
        assert rail.item("today").isChecked()
        assert not rail.item("cases").isChecked()

    def test_count_is_part_of_the_name(self, rail):
        rail.set_badge("today", 7)
        assert rail.item("today").accessibleName().replace("\u2068", "").replace("\u2069", "") == "Today, 7"
        rail.set_badge("today", 0)
        assert rail.item("today").accessibleName() == "Today"

    def test_icons_alone_keep_name_and_tooltip(self, rail, theme):
        foot = RailItem(theme, Place("hide", "eye-off", "Quick hide"), framed=True)
        rail.add_foot(foot)
        wide = rail.width()
        rail.set_narrow(True)
        assert rail.is_narrow
        assert rail.width() < wide / 3
        for item in (rail.item("cases"), foot):
            assert item.accessibleName() == item.toolTip()
        rail.set_narrow(False)
        assert rail.item("cases").toolTip() == ""
        assert rail.width() == wide

    def test_targets_are_large_enough(self, rail):
        assert rail.item("today").height() >= 24

    @pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
    def test_present_place_stands_out_and_mirrors(self, tokens, themed, qtbot):
        images = []
        for rtl in (False, True):
            item = RailItem(themed(tokens, rtl=rtl), PLACES[0])
            qtbot.addWidget(item)
            item.resize(184, 38)
            item.setChecked(True)
            images.append(item.grab().toImage())
        for image in images:
            assert image.pixelColor(92, 4).name().upper() == tokens.selected_bg
        assert images[0] != images[1]


def test_banner_says_what_happened_what_is_safe_what_next(theme, qtbot):
    banner = Banner(theme, "danger", "The stick is full.", "Nothing is lost.", next_step="Use another one.")
    qtbot.addWidget(banner)
    assert banner.accessibleName() == "The stick is full. Nothing is lost. Use another one."


def test_error_line_is_hidden_without_error(theme, qtbot):
    line = ErrorLine(theme)
    qtbot.addWidget(line)
    assert line.isHidden()
    line.set_sentence("November has 30 days.")
    assert not line.isHidden()
    assert line.accessibleName() == line.sentence() == "November has 30 days."


def test_empty_state_has_one_sentence_and_its_action(theme, qtbot):
    action = Button(theme, "New case", "primary", "plus")
    empty = EmptyState(theme, "Nothing is due.", action)
    qtbot.addWidget(empty)
    assert empty.accessibleName() == "Nothing is due."
    assert empty.isAncestorOf(action)


def test_training_band_is_named(theme, qtbot):
    band = TrainingBand(theme)
    qtbot.addWidget(band)
    assert "Nobody here is real" in band.accessibleName()
    assert band.sizeHint().height() >= 24


def test_status_line_changes_and_hides_items(theme, qtbot):
    status = StatusLine(theme)
    qtbot.addWidget(status)
    status.set_item("unsent", "upload", "14 changes not sent")
    status.set_item("saved", "check", "Everything saved", at_end=True)
    status.set_item("unsent", "upload", "")
    assert status.text("unsent") == ""
    assert status._items["unsent"].isHidden()
    assert status.text("saved") == "Everything saved"


def test_card_shows_that_it_is_chosen(theme, qtbot):
    card = Card(theme, "With whom")
    qtbot.addWidget(card)
    card.show()
    plain = card.grab().toImage()
    card.set_selected(True)
    assert card.grab().toImage() != plain
    assert card.accessibleName() == "With whom"


def test_row_is_one_button_and_reads_as_one(theme, qtbot):
    row = ListRow(
        theme, "phone", "Follow-up contact", "7KQ4-M2XR", Chip(theme, "danger", "clock", "2 days late")
    )
    qtbot.addWidget(row)
    row.show()
    assert row.accessibleName() == "Follow-up contact, 7KQ4-M2XR, 2 days late"
    with qtbot.waitSignal(row.clicked):
        qtbot.keyClick(row, Qt.Key.Key_Space)


class TestDialog:
    @pytest.fixture
    def dialog(self, theme, qtbot):
        dialog = AskDialog(
            theme, "Delete this draft?", "It is only here.", "Delete the draft", "Keep it", kind="danger"
        )
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
            dialog.activateWindow()
        return dialog

    def test_escape_and_enter_are_safe(self, dialog, qtbot):
        for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
            dialog.show()
            with qtbot.waitSignal(dialog.rejected):
                qtbot.keyClick(dialog, key)
            assert dialog.result() == QDialog.DialogCode.Rejected

    def test_only_the_verb_acts(self, dialog, qtbot):
        with qtbot.waitSignal(dialog.accepted):
            qtbot.mouseClick(dialog.act, Qt.MouseButton.LeftButton)

    def test_its_words_go_with_the_answer(self, theme, qtbot):
        window = QWidget()
        qtbot.addWidget(window)
        dialog = AskDialog(
            theme, "Mark this as sent to Harbour Shelter?", "", "Mark it", "Not yet", parent=window
        )
        QTimer.singleShot(0, dialog.stay.click)
        with qtbot.waitSignal(dialog.destroyed):
            assert not ask(dialog)
        assert not window.findChildren(AskDialog)

    def test_window_title_tells_nothing(self, dialog):
        assert dialog.windowTitle() == "Workspace"
        assert dialog.accessibleName() == "Delete this draft?"


class TestTable:
    def make(self, theme, qtbot):
        table = QTableView()
        qtbot.addWidget(table)
        model = QStandardItemModel(0, 2, table)
        model.setHorizontalHeaderLabels(["Code", "Risk"])
        for code, tone in (("7KQ4-M2XR", "danger"), ("9RT3-B0CV", "ok")):
            risk = QStandardItem("High")
            risk.setData(Mark(tone, "circle-alert"), MARK_ROLE)
            model.appendRow([QStandardItem(code), risk])
        style_table(theme, table, name="Cases")
        table.setModel(model)
        table.resize(420, 200)
        table.show()
        return table

    def test_rows_are_as_high_as_the_text_needs(self, themed, qtbot):
        for scale in (1.0, 2.0):
            theme = themed(LIGHT, scale)
            assert self.make(theme, qtbot).rowHeight(0) == theme.line() + 18

    @pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
    @pytest.mark.parametrize("rtl", [False, True])
    def test_selection_and_row_lines(self, rtl, tokens, themed, qtbot):
        table = self.make(themed(tokens, rtl=rtl), qtbot)
        choose_row(table, 1)
        assert [index.row() for index in table.selectionModel().selectedRows()] == [1]
        image = table.viewport().grab().toImage()
        middle = image.width() // 2
        bottom = table.rowViewportPosition(0) + table.rowHeight(0) - 1
        assert image.pixelColor(middle, bottom).name().upper() == tokens.line
        assert image.pixelColor(middle, bottom + 4).name().upper() == tokens.selected_bg

    def test_tab_leaves_and_name_is_set(self, theme, qtbot):
        table = self.make(theme, qtbot)
        assert not table.tabKeyNavigation()
        assert table.accessibleName() == "Cases"

    def test_sort_arrow_is_drawn_at_the_column(self, theme, qtbot):
        table = self.make(theme, qtbot)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        up = table.horizontalHeader().grab().toImage()
        table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        assert table.horizontalHeader().grab().toImage() != up


@pytest.mark.parametrize("tokens", [DARK, CONTRAST], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("rtl", [False, True])
def test_everything_survives_double_text_in_half_the_width(rtl, tokens, themed, qtbot):
    theme = themed(tokens, 2.0, rtl=rtl)
    parts: list[QWidget] = [
        Rail(theme, PLACES, name="Places"),
        Stepper(theme, STEPS, name="Referral"),
        Banner(theme, "warn", "The stick is full.", "Nothing is lost.", actions=[Button(theme, "Undo")]),
        ListRow(
            theme, "phone", "Follow-up contact", "7KQ4-M2XR", Chip(theme, "danger", "clock", "2 days late")
        ),
        TrainingBand(theme),
        EmptyState(theme, "Nothing is due. New tasks appear here by themselves."),
    ]
    for part in parts:
        qtbot.addWidget(part)
        assert part.minimumSizeHint().width() <= 683
        part.resize(683, max(part.sizeHint().height(), part.heightForWidth(683)))
        part.show()
        for child in part.findChildren(QWidget):
            if child.isVisible() and child.parentWidget() is part:
                assert part.rect().contains(child.geometry())


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_status_line_leaves_out_what_is_said_elsewhere_and_cuts_nothing(themed, qapp, qtbot, scale):
    status = StatusLine(themed(LIGHT, scale))
    qtbot.addWidget(status)
    status.set_item("unsent", "upload", "14 changes not confirmed")
    status.set_item("receipt", "inbox", "120 of 134 changes confirmed", may_go=True)
    status.set_item("conflicts", "git-merge", "2 conflicts to decide", ink="warn")
    status.set_item("saved", "check", "Everything saved", at_end=True)
    status.set_item("lock", "lock", "Locks after 10 min", at_end=True, may_go=True)
    needs = {key: item.sizeHint().width() + 18 for key, item in status._items.items()}
    whole = sum(needs.values()) + 28
    for width, gone in (
        (whole, set()),
        (whole - 1, {"lock"}),
        (whole - 1 - needs["lock"], {"lock", "receipt"}),
    ):
        status.resize(width, status.sizeHint().height())
        status.show()
        qapp.processEvents()
        assert {key for key, item in status._items.items() if not item.isVisible()} == gone
        assert not any(item.label.is_elided for item in status._items.values() if item.isVisible())


def test_a_short_label_stays_in_one_line_beside_its_note(theme, qtbot):
    field = Field(theme, "Which kinds of data", TextEditor(theme), required=True)
    qtbot.addWidget(field)
    field.resize(400, field.sizeHint().height())
    field.show()
    label = next(one for one in field.findChildren(Label) if one.text() == "Which kinds of data")
    assert label.height() <= theme.line("label") + 4
    field.resize(150, 200)
    assert label.height() > theme.line("label") + 4, "where there is no room it wraps and is not cut"
