"""What only officers decide: proposals case by case, forks across cases; and a value that this version does not know."""

import pytest

from ctcase.app import cases, decisions, exchange, office, upkeep
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.payload import FieldSet, Sets
from tests.office_world import PASSPHRASE, code_of


@pytest.fixture
def ben(world):
    world.found()
    return world.member("ben")


def entries(world, name="office"):
    return upkeep.status(world.session(name)).entries


# --- proposals ---------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(world, ben):
    """Two cases that a revoked caseworker changed after the office had his last number."""
    codes = [world.case("ben", {"alias": alias}) for alias in ("Blue", "Green")]
    world.meet("office", "ben")
    stick = [cases.set_fields(ben, code, {"case.alias": f"{code} now"}).value.entry for code in codes]
    bundles = world.bundles("ben", "office")
    office.revoke(world.session("office"), ben.member_id, "laptop lost", PASSPHRASE)
    exchange.read_bundles(world.session("office"), bundles)
    return dict(zip(codes, stick, strict=True))


def test_a_proposal_says_who_wanted_what_and_why_it_is_none(world, ben, proposed):
    found = decisions.proposals(world.session("office")).proposals
    assert {one.entry: one.code for one in found} == {entry: code for code, entry in proposed.items()}
    for one in found:
        assert (one.member, one.device, one.reason) == (ben.member_id, ben.device_id, "revoked")
        assert one.fields == ["case.alias"]


def test_proposals_of_two_cases_are_adopted_in_one_call_by_an_entry_each(world, proposed):
    session, before = world.session("office"), entries(world)
    decisions.adopt(session, list(proposed.values()))
    assert entries(world) == before + 2
    assert decisions.proposals(session).proposals == []
    for code in proposed:
        assert cases.show_case(session, code).alias == f"{code} now"
    assert world.verified("office").ok


def test_one_that_is_no_proposal_stops_them_all(world, proposed):
    session, before = world.session("office"), entries(world)
    code, entry = next(iter(proposed.items()))
    for wrong in ("f" * 64, cases.find_case(session, code)):
        assert code_of(decisions.adopt, session, [entry, wrong]) == "not_found"
    assert entries(world) == before
    assert len(decisions.proposals(session).proposals) == 2


# --- forks across cases ------------------------------------------------------------------------------------------


@pytest.fixture
def forked(world, ben):
    """Two copies of one vault that each made a case of its own: the same numbers in two streams."""
    world.copy("ben", "clone")
    codes = [world.case(name, {"alias": name}) for name in ("ben", "clone")]
    world.send("ben", "office")
    world.send("clone", "office")
    return codes


def test_a_fork_across_cases_is_reported_and_judges_nothing(world, forked):
    session = world.session("office")
    found = decisions.forks(session).forks
    assert [(one.device, one.code) for one in found] == sorted((world.device("ben"), code) for code in forked)
    assert [len(one.entries) for one in found] == [1, 1]
    assert [cases.show_case(session, code).alias for code in forked] == ["ben", "clone"]
    status = upkeep.status(session)
    assert (status.forks, status.void) == ([world.device("ben")], 0)
    assert {"code": "fork", "device": world.device("ben")} in world.verified("office").warnings


def test_it_is_closed_case_by_case(world, forked):
    session = world.session("office")
    for code, left in zip(forked, ([forked[1]], []), strict=True):
        head = cases.show_case(session, code).head
        decisions.close_fork(session, world.device("ben"), head)
        assert [one.code for one in decisions.forks(session).forks] == left
    assert [cases.show_case(session, code).alias for code in forked] == ["ben", "clone"]
    assert upkeep.status(session).forks == []
    assert world.verified("office").ok


def test_closing_a_fork_with_an_entry_that_is_not_here_writes_nothing(world, forked):
    session, before = world.session("office"), entries(world)
    head = cases.show_case(session, forked[0]).head
    assert code_of(decisions.close_fork, session, world.device("ben"), [*head, "f" * 64]) == "not_found"
    assert code_of(decisions.close_fork, session, world.device("ben"), []) == "needs_missing"
    assert (entries(world), len(decisions.forks(session).forks)) == (before, 2)


# --- conflicts ---------------------------------------------------------------------------------------------------


def test_a_field_of_a_newer_form_is_not_decided_by_who_does_not_know_it(world, ben):
    world.member("sup", "supervisor")
    code = world.case("ben")
    world.meet("office", "ben", "sup")
    for name, value in (("ben", "one"), ("sup", "other")):
        session = world.session(name)
        case = cases.find_case(session, code)
        sets = payload.write(Sets("case", {"yet_to_come": FieldSet(value)}))
        with session.work() as work:
            work.write(Draft("set", (("case", "case", sets),)), work.stream(case))
    world.meet("office", "ben", "sup")
    (found,) = decisions.conflicts(ben, code).conflicts
    assert found.field == "case.yet_to_come"
    for wish in ({"keep": found.ours.entry}, {"value": "third"}):
        assert code_of(decisions.resolve_conflict, ben, found.id, **wish) == "newer_version"
    assert len(decisions.conflicts(ben, code).conflicts) == 1


def test_a_case_that_is_not_there_has_no_conflicts_to_list(ben):
    assert code_of(decisions.conflicts, ben, "7KQ4-M2XR") == "not_found"
