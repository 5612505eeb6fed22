"""A fictional office: root keys, members, and rosters that they sign."""

from dataclasses import dataclass

import msgspec
import pytest

from ctcase.crypto.signing import SigningKey, key_id
from ctcase.trust.roster import Device, DeviceRow, Member, Root, Roster, office_id, sign


def key(n: int) -> SigningKey:
    return SigningKey(n.to_bytes(32, "big"))


def device(n: int, member: str, roles=("caseworker",), teams=("north",), version=1) -> Device:
    public = key(n).public
    return Device(
        key_id(public), public, f"age1pq{n}", member, (DeviceRow(version, tuple(roles), tuple(teams)),)
    )


@dataclass(frozen=True)
class Office:
    """An office with three root keys of three members, two of which must sign."""

    key = staticmethod(key)
    device = staticmethod(device)
    keys = (key(101), key(102), key(103))

    def roster(self, keys=keys, threshold=2, **changes) -> Roster:
        roots = tuple(Root(one.public, f"holder{n}") for n, one in enumerate(keys))
        plain = Roster(
            format=1,
            version=1,
            office=office_id(roots, threshold),
            name="Office",
            stream="a" * 64,
            threshold=threshold,
            roots=roots,
            recovery="age1pqrecovery",
            members=(Member("m1", "Ada Example"), Member("m2", "Ben Example")),
            devices=(device(1, "m1", ("officer", "administrator"), ()), device(2, "m2")),
        )
        return msgspec.structs.replace(plain, **changes)

    def signed(self, roster: Roster, *signers: int) -> bytes:
        return sign(roster, [self.keys[n] for n in signers or (0, 1)])


@pytest.fixture
def office() -> Office:
    return Office()
