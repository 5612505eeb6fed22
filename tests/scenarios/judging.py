"""What must hold of every world: after each step, and once everything has been delivered."""

import random

from ctcase.app import decisions, upkeep
from ctcase.log import standing
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


def replayed(group, chance):
    """The graph of a stream whose entries come in any order, a few at a time; none may be left over."""
    group, graph, left, size = [*group], Graph(), [], chance.randint(1, 5)
    chance.shuffle(group)
    for start in range(0, len(group), size):
        batch = [*left, *group[start : start + size]]
        sorting = admit(graph, batch, lambda _: False)
        assert not sorting.refused
        left = [one for one in batch if one.id in sorting.waiting]
    assert not left
    return graph


def check_order(world, seed):
    """An auditor who reads the office's entries in any order derives the same rows."""
    chance = random.Random(seed)
    session = world["office"]
    for stream, group in loaded(world, "office").items():
        graph = replayed(group, chance)
        again = project(fold(graph, session.streams.rights), graph.entries, session.searchable)
        with session.look() as connection:
            assert again == session.streams.get(connection, stream).rows


def check_steps(graph, folded, rights):
    """Two members behind every approval, and what was sent is what was approved."""
    for machine in folded.machines.values():
        for one, node in machine.nodes.items():
            row, content = folded.row[one], node.basis.content
            assert isinstance(row, Row)
            step = folded.readings[one].control
            if node.event in ("approve", "return", "reject"):
                agreeing = {row.member} | signer(step, rights)
                assert agreeing - {folded.row[content].member}, "four eyes"
            if node.event == "send":
                approval = approval_of(folded, machine, one)
                assert approval, "sent without an approval"
                assert approval.basis.content == content, "sent what was not approved"
                check_consent(graph, folded, folded.readings[content].control, one)
            if node.event == "decide":
                kept = machine.nodes[step.keep]
                assert row.member not in (kept.basis.author, kept.basis.content_author)
        for one, _ in machine.flags:
            sent = machine.nodes[folded.readings[one].control.follows]
            assert folded.row[one].member != sent.basis.author, "ratified by the sender"


def signer(step, rights):
    """The member behind the standing approval that a step carries, if any."""
    says = standing.read(step.standing, rights) if step.standing else None
    return {rights.devices[says.device].rows[-1].member} if says else set()


def check_disclosures(folded):
    """Every entry with which data left is in the list, whatever became of it."""
    told = {it.entry for it in folded.disclosures}
    for one in folded.ordered:
        said = folded.readings[one].control
        left = isinstance(said, Disclosure) or (
            isinstance(said, Step) and said.event in TABLE and TABLE[said.event].discloses
        )
        assert not left or one in told, "a disclosure is missing"


def check_consent(graph, folded, terms, one):
    consent = folded.consents.get(terms.consent)
    if terms.basis == "consent":
        assert not any(graph.precedes(end, one) for end in consent.withdrawals), "sent after the withdrawal"


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


def check_fields(graph, folded, shown):
    """No value is gone unless somebody who had it on the screen gave another; different ones are in a conflict.

    `shown`: by entry, (record, field) and the values that its author saw; every value in a world is written once.
    """
    replaced = {
        (place, value)
        for one, places in shown.items()
        if one in graph.entries and one not in folded.void
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


def check_all(world, *, forged=frozenset(), seed=0):
    """Everything, of a world in which all was delivered; what holds after every move was checked then."""
    check_peers(world, forged)
    check_order(world, seed)
    assert not decisions.forks(world["office"]).forks
