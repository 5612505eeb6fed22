"""Who may what where it takes effect, and who is sent what, on real vaults."""

import random

import pytest

from ctcase.app import cases, consents, decisions, exchange, office, referrals
from ctcase.app.session import Environment, open_vault
from ctcase.crypto.passphrases import BOUNDS
from ctcase.errors import CtcaseError, Refused

PASSPHRASE = "a fictional passphrase"


def submitted(world):
    """A referral of the first caseworker that waits for approval, known to all."""
    stream = world.case("cw1")
    world.consent("cw1", stream)
    referral = world.refer("cw1", stream)
    world.do("cw1", referral, "submit")
    deliver(world)
    return stream, referral


def deliver(world):
    for _ in range(2):
        for name in ("cw1", "sup", "cw2"):
            if world[name].roster is not None:
                world.meet(name, "office")


def void_steps(world, name, referral):
    return [(step.event, step.state) for step in world.referral(name, referral).void]


def test_a_self_approval_takes_no_effect_and_is_shown(world):
    world.rights("cw1", roles=("caseworker", "supervisor"))
    stream, referral = submitted(world)
    with pytest.raises(CtcaseError, match="four_eyes"):
        world.do("cw1", referral, "approve")
    forged = world.cheat(
        "cw1", stream, referral, "approve", world.folded("cw1", stream).folded.machines[referral].head.entry
    )
    deliver(world)
    for name in ("cw1", "sup", "office"):
        assert world.referral(name, referral).state == "submitted"
        assert void_steps(world, name, referral) == [("approve", "four_eyes")]
        line = next(it for it in world.show(name, stream).history if it.entry == forged)
        assert (line.status, line.reason) == ("void", "four_eyes")


def test_an_approval_by_somebody_without_the_role_takes_no_effect_and_is_shown(world):
    stream, referral = submitted(world)
    head = world.folded("cw1", stream).folded.machines[referral].head.entry
    world.cheat("cw1", stream, referral, "approve", head)
    world.cheat("office", stream, referral, "approve", head)
    deliver(world)
    for name in ("cw1", "sup", "office"):
        assert world.referral(name, referral).state == "submitted"
        assert void_steps(world, name, referral) == [("approve", "role")] * 2


def test_a_second_device_of_the_same_member_is_no_second_member(world):
    """Four eyes means two members, not two keys."""
    world.rights("cw1", roles=("caseworker", "supervisor"))
    stream, referral = submitted(world)
    world.rekey("cw1")
    world.enrol_again("cw1")
    world.accept("cw1")
    world.rights("cw1", roles=("caseworker", "supervisor"))
    deliver(world)
    with pytest.raises(CtcaseError, match="four_eyes"):
        world.do("cw1", referral, "approve")
    world.cheat(
        "cw1", stream, referral, "approve", world.folded("cw1", stream).folded.machines[referral].head.entry
    )
    deliver(world)
    assert void_steps(world, "office", referral) == [("approve", "four_eyes")]


def test_an_approval_of_one_content_never_approves_another(world):
    """The content is changed after the approval was asked for: what was approved can be sent, the rest cannot."""
    stream, referral = submitted(world)
    world.do("sup", referral, "approve")
    world.do("cw1", referral, "withdraw", reason="again")
    other = world.refer("cw1", stream)
    world.do("cw1", other, "submit")
    deliver(world)
    approval = next(it.entry for it in world.show("office", stream).history if it.event == "approve")
    stolen = world.cheat("cw1", stream, other, "send", approval)
    deliver(world)
    shown = world.show("office", stream)
    assert next(it for it in shown.referrals if it.id == other).state == "submitted"
    assert next(it.reason for it in shown.history if it.entry == stolen) == "no_basis"
    assert [it.void for it in shown.disclosures] == ["no_basis"], (
        "what left has left: it is listed with an alert"
    )


def test_sending_without_consent_takes_no_effect_and_is_listed(world):
    stream = world.case("cw1")
    referral = world.refer("cw1", stream)
    with pytest.raises(CtcaseError, match="consent_missing"):
        world.do("cw1", referral, "submit")
    draft = world.folded("cw1", stream).folded.machines[referral].head.entry
    world.cheat(
        "cw1",
        stream,
        referral,
        "send_ahead",
        draft,
        agency="a",
        service="s",
        purpose="referral",
        urgency="24h",
        basis="consent",
        consent="c",
        categories=("case",),
    )
    deliver(world)
    shown = world.show("office", stream)
    assert [it.state for it in shown.referrals] == ["draft"]
    assert [(it.what, it.void) for it in shown.disclosures] == [("send_ahead", "consent")]


@pytest.fixture
def strangers(tmp_path):
    """Another office, and a training office."""
    clock = iter(range(1_790_000_000, 1_790_100_000))
    environment = Environment(lambda: next(clock), random.Random(3).randbytes, BOUNDS.floor)
    found = []
    for training in (False, True):
        folder = tmp_path / f"other{training}"
        office.create_office(folder, "Other Office", "Otto Other", PASSPHRASE, environment, training=training)
        found.append(open_vault(folder, PASSPHRASE, environment))
    yield found
    for session in found:
        session.close()


def test_bundles_of_another_office_and_of_training_are_refused(world, strangers, tmp_path):
    request = world.file()
    office.write_request(world["cw2"], request)
    world.join("cw2")
    before = {name: (world.status(name), world.shared(name)) for name in ("cw2", "office")}
    for session in strangers:
        welcome = tmp_path / f"welcome{session.vault_id}"
        office.enrol(
            session, request, team="Elsewhere", role=None, member=None, welcome=welcome, passphrase=PASSPHRASE
        )
        with pytest.raises(Refused, match="other_office"):
            office.accept(world["cw2"], welcome)
        (seen,) = exchange.read_bundles(world["cw2"], [welcome]).value.files
        assert (seen.status, seen.error.code) == ("refused", "other_office")
    assert before == {name: (world.status(name), world.shared(name)) for name in ("cw2", "office")}
    office.write_request(world["cw1"], request)  # it names the office that the device belongs to
    with pytest.raises(Refused, match="other_office"):
        office.look_at_request(strangers[0], request)


def test_a_revoked_sender_is_heard_by_the_office_only_and_his_work_can_be_adopted(world):
    stream = world.case("cw1", first_name="Before")
    deliver(world)
    world.revoke("cw1")
    world.set("cw1", stream, "Late")  # he has not heard of it: writing is never blocked
    world.send("office", "sup")
    (seen,) = world.send("cw1", "sup")
    assert (seen.status, seen.error.code) == ("refused", "sender_revoked")
    (seen,) = world.send("cw1", "office")
    assert (seen.status, seen.entries.proposals) == ("new", 1)
    assert world.show("office", stream).records[0].fields == {"first_name": "Before"}
    (proposal,) = decisions.proposals(world["office"]).proposals
    assert (proposal.reason, proposal.fields) == ("revoked", ["person.first_name"])
    decisions.adopt(world["office"], [proposal.entry])
    world.send("office", "sup")
    for name in ("office", "sup"):
        assert world.show(name, stream).records[0].fields == {"first_name": "Late"}
        assert world.status(name).proposals == 0


def test_what_a_revoked_device_decided_counts_up_to_its_last_number(world):
    stream, referral = submitted(world)
    world.do("sup", referral, "approve")
    deliver(world)
    late = world.refer("cw1", stream)
    world.do("cw1", late, "submit")
    world.send("cw1", "sup")
    world.revoke("sup")
    world.do("sup", late, "approve")
    world.send("sup", "office")
    world.meet("cw1", "office")
    assert world.referral("office", referral).state == "approved"
    assert world.referral("cw1", late).state == "submitted"
    for name in ("office", "cw1"):
        assert void_steps(world, name, late) == [("approve", "revoked")]


def test_after_a_transfer_the_old_team_hears_of_it_and_of_nothing_after(world):
    world.join("cw2", team="South")
    stream = world.case("cw1")
    deliver(world)
    assert world.streams("cw2") == []
    world.transfer("sup", stream, "South")
    deliver(world)
    world.set("cw2", stream, "Secret")
    deliver(world)
    for name in ("cw1", "sup"):
        shown = world.show(name, stream)
        assert shown.team == "South"
        assert shown.records[0].fields == {"first_name": "Aylin"}
        assert shown.may_write == "not_this_team"
    for name in ("cw2", "office"):
        assert world.show(name, stream).records[0].fields == {"first_name": "Secret"}


def test_who_had_a_case_handed_over_hears_when_it_goes_on(world):
    world.join("cw2", team="South")
    stream = world.case("cw1")
    deliver(world)
    for team in ("South", "North"):
        world.transfer("office", stream, team)
        deliver(world)
        assert {world.show(name, stream).team for name in ("office", "cw1", "cw2", "sup")} == {team}
    world.set("cw1", stream, "Back")
    deliver(world)
    assert world.show("cw2", stream).records[0].fields == {"first_name": "Aylin"}


def test_work_that_crossed_with_a_transfer_is_not_lost(world):
    world.join("cw2", team="South")
    stream = world.case("cw1")
    deliver(world)
    world.transfer("office", stream, "South")
    world.set("cw1", stream, "Crossed")
    deliver(world)
    assert world.show("cw2", stream).records[0].fields == {"first_name": "Crossed"}
    with pytest.raises(CtcaseError, match="not_your_case"):
        world.set("cw1", stream, "Later")


def test_a_caseworker_is_not_sent_the_cases_of_a_colleague(world):
    world.join("cw2", team="North")
    mine, theirs = world.case("cw2"), world.case("cw1")
    deliver(world)
    assert world.streams("cw1") == [theirs]
    assert world.streams("cw2") == [mine]
    assert world.streams("sup") == sorted([mine, theirs])
    world.send("cw1", "cw2")
    assert world.streams("cw2") == [mine], "by hand neither"


def test_rights_end_with_the_roster_they_were_taken_away_by(world):
    stream, referral = submitted(world)
    world.rights("sup", roles=("caseworker",))
    world.do("sup", referral, "approve")  # what the office had not seen when it took the role away
    deliver(world)
    shown = world.referral("office", referral)
    assert shown.state == "submitted"
    assert [(step.event, step.state) for step in shown.void] == [("approve", "role")]
    world.do("cw1", referral, "withdraw", reason="again")
    other = world.refer("cw1", stream)
    world.do("cw1", other, "submit")
    deliver(world)
    world.rights("cw1", roles=("caseworker", "supervisor"))
    with pytest.raises(CtcaseError, match="not_found"):
        world.do("sup", other, "approve")


def test_a_standing_approval_travels_and_approves_what_fits(world):
    scope = {
        "recipient": "Shelter Example",
        "service": "shelter",
        "categories": ["identity"],
        "until": "2027",
    }
    referrals.grant_standing(world["sup"], scope)
    deliver(world)
    stream = world.case("cw1")
    world.consent("cw1", stream)
    referral = world.refer("cw1", stream)
    world.do("cw1", referral, "submit")
    assert world.do("cw1", referral, "approve").to == "approved"
    deliver(world)
    for name in ("office", "sup"):
        assert world.referral(name, referral).state == "approved"


def test_concurrent_values_are_both_kept_until_somebody_decides(world):
    stream = world.case("cw1")
    deliver(world)
    world.set("cw1", stream, "Field")
    world.set("office", stream, "Desk")
    deliver(world)
    for name in ("cw1", "office", "sup"):
        (conflict,) = decisions.conflicts(world[name]).conflicts
        assert {it.value for it in (conflict.ours, *conflict.theirs)} == {"Field", "Desk"}
    decisions.resolve_conflict(world["sup"], conflict.id, keep=conflict.ours.entry)
    deliver(world)
    with pytest.raises(CtcaseError, match="conflict_stale"):
        decisions.resolve_conflict(world["cw1"], conflict.id, keep=conflict.ours.entry)
    assert {
        world.show(name, stream).records[0].fields["first_name"] for name in ("cw1", "office", "sup")
    } == {conflict.ours.value}


def test_rival_steps_are_a_conflict_that_another_member_decides(world):
    stream, referral = submitted(world)
    world.do("sup", referral, "return", comment="more")
    world.do("cw1", referral, "withdraw", reason="unsafe")
    deliver(world)
    shown = world.referral("sup", referral)
    assert len(shown.rivals) == 2
    with pytest.raises(CtcaseError, match="role_missing"):
        world.do("cw1", referral, "decide", keep=shown.rivals[0])
    kept = next(it.entry for it in shown.rival_steps if it.event == "return")
    with pytest.raises(CtcaseError, match="four_eyes"):
        world.do("sup", referral, "decide", keep=kept)
    deliver(world)
    assert world.shared("cw1", {stream}) == world.shared("office", {stream})


def test_an_officer_adopts_nothing_twice_and_closes_no_fork_that_is_not_there(world):
    with pytest.raises(CtcaseError, match="not_found"):
        decisions.adopt(world["office"], [world.case("cw1")])
    with pytest.raises(CtcaseError, match="not_found"):
        decisions.close_fork(world["office"], world["cw1"].device_id, [])


def test_consents_of_both_ends_meet(world):
    """A withdrawal heard at the office stops the sending in the field once it is known there."""
    stream, referral = submitted(world)
    world.do("sup", referral, "approve")
    deliver(world)
    (consent,) = world.show("office", stream).consents
    consents.add_consent(world["office"], stream, {"status": "withdrawn", "replaces": consent.id})
    deliver(world)
    with pytest.raises(CtcaseError, match="consent_missing"):
        world.do("cw1", referral, "send")
    assert cases.show_case(world["cw1"], stream).consents[0].status == "withdrawn"
