"""What commands and queries answer: plain records in the shapes of the command line's contract (docs/cli.md).

Every key is always there. Times are UTC, ISO 8601 with a Z. Entries, streams, members, devices and agencies are opaque
ids. `Outcome.changes` names the streams that a command touched: one signal carries it to the views.
"""

from typing import Any, Generic, TypeVar

import msgspec

from ctcase.model.values import Value

T = TypeVar("T")


class Shape(msgspec.Struct, frozen=True):
    """Base of all answers."""


class Changes(Shape, frozen=True):
    """What a command touched: streams, and whether the roster, the office's stream or local facts changed."""

    streams: frozenset[str] = frozenset()
    roster: bool = False
    local: bool = False


class Outcome(Shape, Generic[T], frozen=True):
    """The answer of a command and what it changed."""

    value: T
    changes: Changes


class ErrorAnswer(Shape, frozen=True):
    """A refusal as it is shown; message and next step come from the command line or the window."""

    code: str
    message: str
    next: str
    details: dict[str, Any]


class DemoVault(Shape, frozen=True):
    vault: str
    member: str
    roles: list[str]


class Demo(Shape, frozen=True):
    folder: str
    passphrase: str
    vaults: list[DemoVault]
    cases: int


class OfficeCreated(Shape, frozen=True):
    office: str
    member: str
    device: str
    fingerprint: str


class Joined(Shape, frozen=True):
    request: str
    member: str
    device: str
    fingerprint: str


class Enrolled(Shape, frozen=True):
    welcome: str
    member: str
    device: str
    fingerprint: str
    office_fingerprint: str
    roster: int


class RequestSeen(Shape, frozen=True):
    """A request file before it is enrolled: what a person compares and decides by."""

    device: str
    member: str
    name: str
    roles: list[str]
    fingerprint: str
    replaces: str | None


class WelcomeSeen(Shape, frozen=True):
    """A welcome bundle before it is accepted: the office's name and the words to compare."""

    office: str
    name: str
    fingerprint: str
    roster: int
    training: bool


class Accepted(Shape, frozen=True):
    office: str
    name: str
    fingerprint: str
    roster: int
    roles: list[str]
    team: str | None


class StatusMember(Shape, frozen=True):
    id: str
    name: str
    roles: list[str]
    team: str | None


class StatusOffice(Shape, frozen=True):
    id: str
    name: str
    fingerprint: str


class Unsent(Shape, frozen=True):
    to: str
    entries: int
    documents: int


class Peer(Shape, frozen=True):
    device: str
    member: str
    last: int
    acknowledged: int


class Gap(Shape, frozen=True):
    device: str
    from_: int = msgspec.field(name="from")
    to: int


class Status(Shape, frozen=True):
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


class Similar(Shape, frozen=True):
    code: str
    why: list[str]


class CaseAdded(Shape, frozen=True):
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
    total: int
    cases: list[CaseLine]


class RecordShown(Shape, frozen=True):
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


class OptionShown(Shape, frozen=True):
    event: str
    allowed: bool
    why_not: str | None
    needs: list[str]


class RivalShown(Shape, frozen=True):
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
    """A referral in lists and views. `shared` is the exact content of the submit; `fields` what the draft names."""

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


class ReferralList(Shape, frozen=True):
    total: int
    referrals: list[ReferralShown]


class DisclosureShown(Shape, frozen=True):
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


class Candidate(Shape, frozen=True):
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
    conflicts: list[ConflictShown]


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
    code: str
    entry: str | None
    changed: list[str]


class SameRow(Shape, frozen=True):
    row: int
    code: str


class RefusedRow(Shape, frozen=True):
    row: int
    column: str | None
    code: str


class ColumnTaken(Shape, frozen=True):
    column: str
    name: str | None
    label: str | None
    taken_as: str | None
    differs: bool


class Imported(Shape, frozen=True):
    format: str
    rows: int
    added: int
    same: list[SameRow]
    refused: list[RefusedRow]
    columns: list[ColumnTaken]


class LeftOut(Shape, frozen=True):
    code: str
    reason: str


class Exported(Shape, frozen=True):
    file: str
    format: str
    rows: int
    left_out: list[LeftOut]


class ConsentAdded(Shape, frozen=True):
    id: str
    code: str
    entry: str


class ReferralAdded(Shape, frozen=True):
    id: str
    code: str
    entry: str
    state: str
    available: list[OptionShown]


class ReferralDone(Shape, frozen=True):
    id: str
    entry: str
    event: str
    from_: str = msgspec.field(name="from")
    to: str


class Letter(Shape, frozen=True):
    id: str
    entry: str
    file: str
    pages: int
    content: str


class BundleFile(Shape, frozen=True):
    file: str
    to: list[str]
    number: int
    bytes: int
    entries: int
    documents: int


class BundlesWritten(Shape, frozen=True):
    files: list[BundleFile]


class EntryCounts(Shape, frozen=True):
    new: int = 0
    known: int = 0
    waiting: int = 0
    void: int = 0
    quarantined: int = 0
    proposals: int = 0


class CaseCounts(Shape, frozen=True):
    new: int = 0
    changed: int = 0


class BundleFrom(Shape, frozen=True):
    member: str
    device: str


class BundleProblem(Shape, frozen=True):
    entry: str
    status: str
    code: str


class BundleSeen(Shape, frozen=True):
    """One bundle file, before or after it was taken. `status`: new, known, refused, damaged."""

    file: str
    status: str
    error: ErrorAnswer | None
    from_: BundleFrom | None = msgspec.field(name="from")
    number: int | None
    roster: int | None
    entries: EntryCounts
    cases: CaseCounts
    conflicts: int
    problems: list[BundleProblem]
    receipts: int
    new_roster: int | None
    gaps: list[Gap]


class BundlesSeen(Shape, frozen=True):
    files: list[BundleSeen]


class ProposalShown(Shape, frozen=True):
    entry: str
    code: str
    member: str
    device: str
    reason: str
    fields: list[str]


class ProposalList(Shape, frozen=True):
    proposals: list[ProposalShown]


class ForkShown(Shape, frozen=True):
    device: str
    code: str
    entries: list[str]


class ForkList(Shape, frozen=True):
    forks: list[ForkShown]


class MemberDevice(Shape, frozen=True):
    device: str
    revoked: int | None


class MemberShown(Shape, frozen=True):
    id: str
    name: str
    roles: list[str]
    team: str | None
    devices: list[MemberDevice]


class MemberList(Shape, frozen=True):
    members: list[MemberShown]


class AgencyShown(Shape, frozen=True):
    id: str
    name: str
    kind: str
    proposed: bool


class AgencyList(Shape, frozen=True):
    agencies: list[AgencyShown]


class SignaturesVerified(Shape, frozen=True):
    checked: int
    bad: int


class ChainsVerified(Shape, frozen=True):
    checked: int
    broken: list[str]


class TablesVerified(Shape, frozen=True):
    compared: int
    differ: list[str]


class DocumentsVerified(Shape, frozen=True):
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


class Written(Shape, frozen=True):
    """The short answer of calls that write one thing: exactly one of the keys is given."""

    entry: str | None = None
    roster: int | None = None
    id: str | None = None
    file: str | None = None
    device: str | None = None
    slot: str | None = None
