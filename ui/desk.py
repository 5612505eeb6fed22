"""What every view gets: the theme, the worker, what is known of the vault, and the ways to say and go."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ctcase.app.results import AgencyShown, BundlesSeen, Changes, MemberShown, Outcome, Status
from ctcase.app.session import Progress, Session
from ctcase.errors import CtcaseError
from ctcase.model import forms
from ctcase.model.forms import CodeList, Field, Form
from ctcase.model.values import Value
from ui import words
from ui.dialogs.files import Files
from ui.errors import explain
from ui.leaving import renew
from ui.models.unfinished import Ending, Key, Kind, State, Unfinished
from ui.theme.theme import Theme
from ui.widgets.ask import AskDialog
from ui.widgets.text import isolate
from ui.worker import Job, Worker

T = TypeVar("T")
PlaceName = Literal[
    "cases",
    "new_case",
    "import",
    "case",
    "referrals",
    "new_referral",
    "referral",
    "approvals",
    "sync",
    "office",
]


@dataclass(frozen=True, slots=True)
class Target:
    """A place of the window and, for a case or a referral, which; `section` is a part of the case file."""

    place: PlaceName
    subject: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a banner says: what happened, what is safe, what next. An empty one takes the banner away."""

    tone: str
    what: str
    safe: str = ""
    next: str = ""
    go: tuple[str, Target] | None = None
    """A button that leads to the next step: its words, and where it goes."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the window knows of the vault as a whole; renewed after every change that concerns it."""

    status: Status
    members: Mapping[str, MemberShown] = field(default_factory=dict)
    agencies: tuple[AgencyShown, ...] = ()

    def name(self, member: str) -> str:
        """The name of a member; the beginning of the id where the roster does not have it yet."""
        found = self.members.get(member)
        if found is not None:
            return found.name
        return self.status.member.name if member == self.status.member.id else member[:8]

    def party(self, member: str) -> str:
        """Who a bundle goes to or comes from: for all others the office is one, whoever sits there."""
        found = self.members.get(member)
        if found is None or "officer" not in found.roles or "officer" in self.roles:
            return self.name(member)
        return self.office()

    def office(self) -> str:
        """The central office, by its name."""
        central = words.translate("words", "Central office")
        return f"{central} ({isolate(self.status.office.name)})" if self.status.office else central

    @property
    def roles(self) -> frozenset[str]:
        """The roles of this vault's member."""
        return frozenset(self.status.member.roles)


class Texts:
    """Forms and code lists in the language of the window."""

    def __init__(self, shipped: tuple[Form, ...], codelists: Mapping[str, CodeList], language: str) -> None:
        self.forms = shipped
        self.codelists = codelists
        self.language = language
        self.fields: dict[str, Field] = {it.key: it for form in shipped for it in form.fields()}

    def label(self, key: str) -> str:
        """The label of `record.field`."""
        found = self.fields.get(key)
        if found is not None:
            return forms.say(found.label, self.language)
        return words.translate("words", "Alias") if key == "case.alias" else key.partition(".")[2] or key

    def value(self, key: str, answer: Value) -> str:
        """An answer to `record.field` as people read it."""
        return words.value(self.fields.get(key), answer, self.codelists, self.language)

    def moment(self, iso: str | None) -> str:
        """A time as people read it."""
        return words.moment(iso, self.language)

    def day(self, value: str | None) -> str:
        """A partial date as people read it."""
        return words.day(value, self.language)


class Desk(QObject):
    """Handed to every view; it is not the window, and views do not know each other."""

    went = Signal(object)
    """A `Target` to go to."""
    back = Signal()
    """To the place before."""
    noticed = Signal(object)
    """A `Notice` for the page."""
    renewed = Signal()
    """`known` is another now."""
    kept = Signal()
    """More or less is unfinished than before."""

    def __init__(
        self,
        theme: Theme,
        worker: Worker,
        texts: Texts,
        files: Files,
        ask: Callable[[AskDialog], bool],
        known: Known,
        unfinished: Unfinished,
        parent: QObject | None = None,
    ) -> None:
        """`ask` shows a question and waits for the answer."""
        super().__init__(parent)
        self.theme = theme
        self.worker = worker
        self.texts = texts
        self.files = files
        self.ask = ask
        self.known = known
        self.unfinished = unfinished
        self.seen: BundlesSeen | None = None  # of the files looked into last, while nothing has changed since

    def name(self, member: str) -> str:
        """The name of a member by what is known now: whoever keeps this instead of `known` never shows an old one."""
        return self.known.name(member)

    def go(self, place: PlaceName, subject: str = "", section: str = "") -> None:
        """Ask to be taken to a place."""
        self.went.emit(Target(place, subject, section))

    def keep(self, kind: Kind, subject: str, state: State) -> None:
        """Keep what stands in a form, so that leaving the page loses nothing; an empty state forgets it."""
        before = self.unfinished.keys()
        self.unfinished.put(kind, subject, state)
        if self.unfinished.keys() != before:
            self.kept.emit()

    def finish(
        self,
        page: QObject,
        form: Key,
        command: Callable[[Session, Progress], Outcome[T]],
        then: Callable[[T], None],
        refused: Callable[[CtcaseError], None],
        left: Callable[[T, State], State] | None = None,
    ) -> Job:
        """Run the command that a form was written for: once it is done, and not before, the form is forgotten.

        `left` says what of it stays to be done, where the command did not do all. The page may be gone by then, and
        the vault locked: what the vault keeps of the form goes on the worker's thread, right after the command.
        """
        found, ending, written = self.unfinished, Ending(form), self.unfinished.get(*form)

        def run(session: Session, progress: Progress) -> Outcome[T]:
            outcome = command(session, progress)
            ending.left = lambda state: left(outcome.value, state) if left is not None else {}
            with suppress(CtcaseError):  # what was done is done; the window tries once more
                renew(session, {form: ending.left(written)})
            return outcome

        def over() -> None:
            found.endings.remove(ending)
            found.end(ending)

        def done(value: T) -> None:
            self.kept.emit()
            if isValid(page):
                then(value)

        def told(error: CtcaseError) -> None:
            (refused if isValid(page) else self.refuse)(error)

        found.endings.append(ending)
        job = self.worker.do(self, run, done, told)
        job.ended.connect(over)
        return job

    def tell(
        self, tone: str, what: str, safe: str = "", following: str = "", go: tuple[str, Target] | None = None
    ) -> None:
        """Say something over the foot of the page; `go` is a button that leads to the next step."""
        self.noticed.emit(Notice(tone, what, safe, following, go))

    def refuse(self, error: CtcaseError) -> None:
        """Say what was refused, and the next step."""
        said = explain(error)
        self.noticed.emit(Notice("danger", said.what, "", said.next))

    def hush(self) -> None:
        """Take the banner away."""
        self.noticed.emit(Notice("idle", ""))


def concerns(changes: Changes, stream: str) -> bool:
    """Whether a change set touches a case; what another process wrote may touch any."""
    return stream in changes.streams or changes.roster or (changes.local and not changes.streams)


def hold(job: Job, *controls: QWidget) -> None:
    """Switch controls off until a job is over, however it ends; what its answer says of them comes after."""

    def release() -> None:
        for control in controls:
            if isValid(control):
                control.setEnabled(True)

    for control in controls:
        control.setEnabled(False)
    job.ended.connect(release)
