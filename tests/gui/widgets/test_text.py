import pytest
from PySide6.QtCore import Qt

from ui.theme.tokens import LIGHT
from ui.widgets.text import ElidedLabel, Label, isolate, plain_tip


def test_isolate_wraps_in_first_strong_isolate():
    assert isolate("7KQ4-M2XR") == "\u20687KQ4-M2XR\u2069"


def test_label_never_reads_markup(theme, qtbot):
    label = Label(theme, "<b>Juniper</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == "<b>Juniper</b>"


def test_tooltip_never_reads_markup():
    assert plain_tip("Juniper") == "Juniper"
    assert "<img" not in plain_tip("<img src=x>")
    assert "&lt;img" in plain_tip("<img src=x>")


def test_label_keeps_its_side_in_arabic_whatever_is_in_it(themed, qtbot):
    theme = themed(LIGHT, rtl=True)
    label = Label(theme, "4")
    qtbot.addWidget(label)
    assert label.alignment() & Qt.AlignmentFlag.AlignAbsolute
    assert label.alignment() & Qt.AlignmentFlag.AlignRight
    assert label.text() == "4"
    assert label.accessibleName() == "4"


def test_elided_label_keeps_the_whole_in_tooltip_and_name(theme, qtbot):
    label = ElidedLabel(theme, "A cousin asked about her at the old workplace")
    qtbot.addWidget(label)
    label.resize(90, 20)
    label.show()
    assert label.is_elided
    assert label.shown().endswith(("…", "..."))
    assert label.toolTip() == label.accessibleName() == label.text()
    label.resize(label.sizeHint())
    assert not label.is_elided
    assert label.toolTip() == ""


@pytest.mark.parametrize("rtl", [False, True])
def test_elided_label_fits_at_its_own_size(rtl, themed, qtbot):
    label = ElidedLabel(themed(LIGHT, 2.0, rtl=rtl), "Harbour Shelter")
    qtbot.addWidget(label)
    label.resize(label.sizeHint())
    label.show()
    assert not label.is_elided
