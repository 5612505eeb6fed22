"""The window's tests run on real widgets; without a display they are drawn off screen."""

import os
import sys

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from ui.theme.theme import apply, make_theme
from ui.theme.tokens import LIGHT


def pytest_collection_modifyitems(items):
    """The off-screen platform warns for every window with a minimum size and every list of a box: not about us."""
    for item in items:
        if "tests/gui" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support "))


@pytest.fixture
def themed(qapp):
    """Puts a theme on the application and returns it: themed(DARK, 2.0, rtl=True)."""

    def make(tokens=LIGHT, scale=1.0, *, rtl=False):
        theme = make_theme(tokens, scale, rtl=rtl)
        apply(qapp, theme)
        return theme

    yield make
    qapp.setStyleSheet("")
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture
def theme(themed):
    """Light, 100 %, left to right."""
    return themed()


@pytest.fixture
def type_text(qapp):
    """Types any text into a widget as an input method does: key clicks take ASCII only."""

    def send(widget, text):
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(widget, event)

    return send
