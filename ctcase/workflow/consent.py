"""What a disclosure rests on: consent and its gaps, the legal basis, standing approvals, and the files that state them.

The structs are read from files that people wrote (cli-contract, `--file`): every length and count is bounded while
decoding, unknown keys are refused, and what is missing is told by the `check_*` functions.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from ctcase.model.values import CATEGORIES, is_partial_date
from ctcase.workflow.referral import TABLE

Status = Literal["given", "refused", "withdrawn"]
GivenBy = Literal["client", "guardian", "court"]
Method = Literal["oral", "written", "thumbprint"]
Purpose = Literal["services", "referral", "authorities", "statistics"]
LegalBasis = Literal["consent", "vital_interest", "legal_duty"]
Urgency = Literal["1h", "24h", "72h", "2w"]

BASES_WITH_REASON = frozenset({"vital_interest", "legal_duty"})
URGENCIES: Mapping[str, int] = {"1h": 1, "24h": 24, "72h": 72, "2w": 14 * 24}
"""Hours until the agency's answer is due."""
RATIFICATION_HOURS = 24
"""Hours until a referral that was sent ahead must be ratified."""

KIND = "kind:"
"""A recipient that starts so means every agency of a kind: `kind:clinic`."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Word = Annotated[str, msgspec.Meta(max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Recipients = Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)]
Purposes = Annotated[tuple[Purpose, ...], msgspec.Meta(max_length=8)]
Categories = Annotated[tuple[Name, ...], msgspec.Meta(max_length=16)]
FieldName = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^.\s]+\.[^.\s]+\Z")]


@dataclass(frozen=True, slots=True)
class Terms:
    """One consent as the case knows it: recipients are agency ids or kinds, `expires` is its last day, month or year."""

    status: str
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]
    categories: tuple[str, ...]
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What a consent does not cover; `status` is its status where that is not `given`."""

    status: str | None = None
    purposes: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    expired: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """What is wrong, as code words in a fixed order; never empty for a gap that `gap` returns."""
        wrong = {
            self.status or "": self.status is not None,
            "purposes": bool(self.purposes),
            "recipients": bool(self.recipients),
            "categories": bool(self.categories),
            "expired": self.expired,
        }
        return tuple(code for code, holds in wrong.items() if holds)


def is_over(last: str, on: str) -> bool:
    """Whether the day `on` lies after a last day, month or year; what cannot be read as a date is over."""
    if not (_DAY.fullmatch(on) and is_partial_date(on) and is_partial_date(last)):
        return True
    return on[: len(last)] > last


def _names(recipient: str, agency: str, agency_kind: str) -> bool:
    if recipient.startswith(KIND):
        return bool(agency_kind) and recipient == KIND + agency_kind
    return bool(agency) and recipient == agency


def gap(
    terms: Terms, *, agency: str, agency_kind: str, purpose: str, categories: Collection[str], on: str
) -> Gap | None:
    """What stands between a consent and a disclosure; None when it is covered.

    `categories` are those of everything to be shared. `on` is a full ISO date (UTC): the entry's own day when the log
    asks, today when a command does. Withdrawal is a status here: which withdrawals count is the log's word (rule 15).
    """
    named = any(_names(recipient, agency, agency_kind) for recipient in terms.recipients)
    found = Gap(
        status=None if terms.status == "given" else terms.status,
        purposes=() if purpose in terms.purposes else (purpose,),
        recipients=() if named else (agency,),
        categories=tuple(sorted(set(categories) - set(terms.categories))),
        expired=terms.expires is not None and is_over(terms.expires, on),
    )
    return None if found == Gap() else found


def _check_date(value: str | None) -> None:
    if value is not None and not is_partial_date(value):
        raise ValueError("date")


def _check_recipient(value: str) -> None:
    # "To anybody" is not a consent; the words that would say it are no names of agencies either.
    if value.strip().casefold() in ("", "any", "*", KIND, f"{KIND}any", f"{KIND}*"):
        raise ValueError("recipient")


def _check_categories(values: tuple[str, ...]) -> None:
    if not set(values) <= set(CATEGORIES):
        raise ValueError("categories")


class StandingApproval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a supervisor approves in advance: one agency or kind of agency, a service, categories, until a last day."""

    recipient: Name
    service: Name
    categories: Categories
    until: Word

    def __post_init__(self) -> None:
        _check_recipient(self.recipient)
        _check_categories(self.categories)
        _check_date(self.until)


def standing_covers(
    scope: StandingApproval,
    *,
    agency: str,
    agency_kind: str,
    service: str,
    categories: Collection[str],
    on: str,
) -> bool:
    """Whether a standing approval covers a referral on the full ISO date `on` (the approving entry's own day)."""
    return (
        _names(scope.recipient, agency, agency_kind)
        and service == scope.service
        and set(categories) <= set(scope.categories)
        and not is_over(scope.until, on)
    )


class ConsentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The consent file; recipients still as they were typed: ids, names or kinds. `replaces` is a consent's id."""

    status: Status
    given_by: GivenBy | None = None
    method: Method | None = None
    purposes: Purposes = ()
    recipients: Recipients = ()
    categories: Categories = ()
    language: Word | None = None
    interpreter: Word | None = None
    witness: Word | None = None
    date: Word | None = None
    expires: Word | None = None
    replaces: Word | None = None
    note: Text = ""

    def __post_init__(self) -> None:
        for recipient in self.recipients:
            _check_recipient(recipient)
        _check_categories(self.categories)
        _check_date(self.date)
        _check_date(self.expires)


class ReferralFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The referral file. A draft may be partly filled; `check_referral` says what a submit still needs."""

    agency: Word = ""
    service: Word = ""
    purpose: Purpose = "referral"
    urgency: Urgency | None = None
    basis: LegalBasis | None = None
    consent: Word | None = None
    reason: Text = ""
    fields: Annotated[tuple[FieldName, ...], msgspec.Meta(max_length=1_000)] = ()
    documents: Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)] = ()


class EventFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event file: the keys that the event's row needs; `keep` is an entry of the rivals."""

    comment: Text = ""
    reason: Text = ""
    date: Word | None = None
    channel: Word = ""
    contact: Word = ""
    outcome: Text = ""
    received: Text = ""
    feedback: Text = ""
    keep: Word = ""

    def __post_init__(self) -> None:
        _check_date(self.date)


def _missing(document: msgspec.Struct, names: Collection[str]) -> tuple[str, ...]:
    """The names whose value is absent, empty or only white space."""
    values = {name: getattr(document, name) for name in names}
    return tuple(
        name for name, value in values.items() if not (value.strip() if isinstance(value, str) else value)
    )


def check_consent(document: ConsentFile) -> tuple[str, ...]:
    """The keys a consent still needs, in the order of the file."""
    if document.status == "withdrawn":
        return _missing(document, ("replaces",))
    return _missing(document, ("given_by", "method", "purposes", "recipients", "categories"))


def check_referral(document: ReferralFile) -> tuple[str, ...]:
    """The keys a referral needs before it is submitted or sent ahead; `fields` stands for any content at all."""
    reason = ("reason",) if document.basis in BASES_WITH_REASON else ()
    content = () if document.documents else ("fields",)
    return _missing(document, ("agency", "service", "urgency", "basis", *reason, *content))


def check_event(event: str, document: EventFile) -> tuple[str, ...]:
    """The keys that the event's row in the referral's table needs and the file lacks."""
    return _missing(document, TABLE[event].needs)
