"""Reading bundles: what is refused before anything is changed, and copies of one entry that differ in their signature."""

import contextlib
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from ctcase.app import cases, upkeep
from ctcase.crypto.age import read_identity
from ctcase.crypto.recipients import HybridIdentity
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.errors import CtcaseError
from ctcase.log.entry import LARGEST_HEADER, Part
from ctcase.store import entries as rows
from ctcase.store import schema, search
from ctcase.store.entries import of_streams
from ctcase.sync import columns_read, incoming, outgoing, packing, peers, sealing, splitting
from ctcase.sync.incoming import Reader, judge, judge_welcome
from ctcase.sync.sealing import Content, Heading
from ctcase.trust.roster import (
    Device,
    DeviceRow,
    Member,
    Revocation,
    Root,
    Roster,
    office_id,
    sign,
)
from tests.office_world import World

# judging: keys and rosters alone

ROOT, SENDER, READER, OTHER = (SigningKey(bytes([number]) * 32) for number in range(1, 5))
IDENTITY = HybridIdentity(bytes(range(32)))
ROOTS = (Root(ROOT.public, "m1"),)


def device(key, member, *roles, revoked=None):
    row = DeviceRow(1, roles, ("A",))
    return Device(key_id(key.public), key.public, "", member, (row,), revoked)


def roster(version=1, roots=ROOTS, reader=("caseworker",), revoked=None, **changes):
    plain = Roster(
        format=1, version=version, office=office_id(ROOTS, 1), name="Office", stream="a" * 64, threshold=1, roots=roots,
        recovery="", members=(Member("m1", "Ada Example"), Member("m2", "Ben Example")),
        devices=(device(SENDER, "m1", "officer", revoked=revoked), device(READER, "m2", *reader)),
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def bundle(*rosters, key=SENDER, to=READER, content=None, **changes):
    """A bundle of the sender to the reader, as `changes` of its heading say."""
    plain = Heading(office_id(ROOTS, 1), training=False, addressee="m2", purpose="sync", number=1, roster=1)
    heading = msgspec.structs.replace(plain, **changes)
    signed = tuple(one if isinstance(one, bytes) else sign(one, [ROOT]) for one in rosters)
    content = content or Content(rosters=signed)
    return sealing.write(heading, content, key, {key_id(to.public): IDENTITY.recipient}).data


def reader(held=None, key=READER, former=()):
    return Reader(key_id(key.public), former, IDENTITY, held)


def code(data, who, action=judge):
    """Why a bundle is refused, "" if it is not."""
    try:
        action(data, who)
    except CtcaseError as refusal:
        return refusal.code
    return ""


def test_a_bundle_of_a_known_device_to_this_one_may_be_taken():
    judged = judge(bundle(), reader(roster()))
    assert (judged.sender, judged.member) == (key_id(SENDER.public), "m1")
    assert (judged.newer, judged.rivals, judged.entries, judged.misfits) == ((), (), [], [])


@pytest.mark.parametrize(
    ("changes", "held", "expected"),
    [
        ({}, None, "not_enrolled"),
        ({"office": "f" * 64}, roster(), "other_office"),
        ({"training": True}, roster(), "training_mixed"),
        ({"to": OTHER}, roster(), "not_addressed"),
        ({"key": OTHER}, roster(), "sender_unknown"),
        ({}, roster(revoked=Revocation(5)), "sender_revoked"),
        ({}, roster(reader=("supervisor",), revoked=Revocation(5)), "sender_revoked"),
        ({}, roster(reader=("officer",), revoked=Revocation(5)), ""),
    ],
)
def test_what_is_refused_as_a_whole(changes, held, expected):
    assert code(bundle(**changes), reader(held)) == expected


def test_another_signature_on_the_manifest_is_refused():
    held = roster()
    swapped = msgspec.structs.replace(held.devices[0], signing=OTHER.public)
    lying = msgspec.structs.replace(held, devices=(swapped, held.devices[1]))
    assert code(bundle(), reader(lying)) == "signature_wrong"


def test_what_was_sealed_to_a_former_key_of_this_vault_is_read():
    data = bundle(to=OTHER)
    assert code(data, reader(roster(), former=(key_id(OTHER.public),))) == ""
    assert code(data, reader(roster(), former=("f" * 64,))) == "not_addressed"


def test_the_rosters_are_read_first():
    """A sender whom only the newer roster knows is known, and one whom it revokes is refused."""
    held = roster(devices=(device(READER, "m2", "caseworker"),))
    assert code(bundle(), reader(held)) == "sender_unknown"
    judged = judge(bundle(roster(2)), reader(held))
    assert ([one.version for one, _ in judged.newer], judged.roster.version) == ([2], 2)
    assert code(bundle(roster(2, revoked=Revocation(3))), reader(roster())) == "sender_revoked"


def test_older_rosters_are_ignored_and_foreign_ones_refuse_the_bundle():
    held = roster(3)
    assert judge(bundle(roster(1), roster(3), roster(2)), reader(held)).newer == ()
    foreign = sign(roster(4, roots=(Root(OTHER.public, "m1"),)), [OTHER])
    assert code(bundle(foreign), reader(held)) == "signature_wrong"
    assert code(bundle(roster(4, office="e" * 64)), reader(held)) == "other_office"
    assert code(bundle(roster(4, training=True)), reader(held)) == "training_mixed"
    assert code(bundle(b"{}"), reader(held)) == "signature_wrong"


def test_changed_roots_are_followed_step_by_step():
    later = (Root(OTHER.public, "m1"),)
    changing = sign(roster(2, roots=later), [ROOT, OTHER])
    newest = sign(roster(3, roots=later), [OTHER])
    assert [one.version for one, _ in judge(bundle(changing, newest), reader(roster())).newer] == [2, 3]
    assert code(bundle(newest), reader(roster())) == "signature_wrong"
    assert code(bundle(newest, changing), reader(roster())) == "signature_wrong"


def test_two_rosters_of_one_version_are_told():
    rival = roster(2, name="Other Name")
    assert judge(bundle(rival), reader(roster(2))).rivals == (2,)
    assert judge(bundle(roster(2)), reader(roster(2))).rivals == ()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bundle(roster(), purpose="welcome"), ""),
        (bundle(roster()), "file_not_understood"),
        (bundle(purpose="welcome"), "file_not_understood"),
        (bundle(roster(), purpose="welcome", to=OTHER), "not_addressed"),
        (bundle(roster(), purpose="welcome", office="e" * 64), "other_office"),
        (bundle(roster(), purpose="welcome", training=True), "other_office"),
        (bundle(roster(), purpose="welcome", key=OTHER), "sender_unknown"),
        (bundle(sign(roster(), [OTHER]), purpose="welcome"), "signature_wrong"),
    ],
)
def test_a_first_welcome_vouches_for_itself(data, expected):
    assert code(data, reader(), judge_welcome) == expected


def test_a_welcome_to_who_knows_the_office_is_a_bundle_like_any_other():
    data = bundle(roster(2), purpose="welcome", roster=2)
    judged = judge_welcome(data, reader(roster()))
    assert judged.roster.version == 2
    assert code(data, reader(roster(3)), judge_welcome) == "roster_old"
    assert code(data, reader(roster(office="e" * 64)), judge_welcome) == "other_office"


# taking: copies of one entry


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("incoming"))
    made.found()
    made.member("ben")
    yield made
    made.close()


def entries_of(world, count=2):
    """The entries of a new case of ben, which nobody else has."""
    session = world.session("ben")
    code = world.case("ben", {"alias": "Blue"})
    for number in range(count - 1):
        cases.set_fields(session, code, {"case.alias": f"Blue {number}"})
    stream = cases.find_case(session, code)
    with session.look() as connection:
        return of_streams(connection, [stream])[stream]


def judged_of(world, entries):
    """A bundle of ben to the office as it is judged, with these entries in it."""
    session, chief = world.session("ben"), world.session("office")
    devices = peers.devices_for(session.roster, "office", session.device_id)
    with session.look() as connection:
        there = peers.exchanged_with(connection, devices)
    heading = Heading(
        session.roster.office, False, "office", "sync", next(world.numbers), session.roster.version, there
    )
    data = sealing.write(heading, Content(), session.signing_key(), outgoing.recipients(devices)).data
    who = Reader(chief.device_id, (), read_identity(chief.me.sealing), chief.roster)
    return bringing(judge(data, who), entries)


def bringing(judged, entries):
    signed, forged = incoming.by_signature(entries)
    return msgspec.structs.replace(judged, entries=signed, forged=forged)


def spoilt(entry):
    return msgspec.structs.replace(entry, signature=bytes(64))


def stored(world, entry):
    with world.session("office").look() as connection:
        query = select(schema.entry.c.signature).where(schema.entry.c.id == entry.id)
        return connection.scalar(query)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_copies_the_one_that_was_really_signed_is_taken(world, first):
    root, last = entries_of(world)
    copies = [spoilt(last), last] if first else [last, spoilt(last)]
    chief = world.session("office")
    with chief.work() as work:
        taken = incoming.take(
            work.connection, chief.streams, judged_of(world, [root, *copies]), chief.device_id
        )
    assert [one.id for one in taken.admitted.new] == [root.id, last.id]
    assert taken.quarantined == {}
    assert stored(world, last) == last.signature
    assert upkeep.verify(chief).ok


@pytest.mark.parametrize("first", [True, False])
def test_what_waits_was_really_signed_too(world, first):
    root, last = entries_of(world)
    chief = world.session("office")
    copies = [spoilt(last), last] if first else [last, spoilt(last)]
    for entries in (copies, [root]):
        with chief.work() as work:
            taken = incoming.take(work.connection, chief.streams, judged_of(world, entries), chief.device_id)
        assert taken.quarantined == {}
    assert stored(world, last) == last.signature
    assert upkeep.verify(chief).ok


def test_two_bad_copies_are_one_bad_entry(world):
    root, last = entries_of(world)
    chief = world.session("office")
    with chief.work() as work:
        taken = incoming.take(
            work.connection,
            chief.streams,
            judged_of(world, [spoilt(last), root, spoilt(last)]),
            chief.device_id,
        )
        count = select(func.count()).where(schema.quarantine.c.entry == last.id)
        assert work.connection.scalar(count) == 1
    assert taken.quarantined == {last.id: "signature"}
    assert [one.id for one in taken.admitted.new] == [root.id]
    assert stored(world, last) is None


def test_a_bad_copy_of_what_is_here_changes_nothing(world):
    entries = entries_of(world)
    chief = world.session("office")
    for batch in (entries, [spoilt(one) for one in entries]):
        with chief.work() as work:
            taken = incoming.take(work.connection, chief.streams, judged_of(world, batch), chief.device_id)
        assert taken.quarantined == {}
    assert taken.admitted.known == [one.id for one in entries]
    assert [stored(world, one) for one in entries] == [one.signature for one in entries]


class _DiscardError(Exception):
    pass


def outcome(world, judged, device):
    """What taking a bundle answers, and all rows of all tables after it, of which nothing is kept."""
    chief, found = world.session("office"), []
    with contextlib.suppress(_DiscardError), chief.work() as work:
        taken = incoming.take(work.connection, chief.streams, judged, device)
        tables = {
            name: {tuple(row) for row in work.connection.execute(select(table))}
            for name, table in schema.metadata.tables.items()
        }
        found += [msgspec.structs.asdict(taken), tables, set(search.words(work.connection))]
        raise _DiscardError
    return found


def test_bad_signatures_among_good_ones_leave_nothing_behind(world):
    """All is as if the bad ones had not been in the bundle, but for their quarantine; what follows them waits."""
    known, other, alone = entries_of(world, 4), entries_of(world, 3), entries_of(world, 1)
    chief = world.session("office")
    with chief.work() as work:
        incoming.take(work.connection, chief.streams, judged_of(world, known[:2]), chief.device_id)
    good = [*known[:3], other[0], other[2]]
    bad = [known[3], other[1], alone[0]]
    judged = judged_of(world, [])
    ben = world.session("ben").device_id
    mixed = bringing(judged, [*good, *map(spoilt, bad)])
    taken, tables, words = outcome(world, mixed, ben)
    without = bringing(judged, good)
    expected, expected_tables, expected_words = outcome(world, without, ben)
    assert taken.pop("quarantined") == {one.id: "signature" for one in bad}
    assert expected.pop("quarantined") == {}
    assert taken == expected
    assert len(tables.pop("quarantine")) == len(expected_tables.pop("quarantine")) + len(bad)
    for one in (tables, expected_tables):
        one["bundle_read"] = {row[:4] + row[5:] for row in one["bundle_read"]}  # but for what was refused
    assert (tables, words) == (expected_tables, expected_words)
    assert [one.id for one in taken["admitted"].new] == [known[2].id, other[0].id]
    assert taken["waiting"] == {other[2].id: (other[1].id,)}


def test_only_what_a_device_really_signed_says_that_it_was_set_back(world):
    entries = entries_of(world, 2)
    ben = world.session("ben").device_id
    judged = judged_of(world, entries)
    for batch, expected in ((entries, True), ([spoilt(one) for one in entries], False)):
        taken, _, _ = outcome(world, bringing(judged, batch), ben)
        assert taken["own_unknown"] is expected


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32))
def test_any_order_over_any_bundles_ends_alike(world, seed):
    source = random.Random(seed)
    entries = entries_of(world, 5)
    batches = [[] for _ in range(3)]
    for one in entries:
        for batch in source.sample(batches, source.randint(1, 2)):
            batch.append(one)
    chief = world.session("office")
    for batch in batches:
        source.shuffle(batch)
        with chief.work() as work:
            incoming.take(work.connection, chief.streams, judged_of(world, batch), chief.device_id)
    with chief.look() as connection:
        stream = entries[0].id
        assert {one.id for one in of_streams(connection, [stream])[stream]} == {one.id for one in entries}
        assert connection.scalar(select(func.count()).select_from(schema.waiting)) == 0


# taking: what waits


def taken_by_office(world, entries):
    """The office takes a bundle of ben with these entries."""
    chief = world.session("office")
    with chief.work() as work:
        return incoming.take(work.connection, chief.streams, judged_of(world, entries), chief.device_id)


class CountedDict(dict):
    """Counts how often it is asked whether something is in it."""

    def __init__(self, *given):
        super().__init__(*given)
        self.asked = 0

    def __contains__(self, key):
        self.asked += 1
        return super().__contains__(key)


def test_a_chain_that_waited_is_freed_in_one_walk(world, monkeypatch):
    """The last came first, and each lacks the one before it: a walk for each of them would cost their square."""
    root, *others = entries_of(world, 40)
    for one in reversed(others):
        assert taken_by_office(world, [one]).admitted.new == []
    known, given = rows.known, []

    def counted(connection, ids):
        given.append(CountedDict(known(connection, ids)))
        return given[-1]

    monkeypatch.setattr(rows, "known", counted)
    taken = taken_by_office(world, [root])
    assert {one.id for one in taken.admitted.new} == {root.id, *(one.id for one in others)}
    assert max(one.asked for one in given) <= 2 * len(others)
    assert upkeep.verify(world.session("office")).ok


def test_what_still_waits_is_not_loaded(world):
    """It may be much, and every bundle that brings something new asks for what it frees."""
    waits, brings = entries_of(world, 3), entries_of(world, 3)
    taken_by_office(world, [waits[2], brings[2]])
    chief, asked = world.session("office"), []
    with chief.work() as work:
        event.listen(work.connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        taken = incoming.take(work.connection, chief.streams, judged_of(world, brings[:2]), chief.device_id)
    assert {one.id for one in taken.admitted.new} == {one.id for one in brings}
    bodies = [given for said, given in asked if "waiting.parts" in said]
    assert [list(one) for one in bodies] == [[brings[2].id]]
    taken_by_office(world, waits)


def size_of(entry):
    return len(entry.raw) + len(rows.pack_parts(entry.parts))


def test_the_bytes_that_wait_are_bounded_and_the_bundle_is_refused_whole(world, monkeypatch):
    root, first, second = entries_of(world, 3)
    monkeypatch.setattr(incoming, "LARGEST_WAITING", size_of(first) + size_of(second) - 1)
    assert set(taken_by_office(world, [first]).waiting) == {first.id}
    assert code_of_taking(world, [second]) == "limit_exceeded"
    assert set(taken_by_office(world, [first]).waiting) == {first.id}, "it is counted once"
    taken = taken_by_office(world, [root, second])
    assert {one.id for one in taken.admitted.new} == {root.id, first.id, second.id}, "nothing is left to wait"


def test_parts_that_a_second_copy_brings_are_counted_too(world, monkeypatch):
    root, first = entries_of(world, 2)
    bare = msgspec.structs.replace(first, parts=(None,) * len(first.parts))
    monkeypatch.setattr(incoming, "LARGEST_WAITING", size_of(first) - 1)
    assert set(taken_by_office(world, [bare]).waiting) == {first.id}
    assert code_of_taking(world, [first]) == "limit_exceeded"
    monkeypatch.undo()
    taken_by_office(world, [first])
    (_, last) = taken_by_office(world, [root]).admitted.new
    assert all(isinstance(part, Part) for part in last.parts)


def code_of_taking(world, entries):
    with pytest.raises(CtcaseError) as refusal:
        taken_by_office(world, entries)
    return refusal.value.code


# taking: what is kept of bad entries


def kept_apart(world, one=None):
    """How many bad entries the office keeps; or the header that it keeps of one of them."""
    table = schema.quarantine
    with world.session("office").look() as connection:
        if one is None:
            return connection.scalar(select(func.count()).select_from(table))
        return connection.scalar(select(table.c.header).where(table.c.entry == one.id))


@pytest.mark.parametrize("bound", ["number", "bytes"])
def test_a_full_quarantine_does_not_stop_what_is_good(world, monkeypatch, bound):
    """What it has no room for is told to the reader and to the sender all the same."""
    first, second = entries_of(world, 4), entries_of(world, 2)
    with world.session("office").look() as connection:
        query = select(func.count(), func.sum(func.length(schema.quarantine.c.header)))
        count, size = connection.execute(query).one()
    if bound == "number":
        monkeypatch.setattr(incoming, "MOST_QUARANTINED", count + 2)
    else:
        room = sum(len(one.raw) for one in first[1:3])
        monkeypatch.setattr(incoming, "LARGEST_QUARANTINE", (size or 0) + room)
    taken = taken_by_office(world, [first[0], *map(spoilt, first[1:])])
    assert set(taken.quarantined) == {one.id for one in first[1:]}
    assert [one.id for one in taken.admitted.new] == [first[0].id]
    assert kept_apart(world) == count + 2
    taken = taken_by_office(world, [second[0], spoilt(second[1])])
    assert set(taken.quarantined) == {second[1].id}
    assert [one.id for one in taken.admitted.new] == [second[0].id]
    assert kept_apart(world) == count + 2
    with world.session("office").look() as connection:
        told = connection.scalars(select(schema.bundle_read.c.refused)).all()
    assert any(second[1].id in one for one in told)


def test_of_a_header_that_is_too_large_only_the_id_is_kept(world):
    root, last = entries_of(world)
    large = msgspec.structs.replace(last, raw=bytes(LARGEST_HEADER + 1))
    judged = msgspec.structs.replace(judged_of(world, [root]), misfits=[large])
    chief = world.session("office")
    with chief.work() as work:
        taken = incoming.take(work.connection, chief.streams, judged, chief.device_id)
    assert taken.quarantined == {last.id: "form"}
    assert kept_apart(world, last) == b""


def test_more_bad_entries_than_a_receipt_can_name_refuse_the_bundle(world, monkeypatch):
    """The sender would take those it is not told of for taken, and never send them again."""
    entries = entries_of(world, 4)
    monkeypatch.setattr(peers, "MOST_NOT_TAKEN", 2)
    assert code_of_taking(world, [entries[0], *map(spoilt, entries[1:])]) == "limit_exceeded"
    taken = taken_by_office(world, [*entries[:2], *map(spoilt, entries[2:])])
    assert len(taken.quarantined) == 2


# judging: how much there may be in one bundle


@pytest.mark.parametrize("limit", ["LARGEST_CONTENT", "MOST_ENTRIES", "LARGEST_OPENED"])
def test_a_bundle_is_bounded_over_all_its_frames(world, monkeypatch, limit):
    content = Content(entries=entries_of(world, 4))
    monkeypatch.setattr(splitting, "LARGEST_BATCH", 1)  # each entry in a frame of its own
    data = bundle(content=content)
    bodies = sealing.unseal(data, [IDENTITY]).bodies
    assert len(bodies) == 4
    most = {
        "LARGEST_CONTENT": sum(batch.size for batch in map(columns_read.decode, bodies)),
        "MOST_ENTRIES": 4,
        "LARGEST_OPENED": sum(map(packing.opened_size, bodies)),
    }
    monkeypatch.setattr(incoming, limit, most[limit])
    assert code(data, reader(roster())) == ""
    monkeypatch.setattr(incoming, limit, most[limit] - 1)
    assert code(data, reader(roster())) == "limit_exceeded"
