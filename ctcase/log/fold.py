"""The fold (rules 10-21): the state of one stream from its entries, the parts left, and the rights given.

A pure function: it reads no clock and no other stream, and the order in which entries arrived does not matter. The
stages, each judging by what the stages before it found: who may act at all · teams and transfers · fields · consents ·
the steps of referrals · disclosures.
"""

from collections.abc import Mapping

import msgspec

from ctcase.log import payload, reading
from ctcase.log.admission import Graph
from ctcase.log.entry import order
from ctcase.log.fold_consents import Consent, fold_consents
from ctcase.log.fold_fields import Record, fold_fields
from ctcase.log.fold_steps import Disclosed, Machine, fold_disclosures, fold_steps
from ctcase.log.reading import Reading
from ctcase.log.rights import Rights, Row
from ctcase.log.stage import Stage
from ctcase.workflow import policy

PROPOSALS = frozenset({"revoked", "not_this_team", "closed", "role", "unknown_device"})
"""Reasons of a void set that an officer may adopt: its author acted beyond his rights, or was never enrolled."""

_ACTIONS = {
    "open": "open_case",
    "set": "set",
    "consent": "consent",
    "step": "referral_step",
    "disclose": "letter",
    "transfer": "transfer",
    "close": "close_fork",
    "adopt": "adopt",
    "standing": "grant_standing",
}
"""By kind of entry in a case, the action that the policy is asked about."""


class Fork(msgspec.Struct, frozen=True):
    """Rival entries of one device in this stream, still open."""

    device: str
    entries: tuple[str, ...]


class Folded(msgspec.Struct):
    """The state of a stream. `void` has the reason of each entry without effect; `row` who each author was."""

    stream: str
    type: str
    code: str
    office: str
    team: str
    owner: str
    ordered: tuple[str, ...]
    void: dict[str, str]
    row: dict[str, Row | str]
    team_at: dict[str, str]
    records: dict[str, Record]
    consents: dict[str, Consent]
    machines: dict[str, Machine]
    disclosures: tuple[Disclosed, ...]
    forks: tuple[Fork, ...]
    standings: tuple[str, ...]
    proposals: tuple[str, ...]
    readings: dict[str, Reading]

    def member(self, entry: str) -> str:
        """The member behind an entry, "" if its device is not enrolled."""
        row = self.row[entry]
        return row.member if isinstance(row, Row) else ""


def fold(graph: Graph, rights: Rights, read: Mapping[str, Reading] | None = None) -> Folded:
    """Folds the stream whose entries `graph` holds; `read` has what some of them say, from an earlier fold."""
    ordered = sorted(graph.entries.values(), key=order)
    known = read or {}
    readings = {entry.id: known.get(entry.id) or reading.read(entry) for entry in ordered}
    row = {
        entry.id: rights.standing(entry.header.device, entry.header.number, entry.header.roster)
        for entry in ordered
    }
    place = {entry.id: n for n, entry in enumerate(ordered)}
    stage = Stage(graph, rights, ordered, readings, row, {}, place)
    root = ordered[0]
    opening = readings[root.id].control
    if not isinstance(opening, payload.Opening):
        opening = payload.Opening(type="")
    team_at: dict[str, str] = {}
    forks, team = _who_may(stage, opening, team_at)
    proposals = _adopt(stage)
    effective = [entry.id for entry in ordered if entry.id not in stage.void]
    with_fields = [one for one in effective if graph.entries[one].header.kind in ("open", "set")]
    consents = fold_consents(stage)
    machines = fold_steps(stage, consents)
    return Folded(
        stream=root.id, type=opening.type, code=opening.code, office=opening.office, team=team,
        owner=stage.member(root.id), ordered=tuple([entry.id for entry in ordered]), void=stage.void, row=row,
        team_at=team_at, records=fold_fields(root.id, graph, with_fields, readings), consents=consents,
        machines=machines, disclosures=fold_disclosures(stage, consents), forks=forks,
        standings=tuple([one for one in effective if graph.entries[one].header.kind == "standing"]),
        proposals=proposals, readings=readings,
    )  # fmt: skip


def _who_may(stage: Stage, opening: payload.Opening, team_at: dict[str, str]) -> tuple[tuple[Fork, ...], str]:
    """Void by rights: unknown, revoked, forked, closed, beyond the team or the role (rules 10-12).

    Returns the open forks and the case's team now; `team_at` gets the team as each author knew it.
    """
    closed = _closings(stage)
    rivals = _rivals(stage)
    tail: dict[str, bool] = {}
    transfers: list[tuple[str, str]] = []
    home = _home(stage, opening)
    for entry in stage.ordered:
        one, header = entry.id, entry.header
        tail[one] = one in rivals or tail.get(header.previous, False)
        known = (to for transfer, to in reversed(transfers) if stage.graph.precedes(transfer, one))
        team = team_at[one] = next(known, home)
        row, said = stage.row[one], stage.readings[one]
        if isinstance(row, str):
            stage.void[one] = row
        elif header.device in closed and not closed[header.device] >> stage.graph.position[one] & 1:
            stage.void[one] = "closed"
        elif header.device not in closed and tail[one]:
            stage.void[one] = "fork"
        elif said.lacking:
            stage.void[one] = said.lacking
        elif why := policy.may(_action(opening, header.kind, said), row.roles, in_team=team in row.teams):
            stage.void[one] = why
        elif isinstance(said.control, payload.Transfer):
            transfers.append((one, said.control.team))
    open_forks: dict[str, list[str]] = {}
    for one in sorted(rivals):
        device = stage.graph.entries[one].header.device
        if device not in closed:
            open_forks.setdefault(device, []).append(one)
    forks = tuple(Fork(device, tuple(entries)) for device, entries in sorted(open_forks.items()))
    return forks, transfers[-1][1] if transfers else home


def _action(opening: payload.Opening, kind: str, said: Reading) -> str:
    if opening.type == "office":
        return _ACTIONS[kind] if kind in ("standing", "close", "adopt") else "write_agency"
    if opening.type == "access" or kind == "access":
        return "record_access"
    if isinstance(said.control, payload.ConsentTerms) and said.control.status == "withdrawn":
        return "withdraw_consent"
    return _ACTIONS[kind]


def _home(stage: Stage, opening: payload.Opening) -> str:
    if opening.team:
        return opening.team
    known = stage.rights.devices.get(stage.ordered[0].header.device)
    return known.rows[0].teams[0] if known and known.rows[0].teams else ""


def _closings(stage: Stage) -> dict[str, int]:
    """By device, the entries that count after the last closing by an officer, as bits."""
    closed: dict[str, int] = {}
    for entry in stage.ordered:
        if entry.header.kind != "close" or stage.readings[entry.id].lacking:
            continue
        said, row = stage.readings[entry.id].control, stage.row[entry.id]
        if isinstance(said, payload.Closing) and isinstance(row, Row) and policy.OFFICER in row.roles:
            closed[said.device] = stage.graph.mask(said.keep)
    return closed


def _rivals(stage: Stage) -> set[str]:
    """Entries of one device with the same number or the same `previous`: a cloned or restored vault."""
    seen: dict[tuple[str, str, object], str] = {}
    rivals: set[str] = set()
    if len(stage.ordered) == 1:
        return rivals
    for entry in stage.ordered:
        header = entry.header
        for key in ((header.device, "number", header.number), (header.device, "previous", header.previous)):
            first = seen.setdefault(key, entry.id)
            if first != entry.id:
                rivals |= {first, entry.id}
    return rivals


def _adopt(stage: Stage) -> tuple[str, ...]:
    """Gives adopted sets effect (rule 13) and returns the proposals that are left."""
    adopted: set[str] = set()
    for entry in stage.ordered:
        said = stage.readings[entry.id].control
        if isinstance(said, payload.Adoption) and entry.id not in stage.void:
            adopted.update(said.ids)
    proposals = []
    for entry in stage.ordered:
        one = entry.id
        is_data = entry.header.kind in ("open", "set") and bool(stage.readings[one].data)
        if one not in stage.void or not is_data or stage.readings[one].lacking:
            continue
        if one in adopted:
            del stage.void[one]
        elif stage.void[one] in PROPOSALS:
            proposals.append(one)
    return tuple(proposals)
