"""Rules 16 to 20: steps are judged by their causal past, one path is walked, disclosures are facts."""

import itertools

import msgspec
import pytest

from ctcase.log import fold_steps, payload
from ctcase.log.admission import Graph
from ctcase.log.entry import WITHHELD
from ctcase.log.fold import fold
from ctcase.model.values import CONTROL

NEEDS = {
    "return": "comment",
    "reject": "reason",
    "withdraw": "reason",
    "acknowledge": "channel",
    "complete": "feedback",
}


def machine(world):
    return world.fold().machines["r1"]


def rivals(world):
    """A submit that one supervisor approves and another rejects; neither knows of the other."""
    world.open()
    made = world.referral("submit")
    approve = world.step("boss", "approve", made["submit"], how={"knows": [made["submit"]]})
    reject = world.step("chief", "reject", made["submit"], how={"knows": [made["submit"]]})
    return made["submit"], approve, reject


def test_an_ordinary_referral_goes_its_way(world):
    world.open()
    made = world.referral("accept")
    folded = world.fold()
    assert folded.void == {}
    it = folded.machines["r1"]
    assert (it.state, it.rivals, it.flags) == ("accepted", (), ())
    assert it.path == tuple((one,) for one in made.values())
    start = world.step("worker", "start", made["accept"])
    world.step("worker", "complete", start)
    assert machine(world).state == "completed"


def test_content_sent_is_content_approved(world):
    world.open()
    made = world.referral("send")
    it = machine(world)
    assert it.nodes[made["approve"]].basis.content == made["submit"]
    assert it.nodes[made["send"]].basis.content == made["submit"]
    (left,) = world.fold().disclosures
    assert (left.entry, left.content, left.agency, left.fields) == (
        made["send"],
        made["submit"],
        "clinic1",
        ("health.need",),
    )


def test_a_later_edit_never_touches_an_approval(world):
    world.open()
    made = world.referral("submit")
    world.set("worker", "new", where="health.need")
    approve = world.step("boss", "approve", made["submit"])
    assert world.void(approve) == ""
    assert machine(world).nodes[approve].basis.content == made["submit"]


@pytest.mark.parametrize("name", ["worker", "second", "office"])
def test_only_a_supervisor_approves(world, name):
    world.open()
    made = world.referral("submit")
    assert world.void(world.step(name, "approve", made["submit"])) == "role"


def test_a_supervisor_of_another_team_does_not_approve(world):
    world.open()
    made = world.referral("submit")
    assert world.void(world.step("far", "approve", made["submit"])) == "not_this_team"


@pytest.mark.parametrize("event", ["approve", "return", "reject"])
def test_two_devices_of_one_member_are_one_member(world, event):
    world.add("double", ["caseworker", "supervisor"])
    world.add("double2", ["supervisor"], member="double")
    world.open()
    draft = world.step("double", "draft")
    submit = world.step("double", "submit", draft)
    assert world.void(world.step("double", event, submit)) == "four_eyes"
    assert world.void(world.step("double2", event, submit)) == "four_eyes"
    assert world.void(world.step("boss", event, submit)) == ""


def test_approving_one_submit_never_approves_another(world):
    world.open()
    made = world.referral("submit")
    back = world.step("boss", "return", made["submit"])
    second = world.step("worker", "submit", back)
    replayed = world.step("boss", "approve", made["submit"])
    assert world.void(replayed) == "overtaken"
    assert machine(world).state == "submitted"
    sent = world.step("worker", "send", replayed)
    assert world.void(sent) == "overtaken"
    assert machine(world).head.entry == second


def test_an_approval_on_another_referral_has_no_basis(world):
    world.open()
    made = world.referral("submit")
    world.referral("submit", machine="r2")
    assert world.void(world.step("boss", "approve", made["submit"], "r2")) == "no_basis"


@pytest.mark.parametrize(
    ("event", "follows", "reason"),
    [
        ("approve", "", "no_basis"),
        ("approve", "f" * 64, "no_basis"),
        ("approve", "draft", "state"),
        ("send", "submit", "state"),
        ("draft", "submit", "state"),
        ("unheard_of", "submit", "state"),
        ("ratify", "submit", "state"),
        ("decide", "submit", "no_basis"),
    ],
)
def test_steps_that_the_table_does_not_know_are_void(world, event, follows, reason):
    world.add("both", ["caseworker", "supervisor"])
    world.open()
    made = world.referral("submit")
    one = world.step("both", event, made.get(follows, follows))
    assert world.void(one) == reason
    assert machine(world).state == "submitted"


def test_a_step_follows_what_its_author_knew(world):
    world.open()
    made = world.referral("submit")
    knew_not = world.step("boss", "approve", made["submit"], how={"knows": [world.stream]})
    later = world.stream
    for value in "ABC":
        later = world.set("chief", value, knows=[later])
    knew_not_either = world.step("chief", "approve", made["submit"], how={"knows": [later]})
    assert world.fold().void == {knew_not: "no_basis", knew_not_either: "no_basis"}


def test_a_step_on_a_void_step_has_no_basis(world):
    world.open()
    made = world.referral("submit")
    void = world.step("worker", "approve", made["submit"])
    sent = world.step("worker", "send", void)
    folded = world.fold()
    assert folded.void == {void: "role", sent: "no_basis"}
    assert [(it.entry, it.content) for it in folded.disclosures] == [(sent, made["submit"])]


@pytest.mark.parametrize(("event", "need"), NEEDS.items())
def test_needs_are_needed(world, event, need):
    world.open()
    made = world.referral("accept")
    follows = {"acknowledge": "send", "complete": "accept", "withdraw": "accept"}.get(event, "submit")
    full = {"comment": "c", "reason": "r", "contact": "c", "date": "2024", "channel": "c"}
    full |= {"outcome": "o", "received": "r", "feedback": "f"}
    name = "boss" if event in ("return", "reject") else "worker"
    data = {key: value for key, value in full.items() if key != need}
    assert world.void(world.step(name, event, made[follows], data=data)) == "needs"


@pytest.mark.parametrize("lacks", ["agency", "service", "purpose", "urgency", "categories"])
def test_content_states_its_terms(world, lacks):
    world.open()
    draft = world.step("worker", "draft")
    empty = () if lacks == "categories" else ""
    assert world.void(world.step("worker", "submit", draft, **{lacks: empty})) == "needs"


def test_the_stated_categories_have_parts(world):
    world.open()
    draft = world.step("worker", "draft")
    assert world.void(world.step("worker", "submit", draft, categories=("health", "legal"))) == "needs"


@pytest.mark.parametrize("basis", ["vital_interest", "legal_duty"])
def test_other_bases_than_consent_need_a_reason(world, basis):
    world.open()
    draft = world.step("worker", "draft")
    content = {"content": {"health.need": "x"}}
    assert world.void(world.step("worker", "submit", draft, data=content, basis=basis)) == "needs"
    good = world.step("worker", "submit", draft, data=content | {"reason": "why"}, basis=basis)
    assert world.void(good) == ""


def test_a_withheld_part_changes_no_verdict(world):
    world.open()
    world.consent("worker", categories=("health",))
    draft = world.step("worker", "draft")
    control = payload.Step(
        "submit", draft, "clinic1", "", "care", "referral", "24h", "consent", "c1", ("health",)
    )
    parts = [
        ("r1", CONTROL, payload.write(control)),
        ("r1", "case", payload.write(payload.StepData(reason="words"))),
        ("r1", "health", payload.write(payload.StepData(content={"health.need": "x"}))),
    ]
    one = world.write("worker", "step", parts)
    assert world.void(one) == ""
    entry = world.graph.entries[one]
    for hidden in ([0], [2], [0, 2]):
        bodies = tuple(WITHHELD if n in hidden else part for n, part in enumerate(entry.parts))
        world.graph.replace(msgspec.structs.replace(entry, parts=bodies))
        assert world.void(one) == ""
        assert machine(world).state == "submitted"


# step conflicts


def test_stopping_events_come_first_and_the_rival_is_overtaken(world):
    _, approve, reject = rivals(world)
    folded = world.fold()
    assert folded.void == {approve: "overtaken"}
    it = folded.machines["r1"]
    assert (it.state, it.rivals) == ("rejected", tuple(sorted([approve, reject])))


def test_two_approvals_are_one_step(world):
    world.open()
    made = world.referral("submit")
    both = [
        world.step(who, "approve", made["submit"], how={"knows": [made["submit"]]})
        for who in ("boss", "chief")
    ]
    it = machine(world)
    assert (it.state, it.rivals, set(it.path[-1])) == ("approved", (), set(both))
    send = world.step("worker", "send", both[1])
    assert world.void(send) == ""
    assert machine(world).state == "sent"


def test_two_submits_are_a_conflict(world):
    world.open()
    draft = world.step("worker", "draft")
    first = world.step("worker", "submit", draft, how={"knows": [draft]})
    second = world.step("second", "submit", draft, how={"knows": [draft]})
    it = machine(world)
    assert (it.path[-1], it.rivals) == ((first,), tuple(sorted([first, second])))


def test_a_conflict_is_open_until_a_step_on_the_path_knows_it(world):
    world.open()
    draft = world.step("worker", "draft")
    first = world.step("worker", "submit", draft, how={"knows": [draft]})
    second = world.step("second", "submit", draft, how={"knows": [draft]})
    world.step("boss", "approve", first, how={"knows": [first]})
    assert machine(world).rivals == tuple(sorted([first, second]))
    back = machine(world).head.entry
    send = world.step("worker", "send", back)
    it = machine(world)
    assert (it.rivals, it.head.entry) == ((), send)


def test_what_happened_is_not_undone_by_a_late_entry(world):
    """A back-dated withdrawal wins the path, yet every step stays valid and the disclosure stays a fact."""
    world.open()
    made = world.referral("accept")
    late = world.step("second", "withdraw", made["submit"], how={"knows": [made["submit"]], "time": 1})
    folded = world.fold()
    it = folded.machines["r1"]
    assert set(it.nodes) == {*made.values(), late}
    assert {folded.void[made[event]] for event in ("approve", "send", "acknowledge", "accept")} == {
        "overtaken"
    }
    assert [one.entry for one in folded.disclosures] == [made["send"]]
    assert it.rivals == tuple(sorted([made["approve"], late]))


def test_a_decision_restores_what_it_keeps(world):
    _, approve, reject = rivals(world)
    world.add("third", ["supervisor"])
    decide = world.step("third", "decide", reject, keep=approve)
    it = machine(world)
    assert world.void(decide) == ""
    assert (it.state, it.rivals, it.head.entry) == ("approved", (), decide)
    send = world.step("worker", "send", decide)
    assert world.void(send) == ""
    assert world.fold().disclosures[0].content == machine(world).nodes[decide].basis.content


def test_steps_the_decider_had_not_seen_follow_the_decision(world):
    submit, approve, reject = rivals(world)
    world.add("third", ["supervisor"])
    unseen = world.step("worker", "send", approve, how={"knows": [approve]})
    decide = world.step("third", "decide", reject, keep=approve, how={"knows": [approve, reject]})
    folded = world.fold()
    it = folded.machines["r1"]
    assert it.path[-2:] == ((decide,), (unseen,))
    assert (it.state, it.rivals) == ("sent", ())
    assert folded.void == {approve: "overtaken"}
    assert submit in it.nodes


def test_a_decision_for_the_step_on_the_path_comes_before_what_it_had_not_seen(world):
    world.open()
    draft = world.step("worker", "draft")
    first = world.step("worker", "submit", draft, how={"knows": [draft]})
    second = world.step("second", "submit", draft, how={"knows": [draft]})
    unseen = world.step("boss", "approve", first, how={"knows": [first]})
    decide = world.step("chief", "decide", first, keep=first, how={"knows": [first, second]})
    it = machine(world)
    assert it.path[-3:] == ((first,), (decide,), (unseen,))
    assert (it.state, it.rivals) == ("approved", ())


def test_two_decisions_against_each_other_are_a_conflict(world):
    _, approve, reject = rivals(world)
    world.add("third", ["supervisor"])
    world.add("fourth", ["supervisor"])
    one = world.step("third", "decide", reject, keep=approve, how={"knows": [approve, reject]})
    other = world.step("fourth", "decide", reject, keep=reject, how={"knows": [approve, reject]})
    it = machine(world)
    assert it.rivals == tuple(sorted([one, other]))
    world.add("fifth", ["supervisor"])
    last = world.step("fifth", "decide", it.head.entry, keep=one)
    assert (machine(world).rivals, machine(world).state, machine(world).head.entry) == ((), "approved", last)


def test_who_decides_wrote_neither_the_step_nor_its_content(world):
    _, approve, reject = rivals(world)
    assert world.void(world.step("boss", "decide", reject, keep=approve)) == "four_eyes"
    assert world.void(world.step("chief", "decide", reject, keep=reject)) == "four_eyes"
    assert world.void(world.step("boss", "decide", reject, keep=reject)) == ""


def test_the_author_of_the_content_does_not_decide(world):
    world.add("double", ["caseworker", "supervisor"])
    world.open()
    draft = world.step("double", "draft")
    submit = world.step("double", "submit", draft)
    world.step("boss", "approve", submit, how={"knows": [submit]})
    reject = world.step("chief", "reject", submit, how={"knows": [submit]})
    assert world.void(world.step("double", "decide", reject, keep=reject)) == "four_eyes"


def test_a_stale_decision_is_void(world):
    _, approve, reject = rivals(world)
    world.add("third", ["supervisor"])
    decide = world.step("third", "decide", reject, keep=approve)
    again = world.step("third", "decide", decide, keep=reject)
    assert world.void(again) == "no_basis"
    unknown = world.step("third", "decide", decide, keep="f" * 64)
    assert world.void(unknown) == "no_basis"


def test_each_half_of_a_fork_decides_by_what_it_knew(world):
    """The officer keeps both: the second never knew of the conflict that the first one decides."""
    world.open()
    draft = world.step("worker", "draft")
    first = world.step("worker", "submit", draft, how={"knows": [draft]})
    second = world.step("second", "submit", draft, how={"knows": [draft]})
    boss = world.devices["boss"]
    place = boss.number, boss.before
    decide = world.step("boss", "decide", first, keep=first, how={"knows": [first, second]})
    boss.number, boss.before = place
    rival = world.step("boss", "decide", first, keep=first, how={"knows": [first]})
    assert world.fold().void == {second: "overtaken", decide: "fork", rival: "fork"}
    world.close("office", "boss", [decide, rival])
    assert world.fold().void == {second: "overtaken", rival: "no_basis"}


def test_many_decisions_of_one_member_cost_one_walk(world, monkeypatch):
    """What his past makes of the referral is kept from one decision to the next; in vain or not, the verdict stays."""
    made = []

    class Counted(fold_steps.Path):
        def __init__(self, *arguments):
            made.append(arguments)
            super().__init__(*arguments)

    _, approve, reject = rivals(world)
    monkeypatch.setattr(fold_steps, "Path", Counted)
    in_vain = [world.step("worker", "decide", reject, keep=approve) for _ in range(20)]
    assert set(world.fold().void.items()) == {(approve, "overtaken"), *((one, "role") for one in in_vain)}
    assert len(made) == 2  # the worker's past, and the referral as it is


def test_steps_in_an_unlucky_order_cost_no_walk_each(world, monkeypatch):
    """Each draft that is followed is an earlier one: added one by one, each would begin the walk again."""
    walked = []

    class Counted(fold_steps.Path):
        def _walk_from(self, number):
            walked.append(number)
            super()._walk_from(number)

    world.open()
    drafts = [world.step("worker", "draft") for _ in range(3 * fold_steps.FEW)]
    submits = [world.step("worker", "submit", one) for one in reversed(drafts)]
    world.step("worker", "decide", submits[-1], keep=submits[-1])
    monkeypatch.setattr(fold_steps, "Path", Counted)
    world.fold()
    assert walked == []


def test_only_a_supervisor_decides(world):
    _, approve, reject = rivals(world)
    assert world.void(world.step("worker", "decide", reject, keep=approve)) == "role"


# retract


def test_retract_gives_back_the_state_before(world):
    world.open()
    made = world.referral("approve")
    back = world.step("boss", "retract", made["approve"])
    it = machine(world)
    assert (it.state, it.head.entry, it.head.basis.content) == ("submitted", back, made["submit"])
    again = world.step("chief", "approve", back)
    assert world.void(again) == ""
    send = world.step("worker", "send", again)
    assert world.fold().disclosures[0].content == made["submit"]
    assert world.void(send) == ""


@pytest.mark.parametrize(
    ("event", "name", "reason"),
    [
        ("approve", "chief", "not_author"),
        ("send", "worker", "disclosed"),
        ("draft", "worker", "state"),
        ("submit", "worker", "built_on"),
    ],
)
def test_what_cannot_be_retracted(world, event, name, reason):
    world.open()
    made = world.referral("send" if event == "send" else "approve")
    assert world.void(world.step(name, "retract", made[event])) == reason


def test_a_retract_beside_the_next_step_is_a_conflict(world):
    world.open()
    made = world.referral("approve")
    knows = {"knows": [made["approve"]]}
    send = world.step("worker", "send", made["approve"], how=knows)
    back = world.step("boss", "retract", made["approve"], how=knows)
    assert machine(world).rivals == tuple(sorted([send, back]))
    assert [it.entry for it in world.fold().disclosures] == [send]


def test_a_retract_is_not_retracted(world):
    world.open()
    made = world.referral("approve")
    back = world.step("boss", "retract", made["approve"])
    assert world.void(world.step("boss", "retract", back)) == "state"


# send ahead, ratify, contest


def ahead(world):
    world.open()
    draft = world.step("worker", "draft")
    return world.step("worker", "send_ahead", draft)


def test_send_ahead_discloses_and_waits_for_ratification(world):
    one = ahead(world)
    flag = world.step("boss", "ratify", one)
    folded = world.fold()
    assert folded.void == {}
    assert (folded.machines["r1"].state, folded.machines["r1"].flags) == ("sent", ((flag, "ratify"),))
    assert [(it.what, it.content) for it in folded.disclosures] == [("send_ahead", one)]


def test_flags_rival_nothing_and_both_are_kept(world):
    one = ahead(world)
    beside = world.step("worker", "acknowledge", one, how={"knows": [one]})
    yes = world.step("boss", "ratify", one, how={"knows": [one]})
    no = world.step("chief", "contest", one, how={"knows": [one]})
    it = machine(world)
    assert (it.state, it.head.entry, it.rivals) == ("acknowledged", beside, ())
    assert it.flags == ((yes, "ratify"), (no, "contest"))
    assert world.fold().void == {}


def test_a_flag_comes_also_when_the_referral_has_gone_on(world):
    one = ahead(world)
    world.step("worker", "decline", one)
    assert world.void(world.step("boss", "contest", one)) == ""
    assert machine(world).state == "declined"


def test_the_sender_does_not_ratify_and_nothing_follows_a_flag(world):
    world.add("double", ["caseworker", "supervisor"])
    world.open()
    draft = world.step("double", "draft")
    one = world.step("double", "send_ahead", draft)
    assert world.void(world.step("double", "ratify", one)) == "four_eyes"
    assert world.void(world.step("worker", "ratify", one)) == "role"
    flag = world.step("boss", "ratify", one)
    assert world.void(world.step("worker", "acknowledge", flag)) == "no_basis"


def test_an_ordinary_send_is_not_ratified(world):
    world.open()
    made = world.referral("send")
    assert world.void(world.step("boss", "ratify", made["send"])) == "state"


# standing approvals


def approve_standing(world, envelope, name="worker", **how):
    made = world.referral("submit")
    return world.step(name, "approve", made["submit"], standing=envelope, how=how)


def test_a_standing_approval_approves_what_fits(world):
    world.open()
    one = approve_standing(world, world.standing("boss"))
    assert world.void(one) == ""
    assert machine(world).state == "approved"


@pytest.mark.parametrize(
    "scope",
    [
        {"recipient": "clinic2"},
        {"recipient": "kind:clinic"},
        {"service": "shelter"},
        {"categories": ("case",)},
        {"until": "2024-10-03"},
        {"until": "2023"},
    ],
)
def test_a_standing_approval_that_does_not_fit_is_none(world, scope):
    world.open()
    assert world.void(approve_standing(world, world.standing("boss", **scope))) == "role"


@pytest.mark.parametrize(
    ("name", "how"), [("worker", {}), ("office", {}), ("boss", {"roster": 9}), ("gone", {}), ("stranger", {})]
)
def test_a_standing_approval_needs_a_supervisor_whose_rights_held(world, name, how):
    world.add("gone", ["supervisor"])
    world.revoke("gone", last=0)
    world.add("stranger", enrolled=False)
    world.open()
    assert world.void(approve_standing(world, world.standing(name, **how))) == "role"


def test_who_is_no_supervisor_any_more_approves_nothing_beforehand(world):
    world.open()
    envelope = world.standing("boss")
    world.grant("boss", ["caseworker"], ["north"])
    before = approve_standing(world, envelope)
    assert world.void(before) == ""
    world.devices["worker"].roster = 2
    draft = world.step("worker", "draft", machine="r2")
    submit = world.step("worker", "submit", draft, "r2")
    assert world.void(world.step("worker", "approve", submit, "r2", standing=envelope)) == "role"


def test_nobody_approves_beforehand_for_himself(world):
    world.add("double", ["caseworker", "supervisor"])
    world.add("double2", ["supervisor"], member="double")
    world.open()
    draft = world.step("double", "draft")
    submit = world.step("double", "submit", draft)
    for signer in ("double", "double2"):
        one = world.step("double", "approve", submit, standing=world.standing(signer))
        assert world.void(one) == "four_eyes"
    assert world.void(world.step("double", "approve", submit, standing=world.standing("boss"))) == ""


def test_a_forged_standing_approval_is_none(world):
    world.open()
    good = world.standing("boss")
    other = world.standing("chief")
    assert good != other
    signature = good[good.index('"sig":"') + 7 :][:40]
    theirs = other[other.index('"sig":"') + 7 :][:40]
    for bad in (good.replace(signature, theirs), "x", "{}", good + " ", ""):
        machine = f"m{len(world.graph.entries)}"
        made = world.referral("submit", machine)
        assert world.void(world.step("worker", "approve", made["submit"], machine, standing=bad)) == "role"


def test_a_standing_approval_names_the_device_that_signed(world):
    from ctcase.crypto import dsse
    from ctcase.workflow.consent import StandingApproval

    world.open()
    scope = StandingApproval("clinic1", "care", ("health",), "2030")
    claim = payload.Standing(world.devices["boss"].id, 1, 1, scope)
    signed = dsse.sign(payload.STANDING_TYPE, payload.write(claim), [world.devices["worker"].key])
    assert world.void(approve_standing(world, dsse.encode(signed).decode())) == "role"
    wrong_type = dsse.sign("application/x", payload.write(claim), [world.devices["boss"].key])
    made = world.referral("submit", machine="r2")
    text = dsse.encode(wrong_type).decode()
    assert world.void(world.step("worker", "approve", made["submit"], "r2", standing=text)) == "role"


# disclosures


@pytest.mark.parametrize("name", ["other", "gone"])
def test_void_disclosures_stay_in_the_list(world, name):
    world.add("gone")
    world.revoke("gone", last=0)
    world.open()
    made = world.referral("approve")
    sent = world.step(name, "send", made["approve"])
    letter = world.control(name, "disclose", payload.Disclosure("letter", "clinic1", made["submit"]), "r1")
    folded = world.fold()
    assert set(folded.void) == {sent, letter}
    assert [(it.entry, it.what) for it in folded.disclosures] == [(sent, "send"), (letter, "letter")]


def test_a_disclosure_with_a_malformed_or_missing_part_stays_in_the_list(world):
    world.open()
    parts = [
        ("x1", CONTROL, payload.write(payload.Disclosure("export", "clinic1"))),
        ("x1", "case", b"nonsense"),
    ]
    one = world.write("worker", "disclose", parts)
    assert world.void(one) == "malformed"
    assert [it.entry for it in world.fold().disclosures] == [one]
    entry = world.graph.entries[one]
    world.graph.replace(msgspec.structs.replace(entry, parts=(None, entry.parts[1])))
    assert world.void(one) == "payload_missing"
    assert [it.entry for it in world.fold().disclosures] == [one]


def test_what_left_and_to_whom_is_told(world):
    world.open()
    parts = [
        ("x1", CONTROL, payload.write(payload.Disclosure("letter", "clinic1", "", "consent"))),
        ("x1", "case", payload.write(payload.DisclosureData("The Clinic", ("person.name",)))),
    ]
    world.write("worker", "disclose", parts)
    (it,) = world.fold().disclosures
    assert (it.subject, it.agency, it.basis, it.to, it.fields) == (
        "x1",
        "clinic1",
        "consent",
        "The Clinic",
        ("person.name",),
    )


def test_disclosures_of_unknown_devices_are_facts_too(world):
    world.add("stranger", enrolled=False)
    world.open()
    one = world.control("stranger", "disclose", payload.Disclosure("letter"))
    assert [it.entry for it in world.fold().disclosures] == [one]


def test_the_walk_is_the_same_in_any_order_of_arrival(world):
    _, approve, reject = rivals(world)
    world.add("third", ["supervisor"])
    world.step("third", "decide", reject, keep=approve)
    entries = list(world.graph.entries.values())
    expected = world.fold()
    for swapped in itertools.combinations(range(1, len(entries)), 2):
        some = list(entries)
        some[swapped[0]], some[swapped[1]] = some[swapped[1]], some[swapped[0]]
        assert fold(Graph(some), world.rights) == expected
