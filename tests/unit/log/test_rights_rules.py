"""Rules 10 to 13: rights by log position, teams, forks and adoption."""

import itertools

import msgspec
import pytest

from ctcase.log.admission import Graph, admit
from ctcase.log.fold import fold
from ctcase.log.rights import NEVER, NOBODY, DeviceRights, Rights, Row

FIRST = Row(2, NEVER, "m", frozenset({"caseworker"}), ("north",))
LATER = Row(4, 10, "m", frozenset({"supervisor"}), ("north",))


@pytest.mark.parametrize(
    ("number", "roster", "expected"),
    [
        (1, 0, FIRST),  # before the welcome
        (9, 3, FIRST),
        (1, 4, LATER),  # by version
        (10, 0, LATER),  # by number at the latest
        (20, 5, LATER),
        (21, 5, "revoked"),
        (21, 6, "revoked"),  # a roster to come is no way round
        (20, 6, "newer_roster"),
    ],
)
def test_standing_by_version_and_number(number, roster, expected):
    rights = Rights(5, {"d": DeviceRights((FIRST, LATER), b"", 20)})
    assert rights.standing("d", number, roster) == expected
    assert rights.standing("other", number, roster) == "unknown_device"


def test_nobody_has_rights_without_a_roster(world):
    root = world.open()
    folded = fold(world.graph, NOBODY)
    assert folded.void == {root: "unknown_device"}
    assert folded.member(root) == ""
    assert world.fold().member(root) == "worker"


def test_entries_written_before_the_welcome_act_by_the_first_row(world):
    world.add("late", enrolled=False)
    world.devices["late"].roster = 0
    root = world.open("late", team="")
    assert world.void(root) == "unknown_device"
    assert world.fold().team == ""
    world.enrol("late", ["caseworker"], ["west"])
    folded = world.fold()
    assert (folded.void, folded.team, folded.owner) == ({}, "west", "late")


def test_revocation_is_by_number_and_a_back_dated_clock_does_not_help(world):
    world.open()
    good = world.set("second", "A", where="p.a")
    bad = world.set("second", "B", where="p.b", time=1)
    world.revoke("second", last=1)
    folded = world.fold()
    assert folded.void == {bad: "revoked"}
    assert folded.proposals == (bad,)
    assert set(folded.records["p"].fields) == {"a"}
    after = world.set("worker", "C", where="p.c")
    assert world.graph.precedes(bad, after)
    assert world.void(after) == ""
    assert good not in folded.void


def test_a_newer_roster_makes_wait_without_effect(world):
    world.open()
    world.devices["worker"].roster = 2
    one = world.set("worker", "A")
    assert world.void(one) == "newer_roster"
    world.version = 2
    assert world.void(one) == ""


def test_promotion_holds_from_the_version_on(world):
    root = world.open()
    world.grant("second", ["supervisor"], ["north"])
    before = world.transfer("second", "south", knows=[root])
    world.devices["second"].roster = 2
    after = world.transfer("second", "south", knows=[before])
    assert world.void(before) == "role"
    assert world.void(after) == ""


def test_demotion_holds_at_the_latest_from_a_number(world):
    root = world.open()
    before = world.transfer("boss", "north", knows=[root])
    world.grant("boss", ["caseworker"], ["north"], at_latest=2)
    after = world.transfer("boss", "south")
    assert world.void(before) == ""
    assert world.void(after) == "role"


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("other", "set", "not_this_team"),
        ("office", "set", ""),
        ("boss", "set", ""),
        ("worker", "transfer", "role"),
        ("far", "transfer", "not_this_team"),
        ("boss", "transfer", ""),
        ("office", "transfer", ""),
        ("boss", "close", "role"),
        ("worker", "adopt", "role"),
        ("office", "adopt", ""),
        ("other", "withdraw", ""),
        ("other", "consent", "not_this_team"),
    ],
)
def test_who_may_do_what(world, name, kind, reason):
    world.open()
    write = {
        "set": lambda: world.set(name, "A"),
        "transfer": lambda: world.transfer(name, "south"),
        "close": lambda: world.close(name, "worker"),
        "adopt": lambda: world.adopt(name, world.stream),
        "withdraw": lambda: world.withdraw_consent(name),
        "consent": lambda: world.consent(name),
    }
    assert world.void(write[kind]()) == reason


def test_the_team_is_the_one_the_author_knew(world):
    root = world.open()
    moved = world.transfer("boss", "south", knows=[root])
    beside = world.set("second", "A", knows=[root])
    after = world.set("worker", "B", where="p.b", knows=[moved])
    theirs = world.set("other", "C", where="p.c", knows=[moved])
    folded = world.fold()
    assert folded.void == {after: "not_this_team"}
    assert folded.proposals == (after,)
    assert (folded.team, folded.team_at[beside], folded.team_at[theirs]) == ("south", "north", "south")


def test_a_void_transfer_moves_nothing(world):
    world.open()
    world.transfer("worker", "south")
    assert world.void(world.set("worker", "A")) == ""
    assert world.fold().team == "north"


def test_of_two_transfers_the_last_in_order_counts_for_who_knows_both(world):
    root = world.open()
    world.transfer("boss", "south", knows=[root])
    world.transfer("office", "west", knows=[root])
    assert world.fold().team == "west"
    assert world.void(world.set("other", "A")) == "not_this_team"


def test_a_case_that_was_handed_over_often_costs_no_search_through_all_of_it(world, monkeypatch):
    world.open()
    for number in range(100):
        world.transfer("office", ("north", "south")[number % 2])
    asked = []
    monkeypatch.setattr(Graph, "precedes", counted(Graph.precedes, asked))
    folded = world.fold()
    assert (folded.team, folded.void, len(asked)) == ("south", {}, 99)


def counted(call, calls):
    def calling(*arguments):
        calls.append(arguments)
        return call(*arguments)

    return calling


def test_a_case_is_opened_for_ones_own_team_only(world):
    assert world.void(world.open(team="south")) == "not_this_team"
    assert world.void(world.open("office", team="south")) == ""


def fork(world, *, same_number):
    """A cloned vault: two entries after the root, and one after the first of them."""
    root = world.open("second")
    number = world.devices["second"].number
    one = world.set("second", "A", where="p.a", knows=[root])
    after = world.set("second", "B", where="p.b", knows=[one])
    world.devices["second"].number = number
    other = world.set("second", "C", where="p.c", knows=[root], **({} if same_number else {"number": 9}))
    return root, one, after, other


@pytest.mark.parametrize("same_number", [True, False])
def test_a_fork_voids_both_and_what_follows_but_nobody_elses_work(world, same_number):
    _root, one, after, other = fork(world, same_number=same_number)
    theirs = world.set("worker", "D", where="p.d")
    folded = world.fold()
    assert folded.void == {one: "fork", after: "fork", other: "fork"}
    assert theirs not in folded.void
    assert folded.proposals == ()
    assert [(it.device, set(it.entries)) for it in folded.forks] == [
        (world.devices["second"].id, {one, other})
    ]


def test_two_entries_after_the_same_previous_are_a_fork_though_one_knew_the_other(world):
    root = world.open("second")
    one = world.set("second", "A", where="p.a", knows=[root])
    other = world.set("second", "B", where="p.b", knows=[one], previous=root)
    left_out = world.set("second", "C", where="p.c", knows=[other], previous="")
    folded = world.fold()
    assert folded.void == dict.fromkeys([root, one, other, left_out], "fork")


def test_closing_keeps_exactly_the_kept_ids_and_their_ancestors(world):
    _root, _one, after, other = fork(world, same_number=True)
    world.close("office", "second", [after])
    folded = world.fold()
    assert folded.void == {other: "closed"}
    assert folded.proposals == (other,)
    assert folded.forks == ()
    later = world.set("second", "E", where="p.e", knows=[after], number=7)
    assert world.void(later) == "closed"


def test_of_several_closings_the_last_in_order_counts(world):
    root, one, after, other = fork(world, same_number=True)
    world.close("office", "second", [root])
    world.close("office", "second", [other])
    assert world.fold().void == {one: "closed", after: "closed"}


def test_closing_by_anybody_else_does_nothing(world):
    _root, one, after, other = fork(world, same_number=True)
    closing = world.close("boss", "second", [one])
    assert set(world.fold().void) == {one, after, other, closing}
    assert world.void(one) == "fork"


def test_a_closing_ends_a_transition_written_in_doubt(world):
    world.open()
    made = world.referral("approve")
    world.close("office", "boss")
    folded = world.fold()
    assert folded.void == {made["approve"]: "closed"}
    assert folded.machines["r1"].state == "submitted"


def test_adoption_gives_sets_effect_and_leaves_the_author(world):
    world.open()
    lost = world.set("other", "A")
    world.adopt("office", lost, "f" * 64)
    folded = world.fold()
    assert folded.void == {}
    assert folded.records["person"].fields["name"].value == "A"
    assert folded.row[lost].member == "other"


def test_adoption_never_gives_transitions_effect(world):
    world.open()
    moved = world.transfer("far", "south")
    step = world.step("other", "draft")
    consent = world.consent("other")
    world.adopt("office", moved, step, consent)
    folded = world.fold()
    assert set(folded.void) == {moved, step, consent}
    assert (folded.team, folded.machines, folded.consents) == ("north", {}, {})


def test_a_void_adoption_adopts_nothing(world):
    world.open()
    lost = world.set("other", "A")
    world.adopt("boss", lost)
    assert world.void(lost) == "not_this_team"
    assert world.fold().proposals == (lost,)


def test_work_of_a_forked_device_can_be_adopted(world):
    _, one, after, other = fork(world, same_number=True)
    world.adopt("office", other)
    assert world.fold().void == {one: "fork", after: "fork"}


def test_a_device_is_unknown_until_the_roster_names_it(world):
    world.open()
    world.add("stranger", enrolled=False)
    one = world.set("stranger", "A")
    assert world.void(one) == "unknown_device"
    assert world.fold().proposals == (one,)
    world.enrol("stranger", ["caseworker"])
    assert world.void(one) == ""
    assert world.fold().proposals == ()


def test_revocation_before_or_after_the_entries_gives_the_same_state(world):
    root = world.open()
    for n in range(4):
        world.set("second", str(n), where=f"p.f{n}")
    world.revoke("second", last=2)
    entries = list(world.graph.entries.values())
    expected = world.fold()
    assert len([one for one in expected.void.values() if one == "revoked"]) == 2
    for split in range(1, len(entries)):
        graph = Graph(entries[:split])
        fold(graph, Rights(0, {}))
        admit(graph, entries[split:], lambda _: False)
        assert fold(graph, world.rights) == expected
    assert root not in expected.void


def test_the_office_stream_is_written_by_officers_and_administrators(world):
    from ctcase.log import payload

    world.graph = Graph()
    parts = [("office", "control", payload.write(payload.Opening("office", office="x")))]
    entry = world.make("office", "open", parts)
    world.stream = entry.id
    admit(world.graph, [entry], lambda _: False)
    good = world.set("office", "Clinic", where="agency1.name")
    bad = world.set("boss", "Clinic", where="agency2.name")
    notice = world.control("boss", "standing", payload.StandingNotice(world.standing("boss")))
    folded = world.fold()
    assert folded.void == {bad: "role"}
    assert good in folded.ordered
    assert folded.standings == (notice,)


def test_order_of_arrival_does_not_matter_for_a_fork(world):
    fork(world, same_number=True)
    entries = list(world.graph.entries.values())
    expected = world.fold()
    for some in itertools.permutations(entries):
        graph, left = Graph(), list(some)
        for _ in some:
            sorting = admit(graph, left, lambda _: False)
            left = [one for one in left if one.id in sorting.waiting]
        assert not left
        assert fold(graph, world.rights) == expected


def test_the_row_is_kept_for_whoever_asks_who_wrote(world):
    root = world.open()
    assert msgspec.structs.asdict(world.fold().row[root])["member"] == "worker"
