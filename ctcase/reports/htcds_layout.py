"""Columns of the HTCDS spreadsheet: which field a column holds, by its hidden name and its visible label.

The order of the columns is that of the standard's own spreadsheet, version 2.0 (IOM, CC BY 4.0; see docs/forms.md).
In that sheet the two header rows disagree in the address columns. The label is what the clerk typed under, so it wins.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from ctcase.model.forms import Field, Form, say

SHEET = (
    "cas_CaseOwner", "prs_Salutation", "prs_FirstName", "prs_SecondName", "con_Consent", "prs_Birthdate", "prs_Gender",
    "prs_Citizenship", "prs_Title", "prs_Email", "prs_HomePhone", "prs_MobilePhone", "prs_MailingStreet",
    "prs_MailingCity", "prs_MailingState", "prs_MailingPostalCode", "prs_MailingCountry", "vic_TraffickingStatus",
    "vic_TraffickingStatusDecisionMakingOrg", "vic_MethodOfRecruitment", "vic_LocationOfRecruitment",
    "vic_MethodsOfControl", "vic_TypeOfExploitation", "vic_ForcedLabourIndustry", "vic_TypeOfSexExploitation",
    "vic_LocationOfExploitation", "cas_Status", "cas_ReferringOrganisation", "cas_IncomingReferralDate",
    "cas_ReferringPrimaryCaseWorker", "cas_ReasonForIncomingReferral", "cas_IncomingReferralDetails",
    "cas_ReferredOrganisation", "cas_ReferredPrimaryCaseWorker", "cas_ReasonForOutgoingReferral",
    "cas_OutgoingReferralDate", "cas_OutgoingReferralDetails", "cas_ReasonForCaseClosure",
)  # fmt: skip
"""The columns behind the row number, left to right by their labels."""

HeaderKind = Literal["names", "labels"]
_SPACE = re.compile(r"\s+")
_SEMICOLON = re.compile(r"\s*;\s*")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "`": "'"})


class Column(msgspec.Struct, frozen=True):
    """How a column of a file was understood: `taken_as` is the key of a field, or None for a column not taken."""

    column: str
    name: str | None
    label: str | None
    taken_as: str | None
    differs: bool


class Layout(msgspec.Struct, frozen=True):
    """The fields of a form that have an HTCDS name, in the order of the sheet, and how to find them."""

    fields: tuple[Field, ...]
    by_name: dict[str, Field]
    by_label: dict[str, tuple[Field, ...]]


def fold(text: str) -> str:
    """A heading or label as it is compared: without regard to case, spaces and the shape of apostrophes."""
    return _SEMICOLON.sub("; ", _SPACE.sub(" ", text.translate(_QUOTES)).strip()).casefold()


def standard_label(field: Field) -> str:
    """The heading of a field in the standard's sheet."""
    return field.htcds_label or say(field.label, "en")


def layout_of(form: Form) -> Layout:
    """The columns of a form: those of the standard's sheet first, other HTCDS fields behind them."""
    place = {name: number for number, name in enumerate(SHEET)}
    having = [field for field in form.fields() if field.htcds]
    having.sort(key=lambda field: place.get(field.htcds or "", len(SHEET)))
    by_label: dict[str, tuple[Field, ...]] = {}
    for field in having:
        for text in {fold(label) for label in (standard_label(field), *field.label.values())}:
            by_label[text] = (*by_label.get(text, ()), field)
    return Layout(tuple(having), {field.htcds or "": field for field in having}, by_label)


def column_letter(number: int) -> str:
    """The letters of a column counted from 0: A … Z, AA …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def matches(row: Iterable[str], layout: Layout) -> Counter[HeaderKind]:
    """How many cells of a row are names, and how many are labels, of fields."""
    found: Counter[HeaderKind] = Counter()
    for cell in row:
        text = cell.strip()
        if text in layout.by_name:
            found["names"] += 1
        elif len(text) <= 300 and fold(text) in layout.by_label:
            found["labels"] += 1
    return found


def header_kind(row: Sequence[str], layout: Layout) -> HeaderKind | None:
    """What a row heads the columns with; a row of data, where some cell looks like a label, is None."""
    filled = sum(1 for cell in row if cell.strip())
    found = matches(row, layout)
    kind: HeaderKind = "names" if found["names"] >= found["labels"] else "labels"
    # Columns of an organisation's own are usual, so a few known headings are enough; data hardly has any.
    return kind if found[kind] and found[kind] * 4 >= filled else None


def map_columns(
    names: Sequence[str], labels: Sequence[str], layout: Layout
) -> tuple[tuple[Column, Field | None], ...]:
    """What each column holds. A known label wins over the name; the name speaks where the label is not known."""
    found = []
    for number in range(max(len(names), len(labels))):
        name = names[number].strip() if number < len(names) else ""
        label = labels[number].strip() if number < len(labels) else ""
        by_name = layout.by_name.get(name)
        candidates = layout.by_label.get(fold(label), ())
        field = candidates[0] if len(candidates) == 1 else by_name
        differs = (
            bool(name and label) and field is not None and (field is not by_name or bool(not candidates))
        )
        column = Column(
            column_letter(number), name or None, label or None, field.key if field else None, differs
        )
        found.append((column, field))
    return tuple(found)
