"""Founding, joining, enrolling, accepting; rights by roster version."""

import pytest

from ctcase.app import cases, consents, decisions, exchange, office, referrals, root, upkeep
from ctcase.app.session import open_vault
from ctcase.errors import CtcaseError
from tests.office_world import PASSPHRASE, World, code_of, held, refused, root_file

# --- founding ----------------------------------------------------------------------------------------------------


def test_the_founder_leads_an_office_of_his_own(world):
    session = world.found()
    seen = upkeep.status(session)
    assert (seen.enrolled, seen.roster, seen.member.roles) == ("yes", 1, ["administrator", "officer"])
    assert seen.office.fingerprint == world.made.fingerprint
    assert len(world.made.fingerprint.split()) == 6
    assert root.exists(session.folder)
    assert world.verified("office").ok


@pytest.mark.parametrize(
    ("name", "member"), [("", "Ana"), ("  ", "Ana"), ("x" * 201, "Ana"), ("Office", " ")]
)
def test_an_office_without_a_name_is_not_founded(world, name, member):
    call = office.create_office
    assert code_of(call, world.vault("o"), name, member, PASSPHRASE, world.env) == "needs_missing"
    assert list(world.folder.iterdir()) == []


def test_founding_never_touches_what_is_there(world):
    world.found()
    before = root_file(world).read_bytes()
    assert (
        code_of(office.create_office, world.vault("office"), "B", "B", PASSPHRASE, world.env) == "permission"
    )
    assert root_file(world).read_bytes() == before
    assert sorted(one.name for one in world.folder.iterdir()) == ["office"]


# --- joining -----------------------------------------------------------------------------------------------------


def test_a_request_is_written_again_by_the_same_vault(world):
    first = office.join(world.vault("ben"), "Ben", ("caseworker",), world.path("r"), PASSPHRASE, world.env)
    again = office.join(world.vault("ben"), "Ben", ("caseworker",), world.path("r"), PASSPHRASE, world.env)
    assert (first.device, first.fingerprint) == (again.device, again.fingerprint)
    assert upkeep.status(world.session("ben")).enrolled == "requested"


def test_joining_with_the_wrong_passphrase_or_role_changes_nothing(world):
    assert (
        code_of(office.join, world.vault("x"), "X", ("king",), world.path("r"), PASSPHRASE, world.env)
        == "role_missing"
    )
    assert (
        code_of(office.join, world.vault("x"), "X", (), world.path("r"), PASSPHRASE, world.env)
        == "role_missing"
    )
    world.join("ben")
    target = world.path("r")
    assert (
        code_of(office.join, world.vault("ben"), "B", ("caseworker",), target, "wrong", world.env)
        == "passphrase_wrong"
    )
    assert not target.exists()
    assert not world.vault("x").exists()


def test_a_vault_whose_request_cannot_be_written_is_not_made(world):
    nowhere = world.folder / "no" / "request"
    call = office.join
    assert (
        code_of(call, world.vault("x"), "X", ("caseworker",), nowhere, PASSPHRASE, world.env)
        == "file_missing"
    )
    assert not world.vault("x").exists()


# --- enrolling ---------------------------------------------------------------------------------------------------


def test_both_sides_read_the_same_words(world):
    session = world.found()
    joined = office.join(world.vault("ben"), "Ben", ("caseworker",), world.path("r"), PASSPHRASE, world.env)
    seen = office.look_at_request(session, world.folder / joined.request)
    assert seen.fingerprint == joined.fingerprint
    assert (seen.name, seen.roles, seen.replaces) == ("Ben", ["caseworker"], None)
    welcome = world.enrol(world.folder / joined.request)
    shown = office.look_at_welcome(world.session("ben"), welcome)
    assert shown.fingerprint == upkeep.status(session).office.fingerprint
    assert upkeep.status(world.session("ben")).enrolled == "requested"
    accepted = office.accept(world.session("ben"), welcome).value
    assert (accepted.roles, accepted.team, accepted.roster) == (["caseworker"], "A", 2)
    assert upkeep.status(world.session("ben")).enrolled == "yes"


@pytest.mark.parametrize(
    ("typed", "agree"),
    [(lambda w: w, True), (str.upper, True), (lambda w: w.replace(" ", "-"), True), (lambda w: f"  {w} ", True),
     (lambda w: " ".join(w.split()[:5]), False), (lambda w: "", False), (lambda w: " ".join(reversed(w.split())), False)],
)  # fmt: skip
def test_words_agree_as_people_type_them(world, typed, agree):
    world.found()
    words = world.made.fingerprint
    assert office.words_agree(typed(words), words) is agree


def test_words_that_were_compared_are_of_that_very_file(world):
    session = world.found()
    first, second = world.join("ben"), world.join("eda")
    words = office.look_at_request(session, first).fingerprint
    options = {"team": "A", "role": None, "member": None, "passphrase": PASSPHRASE}
    call = office.enrol
    assert (
        code_of(call, session, second, **options, welcome=world.path("w"), compared=words)
        == "fingerprint_differs"
    )
    assert held(session).version == 1


@pytest.mark.parametrize(
    "spoil", [lambda d: b"", lambda d: d[:-20], lambda d: b"{}", lambda d: d + d, lambda d: b"x" * 300_000]
)
def test_a_garbled_request_is_refused(world, spoil):
    session = world.found()
    request = world.join("ben")
    request.write_bytes(spoil(request.read_bytes()))
    assert code_of(office.look_at_request, session, request) in ("file_not_understood", "limit_exceeded")
    assert code_of(world.enrol, request) in ("file_not_understood", "limit_exceeded")
    assert held(session).version == 1


def test_every_changed_byte_of_a_request_is_refused_or_means_the_same(world):
    session = world.found()
    request = world.join("ben")
    whole = request.read_bytes()
    words = office.look_at_request(session, request)
    for place in range(0, len(whole), 29):
        spoiled = bytearray(whole)
        spoiled[place] ^= 2
        request.write_bytes(spoiled)
        try:
            seen = office.look_at_request(session, request)
        except CtcaseError as refusal:
            assert refusal.code in ("file_not_understood", "signature_wrong", "newer_version")  # noqa: PT017  # either way is right
        else:
            assert seen == words


def test_a_request_to_another_office_is_refused(world, tmp_path):
    world.found()
    ben = world.member("ben")
    office.write_request(ben, target := world.path("request"))
    other = World(tmp_path / "other", seed=9)
    other.folder.mkdir()
    other.found()
    assert code_of(office.look_at_request, other.session("office"), target) == "other_office"
    assert code_of(other.enrol, target) == "other_office"
    other.close()


def test_a_name_that_is_taken_is_refused_however_it_is_written(world):
    world.found()
    world.member("ben", member="Ben Örnek")
    for name in ("Ben Örnek", "ben  ÖRNEK", "Ben O\u0308rnek"):
        request = world.join(f"v{hash(name)}", member=name)
        assert code_of(world.enrol, request) == "ambiguous"


def test_a_request_that_is_played_again_is_refused(world):
    session = world.found()
    request = world.join("ben")
    world.enrol(request)
    before = held(session)
    assert code_of(world.enrol, request) == "ambiguous"
    assert held(session) == before


def test_a_lost_welcome_is_written_again_for_its_own_member_only(world):
    session = world.found()
    request = world.join("ben")
    world.enrol(request)
    before = held(session)
    welcome = world.enrol(request, member="Ben Member")
    assert held(session) == before
    office.accept(world.session("ben"), welcome)
    assert upkeep.status(world.session("ben")).enrolled == "yes"
    assert code_of(world.enrol, request, member="Ana Officer") == "ambiguous"
    assert held(session) == before


def test_a_second_device_of_one_member_is_one_pair_of_eyes(world):
    session = world.found()
    ben = world.member("ben")
    welcome = world.enrol(world.join("tablet", "supervisor", member="Ben Tablet"), member=ben.member_id)
    office.accept(world.session("tablet"), welcome)
    assert [len(one.devices) for one in office.members(session).members] == [1, 2]
    assert held(world.session("tablet")).version == 3
    # what a request wishes is for newcomers: a known member keeps his roles, on every device
    assert [one.roles for one in office.members(session).members][1] == ["caseworker"]
    assert upkeep.status(world.session("tablet")).member.roles == ["caseworker"]
    office.set_member(session, ben.member_id, ("caseworker", "supervisor"), None, PASSPHRASE)
    world.meet("office", "ben", "tablet")
    code = world.case("ben")
    world.consent("ben", code)
    one = world.referral("ben", code)
    world.do("ben", one, "submit")
    world.meet("office", "ben", "tablet")
    assert code_of(world.do, "tablet", one, "approve") == "four_eyes"
    assert code_of(world.do, "ben", one, "approve") == "four_eyes"
    shown = referrals.show_referral(world.session("tablet"), one)
    assert {it.event: it.why_not for it in shown.available}["approve"] is not None


def test_a_role_given_with_a_second_device_is_the_member_s_on_all_of_them(world):
    world.found()
    ben = world.member("ben")
    request = world.join("tablet", member="Ben Tablet")
    office.accept(
        world.session("tablet"), world.enrol(request, role="supervisor", team="B", member=ben.member_id)
    )
    world.meet("office", "ben", "tablet")
    for name in ("ben", "tablet"):
        shown = upkeep.status(world.session(name)).member
        assert (shown.roles, shown.team) == (["supervisor"], "B")


def test_enrolling_needs_the_right_the_root_store_and_its_passphrase(world):
    session = world.found()
    world.member("ben")
    request = world.join("eda")
    assert code_of(world.enrol, request, by="ben") == "role_missing"
    arguments = {"team": "A", "role": None, "member": None, "welcome": world.path("w")}
    assert code_of(office.enrol, session, request, **arguments, passphrase="wrong") == "passphrase_wrong"
    assert code_of(world.enrol, request, team=" ") == "needs_missing"
    assert code_of(world.enrol, request, role="king") == "role_missing"
    assert code_of(world.enrol, request, member="Nobody") == "not_found"
    root_file(world).rename(world.path("moved"))
    assert refused(world.enrol, request).details == {"what": "root"}
    assert code_of(world.enrol, request) == "file_missing"
    assert held(session).version == 2


def test_an_unenrolled_vault_enrols_nobody(world):
    world.found()
    request = world.join("ben")
    assert code_of(world.enrol, request, by="ben") in ("not_enrolled", "file_missing")


# --- accepting ---------------------------------------------------------------------------------------------------


def test_a_welcome_is_for_one_device(world):
    world.found()
    welcome = world.enrol(world.join("ben"))
    world.join("eda")
    assert code_of(office.accept, world.session("eda"), welcome) == "not_addressed"
    assert upkeep.status(world.session("eda")).enrolled == "requested"


def test_a_welcome_of_another_office_is_refused_once_one_is_known(world, tmp_path):
    world.found()
    ben = world.member("ben")
    other = World(tmp_path / "other", seed=9)
    other.folder.mkdir()
    other.found()
    request = world.path("request")
    office.write_request(ben, request)
    asked = office._read_request(request)
    assert asked.office == held(ben).office
    other.sessions["ben"] = ben
    fresh = other.join("new")
    welcome = other.enrol(fresh)
    assert code_of(office.accept, ben, welcome) == "not_addressed"
    other.sessions.pop("ben")
    other.close()


def test_an_older_welcome_is_refused_and_the_same_one_is_welcome_twice(world):
    session = world.found()
    welcome = world.enrol(world.join("ben"))
    ben = world.session("ben")
    office.accept(ben, welcome)
    office.accept(ben, welcome)
    office.set_member(session, ben.member_id, ("caseworker",), "B", PASSPHRASE)
    world.meet("office", "ben")
    assert code_of(office.accept, ben, welcome) == "roster_old"
    assert upkeep.verify(ben).ok


def test_a_bundle_is_no_welcome(world):
    world.found()
    ben = world.member("ben")
    bundle = world.bundles("office", ben.member_id)[0]
    assert code_of(office.accept, ben, bundle) == "file_not_understood"
    assert code_of(office.accept, ben, world.join("x")) in ("file_not_understood", "bundle_damaged")


# --- members -----------------------------------------------------------------------------------------------------


def test_a_role_that_was_taken_away_is_gone_for_what_the_office_has_not_seen(world):
    session = world.found()
    ben = world.member("ben")
    early = world.case("ben")
    office.set_member(session, ben.member_id, ("administrator",), None, PASSPHRASE)
    world.case("ben")  # ben has not heard of it
    world.meet("office", "ben")
    assert upkeep.status(session).proposals == 2  # nothing is lost: an officer may adopt it
    assert cases.show_case(session, early).team == "A"
    assert code_of(world.case, "ben") == "role_missing"


def test_a_member_moves_to_another_team(world):
    session = world.found()
    ben = world.member("ben")
    code = world.case("ben")
    office.set_member(session, "Ben Member", None, "B", PASSPHRASE)
    world.meet("office", "ben")
    assert upkeep.status(ben).member.team == "B"
    assert code_of(cases.set_fields, ben, code, {"case.alias": "x"}) == "not_your_case"
    assert cases.show_case(ben, world.case("ben")).team == "B"


def test_member_set_is_refused_for_what_makes_no_sense(world):
    session = world.found()
    ben = world.member("ben")
    call = office.set_member
    assert code_of(call, session, "Nobody", None, "B", PASSPHRASE) == "not_found"
    assert code_of(call, session, ben.member_id, (), None, PASSPHRASE) == "role_missing"
    assert code_of(call, session, ben.member_id, ("king",), None, PASSPHRASE) == "role_missing"
    assert code_of(call, session, "Ana Officer", ("officer",), None, PASSPHRASE) == "state_forbids"
    assert code_of(call, ben, ben.member_id, ("officer",), None, PASSPHRASE) == "role_missing"
    assert code_of(call, session, ben.member_id, None, "B", "wrong") == "passphrase_wrong"
    assert held(session).version == 2


def test_revocation_ends_at_the_last_number_without_a_gap(world):
    session = world.found()
    ben = world.member("ben")
    code = world.case("ben")
    world.send("ben", "office")
    cases.set_fields(ben, code, {"case.alias": "Late"})
    assert code_of(office.revoke, session, "Ben Member", " ", PASSPHRASE) == "needs_missing"
    office.revoke(session, "Ben Member", "left", PASSPHRASE)
    assert [one.devices[0].revoked for one in office.members(session).members] == [None, 1]
    assert code_of(office.revoke, session, "Ben Member", "again", PASSPHRASE) == "state_forbids"
    assert code_of(office.revoke, session, ben.device_id, "again", PASSPHRASE) == "state_forbids"
    assert code_of(office.revoke, session, "Ana Officer", "coup", PASSPHRASE) == "state_forbids"
    assert code_of(office.revoke, session, "Nobody", "x", PASSPHRASE) == "not_found"
    late = world.bundles("ben", "office")
    assert exchange.read_bundles(session, late).value.files[0].error is None
    found = decisions.proposals(session).proposals
    assert [(one.reason, one.fields) for one in found] == [("revoked", ["case.alias"])]
    assert cases.show_case(session, code).alias == "Blue"
    decisions.adopt(session, [found[0].entry])
    assert cases.show_case(session, code).alias == "Late"
    assert upkeep.verify(session).ok


def test_capture_is_never_blocked(world):
    session = world.found()
    world.join("new")
    early = world.case("new")  # no roster at all
    cases.set_fields(world.session("new"), early, {"person.first_name": "Zehra"})
    ben = world.member("ben")
    office.set_member(session, ben.member_id, ("caseworker",), "B", PASSPHRASE)
    old = world.case("ben")  # an old roster
    cases.set_fields(ben, old, {"person.first_name": "Zehra"})
    world.meet("office", "ben")
    office.revoke(session, ben.member_id, "left", PASSPHRASE)
    for bundle in world.bundles("office", "all"):
        exchange.read_bundles(ben, [bundle])
    copy = exchange.preview_bundles(ben, []).files
    assert copy == []
    late = world.case("ben")  # revoked: whether it knows or not
    cases.set_fields(ben, late, {"person.first_name": "Zehra"})
    world.now = 0  # a clock that says 1970
    world.case("ben")
    world.now = 253_402_300_799  # and one that says 9999
    world.case("ben")
    assert upkeep.verify(ben).ok
    exchange.read_bundles(session, world.bundles("ben", "office"))
    assert upkeep.status(session).proposals >= 1
    assert upkeep.verify(session).ok


# --- agencies ----------------------------------------------------------------------------------------------------


def test_agencies_are_of_the_office_or_proposed_in_cases(world):
    session = world.found()
    ben = world.member("ben")
    assert code_of(office.add_agency, ben, "Clinic") == "role_missing"
    assert code_of(office.add_agency, session, " ") == "needs_missing"
    one = office.add_agency(session, "Clinic  North", "clinic").value.id
    assert office.add_agency(session, "clinic north", "clinic").value.id == one
    code = world.case("ben")
    world.consent("ben", code, recipients=["Shelter A"])
    world.meet("office", "ben")
    found = [(it.name.casefold(), it.kind, it.proposed) for it in office.agencies(session).agencies]
    assert found == [("clinic north", "clinic", False), ("shelter a", "", True)]
    assert office.agencies(ben) == office.agencies(session)
    office.add_agency(session, "Shelter A", "shelter")
    assert [it.proposed for it in office.agencies(session).agencies] == [False, False]


# --- before the welcome -------------------------------------------------------------------------------------------


def test_a_member_changes_his_passphrase_alone(world):
    world.found()
    ben = world.member("ben")
    upkeep.change_passphrase(ben, "another one")
    open_vault(ben.folder, "another one", world.env).close()


def test_nothing_of_the_office_happens_before_the_welcome(world):
    world.join("ben")
    ben = world.session("ben")
    assert code_of(exchange.write_bundles, ben, "office", world.path("out")) == "not_enrolled"
    assert code_of(office.add_agency, ben, "Clinic") == "not_enrolled"
    assert code_of(decisions.adopt, ben, []) == "not_enrolled"
    assert (
        code_of(
            referrals.grant_standing,
            ben,
            {"recipient": "x", "service": "y", "categories": [], "until": "2030"},
        )
        == "not_enrolled"
    )
    assert office.members(ben).members == []
    assert consents.CATEGORY == "case"
