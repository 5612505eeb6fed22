import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui.theme.tokens import CONTRAST, LIGHT
from ui.widgets.focus import OFFSET, ROOM, FocusKeeper, FocusRing


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    return window


def show(qtbot, window):
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()


def test_ring_is_outside_the_control_and_follows_it(window, themed, qtbot, qapp):
    theme = themed(CONTRAST)
    tight = QWidget(window)
    tight.setGeometry(100, 100, 120, 36)
    line = QLineEdit(tight)
    line.setGeometry(tight.rect())
    ring = FocusRing(theme, window, qapp)
    show(qtbot, window)
    line.setFocus()
    reach = OFFSET + 3
    assert ring.target() is line
    assert ring.geometry() == tight.geometry().adjusted(-reach, -reach, reach, reach)
    tight.move(150, 180)
    assert ring.geometry() == tight.geometry().adjusted(-reach, -reach, reach, reach)
    image = window.grab().toImage()
    assert image.pixelColor(150 + 60, 180 - OFFSET - 2).name().upper() == CONTRAST.focus


def test_ring_goes_with_the_focus_and_with_the_widget(window, theme, qtbot, qapp):
    box = QVBoxLayout(window)
    lines = [QLineEdit(), QLineEdit()]
    for line in lines:
        box.addWidget(line)
    ring = FocusRing(theme, window, qapp)
    show(qtbot, window)
    lines[0].setFocus()
    assert ring.target() is lines[0]
    lines[1].setFocus()
    assert ring.target() is lines[1]
    lines[1].hide()
    assert ring.target() is not lines[1]
    lines[0].setFocus()
    lines[0].clearFocus()
    assert ring.target() is None
    assert not ring.isVisible()


def test_ring_stays_within_the_scroll_area(window, themed, qtbot, qapp):
    theme = themed(LIGHT)
    area = QScrollArea(window)
    area.setGeometry(50, 50, 200, 100)
    page = QWidget()
    page.resize(180, 1000)
    line = QLineEdit(page)
    line.setGeometry(10, 10, 100, 36)
    area.setWidget(page)
    ring = FocusRing(theme, window, qapp)
    show(qtbot, window)
    line.setFocus()
    assert ring.target() is line
    area.verticalScrollBar().setValue(20)
    assert ring.geometry().top() >= area.geometry().top() - OFFSET - 2
    area.verticalScrollBar().setValue(400)
    assert not ring.isVisible()


def test_deleted_control_leaves_no_ring(window, theme, qtbot, qapp):
    line = QLineEdit(window)
    other = QLineEdit(window)
    ring = FocusRing(theme, window, qapp)
    show(qtbot, window)
    line.setFocus()
    line.deleteLater()
    qtbot.waitUntil(lambda: ring.target() is not line)
    other.setFocus()
    assert ring.target() is other


def test_ring_never_takes_the_mouse_or_the_focus(window, theme, qapp):
    from PySide6.QtCore import Qt

    ring = FocusRing(theme, window, qapp)
    assert ring.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert ring.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_what_is_covered_has_no_ring_there(theme, qtbot, qapp):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    line, cover = QLineEdit(window), QWidget(window)
    line.setGeometry(20, 20, 200, 40)
    cover.setGeometry(100, 0, 200, 200)
    ring = FocusRing(theme, window, qapp)
    ring.stay_under(cover)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    line.setFocus()
    qtbot.waitUntil(ring.isVisible)
    assert ring.mask().contains(QPoint(2, 2))
    assert not ring.mask().contains(QPoint(150, 40) - ring.pos())
    cover.hide()
    assert ring.mask().contains(QPoint(ring.width() - 2, 2))


class TestKeeper:
    @pytest.fixture
    def room(self, window, qapp, qtbot):
        """A part of the page with three buttons, and a button outside of it that Qt would go to."""
        FocusKeeper(window, qapp)
        page, outside = QWidget(), QPushButton("Outside")
        page.setProperty(ROOM, True)
        inner = QVBoxLayout(page)
        buttons = [QPushButton(text) for text in ("Delete", "Save", "Undo")]
        buttons[0].setProperty("kind", "danger")
        for button in buttons:
            button.setAccessibleName(button.text())
            inner.addWidget(button)
        outer = QVBoxLayout(window)
        outer.addWidget(page)
        outer.addWidget(outside)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return buttons

    def test_a_disabled_control_gets_the_focus_back_when_it_can_be_used_again(self, window, room, qapp):
        _, save, undo = room
        save.setFocus()
        save.setEnabled(False)
        qapp.processEvents()
        assert window.focusWidget() is undo, "the nearest that does no harm"
        save.setEnabled(True)
        assert window.focusWidget() is save

    def test_what_a_person_moved_stays(self, window, room, qapp):
        delete, save, _ = room
        save.setFocus()
        save.setEnabled(False)
        qapp.processEvents()
        delete.setFocus()
        save.setEnabled(True)
        qapp.processEvents()
        assert window.focusWidget() is delete

    def test_what_replaces_a_control_has_its_name(self, window, room, qapp):
        _, save, _ = room
        page = save.parentWidget()
        save.setFocus()
        save.hide()
        again = QPushButton("Save")
        again.setAccessibleName("Save")
        page.layout().insertWidget(0, again)
        again.show()
        qapp.processEvents()
        assert window.focusWidget() is again
