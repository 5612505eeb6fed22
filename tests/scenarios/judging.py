"""What must hold of every world: after each step, and once everything has been delivered."""

import random

from ctcase.app import decisions, upkeep
from ctcase.log.admission import Graph, admit
from ctcase.log.fold import fold
from ctcase.log.payload import Disclosure, Sets, Step
from ctcase.log.rights import Row
from ctcase.store import entries
from ctcase.store.projection import project
from ctcase.sync import peers
from ctcase.workflow.referral import TABLE

ROUNDS = 16


def live(world):
    """Those whose present key the office's roster knows and has not revoked."""
    known = {device.id: device for device in world["office"].roster.devices}
    return [
        name for name in world.people
        if (device := known.get(world[name].device_id)) is not None and device.revoked is None
    ]  # fmt: skip


def heal(world):
    """Delivers everything until nobody has anything new for anybody, and the officer has closed every fork."""
    for _ in range(ROUNDS):
        before = {name: world.ids(name) for name in world.people}
        keys = {name: world[name].device_id for name in world.people}
        for name in world.people:
            world.accept(name)
            world.enrol_again(name)
            world.accept(name)
        for name in world.people:
            if name != "office":
                world.send(name, "office")
        for name in world.people:
            if name != "office":
                world.send("office", name)
        world.meet("sup", "cw1")
        world.meet("sup", "cw2")
        world.meet("cw1", "cw2")
        world.close_forks()
        unsent = [world.status(name).unsent for name in live(world)]
        same = before == {name: world.ids(name) for name in world.people}
        if same and keys == {name: world[name].device_id for name in world.people} and not any(unsent):
            return
    raise AssertionError(
        {name: (world.status(name).unsent, world.status(name).forks) for name in world.people}
    )


def loaded(world, name):
    """All streams of a vault, as the log has them."""
    with world[name].look() as connection:
        every = sorted(
            {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT stream FROM entry").all()}
        )
        return entries.of_streams(connection, every)


def may_see(world, name):
    """The streams that somebody may have whole: told by the roster and the office's cases, not by the program's own rule."""
    office, roster = world["office"], world["office"].roster
    rows = {
        device.member: device.rows[-1] for device in roster.devices if device.revoked is None
    }  # one live device each
    row = rows[world.people[name].member]
    found = {roster.stream}
    for stream in world.streams("office"):
        folded = world.folded("office", stream).folded
        own = folded.owner == world.people[name].member
        home = rows.get(folded.owner)
        handed_over = home is None or not set(home.teams) & set(row.teams)
        if folded.team in row.teams and ("supervisor" in row.roles or own or handed_over):
            found.add(stream)
    return sorted(found) if "officer" not in row.roles else sorted(loaded(world, "office")) if office else []


def may_have(world, name):
    """The entries that the office would send somebody.

    A vault that was set back waits for what it lost; if a right was taken away meanwhile, that does not come again.
    """
    office = world["office"]
    (device,) = [one for one in office.roster.devices if one.id == world[name].device_id]
    with office.look() as connection:
        numbers = peers.entitled(connection, office.streams, office.roster, device)
        return {one.id for one in entries.of_seqs(connection, numbers)}


def check_peers(world, forged=frozenset()):
    """All agree on what they share, nothing waits, nothing is lost."""
    office = {stream: {one.id for one in group} for stream, group in loaded(world, "office").items()}
    everything = {one for group in office.values() for one in group}
    assert not everything & forged
    for name in live(world):
        mine = {stream: {one.id for one in group} for stream, group in loaded(world, name).items()}
        assert not (world.waiting(name) - forged) & may_have(world, name), (name, "waits for ever")
        assert world[name].roster == world["office"].roster, (name, "roster")
        streams = may_see(world, name)
        for stream in streams:
            assert not (world.waiting(name) - forged) & office[stream], (name, "waits for ever")
            assert mine.get(stream, set()) == office[stream], (
                name,
                "lacks",
                office[stream] - mine.get(stream, set()),
            )
        assert world.shared(name, set(streams)) == world.shared("office", set(streams)), (name, "differs")
    alive = live(world)
    for name in world.people:
        # nobody writes to a revoked device: it does not hear that the office was set back and lacks what it had
        told = name in alive or "office" not in world.were_set_back
        if world[name].roster is not None and told:
            lost = world.ids(name) - everything
            assert not lost, (name, "lost", lost)
        found = upkeep.verify(world[name])
        assert found.ok, (name, found)


def check_order(world, seed):
    """An auditor who reads the office's entries in any order derives the same rows."""
    chance = random.Random(seed)
    session = world["office"]
    for stream, group in loaded(world, "office").items():
        chance.shuffle(group)
        graph, left, size = Graph(), [], chance.randint(1, 5)
        for start in range(0, len(group), size):
            batch = [*left, *group[start : start + size]]
            sorting = admit(graph, batch, lambda _: False)
            assert not sorting.refused
            left = [one for one in batch if one.id in sorting.waiting]
        assert not left
        again = project(fold(graph, session.streams.rights), graph.entries, session.searchable)
        with session.look() as connection:
            assert again == session.streams.get(connection, stream).rows


def check_referrals(world):
    """Two members behind every approval, what was sent is what was approved, and no disclosure is missing."""
    for stream in world.streams("office"):
        state = world.folded("office", stream)
        folded = state.folded
        for machine in folded.machines.values():
            for one, node in machine.nodes.items():
                row, content = folded.row[one], node.basis.content
                assert isinstance(row, Row)
                step = folded.readings[one].control
                if node.event in ("approve", "return", "reject"):
                    signed_by_another = bool(step.standing)
                    assert signed_by_another or row.member != folded.row[content].member, "four eyes"
                if node.event == "send":
                    approval = approval_of(folded, machine, one)
                    assert approval.basis.content == content, "sent what was not approved"
                    check_consent(state, folded.readings[content].control, one)
                if node.event == "decide":
                    kept = machine.nodes[step.keep]
                    assert row.member not in (kept.basis.author, kept.basis.content_author)
        told = {it.entry for it in folded.disclosures}
        for one in folded.ordered:
            said = folded.readings[one].control
            left = isinstance(said, Disclosure) or (
                isinstance(said, Step) and said.event in TABLE and TABLE[said.event].discloses
            )
            assert not left or one in told or folded.void.get(one) == "unknown_device"


def check_consent(state, terms, one):
    consent = state.folded.consents.get(terms.consent)
    if terms.basis == "consent":
        assert not any(state.graph.precedes(end, one) for end in consent.withdrawals), (
            "sent after the withdrawal"
        )


def approval_of(folded, machine, one):
    """The approval that a step rests on, going back the way its author says he came."""
    while one:
        node = machine.nodes[one]
        if node.event in ("approve", "draft"):
            return node if node.event == "approve" else None
        step = folded.readings[one].control
        if node.event == "decide":
            one = step.keep
        elif node.event == "retract":
            one = machine.nodes[node.follows].follows
        else:
            one = node.follows
    return None


def check_values(world, shown):
    """No value is gone unless somebody who had it on the screen gave another; different ones are in a conflict.

    `shown`: by entry, (record, field) and the values that its author saw; every value in a world is written once.
    """
    for stream in world.streams("office"):
        state = world.folded("office", stream)
        folded = state.folded
        replaced = {
            (place, value)
            for one, places in shown.items()
            if one in state.graph.entries and one not in folded.void
            for place, values in places.items()
            for value in values
        }
        for one in folded.ordered:
            if one in folded.void:
                continue
            for part in folded.readings[one].data:
                for name, new in part.says.set.items() if isinstance(part.says, Sets) else ():
                    there = folded.records[part.record].fields[name]
                    stands = new.value in [it.value for it in there.candidates]
                    gone = ((part.record, name), new.value) in replaced
                    assert stands or gone, ("silently lost", part.record, name, new.value)
                    distinct = {it.value for it in there.candidates}
                    assert (len(distinct) > 1) == bool(there.conflict)


def check_all(world, *, shown=None, facts=frozenset(), forged=frozenset(), seed=0):
    """Everything, of a world in which all was delivered."""
    check_peers(world, forged)
    check_order(world, seed)
    check_referrals(world)
    check_values(world, shown or {})
    disclosed = {
        it.entry
        for stream in world.streams("office")
        for it in world.folded("office", stream).folded.disclosures
    }
    assert facts & world.ids("office") <= disclosed, "a disclosure is not in the list"
    assert not decisions.forks(world["office"]).forks


def tally(world, seen):
    """Counts what a history came to, to see that the machine goes everywhere."""
    seen["histories"] += 1
    with world["office"].look() as connection:
        seen["entries"] += connection.exec_driver_sql("SELECT count(*) FROM entry").scalar()
        seen["quarantined"] += connection.exec_driver_sql("SELECT count(*) FROM quarantine").scalar()
    seen["devices"] += len(world["office"].roster.devices)
    for stream in world.streams("office"):
        folded = world.folded("office", stream).folded
        seen.update(f"void {why}" for why in folded.void.values())
        seen.update(f"state {machine.state}" for machine in folded.machines.values())
        seen["step conflicts"] += sum(bool(machine.rivals) for machine in folded.machines.values())
        seen["field conflicts"] += sum(
            bool(it.conflict) for r in folded.records.values() for it in r.fields.values()
        )
        seen["disclosures"] += len(folded.disclosures)
        seen["proposals"] += len(folded.proposals)
