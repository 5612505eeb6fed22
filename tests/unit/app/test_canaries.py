"""Nothing of a case is outside the vault unless a person exported it, and nothing of one is in a refusal (invariant 4)."""

import json

import pytest

from ctcase.app import cases, consents, decisions, exchange, office, referrals, spreadsheets, upkeep
from ctcase.errors import CtcaseError
from tests.office_world import CONSENT, PASSPHRASE, REFERRAL

CANARY = "Kanarya"
MARKS = [CANARY, CANARY.upper(), CANARY.casefold()]


def planted(session):
    """A document with a canary in every field that takes words."""
    document = {"alias": f"{CANARY} alias", "person": {}, "case": {}}
    for form in session.forms:
        for field in form.fields():
            if field.record in ("person", "case") and field.type == "text" and not field.list_id:
                document[field.record][field.name] = f"{CANARY} {field.name}"
    assert len(document["person"]) > 5
    assert len(document["case"]) > 3
    return document


def marks(data: bytes):
    found = [one for one in MARKS if one.encode() in data or one.encode("utf-16-le") in data]
    assert found == []


@pytest.fixture
def full(world):
    """Members with a case full of canaries, and everything that was written on the way."""
    world.found()
    ben = world.member("ben")
    world.member("sup", "supervisor")
    document = planted(ben)
    world.code = world.case("ben", document)
    world.given = world.consent(
        "ben",
        world.code,
        recipients=[f"{CANARY} House"],
        note=f"{CANARY} note",
        witness=CANARY,
        interpreter=CANARY,
    )
    world.one = world.referral(
        "ben", world.code, agency=f"{CANARY} House", service=f"{CANARY} service", reason=f"{CANARY} reason"
    )
    world.do("ben", world.one, "submit", comment=f"{CANARY} comment")
    world.meet("office", "ben", "sup")
    world.do("sup", world.one, "approve", comment=f"{CANARY} approved")
    cases.set_fields(ben, world.code, {"person.first_name": f"{CANARY} one"})
    cases.set_fields(world.session("sup"), world.code, {"person.first_name": f"{CANARY} two"})
    world.meet("office", "ben", "sup")
    return world


def test_no_file_and_no_name_of_one_holds_a_canary(full, capfd):
    upkeep.backup(full.session("ben"), full.path("backup"), PASSPHRASE)
    office.write_request(full.session("ben"), full.path("request"))
    upkeep.verify(full.session("ben"))
    seen = 0
    for file in full.folder.rglob("*"):
        marks(str(file.relative_to(full.folder)).encode())
        if file.is_file():
            marks(file.read_bytes())
            seen += 1
    assert seen > 15
    full.close()
    for file in full.folder.rglob("*"):
        if file.is_file():
            marks(file.read_bytes())
    assert capfd.readouterr() == ("", "")


def test_headers_of_entries_hold_no_canary(full):
    from sqlalchemy import select

    from ctcase.store import schema

    with full.session("office").look() as connection:
        headers = list(connection.scalars(select(schema.entry.c.header)))
        for header in headers:
            marks(header)
    assert len(headers) > 5


def refusals(world):
    """Every way we know to be refused with case data in the hand."""
    ben, sup, chief = (world.session(name) for name in ("ben", "sup", "office"))
    code, one = world.code, world.one
    word = f"{CANARY} x"
    (conflict,) = decisions.conflicts(sup, code).conflicts
    broken = world.path("rows").with_suffix(".json")
    broken.write_text(
        json.dumps([{"prs_FirstName": CANARY, "prs_Birthdate": CANARY, CANARY: 1}, {CANARY: CANARY}])
    )
    bad = world.path(CANARY)
    bad.write_bytes(CANARY.encode() * 100)
    nowhere = world.folder / CANARY / "file"
    yield cases.add_case, ben, {word: 1}
    yield cases.add_case, ben, {"person": {word: 1}}
    yield cases.add_case, ben, {"person": word}
    yield cases.add_case, ben, {"person": {"first_name": [word]}}
    yield cases.add_case, ben, {"person": {"birth_date": word}}
    yield cases.add_case, ben, {"person": {"first_name": {word: word}}}
    yield cases.add_case, ben, {"alias": word * 100}
    yield cases.add_case, ben, {"case": {"status": word}}
    yield cases.parse_assignments, ben, [word]
    yield cases.parse_assignments, ben, [f"{word}=x"]
    yield cases.parse_assignments, ben, [f"person.{CANARY}={word}"]
    yield cases.set_fields, ben, code, {f"person.{CANARY}": word}
    yield cases.set_fields, ben, code, {f"{CANARY}": word}
    yield cases.set_fields, ben, code, {f"{CANARY}.first_name": word}
    yield cases.set_fields, ben, code, {"person.birth_date": word}
    yield cases.set_fields, ben, word, {}
    yield cases.show_case, ben, word
    yield cases.transfer, sup, code, word
    yield consents.add_consent, ben, code, {**CONSENT, "status": word}
    yield consents.add_consent, ben, code, {**CONSENT, word: word}
    yield consents.add_consent, ben, code, {**CONSENT, "replaces": word}
    yield consents.add_consent, ben, code, {"status": "withdrawn", "replaces": word}
    yield referrals.add_referral, ben, code, {**REFERRAL, word: word}
    yield referrals.add_referral, ben, code, {**REFERRAL, "fields": [f"person.{CANARY}"]}
    yield referrals.add_referral, ben, code, {**REFERRAL, "consent": word}
    yield referrals.do, ben, one, word, {}
    yield referrals.do, ben, word, "send", {}
    yield referrals.do, ben, one, "acknowledge", {"contact": word}
    yield referrals.do, ben, one, "send", {word: word}
    yield referrals.do, sup, one, "decide", {"keep": word}
    yield referrals.do, ben, one, "approve", {"comment": word}
    yield referrals.letter, ben, one, nowhere
    yield referrals.grant_standing, sup, {"recipient": word}
    yield decisions.resolve_conflict, sup, word
    yield (lambda: decisions.resolve_conflict(sup, conflict.id, keep=word),)
    yield (lambda: decisions.resolve_conflict(sup, conflict.id, value=(word,)),)
    yield decisions.adopt, chief, [word]
    yield decisions.close_fork, chief, word, [word]
    yield spreadsheets.import_cases, ben, bad
    yield spreadsheets.import_cases, ben, nowhere
    yield spreadsheets.export_cases, ben, nowhere
    yield spreadsheets.export_cases, ben, bad
    yield exchange.write_bundles, ben, word, world.path("out")
    yield exchange.write_bundles, ben, "office", bad
    yield office.accept, ben, bad
    yield office.look_at_request, chief, bad
    yield office.set_member, chief, word, None, "A", PASSPHRASE
    yield office.set_member, chief, "Ben Member", (word,), None, PASSPHRASE
    yield office.revoke, chief, word, word, PASSPHRASE
    yield upkeep.backup, ben, nowhere, PASSPHRASE
    yield upkeep.restore, bad, world.vault("r"), PASSPHRASE, world.env, None
    yield upkeep.recover, world.vault(CANARY), chief, PASSPHRASE, word, world.env


def test_no_refusal_holds_a_canary(full):
    codes = set()
    for call, *arguments in refusals(full):
        try:
            call(*arguments)
        except CtcaseError as refusal:
            marks(repr((refusal.code, refusal.args, refusal.details)).encode())
            codes.add(refusal.code)
        else:
            raise AssertionError((call, arguments[1:]))
    assert len(codes) >= 8


def test_no_answer_about_a_bad_file_holds_a_canary_of_its_content(full):
    bad = full.path("bundle")
    bad.write_bytes(CANARY.encode() * 100)
    for call in (exchange.preview_bundles, lambda *it: exchange.read_bundles(*it).value):
        (seen,) = call(full.session("ben"), [bad]).files
        assert seen.error is not None
        marks(repr(seen).encode())
    rows = full.path("rows").with_suffix(".json")
    rows.write_text(json.dumps([{"prs_FirstName": "x", "prs_Birthdate": CANARY}]))
    done = spreadsheets.import_cases(full.session("ben"), rows).value
    assert len(done.refused) == 1
    marks(repr(done).encode())


def test_status_and_lists_hold_no_names(full):
    from ctcase.app import case_list

    session = full.session("ben")
    marks(repr(upkeep.status(session)).encode())
    for line in case_list.list_cases(session).cases:
        assert line.name is None
