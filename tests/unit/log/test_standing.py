"""Rule 17a: whose word an envelope is, and whether his rights and its scope carry a submit."""

import msgspec
import pytest

from ctcase.crypto import dsse
from ctcase.log import payload, standing
from ctcase.log.rights import NOBODY
from ctcase.workflow.consent import StandingApproval

SCOPE = StandingApproval("clinic1", "care", ("case", "health"), "2030-06")
TERMS = payload.Step("submit", agency="clinic1", agency_kind="clinic", service="care", categories=("health",))
DAY = "2026-05-01"


def envelope(world, signer="boss", named=None, kind=payload.STANDING_TYPE, **changes):
    """An envelope of `signer` in the name of a device; `changes` of what it says."""
    says = payload.Standing(world.devices[named or signer].id, 1, 1, SCOPE)
    signed = dsse.sign(
        kind, payload.write(msgspec.structs.replace(says, **changes)), [world.devices[signer].key]
    )
    return dsse.encode(signed).decode()


def holder(world, text, terms=TERMS, on=DAY, roster=1):
    return standing.holder(text, world.rights, terms, on=on, roster=roster)


def test_the_signer_is_named_and_what_he_signed_is_read(world):
    text = envelope(world)
    assert standing.read(text, world.rights).scope == SCOPE
    assert holder(world, text) == "boss"


def test_only_the_device_that_is_named_signs(world):
    assert standing.read(envelope(world, "worker", named="boss"), world.rights) is None
    assert standing.read(envelope(world, "chief", named="boss"), world.rights) is None
    both = payload.write(payload.Standing(world.devices["boss"].id, 1, 1, SCOPE))
    keys = [world.devices[name].key for name in ("worker", "boss")]
    text = dsse.encode(dsse.sign(payload.STANDING_TYPE, both, keys)).decode()
    assert holder(world, text) == "boss"


def test_a_signature_over_something_else_is_none(world):
    assert standing.read(envelope(world, kind="application/vnd.ctcase.entry.v1+json"), world.rights) is None
    good = dsse.decode(envelope(world).encode(), payload.STANDING_TYPE)
    wider = payload.write(
        payload.Standing(world.devices["boss"].id, 1, 1, msgspec.structs.replace(SCOPE, until="2099"))
    )
    text = dsse.encode(msgspec.structs.replace(good, payload=wider)).decode()
    assert standing.read(text, world.rights) is None


def test_a_device_that_nobody_knows_signs_nothing(world):
    text = envelope(world)
    assert standing.read(text, NOBODY) is None
    world.add("stranger", enrolled=False)
    assert standing.read(envelope(world, "stranger"), world.rights) is None


@pytest.mark.parametrize("text", ["", "x", "{}", "[" * 50_000, '{"a":' * 50_000, "é" * 1000, "\0"])
def test_what_is_no_envelope_is_none(world, text):
    assert standing.read(text, world.rights) is None
    assert holder(world, text) is None


def test_another_way_to_write_it_is_none(world):
    text = envelope(world)
    for other in (text + "\n", " " + text, text.replace('":', '": ', 1), text[:-1]):
        assert standing.read(other, world.rights) is None


def test_a_huge_envelope_is_not_read(world):
    """Bounded before work is done on it."""
    big = envelope(world, scope=msgspec.structs.replace(SCOPE, service="x" * 200))
    assert standing.read(big, world.rights) is not None
    signed = dsse.sign(
        payload.STANDING_TYPE, b" " * (standing.LARGEST_STANDING + 1), [world.devices["boss"].key]
    )
    assert standing.read(dsse.encode(signed).decode(), world.rights) is None


@pytest.mark.parametrize(
    ("terms", "on", "covered"),
    [
        ({}, DAY, True),
        ({"categories": ()}, DAY, True),
        ({"categories": ("case", "health")}, DAY, True),
        ({"categories": ("health", "identity")}, DAY, False),
        ({"agency": "clinic2"}, DAY, False),
        ({"agency": ""}, DAY, False),
        ({"service": "shelter"}, DAY, False),
        ({"service": ""}, DAY, False),
        ({}, "2030-06-30", True),
        ({}, "2030-07-01", False),
        ({}, "", False),
        ({}, "2026-05", False),
    ],
)
def test_it_covers_its_scope_and_nothing_else(world, terms, on, covered):
    found = holder(world, envelope(world), msgspec.structs.replace(TERMS, **terms), on)
    assert found == ("boss" if covered else None)


def test_a_kind_of_agency_is_covered_by_its_kind_only(world):
    text = envelope(world, scope=msgspec.structs.replace(SCOPE, recipient="kind:clinic"))
    assert holder(world, text) == "boss"
    assert holder(world, text, msgspec.structs.replace(TERMS, agency="another")) == "boss"
    for kind in ("", "police"):
        assert holder(world, text, msgspec.structs.replace(TERMS, agency_kind=kind)) is None


@pytest.mark.parametrize("name", ["worker", "office", "other"])
def test_who_is_no_supervisor_approves_nothing(world, name):
    assert holder(world, envelope(world, name)) is None


def test_rights_are_judged_where_it_was_signed_and_where_it_is_used(world):
    text = envelope(world)
    lost = world.grant("boss", ["caseworker"], ["north"])
    assert holder(world, text, roster=lost - 1) == "boss"
    assert holder(world, text, roster=lost) is None
    assert holder(world, envelope(world, roster=lost)) is None, "signed after he had lost the role"
    regained = world.grant("boss", ["supervisor"], ["north"])
    assert holder(world, text, roster=regained) == "boss"
    assert holder(world, envelope(world, roster=lost), roster=regained) is None


def test_a_roster_still_to_come_or_a_number_after_the_last_approves_nothing(world):
    assert holder(world, envelope(world, roster=world.version + 1)) is None
    world.revoke("boss", last=4)
    assert holder(world, envelope(world, number=5)) is None


def test_rights_that_end_at_a_number_end_there(world):
    world.grant("boss", ["caseworker"], ["north"], at_latest=7)
    assert holder(world, envelope(world, number=6)) == "boss"
    assert holder(world, envelope(world, number=7)) is None
