"""The letter of a referral: exactly the approved content in the words of `resources/letters`, as a PDF."""

from collections.abc import Mapping

import msgspec

from ctcase.app import referral_view
from ctcase.app.session import Session
from ctcase.app.times import day
from ctcase.log.fold_steps import Machine
from ctcase.model import forms, resources
from ctcase.model.forms import CodeList, Field
from ctcase.model.ids import show_case_code
from ctcase.model.values import Missing, Value
from ctcase.reports.letter import LetterContent, LetterFile, LetterText, render
from ctcase.store.projection import Stream, step_data

STATES = ("approved", "sent", "acknowledged", "accepted", "in_service")
"""States in which a letter of the approved content may be printed."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a letter says around the content, in one language."""

    text: LetterText
    services: dict[str, str]
    urgency: dict[str, str]
    yes: str
    no: str
    unknown: str
    declined: str


def words(language: str = "en") -> Words:
    """The words of a language."""
    return msgspec.json.decode((resources.folder() / "letters" / f"{language}.json").read_bytes(), type=Words)


def compose(session: Session, stream: Stream, machine: Machine) -> LetterFile:
    """The finished letter of a referral whose content was approved, or sent ahead."""
    from ctcase.reports.fonts import find_fonts, system_folders  # noqa: PLC0415  # the PDF library is loaded only when it is used

    said = words()
    content = machine.head.basis.content or ""
    step, data = referral_view.terms(stream, content), step_data(stream.folded.readings[content])
    letter = LetterContent(
        sender=(session.me.name,), agency=(data.agency_name or step.agency,),
        date=day(session.env.clock()), case_code=show_case_code(stream.folded.code),
        need=said.services.get(step.service, step.service), answer=said.urgency.get(step.urgency, ""),
        rows=tuple(_rows(session, stream, content, said)), reference=machine.id[:8], content=f"sha256:{content}",
    )  # fmt: skip
    return render(letter, said.text, find_fonts([resources.folder() / "fonts", *system_folders()]))


def _rows(session: Session, stream: Stream, content: str, said: Words) -> list[tuple[str, str]]:
    labels = {field.key: field for form in session.forms for field in form.fields()}
    rows = []
    for name, (_, value) in sorted(referral_view.content_of(stream, content).items()):
        record, _, short = name.partition(".")
        there = stream.folded.records.get(record)
        field = labels.get(f"{there.kind}.{short}" if there else name)
        label = forms.say(field.label, said.text.language) if field else short.replace("_", " ").capitalize()
        rows.append((label, in_words(value, field, session.codelists, said)))
    return rows


def in_words(value: Value, field: Field | None, codelists: Mapping[str, CodeList], said: Words) -> str:
    """A value as a person reads it: codes by their labels."""
    if isinstance(value, Missing):
        return said.unknown if value.missing == "unknown" else said.declined
    if isinstance(value, bool):
        return said.yes if value else said.no
    if isinstance(value, tuple):
        return ", ".join(_label(one, field, codelists, said) for one in value)
    return (
        _label(value, field, codelists, said)
        if isinstance(value, str)
        else ""
        if value is None
        else str(value)
    )


def _label(code: str, field: Field | None, codelists: Mapping[str, CodeList], said: Words) -> str:
    codelist = codelists.get(field.list_id) if field and field.list_id else None
    found = next((entry for entry in codelist.entries if entry.code == code), None) if codelist else None
    return forms.say(found.label, said.text.language) if found else code
