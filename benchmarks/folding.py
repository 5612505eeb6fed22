"""Replaying a whole vault, and folding the history of a referral."""

from pathlib import Path

from sqlalchemy import select

from benchmarks import measure, world
from benchmarks.measure import Result
from ctcase.app import cases, consents, referrals, spreadsheets, upkeep
from ctcase.log.fold import fold
from ctcase.store import entries, schema
from ctcase.sync.verifying import verify_signatures

EVENTS = 10
ALLOWED = 0.020  # milliseconds for ten events


def verify(folder: Path, count: int, times: int) -> Result:
    """`verify`, beside reading every row once, checking every signature, and SQLCipher's own check."""
    leader, worker = world.make_office(folder)
    leader.close()
    world.write_spreadsheet(folder / "cases.csv", count)
    spreadsheets.import_cases(worker, folder / "cases.csv")
    database = worker.opened.database

    def floor() -> None:
        database.check_integrity()
        with database.reading() as connection:
            seqs = connection.scalars(select(schema.entry.c.seq)).all()
            assert all(verify_signatures(entries.of_seqs(connection, list(seqs))))
            for table in schema.DERIVED:
                connection.execute(select(table)).all()

    def ours() -> None:
        assert upkeep.verify(worker).ok

    found = Result(f"verify {count} entries", *measure.in_turns(floor, ours, times), target=2)
    found.note = f"({found.ours / count * 1000:.0f} us an entry)"
    worker.close()
    return found


def referral(folder: Path, times: int) -> Result:
    """The fold of a case whose referral has ten events; what its entries say was read before."""
    leader, worker = world.make_office(folder)
    leader.close()
    code = cases.add_case(worker, {"alias": "Bench", "person": {"first_name": "Ara"}}).value.code
    consents.add_consent(worker, code, {
        "status": "given", "given_by": "client", "method": "oral", "purposes": ["referral"],
        "recipients": ["Example shelter"], "categories": ["identity", "case"],
    })  # fmt: skip
    one = referrals.add_referral(worker, code, {
        "agency": "Example shelter", "service": "shelter", "purpose": "referral", "urgency": "24h",
        "basis": "consent", "reason": "A safe place.", "fields": ["person.first_name"],
    }).value.id  # fmt: skip
    for number in range(EVENTS - 1):
        event, said = ("retract", {"reason": "Not yet."}) if number % 2 else ("submit", {})
        referrals.do(worker, one, event, said)
    found = cases.find_case(worker, code)
    with worker.look() as connection:
        stream = worker.streams.get(connection, found)
    assert stream is not None
    assert len(stream.folded.machines[one].nodes) == EVENTS

    def ours() -> None:
        fold(stream.graph, worker.streams.rights, stream.folded.readings)

    _, taken = measure.in_turns(lambda: None, ours, times)
    worker.close()
    return Result("fold a case with a referral of ten events", ALLOWED, taken, 1, "(floor: 20 us allowed)")
