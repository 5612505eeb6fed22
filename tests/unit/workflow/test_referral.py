"""The referral's table, its judge and what is offered: against the plan's table, written out once more by hand."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.errors import EXITS
from ctcase.workflow.policy import ROLES, may
from ctcase.workflow.referral import (
    REASONS,
    REFUSALS,
    STATES,
    TABLE,
    Actor,
    Basis,
    Facts,
    Situation,
    advance,
    available,
    judge,
    state_after,
)

# (event, from, to, who): DESIGN §7, one line for each transition. Written by hand, never made from the code.
PLAN = """
submit       draft         submitted     caseworker
submit       returned      submitted     caseworker
return       submitted     returned      supervisor
reject       submitted     rejected      supervisor
approve      submitted     approved      supervisor
send         approved      sent          caseworker
send_ahead   draft         sent          caseworker
send_ahead   submitted     sent          caseworker
acknowledge  sent          acknowledged  caseworker
accept       sent          accepted      caseworker
accept       acknowledged  accepted      caseworker
decline      sent          declined      caseworker
decline      acknowledged  declined      caseworker
start        accepted      in_service    caseworker
complete     accepted      completed     caseworker
complete     in_service    completed     caseworker
discontinue  accepted      discontinued  caseworker
discontinue  in_service    discontinued  caseworker
withdraw     draft         withdrawn     caseworker supervisor
withdraw     submitted     withdrawn     caseworker supervisor
withdraw     returned      withdrawn     caseworker supervisor
withdraw     approved      withdrawn     caseworker supervisor
withdraw     sent          withdrawn     caseworker supervisor
withdraw     acknowledged  withdrawn     caseworker supervisor
withdraw     accepted      withdrawn     caseworker supervisor
withdraw     in_service    withdrawn     caseworker supervisor
"""
ALLOWED = {
    (state, event, role): target
    for event, state, target, *roles in (line.split() for line in PLAN.split("\n") if line)
    for role in roles
}
NEEDS = {
    "draft": (),
    "submit": (),
    "return": ("comment",),
    "reject": ("reason",),
    "approve": (),
    "send": (),
    "send_ahead": ("reason",),
    "ratify": ("comment",),
    "contest": ("comment",),
    "acknowledge": ("contact", "date", "channel"),
    "accept": (),
    "decline": ("reason",),
    "start": ("date",),
    "complete": ("outcome", "received", "feedback"),
    "discontinue": ("reason",),
    "withdraw": ("reason",),
    "retract": ("reason",),
    "decide": ("keep",),
}
SPECIAL = {"draft", "ratify", "contest", "retract", "decide"}
COMMON = {"caseworker": "ann", "supervisor": "sue", "officer": "oki", "administrator": "ada"}

# A step that leads to each state, as it would be on the main path of a referral whose content ann wrote.
REACHED_BY = {
    "draft": ("draft", "ann"),
    "submitted": ("submit", "ann"),
    "returned": ("return", "sue"),
    "rejected": ("reject", "sue"),
    "approved": ("approve", "sue"),
    "sent": ("send", "ann"),
    "acknowledged": ("acknowledge", "ann"),
    "accepted": ("accept", "ann"),
    "declined": ("decline", "ann"),
    "in_service": ("start", "ann"),
    "completed": ("complete", "ann"),
    "discontinued": ("discontinue", "ann"),
    "withdrawn": ("withdraw", "ann"),
}
# Only the events that follow a step by anybody's hand: retract asks for the step's own author.
RETRACTED_BY = {state: author for state, (_, author) in REACHED_BY.items() if state not in ("draft", "sent")}


def actor(role, member=None):
    return Actor(member or COMMON[role], frozenset({role}))


def at(state, **changes):
    event, author = REACHED_BY[state]
    content = (None, None) if state == "draft" else ("entry-1", "ann")
    facts = {
        "state": state,
        "event": event,
        "author": author,
        "content": content[0],
        "content_author": content[1],
    }
    return Basis(**(facts | changes))


ANN, SUE, TOM = actor("caseworker"), actor("supervisor"), actor("supervisor", "tom")
AHEAD = Basis("sent", "send_ahead", "ann", "entry-1", "ann")


def test_the_words_of_the_plan_are_all_there_and_no_others():
    assert set(TABLE) == set(NEEDS)
    assert set(STATES) == set(REACHED_BY)
    assert {event: row.needs for event, row in TABLE.items()} == NEEDS


@pytest.mark.parametrize("event", sorted(set(NEEDS) - SPECIAL))
def test_every_state_event_and_role_is_as_in_the_plan(event):
    for state, role in itertools.product(STATES, ROLES):
        wanted = ALLOWED.get((state, event, role))
        verdict = judge(event, actor(role), at(state))
        assert (verdict is None) == (wanted is not None), (state, role, verdict)
        if wanted is None:
            known = any(key[:2] == (state, event) for key in ALLOWED)
            assert verdict == ("role" if known else "state"), (state, role)
        else:
            assert state_after(event, at(state)) == wanted


@pytest.mark.parametrize("event", ["ratify", "contest"])
def test_flags_follow_a_send_ahead_only_and_need_a_supervisor(event):
    for state, role in itertools.product(STATES, ROLES):
        assert judge(event, actor(role), at(state)) == "state"
    assert {role: judge(event, actor(role, "tom"), AHEAD) for role in ROLES} == {
        "caseworker": "role",
        "supervisor": None,
        "officer": "role",
        "administrator": "role",
    }
    assert state_after(event, AHEAD) == "sent"
    assert advance(event, AHEAD, step="entry-2", member="sue") == AHEAD


def test_retract_undoes_each_ordinary_step_for_its_own_author_and_nobody_else():
    for state, role in itertools.product(STATES, ROLES):
        author = RETRACTED_BY.get(state, "ann")
        verdict = judge("retract", actor(role, author), at(state))
        if state == "draft":
            assert verdict == "state"
        elif role in ("officer", "administrator"):
            assert verdict == "role"
        else:
            assert verdict == ("disclosed" if state == "sent" else None), (state, role)
            assert judge("retract", actor(role, "eve"), at(state)) == "not_author"


def test_decide_is_a_supervisors_in_every_state():
    for state, role in itertools.product(STATES, ROLES):
        kept = at("approved")
        assert judge("decide", actor(role, "tom"), at(state), Facts(kept=kept)) == (
            None if role == "supervisor" else "role"
        )
        assert state_after("decide", at(state), kept=kept) == "approved"


def test_draft_follows_nothing_and_nothing_else_follows_nothing():
    assert {role: judge("draft", actor(role), None) for role in ROLES} == {
        "caseworker": None,
        "supervisor": "role",
        "officer": "role",
        "administrator": "role",
    }
    for state in STATES:
        assert judge("draft", ANN, at(state)) == "state"
    for event in set(TABLE) - {"draft"}:
        assert judge(event, Actor("eve", frozenset(ROLES)), None) == "no_basis"


def test_marks_of_the_rows():
    assert {e for e, row in TABLE.items() if row.stops} == {"withdraw", "reject", "return"}
    assert {e for e, row in TABLE.items() if row.discloses} == {"send", "send_ahead"}
    assert {e for e, row in TABLE.items() if row.flag} == {"ratify", "contest"}
    assert {e for e, row in TABLE.items() if row.content} == {"submit", "send_ahead"}
    assert {e for e, row in TABLE.items() if row.four_eyes} == {
        "return",
        "reject",
        "approve",
        "ratify",
        "contest",
        "decide",
    }


@pytest.mark.parametrize("event", ["return", "reject", "approve"])
def test_four_eyes_are_two_members_whatever_the_roles(event):
    both = frozenset({"caseworker", "supervisor", "officer"})
    assert judge(event, Actor("ann", both), at("submitted")) == "four_eyes"
    # Who pressed submit for a step that came later does not matter: the author of the content does.
    assert judge(event, Actor("ann", both), at("submitted", author="sue")) == "four_eyes"
    assert judge(event, Actor("sue", both), at("submitted")) is None
    assert judge(event, SUE, at("submitted", content_author=None)) == "four_eyes"


@pytest.mark.parametrize("event", ["ratify", "contest"])
def test_nobody_ratifies_or_contests_their_own_send_ahead(event):
    assert judge(event, Actor("ann", frozenset({"caseworker", "supervisor"})), AHEAD) == "four_eyes"


def test_a_decision_is_nobodys_who_made_the_kept_step_or_its_content():
    head = at("rejected")
    kept = at("approved")
    assert judge("decide", SUE, head, Facts(kept=kept)) == "four_eyes"
    assert judge("decide", actor("supervisor", "ann"), head, Facts(kept=kept)) == "four_eyes"
    assert judge("decide", TOM, head, Facts(kept=kept)) is None
    assert judge("decide", TOM, head) == "no_basis"


def test_a_standing_approval_lets_the_caseworker_approve_what_another_member_agreed_to():
    own = at("submitted")
    assert judge("approve", ANN, own) == "role"
    assert judge("approve", ANN, own, Facts(standing_by="sue")) is None
    assert judge("approve", actor("officer"), own, Facts(standing_by="sue")) == "role"
    for event in ("reject", "return"):
        assert judge(event, ANN, own, Facts(standing_by="sue")) == "role"


def test_a_standing_approval_is_no_detour_to_approving_ones_own_content():
    two_roles = Actor("ann", frozenset({"caseworker", "supervisor"}))
    assert judge("approve", two_roles, at("submitted"), Facts(standing_by="ann")) == "four_eyes"
    assert judge("approve", two_roles, at("submitted"), Facts(standing_by="sue")) is None
    # A colleague who is no supervisor adds nothing to a standing approval of the author's own.
    bob = actor("caseworker", "bob")
    assert judge("approve", bob, at("submitted"), Facts(standing_by="ann")) == "four_eyes"
    assert judge("approve", SUE, at("submitted"), Facts(standing_by="ann")) is None


def test_consent_is_asked_for_content_and_for_sending_only():
    facts = Facts(consent_gap="withdrawn", kept=at("submitted"), standing_by="sue")
    asked = {
        event
        for event, state in itertools.product(TABLE, STATES)
        if judge(event, Actor("ann", frozenset(ROLES)), at(state), facts) == "consent"
    }
    assert asked == {"submit", "send", "send_ahead"}


def test_needs_are_asked_last():
    facts = Facts(missing=("reason",))
    assert judge("withdraw", ANN, at("draft"), facts) == "needs"
    assert (
        judge("send_ahead", ANN, at("draft"), Facts(consent_gap="expired", missing=("reason",))) == "consent"
    )
    assert judge("retract", ANN, at("submitted"), Facts(built_on=True, missing=("reason",))) == "built_on"


def test_nothing_that_gave_back_an_earlier_state_is_retracted():
    for event, state in itertools.product(("retract", "decide"), set(STATES) - {"draft"}):
        assert judge("retract", ANN, at(state, event=event, author="ann")) == "state"


def test_a_retract_gives_back_the_state_and_content_before():
    submitted = at("submitted")
    approved = advance("approve", submitted, step="entry-2", member="sue")
    assert approved == Basis("approved", "approve", "sue", "entry-1", "ann")
    assert judge("retract", SUE, approved) is None
    again = advance("retract", approved, step="entry-3", member="sue", before=submitted)
    assert again == Basis("submitted", "retract", "sue", "entry-1", "ann")
    assert judge("approve", Actor("ann", frozenset({"supervisor"})), again) == "four_eyes"
    with pytest.raises(ValueError, match="retract"):
        advance("retract", approved, step="entry-3", member="sue")


def test_a_decision_takes_over_the_content_of_the_kept_step():
    kept = Basis("submitted", "submit", "bob", "entry-7", "bob")
    decided = advance("decide", at("sent"), step="entry-9", member="tom", kept=kept)
    assert decided == Basis("submitted", "decide", "tom", "entry-7", "bob")
    # The content is still bob's: having made the decision, tom may approve it, bob may not.
    assert judge("approve", TOM, decided) is None
    assert judge("approve", actor("supervisor", "bob"), decided) == "four_eyes"


def test_a_new_submit_replaces_the_content_and_its_author():
    returned = at("returned")
    again = advance("submit", returned, step="entry-5", member="bob")
    assert (again.content, again.content_author) == ("entry-5", "bob")
    assert advance("draft", None, step="entry-0", member="ann") == Basis("draft", "draft", "ann")


def test_an_unknown_event_fits_no_state():
    assert judge("teleport", ANN, at("draft")) == "state"
    assert judge("teleport", ANN, None) == "state"


REACHING = {
    "no_basis": ("submit", ANN, None, Facts()),
    "state": ("submit", ANN, at("sent"), Facts()),
    "role": ("submit", SUE, at("draft"), Facts()),
    "four_eyes": ("approve", actor("supervisor", "ann"), at("submitted"), Facts()),
    "not_author": ("retract", actor("caseworker", "bob"), at("submitted"), Facts()),
    "disclosed": ("retract", ANN, AHEAD, Facts()),
    "built_on": ("retract", ANN, at("submitted"), Facts(built_on=True)),
    "consent": ("submit", ANN, at("draft"), Facts(consent_gap="purposes")),
    "needs": ("withdraw", ANN, at("draft"), Facts(missing=("reason",))),
}


def test_every_reason_is_reached():
    assert {reason: judge(*question) for reason, question in REACHING.items()} == {r: r for r in REASONS}


def test_every_reason_has_an_error_code_of_the_command_line():
    assert set(REASONS) | {"not_this_team"} == set(REFUSALS)
    assert set(REFUSALS.values()) <= set(EXITS)


# --- what is offered


def offers(**situation):
    return {
        option.event: option for option in available(Situation(**{"actor": ANN, "in_team": True} | situation))
    }


def allowed(**situation):
    return {event for event, option in offers(**situation).items() if option.allowed}


def test_offers_of_a_submitted_referral():
    assert allowed(basis=at("submitted")) == {"send_ahead", "withdraw", "retract"}
    assert allowed(actor=SUE, basis=at("submitted")) == {"return", "reject", "approve", "withdraw"}
    both = Actor("ann", frozenset({"caseworker", "supervisor"}))
    assert offers(actor=both, basis=at("submitted"))["approve"].why_not == "four_eyes"


def test_offers_come_in_the_order_of_the_table_with_their_needs():
    options = available(Situation(ANN, in_team=True))
    assert [option.event for option in options] == list(NEEDS)
    assert {option.event: option.needs for option in options} == NEEDS
    assert [option.event for option in options if option.allowed] == ["draft"]


def test_the_sharing_events_wait_for_a_step_conflict_and_decide_for_nothing_else():
    rivals = (at("approved"), at("rejected"))
    assert offers(basis=at("approved"))["send"].allowed
    assert offers(basis=at("approved"), rivals=rivals)["send"].why_not == "state_forbids"
    assert offers(basis=at("submitted"), rivals=rivals)["send_ahead"].why_not == "state_forbids"
    assert offers(actor=TOM, basis=at("rejected"))["decide"].why_not == "state_forbids"
    assert offers(actor=TOM, basis=at("rejected"), rivals=rivals)["decide"].allowed
    assert offers(actor=SUE, basis=at("rejected"), rivals=rivals)["decide"].why_not == "four_eyes"
    assert offers(actor=ANN, basis=at("rejected"), rivals=rivals)["decide"].why_not == "role_missing"


def test_decide_is_offered_if_one_rival_may_be_kept():
    rivals = (at("approved", author="sue"), at("rejected", author="tom"))
    assert offers(actor=SUE, basis=at("rejected"), rivals=rivals)["decide"].allowed


def test_flags_are_offered_wherever_the_referral_went_until_they_are_there():
    gone_on = {"actor": SUE, "basis": at("accepted"), "ahead": AHEAD}
    assert {"ratify", "contest"} <= allowed(**gone_on)
    assert allowed(**gone_on, flags=frozenset({"ratify"})) & {"ratify", "contest"} == {"contest"}
    assert not allowed(**gone_on, flags=frozenset({"contest"})) & {"ratify", "contest"}
    assert offers(actor=SUE, basis=at("sent"))["ratify"].why_not == "state_forbids"


def test_a_case_of_another_team_offers_nothing_and_says_why():
    elsewhere = offers(basis=at("submitted"), in_team=False)
    assert {(option.allowed, option.why_not) for option in elsewhere.values()} == {(False, "not_your_case")}
    officer_too = Actor("ann", frozenset({"caseworker", "officer"}))
    assert "withdraw" in allowed(actor=officer_too, basis=at("submitted"), in_team=False)
    assert {o.why_not for o in offers(actor=actor("administrator"), basis=at("draft")).values()} == {
        "role_missing"
    }


def test_consent_that_is_missing_is_told():
    assert offers(basis=at("draft"), consent_gap="withdrawn")["submit"].why_not == "consent_missing"


bases = st.one_of(
    st.none(),
    st.builds(
        Basis,
        st.sampled_from(STATES),
        st.sampled_from(sorted(TABLE)),
        st.sampled_from(["ann", "sue"]),
        st.just("entry-1"),
        st.sampled_from([None, "ann", "sue"]),
    ),
)
situations = st.builds(
    Situation,
    actor=st.builds(Actor, st.sampled_from(["ann", "sue", "tom"]), st.frozensets(st.sampled_from(ROLES))),
    in_team=st.booleans(),
    basis=bases,
    ahead=st.sampled_from([None, AHEAD]),
    flags=st.frozensets(st.sampled_from(["ratify", "contest"])),
    rivals=st.sampled_from([(), (at("approved"), at("rejected")), (at("withdrawn"), at("sent"))]),
    built_on=st.booleans(),
    consent_gap=st.sampled_from([None, "withdrawn"]),
    standing_by=st.sampled_from([None, "ann", "sue"]),
)


def held_back(event, now):
    """What the plan holds back though the past would bear it: rule 18, and flags that could change nothing."""
    if event in ("ratify", "contest"):
        return bool(now.flags & {event, "contest"})
    if event == "decide":
        return not now.rivals
    return event in ("send", "send_ahead") and bool(now.rivals)


@settings(max_examples=300, deadline=None)
@given(now=situations)
def test_what_is_offered_is_what_the_judge_lets_pass(now):
    barred = may("referral_step", now.actor.roles, in_team=now.in_team)
    for option in available(now):
        basis = now.ahead if option.event in ("ratify", "contest") else now.basis
        verdicts = [
            judge(option.event, now.actor, basis, Facts(k, now.built_on, now.consent_gap, now.standing_by))
            for k in (now.rivals if option.event == "decide" and now.rivals else (None,))
        ]
        reason = barred or ("state" if held_back(option.event, now) else None)
        reason = reason or (None if None in verdicts else verdicts[0])
        assert (option.allowed, option.why_not) == (reason is None, REFUSALS.get(reason)), option.event


attempts = st.tuples(
    st.sampled_from(sorted(set(TABLE) - {"decide", "draft", "ratify", "contest"})),
    st.builds(
        Actor, st.sampled_from(["ann", "sue"]), st.frozensets(st.sampled_from(["caseworker", "supervisor"]))
    ),
    st.sampled_from([None, None, "ann", "sue"]),
)


@settings(max_examples=200, deadline=None)
@given(tries=st.lists(attempts, max_size=40))
def test_whatever_is_tried_nothing_is_sent_that_no_second_member_agreed_to(tries):
    """Walks as the fold does, judging each try by the step before; the walk keeps its own book of who agreed."""
    path = [advance("draft", None, step="0", member="ann")]
    agreed = set()
    for number, (event, who, standing) in enumerate(tries, 1):
        here = path[-1]
        if judge(event, who, here, Facts(standing_by=standing)) is not None:
            continue
        # A retracted step is always the last one made by an ordinary event, so what it followed lies just before it.
        before = path[-2] if len(path) > 1 else None
        path.append(advance(event, here, step=str(number), member=who.member, before=before))
        if event == "approve":
            agreed |= {(here.content, member) for member in (who.member, standing) if member}
        if event == "send":
            assert any(
                content == here.content and member != here.content_author for content, member in agreed
            )
        assert path[-1].state in STATES
