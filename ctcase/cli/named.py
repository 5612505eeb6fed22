"""What ids are called here: names beside the ids that calls go by."""

from collections.abc import Mapping

from ctcase.app import office
from ctcase.app.session import Session


def names(session: Session) -> dict[str, str]:
    """What members, their devices and agencies are called, by id."""
    found = {one.id: one.name for one in office.agencies(session).agencies}
    for one in office.members(session).members:
        found[one.id] = one.name
        found |= {device.device: one.name for device in one.devices}
    return found


def named(one: str, known: Mapping[str, str]) -> str:
    """A name and the id that calls go by; the id alone where the name is not known here."""
    return f"{known[one]} ({one})" if one in known else one
