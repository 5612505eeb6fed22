"""A small office on disk for tests: vaults of members, enrolled, exchanging bundles. Cheap passphrases, a clock that is set."""

import random
import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from ctcase.app import cases, consents, exchange, office, referrals, upkeep
from ctcase.app.session import Environment, Session, open_vault
from ctcase.crypto.passphrases import BOUNDS
from ctcase.errors import CtcaseError
from ctcase.trust import roster

PASSPHRASE = "a fictional passphrase"
NOON = 1_790_000_000

PERSON = {"first_name": "Zeynep", "second_name": "Örnek", "birth_date": "1999"}
CONSENT = {
    "status": "given", "given_by": "client", "method": "oral", "purposes": ["referral"],
    "recipients": ["Shelter A"], "categories": ["identity", "contact", "case"],
}  # fmt: skip
REFERRAL = {
    "agency": "Shelter A", "service": "shelter", "urgency": "24h", "basis": "consent", "reason": "a safe place",
    "fields": ["person.first_name"],
}  # fmt: skip


@dataclass
class World:
    """An office in `folder` and whoever joins it. `world.session("ben")` is a member's open vault."""

    folder: Path
    seed: int = 7
    now: int = NOON
    sessions: dict = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    def __post_init__(self):
        self.env = Environment(lambda: self.now, random.Random(self.seed).randbytes, BOUNDS.floor)

    def path(self, kind: str) -> Path:
        """A path that is free."""
        return self.folder / f"{kind}-{next(self.numbers)}"

    def vault(self, name: str) -> Path:
        return self.folder / name

    def session(self, name: str) -> Session:
        if name not in self.sessions:
            self.sessions[name] = open_vault(self.vault(name), PASSPHRASE, self.env)
        return self.sessions[name]

    def close(self, *names: str) -> None:
        for name in names or [*self.sessions]:
            if name in self.sessions:
                self.sessions.pop(name).close()

    def found(self, name: str = "office", **options) -> Session:
        made = office.create_office(
            self.vault(name), "Office of Tests", "Ana Officer", PASSPHRASE, self.env, **options
        )
        self.made = made
        return self.session(name)

    def join(self, name: str, role: str = "caseworker", *, member: str | None = None) -> Path:
        request = self.path("request")
        office.join(
            self.vault(name), member or f"{name.title()} Member", (role,), request, PASSPHRASE, self.env
        )
        return request

    def enrol(self, request: Path, *, team: str = "A", role=None, member=None, by: str = "office") -> Path:
        welcome = self.path("welcome")
        seen = office.look_at_request(self.session(by), request)
        if member is None and seen.member in {one.id for one in office.members(self.session(by)).members}:
            member = seen.member if seen.replaces else None  # the officer knows whose new device it is
        office.enrol(
            self.session(by),
            request,
            team=team,
            role=role,
            member=member,
            welcome=welcome,
            passphrase=PASSPHRASE,
        )
        return welcome

    def member(self, name: str, role: str = "caseworker", *, team: str = "A", **options) -> Session:
        """Joins, enrols and accepts."""
        welcome = self.enrol(self.join(name, role, **options), team=team)
        office.accept(self.session(name), welcome)
        return self.session(name)

    def device(self, name: str) -> str:
        return self.session(name).device_id

    def bundles(self, sender: str, to: str) -> list[Path]:
        out = self.path("out")
        exchange.write_bundles(self.session(sender), to, out)
        return sorted(out.iterdir())

    def send(self, sender: str, receiver: str):
        """Everything that the receiver lacks goes over; what was read."""
        to = "office" if receiver == "office" else self.session(receiver).member_id
        return exchange.read_bundles(self.session(receiver), self.bundles(sender, to)).value.files

    def meet(self, *names: str) -> None:
        """Twice around: everybody has what he may have."""
        for _ in range(2):
            for sender in names:
                for receiver in names:
                    if sender != receiver:
                        assert all(one.error is None for one in self.send(sender, receiver))

    def case(self, name: str, document=None) -> str:
        document = {"alias": "Blue", "person": PERSON} if document is None else document
        return cases.add_case(self.session(name), document).value.code

    def consent(self, name: str, code: str, **changes) -> str:
        return consents.add_consent(self.session(name), code, {**CONSENT, **changes}).value.id

    def referral(self, name: str, code: str, **changes) -> str:
        return referrals.add_referral(self.session(name), code, {**REFERRAL, **changes}).value.id

    def do(self, name: str, one: str, event: str, **document):
        return referrals.do(self.session(name), one, event, document).value

    def verified(self, name: str):
        return upkeep.verify(self.session(name))

    def copy(self, name: str, new: str) -> Path:
        """A copy of a vault's folder, as a person would make it with the program closed."""
        self.close(name)
        shutil.copytree(self.vault(name), self.vault(new))
        return self.vault(new)


def refused(call, *arguments, **named) -> CtcaseError:
    """The refusal that a call must end in."""
    try:
        call(*arguments, **named)
    except CtcaseError as refusal:
        return refusal
    raise AssertionError("not refused")


def held(session):
    """The roster that a vault holds."""
    return session.roster


def device(session, one):
    """A device as that roster has it."""
    return roster.device_by_id(session.roster)[one]


def root_file(world, name="office"):
    """Where an office keeps its root keys."""
    return world.vault(name) / "root" / "root.json"


def code_of(call, *arguments, **named) -> str:
    """The code of the refusal that a call must end in."""
    return refused(call, *arguments, **named).code
