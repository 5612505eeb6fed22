"""The file of one case: what is always in view, its sections, the form, and the timeline."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget
from shiboken6 import isValid

from ctcase.app import access, cases
from ctcase.app.results import CaseSet, CaseShown, Changes, Written
from ctcase.errors import CtcaseError
from ctcase.model.forms import Section
from ui import words
from ui.desk import Desk, Target, concerns, hold
from ui.models.draft import CaseDraft, after_saving
from ui.views import case_entries, case_sections
from ui.views.case_consents import ConsentSection
from ui.views.case_form import SectionForm
from ui.views.case_header import CaseHeader, why_read_only
from ui.views.case_lists import WIDTH as TIMELINE_WIDTH
from ui.views.case_lists import ConflictSection, DisclosureSection, ReferralSection, Timeline
from ui.views.case_sections import SectionList
from ui.views.parts import Slot, column, row, scrolled, surface
from ui.widgets.buttons import Button, KeyHint
from ui.widgets.field import SensitiveEditor
from ui.widgets.frames import EmptyState, Line
from ui.widgets.text import ElidedLabel

FORM_LEAST = 520  # px at 100 %
OTHER = ("consent", "referrals", "disclosures", "conflicts")
"""The sections that are no part of a form."""


class CaseFile(QWidget):
    """Reads the case, keeps the unsaved answers, and saves what was changed and is right."""

    def __init__(self, desk: Desk, code: str, section: str = "") -> None:
        super().__init__()
        self.desk = desk
        self._code = code
        self.case: CaseShown | None = None
        self.draft = CaseDraft(desk.texts.fields.values(), desk.texts.codelists)
        self._sections: dict[str, Section] = {it.id: it for form in desk.texts.forms for it in form.sections}
        self._current = section or next(iter(self._sections))
        self._built: dict[str, QWidget] = {}
        self._written: str | None = None
        self.header = CaseHeader(desk)
        self.list = SectionList(desk)
        self.middle = Slot()
        self.timeline = Timeline(desk)
        self._build()
        desk.worker.changed.connect(self._changed)
        self.read()

    def _build(self) -> None:
        theme = self.desk.theme
        self.undo = Button(theme, self.tr("Undo"), "ghost", "undo-2")
        self.save = Button(theme, self.tr("Save"), "primary", "check")
        self.note = ElidedLabel(theme, "", "caption", "text2")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar = row(self.undo, self.note, self.save, KeyHint(theme, "Ctrl+S"), gap=8, margins=(20, 8, 20, 8))
        bar.setStretch(1, 1)
        self._bar = surface(bar)
        self._side = surface(column(self.timeline, gap=0))
        self._side.setFixedWidth(theme.px(TIMELINE_WIDTH))
        self._side_line = Line(upright=True)
        self._list_line = Line(upright=True)
        form = column(self._top_list(), self.middle, Line(), self._bar, gap=0)
        form.setStretch(1, 1)
        self._across = row(self.list, self._list_line, form, self._side_line, self._side, gap=0)
        self._across.setStretch(2, 1)
        outer = column(self.header, Line(), self._across, gap=0)
        outer.setStretch(2, 1)
        self.setLayout(outer)
        self._side.hide()
        self._side_line.hide()
        self._move_list(
            narrow=True
        )  # as narrow as it gets, or the window would have to be wider for a moment
        self.save.clicked.connect(self.save_now)
        self.undo.clicked.connect(self.undo_last)
        self.list.chosen.connect(self.show_section)
        self.header.timeline.clicked.connect(self._toggle_timeline)
        self.header.show_name.clicked.connect(self._name_asked)
        self.desk.kept.connect(self._say_sections)
        self.header.refer.clicked.connect(lambda: self.desk.go("new_referral", self._id()))
        for keys, act in self._shortcuts().items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _shortcuts(self) -> dict[str, Callable[[], object]]:
        return {
            "Ctrl+S": self.save_now,
            "Ctrl+Z": self.undo_last,
            "Alt+Up": lambda: self.list.step(-1),
            "Alt+Down": lambda: self.list.step(1),
        }

    def _top_list(self) -> Slot:
        """Where the list goes when it is one box."""
        self._top = Slot()
        self._top.setSizePolicy(
            self._top.sizePolicy().horizontalPolicy(), self._top.sizePolicy().Policy.Maximum
        )
        return self._top

    def _id(self) -> str:
        return self.case.id if self.case else self._code

    def read(self) -> None:
        """Read the case anew."""
        code = self._id()
        self.desk.worker.ask(
            self, lambda session, _p: cases.show_to_edit(session, code), self._show, self._lost
        )

    def _lost(self, error: CtcaseError) -> None:
        """Show nothing of the case, until it can be read again; what was typed stays in the draft."""
        self.desk.refuse(error)
        self._built = {}
        gone, closed = self.tr("This case is not here."), self.tr("This case cannot be read now.")
        self.middle.put(EmptyState(self.desk.theme, gone if error.code == "not_found" else closed))

    def _show(self, read: tuple[CaseShown, cases.Shown]) -> None:
        first = self.case is None
        case, sets = self.case, _ = read
        self.draft.load(case.records, sets)
        if first:
            self.draft.put_back(self.desk.unfinished.get("answers", case.id))
        self.header.load(case)
        self.timeline.load(case.history)
        for part in self._built.values():
            if isinstance(part, SectionForm):
                part.load()
            elif isinstance(part, ConsentSection | ReferralSection | DisclosureSection | ConflictSection):
                part.load(case)
        if not self._built:
            self.show_section(self._current)
            self._arrange()
        self._refresh()
        if any(self._written == one.ours.entry for one in case.conflicts):
            what = self.tr("Saved. Another answer came in meanwhile: both are kept until somebody decides.")
            self.desk.tell(
                "warn", what, go=(self.tr("Open the conflicts"), Target("case", case.id, "conflicts"))
            )
        self._written = None

    def show_section(self, key: str) -> None:
        """Go to a section."""
        if self.case is None:
            return
        self._current = key
        self.list.set_current(key)
        self._built = {}
        part = self._part(key, self.case)
        self._built[key] = part
        area = scrolled(part, part.accessibleName() or key)
        self.middle.put(area)
        self._bar.setVisible(key not in OTHER)
        self._refresh()

    def _part(self, key: str, case: CaseShown) -> QWidget:
        match key:
            case "consent":
                return ConsentSection(self.desk, case)
            case "referrals":
                return ReferralSection(self.desk, case)
            case "disclosures":
                return DisclosureSection(self.desk, case)
            case "conflicts":
                return ConflictSection(self.desk, case)
            case _:
                form = SectionForm(
                    self.desk, self._sections[key], self.draft, read_only=case.may_write is not None
                )
                form.edited.connect(self._refresh)
                form.asked.connect(self._reveal)
                return form

    def _reveal(self, record: str, category: str, editor: SensitiveEditor) -> None:
        """Show an answer once the reading is recorded."""

        def show(_done: Written) -> None:
            if isValid(editor):
                editor.reveal()

        code = self._id()
        self.desk.worker.do(
            self, lambda session, _p: access.record_reading(session, code, record, category), show
        )

    def _name_asked(self) -> None:
        """Show or hide the name; showing it is recorded."""
        if self.header.is_name_shown:
            self.header.hide_name()
            return
        code = self._id()
        self.desk.worker.do(
            self,
            lambda session, _p: access.record_reading(session, code, "person", "identity"),
            lambda _done: self.header.reveal_name(),
        )

    def part(self) -> QWidget | None:
        """The section that is shown."""
        return self._built.get(self._current)

    def _refresh(self) -> None:
        """Bring progress, save and undo up to what the draft holds."""
        if self.case is None:
            return
        self._say_sections()
        self.desk.keep("answers", self.case.id, self.draft.state())
        wrong, changes = len(self.draft.problems()), self.draft.changes()
        self.save.setEnabled(bool(changes) and self.case.may_write is None)
        self.undo.setEnabled(self.draft.can_undo)
        self.note.setText(self._note(wrong))

    def _say_sections(self) -> None:
        if self.case is None:
            return
        others = case_entries.of_case(self.desk, self.case, self._current)
        self.list.set_entries([*others, *case_entries.of_form(self.desk, self.draft, self._shown_sections())])
        self.list.set_current(self._current)

    def _note(self, wrong: int) -> str:
        if self.case and (why := why_read_only(self.case)):
            return why
        if wrong:
            many = self.tr("{n} answers to correct. You can save all the same.")
            return words.counted(wrong, self.tr("1 answer to correct. You can save all the same."), many)
        if overtaken := len(self.draft.overtaken()):
            one = self.tr("1 answer has been changed meanwhile. Saving keeps both.")
            many = self.tr("{n} answers have been changed meanwhile. Saving keeps all.")
            return words.counted(overtaken, one, many)
        return self.tr("Not saved yet") if self.draft.is_unsaved else self.tr("Everything saved")

    def _shown_sections(self) -> list[Section]:
        return [it for it in self._sections.values() if self.draft.is_shown(it.shown_when)]

    def save_now(self) -> None:
        """Save what was changed and is right; what is wrong stays in the form."""
        changes, shown, code = self.draft.changes(), self.draft.shown(), self._id()
        if changes and self.save.isEnabled():
            form = self.part()
            if self.save.hasFocus() and isinstance(form, SectionForm):
                form.focus_last()  # the button is about to be of no use
            job = self.desk.finish(
                self,
                ("answers", code),
                lambda session, _p: cases.set_fields(session, code, changes, shown),
                self._saved,
                self._not_saved,
                left=lambda done, state: after_saving(state, changes, done),
            )
            hold(job, self.save)

    def _saved(self, done: CaseSet) -> None:
        self.desk.hush()
        self.draft.saved(done)
        self._written = done.entry
        self._refresh()

    def _not_saved(self, error: CtcaseError) -> None:
        self.desk.refuse(error)
        self._refresh()

    def undo_last(self) -> None:
        """Take back the last unsaved edit."""
        key = self.draft.undo()
        form = self.part()
        if key is not None and isinstance(form, SectionForm):
            form.load(key)
        self._refresh()

    @property
    def is_unsaved(self) -> bool:
        """Whether leaving would lose an edit."""
        return self.draft.is_unsaved

    def _changed(self, changes: Changes) -> None:
        if self.case is not None and concerns(changes, self.case.id):
            self.read()

    def _toggle_timeline(self) -> None:
        self._side.setVisible(self._side.isHidden())
        self._side_line.setVisible(not self._side.isHidden())

    def _arrange(self) -> None:
        """What shrinks first: the timeline becomes a button, then the sections one box."""
        units = self.width() / self.desk.theme.scale
        sections = case_sections.WIDTH
        with_side = units >= sections + FORM_LEAST + TIMELINE_WIDTH
        narrow = units < sections + FORM_LEAST
        self._side.setVisible(with_side)
        self._side_line.setVisible(with_side)
        self.header.set_narrow(timeline_hidden=not with_side, scarce=narrow)
        if narrow != (self._top.inner() is not None):
            self._move_list(narrow=narrow)

    def _move_list(self, *, narrow: bool) -> None:
        self.list.set_narrow(narrow)
        self._list_line.setVisible(not narrow)
        if narrow:
            self._top.put(self.list)
        else:
            self._top.release()
            self._across.insertWidget(0, self.list)
            self.list.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def foot_height(self) -> int:
        """How much of the page's lower end has to stay free, px."""
        return 0 if self._bar.isHidden() else self._bar.height()

    def regions(self) -> list[QWidget]:
        """Where F6 goes next."""
        if self.case is None:
            return []
        inner = self.middle.inner()
        form = inner.widget() if isinstance(inner, QScrollArea) else None
        return [self.list.region(), *([form] if form else []), self.header.refer]
