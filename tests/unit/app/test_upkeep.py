"""What a vault says of itself: whose work is not sent yet, what arrived, and what a check finds worth telling."""

import shutil
from itertools import count

import pytest

from ctcase.app import cases, exchange, office, upkeep
from ctcase.app.session import open_vault
from ctcase.store import vault
from tests.office_world import PASSPHRASE, World, code_of


def unsent(world, name):
    return {one.to: one.entries for one in upkeep.status(world.session(name)).unsent}


# --- before the welcome ------------------------------------------------------------------------------------------


def test_a_vault_without_a_member_has_nothing_to_say(world):
    vault.create(world.vault("bare"), PASSPHRASE, world.env.randomness, world.env.cost).close()
    session = open_vault(world.vault("bare"), PASSPHRASE, world.env)
    try:
        status = upkeep.status(session)
        assert (status.device, status.member.id, status.member.roles, status.office) == ("", "", [], None)
        assert (status.cases, status.entries, status.unsent, status.peers, status.gaps) == (0, 0, [], [], [])
        assert upkeep.verify(session).ok
    finally:
        session.close()


def test_work_before_the_welcome_waits_for_the_office(world):
    world.join("ben")
    assert unsent(world, "ben") == {}
    world.case("ben")
    status = upkeep.status(world.session("ben"))
    assert unsent(world, "ben") == {"office": status.entries}
    assert (status.enrolled, status.roster, status.peers) == ("requested", 0, [])
    assert world.verified("ben").ok


# --- whose work it is to send ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An office, two teams with a supervisor and a caseworker each, who all know each other; closed."""
    world = World(tmp_path_factory.mktemp("house"))
    world.found()
    world.member("ben")
    world.member("sup", "supervisor")
    world.member("eda", team="B")
    world.member("eve", "supervisor", team="B")
    world.meet("office", "ben", "sup")
    for name in ("eda", "eve", "eda", "eve"):
        world.send("office", name)
        world.send(name, "office")
    world.close()
    return world.folder


@pytest.fixture
def house(built, tmp_path):
    """A copy of it, and by member's id who it is."""
    shutil.copytree(built, tmp_path / "house")
    world = World(tmp_path / "house", seed=8, numbers=count(1000))
    names = ("ben", "sup", "eda", "eve")
    world.id = {world.session(name).member_id: name for name in names} | {"office": "office"}
    yield world
    world.close()


def owed(house, name):
    return sorted(house.id[to] for to in unsent(house, name))


def test_everybody_owes_his_work_to_those_it_is_for(house):
    house.case("ben")
    assert owed(house, "ben") == ["office", "sup"]
    house.send("ben", "sup")
    assert owed(house, "sup") == ["office"], "who wrote it has it"
    house.send("ben", "office")
    assert owed(house, "office") == ["sup"]


def test_the_count_is_of_what_the_other_one_lacks_until_he_says_that_he_has_it(house):
    code = house.case("ben")
    house.meet("office", "ben", "sup")
    assert unsent(house, "ben") == {}
    cases.set_fields(house.session("ben"), code, {"case.alias": "Red"})
    assert set(unsent(house, "ben").values()) == {1}
    house.send("ben", "office")
    assert owed(house, "ben") == ["office", "sup"], "a stick may be lost: sent is not arrived"
    house.send("office", "ben")
    assert owed(house, "ben") == ["sup"]


def test_a_peer_is_told_with_what_he_has_and_what_came_from_him(house):
    def office_as_seen():
        status = upkeep.status(house.session("ben"))
        (peer,) = [one for one in status.peers if one.device == house.device("office")]
        return peer.acknowledged, peer.last, status.entries

    house.case("ben")
    had, last, total = office_as_seen()
    assert had < total
    house.send("ben", "office")
    house.send("office", "ben")
    had, now, total = office_as_seen()
    assert (had, now > last) == (total, True)


def test_who_was_revoked_is_no_peer_and_nobody_writes_to_him(house):
    gone = house.session("sup").member_id
    house.case("ben")
    office.revoke(house.session("office"), gone, "left", PASSPHRASE)
    house.send("office", "ben")
    assert gone not in unsent(house, "ben")
    assert gone not in {one.member for one in upkeep.status(house.session("ben")).peers}


# --- what a check tells ------------------------------------------------------------------------------------------


def codes(verified):
    return {one["code"] for one in verified.warnings}


def test_two_values_beside_each_other_are_a_warning_and_no_damage(house):
    code = house.case("ben")
    house.meet("office", "ben", "sup")
    for name in ("ben", "sup"):
        cases.set_fields(house.session(name), code, {"case.alias": name})
    house.meet("office", "ben", "sup")
    found = house.verified("office")
    assert found.ok
    assert {"code": "conflicts", "count": 1} in found.warnings


def test_a_second_roster_of_one_version_is_told_and_the_first_one_is_kept(house):
    """The office's folder was copied, and both copies signed the next version."""
    ben = house.session("ben")
    house.copy("office", "twin")
    for name, team in (("office", "C"), ("twin", "D")):
        office.set_member(house.session(name), house.session("eda").member_id, None, team, PASSPHRASE)
    version = upkeep.status(house.session("office")).roster
    house.send("office", "ben")
    assert "rival_roster" not in codes(house.verified("ben"))
    house.send("twin", "ben")
    found = house.verified("ben")
    assert found.ok
    assert {"code": "rival_roster", "version": version} in found.warnings
    (eda,) = [one for one in office.members(ben).members if one.id == house.session("eda").member_id]
    assert (eda.team, upkeep.status(ben).roster) == ("C", version)


def test_an_entry_whose_past_is_missing_is_told_until_it_comes(house):
    code = house.case("ben")
    house.copy("office", "older")
    first = house.bundles("ben", "office")
    exchange.read_bundles(house.session("office"), first)
    house.send("office", "ben")
    cases.set_fields(house.session("ben"), code, {"case.alias": "Red"})
    older = house.session("older")
    exchange.read_bundles(older, house.bundles("ben", "office"))
    assert {"code": "waiting", "count": 1} in house.verified("older").warnings
    exchange.read_bundles(older, first)
    assert codes(house.verified("older")) == set()
    assert cases.show_case(older, code).alias == "Red"


# --- passphrases and copies --------------------------------------------------------------------------------------


def test_a_new_passphrase_ends_the_old_one_and_leaves_the_vault_as_it_is(house):
    before = upkeep.status(house.session("ben"))
    upkeep.change_passphrase(house.session("ben"), "another fictional one")
    house.close("ben")
    assert code_of(open_vault, house.vault("ben"), PASSPHRASE, house.env) == "passphrase_wrong"
    session = open_vault(house.vault("ben"), "another fictional one", house.env)
    try:
        assert upkeep.status(session) == before
    finally:
        session.close()


def test_a_backup_has_the_passphrase_it_was_given_and_not_the_vault_s(house):
    file = house.path("backup")
    upkeep.backup(house.session("ben"), file, "a passphrase for the backup")
    assert (
        code_of(upkeep.restore, file, house.vault("again"), PASSPHRASE, house.env, None) == "passphrase_wrong"
    )
    assert not house.vault("again").exists()
    upkeep.restore(file, house.vault("again"), "a passphrase for the backup", house.env, None)
    session = open_vault(house.vault("again"), "a passphrase for the backup", house.env)
    try:
        assert session.member_id == house.session("ben").member_id
    finally:
        session.close()


def test_rebuilding_what_is_sound_changes_nothing(house):
    house.case("ben")
    before = upkeep.status(house.session("ben"))
    assert upkeep.rebuild(house.session("ben")).value.ok
    assert upkeep.status(house.session("ben")) == before
