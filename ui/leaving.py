"""Before a vault is locked: what was typed and not saved is saved, kept in the vault, or discarded by a person."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from ctcase.app import cases, unfinished
from ctcase.app.results import Changes, Outcome
from ctcase.app.session import Progress, Session
from ctcase.errors import CtcaseError
from ctcase.model.values import Value
from ui import words
from ui.models.draft import SHOWN, after_saving
from ui.models.unfinished import Key, State, Unfinished
from ui.theme.theme import Theme
from ui.widgets.ask import AskDialog
from ui.widgets.buttons import Button
from ui.words import translate

Ready = tuple[str, Mapping[str, Value], cases.Shown]
"""A case, its answers that can be saved as they are, and what their author had been shown."""


class LeaveDialog(AskDialog):
    """Save, discard or stay; Escape stays."""

    def __init__(self, theme: Theme, found: Unfinished, *, closing: bool, parent: QWidget) -> None:
        title, save, discard = (
            (
                translate("leaving", "Save what you wrote before you close?"),
                translate("leaving", "Save and close"),
                translate("leaving", "Discard it and close"),
            )
            if closing
            else (
                translate("leaving", "Save what you wrote before you lock?"),
                translate("leaving", "Save and lock"),
                translate("leaving", "Discard it and lock"),
            )
        )
        said = words.fill(translate("leaving", "Not saved yet: {what}."), what=_listed(found))
        later = translate(
            "leaving", "What is not complete is kept in this vault and is here again after unlocking."
        )
        stay = translate("leaving", "Stay here")
        super().__init__(theme, title, f"{said} {later}", save, stay, parent=parent)
        self.is_discarding = False
        self.discard = Button(theme, discard, "danger")
        self.discard.clicked.connect(self._discard)
        self.buttons.insertWidget(0, self.discard)

    def _discard(self) -> None:
        self.is_discarding = True
        self.accept()


def _listed(found: Unfinished) -> str:
    """What is unfinished, in words without case data."""
    table = {
        "answers": (translate("leaving", "answers in 1 case"), translate("leaving", "answers in {n} cases")),
        "case": (translate("leaving", "1 new case"), translate("leaving", "{n} new cases")),
        "consent": (translate("leaving", "1 consent"), translate("leaving", "{n} consents")),
        "referral": (translate("leaving", "1 new referral"), translate("leaving", "{n} new referrals")),
        "step": (
            translate("leaving", "1 step of a referral"),
            translate("leaving", "{n} steps of referrals"),
        ),
        "comment": (translate("leaving", "1 comment"), translate("leaving", "{n} comments")),
        "enrol": (translate("leaving", "1 device to enrol"), translate("leaving", "{n} devices to enrol")),
        "accept": (translate("leaving", "1 office to accept"), translate("leaving", "{n} offices to accept")),
        "agency": (translate("leaving", "1 new agency"), translate("leaving", "{n} new agencies")),
    }
    kinds = [kind for kind, _ in found.begun()]
    return words.join_words(words.counted(kinds.count(kind), *table[kind]) for kind in dict.fromkeys(kinds))


def keeping(found: Unfinished, ready: Ready | None) -> Callable[[Session, Progress], Outcome[None]]:
    """The command that saves the answers that can be saved and keeps all else in the vault.

    What the vault does not take as an answer is kept with the rest. What is being saved already as this is called is
    done or refused when the command runs: the thread of the vault does one thing after the other.
    """
    rest, endings = Unfinished(found.text()), tuple(found.endings)

    def keep(session: Session, _progress: Progress) -> Outcome[None]:
        for ending in endings:
            rest.end(ending)
        changes = _save(session, rest, ready) if ready is not None else Changes()
        text = rest.text()
        if text != unfinished.kept(session):
            unfinished.keep(session, text)
        return Outcome(None, changes)

    return keep


def _save(session: Session, rest: Unfinished, ready: Ready) -> Changes:
    """Save the answers that can be saved, and take them out of the rest."""
    case, right, shown = ready
    state = rest.get("answers", case)
    answers = {key: value for key, value in right.items() if key in state}
    newer = {key: sets for key in answers if isinstance(sets := state.get(SHOWN + key), tuple)}
    if not answers:
        return Changes()
    try:
        done = cases.set_fields(session, case, answers, {**shown, **newer})
    except CtcaseError:
        return Changes()
    rest.put("answers", case, after_saving(state, answers, done.value))
    return done.changes


def renew(session: Session, states: Mapping[Key, State]) -> Outcome[None]:
    """Put what stands in some forms now in place of what the vault keeps of them; of others it keeps nothing new."""
    stored = Unfinished(unfinished.kept(session))
    there = {key: state for key, state in states.items() if stored.get(*key)}
    for key, state in there.items():
        stored.put(*key, state)
    return unfinished.keep(session, stored.text()) if there else Outcome(None, Changes())
