"""Answers about the office: founding, joining, enrolling, members, agencies, the training office."""

from ctcase.app.results.base import Shape


class DemoVault(Shape, frozen=True):
    """One vault of a training office, and whose it is."""

    vault: str
    member: str
    roles: list[str]


class Demo(Shape, frozen=True):
    """A training office that was made: its folder, and the passphrase of all its vaults."""

    folder: str
    passphrase: str
    vaults: list[DemoVault]
    cases: int


class OfficeCreated(Shape, frozen=True):
    """A new office and its first device; `fingerprint` are the words of the office."""

    office: str
    member: str
    device: str
    fingerprint: str


class Joined(Shape, frozen=True):
    """A request file that was written; `fingerprint` are the words of this device, to be read out."""

    request: str
    member: str
    device: str
    fingerprint: str


class Enrolled(Shape, frozen=True):
    """A welcome that was written, with the words of the device and of the office; `roster` is the version it is in."""

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
    """The office that this vault belongs to from now on, and the rights of its member there."""

    office: str
    name: str
    fingerprint: str
    roster: int
    roles: list[str]
    team: str | None


class MemberDevice(Shape, frozen=True):
    """A device; `revoked` is the number of its last entry that counts, None while all count."""

    device: str
    revoked: int | None


class MemberShown(Shape, frozen=True):
    """A member, the rights of the newest device, and all devices."""

    id: str
    name: str
    roles: list[str]
    team: str | None
    devices: list[MemberDevice]


class MemberList(Shape, frozen=True):
    """The members of the office."""

    members: list[MemberShown]


class AgencyShown(Shape, frozen=True):
    """An agency; `proposed`: it was named in a case and is not in the office's directory."""

    id: str
    name: str
    kind: str
    proposed: bool


class AgencyList(Shape, frozen=True):
    """The directory of agencies, and what was proposed for it."""

    agencies: list[AgencyShown]
