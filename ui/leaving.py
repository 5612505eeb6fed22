"""Before a vault is locked: what was typed and not saved is saved, kept in the vault, or discarded by a person."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from ctcase.app import cases, unfinished
from ctcase.app.results import Outcome
from ctcase.app.session import Progress, Session
from ctcase.errors import CtcaseError
from ctcase.model.values import Value
from ui import words
from ui.models.draft import SHOWN
from ui.models.unfinished import Unfinished
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
    }
    kinds = [kind for kind, _ in found.begun()]
    return words.join_words(words.counted(kinds.count(kind), *table[kind]) for kind in dict.fromkeys(kinds))


def keeping(found: Unfinished, ready: Ready | None) -> Callable[[Session, Progress], Outcome[None]]:
    """The command that saves the answers that can be saved and keeps all else in the vault.

    What the vault does not take as an answer is kept with the rest.
    """
    everything = found.text()
    rest = Unfinished(everything)
    if ready is not None:
        case, answers, _ = ready
        edited = found.get("answers", case)
        rest.put(
            "answers",
            case,
            {key: value for key, value in edited.items() if key.removeprefix(SHOWN) not in answers},
        )
    left = rest.text()

    def keep(session: Session, _progress: Progress) -> Outcome[None]:
        if ready is None or not ready[1]:
            return unfinished.keep(session, everything)
        try:
            done = cases.set_fields(session, *ready)
        except CtcaseError:
            return unfinished.keep(session, everything)
        unfinished.keep(session, left)
        return Outcome(None, done.changes)

    return keep
