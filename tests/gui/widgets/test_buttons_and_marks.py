import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.theme.tokens import CONTRAST, LIGHT
from ui.widgets.buttons import Button, IconButton, ReasonedButton
from ui.widgets.flow import Flow
from ui.widgets.marks import Chip, Pill, Segments


def test_disabled_button_says_why_in_sight(theme, qtbot):
    held = ReasonedButton(theme, Button(theme, "Reject", "danger"))
    qtbot.addWidget(held)
    held.show()
    assert held.button.isEnabled()
    held.set_reason("Write a comment first.")
    assert not held.button.isEnabled()
    assert held.reason() == held.button.accessibleDescription() == "Write a comment first."
    assert held._label.isVisible()
    held.set_reason("")
    assert held.button.isEnabled()
    assert not held._label.isVisible()


@pytest.mark.parametrize("kind", ["primary", "secondary", "ghost", "danger"])
def test_button_is_named_large_enough_and_pressed_by_key(kind, themed, qtbot):
    button = Button(themed(CONTRAST), "Approve this content", kind, "shield-check")
    qtbot.addWidget(button)
    button.show()
    assert button.accessibleName() == "Approve this content"
    assert min(button.sizeHint().toTuple()) >= 24
    assert not button.autoDefault()
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, Qt.Key.Key_Space)


def test_icon_alone_has_name_and_tooltip(theme, qtbot):
    button = IconButton(theme, "ellipsis", "More")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "More"
    assert min(button.width(), button.minimumHeight()) >= 24


class TestChip:
    def test_detail_goes_first_and_stays_readable(self, theme, qtbot):
        chip = Chip(theme, "danger", "circle-alert", "Risk high", "reviewed 18 Nov")
        qtbot.addWidget(chip)
        assert chip.text() == "Risk high · reviewed 18 Nov"
        chip.set_detail_shown(False)
        assert chip.text() == "Risk high"
        assert chip.accessibleName() == "Risk high · reviewed 18 Nov"

    def test_state_is_one_of_the_tones(self, theme, qtbot):
        with pytest.raises(ValueError):
            Chip(theme, "pink", "circle", "What")

    def test_changes_state(self, theme, qtbot):
        chip = Chip(theme, "warn", "clock", "Today")
        qtbot.addWidget(chip)
        chip.set_state("danger", "clock", "2 days late")
        assert chip.property("tone") == "danger"
        assert chip.accessibleName() == "2 days late"


def test_ampersand_is_a_letter(theme, qtbot):
    segments = Segments(theme, [("food", "Food & rent")], name="Need")
    for widget in (Button(theme, "Food & rent"), Pill(theme, "Food & rent"), segments.button("food")):
        assert widget.text() == "Food && rent"
        assert widget.accessibleName().endswith("Food & rent")
        assert widget.shortcut().isEmpty()


def test_pill_shows_that_it_is_set(theme, qtbot):
    pill = Pill(theme, "Violence")
    qtbot.addWidget(pill)
    pill.show()
    plain = pill.grab().toImage()
    qtbot.mouseClick(pill, Qt.MouseButton.LeftButton)
    assert pill.isChecked()
    assert pill.grab().toImage() != plain


class TestSegments:
    OPTIONS = (("low", "Low"), ("medium", "Medium"), ("high", "High"), ("unknown", "Unknown"))

    def make(self, theme, qtbot, value=None):
        segments = Segments(theme, self.OPTIONS, value, name="Risk today")
        qtbot.addWidget(segments)
        segments.resize(segments.sizeHint())
        segments.show()
        return segments

    def test_one_is_chosen(self, theme, qtbot):
        segments = self.make(theme, qtbot, "high")
        assert segments.value() == "high"
        with qtbot.waitSignal(segments.changed):
            qtbot.mouseClick(segments.button("low"), Qt.MouseButton.LeftButton)
        assert segments.value() == "low"
        segments.set_value(None)
        assert segments.value() is None

    def test_arrow_keys_move(self, theme, qtbot):
        segments = self.make(theme, qtbot, "low")
        with qtbot.waitActive(segments):
            segments.activateWindow()
        segments.button("low").setFocus()
        qtbot.keyClick(segments.button("low"), Qt.Key.Key_Right)
        assert segments.value() == "medium"

    def test_stands_upright_where_it_does_not_fit(self, themed, qtbot):
        segments = self.make(themed(LIGHT, 2.0), qtbot)
        wide = segments.height()
        assert not segments.is_upright()
        narrow = segments.minimumSizeHint().width()
        segments.resize(narrow, segments.heightForWidth(narrow))
        assert segments.is_upright()
        assert segments.height() > 3 * wide
        assert segments.button("low").property("place") == "top"
        for button in segments.buttons():
            assert segments.rect().contains(button.geometry())

    @pytest.mark.parametrize("rtl", [False, True])
    def test_first_is_at_the_start_side(self, rtl, themed, qtbot):
        segments = self.make(themed(LIGHT, rtl=rtl), qtbot)
        first, last = segments.button("low").x(), segments.button("unknown").x()
        assert (first > last) == rtl


@pytest.mark.parametrize("rtl", [False, True])
def test_flow_wraps_from_the_start_side(rtl, themed, qtbot):
    themed(LIGHT, rtl=rtl)
    flow = Flow(gap=10)
    qtbot.addWidget(flow)
    boxes = [QWidget() for _ in range(3)]
    for number, box in enumerate(boxes):
        box.setFixedSize(100, 20 + 10 * number)
        flow.add(box)
    assert flow.heightForWidth(330) == 40
    assert flow.heightForWidth(220) == 30 + 10 + 40
    flow.resize(220, 80)
    flow.show()
    assert [box.x() for box in boxes] == ([120, 10, 120] if rtl else [0, 110, 0])
    assert [box.y() for box in boxes] == [5, 0, 40]
    boxes[0].hide()
    assert flow.heightForWidth(220) == 40
