"""Who may do what besides the steps of a referral: one table of (action, role, relation to the case) (DESIGN §6).

The log asks it whether an entry takes effect, the commands ask it before they write one: the same function.
Being enrolled and not revoked is judged by the log before anything here is asked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

CASEWORKER, SUPERVISOR, OFFICER, ADMINISTRATOR = "caseworker", "supervisor", "officer", "administrator"
ROLES = (CASEWORKER, SUPERVISOR, OFFICER, ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do one thing: the roles that may in the cases of their team, and those that may everywhere."""

    team: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    everyone: bool = False


_CASE_WORK = Right(team=frozenset({CASEWORKER, SUPERVISOR}), everywhere=frozenset({OFFICER}))
_OFFICERS = Right(everywhere=frozenset({OFFICER}))
_ADMINISTRATORS = Right(everywhere=frozenset({ADMINISTRATOR}))

POLICY: Mapping[str, Right] = {
    "open_case": _CASE_WORK,
    "set": _CASE_WORK,
    # A decision between values is written as a set, and the log cannot tell the two apart: so they have one right.
    "resolve_conflict": _CASE_WORK,
    "consent": _CASE_WORK,
    # Whoever hears the client say no writes it down (fold rule 15).
    "withdraw_consent": Right(everyone=True),
    # Whoever reads a sensitive section leaves a trace of it, whatever the role.
    "record_access": Right(everyone=True),
    "referral_step": _CASE_WORK,
    "letter": _CASE_WORK,
    "import": _CASE_WORK,
    "export": _CASE_WORK,
    "transfer": Right(team=frozenset({SUPERVISOR}), everywhere=frozenset({OFFICER})),
    "grant_standing": Right(everywhere=frozenset({SUPERVISOR})),
    "close_fork": _OFFICERS,
    "adopt": _OFFICERS,
    "write_agency": Right(everywhere=frozenset({OFFICER, ADMINISTRATOR})),
    "enrol": _ADMINISTRATORS,
    "member_set": _ADMINISTRATORS,
    "revoke": _ADMINISTRATORS,
    "sign_roster": _ADMINISTRATORS,
}
"""Every action that is not a step of a referral; `referral_step` is what each step needs besides its own row."""


def may(action: str, roles: Collection[str], *, in_team: bool) -> str | None:
    """None when one of these roles may do it, else why not: `role` or `not_this_team`.

    `in_team`: the case's team at that time is one of the member's; for what has no case yet, the team it will have.
    An action that is not in POLICY is a mistake of the caller (KeyError), never a matter of input.
    """
    right = POLICY[action]
    if right.everyone or not right.everywhere.isdisjoint(roles):
        return None
    if right.team.isdisjoint(roles):
        return "role"
    return None if in_team else "not_this_team"
