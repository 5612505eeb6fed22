"""An unlocked vault as commands see it, and the one transaction that every command runs in."""

import contextlib
import gc
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from ctcase.app.results import Changes
from ctcase.crypto import dsse, selftest
from ctcase.crypto.passphrases import DEFAULT_COST, Cost
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.errors import Damaged, EnvironmentFailed, Refused
from ctcase.log import entry as entries
from ctcase.log.entry import Draft, Entry, Place, compose
from ctcase.log.rights import NOBODY, DeviceRights, Rights, Row
from ctcase.model import canonical
from ctcase.model.catalogue import Catalogue
from ctcase.model.forms import CodeList, Form, shipped_codelists, shipped_forms
from ctcase.model.ids import Randomness
from ctcase.store import local, vault
from ctcase.store.entries import last_of
from ctcase.store.local import Chain, Device
from ctcase.store.projection import Searchable, Stream
from ctcase.store.streams import Admitted, Streams
from ctcase.trust import roster as rosters
from ctcase.trust.roster import Roster

SET_BACK = "set_back"
"""The local fact that names the device whose place in the chain was of an older day."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What commands take from outside: the clock (seconds since 1970), randomness, the cost of a passphrase.

    The forms and code lists that come with the program are read once, when it starts.
    """

    clock: Callable[[], int]
    randomness: Randomness
    cost: Cost = DEFAULT_COST
    forms: tuple[Form, ...] = field(default_factory=shipped_forms)
    codelists: Mapping[str, CodeList] = field(default_factory=shipped_codelists)

    @staticmethod
    def system() -> "Environment":
        """The real clock and the system's randomness."""
        return Environment(lambda: int(time.time()), secrets.token_bytes)


def failed_check() -> str:
    """The known answer of the encryption that comes out wrong here; "" if none does. Asked when the program starts."""
    try:
        selftest.run()
    except selftest.SelfTestError as failure:
        return failure.check
    return ""


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: a command makes records by the hundred thousand and no cycles among them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


Progress = Callable[[str, int, int], bool]
"""Told (stage, done, total) during long work; answers False to cancel, which rolls back the transaction under way."""


@dataclass(slots=True)
class Touched:
    """What a transaction has changed so far."""

    streams: set[str] = field(default_factory=set)
    roster: bool = False
    local: bool = False

    def changes(self) -> Changes:
        """The change set that carries it to the views."""
        return Changes(frozenset(self.streams), self.roster, self.local)


class Session:
    """An open vault: who this device is, the roster it holds, the streams. For one thread at a time."""

    def __init__(self, opened: vault.Opened, env: Environment) -> None:
        self.opened = opened
        self.env = env
        self.forms = env.forms
        self.codelists = env.codelists
        self.catalogue = Catalogue(self.forms, self.codelists)
        self.searchable = _searchable(self.forms)
        self.streams = Streams(NOBODY, self.searchable)
        self._seen = -1
        self._stale = self._foreign = False
        self._key: tuple[str, SigningKey] | None = None
        self.roster: Roster | None = None
        self.device: Device | None = None
        self.former: tuple[str, ...] = ()
        self.chain = Chain()
        self.is_astray = False
        self._granted = NOBODY
        with self.look():
            self._foreign = False

    @property
    def folder(self) -> Path:
        """The vault's folder."""
        return self.opened.folder

    @property
    def vault_id(self) -> str:
        """The vault's random id."""
        return self.opened.vault_id

    @property
    def me(self) -> Device:
        """This device; a restored vault that has no key yet cannot write."""
        if self.device is None:
            raise Damaged("vault_damaged", what="device")
        return self.device

    @property
    def device_id(self) -> str:
        """The id of this device's signing key."""
        return self.me.id

    @property
    def member_id(self) -> str:
        """The member that this vault belongs to."""
        return self.me.member

    def close(self) -> None:
        """Locks the vault: keys and folded cases are forgotten."""
        self.streams.forget()
        self._key = None
        self.device = None
        self.opened.close()

    def signing_key(self) -> SigningKey:
        """This device's signing key."""
        if self._key is None or self._key[0] != self.me.id:
            self._key = (self.me.id, SigningKey(self.me.seed))
        return self._key[1]

    def poll(self) -> Changes | None:
        """What to refresh because another process wrote since the last poll; None if none did."""
        with self.look():
            pass
        foreign, self._foreign = self._foreign, False
        return Changes(frozenset(), roster=True, local=True) if foreign else None

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A consistent view for a query."""
        with self.opened.database.reading() as connection:
            self._refresh(connection)
            yield connection

    @contextmanager
    def work(self) -> Iterator["Work"]:
        """The one transaction of a command: all of it is saved on return, nothing after an exception."""
        work = Work(self)
        try:
            with uncollected(), self.opened.database.transaction() as connection:
                self._refresh(connection)
                work.begin(connection)
                yield work
                work.finish()
        except BaseException:
            self.streams.forget()
            self._stale = True
            raise

    def _refresh(self, connection: Connection) -> None:
        version = self.opened.database.data_version()
        if version != self._seen or self._stale:
            self.load(connection)
            self._foreign = self._foreign or version != self._seen
            self._seen = version

    def load(self, connection: Connection) -> None:
        """Reads again who this device is and which roster it holds; what was folded before is forgotten.

        After a read error all is as it was and is read again the next time: half of it old would be a fork.
        """
        self._stale = True
        device, former = local.get(connection, "device", Device), former_devices(connection)
        chain = local.get(connection, "chain", Chain) or Chain()
        astray = device is not None and Chain(*last_of(connection, device.id)) != chain
        signed = local.newest_roster(connection)
        roster = rosters.read_first(signed) if signed else None
        self.streams.forget()
        self.device, self.former, self.chain, self.is_astray = device, former, chain, astray
        self.hold(roster)
        self._stale = False

    def hold(self, roster: Roster | None) -> None:
        """Takes a judged roster, or another key of this device, as the one that rights go by from now on."""
        self.roster = roster
        self._granted = rosters.rights(roster)
        self.streams.rights = self._rights()

    def expected(self) -> frozenset[str]:
        """This device and those before it that the roster held does not know; none once it knows this one."""
        listed = self._granted.devices
        if self.device is None or self.device.id in listed:
            return frozenset()
        return frozenset({self.device.id, *self.former} - listed.keys())

    def _rights(self) -> Rights:
        """The roster's rights; in its own vault a device that is not enrolled yet has those it will probably get.

        Or its member would not see his own work before the welcome, or after a restore; all others wait for the roster.
        """
        granted, expected = self._granted, self.expected()
        if not expected:
            return granted
        own = DeviceRights((self._expected(),), self.signing_key().public)
        return Rights(granted.version, {**granted.devices, **dict.fromkeys(expected, own)})

    def _expected(self) -> Row:
        """Rights of a device that is not enrolled: of the one it takes over from, else the roles asked for, no team."""
        before = [self._granted.devices[one] for one in self.former if one in self._granted.devices]
        if before:
            return before[-1].rows[-1]
        return Row(0, 0, self.me.member, frozenset(self.me.roles), ("",))

    def standing(self) -> Row | str:
        """The rights of the next entry of this device by the roster, or why it has none."""
        version = self.roster.version if self.roster else 0
        return self._granted.standing(self.me.id, self.chain.number + 1, version)

    def acting(self) -> Row:
        """The rights that commands check by. Before the welcome those expected; capture is never blocked."""
        standing = self.standing()
        if isinstance(standing, Row):
            return standing
        known = self._granted.devices.get(self.me.id)
        return known.rows[-1] if known else self._expected()

    def is_mine(self, team: str) -> bool:
        """Whether this member works on cases of a team: it is one of his, or he has none before the welcome."""
        return team in self.acting().teams or self.enrolled == "requested"

    @property
    def enrolled(self) -> str:
        """no, requested, yes or revoked."""
        if self.device is None or self.standing() == "revoked":
            return "no" if self.device is None else "revoked"
        return "yes" if isinstance(self.standing(), Row) else "requested"


class Work:
    """One command's transaction: reading streams, writing entries, and what was touched."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.touched = Touched()
        self._chain = Chain()

    def begin(self, connection: Connection) -> None:
        """Called once by the session, inside the transaction.

        Where the log and the place in the chain disagree, one of them is of an older day: numbers may have been given.
        """
        self.connection = connection
        self._chain = self.session.chain
        if self.session.is_astray:
            local.put(connection, SET_BACK, self.session.device_id)
            self.renew_key()

    def finish(self) -> None:
        """Saves the device's place in the chain, before the transaction commits."""
        if self._chain != self.session.chain:
            local.put(self.connection, "chain", self._chain)
            self.session.chain = self._chain

    def renew_key(self) -> None:
        """Makes this vault a new device of the same member: whoever was set back never writes a number twice (rule 27)."""
        session, old = self.session, self.session.me
        device = new_device(session.env, old.sealing, old.member, old.name, old.roles)
        replace_device(self.connection, device, old.id)
        session.load(self.connection)
        self._chain = session.chain
        self.touched.local = True

    def undone(self) -> None:
        """Called after part of the transaction was rolled back, in which no entry of this device was written."""
        self.session.load(self.connection)
        self._chain = self.session.chain

    def stream(self, stream: str) -> Stream:
        """A stream that is here."""
        found = self.session.streams.get(self.connection, stream)
        if found is None:
            raise Refused("not_found")
        return found

    def admit(self, batch: Iterable[Entry]) -> Admitted:
        """Admits entries that were signed in this transaction and notes what they touched."""
        outcome = self.session.streams.admit(self.connection, batch, here={})
        self.touched.streams.update(outcome.streams)
        return outcome

    def sign(self, draft: Draft, stream: Stream | None) -> Entry:
        """A signed entry at the end of a stream (None: a new one), not admitted yet."""
        session, graph = self.session, stream.graph if stream else None
        previous = _previous(stream, session.me.id)
        parents = graph.above(previous) if graph else ()
        depth = 1 + max((graph.entries[one].header.depth for one in parents), default=0) if graph else 1
        place = Place(
            device=session.me.id, number=self._chain.number + 1, before=self._chain.last,
            previous=previous, stream=stream.folded.stream if stream else "", parents=parents,
            depth=depth, time=session.env.clock(), roster=session.roster.version if session.roster else 0,
        )  # fmt: skip
        header, parts = compose(draft, place, session.env.randomness)
        raw = canonical.encode(header)
        key = session.signing_key()
        signed = Entry(
            entries.digest(raw), header, raw, key.sign(dsse.pae(entries.PAYLOAD_TYPE, raw)), key.public, parts
        )
        self._chain = Chain(header.number, signed.id)
        return signed

    def write(self, draft: Draft, stream: Stream | None = None) -> Entry:
        """Signs and admits one entry."""
        signed = self.sign(draft, stream)
        if not self.admit([signed]).new:
            raise Damaged("log_damaged")
        return signed


def _searchable(shipped: Iterable[Form]) -> Searchable:
    found: dict[str, set[str]] = {}
    for form in shipped:
        for it in form.fields():
            if it.searchable:
                found.setdefault(it.record, set()).add(it.name)
    return {kind: frozenset(names) for kind, names in found.items()}


def _previous(stream: Stream | None, device: str) -> str:
    """This device's last entry in the stream."""
    if stream is None:
        return ""
    mine = [it for it in stream.graph.entries.values() if it.header.device == device]
    return max(mine, key=lambda it: it.header.number).id if mine else ""


def new_device(env: Environment, sealing: str, member: str, name: str, roles: tuple[str, ...]) -> Device:
    """A device with a fresh signing key."""
    key = SigningKey(env.randomness(32))
    return Device(key_id(key.public), key.seed, sealing, member, name, roles)


def replace_device(connection: Connection, device: Device, old: str) -> None:
    """Puts another device in the place of this vault's; bundles to the old one are still for it."""
    former = former_devices(connection)
    local.put(connection, "former", [*former, old] if old else [*former])
    local.put(connection, "device", device)
    local.put(connection, "chain", Chain())


def former_devices(connection: Connection) -> tuple[str, ...]:
    """The devices that this vault was before, the last one last."""
    return tuple(local.get(connection, "former", list[str]) or ())


def open_vault(folder: Path, passphrase: str, env: Environment) -> Session:
    """Unlocks a vault."""
    return _session(vault.unlock(folder, passphrase), env)


def _session(opened: vault.Opened, env: Environment) -> Session:
    try:
        session = Session(opened, env)
        if session.is_astray:
            # before any command asks who this is; where nothing can be written, the first that writes renews the key
            with contextlib.suppress(EnvironmentFailed), session.work():
                pass
    except BaseException:
        opened.close()
        raise
    return session
