"""Answers about what people decide: conflicts, proposals, forks."""

from ctcase.app.results.base import Shape
from ctcase.model.values import Value


class Candidate(Shape, frozen=True):
    """One of several values that stand beside each other, and who wrote it."""

    value: Value
    entry: str
    member: str
    time: str


class ConflictShown(Shape, frozen=True):
    """A conflict of a field or of steps (`field` is then `referral.<id>` and the values are events)."""

    id: str
    code: str
    case: str
    field: str
    ours: Candidate
    theirs: list[Candidate]


class ConflictList(Shape, frozen=True):
    """Open conflicts."""

    conflicts: list[ConflictShown]


class ProposalShown(Shape, frozen=True):
    """A change that has no effect because its author may not make it; an officer may adopt it."""

    entry: str
    code: str
    member: str
    device: str
    reason: str
    fields: list[str]


class ProposalList(Shape, frozen=True):
    """The proposals that wait for an officer."""

    proposals: list[ProposalShown]


class ForkShown(Shape, frozen=True):
    """A device that wrote two histories of one case, and the entries with which they part."""

    device: str
    code: str
    entries: list[str]


class ForkList(Shape, frozen=True):
    """The forks that are still open."""

    forks: list[ForkShown]
