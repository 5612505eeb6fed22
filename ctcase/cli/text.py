"""The sentences of the command line: what happened, what is safe, what next; for every code of ctcase.errors.

English is the key of the translation (gettext, domain `ctcase`, `resources/translations`). `mark` marks a sentence for
the translators where it is written; it is translated where it is printed, by a function that is handed in.
"""

import gettext
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ctcase.app.results import ErrorAnswer

Translate = Callable[[str], str]
"""From an English sentence to the user's language."""


def translator(folder: Path, languages: Iterable[str] | None = None) -> Translate:
    """The sentences in the language of the user's settings, or in English where there is no translation."""
    return gettext.translation("ctcase", folder, languages=languages, fallback=True).gettext


def mark(sentence: str) -> str:
    """The sentence itself, found by the tool that collects sentences to translate."""
    return sentence


class Sentence(NamedTuple):
    """What happened, and what the reader can do next."""

    message: str
    next: str


ERRORS: Mapping[str, Sentence] = {
    "disk_full": Sentence(
        mark("The disk is full or could not be written. Nothing was changed, nothing is lost."),
        mark("Free some space or use another disk, then try again."),
    ),
    "read_only": Sentence(
        mark("This place can be read but not written. Nothing was changed."),
        mark("Choose another folder, or remove the write protection, then try again."),
    ),
    "permission": Sentence(
        mark("The system does not allow this file or folder to be used so. Nothing was changed."),
        mark("Check who owns it and what kind of file it is, or choose another place."),
    ),
    "file_missing": Sentence(
        mark("A file or folder that is needed is not there. Nothing was changed."),
        mark("Check the path, and that the stick or drive is connected."),
    ),
    "vault_busy": Sentence(
        mark("Another program is writing to this vault. Nothing was changed."),
        mark("Wait until it has finished, then try again."),
    ),
    "font_missing": Sentence(
        mark("No font on this computer can print these letters. Nothing was written."),
        mark("Leave these letters out, or write them in another script."),
    ),
    "usage": Sentence(
        mark("The call is not complete, or not one that this program knows. Nothing was done."),
        mark("Run '{command} --help' to see how it is used."),
    ),
    "passphrase_wrong": Sentence(
        mark("This passphrase does not open the vault. Nothing was changed."),
        mark("Check the keyboard language and Caps Lock, then try again."),
    ),
    "not_found": Sentence(
        mark("Nothing here has this code, id or name. Nothing was changed."),
        mark("Check what was typed; the list commands show what is here."),
    ),
    "ambiguous": Sentence(
        mark("More than one has this code or name. Nothing was changed."),
        mark("Use the id of the one that is meant."),
    ),
    "not_enrolled": Sentence(
        mark("This device is not enrolled by an office yet. What was recorded is safe."),
        mark("Bring the request file to the office and accept the welcome that comes back."),
    ),
    "confirmation_needed": Sentence(
        mark("A person has to confirm this, and nobody can be asked here. Nothing was changed."),
        mark("Run it in a terminal, or give the confirmation as an option."),
    ),
    "fingerprint_differs": Sentence(
        mark("The words are not those of this file. Nothing was changed."),
        mark(
            "Ask for the words again by voice. If they still differ, the file is not theirs: do not use it."
        ),
    ),
    "role_missing": Sentence(
        mark("The roles of this member do not include this. Nothing was changed."),
        mark("Ask a colleague with the role, or the office to change the roles."),
    ),
    "not_your_case": Sentence(
        mark("This case is not with you or your team. Nothing was changed."),
        mark("Ask the team that has it, or the office for a transfer."),
    ),
    "four_eyes": Sentence(
        mark("A second person has to do this. Nothing was changed."),
        mark("Ask a supervisor who did not write this content."),
    ),
    "state_forbids": Sentence(
        mark("This step does not follow from the present state. Nothing was changed."),
        mark("Look at the state and at the steps that are available now."),
    ),
    "needs_missing": Sentence(
        mark("Something that this needs was not given. Nothing was changed."),
        mark("Add what is named in the details, then try again."),
    ),
    "conflict_stale": Sentence(
        mark("The conflict has changed since it was shown. Nothing was changed."),
        mark("List the conflicts again and decide on what is shown now."),
    ),
    "consent_missing": Sentence(
        mark("No consent in force covers this. Nothing was shared."),
        mark("Leave out what it does not cover, or ask again and record the answer."),
    ),
    "not_addressed": Sentence(
        mark("This file is sealed to another device. Nothing was changed."),
        mark("Give it to its addressee, or ask the sender for one of your own."),
    ),
    "sender_unknown": Sentence(
        mark("The roster here does not know the sender. Nothing was changed, and the file is not spoiled."),
        mark("Read the newest bundle of the office first, then this one again."),
    ),
    "sender_revoked": Sentence(
        mark("The office has revoked this device. What it holds is kept."),
        mark("Speak with the office before going on."),
    ),
    "signature_wrong": Sentence(
        mark("The signature does not match. The file was changed on its way, or is not what it says."),
        mark("Ask the sender for a new copy by another way. Nothing was changed here."),
    ),
    "other_office": Sentence(
        mark("This belongs to another office. Nothing was changed."),
        mark("Check that the right file and the right vault were chosen."),
    ),
    "roster_old": Sentence(
        mark("This is older than the roster held here. Nothing was changed."),
        mark("Ask the office for a newer one."),
    ),
    "training_mixed": Sentence(
        mark("Training data and real data never mix. Nothing was changed."),
        mark("Use a training vault with training files, and a real one with real files."),
    ),
    "newer_version": Sentence(
        mark("This was made by a newer version of ctcase. Nothing was changed."),
        mark("Update ctcase, then try again."),
    ),
    "limit_exceeded": Sentence(
        mark("This is larger than what is accepted. Nothing was changed."),
        mark("Split it, or check that it is the right file."),
    ),
    "file_not_understood": Sentence(
        mark("This file is not one that can be read here. Nothing was changed."),
        mark("Check that it is the right file, and that it was saved completely."),
    ),
    "vault_damaged": Sentence(
        mark("This vault is damaged and was not opened or changed further."),
        mark("Keep it as it is, and restore the last backup beside it. The office can help."),
    ),
    "log_damaged": Sentence(
        mark("The log of this vault does not agree with itself. Nothing was changed."),
        mark("Run 'ctcase verify', keep the vault as it is, and speak with the office."),
    ),
    "bundle_damaged": Sentence(
        mark("This bundle is damaged. Nothing of it was taken, nothing is lost."),
        mark("Copy it again, or ask the sender to write it again."),
    ),
}
"""Message and next step by error code."""

VALUES: Mapping[str, str] = {
    "bad_character": mark("{field} has a character that cannot be kept. Nothing was saved."),
    "date_invalid": mark("{field} is a date, as 1999, 1999-03 or 1999-03-08. Nothing was saved."),
    "empty": mark("{field} needs at least one value. Nothing was saved."),
    "not_a_number": mark("{field} is a number. Nothing was saved."),
    "not_in_list": mark("{field} takes only the codes of its list. Nothing was saved."),
    "out_of_range": mark("{field} does not take a number of this size. Nothing was saved."),
    "too_long": mark("This text is too long for {field}. Nothing was saved."),
    "too_many": mark("{field} does not take so many values. Nothing was saved."),
    "twice": mark("{field} has the same value twice. Nothing was saved."),
    "unknown_word": mark("After @ stands unknown or declined; @@ begins a text with @. Nothing was saved."),
    "wrong_type": mark("{field} takes another kind of value. Nothing was saved."),
}
"""What is wrong with the value of a field, by the code that forms give it."""

PRECISE: Mapping[tuple[str, str], Sentence] = {
    ("file_missing", "vault"): Sentence(
        mark("There is no vault in this folder. Nothing was changed."),
        mark("Check the path; 'ctcase join' or 'ctcase office create' make a new vault."),
    ),
    ("file_missing", "root"): Sentence(
        mark("The keys of the office are not beside this vault. Nothing was changed."),
        mark("Do this in the office's own vault."),
    ),
    ("permission", "exists"): Sentence(
        mark("There is something in this folder already. Nothing was changed."),
        mark("Choose a new, empty folder."),
    ),
    ("font_missing", "fonts"): Sentence(
        mark("No font on this computer can print these letters. Nothing was written."),
        mark("Install the font with the file {fonts}, then try again."),
    ),
    ("disk_full", "output"): Sentence(
        mark("The call is done, but its answer could not be written."),
        mark("Free some space; the list and show commands tell the result again."),
    ),
    ("usage", "passphrase"): Sentence(
        mark("The passphrase is needed, and nobody can be asked here. Nothing was done."),
        mark("Give --passphrase-file FILE, or set CTCASE_PASSPHRASE_FILE."),
    ),
    ("usage", "passphrases_differ"): Sentence(
        mark("The two passphrases are not the same. Nothing was done."),
        mark("Try again, slowly, and check the keyboard language."),
    ),
    ("usage", "missing"): Sentence(
        mark("'{command}' also needs {parameter}. Nothing was done."),
        mark("Run '{command} --help' to see how it is used."),
    ),
    ("usage", "value"): Sentence(
        mark("'{command}' cannot take this value for {parameter}. Nothing was done."),
        mark("Run '{command} --help' to see what it takes."),
    ),
    ("usage", "option"): Sentence(
        mark("'{command}' does not have this option. Nothing was done."),
        mark("Run '{command} --help' to see its options."),
    ),
    ("usage", "command"): Sentence(
        mark("There is no command of this name, and no folder. Nothing was done."),
        mark("Run '{command} --help' to see the commands."),
    ),
    ("usage", "unknown_field"): Sentence(
        mark("There is no field of this name. Nothing was saved."),
        mark("'ctcase case show' names the fields; person.first_name is one."),
    ),
    ("usage", "ending"): Sentence(
        mark("The ending of the file does not say which form to write. Nothing was written."),
        mark("Use .xlsx, .csv or .json."),
    ),
    **{
        ("usage", reason): Sentence(message, mark("Correct the value, and give all fields again."))
        for reason, message in VALUES.items()
    },
}
"""More exact sentences, by code and by what the details call `what`, `problem` or `reason`; `fonts` if they name some."""

UNEXPECTED = Sentence(
    mark("Something went wrong that the program did not foresee. What was reported as saved is safe."),
    mark("Please report the details below; they hold nothing of a case."),
)
SELF_TEST = Sentence(
    mark("The encryption on this computer does not work as it must. No vault was opened."),
    mark("Install ctcase again from a source you trust."),
)
CANCELLED = mark("Cancelled. Nothing was changed.")
ENDED = mark("Ended. What was done before is kept.")

BUNDLES: Mapping[str, str] = {
    "new": mark("new"),
    "known": mark("known"),
    "refused": mark("refused"),
    "damaged": mark("damaged"),
}
"""What became of a bundle."""

ABSENCES: Mapping[str, str] = {"unknown": mark("unknown"), "declined": mark("declined")}
"""Why an answer is not there."""

STAGES: Mapping[str, str] = {
    "exporting": mark("Writing cases"),
    "importing": mark("Taking rows"),
    "reading": mark("Reading bundles"),
    "copying": mark("Copying"),
    "recording": mark("Making cases"),
    "sealing": mark("Writing entries"),
    "taking": mark("Taking cases"),
    "verifying": mark("Checking"),
    "writing": mark("Writing bundles"),
}
"""What long work says it is doing, by its code word."""


class _Known(dict[str, object]):
    """Details by name; a name that is not there stays visible as an ellipsis rather than failing."""

    def __missing__(self, key: str) -> str:
        return "ctcase" if key == "command" else "…"


def sentence(code: str, details: Mapping[str, object]) -> Sentence:
    """The English sentences for a refusal, the most exact that there are."""
    if code == "font_missing" and details.get("fonts"):
        return PRECISE[code, "fonts"]
    for key in ("what", "problem", "reason"):
        found = PRECISE.get((code, str(details.get(key))))
        if found is not None:
            return found
    return ERRORS[code]


def explain(code: str, details: Mapping[str, Any], translate: Translate) -> ErrorAnswer:
    """A refusal in the user's language, in the shape of the contract."""
    return worded(sentence(code, details), code, details, translate)


def worded(english: Sentence, code: str, details: Mapping[str, Any], translate: Translate) -> ErrorAnswer:
    """The answer for a code with these sentences."""
    lists = {key: ", ".join(map(str, value)) for key, value in details.items() if isinstance(value, list)}
    known = _Known({**details, **lists})
    message, following = (translate(part).format_map(known) for part in english)
    return ErrorAnswer(code, message, following, dict(details))
