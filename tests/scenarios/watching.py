"""What must hold after every move (DESIGN §3), of each vault in which anything changed; and what the moves came to.

It is cheap because a fold is a pure function: a stream is replayed once for the same entries, parts and rights, in
whichever vault they are; every vault that has them must show the same rows.
"""

import random
from dataclasses import dataclass, field

from sqlalchemy import select

from ctcase.log.fold import fold
from ctcase.log.payload import Adoption, Closing, Step, Transfer
from ctcase.log.rights import Row
from ctcase.store import entries, schema
from ctcase.store.projection import project
from ctcase.sync.verifying import verify_signatures

FAR_OFF = 80_000
"""Seconds between an entry's time and the world's beyond which its author's clock was wrong."""


@dataclass
class Kept:
    """What was seen of a vault last: nothing of it may be gone, but the waiting and quarantined that were taken since."""

    mark: tuple = ()
    roster: int = 0
    entries: dict = field(default_factory=dict)
    disclosed: set = field(default_factory=set)
    apart: set = field(default_factory=set)
    judged: dict = field(default_factory=dict)


class Watch:
    """Looks at a world after every move.

    The moves tell it what it cannot know: `shown`, by entry the (record, field) and the values that its author saw;
    `facts`, entries with which data left; `forged`, entries that are not authentic, and `approvals`, those of them
    that approve; `restored`, devices made from a backup.
    """

    def __init__(self, world, judging):
        self.world, self.judging = world, judging
        self.chance = random.Random("watch")
        self.kept = {name: Kept() for name in world.people}
        self.expected, self.rights, self.signed = {}, [], set()
        self.shown, self.facts, self.forged, self.approvals, self.restored = {}, set(), set(), set(), set()
        self.observed, self.looks = set(), 0

    def set_back(self, name):
        """The disk of somebody is what it was: what he had may be gone."""
        self.kept[name] = Kept()

    def look(self):
        """Checks every vault that changed since the last look, and says whether any did."""
        changed = False
        for name, person in self.world.people.items():
            session = person.session or self.world[name]
            database = session.opened.database
            mark = (session, database.raw.total_changes, database.data_version())
            if mark != self.kept[name].mark:
                self._check(name, session, self.kept[name])
                self.kept[name].mark = (session, database.raw.total_changes, database.data_version())
                self.looks, changed = self.looks + 1, True
        return changed

    def note(self, what, which=None):
        """Remembers that something came about; `which` tells one from another of its kind."""
        self.observed.add((what, len(self.observed) if which is None else which))

    # --- one vault ---

    def _check(self, name, session, kept):
        with session.look() as connection:
            log = connection.exec_driver_sql("SELECT id, stream, header, signature, parts FROM entry").all()
            waiting = set(connection.scalars(select(schema.waiting.c.entry)))
            quarantined = set(connection.scalars(select(schema.quarantine.c.entry)))
            self._check_log(name, kept, log)
            assert not self.forged & kept.entries.keys(), (name, "took a forged entry")
            gone = kept.apart - waiting - quarantined - kept.entries.keys()
            assert not gone, (name, "what waited or was kept apart is gone", gone)
            kept.apart = waiting | quarantined
            self._check_roster(name, session, kept)
            stored = _stored(connection)
            self._check_streams(name, session, kept, connection, log, stored)
        self._check_disclosures(name, kept, stored)
        for one in waiting:
            self.note("waiting", one)
        for one in quarantined & self.approvals:
            self.note("forged approval", one)

    def _check_log(self, name, kept, log):
        """No entry is gone or another one; parts that are here stay."""
        new = {row.id: (row.header, row.signature, row.parts) for row in log}
        gone = kept.entries.keys() - new.keys()
        assert not gone, (name, "entries are gone", gone)
        for one, (header, signature, parts) in kept.entries.items():
            assert new[one][:2] == (header, signature), (name, "an entry was changed", one)
            if new[one][2] != parts:
                pairs = zip(entries.unpack_parts(parts), entries.unpack_parts(new[one][2]), strict=True)
                same = all(new == old for old, new in pairs if isinstance(old, entries.Part))
                assert same, (name, "a part is gone", one)
        kept.entries = new

    def _check_roster(self, name, session, kept):
        held = session.roster
        version = held.version if held else 0
        assert version >= kept.roster, (name, "an older roster")
        kept.roster = version
        for device in held.devices if held else ():
            if device.revoked is not None:
                self.note("revocation", device.id)

    def _check_streams(self, name, session, kept, connection, log, stored):
        """The tables are what the log says, and what follows from it is right."""
        token = self._token(session.streams.rights)
        groups = {}
        for row in log:
            groups.setdefault(row.stream, []).append((row.id, row.parts))
        assert not stored.keys() - groups.keys(), (name, "rows of no stream")
        for stream, group in groups.items():
            key = (stream, frozenset(group), token)
            rows = stored.get(stream, frozenset())
            if kept.judged.get(stream) == (key, rows):
                continue
            if key not in self.expected:
                self.expected[key] = self._judge(session, entries.of_streams(connection, [stream])[stream])
            differ = rows ^ self.expected[key]
            assert not differ, (name, "tables are not what the log says", sorted(map(str, differ)))
            kept.judged[stream] = (key, rows)

    def _token(self, rights):
        """A short name for rights, the same for equal ones."""
        if rights not in self.rights:
            self.rights.append(rights)
        return self.rights.index(rights)

    def _check_disclosures(self, name, kept, stored):
        told = {dict(row[1:])["entry"] for rows in stored.values() for row in rows if row[0] == "disclosure"}
        assert not kept.disclosed - told, (name, "a disclosure is gone")
        assert self.facts & kept.entries.keys() <= told, (name, "a disclosure is not in the list")
        kept.disclosed = told

    # --- one stream ---

    def _judge(self, session, group):
        """Replays a stream in any order, checks what follows from it, and returns its rows."""
        fresh = [one for one in group if (one.id, one.signature, one.key) not in self.signed]
        assert all(verify_signatures(fresh)), "not authentic"
        self.signed.update((one.id, one.signature, one.key) for one in fresh)
        for one in fresh:
            if abs(one.header.time - self.world.time[0]) > FAR_OFF:
                self.note("clock jump", one.id)
        graph = self.judging.replayed(group, self.chance)
        folded = fold(graph, session.streams.rights)
        self.judging.check_steps(graph, folded, session.streams.rights)
        self.judging.check_disclosures(folded)
        self.judging.check_fields(graph, folded, self.shown)
        self._observe(graph, folded)
        return _plain(project(folded, graph.entries, session.searchable))

    def _observe(self, graph, folded):
        for record, it in folded.records.items():
            for name, there in it.fields.items():
                if there.conflict:
                    self.note("field conflict", (record, name, there.conflict))
        for fork in folded.forks:
            self.note("fork", (fork.device, fork.entries))
        for consent in folded.consents.values():
            for one in consent.withdrawals:
                self.note("withdrawal", one)
        for it in folded.disclosures:
            if it.withdrawals:
                self.note("withdrawal beside a disclosure", it.entry)
        for machine in folded.machines.values():
            if machine.rivals:
                self.note("step conflict", machine.rivals)
            for one in machine.steps:
                self.note(f"event {machine.nodes[one].event}", one)
            for one, event in machine.flags:
                self.note(f"event {event}", one)
        for one in folded.ordered:
            self._observe_entry(graph, folded, one)

    def _observe_entry(self, graph, folded, one):
        said, why = folded.readings[one].control, folded.void.get(one)
        if why:
            self.note(f"void {why}", one)
            if isinstance(said, Step) and said.event == "approve":
                self._observe_void_approval(folded, one, said, why)
            return
        if isinstance(said, Closing):
            self.note("fork closed", one)
        elif isinstance(said, Transfer):
            self.note("transfer", one)
        elif isinstance(said, Adoption) and not folded.void.keys() & {*said.ids}:
            self.note("adoption", one)
        if graph.entries[one].header.device in self.restored:
            self.note("work after a restore", one)

    def _observe_void_approval(self, folded, one, step, why):
        row = folded.row[one]
        for machine in folded.machines.values():
            node = machine.nodes.get(step.follows)
            if node and isinstance(row, Row) and row.member == node.basis.content_author:
                self.note("self-approval" if why == "four_eyes" else "self-approval without the role", one)


def _plain(rows):
    """The rows of a stream as the database would give them, without row numbers."""
    return frozenset((table, *sorted(row.items())) for table, found in rows.items() for row in found.values())


def _stored(connection):
    """By stream, its rows in every derived table."""
    found = {}
    for table in schema.DERIVED:
        for row in connection.execute(select(table)).mappings():
            plain = sorted((key, value) for key, value in row.items() if key != "row")
            found.setdefault(row["stream"], set()).add((table.name, *plain))
    return {stream: frozenset(rows) for stream, rows in found.items()}


def tally(watch, counted, reached):
    """Counts what a history came to, and in how many histories it did, to see that the machine goes everywhere."""
    counted["histories"] += 1
    counted["looks"] += watch.looks
    counted["entries"] += len(watch.kept["office"].entries)
    counted["devices"] += len(watch.world["office"].roster.devices)
    counted.update(what for what, _ in watch.observed)
    reached.update({what for what, _ in watch.observed})
