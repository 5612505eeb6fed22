"""Answers about the vault itself: status and verification."""

from typing import Any

from ctcase.app.results.base import Shape
from ctcase.app.results.bundles import Gap


class StatusMember(Shape, frozen=True):
    """Whose vault this is; empty when it has no key yet."""

    id: str
    name: str
    roles: list[str]
    team: str | None


class StatusOffice(Shape, frozen=True):
    """The office of the roster held, and its words."""

    id: str
    name: str
    fingerprint: str


class Unsent(Shape, frozen=True):
    """How much an addressee (`office` or a member) is not known to have."""

    to: str
    entries: int
    documents: int


class Peer(Shape, frozen=True):
    """Another device: the number of the last bundle read from it, and how many of the entries here it has."""

    device: str
    member: str
    last: int
    acknowledged: int


class Status(Shape, frozen=True):
    """What a vault holds and what has not arrived; `enrolled`: no, requested, yes or revoked."""

    vault: str
    training: bool
    member: StatusMember
    device: str
    enrolled: str
    office: StatusOffice | None
    roster: int
    cases: int
    entries: int
    unsent: list[Unsent]
    peers: list[Peer]
    gaps: list[Gap]
    waiting: int
    quarantined: int
    void: int
    proposals: int
    conflicts: int
    forks: list[str]


class SignaturesVerified(Shape, frozen=True):
    """How many signatures were checked and how many are wrong."""

    checked: int
    bad: int


class ChainsVerified(Shape, frozen=True):
    """How many streams were checked, and those whose entries do not fit together."""

    checked: int
    broken: list[str]


class TablesVerified(Shape, frozen=True):
    """How many tables were compared with the log, and the names of those that say something else."""

    compared: int
    differ: list[str]


class DocumentsVerified(Shape, frozen=True):
    """How many documents were checked, and the digests of those that are damaged."""

    checked: int
    bad: list[str]


class Verified(Shape, frozen=True):
    """`warnings` are {"code", …}: gaps, forks, conflicts, waiting, quarantined and void entries; they do not fail."""

    ok: bool
    entries: int
    signatures: SignaturesVerified
    chains: ChainsVerified
    tables: TablesVerified
    database: str
    documents: DocumentsVerified
    warnings: list[dict[str, Any]]
