from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from ui.theme.fonts import SCALE, families
from ui.theme.icons import MIRRORED, Icons, svg
from ui.theme.palette import make_palette
from ui.theme.stylesheet import Measures, make_stylesheet, sides
from ui.theme.theme import apply, make_theme, system_tokens
from ui.theme.tokens import CONTRAST, DARK, LIGHT, TABLES, contrast_ratio


def hints(scheme, contrast=None):
    found = SimpleNamespace(colorScheme=lambda: scheme)
    if contrast is not None:
        found.accessibility = lambda: SimpleNamespace(contrastPreference=lambda: contrast)
    return found


class TestSystemPreference:
    def test_older_qt_knows_light_and_dark_only(self):
        assert system_tokens(hints(Qt.ColorScheme.Light)) is LIGHT
        assert system_tokens(hints(Qt.ColorScheme.Dark)) is DARK
        assert system_tokens(hints(Qt.ColorScheme.Unknown)) is LIGHT

    @pytest.mark.skipif(
        not hasattr(Qt, "ContrastPreference"), reason="this Qt does not tell the wish for contrast"
    )
    def test_wish_for_contrast_comes_first(self):
        high = Qt.ContrastPreference.HighContrast
        none = Qt.ContrastPreference.NoPreference
        assert system_tokens(hints(Qt.ColorScheme.Dark, high)) is CONTRAST
        assert system_tokens(hints(Qt.ColorScheme.Dark, none)) is DARK


@pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
def test_palette_passes_where_fusion_does_not(tokens, qapp):
    palette = make_palette(tokens)
    for ink, ground in (
        ("HighlightedText", "Highlight"),
        ("PlaceholderText", "Base"),
        ("ToolTipText", "ToolTipBase"),
    ):
        roles = QPalette.ColorRole
        colors = [palette.color(getattr(roles, name)).name() for name in (ink, ground)]
        assert contrast_ratio(*colors) >= 4.5


@pytest.mark.parametrize("scale", [0.9, 2.1])
def test_text_size_has_bounds(scale):
    with pytest.raises(ValueError):
        make_theme(LIGHT, scale)


def test_type_scale_grows_with_the_text_and_is_never_tiny(qapp):
    one, two = make_theme(LIGHT, 1.0), make_theme(LIGHT, 2.0)
    for role in SCALE:
        assert one.font(role).pointSizeF() >= 8.5
        assert two.font(role).pointSizeF() == pytest.approx(2 * one.font(role).pointSizeF())


def test_the_ui_cut_comes_first_on_linux(qapp):
    assert families("linux")[0] == "Noto Sans Arabic UI"
    assert families("win32") == ("Segoe UI",)
    assert len(families("darwin")) == 1


def test_sides_are_mirrored():
    assert sides(1, 2, 3, 4, rtl=False) == "1px 2px 3px 4px"
    assert sides(1, 2, 3, 4, rtl=True) == "1px 4px 3px 2px"


@pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
def test_style_sheet_differs_by_direction_and_leaves_nothing_open(tokens):
    sheets = [make_stylesheet(tokens, Measures(1.0, rtl, 18, 16)) for rtl in (False, True)]
    assert sheets[0] != sheets[1]
    for sheet in sheets:
        assert sheet.count("{") == sheet.count("}")
        assert "{t." not in sheet
        assert "{{" not in sheet


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_controls_are_level_and_grow_with_the_text(scale, themed, qtbot):
    theme = themed(LIGHT, scale)
    combo, wrong = QComboBox(), QLineEdit()
    combo.addItem("Only this team")
    wrong.setProperty("error", "true")
    for widget in (QLineEdit(), wrong, combo, QPushButton("Save")):
        widget.setFont(theme.font())
        qtbot.addWidget(widget)
        widget.ensurePolished()
        assert widget.sizeHint().height() == theme.line() + 18
        assert widget.sizeHint().height() >= 24


def test_apply_sets_direction_font_and_palette(qapp, themed):
    theme = themed(DARK, 1.5, rtl=True)
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert qapp.font().pointSizeF() == pytest.approx(15.0)
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.canvas
    assert theme.leading & Qt.AlignmentFlag.AlignRight
    apply(qapp, make_theme(LIGHT))
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight


class TestIcons:
    def test_every_mirrored_name_is_an_icon(self):
        for name in MIRRORED:
            assert b"<path" in svg(name, "#112233")

    def test_colour_and_stroke_are_ours(self):
        drawing = svg("check", "#112233")
        assert b'stroke="#112233"' in drawing
        assert b'stroke-width="1.9"' in drawing

    def test_unknown_name_is_refused(self, caplog):
        with pytest.raises(KeyError):
            svg("no-such-icon", "#112233")

    def test_size_follows_text_and_screen(self, qapp):
        pixmap = Icons(1.5, ratio=2.0).pixmap("check", "#112233", 16)
        assert pixmap.size().width() == 48
        assert pixmap.devicePixelRatio() == 2.0

    def test_drawn_once_by_value(self, qapp):
        icons = Icons()
        first = icons.pixmap("check", "#112233")
        assert icons.pixmap("check", "#112233").cacheKey() == first.cacheKey()
        assert icons.pixmap("check", "#445566").cacheKey() != first.cacheKey()

    def test_chevrons_mirror_and_ticks_do_not(self, qapp):
        there, back = Icons(rtl=False), Icons(rtl=True)

        def image(icons, name):
            return icons.pixmap(name, "#112233", 20).toImage()

        assert image(there, "check") == image(back, "check")
        assert image(there, "chevron-right") != image(back, "chevron-right")

    def test_gap_is_on_the_side_of_the_text(self, qapp):
        for rtl, empty in ((False, range(16, 24)), (True, range(8))):
            image = Icons(rtl=rtl).pixmap("circle", "#112233", 16, gap=8).toImage()
            assert image.width() == 24
            assert all(image.pixelColor(x, y).alpha() == 0 for x in empty for y in range(16))

    def test_disabled_drawing_is_its_own(self, theme):
        from PySide6.QtGui import QIcon

        icon = theme.icon("check", "accent")
        on, off = icon.pixmap(16, QIcon.Mode.Normal).toImage(), icon.pixmap(16, QIcon.Mode.Disabled).toImage()
        assert on != off


def test_line_height_is_that_of_the_font(theme):
    assert theme.line("title") == QFontMetrics(theme.font("title")).height()
    assert theme.line("title") > theme.line("caption")
