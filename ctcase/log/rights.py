"""Rights handed to the fold as data (rule 10): who a device is, at a number and under a roster version."""

from collections.abc import Mapping

import msgspec

NEVER = 2**53 - 1


class Row(msgspec.Struct, frozen=True):
    """From `version` on, or at the latest from entry number `at_latest`, the device acts with these rights."""

    version: int
    at_latest: int
    member: str
    roles: frozenset[str]
    teams: tuple[str, ...]


class DeviceRights(msgspec.Struct, frozen=True):
    """A device's rows in order, its public signing key, and the last number that counts if it was revoked.

    `distrusted`: it was revoked, and not only replaced; then its key may be in other hands.
    """

    rows: tuple[Row, ...]
    key: bytes
    last: int = NEVER
    distrusted: bool = False


class Rights(msgspec.Struct, frozen=True):
    """What one roster version says of every device; version 0 is no roster at all."""

    version: int
    devices: Mapping[str, DeviceRights]

    def standing(self, device: str, number: int, roster: int) -> Row | str:
        """The row an entry of that number, written under that version, acts by; or why it has none."""
        known = self.devices.get(device)
        if known is None:
            return "unknown_device"
        # A revocation comes first: nobody escapes it by claiming a roster that is still to come.
        if number > known.last:
            return "revoked"
        if roster > self.version:
            return "newer_roster"
        row = known.rows[0]  # what was written before the welcome goes by the first row
        for later in known.rows[1:]:
            if later.version <= roster or later.at_latest <= number:
                row = later
        return row


NOBODY = Rights(0, {})
