"""Real vaults of a small office, and windows on them whose file choosers and questions the test answers."""

import csv
import random
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from ctcase.app import cases, consents, exchange, office, referrals
from ctcase.app.session import Environment, open_vault
from ctcase.crypto.passphrases import Cost
from ctcase.model import forms
from ui.desk import Target, Texts
from ui.window import MainWindow
from ui.worker import Worker

PASSPHRASE = "four plain words here"
PEOPLE = {"office": "Rana O.", "supervisor": "Elif K.", "caseworker": "Deniz A."}
LAYOUT_ROUNDS = 4
START = 1_795_000_000  # in November 2026
HTCDS = ("prs_FirstName", "prs_SecondName", "prs_Birthdate", "prs_Gender", "prs_MobilePhone", "con_Consent")


class Clock:
    """Goes on by a minute whenever it is asked."""

    def __init__(self, start=START):
        self.now = start

    def __call__(self):
        self.now += 60
        return self.now


def environment(seed=1, start=START):
    return Environment(Clock(start), random.Random(seed).randbytes, Cost(19 * 1024, 2, 1))


class World:
    """The folders of three vaults, and short ways to act in them without a window."""

    passphrase = PASSPHRASE

    def __init__(self, folder):
        self.folder = folder
        self.later = START + 10_000

    def vault(self, who):
        return self.folder / who

    def env(self):
        self.later += 3_600
        return environment(self.later, self.later)

    def open(self, who):
        return open_vault(self.vault(who), PASSPHRASE, self.env())

    def act(self, who, work):
        """Run work in a vault and close it again."""
        session = self.open(who)
        try:
            return work(session)
        finally:
            session.close()

    def carry(self, sender, reader):
        """Write everything for everybody, and let the reader take what is for it."""
        out = self.folder / f"stick-{sender}-{reader}-{self.later}"
        self.act(sender, lambda session: exchange.write_bundles(session, "all", out))
        return self.act(reader, lambda session: exchange.read_bundles(session, sorted(out.iterdir())).value)

    def case(self, *, name="Daw", second="Khinmala", alias="Linden", **person):
        """A case of the caseworker; its id."""
        known = {"first_name": name, "second_name": second, "birth_date": "1995", **person}
        document = {"alias": alias, "person": known, "case": {}}
        return self.act("caseworker", lambda session: cases.add_case(session, document).value.entry)

    def consent(self, case, *, categories=("identity", "contact"), agency="Harbour Shelter"):
        document = {
            "status": "given", "given_by": "client", "method": "oral", "purposes": ["referral"],
            "recipients": [agency], "categories": list(categories), "date": "2026-11-20",
        }  # fmt: skip
        return self.act("caseworker", lambda session: consents.add_consent(session, case, document).value.id)

    def drafted(self, case, *, who="caseworker", events=(), **more):
        """A referral of a case as a draft, and what is done with it at once; its id."""
        document = {
            "agency": "Harbour Shelter", "service": "shelter", "purpose": "referral", "urgency": "24h",
            "basis": "consent", "fields": ["person.first_name", "person.birth_date"], **more,
        }  # fmt: skip

        def work(session):
            one = referrals.add_referral(session, case, document).value.id
            for event in events:
                referrals.do(session, one, event, {})
            return one

        return self.act(who, work)

    def submitted(self, case, *, who="caseworker", **more):
        """A referral of a case, submitted; its id."""
        return self.drafted(case, who=who, events=("submit",), **more)

    def approved(self, case):
        """A referral of a case that the supervisor has approved, as the caseworker has it; its id."""
        one = self.submitted(case)
        self.carry("caseworker", "supervisor")
        self.act("supervisor", lambda session: referrals.do(session, one, "approve", {}))
        self.carry("supervisor", "caseworker")
        return one


def _enrol(folder, who, admin):
    env = environment(sorted(PEOPLE).index(who) + 100)
    request, welcome = folder / f"{who}.json", folder / f"{who}.age"
    office.join(folder / who, PEOPLE[who], (who,), request, PASSPHRASE, env)
    office.enrol(admin, request, team="North", role=None, member=None, welcome=welcome, passphrase=PASSPHRASE)
    session = open_vault(folder / who, PASSPHRASE, env)
    office.accept(session, welcome)
    session.close()


@pytest.fixture(scope="session")
def _founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    env = environment()
    office.create_office(folder / "office", "Harbour office", PEOPLE["office"], PASSPHRASE, env)
    admin = open_vault(folder / "office", PASSPHRASE, env)
    for who in ("supervisor", "caseworker"):
        _enrol(folder, who, admin)
    office.add_agency(admin, "Harbour Shelter", "shelter")
    admin.close()
    world = World(folder)
    for who in ("supervisor", "caseworker"):
        world.carry("office", who)
    return folder


@pytest.fixture
def world(_founded, tmp_path):
    """An office, a supervisor and a caseworker of one team, who know each other."""
    shutil.copytree(_founded, tmp_path / "world")
    return World(tmp_path / "world")


@pytest.fixture
def sheet(tmp_path):
    """Writes a small spreadsheet in the standard's CSV form."""

    def write(rows, name="cases.csv"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(HTCDS)
            writer.writerows(rows)
        return path

    return write


class Answers:
    """Stands in for the system's file choosers: each question takes the next answer."""

    def __init__(self):
        self.next = []

    def _take(self, *_asked):
        return self.next.pop(0) if self.next else None

    open_one = save = folder = _take

    def open_many(self, *_asked):
        return self._take() or []


class Desktop:
    """A window on one vault, driven like a person would: by clicks, keys and typing."""

    def __init__(self, qtbot, window, worker, files, questions, answers):
        self.bot, self.window, self.worker = qtbot, window, worker
        self.files, self.questions = files, questions
        self.answers = answers
        """What a person answers: the name of a button of the dialog, or "stay"; by default its act."""

    def settle(self):
        """Wait until nothing is under way any more, and everything has its place."""
        QApplication.processEvents()
        while self.worker.is_busy:
            with self.bot.waitSignal(self.worker.settled, timeout=30_000):
                pass
            QApplication.processEvents()
        for _ in range(LAYOUT_ROUNDS):  # a layout asks its parent for room, and that one its own
            QApplication.processEvents()

    def unlock(self, passphrase=PASSPHRASE):
        view = self.window.view()
        view.passphrase.line.setText(passphrase)
        self.click(view.unlock)
        return self

    def click(self, button):
        assert button.isEnabled(), button.accessibleName()
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def key(self, keys, widget=None):
        self.window.activateWindow()
        self.bot.waitUntil(self.window.isActiveWindow)
        self.bot.keySequence(widget or self.window, keys)
        self.settle()

    def go(self, place, subject="", section=""):
        self.window.shell.go(Target(place, subject, section))
        self.settle()
        return self.page

    def begin_answer(self, case):
        """Open a case and type a salutation that is not saved; the page."""
        page = self.go("case", case, "identity")
        editor = page.part().fields["person.salutation"].editor
        editor.line().setText("Ms")
        editor.changed.emit()
        return page

    @property
    def page(self):
        return self.window.shell.page()

    def consent(self, form, *, to=None, kinds=("identity",)):
        """Choose in a consent form what has to be chosen."""
        for button in (
            form.status.button("given"),
            form.given_by.button("client"),
            form.method.button("oral"),
        ):
            self.click(button)
        self.click(form.purposes.pill("referral"))
        if to is not None:
            self.click(form.recipients.agencies.pill(to))
        for kind in kinds:
            self.click(form.categories.pill(kind))

    def button(self, words, within=None):
        """The visible button with these words."""
        found = [
            one
            for one in (within or self.window).findChildren(QAbstractButton)
            if words in one.text().replace("&&", "&") and one.isVisibleTo(self.window)
        ]
        assert len(found) == 1, (words, [one.text() for one in found])
        return found[0]

    def words(self, within=None):
        """All words that widgets hold, shown or not, tooltips and descriptions included."""
        texts = []
        for widget in [self.window, *(within or self.window).findChildren(QWidget)]:
            texts += [
                widget.toolTip(),
                widget.accessibleName(),
                widget.accessibleDescription(),
                widget.windowTitle(),
            ]
            if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
                texts.append(widget.text())
            if isinstance(widget, QPlainTextEdit):
                texts.append(widget.toPlainText())
        return "\n".join(text for text in texts if text)


@pytest.fixture
def desktops(qtbot, qapp, theme):
    """Opens windows on vaults; all are closed at the end."""
    opened = []

    def make(folder=None, env=None, look=None):
        worker = Worker(env or environment(7, START + 500_000))
        files, questions, answers = Answers(), [], []

        def asked(dialog):
            questions.append(dialog.accessibleName())
            answer = answers.pop(0) if answers else "act"
            if answer != "stay":
                getattr(dialog, answer).click()
            return answer != "stay"

        texts = Texts(forms.shipped_forms(), forms.shipped_codelists(), "en")
        window = MainWindow(look or theme, worker, texts, files, qapp, folder, asked)
        qtbot.addWidget(window)
        window.resize(1366, 690)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        opened.append((window, worker))
        return Desktop(qtbot, window, worker, files, questions, answers)

    yield make
    for window, worker in opened:
        window.close()
        worker.stop()


@pytest.fixture
def desktop(desktops, world):
    """An unlocked window of one of the three."""

    def make(who="caseworker", look=None):
        found = desktops(world.vault(who), world.env(), look).unlock()
        assert found.window.shell is not None, "the vault did not open"
        return found

    return make
