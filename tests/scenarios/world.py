"""An office, a supervisor, two caseworkers: real vaults in folders, a clock that is ours, and files between them."""

import contextlib
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import select

from ctcase.app import cases, consents, decisions, exchange, office, referrals, upkeep
from ctcase.app.session import Environment, Session, open_vault
from ctcase.crypto import dsse
from ctcase.crypto.passphrases import BOUNDS
from ctcase.crypto.signing import SigningKey
from ctcase.errors import Refused
from ctcase.log import entry as entries
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.payload import Step, StepData
from ctcase.model import canonical
from ctcase.store import database, queries, schema, vault
from ctcase.sync import outgoing, peers, sealing

PASSPHRASE = "a fictional passphrase"
START = 1_790_000_000
TITLES = {"office": "Olga Office", "sup": "Sam Supervisor", "cw1": "Wanda One", "cw2": "Walter Two"}
ROLES = {"sup": ("supervisor",), "cw1": ("caseworker",), "cw2": ("caseworker",)}
NAMES = tuple(TITLES)
AGENCY = "Shelter Example"
CONSENT = {
    "status": "given", "given_by": "client", "method": "oral", "purposes": ["referral"], "recipients": [AGENCY],
    "categories": ["identity", "case"],
}  # fmt: skip
REFERRAL = {
    "agency": AGENCY, "service": "shelter", "purpose": "referral", "urgency": "24h", "basis": "consent",
    "fields": ["person.first_name"],
}  # fmt: skip
EVENT = {
    "comment": "noted", "reason": "as agreed", "contact": "Ms Example", "date": "2026-09-21", "channel": "phone",
    "outcome": "housed", "received": "a room", "feedback": "content",
}  # fmt: skip
WORDS = StepData(**EVENT)


class Clock:
    """Seconds since 1970 for one person: the world's time and how far his own clock is off."""

    def __init__(self, time):
        self.time, self.off = time, 0

    def __call__(self):
        return max(0, self.time[0] + self.off)


@dataclass
class Person:
    """Somebody with a vault: his folder, what opens it, his clock."""

    name: str
    member: str
    folder: Path
    vault: str
    key: bytes
    clock: Clock
    session: Session | None = None


@dataclass
class Founded:
    """The folders of an office that copies are made of, and what opens them."""

    folder: Path
    vaults: dict = field(default_factory=dict)


def found(folder):
    """Founds the office, enrols the supervisor and the caseworker; the second caseworker only joins."""
    environment = Environment(lambda: START, random.Random("founding").randbytes, BOUNDS.floor)
    made, enrolled = Founded(folder), {}
    office.create_office(folder / "office", "Example Office", TITLES["office"], PASSPHRASE, environment)
    chief = open_vault(folder / "office", PASSPHRASE, environment)
    for name, roles in ROLES.items():
        office.join(folder / name, TITLES[name], roles, folder / f"{name}.request", PASSPHRASE, environment)
        enrolled[name] = open_vault(folder / name, PASSPHRASE, environment)
        if name != "cw2":
            how = {"team": "North", "role": None, "member": None, "passphrase": PASSPHRASE}
            office.enrol(chief, folder / f"{name}.request", welcome=folder / f"{name}.welcome", **how)
            office.accept(enrolled[name], folder / f"{name}.welcome")
    for name, session in {"office": chief, **enrolled}.items():
        made.vaults[name] = (session.member_id, session.vault_id, session.opened.key)
        session.close()
    return made


class World:
    """A copy of the founded office. `post` holds the bundles under way: (to whom, bytes)."""

    def __init__(self, founded, folder, seed=0):
        self.folder, self.files = folder, 0
        self.random = random.Random(f"world {seed}")
        self.time = [START + 3600]
        self.people, self.welcomes, self.post = {}, {}, []
        self.snapshots, self.backups = [], []
        self.were_set_back = set()
        for name, (member, one, key) in founded.vaults.items():
            shutil.copytree(founded.folder / name, folder / name)
            self.people[name] = Person(name, member, folder / name, one, key, Clock(self.time))

    # --- vaults ---

    def __getitem__(self, name):
        """The open session of somebody; time goes on whenever anybody does anything."""
        person = self.people[name]
        self.time[0] += 7
        if person.session is None:
            environment = Environment(person.clock, self.random.randbytes, BOUNDS.floor)
            there = database.open_existing(person.folder / vault.DATABASE, person.key, person.vault)
            person.session = Session(
                vault.Opened(person.folder, person.vault, person.key, there), environment
            )
        return person.session

    def lock(self, name):
        person = self.people[name]
        if person.session is not None:
            person.session.close()
            person.session = None

    def close(self):
        for name in self.people:
            self.lock(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def file(self, ending=""):
        """A path that nobody used yet."""
        self.files += 1
        return self.folder / f"file{self.files}{ending}"

    # --- the office ---

    def enrol(self, name, team="North", role=None):
        """Enrols the device that somebody has now; the welcome is under way."""
        request, welcome = self.file(".request"), self.file(".welcome")
        office.write_request(self[name], request)
        known = {one.id for one in office.members(self["office"]).members}
        member = self[name].member_id if self[name].member_id in known else None
        done = office.enrol(
            self["office"],
            request,
            team=team,
            role=role,
            member=member,
            welcome=welcome,
            passphrase=PASSPHRASE,
        )
        self.welcomes[name] = welcome
        return done.value

    def enrol_again(self, name):
        """Enrols the new key of somebody whom the roster knows, with the rights he had, or sends his welcome again."""
        held = self["office"].roster
        mine = [device for device in held.devices if device.member == self.people[name].member]
        known = {device.id: device.revoked is None for device in mine}
        lost = self[name].roster is None and known.get(self[name].device_id)
        if mine and (lost or self[name].device_id not in known):
            row = mine[-1].rows[-1]
            self.enrol(name, row.teams[0] if row.teams else "North")
            self.revoke_lost(name)

    def revoke_lost(self, name):
        """Devices of somebody that nobody has any more are revoked: after a restore only the one backed up is replaced."""
        for device in self["office"].roster.devices:
            others = device.member == self.people[name].member and device.id != self[name].device_id
            if others and device.revoked is None:
                office.revoke(self["office"], device.id, "lost", PASSPHRASE)

    def accept(self, name):
        """The welcome arrives, unless a later roster did."""
        welcome = self.welcomes.pop(name, None)
        if welcome:
            with contextlib.suppress(Refused):
                office.accept(self[name], welcome)

    def join(self, name, team="North"):
        self.enrol(name, team)
        self.accept(name)

    def rights(self, name, roles=None, team=None):
        return office.set_member(self["office"], self.people[name].member, roles, team, PASSPHRASE)

    def revoke(self, name):
        return office.revoke(self["office"], self.people[name].member, "left", PASSPHRASE)

    def rekey(self, name):
        """A new signing key for the same member, as after a restore; not enrolled yet."""
        with self[name].work() as work:
            work.renew_key()
        office.write_request(self[name], self.file(".request"))

    # --- disks ---

    def snapshot(self, name):
        """A copy of somebody's disk as it is now."""
        self[name].opened.database.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        copy = self.file(".disk")
        copy.write_bytes((self.people[name].folder / vault.DATABASE).read_bytes())
        self.snapshots.append((name, self[name].device_id, copy))
        return len(self.snapshots) - 1

    def set_back(self, number):
        """The disk is what it was: the same device goes back in time. None if it has another key by now."""
        name, device, copy = self.snapshots[number]
        if self[name].device_id != device:
            return None
        self.were_set_back.add(name)
        self.lock(name)
        (self.people[name].folder / vault.DATABASE).write_bytes(copy.read_bytes())
        return name

    def move_in(self, name, folder, passphrase):
        """Somebody goes on with another vault folder: a restored one."""
        self.lock(name)
        person = self.people[name]
        environment = Environment(person.clock, self.random.randbytes, BOUNDS.floor)
        person.session = open_vault(folder, passphrase, environment)
        person.folder, person.vault = folder, person.session.vault_id
        person.key = person.session.opened.key

    def back_up(self, name):
        """A backup file of somebody's vault as it is now."""
        copy = self.file(".backup")
        upkeep.backup(self[name], copy, PASSPHRASE)
        self.backups.append((name, copy))

    def restore(self, number):
        """Somebody goes on with what a backup holds, as a new device that is not enrolled yet; who it is."""
        name, copy = self.backups[number]
        folder = self.file(".restored")
        environment = Environment(self.people[name].clock, self.random.randbytes, BOUNDS.floor)
        upkeep.restore(copy, folder, PASSPHRASE, environment, None)
        self.move_in(name, folder, PASSPHRASE)
        return name

    def reopen(self, name):
        """The program ends and is started again."""
        self.lock(name)
        return self[name]

    # --- bundles ---

    def address(self, name):
        return "office" if name == "office" else self.people[name].member

    def bundles(self, sender, to):
        """What somebody writes for somebody: the bytes of each file. None if he cannot write to him."""
        written, code = None, None
        try:
            written = exchange.write_bundles(self[sender], self.address(to), self.file())
        except Refused as refusal:
            code = refusal.code
        assert written or code in ("not_found", "not_enrolled"), code
        return [Path(one.file).read_bytes() for one in written.value.files] if written else []

    def read(self, name, *data, look=False):
        """Somebody reads files, or looks at them only."""
        paths = []
        for one in data:
            paths.append(self.file(".age"))
            paths[-1].write_bytes(one)
        if look:
            seen = exchange.preview_bundles(self[name], paths).files
        else:
            seen = exchange.read_bundles(self[name], paths).value.files
        return [replace(one, file="") for one in seen]

    def send(self, sender, to):
        """A bundle by hand; what became of it."""
        return self.read(to, *self.bundles(sender, to))

    def meet(self, one, other):
        return [*self.send(one, other), *self.send(other, one)]

    # --- cases ---

    def case(self, name, **person):
        """A new case; its stream."""
        fields = person or {"first_name": "Aylin"}
        return cases.add_case(self[name], {"alias": "Falcon", "person": fields}).value.entry

    def set(self, name, stream, value, field="person.first_name"):
        return cases.set_fields(self[name], stream, {field: value}).value.entry

    def show(self, name, stream):
        return cases.show_case(self[name], stream)

    def consent(self, name, stream):
        return consents.add_consent(self[name], stream, CONSENT).value

    def withdraw(self, name, stream, consent):
        document = {"status": "withdrawn", "replaces": consent}
        return consents.add_consent(self[name], stream, document).value

    def refer(self, name, stream):
        """A new referral in draft; its id."""
        return referrals.add_referral(self[name], stream, REFERRAL).value.id

    def do(self, name, referral, event, **document):
        needs = {need: EVENT[need] for need in referrals.TABLE[event].needs if need in EVENT}
        return referrals.do(self[name], referral, event, {**needs, **document}).value

    def referral(self, name, one):
        return referrals.show_referral(self[name], one)

    def close_forks(self):
        """The officer keeps everything of every fork."""
        for fork in decisions.forks(self["office"]).forks:
            with contextlib.suppress(Refused):  # one closing closes all cases of the device
                decisions.close_fork(self["office"], fork.device, fork.entries)

    # --- below the commands ---

    def folded(self, name, stream):
        with self[name].look() as connection:
            return self[name].streams.get(connection, stream)

    def streams(self, name):
        """The cases in a vault, in a fixed order."""
        with self[name].look() as connection:
            return sorted(connection.scalars(select(schema.case_row.c.stream)))

    def ids(self, name):
        with self[name].look() as connection:
            return set(connection.scalars(select(schema.entry.c.id)))

    def waiting(self, name):
        with self[name].look() as connection:
            return set(connection.scalars(select(schema.waiting.c.entry)))

    def cheat(self, name, stream, referral, event, follows, **terms):
        """A changed program: signs any step, whatever the commands say."""
        with self[name].work() as work:
            control = Step(event, follows, **terms)
            parts = ((referral, "control", payload.write(control)), (referral, "case", payload.write(WORDS)))
            return work.write(Draft("step", parts), work.stream(stream)).id

    def forge(self, name, stream, how, draft):
        """An entry that must not be taken: a wrong signature, a wrong depth, or a key that is not its device's."""
        session, made = self[name], []
        with contextlib.suppress(ZeroDivisionError), session.work() as work:
            made.append(work.sign(draft, work.stream(stream)))
            raise ZeroDivisionError  # nothing of it is written
        one = made[0]
        if how == "signature":
            return replace(one, signature=bytes(64))
        key = session.signing_key() if how == "depth" else SigningKey(self.random.randbytes(32))
        header = replace(one.header, depth=one.header.depth + 5) if how == "depth" else one.header
        raw = canonical.encode(header)
        signature = key.sign(dsse.pae(entries.PAYLOAD_TYPE, raw))
        return entries.Entry(
            entries.digest(raw), header, raw, signature, session.signing_key().public, one.parts
        )

    def smuggle(self, name, to, *forged):
        """A bundle of such entries is under way; False if there is nobody to write to."""
        session = self[name]
        devices = peers.devices_for(session.roster, self.address(to), session.device_id)
        devices = [device for device in devices if device.id == self[to].device_id]
        if devices:
            with session.look() as connection:
                there = peers.exchanged_with(connection, devices)
            roster, number = session.roster, 999_999
            heading = sealing.Heading(
                roster.office, False, self.address(to), "sync", number, roster.version, there
            )
            content = sealing.Content((), [*forged])
            key, recipients = session.signing_key(), outgoing.recipients(devices)
            self.post.append((to, sealing.write(heading, content, key, recipients).data))
        return bool(devices)

    def shared(self, name, streams=None):
        """Everything that is derived from the log, as plain rows; of some streams or of all."""
        found = {}
        with self[name].look() as connection:
            for table in schema.DERIVED:
                for row in connection.execute(select(table)).mappings():
                    if streams is None or row["stream"] in streams:
                        plain = tuple(value for key, value in row.items() if key != "row")
                        found.setdefault(table.name, set()).add(plain)
        return found

    def status(self, name):
        return upkeep.status(self[name])

    def has_referral(self, name, one):
        with self[name].look() as connection:
            return bool(queries.find_referral(connection, one))

    def transfer(self, name, stream, team):
        return cases.transfer(self[name], stream, team).value.entry
