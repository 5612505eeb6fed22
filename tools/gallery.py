"""Draws every component in light, dark, contrast, right to left and at 200 % to PNG files."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLayout, QTabBar, QTableView, QVBoxLayout, QWidget

from ctcase.model.values import UNKNOWN
from ui.theme.theme import Theme, apply, make_theme
from ui.theme.tokens import CONTRAST, DARK, LIGHT
from ui.widgets.ask import AskDialog
from ui.widgets.buttons import Button, IconButton, KeyHint, ReasonedButton
from ui.widgets.choosing import BooleanEditor, ChoiceEditor, PillsEditor
from ui.widgets.editors import Editor
from ui.widgets.field import Field, SensitiveEditor
from ui.widgets.flow import Flow
from ui.widgets.focus import FocusRing
from ui.widgets.frames import Banner, Card, EmptyState, Line, StatusLine, TrainingBand
from ui.widgets.marks import Chip, Pill, Segments
from ui.widgets.progress import Progress
from ui.widgets.rail import Place, Rail, RailItem
from ui.widgets.rows import ListRow
from ui.widgets.stepper import Step, Stepper
from ui.widgets.tables import INK_ROLE, MARK_ROLE, Mark, choose_row, style_table
from ui.widgets.text import Label, isolate
from ui.widgets.ticking import ListEditor
from ui.widgets.writing import DateEditor, LongTextEditor, PassphraseEdit, TextEditor

ARABIC = {
    "Today": "اليوم",
    "Cases": "الحالات",
    "Referrals": "الإحالات",
    "Sync": "المزامنة",
    "Settings": "الإعدادات",
    "Quick hide": "إخفاء سريع",
    "Components": "المكونات",
    "Save": "حفظ",
    "Undo": "تراجع",
    "Add a note": "إضافة ملاحظة",
    "Reject": "رفض",
    "Approve this content": "اعتماد هذا المحتوى",
    "Write a comment first.": "يُرجى كتابة تعليق أولًا.",
    "Risk high": "الخطر مرتفع",
    "reviewed 18 Nov": "روجع 18 نوفمبر",
    "Consent in force": "الموافقة سارية",
    "Contact: text only": "التواصل: رسائل فقط",
    "New": "جديد",
    "Not sent": "لم يُرسل",
    "Violence": "العنف",
    "Being traced": "أن يُعثر عليها",
    "Debt": "الدَّين",
    "State: open": "الحالة: مفتوحة",
    "Risk": "الخطر",
    "Low": "منخفض",
    "Medium": "متوسط",
    "High": "مرتفع",
    "Unknown": "غير معروف",
    "Next review": "المراجعة التالية",
    "Risk today": "الخطر اليوم",
    "What she fears most": "أكثر ما تخشاه",
    "What happened since the last contact": "ما حدث منذ آخر تواصل",
    "Where she is staying": "مكان إقامتها",
    "Safe word": "كلمة الأمان",
    "She says it when she cannot speak freely.": "تقولها حين لا تستطيع الكلام بحرية.",
    "Who may know of this plan": "من يعرف بهذه الخطة",
    "Only this team": "هذا الفريق فقط",
    "A cousin asked about her at the old workplace on 16 November.": "سأل عنها ابن عمها في مكان عملها القديم يوم 16 نوفمبر.",
    "Draft": "مسودة",
    "Submitted": "مقدمة",
    "Approved": "معتمدة",
    "Sent": "مرسلة",
    "Accepted": "مقبولة",
    "Follow-up contact": "تواصل للمتابعة",
    "2 days late": "متأخر يومين",
    "Nothing is due. New tasks appear here by themselves.": "لا مهام مستحقة. تظهر المهام الجديدة هنا تلقائيًا.",
    "Writing the bundle": "كتابة الحزمة",
    "37 of 120": "37 من 120",
    "14 changes not sent": "14 تغييرًا لم يُرسل",
    "Everything saved": "كل شيء محفوظ",
    "The stick is full.": "الذاكرة ممتلئة.",
    "Nothing was written, nothing is lost.": "لم يُكتب شيء ولم يُفقد شيء.",
    "Free 212 KB or use another one.": "يلزم إخلاء 212 كيلوبايت أو استخدام ذاكرة أخرى.",
}

PLACES = (
    ("today", "sun", "Today", 7),
    ("cases", "folder", "Cases", 0),
    ("referrals", "share-2", "Referrals", 3),
    ("sync", "refresh-cw", "Sync", 14),
)

MONTHS = [QLocale(QLocale.Language.English).monthName(n) for n in range(1, 13)]


class Gallery:
    """One page in one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.wide = theme.scale < 1.5

    def say(self, text: str) -> str:
        return ARABIC.get(text, text) if self.theme.rtl else text

    def page(self) -> QWidget:
        theme = self.theme
        window = QWidget()
        window.setWindowTitle("Workspace")
        outer = QVBoxLayout(window)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(TrainingBand(theme))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail())
        middle.addWidget(Line(upright=True))
        columns = QHBoxLayout()
        columns.setContentsMargins(24, 16, 24, 16)
        columns.setSpacing(20)
        parts = [self.left(), self.right()]
        if self.wide:
            for part in parts:
                columns.addLayout(part, 1)
        else:
            one = QVBoxLayout()
            one.setSpacing(16)
            for part in parts:
                one.addLayout(part)
            columns.addLayout(one)
        middle.addLayout(columns, 1)
        outer.addLayout(middle, 1)
        status = StatusLine(theme)
        status.set_item("unsent", "upload", self.say("14 changes not sent"))
        status.set_item("saved", "check", self.say("Everything saved"), at_end=True)
        outer.addWidget(status)
        return window

    def rail(self) -> Rail:
        theme = self.theme
        rail = Rail(theme, [Place(key, icon, self.say(text)) for key, icon, text, _ in PLACES], name="Places")
        for key, _, _, count in PLACES:
            rail.set_badge(key, count)
        rail.set_current("cases")
        rail.add_foot(RailItem(theme, Place("settings", "settings", self.say("Settings"))))
        hide = RailItem(theme, Place("hide", "eye-off", self.say("Quick hide")), framed=True)
        hide.set_badge("Ctrl+Q")
        rail.add_foot(hide)
        rail.set_narrow(not self.wide)
        return rail

    def left(self) -> QLayout:
        box = QVBoxLayout()
        box.setSpacing(14)
        box.addWidget(Label(self.theme, self.say("Components"), "title"))
        box.addWidget(self.chips())
        box.addLayout(self.buttons())
        box.addWidget(self.pills())
        for field in self.fields():
            box.addWidget(field)
        box.addStretch(1)
        return box

    def right(self) -> QLayout:
        box = QVBoxLayout()
        box.setSpacing(14)
        tabs = QTabBar()
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        for text in ("Cases", "Referrals", "Sync"):
            tabs.addTab(self.say(text))
        box.addWidget(tabs)
        box.addWidget(self.stepper())
        box.addWidget(self.stepper(left=True))
        box.addWidget(self.banner())
        box.addWidget(self.tasks())
        box.addWidget(self.table())
        box.addWidget(self.progress())
        secret = PassphraseEdit(self.theme, "Passphrase")
        secret.line.setText("a quiet office")
        box.addWidget(secret)
        countries = [(f"c{n}", f"{self.say('Cases')} {n}") for n in range(20)]
        ticks = ListEditor(self.theme, countries, lines=4)
        ticks.set_value(("c0", "c2"))
        box.addWidget(Field(self.theme, self.say("Cases"), ticks))
        box.addWidget(
            EmptyState(self.theme, self.say("Nothing is due. New tasks appear here by themselves."))
        )
        box.addStretch(1)
        return box

    def chips(self) -> QWidget:
        flow = Flow(gap=8)
        for tone, icon, word, detail in (
            ("danger", "circle-alert", "Risk high", "reviewed 18 Nov"),
            ("ok", "circle-check", "Consent in force", ""),
            ("warn", "phone", "Contact: text only", ""),
            ("info", "plus", "New", ""),
            ("idle", "upload", "Not sent", ""),
        ):
            flow.add(Chip(self.theme, tone, icon, self.say(word), self.say(detail)))
        return flow

    def buttons(self) -> QLayout:
        theme = self.theme
        box = QVBoxLayout()
        box.setSpacing(8)
        flow = Flow(gap=8)
        flow.add(Button(theme, self.say("Save"), "primary", "check"))
        flow.add(KeyHint(theme, "Ctrl+S"))
        flow.add(Button(theme, self.say("Add a note"), "secondary", "message-square"))
        flow.add(Button(theme, self.say("Undo"), "ghost", "undo-2"))
        flow.add(Button(theme, self.say("Reject"), "danger", "ban"))
        flow.add(IconButton(theme, "ellipsis", "More"))
        box.addWidget(flow)
        for kind in ("primary", "secondary"):
            held = ReasonedButton(
                theme, Button(theme, self.say("Approve this content"), kind, "shield-check")
            )
            held.set_reason(self.say("Write a comment first."))
            box.addWidget(held)
        return box

    def pills(self) -> QWidget:
        flow = Flow(gap=8)
        flow.add(Pill(self.theme, self.say("State: open"), checked=True))
        flow.add(Pill(self.theme, self.say("Risk"), menu_like=True))
        return flow

    def fields(self) -> list[QWidget]:
        theme, say = self.theme, self.say
        risk = Segments(
            theme, [(w, say(w)) for w in ("Low", "Medium", "High", "Unknown")], "High", name="Risk"
        )
        date = DateEditor(theme, MONTHS)
        date.set_value("31 Nov 2026")
        review = Field(theme, say("Next review"), date, required=True)
        review.set_error(date.problem())
        self.focus = date.control()
        fears = PillsEditor(theme, [(w, say(w)) for w in ("Violence", "Being traced", "Debt")])
        fears.set_value(("Violence", "Debt"))
        story = LongTextEditor(theme)
        story.set_value(say("A cousin asked about her at the old workplace on 16 November."))
        place = SensitiveEditor(theme, TextEditor(theme))
        place.set_value("hidden")
        word = TextEditor(theme)
        absent = TextEditor(theme)
        absent.set_value(UNKNOWN)
        team = ChoiceEditor(theme, [("team", say("Only this team"))])
        team.set_value("team")
        wrong = ChoiceEditor(theme, [("team", say("Only this team"))])
        last = Field(theme, say("Who may know of this plan"), wrong)
        last.set_error(say("Write a comment first."))
        names: list[tuple[str, Editor, str]] = [
            ("What she fears most", fears, ""),
            ("What happened since the last contact", story, ""),
            ("Where she is staying", place, ""),
            ("Safe word", word, "She says it when she cannot speak freely."),
            ("Safe word", absent, ""),
            ("Debt", BooleanEditor(theme), ""),
            ("Who may know of this plan", team, ""),
        ]
        fields = [
            Field(theme, say(name), editor, help_text=say(help_text)) for name, editor, help_text in names
        ]
        return [risk, review, *fields, last]

    def stepper(self, *, left: bool = False) -> Stepper:
        say = self.say
        if left:
            steps = [
                Step(say("Draft"), "done", "18 Nov"),
                Step(say("Submitted"), "done", "20 Nov"),
                Step(say("Reject"), "exit", "21 Nov", "ban"),
            ]
        else:
            steps = [
                Step(say("Draft"), "done", "18 Nov"),
                Step(say("Submitted"), "now", "20 Nov"),
                *(Step(say(word), "next") for word in ("Approved", "Sent", "Accepted")),
            ]
        return Stepper(self.theme, steps, name="Referral")

    def banner(self) -> Banner:
        say = self.say
        return Banner(
            self.theme,
            "danger",
            say("The stick is full."),
            say("Nothing was written, nothing is lost."),
            next_step=say("Free 212 KB or use another one."),
            actions=[Button(self.theme, say("Undo"))],
        )

    def tasks(self) -> Card:
        card = Card(self.theme, self.say("Today"))
        for tone in ("danger", "warn"):
            chip = Chip(self.theme, tone, "clock", self.say("2 days late"))
            detail = f"{isolate('7KQ4-M2XR')} · {isolate('Juniper')}"
            row = ListRow(self.theme, "phone", self.say("Follow-up contact"), detail, chip, tone=tone)
            card.body.addWidget(row)
        chosen = ListRow(
            self.theme, "circle-alert", self.say("Risk"), self.say("2 days late"), tone="danger",
            detail_tone="danger", leads_on=False, checkable=True,
        )  # fmt: skip
        chosen.setChecked(True)
        card.body.addWidget(chosen)
        return card

    def table(self) -> QTableView:
        table = QTableView()
        model = QStandardItemModel(4, 3, table)
        model.setHorizontalHeaderLabels([self.say("Cases"), self.say("Risk"), self.say("Sync")])
        marks = (
            ("danger", "octagon-alert", "High"),
            ("warn", "triangle-alert", "Medium"),
            ("ok", "circle-check", "Low"),
        )
        for row in range(4):
            model.setItem(row, 0, QStandardItem(("7KQ4-M2XR", "9RT3-B0CV", "2MW8-D7HA", "4HF6-S1YE")[row]))
            tone, icon, word = marks[row % 3]
            risk = QStandardItem(self.say(word))
            risk.setData(Mark(tone, icon), MARK_ROLE)
            model.setItem(row, 1, risk)
            note = QStandardItem(self.say("Not sent"))
            note.setData("text2", INK_ROLE)
            model.setItem(row, 2, note)
        style_table(self.theme, table, name="Cases")
        table.setModel(model)
        table.setColumnWidth(0, self.theme.px(140))
        table.setColumnWidth(1, self.theme.px(140))
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        choose_row(table, 1)
        table.setMinimumHeight(self.theme.px(170))
        return table

    def progress(self) -> Progress:
        bar = Progress(self.theme)
        bar.begin(self.say("Writing the bundle"))
        bar.report(37, 120, self.say("37 of 120"))
        bar.show()
        return bar


def draw(app: QApplication, theme: Theme, path: Path) -> None:
    """One page and one dialog to PNG files."""
    apply(app, theme)
    gallery = Gallery(theme)
    window = gallery.page()
    FocusRing(theme, window, app)
    window.resize(QSize(1366, 900))
    window.show()
    window.activateWindow()
    gallery.focus.setFocus()
    app.processEvents()
    window.resize(1366, max(900, window.heightForWidth(1366), window.minimumSizeHint().height()))
    app.processEvents()
    window.grab().save(str(path))
    dialog = AskDialog(
        theme,
        "Delete this draft?",
        "The draft is only on this device. Nobody has received it, and it cannot be brought back.",
        "Delete the draft",
        "Keep it",
        kind="danger",
        parent=window,
    )
    dialog.show()
    app.processEvents()
    dialog.grab().save(str(path.with_name(path.stem + "-dialog.png")))
    dialog.close()
    window.close()


THEMES = {
    "light": lambda: make_theme(LIGHT),
    "dark": lambda: make_theme(DARK),
    "contrast": lambda: make_theme(CONTRAST),
    "rtl": lambda: make_theme(LIGHT, rtl=True),
    "text-200": lambda: make_theme(LIGHT, 2.0),
    "rtl-200": lambda: make_theme(DARK, 2.0, rtl=True),
}


def main() -> None:
    """Draw the pages asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(THEMES))
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - THEMES.keys():
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for name in arguments.names or THEMES:
        draw(app, THEMES[name](), arguments.folder / f"{name}.png")


if __name__ == "__main__":
    main()
