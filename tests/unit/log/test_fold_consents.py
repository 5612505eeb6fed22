"""Rule 15: consent is withdrawn for good; a transition fails only by a withdrawal in its causal past."""

import pytest

ON_CONSENT = {"basis": "consent", "consent": "c1"}


def submitted(world, **terms):
    world.open()
    world.consent("worker", **terms)
    draft = world.step("worker", "draft")
    return world.step("worker", "submit", draft, **ON_CONSENT)


def test_consent_in_force_carries_a_submit(world):
    one = submitted(world)
    assert world.void(one) == ""
    consent = world.fold().consents["c1"]
    assert (consent.in_force, consent.member) == (True, "worker")


@pytest.mark.parametrize(
    "terms",
    [
        {"status": "refused"},
        {"purposes": ("statistics",)},
        {"recipients": ("clinic2",)},
        {"categories": ("case",)},
        {"expires": "2024-10-03"},
        {"expires": "2023"},
    ],
)
def test_consent_that_does_not_cover_voids(world, terms):
    assert world.void(submitted(world, **terms)) == "consent"


def test_an_expiry_is_judged_by_the_entrys_own_time(world):
    one = submitted(world, expires="2024-10-04")
    assert world.void(one) == ""
    approve = world.step("boss", "approve", one)
    late = world.step("worker", "send", approve, how={"time": 20_001 * 86_400})
    assert world.void(late) == "consent"
    assert [it.entry for it in world.fold().disclosures] == [late]


def test_a_kind_of_agency_can_be_consented_to(world):
    world.open()
    world.consent("worker", recipients=("kind:clinic",))
    draft = world.step("worker", "draft")
    other = world.step("worker", "submit", draft, agency_kind="court", **ON_CONSENT)
    assert world.void(other) == "consent"
    assert world.void(world.step("worker", "submit", draft, agency_kind="clinic", **ON_CONSENT)) == ""


def test_an_unknown_consent_or_basis_voids(world):
    world.open()
    draft = world.step("worker", "draft")
    assert world.void(world.step("worker", "submit", draft, basis="consent", consent="c9")) == "consent"
    assert world.void(world.step("worker", "submit", draft, basis="curiosity")) == "consent"


def test_a_withdrawal_in_the_past_voids_and_one_beside_does_not(world):
    one = submitted(world)
    beside = world.withdraw_consent("second", knows=[world.graph.heads()[0]])
    approve = world.step("boss", "approve", one, how={"knows": [one]})
    sent = world.step("worker", "send", approve, how={"knows": [approve]})
    folded = world.fold()
    assert folded.void == {}
    assert [(it.entry, it.withdrawals) for it in folded.disclosures] == [(sent, (beside,))]
    assert not folded.consents["c1"].in_force


def test_a_send_that_knew_of_the_withdrawal_is_void_and_still_a_disclosure(world):
    one = submitted(world)
    approve = world.step("boss", "approve", one)
    world.withdraw_consent("second")
    sent = world.step("worker", "send", approve)
    folded = world.fold()
    assert folded.void == {sent: "consent"}
    assert [(it.entry, it.withdrawals) for it in folded.disclosures] == [(sent, ())]
    assert folded.machines["r1"].state == "approved"


def test_a_submit_after_the_withdrawal_is_void(world):
    world.open()
    world.consent("worker")
    world.withdraw_consent("worker")
    draft = world.step("worker", "draft")
    assert world.void(world.step("worker", "submit", draft, **ON_CONSENT)) == "consent"
    world.consent("worker", "c2")
    assert world.void(world.step("worker", "submit", draft, basis="consent", consent="c2")) == ""


def test_a_withdrawal_is_final_for_that_id(world):
    world.open()
    world.consent("worker")
    world.withdraw_consent("worker")
    again = world.consent("worker")
    assert not world.fold().consents["c1"].in_force
    assert world.void(again) == ""


def test_a_withdrawal_needs_no_right_but_being_enrolled(world):
    world.open()
    world.consent("worker")
    world.add("stranger", enrolled=False)
    world.revoke("second", last=0)
    world.withdraw_consent("stranger")
    world.withdraw_consent("second")
    world.devices["second"].roster = 99  # claims a roster to come
    world.withdraw_consent("second")
    assert world.fold().consents["c1"].in_force
    real = world.withdraw_consent("far")
    assert world.fold().consents["c1"].withdrawals == [real]


def test_a_withdrawal_by_a_forked_device_counts(world):
    root = world.open()
    consent = world.consent("worker")
    one = world.withdraw_consent("second", knows=[consent])
    world.devices["second"].number -= 1
    other = world.set("second", "A", knows=[root])
    folded = world.fold()
    assert folded.void == {one: "fork", other: "fork"}
    assert not folded.consents["c1"].in_force


def test_the_same_id_again_changes_nothing_for_who_knew_the_first(world):
    """A changed program writes a consent of the same id that sorts first: what happened stays as it was."""
    root = world.open()
    late = world.set("worker", "A")
    consent = world.consent("worker", how={"knows": [late]})
    draft = world.step("worker", "draft", how={"knows": [consent]})
    one = world.step("worker", "submit", draft, how={"knows": [draft]}, **ON_CONSENT)
    world.consent("second", status="refused", how={"knows": [root]})
    folded = world.fold()
    assert folded.void == {}
    assert folded.machines["r1"].state == "submitted"
    assert folded.consents["c1"].repeated == [(consent, folded.readings[consent].control)]
    assert one in folded.ordered


def test_a_consent_that_replaces_another_ends_it(world):
    world.open()
    world.consent("worker")
    new = world.consent("worker", "c2", replaces="c1")
    consents = world.fold().consents
    assert (consents["c1"].in_force, consents["c1"].replacements) == (False, [new])
    assert consents["c2"].in_force


def test_what_was_recorded_with_a_consent_is_kept(world):
    from ctcase.log import payload
    from ctcase.model.values import CONTROL

    world.open()
    parts = [
        ("c1", CONTROL, payload.write(payload.ConsentTerms("given", ("referral",)))),
        ("c1", "case", payload.write(payload.ConsentData(given_by="client", names={"clinic1": "Clinic"}))),
    ]
    world.write("worker", "consent", parts)
    assert world.fold().consents["c1"].data.names == {"clinic1": "Clinic"}
