import pytest
from PySide6.QtCore import QLocale, Qt

from ctcase.model.values import DECLINED, UNKNOWN
from ui.theme.tokens import LIGHT, TABLES
from ui.widgets.choosing import BooleanEditor, ChoiceEditor, PillsEditor
from ui.widgets.field import DOTS, Field, SensitiveEditor
from ui.widgets.ticking import ListEditor, several
from ui.widgets.writing import DateEditor, LongTextEditor, NumberEditor, PassphraseEdit, TextEditor

MONTHS = [QLocale(QLocale.Language.English).monthName(number) for number in range(1, 13)]
OPTIONS = [("a", "Violence"), ("b", "Debt"), ("c", "Being traced")]

EDITORS = {
    "text": (TextEditor, "Neighbour, 3rd floor"),
    "number": (NumberEditor, 27),
    "long": (LongTextEditor, "She does not want\nthe police told yet."),
    "date": (lambda theme: DateEditor(theme, MONTHS), "1999-03-08"),
    "choice": (lambda theme: ChoiceEditor(theme, OPTIONS), "b"),
    "boolean": (BooleanEditor, False),
    "pills": (lambda theme: PillsEditor(theme, OPTIONS), ("a", "c")),
    "list": (lambda theme: ListEditor(theme, OPTIONS), ("a", "c")),
    "sensitive": (lambda theme: SensitiveEditor(theme, TextEditor(theme)), "Room 4"),
}


@pytest.fixture(params=EDITORS)
def case(request, theme, qtbot):
    make, value = EDITORS[request.param]
    editor = make(theme)
    qtbot.addWidget(editor)
    editor.show()
    return editor, value


def test_every_editor_holds_an_answer_the_absent_ones_and_none(case, qtbot):
    editor, value = case
    assert editor.value() is None
    with qtbot.assertNotEmitted(editor.changed):
        for each in (value, UNKNOWN, DECLINED, value, None):
            editor.set_value(each)
            assert editor.value() == each


def test_every_editor_can_be_shown_only(case, qtbot):
    editor, value = case
    editor.set_value(value)
    editor.set_read_only(True)
    control = editor._editor.control() if isinstance(editor, SensitiveEditor) else editor.control()
    assert not control.isEnabled() or control.isReadOnly()
    assert editor.value() == value
    editor.set_read_only(False)
    assert control.isEnabled()


def test_every_editor_shows_and_drops_the_mark_of_error(case):
    editor, _ = case
    control = editor.control()
    plain = control.grab().toImage()
    editor.set_error(True)
    control = editor.control() if not isinstance(editor, SensitiveEditor) else editor._editor.control()
    assert control.property("error") == "true"
    editor.set_error(False)
    assert control.property("error") == "false"
    assert editor.control().grab().toImage().size() == plain.size()


@pytest.mark.parametrize("kind", EDITORS)
def test_field_names_the_control_and_its_error(kind, theme, qtbot):
    editor = EDITORS[kind][0](theme)
    field = Field(
        theme, "Safe word", editor, help_text="She says it when she cannot speak freely.", required=True
    )
    qtbot.addWidget(field)
    field.show()
    assert "Safe word, required" in editor.control().accessibleName()
    field.set_error("Write one word.")
    assert field.error() == "Write one word."
    assert (
        editor.control().accessibleDescription()
        == "Write one word. She says it when she cannot speak freely."
    )
    field.set_error("")
    assert editor.control().accessibleDescription() == "She says it when she cannot speak freely."
    assert not field._error.isVisible()


class TestAbsentAnswers:
    def test_menu_answers_and_the_stand_in_goes_back(self, theme, qtbot):
        editor = TextEditor(theme)
        qtbot.addWidget(editor)
        editor.set_name("Safe word")
        editor.show()
        with qtbot.waitSignals([editor.changed, editor.finished]):
            editor.actions_by_answer["declined"].trigger()
        assert editor.value() == DECLINED
        assert editor.stand_in().isVisible()
        assert not editor.line().isVisible()
        assert editor.stand_in().accessibleName() == "Safe word: Declined to answer"
        qtbot.keyClick(editor.stand_in(), Qt.Key.Key_Space)
        assert editor.value() is None
        assert editor.line().isVisible()

    def test_clear_forgets_what_was_written(self, theme, qtbot):
        editor = TextEditor(theme)
        qtbot.addWidget(editor)
        editor.set_value("Room 4")
        editor.actions_by_answer["clear"].trigger()
        assert editor.value() is None

    def test_pills_and_absent_answers_exclude_each_other(self, theme, qtbot):
        editor = PillsEditor(theme, OPTIONS)
        qtbot.addWidget(editor)
        editor.show()
        editor.set_value(("a", "b"))
        with qtbot.waitSignal(editor.changed):
            qtbot.mouseClick(editor.pill(UNKNOWN), Qt.MouseButton.LeftButton)
        assert editor.value() == UNKNOWN
        qtbot.mouseClick(editor.pill("c"), Qt.MouseButton.LeftButton)
        assert editor.value() == ("c",)

    def test_ticks_and_absent_answers_exclude_each_other(self, theme, qtbot):
        editor = ListEditor(theme, OPTIONS)
        qtbot.addWidget(editor)
        editor.set_value(("a",))
        with qtbot.waitSignal(editor.changed):
            editor.control().item(0).setCheckState(Qt.CheckState.Checked)
        assert editor.value() == UNKNOWN
        editor.control().item(3).setCheckState(Qt.CheckState.Checked)
        assert editor.value() == ("b",)

    def test_boolean_is_cleared_by_the_same_button_and_by_delete(self, theme, qtbot):
        editor = BooleanEditor(theme)
        qtbot.addWidget(editor)
        editor.show()
        yes = editor.control().button("yes")
        qtbot.mouseClick(yes, Qt.MouseButton.LeftButton)
        assert editor.value() is True
        qtbot.mouseClick(yes, Qt.MouseButton.LeftButton)
        assert editor.value() is None
        editor.set_value(UNKNOWN)
        with qtbot.waitSignal(editor.changed):
            qtbot.keyClick(editor.control().button("unknown"), Qt.Key.Key_Delete)
        assert editor.value() is None


def test_code_that_the_list_lacks_is_kept(theme, qtbot):
    choice, pills, ticks = (
        ChoiceEditor(theme, OPTIONS),
        PillsEditor(theme, OPTIONS),
        ListEditor(theme, OPTIONS),
    )
    for editor in (choice, pills, ticks):
        qtbot.addWidget(editor)
    choice.set_value("old")
    assert choice.value() == "old"
    for editor in (pills, ticks):
        editor.set_value(("a", "old"))
        assert editor.value() == ("a", "old")


def test_long_lists_are_ticked_and_narrowed(theme, qtbot):
    editor = several(theme, [(f"c{number}", f"Country {number}") for number in range(40)])
    qtbot.addWidget(editor)
    assert isinstance(editor, ListEditor)
    assert isinstance(several(theme, OPTIONS), PillsEditor)
    editor.set_value(("c7",))
    editor.finder().setText("country 12")
    shown = [
        editor.control().item(row).text() for row in range(42) if not editor.control().item(row).isHidden()
    ]
    assert shown == ["Country 7", "Country 12"]


def test_what_is_ticked_stands_at_the_top_of_a_long_list(theme, qtbot):
    editor = ListEditor(theme, [(f"c{number}", f"Country {number}") for number in range(40)])
    qtbot.addWidget(editor)
    lines = editor.control()

    def shown(count):
        return [lines.item(row).text() for row in range(count)]

    editor.set_value(("c30", "c7"))
    assert editor.value() == ("c30", "c7"), "the same answer, not only the same ticks"
    assert shown(5) == ["Unknown", "Declined to answer", "Country 30", "Country 7", "Country 0"]
    assert lines.item(2).checkState() == Qt.CheckState.Checked
    assert lines.count() == 42
    lines.item(4).setCheckState(Qt.CheckState.Checked)
    lines.item(20).setCheckState(Qt.CheckState.Checked)
    assert editor.value() == ("c30", "c7", "c0", "c17")
    assert shown(5)[2:] == ["Country 30", "Country 7", "Country 0"], "nothing moves under the pointer"
    editor.set_value(("c17",))
    assert shown(5) == ["Unknown", "Declined to answer", "Country 17", "Country 0", "Country 1"]
    editor.set_value(None)
    assert shown(42)[2:] == [f"Country {number}" for number in range(40)]


def test_typing_tells(theme, qtbot, type_text):
    line, text = TextEditor(theme), LongTextEditor(theme)
    for editor in (line, text):
        qtbot.addWidget(editor)
        with qtbot.waitSignal(editor.changed):
            type_text(editor.control(), "Şule, ليلى")
        assert editor.value() == "Şule, ليلى"


@pytest.mark.parametrize("rtl", [False, True])
def test_long_text_takes_the_direction_of_its_content(rtl, themed, qtbot):
    editor = LongTextEditor(themed(LIGHT, rtl=rtl))
    qtbot.addWidget(editor)
    directions = Qt.LayoutDirection

    def direction():
        return editor.control().document().defaultTextOption().textDirection()

    assert direction() == (directions.RightToLeft if rtl else directions.LeftToRight)
    editor.set_value("16 نوفمبر")
    assert direction() == directions.RightToLeft
    editor.set_value("16 November")
    assert direction() == directions.LeftToRight


@pytest.mark.parametrize("kind", [TextEditor, LongTextEditor])
def test_undo_of_the_control_ends_where_it_is_told(kind, theme, qtbot):
    editor = kind(theme)
    qtbot.addWidget(editor)
    control = editor.control()
    qtbot.keyClicks(control, "Aaabbb")
    qtbot.keyClick(control, Qt.Key.Key_Left)
    editor.undo_to("Aaa")
    assert editor.value() == "Aaabbb"
    qtbot.keyClicks(control, "c")
    assert editor.value() == "Aaabbcb", "the cursor stays"
    control.undo()
    control.undo()
    assert editor.value() == "Aaa"
    control.undo()
    assert editor.value() == "Aaa"


def test_tab_leaves_the_long_text(theme, qtbot):
    editor = LongTextEditor(theme)
    qtbot.addWidget(editor)
    assert editor.control().tabChangesFocus()


def test_number_that_is_none_is_not_lost(theme, qtbot):
    editor = NumberEditor(theme)
    qtbot.addWidget(editor)
    editor.line().setText("about 30")
    assert editor.value() == "about 30"
    editor.line().setText("٢٧")
    assert editor.value() == 27


class TestDate:
    def test_is_tidied_on_leaving(self, theme, qtbot):
        editor = DateEditor(theme, MONTHS)
        qtbot.addWidget(editor)
        editor.line().setText("8.3.1999")
        editor.line().editingFinished.emit()
        assert editor.line().text() == "8 March 1999"
        assert editor.value() == "1999-03-08"
        assert editor.problem() == ""

    def test_what_is_no_date_stays_and_is_explained(self, theme, qtbot):
        editor = DateEditor(theme, MONTHS)
        qtbot.addWidget(editor)
        editor.line().setText("31 Nov 2026")
        editor.line().editingFinished.emit()
        assert editor.value() == "31 Nov 2026"
        problem = editor.problem().replace("\u2068", "").replace("\u2069", "")
        assert problem == "November has 30 days. Did you mean 30 November?"
        editor.line().setText("before the war")
        assert "such as" in editor.problem()


class TestSensitive:
    @pytest.fixture
    def editor(self, theme, qtbot):
        editor = SensitiveEditor(theme, TextEditor(theme))
        qtbot.addWidget(editor)
        editor.set_name("Where she is staying")
        editor.show()
        return editor

    def test_answer_is_in_no_control_until_revealed(self, editor, qtbot):
        editor.set_value("Harbour Shelter, room 4")
        assert editor.is_masked
        assert editor._dots.text() == DOTS
        assert editor._editor.value() is None
        assert editor.value() == "Harbour Shelter, room 4"
        with qtbot.waitSignal(editor.asked):
            qtbot.keyClick(editor.show_button, Qt.Key.Key_Space)
        assert editor.is_masked
        editor.reveal()
        assert not editor.is_masked
        assert editor._editor.value() == "Harbour Shelter, room 4"

    def test_number_of_dots_tells_nothing(self, editor):
        for text in ("x", "x" * 200):
            editor.set_value(text)
            assert editor._dots.text() == DOTS

    def test_change_is_kept_and_held_back_again(self, editor):
        editor.set_value("room 4")
        editor.reveal()
        editor._editor.line().setText("room 5")
        editor.hold_back()
        assert editor.is_masked
        assert editor.value() == "room 5"
        assert editor._editor.value() is None

    def test_nothing_answered_is_nothing_to_hide(self, editor):
        editor.set_value(None)
        assert not editor.is_masked

    def test_names_what_it_hides(self, editor):
        assert editor.show_button.accessibleName() == "Show: Where she is staying"
        assert "room" not in editor._dots.accessibleName()


def test_passphrase_is_dots_until_the_eye(theme, qtbot):
    edit = PassphraseEdit(theme, "Passphrase")
    qtbot.addWidget(edit)
    edit.show()
    qtbot.keyClicks(edit.line, "a quiet office")
    assert edit.line.displayText() != "a quiet office"
    qtbot.mouseClick(edit.eye, Qt.MouseButton.LeftButton)
    assert edit.line.displayText() == "a quiet office"
    assert edit.eye.accessibleName() == "Hide the passphrase"
    edit.clear()
    assert edit.text() == ""
    assert edit.line.echoMode() == edit.line.EchoMode.Password


def test_wheel_never_changes_an_answer(theme, qtbot):
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    editor = ChoiceEditor(theme, OPTIONS)
    qtbot.addWidget(editor)
    editor.show()
    editor.set_value("a")
    flags = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    event = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), *flags)
    QApplication.sendEvent(editor.control(), event)
    assert editor.value() == "a"
    assert not event.isAccepted()


@pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
def test_the_list_of_a_box_has_the_frame_of_the_other_surfaces(themed, qtbot, qapp, tokens):
    theme = themed(tokens)
    editor = ChoiceEditor(theme, [("a", "Harbour Shelter"), ("b", "Legal Aid North")])
    qtbot.addWidget(editor)
    editor.resize(300, 60)
    editor.show()
    combo = editor.control()
    combo.showPopup()
    qapp.processEvents()
    popup = combo.view().window()
    image = popup.grab().toImage()
    assert popup.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    assert image.pixelColor(0, 0).alpha() == 0, "the corners are round"
    middle = image.height() // 2
    assert image.pixelColor(0, middle).name().upper() == tokens.edge
    assert image.pixelColor(tokens.border + 1, middle).name().upper() == tokens.surface
    heights = [combo.view().sizeHintForRow(row) for row in range(combo.count())]
    assert min(heights[:3]) >= 24
    assert heights[3] < 12, "a line, not a choice"
    combo.hidePopup()
