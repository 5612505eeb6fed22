"""Who may do what besides the steps of a referral: the whole table, written out by hand."""

import itertools

import pytest

from ctcase.workflow.policy import POLICY, ROLES, may

# action: roles that may in a case of their team / roles that may in any case
PLAN = {
    "open_case": ("caseworker supervisor officer", "officer"),
    "set": ("caseworker supervisor officer", "officer"),
    "resolve_conflict": ("caseworker supervisor officer", "officer"),
    "consent": ("caseworker supervisor officer", "officer"),
    "withdraw_consent": (
        "caseworker supervisor officer administrator",
        "caseworker supervisor officer administrator",
    ),
    "record_access": (
        "caseworker supervisor officer administrator",
        "caseworker supervisor officer administrator",
    ),
    "referral_step": ("caseworker supervisor officer", "officer"),
    "letter": ("caseworker supervisor officer", "officer"),
    "import": ("caseworker supervisor officer", "officer"),
    "export": ("caseworker supervisor officer", "officer"),
    "transfer": ("supervisor officer", "officer"),
    "grant_standing": ("supervisor", "supervisor"),
    "close_fork": ("officer", "officer"),
    "adopt": ("officer", "officer"),
    "write_agency": ("officer administrator", "officer administrator"),
    "enrol": ("administrator", "administrator"),
    "member_set": ("administrator", "administrator"),
    "revoke": ("administrator", "administrator"),
    "sign_roster": ("administrator", "administrator"),
}


def test_the_table_names_the_planned_actions():
    assert set(POLICY) == set(PLAN)


@pytest.mark.parametrize("action", sorted(PLAN))
def test_each_role_in_and_out_of_its_team(action):
    near, far = (set(roles.split()) for roles in PLAN[action])
    for role in ROLES:
        assert may(action, {role}, in_team=True) == (None if role in near else "role")
        expected = None if role in far else "not_this_team" if role in near else "role"
        assert may(action, {role}, in_team=False) == expected


@pytest.mark.parametrize("action", sorted(PLAN))
def test_several_roles_may_what_each_of_them_may(action):
    for one, other in itertools.combinations(ROLES, 2):
        for in_team in (True, False):
            alone = {may(action, {role}, in_team=in_team) for role in (one, other)}
            assert (may(action, {one, other}, in_team=in_team) is None) == (None in alone)


def test_without_a_role_only_a_withdrawal_and_a_reading_are_written():
    written = {action for action in POLICY if may(action, (), in_team=True) is None}
    assert written == {"withdraw_consent", "record_access"}


def test_an_unknown_action_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        may("fly", ROLES, in_team=True)
