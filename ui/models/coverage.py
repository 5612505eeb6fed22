"""A first look at what a consent covers, to colour a form while it is written. The log decides, not this."""

from collections.abc import Sequence

from ctcase.app.results import AgencyShown, ConsentShown

KIND = "kind:"


def fitting(
    consents: Sequence[ConsentShown], agency: AgencyShown | None, purpose: str, chosen: str | None
) -> list[ConsentShown]:
    """The consents in force that name this agency, or its kind, and this purpose; `chosen` narrows to one."""
    if agency is None:
        return []
    wanted = {agency.id, *([KIND + agency.kind] if agency.kind else [])}
    return [
        one
        for one in consents
        if one.in_force
        and one.status == "given"
        and purpose in one.purposes
        and not wanted.isdisjoint(one.recipients)
        and chosen in (None, one.id)
    ]


def covered(found: Sequence[ConsentShown]) -> frozenset[str]:
    """The kinds of data that the widest of these covers: one consent has to cover everything."""
    each = [frozenset(one.categories) for one in found]
    return max(each, key=len, default=frozenset())
