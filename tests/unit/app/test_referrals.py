"""Consents and referrals as commands: each refusal with its code, each path to its end, every disclosure listed."""

import pytest

from ctcase.app import cases, consents, decisions, office, referrals, upkeep
from ctcase.app.session import Work
from ctcase.errors import CtcaseError, EnvironmentFailed
from ctcase.workflow.referral import STATES, TABLE
from tests.office_world import CONSENT, PASSPHRASE, PERSON, code_of, refused

SAID = {
    "reason": "because", "comment": "seen", "date": "2026-01-01", "channel": "phone", "contact": "desk",
    "outcome": "well", "received": "shelter", "feedback": "good",
}  # fmt: skip
NOTHING = {"given_by": None, "method": None, "purposes": [], "recipients": [], "categories": []}


@pytest.fixture
def team(world):
    """A caseworker and a supervisor of one team, and a case with a consent."""
    world.found()
    world.member("ben")
    world.member("sup", "supervisor")
    world.code = world.case("ben")
    world.given = world.consent("ben", world.code)
    return world


def say(event, **changes):
    """Everything that the event's row needs, and nothing more."""
    return {key: SAID[key] for key in TABLE[event].needs if key in SAID} | changes


def submitted(world, **changes):
    one = world.referral("ben", world.code, **changes)
    world.do("ben", one, "submit")
    world.meet("office", "ben", "sup")
    return one


def approved(world, **changes):
    one = submitted(world, **changes)
    world.do("sup", one, "approve", comment="agreed")
    world.meet("office", "ben", "sup")
    return one


def shown(world, one, name="ben"):
    return referrals.show_referral(world.session(name), one)


def disclosed(world, name="ben"):
    return [
        (it.what, it.fields, it.void) for it in cases.show_case(world.session(name), world.code).disclosures
    ]


def withdraw_consent(world, name="ben", one=None):
    return consents.add_consent(
        world.session(name), world.code, {"status": "withdrawn", "replaces": one or world.given}
    )


# --- consents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["given_by", "method", "purposes", "recipients", "categories"])
def test_a_consent_says_who_how_what_for_to_whom_and_what(team, key):
    ben, document = team.session("ben"), {name: it for name, it in CONSENT.items() if name != key}
    refusal = refused(consents.add_consent, ben, team.code, document)
    assert (refusal.code, refusal.details) == ("needs_missing", {"needs": [key]})
    empty = refused(consents.add_consent, ben, team.code, {**CONSENT, key: NOTHING[key]})
    assert (empty.code, empty.details) == ("needs_missing", {"needs": [key]})


@pytest.mark.parametrize(
    "changes",
    [{"status": "maybe"}, {"given_by": "friend"}, {"method": "sms"}, {"purposes": ["fun"]}, {"recipients": ["any"]},
     {"recipients": ["kind:"]}, {"categories": ["everything"]}, {"date": "yesterday"}, {"expires": "2026-02-30"},
     {"extra": 1}, {"recipients": "Shelter A"}, {"note": 5}, {"status": None}],
)  # fmt: skip
def test_a_consent_that_is_none_is_refused(team, changes):
    ben = team.session("ben")
    head = cases.show_case(ben, team.code).head
    assert code_of(consents.add_consent, ben, team.code, {**CONSENT, **changes}) == "file_not_understood"
    assert cases.show_case(ben, team.code).head == head


def test_a_withdrawal_is_final_and_needs_no_right_in_the_case(team):
    team.meet("office", "ben", "sup")
    office.set_member(team.session("office"), "Sup Member", ("administrator",), "Z", PASSPHRASE)
    team.meet("office", "ben", "sup")
    sup = team.session("sup")
    assert code_of(cases.set_fields, sup, team.code, {"case.alias": "x"}) == "role_missing"
    assert code_of(consents.add_consent, sup, team.code, CONSENT) == "role_missing"
    withdraw_consent(team, "sup")
    assert code_of(withdraw_consent, team, "sup") == "state_forbids"
    assert code_of(withdraw_consent, team, "ben", "f" * 32) == "not_found"
    assert code_of(team.consent, "ben", team.code, replaces="f" * 32) == "not_found"
    team.meet("office", "ben", "sup")
    assert [it.status for it in cases.show_case(team.session("ben"), team.code).consents] == ["withdrawn"]
    assert code_of(withdraw_consent, team) == "state_forbids"


def test_a_refusal_is_recorded_and_a_new_consent_replaces_an_old_one(team):
    ben = team.session("ben")
    refusal = team.consent("ben", team.code, status="refused")
    newer = team.consent("ben", team.code, replaces=team.given)
    status = {it.id: (it.status, it.in_force) for it in cases.show_case(ben, team.code).consents}
    assert status == {team.given: ("replaced", False), refusal: ("refused", False), newer: ("given", True)}
    assert code_of(withdraw_consent, team, "ben", refusal) == "state_forbids"


# --- what a submit needs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("without", "needs"),
    [("agency", ["agency"]), ("service", ["service"]), ("urgency", ["urgency"]), ("basis", ["basis"]),
     ("fields", ["fields"])],
)  # fmt: skip
def test_a_draft_may_be_partly_filled_and_a_submit_may_not(team, without, needs):
    empty = {"fields": []}.get(without, None if without in ("urgency", "basis") else "")
    one = team.referral("ben", team.code, **{without: empty})
    offered = {it.event: it.needs for it in shown(team, one).available}
    assert (offered["submit"], offered["send_ahead"], offered["retract"]) == (
        needs, ["reason", *needs], ["reason"],
    )  # fmt: skip
    refusal = refused(team.do, "ben", one, "submit")
    assert (refusal.code, refusal.details["needs"]) == ("needs_missing", needs)
    assert shown(team, one).state == "draft"
    more = {"agency": "Shelter A", "service": "shelter", "urgency": "24h", "basis": "consent"}
    team.do("ben", one, "submit", **more, fields=["person.first_name"])
    assert shown(team, one).state == "submitted"


def test_a_submit_says_anew_what_is_shared_also_that_there_is_no_reason(team):
    one = submitted(team, reason="The brother knows.", fields=["person.first_name", "person.birth_date"])
    team.do("sup", one, "return", comment="Leave out the birth date and the brother.")
    team.meet("office", "ben", "sup")
    team.do("ben", one, "submit", fields=["person.first_name"], reason="")
    found = shown(team, one)
    assert (found.state, found.fields, found.reason) == ("submitted", ["person.first_name"], "")


def test_a_field_without_a_value_cannot_be_shared(team):
    one = team.referral("ben", team.code, fields=["person.first_name", "person.mobile_phone"])
    assert {it.event: it.needs for it in shown(team, one).available}["submit"] == ["person.mobile_phone"]
    refusal = refused(team.do, "ben", one, "submit")
    assert (refusal.code, refusal.details["needs"]) == ("needs_missing", ["person.mobile_phone"])


def test_only_fields_of_the_case_and_its_consents_can_be_named(team):
    ben = team.session("ben")
    for changes in ({"fields": ["person.no_such"]}, {"fields": ["nobody.first_name"]}, {"consent": "f" * 32}):
        document = {"agency": "Shelter A", "fields": [], **changes}
        assert code_of(referrals.add_referral, ben, team.code, document) == "not_found"
    for changes in ({"fields": "x"}, {"urgency": "soon"}, {"extra": 1}, {"purpose": "fun"}):
        assert code_of(referrals.add_referral, ben, team.code, changes) == "file_not_understood"
    assert referrals.list_referrals(ben).total == 0


@pytest.mark.parametrize(
    ("changes", "why", "categories"),
    [
        ({"agency": "Clinic B"}, "recipients", []),
        ({"fields": ["person.first_name", "person.birth_date", "person.citizenship"]}, None, []),
        ({"purpose": "services"}, "purposes", []),
    ],
)
def test_what_a_consent_does_not_cover_is_told(team, changes, why, categories):
    cases.set_fields(team.session("ben"), team.code, {"person.citizenship": ("SY",)})
    one = team.referral("ben", team.code, **changes)
    if why is None:
        assert team.do("ben", one, "submit").to == "submitted"
        return
    refusal = refused(team.do, "ben", one, "submit")
    assert refusal.code == "consent_missing"
    assert why in refusal.details["why"]
    assert refusal.details["categories"] == categories


def test_categories_that_were_not_consented_to_are_named(team):
    team.consent("ben", team.code, replaces=team.given, categories=["contact"])
    refusal = refused(team.do, "ben", team.referral("ben", team.code), "submit")
    assert (refusal.code, refusal.details["categories"]) == ("consent_missing", ["identity"])


def test_no_consent_at_all_and_one_that_is_over(team):
    code = team.case("ben", {"person": PERSON})
    one = team.referral("ben", code)
    assert code_of(team.do, "ben", one, "submit") == "consent_missing"
    team.consent("ben", code, expires="2020")
    refusal = refused(team.do, "ben", one, "submit")
    assert (refusal.code, refusal.details["why"]) == ("consent_missing", ["expired"])


@pytest.mark.parametrize("basis", ["vital_interest", "legal_duty"])
def test_another_basis_than_consent_needs_a_reason(team, basis):
    withdraw_consent(team)
    one = team.referral("ben", team.code, basis=basis, reason="")
    refusal = refused(team.do, "ben", one, "submit")
    assert (refusal.code, refusal.details["needs"]) == ("needs_missing", ["reason"])
    assert team.do("ben", one, "submit", reason="danger to life").to == "submitted"


# --- the way ------------------------------------------------------------------------------------------------------


def test_the_whole_way_to_the_end(team):
    one = approved(team)
    for event, state in [
        ("send", "sent"), ("acknowledge", "acknowledged"), ("accept", "accepted"), ("start", "in_service"),
        ("complete", "completed"),
    ]:  # fmt: skip
        assert team.do("ben", one, event, **say(event)).to == state
    team.meet("office", "ben", "sup")
    assert {shown(team, one, name).state for name in ("office", "ben", "sup")} == {"completed"}
    assert disclosed(team) == [("send", ["person.first_name"], None)]
    assert all(team.verified(name).ok for name in ("office", "ben", "sup"))


@pytest.mark.parametrize("event", [event for event, row in TABLE.items() if row.needs and event != "decide"])
def test_what_an_event_needs_is_told(team, event):
    ways = {
        "submitted": submitted, "approved": approved, "draft": lambda w: w.referral("ben", w.code),
        "sent": lambda w: after(w, approved(w), "send"), "accepted": lambda w: after(w, approved(w), "send", "accept"),
    }  # fmt: skip
    if TABLE[event].flag:
        one = team.referral("ben", team.code)
        team.do("ben", one, "send_ahead", reason="danger")
        team.meet("office", "ben", "sup")
    elif event == "retract":
        one = submitted(team)
    else:
        source = next(name for name in ways if name in TABLE[event].sources)
        one = ways[source](team)
    who = "sup" if "caseworker" not in TABLE[event].roles else "ben"
    team.meet("office", "ben", "sup")
    referral = {"reason": ""} if event == "send_ahead" else {}
    refusal = refused(team.do, who, one, event, **referral)
    assert refusal.code == "needs_missing"
    assert set(refusal.details["needs"]) <= set(TABLE[event].needs)
    for key in TABLE[event].needs:
        assert code_of(team.do, who, one, event, **{**say(event), key: "  "}) in (
            "needs_missing",
            "file_not_understood",
        )
    team.do(who, one, event, **say(event))


def after(world, one, *events):
    for event in events:
        world.do("ben", one, event, **say(event))
    return one


def test_every_event_in_every_wrong_state_is_refused_and_writes_nothing(team):
    ways = {
        "draft": [], "submitted": ["submit"], "withdrawn": ["withdraw"],
    }  # fmt: skip
    for state, way in ways.items():
        one = team.referral("ben", team.code)
        after(team, one, *way)
        team.meet("office", "ben", "sup")
        assert shown(team, one).state == state
        for event, row in TABLE.items():
            if state in row.sources or event == "draft":
                continue
            for who in ("ben", "sup"):
                head = cases.show_case(team.session(who), team.code).head
                assert code_of(team.do, who, one, event, **say(event)) in ("state_forbids", "role_missing"), (
                    event
                )
                assert cases.show_case(team.session(who), team.code).head == head
    assert set(ways) < set(STATES)


def test_unknown_events_and_referrals_are_refused(team):
    one = team.referral("ben", team.code)
    assert code_of(team.do, "ben", one, "explode") == "state_forbids"
    assert code_of(team.do, "ben", one, "draft") == "state_forbids"
    assert code_of(team.do, "ben", "f" * 32, "submit") == "not_found"
    assert code_of(referrals.show_referral, team.session("ben"), "x") == "not_found"
    assert code_of(team.do, "ben", one, "withdraw", agency="x", reason="y") == "file_not_understood"


def test_two_referrals_with_one_id_are_told_apart_by_their_case(team, monkeypatch):
    ben, other = team.session("ben"), team.case("ben")
    team.consent("ben", other)
    one_id = team.referral("ben", team.code)
    assert team.do("ben", f"{team.code}/{one_id}", "submit").id == one_id
    monkeypatch.setattr(referrals, "new_id", lambda _: one_id)
    assert team.referral("ben", other) == one_id
    refusal = refused(referrals.do, ben, one_id, "submit", {})
    streams = [cases.find_case(ben, code) for code in (team.code, other)]
    assert (refusal.code, sorted(refusal.details["ids"])) == ("ambiguous", sorted(streams))
    assert [shown(team, f"{code}/{one_id}").state for code in (team.code, other)] == ["submitted", "draft"]
    assert team.do("ben", f"{streams[1]}/{one_id}", "submit").to == "submitted"
    assert [shown(team, f"{code}/{one_id}").state for code in streams] == ["submitted", "submitted"]


@pytest.mark.parametrize(
    "text", ["{other}/{one}", "/{one}", "nothing/{one}", "{code}/", "{code}/x/{one}", "{code}//{one}"]
)
def test_a_referral_of_a_case_that_has_none_of_that_id_is_not_found(team, text):
    one = text.format(code=team.code, other=team.case("ben"), one=team.referral("ben", team.code))
    for call in (referrals.show_referral, lambda *it: referrals.do(*it, "submit", {})):
        assert code_of(call, team.session("ben"), one) == "not_found"


def test_roles_teams_and_four_eyes(team):
    one = submitted(team)
    assert code_of(team.do, "ben", one, "approve") == "role_missing"
    assert code_of(team.do, "sup", one, "submit") in ("state_forbids", "role_missing")
    team.member("far", "supervisor", team="B")
    team.send("office", "far")
    assert code_of(referrals.show_referral, team.session("far"), one) == "not_found"
    office.set_member(team.session("office"), "Ben Member", ("caseworker", "supervisor"), None, PASSPHRASE)
    team.meet("office", "ben", "sup")
    assert code_of(team.do, "ben", one, "approve") == "four_eyes"
    assert code_of(team.do, "ben", one, "return", comment="x") == "four_eyes"
    assert code_of(team.do, "ben", one, "reject", reason="x") == "four_eyes"
    assert team.do("sup", one, "approve").to == "approved"


def test_the_approved_content_is_what_is_shared_whatever_changed_since(team):
    one = approved(team)
    cases.set_fields(team.session("ben"), team.code, {"person.first_name": "Changed"})
    (line,) = shown(team, one).shared
    assert (line.value, line.now) == ("Zeynep", "Changed")
    before = shown(team, one).content
    team.do("ben", one, "send")
    assert shown(team, one).content == before


def test_withdrawn_consent_stops_every_further_sharing(team):
    one, sent = approved(team), approved(team)
    team.do("ben", sent, "send")
    withdraw_consent(team)
    refusal = refused(team.do, "ben", one, "send")
    assert (refusal.code, refusal.details["why"]) == ("consent_missing", ["withdrawn"])
    assert code_of(referrals.letter, team.session("ben"), one, team.path("pdf")) == "consent_missing"
    assert code_of(team.do, "ben", team.referral("ben", team.code), "submit") == "consent_missing"
    assert (
        code_of(team.do, "ben", team.referral("ben", team.code), "send_ahead", reason="now")
        == "consent_missing"
    )
    assert disclosed(team) == [("send", ["person.first_name"], None)]
    fresh = team.consent("ben", team.code)
    again = team.referral("ben", team.code)
    team.do("ben", again, "submit")
    assert shown(team, again).consent == fresh


def test_a_withdrawal_that_was_not_known_flags_the_disclosure(team):
    one = approved(team)
    withdraw_consent(team, "sup")
    team.do("ben", one, "send")
    team.meet("office", "ben", "sup")
    assert {shown(team, one, name).state for name in ("office", "ben", "sup")} == {"sent"}
    assert [what for what, _, _ in disclosed(team, "sup")] == ["send"]


def test_send_ahead_is_ratified_or_contested_by_another(team):
    first, second = (team.referral("ben", team.code) for _ in range(2))
    assert code_of(team.do, "ben", first, "send_ahead", reason="") == "needs_missing"
    for one in (first, second):
        assert team.do("ben", one, "send_ahead", reason="danger to life").to == "sent"
        assert shown(team, one).ratification == "2026-09-22T14:13:20Z"
    team.meet("office", "ben", "sup")
    assert code_of(team.do, "ben", first, "ratify", comment="x") == "role_missing"
    team.do("sup", first, "ratify", comment="right")
    team.do("sup", second, "contest", comment="wrong")
    team.do("sup", second, "ratify", comment="or right")
    assert [shown(team, one, "sup").ratification for one in (first, second)] == [None, None]
    contested = {it.event: it.allowed for it in shown(team, second, "sup").available}
    assert contested["contest"] is False or contested["ratify"] is False
    assert len(disclosed(team)) == 2


def test_a_standing_approval_approves_what_fits_and_nothing_else(team):
    scope = {"recipient": "Shelter A", "service": "shelter", "categories": ["identity"], "until": "2030"}
    sup = team.session("sup")
    assert code_of(referrals.grant_standing, team.session("ben"), scope) == "role_missing"
    for changes in (
        {"until": "soon"},
        {"categories": ["x"]},
        {"recipient": "any"},
        {"extra": 1},
        {"until": None},
    ):
        assert code_of(referrals.grant_standing, sup, {**scope, **changes}) == "file_not_understood"
    one, other = (team.referral("ben", team.code, service=kind) for kind in ("shelter", "legal"))
    for it in (one, other):
        team.do("ben", it, "submit")
    assert code_of(team.do, "ben", one, "approve") == "role_missing"
    referrals.grant_standing(sup, scope)
    team.meet("office", "ben", "sup")
    assert team.do("ben", one, "approve").to == "approved"
    assert code_of(team.do, "ben", other, "approve") in ("role_missing", "four_eyes")
    team.meet("office", "ben", "sup")
    assert shown(team, one, "office").state == "approved"
    assert team.verified("office").ok


def test_a_standing_approval_that_is_over_approves_nothing(team):
    scope = {"recipient": "Shelter A", "service": "shelter", "categories": ["identity"], "until": "2020"}
    referrals.grant_standing(team.session("sup"), scope)
    team.meet("office", "ben", "sup")
    one = team.referral("ben", team.code)
    team.do("ben", one, "submit")
    assert code_of(team.do, "ben", one, "approve") in ("role_missing", "four_eyes")


def test_only_the_last_step_of_ones_own_is_retracted_and_no_disclosure(team):
    one = submitted(team)
    assert code_of(team.do, "sup", one, "retract", reason="x") == "state_forbids"
    assert team.do("ben", one, "retract", reason="too early").to == "draft"
    team.do("ben", one, "submit")
    team.meet("office", "ben", "sup")
    team.do("sup", one, "approve")
    team.meet("office", "ben", "sup")
    assert code_of(team.do, "ben", one, "retract", reason="x") == "state_forbids"
    assert team.do("sup", one, "retract", reason="wrong one").to == "submitted"
    team.do("sup", one, "approve")
    team.meet("office", "ben", "sup")
    team.do("ben", one, "send")
    assert code_of(team.do, "ben", one, "retract", reason="x") == "state_forbids"


def test_of_two_submits_beside_each_other_neither_is_retracted(team):
    team.member("eva", "supervisor")
    one = team.referral("ben", team.code)
    team.meet("office", "ben", "sup")
    office.set_member(team.session("office"), "Sup Member", ("caseworker", "supervisor"), None, PASSPHRASE)
    team.meet("office", "ben", "sup")
    team.do("ben", one, "submit")
    team.do("sup", one, "submit")
    team.meet("office", "ben", "sup", "eva")
    assert len(shown(team, one).rivals) == 2
    for name in ("ben", "sup"):
        offered = {it.event: it.allowed for it in shown(team, one, name).available}
        assert not offered["retract"]
        assert code_of(team.do, name, one, "retract", reason="not both") == "state_forbids"


def test_rival_steps_wait_for_a_third_person(team):
    team.member("eva", "supervisor")
    one = submitted(team)
    team.meet("office", "ben", "sup", "eva")
    team.do("sup", one, "approve")
    team.do("eva", one, "reject", reason="unsafe")
    team.meet("office", "ben", "sup", "eva")
    assert {shown(team, one, name).state for name in ("ben", "sup", "eva", "office")} == {"rejected"}
    rivals = shown(team, one).rivals
    assert len(rivals) == 2
    assert upkeep.status(team.session("office")).conflicts == 1
    approval = next(it.entry for it in shown(team, one).rival_steps if it.event == "approve")
    assert code_of(team.do, "sup", one, "decide", keep=approval) == "four_eyes"
    assert code_of(team.do, "eva", one, "decide", keep="f" * 64) == "not_found"
    assert code_of(team.do, "eva", one, "decide") in ("needs_missing", "not_found")
    assert team.do("eva", one, "decide", keep=approval).to == "approved"
    team.meet("office", "ben", "sup", "eva")
    assert shown(team, one).rivals == []
    assert team.do("ben", one, "send").to == "sent"


def test_rival_steps_are_decided_as_a_conflict_even_if_another_case_has_a_referral_of_that_id(
    team, monkeypatch
):
    team.member("eva", "supervisor")
    one = submitted(team)
    other = team.case("ben")
    monkeypatch.setattr(referrals, "new_id", lambda _: one)
    assert team.referral("ben", other, consent=None) == one
    team.meet("office", "ben", "sup", "eva")
    where = f"{team.code}/{one}"
    team.do("sup", where, "approve")
    team.do("eva", where, "reject", reason="unsafe")
    team.meet("office", "ben", "sup", "eva")
    eva = team.session("eva")
    (conflict,) = decisions.conflicts(eva).conflicts
    assert code_of(decisions.resolve_conflict, eva, conflict.id) == "needs_missing"
    approval = next(it.entry for it in shown(team, where).rival_steps if it.event == "approve")
    decisions.resolve_conflict(eva, conflict.id, keep=approval)
    assert (shown(team, where, "eva").state, decisions.conflicts(eva).conflicts) == ("approved", [])


def test_what_waits_for_a_supervisor_is_listed(team):
    one = submitted(team)
    sup = team.session("sup")
    assert [it.id for it in referrals.list_referrals(sup, waiting_for_me=True).referrals] == [one]
    assert referrals.list_referrals(team.session("ben"), waiting_for_me=True).total == 0
    assert referrals.list_referrals(sup, state="submitted").total == 1
    assert referrals.list_referrals(sup, state="sent").total == 0


# --- the letter ---------------------------------------------------------------------------------------------------


def fonts():
    from ctcase.errors import CtcaseError
    from ctcase.reports.fonts import find_fonts, system_folders

    try:
        find_fonts(system_folders())
    except CtcaseError:
        pytest.skip("no font for paper is installed on this system")


def test_a_letter_is_of_approved_content_only_and_a_disclosure(team):
    fonts()
    ben, target = team.session("ben"), team.path("letter")
    draft, waiting = team.referral("ben", team.code), submitted(team)
    for one in (draft, waiting):
        assert code_of(referrals.letter, ben, one, target) == "state_forbids"
    assert not target.exists()
    one = approved(team)
    cases.set_fields(ben, team.code, {"person.first_name": "Changed"})
    made = referrals.letter(ben, one, target).value
    assert target.read_bytes().startswith(b"%PDF")
    assert made.content == shown(team, one).content
    assert disclosed(team) == [("letter", ["person.first_name"], None)]
    team.meet("office", "ben", "sup")
    assert disclosed(team, "sup") == disclosed(team)


def test_a_letter_that_cannot_be_written_is_no_disclosure(team):
    fonts()
    one = approved(team)
    assert code_of(referrals.letter, team.session("ben"), one, team.folder / "no" / "pdf") == "file_missing"
    assert disclosed(team) == []
    assert team.verified("ben").ok


def test_a_letter_whose_disclosure_cannot_be_saved_is_taken_back(team, monkeypatch):
    fonts()
    one, ben, target = approved(team), team.session("ben"), team.path("letter")
    with monkeypatch.context() as broken:
        broken.setattr(Work, "finish", disk_full)
        assert code_of(referrals.letter, ben, one, target) == "disk_full"
        assert not target.exists()
        target.write_bytes(b"a letter from before")
        assert code_of(referrals.letter, ben, one, target) == "disk_full"
    assert target.read_bytes() == b"a letter from before"
    assert disclosed(team) == []
    referrals.letter(ben, one, target)
    assert (target.read_bytes()[:4], len(disclosed(team))) == (b"%PDF", 1)


def disk_full(_):
    raise EnvironmentFailed("disk_full")


def test_a_document_that_is_wrong_is_told_by_its_key_and_never_by_its_value(team):
    secret = "a bed for Zerafina"
    for call, document, key in (
        (referrals.add_referral, {"agency": "Shelter A", "purpose": secret}, "purpose"),
        (consents.add_consent, {**CONSENT, "method": secret}, "method"),
    ):
        with pytest.raises(CtcaseError, match="file_not_understood") as refusal:
            call(team.session("ben"), team.code, document)
        assert refusal.value.details == {"field": key}
