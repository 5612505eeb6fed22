"""Bundles between real vaults: any order, any number of times, damaged, split, by hand, late."""

import itertools

import msgspec
import pytest
from sqlalchemy import select

from ctcase.app import access, upkeep
from ctcase.crypto import dsse
from ctcase.errors import CtcaseError
from ctcase.log import entry as entries
from ctcase.log import payload
from ctcase.log.entry import WITHHELD, Draft
from ctcase.log.payload import FieldSet, Sets
from ctcase.model import canonical
from ctcase.store import local, schema
from ctcase.store.entries import of_streams
from ctcase.sync import outgoing, peers, sealing


def log(world, name, stream):
    with world[name].look() as connection:
        return of_streams(connection, [stream])[stream]


def by_hand(world, sender, to, batch, rosters=()):
    """A bundle of exactly these entries, written by a changed program."""
    session = world[sender]
    devices = peers.devices_for(session.roster, world.address(to), session.device_id)
    with session.look() as connection:
        there = peers.exchanged_with(connection, devices)
    heading = sealing.Heading(
        session.roster.office,
        False,
        world.address(to),
        "sync",
        10_000 + world.files,
        session.roster.version,
        there,
    )
    return sealing.write(
        heading, sealing.Content(tuple(rosters), batch), session.signing_key(), outgoing.recipients(devices)
    ).data


def three_bundles(world):
    """Three bundles of one caseworker, each building on the one before."""
    stream, found = world.case("cw1"), []
    for value in ("One", "Two", "Three"):
        world.set("cw1", stream, value)
        batch = log(world, "cw1", stream)
        found.append(by_hand(world, "cw1", "office", batch[-2:] if len(batch) == 2 else batch[-1:]))
    return stream, found


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_and_twice_give_the_same_state(world, order):
    stream, bundles = three_bundles(world)
    waited = []
    for place in order:
        (seen,) = world.read("office", bundles[place])
        waited.append(seen.entries.waiting)
    assert world.status("office").waiting == 0
    assert sum(waited) == {(0, 1, 2): 0}.get(order, sum(waited))
    assert world.shared("office") == world.shared("cw1")
    state = world.shared("office"), world.status("office")
    for place in order:
        (seen,) = world.read("office", bundles[place])
        assert seen.status == "known"
        assert seen.entries.new == 0
    assert (world.shared("office"), world.status("office")) == state
    assert world.show("office", stream).records[0].fields == {"first_name": "Three"}


def test_what_came_before_its_past_waits_and_is_told(world):
    stream, bundles = three_bundles(world)
    world.read("office", bundles[0])
    (seen,) = world.read("office", bundles[2])
    assert seen.entries.waiting == 1
    assert [one.status for one in seen.problems] == ["waiting"]
    assert world.status("office").waiting == 1
    assert [line.status for line in world.show("office", stream).history] == [
        "effective",
        "effective",
        "waiting",
    ]
    (seen,) = world.read("office", bundles[1])
    assert seen.entries.new == 2
    assert world.status("office").waiting == 0


def test_a_bundle_with_any_bit_changed_is_refused_and_changes_nothing(world):
    world.case("cw1")
    (data,) = world.bundles("cw1", "office")
    before = world.status("office"), world.shared("office")
    places = {*range(0, len(data), max(1, len(data) // 150)), *range(40), len(data) - 1}
    for place in sorted(places):
        broken = bytearray(data)
        broken[place] ^= 1 << place % 8
        (seen,) = world.read("office", bytes(broken))
        assert seen.status in ("refused", "damaged"), place
        assert seen.error is not None
    for cut in (0, 1, len(data) // 2, len(data) - 1):
        (seen,) = world.read("office", data[:cut])
        assert seen.status in ("refused", "damaged"), cut
    assert (world.status("office"), world.shared("office")) == before
    assert world.read("office", data)[0].entries.new == 1


def test_a_preview_changes_nothing_and_tells_what_the_reading_does(world):
    stream = world.case("cw1")
    world.meet("cw1", "office")
    world.set("cw1", stream, "Field")
    world.set("office", stream, "Desk")
    world.rights("cw1", roles=("caseworker", "supervisor"))
    (data,) = world.bundles("cw1", "office")
    for name, bundle in (("office", data), ("cw1", world.bundles("office", "cw1")[0])):
        before = world.status(name), world.shared(name), world[name].roster
        seen = world.read(name, bundle, look=True)
        assert (world.status(name), world.shared(name), world[name].roster) == before
        assert world.read(name, bundle) == seen
        assert seen[0].conflicts == 1
    assert seen[0].new_roster == 4


def test_by_hand_is_as_good_as_through_the_office(new_world):
    shared = []
    for route in (("cw1", "sup"), ("cw1", "office", "sup")):
        world = new_world(5)
        stream = world.case("cw1")
        world.consent("cw1", stream)
        referral = world.refer("cw1", stream)
        world.do("cw1", referral, "submit")
        for sender, to in itertools.pairwise(route):
            world.send(sender, to)
        world.do("sup", referral, "approve")
        for sender, to in itertools.pairwise(route[::-1]):
            world.send(sender, to)
        assert world.referral("cw1", referral).state == "approved"
        assert world.shared("cw1", {stream}) == world.shared("sup", {stream})
        shared.append([step.event for step in world.referral("cw1", referral).path])
    assert shared[0] == shared[1]


def test_one_bad_entry_is_kept_apart_and_the_rest_is_taken(world):
    stream = world.case("cw1")
    body = payload.write(Sets("person", {"first_name": FieldSet("forged")}))
    bad = world.forge("cw1", stream, "signature", Draft("set", (("person", "identity", body),)))
    (seen,) = world.read("office", by_hand(world, "cw1", "office", [*log(world, "cw1", stream), bad]))
    assert (seen.entries.new, seen.entries.quarantined) == (1, 1)
    assert [(one.entry, one.code) for one in seen.problems] == [(bad.id, "signature_wrong")]
    assert world.status("office").quarantined == 1
    assert bad.id not in world.ids("office")
    with world["office"].look() as connection:
        row = connection.execute(select(schema.bundle_read.c.refused)).all()[-1]
    assert bad.id in row[0]


def test_the_sender_hears_what_was_refused_and_sends_it_again(world):
    stream = world.case("cw1")
    world.send("cw1", "office")
    world.set("cw1", stream, "Two")
    good = log(world, "cw1", stream)[-1]
    spoilt = msgspec.structs.replace(good, signature=bytes(64))
    session = world["cw1"]
    devices = peers.devices_for(session.roster, "office", session.device_id)
    sender = outgoing.Outgoing(session.roster, session.device_id, session.signing_key())
    with (
        session.work() as work
    ):  # the file goes bad before it is sealed; the sender believes he sent the entry
        for written, _ in outgoing.write(work.connection, session.streams, sender, "office", devices):
            heading = sealing.Heading(
                session.roster.office, False, "office", "sync", written.manifest.number, session.roster.version,
                written.manifest.has,
            )  # fmt: skip
            data = sealing.write(
                heading, sealing.Content((), [spoilt]), session.signing_key(), outgoing.recipients(devices)
            )
            work.connection.execute(
                schema.bundle_sent.insert().values(
                    digest=data.digest, peer=world["office"].device_id, number=written.manifest.number, acknowledged=0,
                    ranges="[[1,100]]",
                )
            )  # fmt: skip
    world.read("office", data.data)
    (seen,) = world.send("office", "cw1")
    assert seen.receipts == 2
    assert {one.to: one.entries for one in world.status("cw1").unsent}["office"] == 1
    world.meet("cw1", "office")
    assert good.id in world.ids("office")
    assert "office" not in {one.to for one in world.status("cw1").unsent}


def test_what_waited_and_is_then_refused_is_kept_apart(world):
    stream = world.case("cw1")
    world.set("cw1", stream, "Two")
    session = world["cw1"]
    last = log(world, "cw1", stream)[-1]
    header = msgspec.structs.replace(
        last.header, number=9, previous="", parents=(last.id,), depth=9, before=last.id
    )
    raw = canonical.encode(header)
    signature = session.signing_key().sign(dsse.pae(entries.PAYLOAD_TYPE, raw))
    bad = entries.Entry(entries.digest(raw), header, raw, signature, session.signing_key().public, last.parts)
    (seen,) = world.read("office", by_hand(world, "cw1", "office", [bad]))
    assert seen.entries.waiting == 1
    (seen,) = world.send("cw1", "office")
    assert (seen.entries.new, seen.entries.quarantined) == (2, 1)
    status = world.status("office")
    assert (status.waiting, status.quarantined) == (0, 1)


def test_missing_parts_void_an_entry_until_somebody_supplies_them(world):
    stream = world.case("cw1")
    world.set("cw1", stream, "Two")
    root, last = log(world, "cw1", stream)
    bare = msgspec.structs.replace(last, parts=(None,))
    (seen,) = world.read("office", by_hand(world, "cw1", "office", [root, bare]))
    assert [one.code for one in seen.problems] == ["payload_missing"]
    world.send("office", "sup")
    assert world.show("sup", stream).records[0].fields == {"first_name": "Aylin"}
    world.read("office", by_hand(world, "cw1", "office", [last]))
    assert world.show("office", stream).records[0].fields == {"first_name": "Two"}
    world.meet("sup", "office")
    world.send("office", "sup")
    assert world.show("sup", stream).records[0].fields == {"first_name": "Two"}
    assert world.shared("sup", {stream}) == world.shared("cw1", {stream})


def test_withheld_parts_leave_the_entry_in_force_and_can_be_supplied(world):
    stream = world.case("cw1", first_name="Hidden")
    (root,) = log(world, "cw1", stream)
    kept = tuple(
        WITHHELD if head.category == "identity" else part
        for head, part in zip(root.header.parts, root.parts, strict=True)
    )
    world.read("office", by_hand(world, "cw1", "office", [msgspec.structs.replace(root, parts=kept)]))
    shown = world.show("office", stream)
    assert shown.alias == "Falcon"
    assert [it.withheld for it in shown.records if it.id == "person"] == [["identity"]]
    world.read("office", by_hand(world, "cw1", "office", [root]))
    assert world.show("office", stream).records[0].fields == {"first_name": "Hidden"}
    assert world.shared("office") == world.shared("cw1")


def test_nobody_approves_content_that_was_withheld_from_him(world):
    world.meet("sup", "office")
    stream = world.case("cw1")
    world.consent("cw1", stream)
    referral = world.refer("cw1", stream)
    world.do("cw1", referral, "submit")
    *before, submit = log(world, "cw1", stream)
    kept = tuple(
        WITHHELD if head.category == "identity" else part
        for head, part in zip(submit.header.parts, submit.parts, strict=True)
    )
    blind = [*before, msgspec.structs.replace(submit, parts=kept)]
    (seen,) = world.read("sup", by_hand(world, "cw1", "sup", blind))
    assert seen.error is None
    assert seen.problems == []
    shown = world.referral("sup", referral)
    assert shown.withheld == ["identity"]
    assert [one.allowed for one in shown.available if one.event == "approve"] == [False]
    with pytest.raises(CtcaseError, match="state_forbids"):
        world.do("sup", referral, "approve")
    assert world.do("sup", referral, "return", comment="show me what it is").to == "returned"


def test_a_key_on_an_entry_is_no_signature_of_its_device(world):
    """Anybody can write the office's key on an entry; the office must not think that it was set back."""
    stream = world.case("cw1")
    (root,) = log(world, "cw1", stream)
    office = world["office"]
    header = msgspec.structs.replace(root.header, device=office.device_id)
    raw = canonical.encode(header)
    forged = msgspec.structs.replace(
        root,
        id=entries.digest(raw),
        header=header,
        raw=raw,
        key=office.signing_key().public,
        signature=bytes(64),
    )
    before = office.device_id
    (seen,) = world.read("office", by_hand(world, "cw1", "office", [forged]))
    assert seen.entries.quarantined == 1
    assert (office.device_id, office.enrolled) == (before, "yes")


def test_many_entries_are_split_and_each_bundle_can_be_read_alone(world):
    streams = [world.case("cw1", first_name=f"Person {n}") for n in range(12)]
    session = world["cw1"]
    devices = peers.devices_for(session.roster, "office", session.device_id)
    sender = outgoing.Outgoing(session.roster, session.device_id, session.signing_key())
    with session.work() as work:
        written = [
            one.data
            for one, _ in outgoing.write(
                work.connection, session.streams, sender, "office", devices, limit=24 * 1024
            )
        ]
    assert len(written) > 2
    assert all(len(data) <= 24 * 1024 for data in written)
    for data in written[::-1]:
        (seen,) = world.read("office", data)
        assert seen.entries.new >= 1
    assert world.streams("office") == sorted(streams)
    world.send("office", "cw1")
    assert "office" not in {one.to for one in world.status("cw1").unsent}


def test_a_vault_that_was_set_back_is_sent_again_what_it_lost(world):
    stream = world.case("cw1")
    world.meet("cw1", "office")
    disk = world.snapshot("cw1")
    world.set("office", stream, "Desk", "person.city")
    world.set("cw1", stream, "Field")
    world.meet("cw1", "office")
    world.send("office", "cw1")
    old = world["cw1"].device_id
    world.set_back(disk)
    assert world.show("cw1", stream).records[0].fields == {"first_name": "Aylin"}
    for _ in range(2):
        world.meet("cw1", "office")
    assert world.show("cw1", stream).records[0].fields == {"first_name": "Field", "city": "Desk"}
    assert world["cw1"].device_id != old, "it has a new key before it writes again"
    assert world.status("cw1").enrolled == "requested"
    world.enrol_again("cw1")
    world.accept("cw1")
    world.set("cw1", stream, "Since")
    world.meet("cw1", "office")
    assert world.status("office").forks == []
    assert world.show("office", stream).records[0].fields["first_name"] == "Since"


def test_a_vault_set_back_by_several_bundles_learns_it_in_the_first_exchange(world):
    """Its bundles have numbers again that those it lost had; it need not catch up with them first."""
    world.case("cw1")
    world.meet("cw1", "office")
    disk = world.snapshot("cw1")
    lost = [world.case("cw1", first_name=f"Lost {number}") for number in range(4)]
    for stream in lost:
        world.set("cw1", stream, "Since")
        world.send("cw1", "office")
    device = world["cw1"].device_id
    world.set_back(disk)
    world.send("cw1", "office")
    world.send("office", "cw1")
    assert world["cw1"].device_id != device
    assert set(lost) <= set(world.streams("cw1"))


def test_a_vault_that_lost_nothing_but_who_read_what_gets_a_new_key_too(world):
    """The same number is never used twice, in whatever stream it was."""
    stream = world.case("cw1")
    access.record_reading(world["cw1"], stream, "person", "identity")
    disk, device = world.snapshot("cw1"), world["cw1"].device_id
    access.record_reading(world["cw1"], stream, "person", "identity")
    world.meet("cw1", "office")
    world.send("cw1", "sup")
    assert len(world.ids("sup")) == 2, "a supervisor is not sent who read what"
    world.set_back(disk)
    for _ in range(2):
        world.meet("cw1", "office")
    assert world["cw1"].device_id != device
    assert world.ids("cw1") == world.ids("office")


def test_a_vault_set_back_that_writes_at_once_makes_a_fork_that_the_office_closes(world):
    stream = world.case("cw1")
    disk = world.snapshot("cw1")
    world.set("cw1", stream, "First")
    world.meet("cw1", "office")
    device = world["cw1"].device_id
    world.set_back(disk)
    world.set("cw1", stream, "Second")
    world.meet("cw1", "office")
    assert world.status("office").forks == [device]
    assert world.show("office", stream).records[0].fields == {"first_name": "Aylin"}
    world.close_forks()
    shown = world.show("office", stream)
    (conflict,) = shown.conflicts
    assert {it.value for it in (conflict.ours, *conflict.theirs)} == {"First", "Second"}


def test_an_acknowledgement_that_says_less_is_believed(world):
    stream = world.case("office")
    cases = world.transfer("office", stream, "North")
    assert cases
    world.meet("office", "sup")
    world.send("sup", "office")
    unsent = {one.to: one.entries for one in world.status("office").unsent}
    assert world.people["sup"].member not in unsent
    session = world["sup"]
    devices = peers.devices_for(session.roster, "office", session.device_id)
    heading = sealing.Heading(session.roster.office, False, "office", "sync", 50, session.roster.version, ())
    forgot = sealing.write(heading, sealing.Content(), session.signing_key(), outgoing.recipients(devices))
    world.read("office", forgot.data)
    assert {one.to: one.entries for one in world.status("office").unsent}[world.people["sup"].member] >= 2
    (seen,) = world.send("office", "sup")
    assert seen.entries.new == 0
    assert seen.entries.known >= 2


def test_a_bundle_of_somebody_else_changes_nothing(world):
    world.case("cw1")
    (data,) = world.bundles("cw1", "office")
    before = world.status("sup")
    (seen,) = world.read("sup", data)
    assert (seen.status, seen.error.code) == ("refused", "not_addressed")
    assert world.status("sup") == before


def test_waiting_entries_of_one_sender_are_bounded_and_the_bundle_is_refused_whole(world, monkeypatch):
    stream, bundles = three_bundles(world)
    world.rights("sup", roles=("caseworker", "supervisor"))
    monkeypatch.setattr("ctcase.sync.incoming.MOST_WAITING", 1)
    batch = log(world, "cw1", stream)
    before = world.status("office")
    (seen,) = world.read("office", by_hand(world, "cw1", "office", batch[2:]))
    assert (seen.status, seen.error.code) == ("refused", "limit_exceeded")
    assert world.status("office") == before
    (seen,) = world.read("office", *bundles[:1])
    assert seen.entries.new == 2


def test_a_bundle_that_is_refused_at_the_end_leaves_no_newer_roster(world, monkeypatch):
    stream = world.case("office")
    for value in ("One", "Two"):
        world.set("office", stream, value)
    world.rights("cw1", roles=("caseworker", "supervisor"))
    monkeypatch.setattr("ctcase.sync.incoming.MOST_WAITING", 0)
    with world["office"].look() as connection:
        rosters = local.all_rosters(connection)[-1:]
    before = world.status("cw1"), world["cw1"].roster
    (seen,) = world.read("cw1", by_hand(world, "office", "cw1", log(world, "office", stream)[1:], rosters))
    assert (seen.status, seen.error.code) == ("refused", "limit_exceeded")
    assert (world.status("cw1"), world["cw1"].roster) == before
    assert world["cw1"].acting().roles == {"caseworker"}
    world.case("cw1")
    assert upkeep.verify(world["cw1"]).ok


def test_unknown_kinds_are_kept_and_carried(world):
    """What a later version writes is void here and a good parent; it goes on to others as it came."""
    stream = world.case("cw1")
    body = payload.write(Sets("person", {"first_name": FieldSet("Later")}))
    with world["cw1"].work() as work:
        strange = work.write(Draft("novelty", (("person", "identity", body),)), work.stream(stream)).id
    world.set("cw1", stream, "Two")
    (seen,) = world.send("cw1", "office")
    assert [(one.entry, one.code) for one in seen.problems] == [(strange, "unknown_kind")]
    assert world.show("office", stream).records[0].fields == {"first_name": "Two"}
    world.send("office", "sup")
    assert strange in world.ids("sup")
