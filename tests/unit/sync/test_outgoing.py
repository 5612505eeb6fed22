"""What goes into bundles: the rosters that judge one another, every wanted entry once, and what is recorded as sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ctcase.app import cases
from ctcase.crypto.age import read_identity
from ctcase.crypto.recipients import HybridIdentity, X25519Identity
from ctcase.crypto.signing import SigningKey
from ctcase.errors import Refused
from ctcase.store import local, schema
from ctcase.store.entries import of_seqs
from ctcase.sync import outgoing, peers, ranges, sealing
from ctcase.sync.incoming import _newer
from ctcase.trust.roster import Device, Member, Root, Roster, office_id, read_first, sign
from tests.office_world import World

KEYS = [SigningKey(bytes([number]) * 32) for number in range(1, 6)]

# rosters


def roots_of(places):
    return tuple(Root(KEYS[place].public, f"holder{place}") for place in sorted(places))


def signed_by(history):
    """Rosters of an office whose roots were these (places of the keys, threshold), each signed by just enough of them."""
    office = office_id(roots_of(history[0][0]), history[0][1])
    held = []
    before = history[0]
    for version, now in enumerate(history, start=1):
        places, threshold = now
        roster = Roster(
            format=1, version=version, office=office, name="Office", stream="a" * 64, threshold=threshold,
            roots=roots_of(places), recovery="", members=(Member("m", "Ada Example"),), devices=(),
        )  # fmt: skip
        signers = {*sorted(places)[:threshold], *sorted(before[0])[: before[1]]}
        held.append(sign(roster, [KEYS[place] for place in sorted(signers)]))
        before = now
    return tuple(held)


roots = st.sets(st.integers(0, 4), min_size=1, max_size=4).flatmap(
    lambda places: st.tuples(st.just(frozenset(places)), st.integers(1, len(places)))
)
histories = st.lists(st.tuples(roots, st.integers(1, 3)), min_size=1, max_size=4).map(
    lambda runs: [one for one, count in runs for _ in range(count)]
)


@settings(max_examples=40, deadline=None)
@given(histories)
def test_whoever_holds_any_earlier_roster_can_judge_the_newest(history):
    held = signed_by(history)
    chain = outgoing._chain(held)
    assert chain[-1] == held[-1]
    for mine in held:
        newer = _newer(read_first(mine), chain)
        newest = newer[-1][0] if newer else read_first(mine)
        assert newest.version == len(held)


def test_a_lower_threshold_is_sent_with_the_roster_that_lowered_it():
    both = frozenset({0, 1})
    held = signed_by([(both, 2), (both, 2), (both, 1), (both, 1)])
    assert outgoing._chain(held) == (held[0], held[2], held[3])


def test_while_the_roots_stay_the_newest_alone_is_enough():
    one = (frozenset({0}), 1)
    held = signed_by([one] * 6)
    assert outgoing._chain(held) == (held[-1],)
    assert outgoing._chain(held[:1]) == held[:1]
    assert outgoing._chain(()) == ()


def test_bundles_are_sealed_to_hybrid_keys_only():
    def to(sealing_key):
        return outgoing.recipients([Device("d", b"", sealing_key, "m", ())])

    hybrid = HybridIdentity(bytes(range(32))).recipient
    assert to(hybrid.text) == {"d": hybrid}
    for other in (X25519Identity(bytes(range(32))).recipient.text, hybrid.text[:-1], "age1pqx", ""):
        with pytest.raises(Refused, match="file_not_understood"):
            to(other)


# bundles


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.found()
    made.member("ben")
    for number in range(4):
        code = made.case("ben", {"alias": f"Case {number}"})
        cases.set_fields(made.session("ben"), code, {"case.alias": "Again"})
    yield made
    made.close()


def written(world, work, limit=8 << 20, purpose="sync", taken=None):
    """The bundles of ben to the office, or the first `taken` of them."""
    session = world.session("ben")
    devices = peers.devices_for(session.roster, "office", session.device_id)
    sender = outgoing.Outgoing(session.roster, session.device_id, session.signing_key())
    bundles = outgoing.write(work.connection, session.streams, sender, "office", devices, purpose, limit)
    return [next(bundles) for _ in range(taken)] if taken else list(bundles)


def recorded(connection):
    table = schema.bundle_sent
    rows = connection.execute(select(table.c.digest, table.c.ranges).order_by(table.c.number))
    return {digest: ranges.decode(text) for digest, text in rows}


def test_every_wanted_entry_goes_once_whatever_the_window(world, monkeypatch):
    session = world.session("ben")
    with session.work() as work:
        before = recorded(work.connection)
        (device,) = peers.devices_for(session.roster, "office", session.device_id)
        wanted = peers.unsent(work.connection, session.streams, session.roster, [device])
        for window in (1, 2, 3, 5, 100):
            monkeypatch.setattr(outgoing, "WINDOW", window)
            for limit in (1, 20_000, 8 << 20):
                groups = [list(one) for one in outgoing._groups(work.connection, wanted, limit, 0)]
                assert sorted(number for one in groups for number in one) == wanted
                parents_first = [number for one in groups for number in one]
                ids = [one.id for one in of_seqs(work.connection, parents_first)]
                for place, one in enumerate(of_seqs(work.connection, parents_first)):
                    assert not {*one.header.parents} & set(ids[place:])
        assert recorded(work.connection) == before
        assert [*outgoing._groups(work.connection, [], 1, 0)] == [{}]


def test_each_bundle_is_recorded_with_its_own_entries_when_the_caller_comes_back(world):
    session = world.session("ben")
    with session.work() as work:
        (device,) = peers.devices_for(session.roster, "office", session.device_id)
        wanted = peers.unsent(work.connection, session.streams, session.roster, [device])
        before = recorded(work.connection)
        written(world, work, limit=1, taken=1)
        assert recorded(work.connection) == before, "nobody has it before its file is there"
        done = written(world, work, limit=1)
        now = {digest: it for digest, it in recorded(work.connection).items() if digest not in before}
        assert [*now] == [one.digest for one, _ in done]
        assert [len(it) for it in now.values()] == [count for _, count in done]
        assert ranges.union(now.values()) == ranges.of(wanted)
        numbers = [one.manifest.number for one, _ in done]
        assert numbers == list(range(numbers[0], numbers[0] + len(done)))
        assert local.get(work.connection, "bundles", int) == numbers[-1]
        assert peers.unsent(work.connection, session.streams, session.roster, [device]) == wanted


def test_with_nothing_to_send_one_bundle_acknowledges(world):
    world.meet("ben", "office")
    with world.session("ben").work() as work:
        ((one, count),) = written(world, work)
    assert count == 0
    assert len(one.manifest.has) > 0
    assert [it.type for it in one.manifest.frames if it.size] == sorted(it.type for it in one.manifest.frames)


def test_a_welcome_carries_the_office_s_own_stream_only(world):
    with world.session("ben").work() as work:
        office = world.session("ben").roster.stream
        ((one, count),) = written(world, work, purpose=outgoing.WELCOME)
        numbers = recorded(work.connection)[one.digest]
        sent = of_seqs(work.connection, [number for number in range(1, 100) if number in numbers])
    assert one.manifest.purpose == "welcome"
    assert count == len(sent)
    assert {it.stream for it in sent} <= {office}


def test_what_is_written_is_what_is_read(world):
    with world.session("ben").work() as work:
        ((one, count),) = written(world, work)
    unsealed = sealing.unseal(one.data, [read_identity(world.session("office").me.sealing)])
    assert unsealed.digest == one.digest
    assert sum(len(batch.entries) for batch in unsealed.batches()) == count == 8
    assert [read_first(it).version for it in unsealed.rosters] == [2]
