"""Answers about referrals: steps, what may be done, content, letters."""

import msgspec

from ctcase.app.results.base import Shape
from ctcase.model.values import Value


class OptionShown(Shape, frozen=True):
    """An event of a referral: whether this member may do it now, why not, and the keys that it asks for."""

    event: str
    allowed: bool
    why_not: str | None
    needs: list[str]


class RivalShown(Shape, frozen=True):
    """One step of an open step conflict."""

    entry: str
    event: str
    member: str
    time: str


class StepShown(Shape, frozen=True):
    """One step of a referral's path, for the stepper and the history."""

    entry: str
    event: str
    state: str
    member: str
    time: str
    comment: str
    reason: str


class ContentLine(Shape, frozen=True):
    """One field as the agency reads it; `before` is its value in the submit before this one, if it changed."""

    field: str
    category: str
    value: Value
    now: Value
    change: str
    before: Value = None


class ReferralShown(Shape, frozen=True):
    """A referral in lists and views. `shared` is the exact content of the submit, `withheld` the
    categories of it that are kept from here; `fields` what the draft names.
    """

    id: str
    code: str
    case: str
    agency: str
    agency_name: str
    agency_kind: str
    service: str
    purpose: str
    urgency: str
    basis: str
    consent: str | None
    reason: str
    state: str
    due: str | None
    late: bool
    ratification: str | None
    rivals: list[str]
    rival_steps: list[RivalShown]
    content: str | None
    content_author: str | None
    fields: list[str]
    shared: list[ContentLine]
    path: list[StepShown]
    void: list[StepShown]
    available: list[OptionShown]
    consent_gap: list[str]
    updated: str
    owner: str
    withheld: list[str]


class ReferralList(Shape, frozen=True):
    """The referrals that match."""

    total: int
    referrals: list[ReferralShown]


class ReferralAdded(Shape, frozen=True):
    """A new referral, and what may be done with it now."""

    id: str
    code: str
    entry: str
    state: str
    available: list[OptionShown]


class ReferralDone(Shape, frozen=True):
    """A step of a referral, and the states before and after it."""

    id: str
    entry: str
    event: str
    from_: str = msgspec.field(name="from")
    to: str


class Letter(Shape, frozen=True):
    """A letter that was written; `content` is the digest of the entry whose content it shows."""

    id: str
    entry: str
    file: str
    pages: int
    content: str
