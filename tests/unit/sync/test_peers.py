"""Who may have which entries, and what each is known to have (rules 23 and 25)."""

import itertools

import msgspec
import pytest
from sqlalchemy import create_engine, event, insert, select

from ctcase.app import access, cases, office
from ctcase.store import schema
from ctcase.store.entries import of_seqs
from ctcase.sync import peers, ranges
from ctcase.sync.manifest import OFFICE, Manifest, NotTaken, Receipt
from ctcase.trust.roster import Device, DeviceRow, Revocation
from tests.office_world import PASSPHRASE, World

# who may have what: one office, looked at and never changed


class Cases:
    """What was written, by name, in the office's vault, and who may have which of it."""

    def __init__(self, folder):
        self.world = World(folder)
        self.world.found()
        for name, role, team in (
            ("sup", "supervisor", "A"), ("ben", "caseworker", "A"), ("cem", "caseworker", "A"),
            ("dora", "caseworker", "B"), ("eva", "supervisor", "B"),
        ):  # fmt: skip
            self.world.member(name, role, team=team)
        self.entries = {}
        self.streams = {}
        self._work()
        session = self.world.session("office")
        with session.look() as connection:
            stream = select(schema.entry.c.id).where(schema.entry.c.stream == session.roster.stream)
            self.office_stream = set(connection.scalars(stream))

    def _work(self):
        for name in ("ben", "cem", "dora"):
            self._open(name, f"{name}'s")
        self._open("ben", "handed")
        self._open("dora", "given")
        self._open("ben", "back")
        access.record_reading(self.world.session("ben"), self.streams["ben's"], "person", "identity")
        self.send("ben", "cem", "dora")
        self.change("office", "handed", "before")
        self._transfer("handed", "B")
        self._transfer("given", "A")
        self.change("office", "back", "early")
        self._transfer("back", "B")
        self._transfer("back", "A", "returned")
        self.change("office", "back", "late")
        for name in ("dora", "ben"):
            self.world.send("office", name)
        self.change("dora", "handed", "after")
        self.change("ben", "given", "since")
        self.send("dora", "ben")

    def _open(self, name, case):
        code = self.world.case(name, {"alias": case, "person": {"first_name": "Aylin"}})
        self.streams[case] = cases.find_case(self.world.session(name), code)
        self.entries[case] = {"root": self.streams[case]}

    def change(self, name, case, what):
        done = cases.set_fields(self.world.session(name), self.streams[case], {"person.first_name": what})
        self.entries[case][what] = done.value.entry

    def _transfer(self, case, team, word="transfer"):
        done = cases.transfer(self.world.session("office"), self.streams[case], team)
        self.entries[case][word] = done.value.entry

    def send(self, *names):
        for name in names:
            self.world.send(name, "office")

    def entitled(self, name, held=None):
        """The ids of what a member's device may have, as the office says."""
        session = self.world.session("office")
        held = held or session.roster
        (device,) = [one for one in held.devices if one.id == self.world.device(name)]
        with session.look() as connection:
            numbers = peers.entitled(connection, session.streams, held, device)
            assert numbers == sorted(set(numbers))
            return of_seqs(connection, numbers)

    def of_cases(self, name, held=None):
        """By case, the names of the entries that a member may have."""
        ids = {one.id for one in self.entitled(name, held)}
        found = {
            case: {word for word, one in made.items() if one in ids} for case, made in self.entries.items()
        }
        return {case: words for case, words in found.items() if words}

    def every(self, *names):
        return {case: set(self.entries[case]) for case in names}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    found = Cases(tmp_path_factory.mktemp("cases"))
    yield found
    found.world.close()


def test_an_officer_may_have_everything(done):
    session = done.world.session("office")
    with session.look() as connection:
        everything = set(connection.scalars(select(schema.entry.c.id)))
    assert {one.id for one in done.entitled("office")} == everything
    assert done.of_cases("office") == done.every("ben's", "cem's", "dora's", "handed", "given", "back")


HANDED = {"handed": {"root", "before", "transfer"}}
"""What the first team may have of a case that left it."""
BACK = {"back": {"root", "early", "transfer", "returned"}}
"""What the second team may have of a case that it had and gave back: also what was before its time."""


def test_a_supervisor_may_have_the_cases_of_the_team_and_what_was_theirs(done):
    assert done.of_cases("sup") == done.every("ben's", "cem's", "given", "back") | HANDED
    assert done.of_cases("eva") == done.every("dora's", "handed") | {"given": {"root", "transfer"}} | BACK


def test_a_caseworker_may_have_his_own_cases_and_those_handed_over(done):
    assert done.of_cases("ben") == done.every("ben's", "given", "back") | HANDED
    assert done.of_cases("cem") == done.every("cem's", "given"), (
        "neither a colleague's nor what a colleague had"
    )
    assert done.of_cases("dora") == done.every("dora's", "handed") | {"given": {"root", "transfer"}} | BACK


def test_the_old_team_hears_of_the_transfer_and_of_nothing_after(done):
    for name in ("sup", "ben"):
        assert done.of_cases(name)["handed"] == {"root", "before", "transfer"}


@pytest.mark.parametrize("name", ["office", "sup", "ben", "cem", "dora", "eva"])
def test_what_anybody_may_have_is_closed_under_the_past(done, name):
    found = {one.id for one in done.entitled(name)}
    assert done.office_stream <= found, "the office's stream goes to all"
    for one in done.entitled(name):
        assert {*one.header.parents, one.header.previous, one.stream} - {""} <= found


def test_who_read_what_goes_to_officers_and_back_to_the_device_itself(done):
    readings = {
        name: {one.header.device for one in done.entitled(name) if one.header.kind == "access"}
        for name in ("office", "sup", "cem", "ben")
    }
    ben = done.world.device("ben")
    assert readings == {"office": {ben}, "sup": set(), "cem": set(), "ben": {ben}}


def test_rights_are_those_of_the_newest_row(done):
    held = done.world.session("office").roster
    last = {"ben": ("supervisor",), "cem": ("officer",), "dora": ("caseworker",)}
    teams = {"ben": ("A",), "cem": ("A",), "dora": ()}
    rows = {
        done.world.device(name): DeviceRow(held.version, roles, teams[name]) for name, roles in last.items()
    }
    devices = tuple(
        msgspec.structs.replace(one, rows=(*one.rows, rows[one.id])) if one.id in rows else one
        for one in held.devices
    )
    changed = msgspec.structs.replace(held, devices=devices)
    assert done.of_cases("ben", changed) == done.of_cases("sup")
    assert done.of_cases("cem", changed) == done.of_cases("office")
    assert done.of_cases("dora", changed) == {}, "without a team there is no case to be sent"


def test_cases_of_who_has_gone_are_everybody_s_in_the_team(done):
    held = done.world.session("office").roster
    gone = tuple(
        msgspec.structs.replace(one, revoked=Revocation(99)) if one.id == done.world.device("ben") else one
        for one in held.devices
    )
    found = done.of_cases("cem", msgspec.structs.replace(held, devices=gone))
    assert found == done.every("ben's", "cem's", "given", "back") | HANDED


def test_teams_whose_names_look_alike_are_told_apart(done):
    held = done.world.session("office").roster
    for team in ("a", "%", "_", '"A"', "A,B", "\\", "A/"):
        devices = tuple(
            msgspec.structs.replace(one, rows=(DeviceRow(1, ("supervisor",), (team,)),))
            if one.id == done.world.device("eva")
            else one
            for one in held.devices
        )
        assert done.of_cases("eva", msgspec.structs.replace(held, devices=devices)) == {}, team


def test_whom_one_can_write_to(done):
    held = done.world.session("office").roster
    ids = {
        name: done.world.session(name).member_id for name in ("office", "sup", "ben", "cem", "dora", "eva")
    }
    everybody = set(ids.values())
    mine = done.world.device("ben")
    assert set(peers.addressees(held, mine)) == {OFFICE, *everybody} - {
        ids["ben"],
        ids["office"],
    }  # one copy each
    assert set(peers.addressees(held, done.world.device("office"))) == everybody - {ids["office"]}
    assert [one.id for one in peers.devices_for(held, OFFICE)] == [done.world.device("office")]
    assert peers.devices_for(held, OFFICE, done.world.device("office")) == ()
    assert [one.id for one in peers.devices_for(held, ids["ben"])] == [mine]
    assert peers.devices_for(held, "nobody") == ()


def test_nobody_writes_to_who_was_revoked(tmp_path):
    world = World(tmp_path)
    world.found()
    world.member("ben")
    member = world.session("ben").member_id
    office.revoke(world.session("office"), member, "left", PASSPHRASE)
    held = world.session("office").roster
    assert peers.devices_for(held, member) == ()
    assert peers.addressees(held, world.device("office")) == ()
    world.close()


# who has what: rows alone

ONE, TWO = "1" * 64, "2" * 64


def entry_id(number):
    return f"{number:064x}"


def device(one):
    return Device(one, b"", "", "m", (DeviceRow(1, ("caseworker",)),))


@pytest.fixture
def rows():
    """A database with ten entries and no bundles."""
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    with engine.connect() as connection:
        entries = [
            {"seq": n, "id": entry_id(n), "stream": entry_id(1), "device": ONE, "number": n, "header": b"", "signature": b"",
             "parts": b""}
            for n in range(1, 11)
        ]  # fmt: skip
        connection.execute(insert(schema.entry), entries)
        yield connection
    engine.dispose()


def sent(connection, digest, numbers, peer=ONE, acknowledged=0):
    connection.execute(
        insert(schema.bundle_sent).values(
            digest=digest, peer=peer, number=1, acknowledged=acknowledged, ranges=ranges.of(numbers).encode()
        )
    )


def read(connection, digest, numbers, number=1, sender=ONE, had=1, refused=()):
    connection.execute(
        insert(schema.bundle_read).values(
            digest=digest, device=sender, number=number, entries=len(numbers), ranges=ranges.of(numbers).encode(), had=had,
            refused=msgspec.json.encode(refused).decode(),
        )
    )  # fmt: skip


def says(connection, *has, number=9, sender=ONE):
    """A bundle arrives whose manifest names these digests."""
    manifest = Manifest(
        addressee=OFFICE, devices=(TWO,), format=1, frames=(), has=tuple(sorted(has)), heads="", number=number,
        office="f" * 64, purpose="sync", roster=1, sender=sender, training=False,
    )  # fmt: skip
    peers.take_acknowledgement(connection, manifest)


def there(connection, one=ONE):
    found = peers.has(connection, one)
    return {number for number in range(1, 20) if number in found}


def test_what_was_sent_is_not_there_before_it_is_acknowledged(rows):
    sent(rows, "a", [1, 2])
    sent(rows, "b", [2, 3])
    assert there(rows) == set()
    says(rows, "a")
    assert there(rows) == {1, 2}
    says(rows, "a", "b")
    assert there(rows) == {1, 2, 3}


def test_an_acknowledgement_is_absolute_also_when_it_says_less(rows):
    """Who names a bundle no longer was set back, and is sent again what it lost."""
    sent(rows, "a", [1, 2])
    sent(rows, "b", [3])
    read(rows, "c", [4], number=1)
    for has in (("a", "b", "c"), ("b",), (), ("a", "c")):
        says(rows, *has)
        carried = {"a": {1, 2}, "b": {3}, "c": {4}}
        assert there(rows) == set().union(*(carried[one] for one in has))


@pytest.mark.parametrize("order", list(itertools.permutations([("a",), ("a", "b"), ("b",)])))
def test_the_one_read_last_counts(rows, order):
    sent(rows, "a", [1])
    sent(rows, "b", [2])
    for has in order:
        says(rows, *has)
    assert there(rows) == {{"a": 1, "b": 2}[one] for one in order[-1]}


def test_a_late_bundle_says_nothing_of_later_ones_of_its_sender(rows):
    read(rows, "early", [1], number=3)
    read(rows, "later", [2], number=7)
    says(rows, number=5)
    assert there(rows) == {2}
    says(rows, "early", number=8)
    assert there(rows) == {1}
    says(rows, "early", "later", number=9)
    assert there(rows) == {1, 2}


def test_a_number_that_was_used_before_speaks_of_all_its_sender_s_bundles(rows):
    """Two bundles of one number: the sender was set back, and has lost what it does not name."""
    for number in (1, 2, 3, 4):
        read(rows, f"{number}", [number], number=number)
    read(rows, "of another", [9], number=2, sender=TWO)
    says(rows, "1", number=2)
    assert (there(rows), there(rows, TWO)) == ({1}, {9})


def test_nobody_acknowledges_for_another(rows):
    sent(rows, "a", [1])
    sent(rows, "a", [1], peer=TWO)
    read(rows, "b", [2], sender=TWO)
    says(rows, "a", sender=ONE)
    assert (there(rows), there(rows, TWO)) == ({1}, {2})
    says(rows, "a", "unknown", sender=TWO)
    assert there(rows, TWO) == {1}
    assert there(rows) == {1}


def test_what_a_bundle_carried_its_sender_has(rows):
    read(rows, "a", [1, 2])
    assert (there(rows), there(rows, TWO)) == ({1, 2}, set())


def test_what_was_refused_is_not_there(rows):
    sent(rows, "a", [1, 2, 3], acknowledged=1)
    sent(rows, "b", [4], acknowledged=1)
    receipt = Receipt("a", 1, (NotTaken("log_damaged", entry_id(2)), NotTaken("log_damaged", "f" * 64)), 2)
    peers.take_receipts(rows, ONE, [receipt])
    assert there(rows) == {1, 3, 4}
    sent(rows, "c", [2], acknowledged=1)
    assert there(rows) == {1, 2, 3, 4}, "it came with another bundle"
    sent(rows, "a", [1, 2, 3], peer=TWO, acknowledged=1)
    assert there(rows, TWO) == {1, 2, 3}, "another device refused it"


def test_receipts_are_news_once_and_about_our_own_bundles_only(rows):
    sent(rows, "a", [1])
    sent(rows, "b", [2], peer=TWO)
    receipts = [Receipt("a", 1, (), 1), Receipt("b", 1, (), 1), Receipt("c", 1, (), 1)]
    assert peers.take_receipts(rows, ONE, receipts) == 1
    assert peers.take_receipts(rows, ONE, receipts) == 0
    assert rows.execute(select(schema.receipt.c.bundle, schema.receipt.c.device)).all() == [("a", ONE)]
    assert peers.take_receipts(rows, TWO, receipts) == 1
    changed = [Receipt("a", 1, (NotTaken("log_damaged", entry_id(1)),), 0)]
    assert peers.take_receipts(rows, ONE, changed) == 0
    assert rows.scalars(select(schema.receipt.c.entries).where(schema.receipt.c.bundle == "a")).all() == [0]


def test_receipts_say_what_became_of_the_last_bundles(rows):
    refused = (NotTaken("signature_wrong", entry_id(5)),)
    for number in range(1, peers.MOST_RECEIPTS + 5):
        read(rows, f"{number:064x}", [1], number=number, refused=refused if number == 50 else ())
    read(rows, "f" * 64, [1], number=1000, sender=TWO)
    found = peers.receipts_for(rows, [device(ONE)])
    assert len(found) == peers.MOST_RECEIPTS
    assert [one.number for one in found] == list(range(peers.MOST_RECEIPTS + 4, 4, -1))
    assert {one.number: one.refused for one in found if one.refused} == {50: refused}
    assert {one.taken for one in found} == {1}
    assert [one.number for one in peers.receipts_for(rows, [device(TWO)])] == [1000]
    assert peers.receipts_for(rows, []) == ()


def test_what_was_exchanged_is_named_by_digest_in_order(rows):
    sent(rows, "b", [1])
    sent(rows, "b", [1], peer=TWO)
    sent(rows, "d", [1], peer=TWO)
    read(rows, "a", [1])
    read(rows, "c", [1], sender=TWO)
    assert peers.exchanged_with(rows, [device(ONE)]) == ["a", "b"]
    assert peers.exchanged_with(rows, [device(ONE), device(TWO)]) == ["a", "b", "c", "d"]
    assert peers.exchanged_with(rows, []) == []


def test_parts_that_came_late_are_sent_again_but_not_to_who_brought_them(rows):
    sent(rows, "a", [1, 2], acknowledged=1)
    sent(rows, "a", [1, 2], peer=TWO, acknowledged=1)
    read(rows, "b", [2, 3])
    read(rows, "c", [2, 3], sender=TWO)
    peers.supplied(rows, [entry_id(2)], TWO)
    assert there(rows) == {1, 3}
    assert there(rows, TWO) == {1, 2, 3}
    peers.supplied(rows, [], ONE)
    assert there(rows, TWO) == {1, 2, 3}


def test_where_no_part_came_late_the_old_bundles_are_not_looked_at(rows):
    """Nearly every bundle is read so; its cost must not grow with all that were ever exchanged."""
    sent(rows, "a", [1, 2])
    asked = []
    event.listen(rows, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for nothing in ([], [entry_id(99)]):
        peers.supplied(rows, nothing, ONE)
    assert [one for one in asked if "bundle" in one] == []
    peers.supplied(rows, [entry_id(1)], TWO)
    assert [one for one in asked if "bundle" in one] != []


def test_the_last_bundle_of_a_device(rows):
    assert peers.last_read(rows, ONE) == 0
    for number in (4, 9, 2):
        read(rows, f"{number}", [1], number=number)
    assert (peers.last_read(rows, ONE), peers.last_read(rows, TWO)) == (9, 0)


def test_numbers_of_entries_that_are_here(rows):
    ids = [entry_id(number) for number in (3, 1, 99)] + [entry_id(n) for n in range(1000, 2000)]
    assert sorted(peers.numbers(rows, ids)) == [1, 3]
    assert peers.numbers(rows, []) == []
