"""Whom a consent names: agencies of the office, proposed ones and kinds, and what is kept beside its terms."""

import pytest

from ctcase.app import cases, consents, office
from ctcase.store.projection import agency_id
from tests.office_world import CONSENT, code_of


@pytest.fixture
def team(world):
    """An office that knows one agency, and a caseworker who knows another."""
    chief = world.found()
    office.add_agency(chief, "Clinic North", "clinic")
    world.member("ben")
    world.code = world.case("ben")
    world.meet("office", "ben")
    world.consent("ben", world.code, recipients=["Shelter A"])
    return world


def resolved(world, text):
    with world.session("ben").look() as connection:
        return consents.resolve_agency(connection, text)


@pytest.mark.parametrize(
    "text", ["Clinic North", "clinic  NORTH", " Clinic North ", agency_id("Clinic North")]
)
def test_an_agency_of_the_office_is_meant_however_its_name_is_written(team, text):
    assert resolved(team, text) == (agency_id("Clinic North"), "Clinic North")


def test_a_new_name_is_proposed_and_one_proposed_before_is_the_same(team):
    assert resolved(team, "Harbour  House") == (agency_id("Harbour House"), "Harbour House")
    assert resolved(team, "SHELTER A") == (agency_id("Shelter A"), "Shelter A")


def test_a_kind_of_agency_has_no_name(team):
    assert resolved(team, "kind:Clinic") == ("kind:clinic", "")


def test_the_kind_of_an_agency_is_known_from_the_directory_only(team):
    with team.session("ben").look() as connection:
        kinds = [
            consents.agency_kind(connection, agency_id(one))
            for one in ("Clinic North", "Shelter A", "Nobody")
        ]
    assert kinds == ["clinic", "", ""]


def test_names_of_recipients_travel_with_the_consent(team):
    one = team.consent("ben", team.code, recipients=["Harbour House", "kind:clinic", "Clinic North"])
    team.meet("office", "ben")
    for name in ("ben", "office"):
        listed = {it.name: it.proposed for it in office.agencies(team.session(name)).agencies}
        assert listed == {"Clinic North": False, "Harbour House": True, "Shelter A": True}
        shown = next(it for it in cases.show_case(team.session(name), team.code).consents if it.id == one)
        assert sorted(shown.recipients) == sorted(
            [agency_id("Harbour House"), agency_id("Clinic North"), "kind:clinic"]
        )


def test_what_is_said_twice_is_kept_once_and_in_order(team):
    twice = {
        "purposes": ["services", "referral", "services"],
        "categories": ["identity", "contact", "identity"],
    }
    one = team.consent("ben", team.code, **twice, recipients=["Clinic North", "clinic north"])
    shown = next(it for it in cases.show_case(team.session("ben"), team.code).consents if it.id == one)
    assert (shown.purposes, shown.categories) == (["referral", "services"], ["contact", "identity"])
    assert shown.recipients == [agency_id("Clinic North")]


def test_a_withdrawal_asks_for_nothing_but_which_consent_it_ends(team):
    ben = team.session("ben")
    one = team.consent("ben", team.code)
    assert code_of(consents.add_consent, ben, team.code, {"status": "withdrawn"}) == "needs_missing"
    document = {"status": "withdrawn", "replaces": one}
    assert consents.add_consent(ben, team.code, document).value.id == one


def test_a_consent_is_of_a_case_that_is_there(team):
    assert code_of(consents.add_consent, team.session("ben"), "f" * 64, CONSENT) == "not_found"
