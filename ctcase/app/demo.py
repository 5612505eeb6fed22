"""A training office: three vaults with fictitious cases, made through the same commands and bundles as everything."""

import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from ctcase.app import cases, consents, exchange, fields, office, referrals
from ctcase.app.results import Demo, DemoVault
from ctcase.app.session import Environment, Progress, Session, open_vault
from ctcase.app.times import day
from ctcase.errors import Cancelled, EnvironmentFailed
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.model import resources
from ctcase.model.values import CONTROL
from ctcase.store import files

PASSPHRASE = "training"  # noqa: S105  # a training office is no secret, and says so on every page
VAULTS: Mapping[str, tuple[str, ...]] = {
    "office": ("officer", "administrator"),
    "supervisor": ("supervisor",),
    "caseworker": ("caseworker",),
}
"""The vaults of a training office, each with the roles of its member; the first founds it."""
BATCH = 500


class Says(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said in referrals: why there is a need, why one was sent ahead, returned, rejected, declined."""

    need: str
    sent_ahead: str
    returned: str
    rejected: str
    declined: str


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Invented people and agencies, the office and its members by vault, and what they say."""

    note: str
    office: str
    team: str
    members: dict[str, str]
    says: Says
    people: list[tuple[str, str, str, str]]
    aliases: list[str]
    cities: list[str]
    agencies: list[tuple[str, str]]


class _Clock:
    """A clock that moves with the story: training data must not all be of this second."""

    def __init__(self, start: int) -> None:
        self.now = start

    def __call__(self) -> int:
        self.now += 60
        return self.now


def make_demo(
    folder: Path, cases_wanted: int, seed: int, env: Environment, progress: Progress | None = None
) -> Demo:
    """A training office in `folder`: office, supervisor, caseworker; the passphrase of all is `training`.

    Nothing may be there under their names yet: what was begun is taken away if it cannot be ended.
    """
    with files.translated():
        if any((folder / name).exists() for name in VAULTS):
            raise EnvironmentFailed("permission", what="exists")
    story = random.Random(seed)  # noqa: S311  # invents people, keeps no secret
    end = env.clock()
    clock = _Clock(end - 21 * 24 * 3600)
    told = replace(env, clock=clock)
    known = msgspec.json.decode((resources.folder() / "training" / "people.json").read_bytes(), type=People)
    _tell(progress, 0, cases_wanted)
    try:
        return _made(folder, known, story, told, clock, cases_wanted, progress)
    except BaseException:
        for name in VAULTS:
            shutil.rmtree(folder / name, ignore_errors=True)
        raise


def _made(
    folder: Path, known: People, story: random.Random, told: Environment, clock: _Clock, cases_wanted: int,
    progress: Progress | None,
) -> Demo:  # fmt: skip
    end = clock.now + 21 * 24 * 3600
    _found(folder, known, told)
    sessions = {name: open_vault(folder / name, PASSPHRASE, told) for name in VAULTS}
    try:
        for name, kind in known.agencies:
            office.add_agency(sessions["office"], name, kind)
        _carry(folder, sessions, "office", ["supervisor", "caseworker"])
        codes = _record(sessions["caseworker"], known, story, cases_wanted, progress)
        clock.now = end - 6 * 24 * 3600
        _refer(folder, sessions, known, story, codes)
        _carry(folder, sessions, "caseworker", ["supervisor", "office"])
        _carry(folder, sessions, "supervisor", ["office", "caseworker"])
        _carry(folder, sessions, "office", ["supervisor", "caseworker"])
    finally:
        for session in sessions.values():
            session.close()
    shown = [DemoVault(str(folder / name), known.members[name], list(VAULTS[name])) for name in VAULTS]
    return Demo(str(folder), PASSPHRASE, shown, len(codes))


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress and not progress("recording", done, total):
        raise Cancelled


def _found(folder: Path, known: People, env: Environment) -> None:
    """The office and its two members, enrolled."""
    founder, *others = VAULTS
    office.create_office(
        folder / founder, known.office, known.members[founder], PASSPHRASE, env, training=True
    )
    session = open_vault(folder / founder, PASSPHRASE, env)
    try:
        for name in others:
            request, welcome = folder / f"{name}.request", folder / f"{name}.welcome"
            office.join(folder / name, known.members[name], VAULTS[name], request, PASSPHRASE, env)
            office.enrol(
                session,
                request,
                team=known.team,
                role=None,
                member=None,
                welcome=welcome,
                passphrase=PASSPHRASE,
            )
            joined = open_vault(folder / name, PASSPHRASE, env)
            try:
                office.accept(joined, welcome)
            finally:
                joined.close()
            request.unlink()
            welcome.unlink()
    finally:
        session.close()


def _carry(folder: Path, sessions: Mapping[str, Session], sender: str, readers: Sequence[str]) -> None:
    """One courier's round: bundles to everybody, read by those named."""
    courier = folder / "courier"
    written = exchange.write_bundles(sessions[sender], "all", courier).value
    for reader in readers:
        mine = [Path(it.file) for it in written.files if sessions[reader].device_id in it.to]
        exchange.read_bundles(sessions[reader], mine)
    for it in written.files:
        Path(it.file).unlink()
    courier.rmdir()


def _record(
    session: Session, known: People, story: random.Random, wanted: int, progress: Progress | None
) -> list[str]:
    """Cases as a caseworker writes them down: partly filled, in many scripts."""
    catalogue = session.catalogue
    streams: list[str] = []
    with session.work() as work:
        for start in range(0, wanted, BATCH):
            signed = []
            for number in range(start, min(start + BATCH, wanted)):
                changes = cases.read_document(catalogue, _person(session, known, story, number))
                control = ("control", CONTROL, payload.write(cases.opening(session)))
                signed.append(work.sign(Draft("open", (control, *fields.parts(changes))), None))
            work.admit(signed)
            streams += [one.id for one in signed]
            _tell(progress, len(streams), wanted)
    return streams


def _codes(session: Session, codelist: str) -> list[str]:
    return [entry.code for entry in session.codelists[codelist].entries if not entry.retired]


def _person(session: Session, known: People, story: random.Random, number: int) -> dict[str, Any]:
    first, second, country, born = known.people[number % len(known.people)]
    if number >= len(known.people):
        second = story.choice(known.people)[1]
        born = str(story.randint(1975, 2006))
    alias = known.aliases[number % len(known.aliases)]
    if number >= len(known.aliases):
        alias = f"{alias} {number // len(known.aliases) + 1}"
    person: dict[str, Any] = {
        "first_name": first, "second_name": second, "birth_date": born, "citizenship": [country],
        "gender": story.choice(["Feminine", "Feminine", "Masculine"]), "city": story.choice(known.cities),
        "mobile_phone": f"+00 555 {story.randint(100, 999)} {story.randint(1000, 9999)}",
    }  # fmt: skip
    case: dict[str, Any] = {
        "status": story.choice(["Active", "Active", "Active", "FollowUp", "Closed"]),
        "trafficking_status": story.choice(_codes(session, "trafficking_status")),
        "type_of_exploitation": sorted(
            story.sample(_codes(session, "type_of_exploitation"), story.randint(1, 2))
        ),
        "methods_of_control": sorted(
            story.sample(_codes(session, "methods_of_control"), story.randint(1, 4))
        ),
    }
    if story.random() < 0.3:
        person["mobile_phone"] = {"missing": "declined"}
    if story.random() < 0.2:
        case["method_of_recruitment"] = {"missing": "unknown"}
    return {"alias": alias, "person": person, "case": case}


def _consent(agency: str, today: str, status: str = "given") -> dict[str, Any]:
    return {
        "status": status, "given_by": "client", "method": "oral", "purposes": ["referral", "services"],
        "recipients": [agency], "categories": ["identity", "contact", "case"], "language": "en", "date": today,
    }  # fmt: skip


def _referral(agency: str, service: str, need: str) -> dict[str, Any]:
    return {
        "agency": agency, "service": service, "purpose": "referral", "urgency": "24h", "basis": "consent",
        "reason": need, "fields": ["case.alias", "person.gender", "person.birth_date"],
    }  # fmt: skip


def _refer(
    folder: Path, sessions: Mapping[str, Session], known: People, story: random.Random, streams: Sequence[str]
) -> None:
    """Referrals in every state a newcomer should see, with the supervisor's part between two rounds of the courier."""
    caseworker, supervisor = sessions["caseworker"], sessions["supervisor"]
    begun: list[tuple[int, str, str]] = []
    for number, stream in enumerate(streams[:12]):
        agency, kind = known.agencies[number % len(known.agencies)]
        today = day(caseworker.env.clock())
        if number == 11:
            consents.add_consent(caseworker, stream, _consent(agency, today, "refused"))
            continue
        given = consents.add_consent(caseworker, stream, _consent(agency, today)).value.id
        one = referrals.add_referral(caseworker, stream, _referral(agency, kind, known.says.need)).value.id
        begun.append((number, one, given))
        _caseworker_before(caseworker, number, one, stream, given, known.says)
    _carry(folder, sessions, "caseworker", ["supervisor"])
    for number, one, _ in begun:
        _supervisor(supervisor, number, one, known.says)
    if streams:
        cases.set_fields(supervisor, streams[0], {"person.city": story.choice(known.cities) + " East"})
        cases.set_fields(caseworker, streams[0], {"person.city": story.choice(known.cities) + " West"})
    _carry(folder, sessions, "supervisor", ["caseworker"])
    for number, one, _ in begun:
        _caseworker_after(caseworker, number, one, known.says)


def _caseworker_before(session: Session, number: int, one: str, stream: str, given: str, says: Says) -> None:
    if number == 9:
        referrals.do(session, one, "send_ahead", {"reason": says.sent_ahead})
    elif number == 10:
        referrals.do(session, one, "submit", {})
        consents.add_consent(session, stream, {"status": "withdrawn", "replaces": given})
    elif number != 8:
        referrals.do(session, one, "submit", {})


def _supervisor(session: Session, number: int, one: str, says: Says) -> None:
    if number in (0, 1, 2, 3):
        referrals.do(session, one, "approve", {})
    elif number == 4:
        referrals.do(session, one, "return", {"comment": says.returned})
    elif number == 5:
        referrals.do(session, one, "reject", {"reason": says.rejected})


def _caseworker_after(session: Session, number: int, one: str, says: Says) -> None:
    steps: dict[int, list[tuple[str, dict[str, Any]]]] = {
        1: [("send", {})],
        2: [("send", {}), ("accept", {})],
        3: [("send", {}), ("decline", {"reason": says.declined})],
    }
    for event, document in steps.get(number, []):
        referrals.do(session, one, event, document)
