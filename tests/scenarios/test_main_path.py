"""The product in one line: a case goes from the field to the central office and back."""

import pytest

from ctcase.app import cases, consents, exchange, office, referrals, spreadsheets, upkeep
from ctcase.errors import CtcaseError


@pytest.fixture
def sheet(shared):
    file = shared / "samples" / "htcds-300.xlsx"
    if not file.exists():
        pytest.skip("the sample spreadsheet (../shared/samples/htcds-300.xlsx) is not there")
    return file


def first_with_a_name(world, name):
    for stream in world.streams(name):
        person = next(it for it in world.show(name, stream).records if it.id == "person")
        if person.fields.get("first_name"):
            return stream
    raise AssertionError("nobody has a name")


def deliver(world, sender, *readers):
    """Writes to all and gives each reader the files; those for somebody else are refused."""
    written = exchange.write_bundles(world[sender], "all", world.file()).value.files
    paths = [world.folder / one.file for one in written]
    for name in readers:
        seen = exchange.read_bundles(world[name], paths).value.files
        assert {one.error.code for one in seen if one.error} <= {"not_addressed"}
        assert any(one.status == "new" for one in seen)
    return paths


def test_from_the_field_to_the_office_and_back(world, sheet):
    deliver(world, "office", "sup", "cw1")
    imported = spreadsheets.import_cases(world["cw1"], sheet).value
    assert imported.rows == 300
    assert imported.added == 300
    stream = first_with_a_name(world, "cw1")
    world.consent("cw1", stream)
    referral = world.refer("cw1", stream)
    assert world.do("cw1", referral, "submit").to == "submitted"
    (to_supervisor,) = world.bundles("cw1", "sup")
    (seen,) = world.read("sup", to_supervisor, look=True)
    assert seen.cases.new == 300
    assert world.streams("sup") == []
    assert world.read("sup", to_supervisor) == [seen]
    assert world.do("sup", referral, "approve").to == "approved"
    deliver(world, "sup", "cw1")
    pdf = world.file(".pdf")
    assert referrals.letter(world["cw1"], referral, pdf).value.pages == 1
    assert pdf.read_bytes().startswith(b"%PDF")
    assert world.do("cw1", referral, "send").to == "sent"
    deliver(world, "cw1", "office")
    assert world.status("office").cases == 300
    shown = world.referral("office", referral)
    assert (shown.state, [step.event for step in shown.path]) == (
        "sent",
        ["draft", "submit", "approve", "send"],
    )
    back = deliver(world, "office", "sup", "cw1")
    assert exchange.preview_bundles(world["cw1"], back).files[-1].status in ("known", "refused")
    assert world.status("cw1").unsent == [] or world.status("cw1").unsent[0].to != "office"
    for name in ("office", "sup", "cw1"):
        found = upkeep.verify(world[name])
        assert found.ok
        assert found.warnings == []


def test_the_office_answers_with_a_receipt(world):
    world.case("cw1")
    world.send("cw1", "office")
    (seen,) = world.send("office", "cw1")
    assert seen.receipts == 1
    assert [one.to for one in world.status("cw1").unsent] == [world.people["sup"].member]


def test_work_before_the_welcome_is_seen_by_its_author_and_counts_after_it(world):
    stream = world.case("cw2", first_name="Early")
    world.consent("cw2", stream)
    referral = world.refer("cw2", stream)
    world.do("cw2", referral, "submit")
    shown = world.show("cw2", stream)
    assert {line.status for line in shown.history} == {"effective"}
    with pytest.raises(CtcaseError, match="not_enrolled"):
        exchange.write_bundles(world["cw2"], "office", world.file())
    world.join("cw2")
    assert world.show("cw2", stream).team == "North"
    world.send("cw2", "office")
    assert world.referral("office", referral).state == "submitted"
    assert world.shared("office") == world.shared("cw2")


def test_words_of_both_sides_agree(world):
    request, welcome = world.file(), world.file()
    written = office.write_request(world["cw2"], request)
    seen = office.look_at_request(world["office"], request)
    assert office.words_agree(seen.fingerprint.upper(), written.fingerprint)
    how = {"team": "North", "role": None, "member": None, "passphrase": "a fictional passphrase"}
    enrolled = office.enrol(world["office"], request, welcome=welcome, **how).value
    there = office.look_at_welcome(world["cw2"], welcome)
    assert office.words_agree(there.fingerprint, enrolled.office_fingerprint)
    assert office.accept(world["cw2"], welcome).value.team == "North"


def test_a_restored_backup_goes_on_as_a_new_device_of_the_same_member(world):
    stream = world.case("cw1", first_name="Before")
    backup, request, folder = world.file(), world.file(), world.file()
    upkeep.backup(world["cw1"], backup, "another passphrase")
    world.set("cw1", stream, "After")
    world.meet("cw1", "office")
    old = world["cw1"].device_id
    late = world.bundles("office", "cw1")
    environment = world["cw1"].env
    world.lock("cw1")
    upkeep.restore(backup, folder, "another passphrase", environment, request)
    world.move_in("cw1", folder, "another passphrase")
    assert world["cw1"].device_id != old
    world.set("cw1", stream, "Since", "person.city")
    world.enrol_again("cw1")
    world.accept("cw1")
    assert world["cw1"].member_id == world.people["cw1"].member
    (seen,) = world.read("cw1", *late)
    assert seen.status == "new", "bundles under way still open"
    world.meet("cw1", "office")
    fields = world.show("cw1", stream).records[0].fields
    assert fields == {"first_name": "After", "city": "Since"}
    assert world.shared("cw1") == world.shared("office")
    assert world.status("office").forks == []


def test_a_consent_withdrawn_stops_the_sending_and_names_who_holds_a_copy(world):
    stream = world.case("cw1")
    consent = world.consent("cw1", stream).id
    first, second = world.refer("cw1", stream), world.refer("cw1", stream)
    for referral in (first, second):
        world.do("cw1", referral, "submit")
    world.send("cw1", "sup")
    for referral in (first, second):
        world.do("sup", referral, "approve")
    world.send("sup", "cw1")
    world.do("cw1", first, "send")
    consents.add_consent(world["cw1"], stream, {"status": "withdrawn", "replaces": consent})
    with pytest.raises(CtcaseError, match="consent_missing"):
        world.do("cw1", second, "send")
    world.meet("cw1", "office")
    shown = cases.show_case(world["office"], stream)
    assert [(it.to, it.fields, it.void) for it in shown.disclosures] == [
        ("Shelter Example", ["person.first_name"], None)
    ]
    assert [it.status for it in shown.consents] == ["withdrawn"]
