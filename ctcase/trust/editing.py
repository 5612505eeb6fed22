"""How an administrator changes the roster: pure functions from one version to the next, still unsigned."""

import unicodedata
from collections.abc import Mapping

import msgspec

from ctcase.errors import Refused
from ctcase.log.rights import NEVER
from ctcase.trust.roster import Device, DeviceRow, Member, Revocation, Roster


def _next(roster: Roster, previous: str, **changes: object) -> Roster:
    return msgspec.structs.replace(roster, version=roster.version + 1, previous=previous, **changes)


def enrol(roster: Roster, previous: str, member: Member, device: Device) -> Roster:
    """Adds a device, and its member if he is new; a name taken by another member is refused: four eyes counts them."""
    known = {one.id: one for one in roster.members}
    keys = {one.signing for one in roster.devices} | {one.key for one in roster.roots}
    if device.signing in keys or device.member != member.id:
        raise Refused("ambiguous", device=device.id)
    members = roster.members
    if member.id not in known:
        if any(_as_heard(one.name) == _as_heard(member.name) for one in roster.members):
            raise Refused("ambiguous")
        members = (*members, member)
    return _next(roster, previous, members=members, devices=(*roster.devices, device))


def _as_heard(name: str) -> str:
    """A name without what nobody hears or sees: case, spaces, compatibility forms, invisible characters."""
    seen = "".join(
        letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf"
    )
    return " ".join(seen.casefold().split())


def set_rights(
    roster: Roster,
    previous: str,
    member: str,
    roles: tuple[str, ...],
    teams: tuple[str, ...],
    *,
    at_latest: Mapping[str, int] | None = None,
) -> Roster:
    """Gives a member's devices new roles and teams from this version on.

    `at_latest` says by device from which entry number they hold even if the device never hears of this version. The
    office must keep one administrator.
    """
    numbers = at_latest or {}
    if not any(device.member == member for device in roster.devices):
        raise Refused("not_found")
    devices = tuple(
        msgspec.structs.replace(
            device,
            rows=(*device.rows, DeviceRow(roster.version + 1, roles, teams, numbers.get(device.id, NEVER))),
        )
        if device.member == member
        else device
        for device in roster.devices
    )
    return _next(roster, previous, devices=_led(devices))


def _led(devices: tuple[Device, ...]) -> tuple[Device, ...]:
    """The devices, if an administrator is among them who can still act."""
    if not any(device.revoked is None and "administrator" in device.rows[-1].roles for device in devices):
        raise Refused("state_forbids")
    return devices


def revoke(roster: Roster, previous: str, revocations: dict[str, Revocation]) -> Roster:
    """Revokes devices, each with the last number that counts; the office must keep one administrator."""
    if not revocations.keys() <= {device.id for device in roster.devices}:
        raise Refused("not_found")
    devices = tuple(
        msgspec.structs.replace(device, revoked=revocations[device.id])
        if device.id in revocations and device.revoked is None
        else device
        for device in roster.devices
    )
    return _next(roster, previous, devices=_led(devices))


def retire(roster: Roster, device: str, revocation: Revocation) -> Roster:
    """Ends a device within a version that is being made: another one of the same member takes over from it."""
    devices = tuple(
        msgspec.structs.replace(one, revoked=msgspec.structs.replace(revocation, retired=True))
        if one.id == device
        else one
        for one in roster.devices
    )
    return msgspec.structs.replace(roster, devices=devices)


def align(roster: Roster, member: str, roles: tuple[str, ...], teams: tuple[str, ...]) -> Roster:
    """Gives all devices of a member the same rights within a version that is being made: rights are a member's."""
    row = DeviceRow(roster.version, roles, teams)
    devices = tuple(
        msgspec.structs.replace(one, rows=(*one.rows, row))
        if one.member == member
        and one.revoked is None
        and (set(one.rows[-1].roles), one.rows[-1].teams) != (set(roles), teams)
        else one
        for one in roster.devices
    )
    return msgspec.structs.replace(roster, devices=_led(devices))


def numbers_without_gap(numbers: set[int]) -> int:
    """The last number up to which none is missing; 0 if the first is."""
    last = 0
    while last + 1 in numbers:
        last += 1
    return last
