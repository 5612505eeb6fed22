"""How an administrator changes the roster: pure functions from one version to the next, still unsigned."""

import msgspec

from ctcase.errors import Refused
from ctcase.trust.roster import Device, DeviceRow, Member, Revocation, Roster


def _next(roster: Roster, previous: str, **changes: object) -> Roster:
    return msgspec.structs.replace(roster, version=roster.version + 1, previous=previous, **changes)


def enrol(roster: Roster, previous: str, member: Member, device: Device) -> Roster:
    """Adds a device, and its member if he is new; a name taken by another member is refused: four eyes counts them."""
    known = {one.id: one for one in roster.members}
    if any(one.id == device.id for one in roster.devices):
        raise Refused("ambiguous", device=device.id)
    members = roster.members
    if member.id not in known:
        if any(one.name.casefold().strip() == member.name.casefold().strip() for one in roster.members):
            raise Refused("ambiguous")
        members = (*members, member)
    return _next(roster, previous, members=members, devices=(*roster.devices, device))


def set_rights(
    roster: Roster, previous: str, member: str, roles: tuple[str, ...], teams: tuple[str, ...]
) -> Roster:
    """Gives a member's devices new roles and teams from this version on."""
    row = DeviceRow(roster.version + 1, roles, teams)
    devices = tuple(
        msgspec.structs.replace(device, rows=(*device.rows, row)) if device.member == member else device
        for device in roster.devices
    )
    return _next(roster, previous, devices=devices)


def revoke(roster: Roster, previous: str, revocations: dict[str, Revocation]) -> Roster:
    """Revokes devices, each with the last number that counts; the office must keep one administrator."""
    devices = tuple(
        msgspec.structs.replace(device, revoked=revocations[device.id])
        if device.id in revocations and device.revoked is None
        else device
        for device in roster.devices
    )
    if not any(device.revoked is None and "administrator" in device.rows[-1].roles for device in devices):
        raise Refused("state_forbids")
    return _next(roster, previous, devices=devices)


def numbers_without_gap(numbers: set[int]) -> int:
    """The last number up to which none is missing; 0 if the first is."""
    last = 0
    while last + 1 in numbers:
        last += 1
    return last
