"""What people read when something is refused: what happened and what is safe, then the next step, for every code."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from ctcase.errors import CtcaseError
from ui.words import fill, join_words

translate = QCoreApplication.translate


class Sentences(NamedTuple):
    """What happened and what is safe; what to do next."""

    what: str
    next: str


def _environment() -> dict[str, Sentences]:
    return {
        "disk_full": Sentences(
            translate("errors", "The disk or stick is full. Nothing was written, nothing is lost."),
            translate("errors", "Free some space or use another one."),
        ),
        "read_only": Sentences(
            translate("errors", "This place can be read but not written. Nothing was changed."),
            translate("errors", "Choose another folder, or take off the write protection."),
        ),
        "permission": Sentences(
            translate(
                "errors", "The system does not allow this file or folder to be used. Nothing was changed."
            ),
            translate("errors", "Choose another place, or ask who looks after this computer."),
        ),
        "file_missing": Sentences(
            translate("errors", "The file or folder is not there. Nothing was changed."),
            translate("errors", "Check that the stick is connected, and choose it again."),
        ),
        "vault_busy": Sentences(
            translate("errors", "Another program is writing to this vault. Nothing was changed."),
            translate("errors", "Wait until it has finished, then try again."),
        ),
        "font_missing": Sentences(
            translate("errors", "No font on this computer can print these letters. Nothing was written."),
            translate("errors", "Leave these letters out, or write them in another script."),
        ),
        "usage": Sentences(
            translate("errors", "This cannot be done in this way. Nothing was changed."),
            translate("errors", "Check what was written, then try again."),
        ),
    }


def _people() -> dict[str, Sentences]:
    return {
        "passphrase_wrong": Sentences(
            translate("errors", "This passphrase does not open the vault."),
            translate("errors", "Check the keyboard language and Caps Lock, then try again."),
        ),
        "not_found": Sentences(
            translate("errors", "Nothing here has this code or name. Nothing was changed."),
            translate("errors", "Check what was written, or read the newest bundles first."),
        ),
        "ambiguous": Sentences(
            translate("errors", "More than one has this code or name. Nothing was changed."),
            translate("errors", "Choose one of them from the list."),
        ),
        "not_enrolled": Sentences(
            translate("errors", "This device is not enrolled yet. What you recorded is safe."),
            translate("errors", "Bring the request file to the office and accept the welcome it gives back."),
        ),
        "confirmation_needed": Sentences(
            translate("errors", "This has to be confirmed by a person. Nothing was changed."),
            translate("errors", "Confirm it here, then try again."),
        ),
        "fingerprint_differs": Sentences(
            translate("errors", "The words are not those of this file. Nothing was changed."),
            translate("errors", "Ask for them again by voice. If they still differ, do not use the file."),
        ),
        "role_missing": Sentences(
            translate("errors", "Your role does not include this. Nothing was changed."),
            translate("errors", "Ask a colleague who has the role."),
        ),
        "not_your_case": Sentences(
            translate("errors", "This case is with another team. Nothing was changed."),
            translate("errors", "Ask that team, or the office for a transfer."),
        ),
        "four_eyes": Sentences(
            translate("errors", "A second person has to do this. Nothing was changed."),
            translate("errors", "Ask a supervisor who did not write this content."),
        ),
    }


def _work() -> dict[str, Sentences]:
    return {
        "state_forbids": Sentences(
            translate("errors", "This step does not follow from the present state. Nothing was changed."),
            translate("errors", "Look at the steps that are possible now."),
        ),
        "needs_missing": Sentences(
            translate("errors", "Something that this needs is not there yet. What you wrote is kept."),
            translate("errors", "Add it, then try again."),
        ),
        "conflict_stale": Sentences(
            translate("errors", "The conflict has changed since it was shown. Nothing was changed."),
            translate("errors", "Look at it again and decide on what is shown now."),
        ),
        "consent_missing": Sentences(
            translate("errors", "No consent in force covers this. Nothing was shared."),
            translate("errors", "Leave out what it does not cover, or ask again and record the answer."),
        ),
        "limit_exceeded": Sentences(
            translate("errors", "This is larger than what can be taken. Nothing was changed."),
            translate("errors", "Check that it is the right file, or split it."),
        ),
        "file_not_understood": Sentences(
            translate("errors", "This file cannot be read here. Nothing was changed."),
            translate("errors", "Check that it is the right file and was saved completely."),
        ),
        "newer_version": Sentences(
            translate("errors", "This was made by a newer version of the program. Nothing was changed."),
            translate("errors", "Update the program, then try again."),
        ),
        "vault_damaged": Sentences(
            translate("errors", "This vault is damaged. It was left as it is."),
            translate("errors", "Restore the last backup beside it, or ask the office for help."),
        ),
        "log_damaged": Sentences(
            translate("errors", "The log of this vault does not agree with itself. Nothing was changed."),
            translate("errors", "Leave the vault as it is, and speak with the office."),
        ),
    }


def _bundles() -> dict[str, Sentences]:
    return {
        "not_addressed": Sentences(
            translate("errors", "This file is sealed to another device. Nothing was changed."),
            translate("errors", "Give it to its addressee, or ask the sender for one of your own."),
        ),
        "sender_unknown": Sentences(
            translate(
                "errors",
                "The sender is not known here yet. Nothing was changed, and the file is not spoiled.",
            ),
            translate("errors", "Read the newest bundle of the office first, then this one again."),
        ),
        "sender_revoked": Sentences(
            translate("errors", "The office has revoked this device. What it holds is kept."),
            translate("errors", "Speak with the office before going on."),
        ),
        "signature_wrong": Sentences(
            translate(
                "errors", "The signature does not match: the file was changed on its way. Nothing was taken."
            ),
            translate("errors", "Ask the sender for a new copy by another way."),
        ),
        "other_office": Sentences(
            translate("errors", "This belongs to another office. Nothing was changed."),
            translate("errors", "Check that the right file was chosen."),
        ),
        "roster_old": Sentences(
            translate("errors", "This is older than what is here already. Nothing was changed."),
            translate("errors", "Ask the office for a newer one."),
        ),
        "training_mixed": Sentences(
            translate("errors", "Training and real data never mix. Nothing was changed."),
            translate("errors", "Use training files in a training office, and real ones in a real office."),
        ),
        "bundle_damaged": Sentences(
            translate("errors", "This bundle is damaged. Nothing of it was taken, nothing is lost."),
            translate("errors", "Copy it again, or ask the sender to write it again."),
        ),
    }


def all_sentences() -> Mapping[str, Sentences]:
    """The sentences by error code, in the language of the window."""
    return {**_environment(), **_people(), **_work(), **_bundles()}


def _precise() -> dict[tuple[str, str], Sentences]:
    return {
        ("file_missing", "vault"): Sentences(
            translate("errors", "There is no vault in this folder. Nothing was changed."),
            translate("errors", "Choose another folder, or join an office to make a vault."),
        ),
        ("file_missing", "root"): Sentences(
            translate("errors", "The keys of the office are not beside this vault. Nothing was changed."),
            translate("errors", "Do this on the computer of the office."),
        ),
        ("state_forbids", "changed"): Sentences(
            translate("errors", "This has changed since it was shown. Nothing was done."),
            translate("errors", "Look at it as it is now, then decide."),
        ),
        ("permission", "exists"): Sentences(
            translate("errors", "There is something in this folder already. Nothing was changed."),
            translate("errors", "Choose a new, empty folder."),
        ),
    }


def explain(error: CtcaseError) -> Sentences:
    """What to say about a refusal."""
    return sentences(error.code, error.details)


def sentences(code: str, details: Mapping[str, object]) -> Sentences:
    """The most exact sentences there are for a code and its details."""
    precise = _precise()
    for key in ("what", "reason"):
        found = precise.get((code, str(details.get(key))))
        if found is not None:
            return found
    said, fonts = all_sentences()[code], details.get("fonts")
    if code == "font_missing" and isinstance(fonts, list) and fonts:
        install = translate("errors", "Install the font with the file {fonts}, then try again.")
        return Sentences(said.what, fill(install, fonts=join_words(fonts)))
    return said


def why_not(code: str) -> str:
    """The short reason beside a disabled button."""
    reasons: dict[str, Callable[[], str]] = {
        "four_eyes": lambda: translate("errors", "You wrote this content: another supervisor has to do it."),
        "role_missing": lambda: translate("errors", "Your role does not include it."),
        "state_forbids": lambda: translate("errors", "It does not follow from the present state."),
        "not_your_case": lambda: translate("errors", "The case is with another team."),
        "consent_missing": lambda: translate("errors", "No consent in force covers what would be shared."),
        "not_enrolled": lambda: translate("errors", "This device is not enrolled yet."),
        "sender_revoked": lambda: translate("errors", "The office has revoked this device."),
    }
    return reasons[code]() if code in reasons else all_sentences()[code].what
