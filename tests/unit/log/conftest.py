"""A small world of devices that write signed entries, honest or not, and the folds of what they wrote."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import pytest

from ctcase.crypto import dsse
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.log import payload
from ctcase.log.admission import Graph, admit
from ctcase.log.entry import PAYLOAD_TYPE, Draft, Entry, Part, Place, compose, digest
from ctcase.log.fold import Folded, fold
from ctcase.log.rights import NEVER, DeviceRights, Rights, Row
from ctcase.model import canonical
from ctcase.model.values import CONTROL
from ctcase.workflow.consent import StandingApproval

DAY = 20_000 * 86_400  # 2024-10-04
ROLES = {
    "worker": ("caseworker",),
    "second": ("caseworker",),
    "boss": ("supervisor",),
    "chief": ("supervisor",),
    "office": ("officer", "administrator"),
    "other": ("caseworker",),
    "far": ("supervisor",),
}
TEAMS = {"other": ("south",), "far": ("south",), "office": ()}


@dataclass
class Device:
    """One device: key and place in its own chain."""

    name: str
    member: str
    key: SigningKey
    number: int = 0
    before: str = ""
    roster: int = 1

    def __post_init__(self) -> None:
        self.public = self.key.public
        self.id = key_id(self.public)


class World:
    """Devices, rights, and one stream that everybody sees at once unless a test says what an author knew."""

    def __init__(self) -> None:
        self._bytes = itertools.count(1)
        self._time = itertools.count(DAY, 60)
        self.version = 1
        self.rights_of: dict[str, DeviceRights] = {}
        self.devices: dict[str, Device] = {}
        for name, roles in ROLES.items():
            self.add(name, roles, TEAMS.get(name, ("north",)))
        self.graph = Graph()
        self.stream = ""

    def randomness(self, size: int) -> bytes:
        return next(self._bytes).to_bytes(size, "big")

    def add(
        self,
        name: str,
        roles: Sequence[str] = ("caseworker",),
        teams: Sequence[str] = ("north",),
        member: str = "",
        *,
        enrolled: bool = True,
    ) -> Device:
        device = Device(name, member or name, SigningKey(digest(name.encode())[:32].encode()))
        self.devices[name] = device
        if enrolled:
            self.enrol(name, roles, teams)
        return device

    def enrol(self, name: str, roles: Sequence[str], teams: Sequence[str] = ("north",)) -> None:
        device = self.devices[name]
        row = Row(self.version, NEVER, device.member, frozenset(roles), tuple(teams))
        self.rights_of[device.id] = DeviceRights((row,), device.public)

    def grant(self, name: str, roles: Sequence[str], teams: Sequence[str], at_latest: int = NEVER) -> int:
        """A new roster version with another row for this device; devices know it when a test says so."""
        self.version += 1
        device = self.devices[name]
        known = self.rights_of[device.id]
        row = Row(self.version, at_latest, device.member, frozenset(roles), tuple(teams))
        self.rights_of[device.id] = msgspec.structs.replace(known, rows=(*known.rows, row))
        return self.version

    def revoke(self, name: str, last: int) -> None:
        self.version += 1
        device = self.devices[name]
        self.rights_of[device.id] = msgspec.structs.replace(self.rights_of[device.id], last=last)

    @property
    def rights(self) -> Rights:
        return Rights(self.version, dict(self.rights_of))

    def make(
        self,
        name: str,
        kind: str,
        parts: Sequence[tuple[str, str, bytes]],
        knows: Sequence[str] | None = None,
        graph: Graph | None = None,
        **changes: object,
    ) -> Entry:
        """A signed entry of a device; `knows` are its parents, `changes` override any key of the header."""
        device, graph = self.devices[name], graph or self.graph
        is_root = kind == "open"
        parents = () if is_root else tuple(knows) if knows is not None else graph.heads()
        stream = "" if is_root else self.stream
        device.number += 1
        place = Place(
            device=device.id,
            number=device.number,
            before=device.before,
            previous="" if is_root else self._previous(device, parents, graph),
            stream=stream,
            parents=parents,
            depth=1 + max((graph.entries[one].header.depth for one in parents), default=0),
            time=next(self._time),
            roster=device.roster,
        )
        header, bodies = compose(Draft(kind, tuple(parts)), place, self.randomness)
        entry = self.sign(device, msgspec.structs.replace(header, **changes), bodies)
        device.before = entry.id
        return entry

    def _previous(self, device: Device, parents: Sequence[str], graph: Graph) -> str:
        known = graph.mask(parents)
        mine = [
            one
            for one in graph.entries.values()
            if one.header.device == device.id and known >> graph.position[one.id] & 1
        ]
        return max(mine, key=lambda one: one.header.number).id if mine else ""

    def sign(self, device: Device, header, bodies: Sequence[Part]) -> Entry:
        raw = canonical.encode(header)
        signature = device.key.sign(dsse.pae(PAYLOAD_TYPE, raw))
        return Entry(digest(raw), header, raw, signature, device.public, tuple(bodies))

    def write(self, name: str, kind: str, parts: Sequence[tuple[str, str, bytes]], **how: object) -> str:
        """Writes and admits; gives the id."""
        entry = self.make(name, kind, parts, **how)
        sorting = admit(self.graph, [entry], lambda _: False)
        assert sorting.admitted == [entry], sorting
        return entry.id

    def fold(self) -> Folded:
        return fold(self.graph, self.rights)

    def void(self, one: str) -> str:
        """The reason why an entry has no effect, "" if it has."""
        return self.fold().void.get(one, "")

    # what people do

    def open(self, name: str = "worker", team: str = "north", sets=None, **how: object) -> str:
        parts = [("case", CONTROL, payload.write(payload.Opening("case", "7KQ4M2XR", team)))]
        parts += [sets_part(record, fields) for record, fields in (sets or {}).items()]
        self.graph = Graph()
        entry = self.make(name, "open", parts, **how)
        self.stream = entry.id
        admit(self.graph, [entry], lambda _: False)
        return entry.id

    def set(
        self, name: str, value, over: Sequence[str] = (), where: str = "person.name", **how: object
    ) -> str:
        record, _, fieldname = where.partition(".")
        return self.write(name, "set", [sets_part(record, {fieldname: (value, over)})], **how)

    def control(self, name: str, kind: str, says, record: str = "case", **how: object) -> str:
        return self.write(name, kind, [(record, CONTROL, payload.write(says))], **how)

    def transfer(self, name: str, team: str, **how: object) -> str:
        return self.control(name, "transfer", payload.Transfer(team), **how)

    def close(self, name: str, device: str, keep: Sequence[str] = (), **how: object) -> str:
        says = payload.Closing(self.devices[device].id, tuple(keep))
        return self.control(name, "close", says, **how)

    def adopt(self, name: str, *ids: str, **how: object) -> str:
        return self.control(name, "adopt", payload.Adoption(ids), **how)

    def consent(
        self, name: str, record: str = "c1", status: str = "given", how=None, **changes: object
    ) -> str:
        terms = {
            "status": status,
            "purposes": ("referral",),
            "recipients": ("clinic1",),
            "categories": ("health", "case"),
        } | changes
        return self.control(name, "consent", payload.ConsentTerms(**terms), record, **(how or {}))

    def withdraw_consent(self, name: str, record: str = "c1", **how: object) -> str:
        return self.control(name, "consent", payload.ConsentTerms("withdrawn"), record, **how)

    def step(
        self,
        name: str,
        event: str,
        follows: str = "",
        machine: str = "r1",
        data=None,
        how=None,
        **control: object,
    ) -> str:
        return self.write(name, "step", step_parts(event, follows, machine, data, control), **(how or {}))

    def standing(self, name: str, roster: int = 1, number: int = 1, **scope: object) -> str:
        device = self.devices[name]
        terms = {
            "recipient": "clinic1",
            "service": "care",
            "categories": ("health",),
            "until": "2030",
        } | scope
        says = payload.Standing(device.id, number, roster, StandingApproval(**terms))
        signed = dsse.sign(payload.STANDING_TYPE, payload.write(says), [device.key])
        return dsse.encode(signed).decode()

    def referral(self, until: str = "send", machine: str = "r1") -> dict[str, str]:
        """An ordinary referral by `worker`, approved by `boss`, up to an event; ids by event."""
        made: dict[str, str] = {}
        last = ""
        for event, name in (
            ("draft", "worker"),
            ("submit", "worker"),
            ("approve", "boss"),
            ("send", "worker"),
            ("acknowledge", "worker"),
            ("accept", "worker"),
        ):
            last = made[event] = self.step(name, event, last, machine)
            if event == until:
                break
        return made


def sets_part(record: str, fields: dict, category: str = "identity", kind: str = "person"):
    """A data part from {field: value} or {field: (value, over)}."""
    sets = {
        name: payload.FieldSet(
            *(it if isinstance(it, tuple) and len(it) == 2 and not isinstance(it[1], str) else (it,))
        )
        for name, it in fields.items()
    }
    sets = {name: msgspec.structs.replace(it, over=tuple(it.over)) for name, it in sets.items()}
    return record, category, payload.write(payload.Sets(kind, sets))


DATA = {
    "submit": {"content": {"health.need": "check-up"}, "fields": ("health.need",)},
    "send_ahead": {"content": {"health.need": "check-up"}, "reason": "danger"},
    "return": {"comment": "please add"},
    "ratify": {"comment": "right"},
    "contest": {"comment": "wrong"},
    "acknowledge": {"contact": "Desk", "date": "2024-10-05", "channel": "phone"},
    "start": {"date": "2024-10-06"},
    "complete": {"outcome": "done", "received": "care", "feedback": "good"},
}
TERMS = {
    "agency": "clinic1",
    "service": "care",
    "purpose": "referral",
    "urgency": "24h",
    "basis": "vital_interest",
    "categories": ("health",),
}


def step_parts(event: str, follows: str, machine: str, data, control: dict):
    """The parts of a step with everything its row needs, unless told otherwise; `data` replaces the words."""
    says = dict(control)
    if event in ("submit", "send_ahead"):
        says = TERMS | says
    words = {"reason": "because"} if event not in DATA or says.get("basis") == "vital_interest" else {}
    words = words | DATA.get(event, {}) if data is None else data
    parts = [(machine, CONTROL, payload.write(payload.Step(event, follows, **says)))]
    if words:
        parts.append((machine, "health", payload.write(payload.StepData(**words))))
    return parts


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def new_world() -> Callable[[], World]:
    """For properties, which need a world for each example."""
    return World


@pytest.fixture
def parts_of():
    """Builders of parts: a set's and a step's."""
    return sets_part, step_parts
