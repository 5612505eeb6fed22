"""Consent and its gaps, standing approvals, and the files of the command line."""

import dataclasses
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.workflow import consent
from ctcase.workflow.consent import (
    ConsentFile,
    EventFile,
    Gap,
    ReferralFile,
    StandingApproval,
    Terms,
    check_consent,
    check_event,
    check_referral,
    gap,
    standing_covers,
)
from ctcase.workflow.referral import TABLE

TERMS = Terms("given", ("referral",), ("a1", "kind:clinic"), ("identity", "contact"), None)
ASKED = {
    "agency": "a1",
    "agency_kind": "shelter",
    "purpose": "referral",
    "categories": ["identity"],
    "on": "2026-11-21",
}


def find(terms=None, **asked):
    return gap(dataclasses.replace(TERMS, **(terms or {})), **(ASKED | asked))


def test_a_consent_that_covers_everything_has_no_gap():
    assert find() is None
    assert find(agency="a2", agency_kind="clinic") is None
    assert find(categories=[]) is None


@pytest.mark.parametrize(
    ("terms", "asked", "found"),
    [
        ({"status": "refused"}, {}, Gap(status="refused")),
        ({"status": "withdrawn"}, {}, Gap(status="withdrawn")),
        ({}, {"purpose": "authorities"}, Gap(purposes=("authorities",))),
        ({}, {"agency": "a2"}, Gap(recipients=("a2",))),
        ({"recipients": ()}, {}, Gap(recipients=("a1",))),
        ({}, {"categories": {"location", "identity", "health"}}, Gap(categories=("health", "location"))),
        ({"expires": "2026-11-20"}, {}, Gap(expired=True)),
    ],
)
def test_each_gap_is_named(terms, asked, found):
    assert find(terms, **asked) == found


def test_codes_of_a_gap_stand_in_a_fixed_order():
    everything = find(
        {"status": "withdrawn", "expires": "2020"}, purpose="services", agency="a9", categories=["legal"]
    )
    assert everything.codes == ("withdrawn", "purposes", "recipients", "categories", "expired")
    assert Gap(expired=True).codes == ("expired",)


@pytest.mark.parametrize(
    ("expires", "expired"),
    [
        ("2026-11-21", False),
        ("2026-11-20", True),
        ("2026-12-01", False),
        ("2026-11", False),
        ("2026-10", True),
        ("2026", False),
        ("2025", True),
        ("soon", True),
        ("2026-02-30", True),
        ("", True),
    ],
)
def test_a_consent_lasts_to_the_end_of_its_last_day_month_or_year(expires, expired):
    assert (find({"expires": expires}) == Gap(expired=True)) is expired


@pytest.mark.parametrize("on", ["2026", "2026-11", "2026-11-21T09:30:00Z", "x", "2026-13-01"])
def test_what_is_no_day_never_lies_before_an_expiry(on):
    assert find({"expires": "2030"}, on=on) == Gap(expired=True)


@pytest.mark.parametrize("recipient", ["any", "*", "kind:", "kind:*", ""])
def test_no_recipient_stands_for_everybody(recipient):
    assert find({"recipients": (recipient,)}) == Gap(recipients=("a1",))
    assert find({"recipients": (recipient,)}, agency="", agency_kind="") == Gap(recipients=("",))


def test_an_agency_whose_id_looks_like_a_kind_is_not_taken_for_that_kind():
    assert find(agency="kind:clinic", agency_kind="police") == Gap(recipients=("kind:clinic",))


categories = st.lists(st.sampled_from(["identity", "contact", "health"]), unique=True)


@settings(max_examples=100, deadline=None)
@given(agreed=categories, shared=categories)
def test_exactly_what_was_not_agreed_to_is_the_gap(agreed, shared):
    found = find({"categories": tuple(agreed)}, categories=shared)
    assert set(found.categories if found else ()) == set(shared) - set(agreed)


# --- standing approvals

SCOPE = StandingApproval("kind:clinic", "health", ("identity", "health"), "2026-12-31")
WANTED = {
    "agency": "c1",
    "agency_kind": "clinic",
    "service": "health",
    "categories": ["health"],
    "on": "2026-11-21",
}


@pytest.mark.parametrize(
    ("changed", "covered"),
    [
        ({}, True),
        ({"on": "2026-12-31"}, True),
        ({"on": "2027-01-01"}, False),
        ({"agency_kind": "shelter"}, False),
        ({"agency_kind": ""}, False),
        ({"service": "shelter"}, False),
        ({"categories": ["health", "legal"]}, False),
    ],
)
def test_a_standing_approval_covers_what_fits_its_scope(changed, covered):
    assert standing_covers(SCOPE, **(WANTED | changed)) is covered


def test_a_standing_approval_for_one_agency_is_for_no_other():
    scope = StandingApproval("c1", "health", ("health",), "2026-12")
    assert standing_covers(scope, **WANTED)
    assert not standing_covers(scope, **(WANTED | {"agency": "c2"}))


@pytest.mark.parametrize(
    "document",
    [
        {"recipient": "any", "service": "s", "categories": [], "until": "2026"},
        {"recipient": "c1", "service": "s", "categories": ["everything"], "until": "2026"},
        {"recipient": "c1", "service": "s", "categories": [], "until": "for ever"},
        {"recipient": "c1", "service": "s", "categories": []},
    ],
)
def test_a_standing_approval_without_bounds_is_refused(document):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(document, StandingApproval)


# --- files

CONSENT = {
    "status": "given",
    "given_by": "client",
    "method": "oral",
    "purposes": ["referral"],
    "recipients": ["Shelter A"],
    "categories": ["identity", "contact"],
    "language": "ar",
    "interpreter": None,
    "witness": None,
    "date": "2026-11-21",
    "expires": None,
    "replaces": None,
    "note": "",
}
REFERRAL = {
    "agency": "Shelter A",
    "service": "shelter",
    "purpose": "referral",
    "urgency": "24h",
    "basis": "consent",
    "consent": None,
    "reason": "",
    "fields": ["person.first_name"],
    "documents": [],
}


def read(kind, document):
    return msgspec.json.decode(msgspec.json.encode(document), type=kind)


def test_the_files_of_the_contract_are_whole():
    assert check_consent(read(ConsentFile, CONSENT)) == ()
    assert check_referral(read(ReferralFile, REFERRAL)) == ()


def test_a_consent_names_what_it_lacks():
    assert check_consent(ConsentFile("given")) == (
        "given_by",
        "method",
        "purposes",
        "recipients",
        "categories",
    )
    assert check_consent(ConsentFile("refused"))[0] == "given_by"
    assert check_consent(ConsentFile("withdrawn")) == ("replaces",)
    assert check_consent(ConsentFile("withdrawn", replaces="id")) == ()


def test_a_referral_names_what_it_lacks():
    assert check_referral(ReferralFile()) == ("agency", "service", "urgency", "basis", "fields")
    assert check_referral(read(ReferralFile, REFERRAL | {"fields": [], "documents": ["d1"]})) == ()
    for basis in ("vital_interest", "legal_duty"):
        assert check_referral(read(ReferralFile, REFERRAL | {"basis": basis})) == ("reason",)
        assert check_referral(read(ReferralFile, REFERRAL | {"basis": basis, "reason": " \n"})) == ("reason",)
        assert check_referral(read(ReferralFile, REFERRAL | {"basis": basis, "reason": "fire"})) == ()


def test_an_event_names_what_its_row_lacks():
    for event, row in TABLE.items():
        assert check_event(event, EventFile()) == row.needs
    whole = EventFile(contact="Nurse Sample", date="2026-11-21", channel="telephone")
    assert check_event("acknowledge", whole) == ()
    assert check_event("complete", EventFile(outcome="housed", received=" ")) == ("received", "feedback")


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (ConsentFile, CONSENT | {"extra": 1}),
        (ConsentFile, CONSENT | {"status": "maybe"}),
        (ConsentFile, CONSENT | {"given_by": "neighbour"}),
        (ConsentFile, CONSENT | {"method": "telepathy"}),
        (ConsentFile, CONSENT | {"purposes": ["profit"]}),
        (ConsentFile, CONSENT | {"recipients": [" Any "]}),
        (ConsentFile, CONSENT | {"recipients": ["kind:"]}),
        (ConsentFile, CONSENT | {"recipients": [f"agency {n}" for n in range(201)]}),
        (ConsentFile, CONSENT | {"categories": ["control"]}),
        (ConsentFile, CONSENT | {"date": "21.11.2026"}),
        (ConsentFile, CONSENT | {"expires": "2026-02-30"}),
        (ConsentFile, CONSENT | {"note": "x" * 10_001}),
        (ConsentFile, {"given_by": "client"}),
        (ReferralFile, REFERRAL | {"extra": 1}),
        (ReferralFile, REFERRAL | {"urgency": "1m"}),
        (ReferralFile, REFERRAL | {"basis": "curiosity"}),
        (ReferralFile, REFERRAL | {"fields": ["first_name"]}),
        (ReferralFile, REFERRAL | {"fields": ["person.first_name\n"]}),
        (ReferralFile, REFERRAL | {"fields": ["person.a"] * 1_001}),
        (ReferralFile, REFERRAL | {"agency": "x" * 201}),
        (EventFile, {"extra": ""}),
        (EventFile, {"date": "tomorrow"}),
        (EventFile, {"comment": "x" * 10_001}),
    ],
)
def test_files_out_of_bounds_are_not_understood(kind, document):
    with pytest.raises(msgspec.ValidationError):
        read(kind, document)


def test_the_value_lists_are_those_of_the_contract():
    assert get_args(consent.Status) == ("given", "refused", "withdrawn")
    assert get_args(consent.GivenBy) == ("client", "guardian", "court")
    assert get_args(consent.Method) == ("oral", "written", "thumbprint")
    assert get_args(consent.Purpose) == ("services", "referral", "authorities", "statistics")
    assert get_args(consent.LegalBasis) == ("consent", "vital_interest", "legal_duty")
    assert consent.URGENCIES == {"1h": 1, "24h": 24, "72h": 72, "2w": 336}
    assert consent.RATIFICATION_HOURS == 24


@pytest.mark.parametrize("urgency", sorted(consent.URGENCIES))
def test_every_urgency_can_be_written(urgency):
    assert read(ReferralFile, REFERRAL | {"urgency": urgency}).urgency == urgency
