"""Answers about cases: lists, whole cases with their consents and disclosures, changes."""

from ctcase.app.results.base import Shape
from ctcase.app.results.decisions import ConflictShown
from ctcase.app.results.referrals import ReferralShown
from ctcase.model.values import Value


class Similar(Shape, frozen=True):
    """A case that may be of the same person; `why` are code words."""

    code: str
    why: list[str]


class CaseAdded(Shape, frozen=True):
    """A new case: its code, its first entry, which is its id, and cases like it."""

    code: str
    entry: str
    similar: list[Similar]


class CaseLine(Shape, frozen=True):
    """A case in a list; `id` is its stream. `name` is filled only when names were asked for."""

    id: str
    code: str
    alias: str | None
    state: str
    team: str
    owner: str
    updated: str
    consent: str | None
    conflicts: int
    unsent: bool
    name: str | None = None


class CaseList(Shape, frozen=True):
    """A page of the cases that match; `total` counts all of them."""

    total: int
    cases: list[CaseLine]


class RecordShown(Shape, frozen=True):
    """One record of a case as its form has it; `withheld` are categories that were not sent here."""

    id: str
    kind: str
    form: str
    version: int
    fields: dict[str, Value]
    withheld: list[str]
    erased: list[str]


class ConsentShown(Shape, frozen=True):
    """`status`: given, refused, withdrawn or replaced; `in_force` on the day asked for."""

    id: str
    status: str
    in_force: bool
    given_by: str
    method: str
    purposes: list[str]
    recipients: list[str]
    recipient_names: dict[str, str]
    categories: list[str]
    language: str | None
    interpreter: str | None
    witness: str | None
    date: str | None
    expires: str | None
    replaces: str | None
    note: str
    entry: str
    member: str
    time: str


class ConsentAdded(Shape, frozen=True):
    """A consent that was recorded, or the one that was withdrawn."""

    id: str
    code: str
    entry: str


class DisclosureShown(Shape, frozen=True):
    """What left, to whom and on which basis; `withdrawals` of its consent were written beside it."""

    to: str
    entry: str
    what: str
    agency: str
    fields: list[str]
    basis: str
    time: str
    member: str
    void: str | None
    withdrawals: list[str]


class HistoryLine(Shape, frozen=True):
    """`status`: effective, waiting, void or proposal. `what` are code words: fields changed, event, terms."""

    entry: str
    time: str
    member: str
    device: str
    kind: str
    status: str
    reason: str | None
    event: str | None
    what: list[str]


class CaseShown(Shape, frozen=True):
    """A whole case; `may_write` says why this member may not change it, None if he may."""

    id: str
    code: str
    alias: str | None
    state: str
    team: str
    owner: str
    head: list[str]
    records: list[RecordShown]
    consents: list[ConsentShown]
    referrals: list[ReferralShown]
    disclosures: list[DisclosureShown]
    conflicts: list[ConflictShown]
    history: list[HistoryLine]
    may_write: str | None


class CaseSet(Shape, frozen=True):
    """Fields that were changed; `entry` is None when every value was this already."""

    code: str
    entry: str | None
    changed: list[str]
