"""Batches: what is rebuilt is what was sent; nonsense costs one entry, contradictions the batch."""

import msgspec
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.errors import CtcaseError, Damaged, Refused
from ctcase.log.entry import (
    MOST_PARENTS,
    MOST_PARTS,
    WITHHELD,
    Part,
    PartHead,
    bodies_fit,
    commitment,
    digest,
    read_header,
)
from ctcase.model import canonical
from ctcase.sync import columns, columns_read, packing
from ctcase.sync.splitting import in_order


def decoded(table):
    """The batch that a table of columns reads as."""
    return columns_read.decode(packing.pack(table))


def changed(table, name, value):
    return msgspec.structs.replace(table, **{name: value})


@given(st.integers(0, 2**32), st.integers(1, 25), st.data())
@settings(max_examples=40, deadline=None)
def test_entries_come_back_as_they_were(team, seed, count, data):
    entries = team(seed).history(count)
    sent = [entry for entry in entries if data.draw(st.booleans())] or entries[
        -1:
    ]  # others become outside parents
    batch = columns_read.decode(columns.encode(sent))
    assert batch.entries == sent
    assert batch.misfits == []
    for entry in batch.entries:
        assert read_header(entry.raw) == entry.header
        assert bodies_fit(entry.header, entry.parts)


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_any_order_of_entries_can_be_sent(team, seed, shuffled):
    entries = team(seed).history(12)
    shuffled.shuffle(entries)
    assert columns_read.decode(columns.encode(entries)).entries == entries
    ordered = in_order(entries)
    assert sorted(one.id for one in ordered) == sorted(one.id for one in entries)
    assert columns.tabulate(ordered).links == b""


def test_nothing_that_can_be_rebuilt_is_sent(team):
    entries = team().history(20)
    body = zstd.decompress(columns.encode(in_order(entries)))
    for entry in entries:
        assert bytes.fromhex(entry.id) not in body
        assert bytes.fromhex(entry.header.device) not in body


def test_a_payload_changed_on_the_way_is_another_entry(team):
    entry = team().write(parts=(("case", "case", b'{"a":"x"}'),))
    table = columns.tabulate([entry])
    texts = msgspec.structs.replace(table.texts, columns=[b'"y"', b""])
    (received,) = decoded(changed(table, "texts", texts)).entries
    assert received.id != entry.id
    assert received.signature == entry.signature


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", [0]), ("depth", [-1]), ("time", [-5]), ("time", [2**52]), ("roster", [-1]), ("kinds", ["set"]),
        ("kinds", ["öffnen"]), ("categories", ["gossip"]), ("names", ["UPPER"]),
    ],
)  # fmt: skip
def test_an_impossible_header_is_a_misfit(team, name, value):
    table = columns.tabulate([team().write(parts=(("case", "control", b"{}"),))])
    assert len(decoded(table).entries) == 1
    batch = decoded(changed(table, name, value))
    assert (len(batch.entries), len(batch.misfits)) == (0, 1)


def test_a_withheld_control_part_is_a_misfit(team):
    entry = team().write(parts=(("case", "control", b"{}"),))
    kept = msgspec.structs.replace(entry, parts=(WITHHELD,))
    assert columns_read.decode(columns.encode([kept])).misfits == [kept]


def test_one_nonsense_entry_costs_only_itself(team):
    crew = team()
    sent = [crew.write() for _ in range(3)]
    table = columns.tabulate(sent)
    first, second, third = table.time
    batch = decoded(changed(table, "time", [first, -first - 1, third + second + first + 1]))
    assert batch.entries == [sent[0], sent[2]]
    assert [one.header.time for one in batch.misfits] == [-1]


def grown(entry, sizes):
    """The entry as a changed program could write it, with payloads of these sizes."""
    parts = tuple(Part(bytes(32), b"x" * size) for size in sizes)
    heads = tuple(PartHead("case", commitment(part), f"r{place:03}") for place, part in enumerate(parts))
    grown_header = msgspec.structs.replace(entry.header, parts=heads)
    return msgspec.structs.replace(with_header(entry, grown_header), parts=parts)


@pytest.mark.parametrize(
    ("fits", "too_large"), [([1 << 20], [(1 << 20) + 1]), ([1 << 20] * 16, [1 << 20] * 16 + [1])]
)
def test_too_large_a_part_or_entry_costs_only_its_entry(team, fits, too_large):
    crew = team()
    entries = [grown(crew.write(), fits), grown(crew.write(), too_large)]
    batch = columns_read.decode(columns.encode(entries))
    assert batch.entries == entries[:1]
    assert batch.misfits == entries[1:]


def test_the_size_of_a_batch_is_that_of_its_headers_and_payloads(team):
    """A header can be far larger than what was sent for it."""
    crew = team()
    crew.write(parts=(("case", "case", b"x" * 100),))
    sent = [*crew.history(10), grown(crew.write(), [(1 << 20) + 1])]
    batch = columns_read.decode(columns.encode(sent))
    assert len(batch.misfits) == 1
    payloads = [part.payload for one in sent for part in one.parts if isinstance(part, Part)]
    assert batch.size == sum(len(one.raw) for one in sent) + sum(map(len, payloads))


def test_an_entry_of_more_parts_than_there_can_be_refuses_the_batch_before_it_is_built(team, monkeypatch):
    crew = team()
    fits, too_many = (grown(crew.write(), [1] * count) for count in (MOST_PARTS, MOST_PARTS + 1))
    assert columns_read.decode(columns.encode([fits])).entries == [fits]
    body = columns.encode([crew.write(), too_many])
    monkeypatch.setattr(columns_read, "put_together", None)
    with pytest.raises(Refused, match="limit_exceeded"):
        columns_read.decode(body)


def test_too_many_parents_cost_only_their_entry(team):
    """A stream may have more heads than an entry can name; who follows them all must not stop the others' entries."""
    crew = team()
    root = crew.write()
    header = crew.write(stream=root).header
    sound, misfit = (
        with_header(crew.entries[-1], msgspec.structs.replace(header, parents=parents(count)))
        for count in (MOST_PARENTS, MOST_PARENTS + 1)
    )
    batch = columns_read.decode(columns.encode([root, sound, misfit]))
    assert (batch.entries, batch.misfits) == ([root, sound], [misfit])


def parents(count):
    return tuple(f"{number:064x}" for number in range(count))


def with_header(entry, header):
    raw = canonical.encode(header)
    return msgspec.structs.replace(entry, id=digest(raw), header=header, raw=raw)


@pytest.mark.parametrize(("name", "size"), [("keys", 32), ("links", 32), ("records", 16)])
def test_more_keys_links_or_records_than_could_be_named_are_damage(team, name, size):
    """They are small when they are packed and large when they are read."""
    table = columns.tabulate(team().history(12))
    with pytest.raises(Damaged, match="bundle_damaged"):
        decoded(changed(table, name, getattr(table, name) + bytes(size * 1_000)))


def test_a_withheld_part_sends_its_commitment_only(team):
    entry = team().write(parts=(("case", "case", b'{"secret":"canary"}'), ("case", "control", b"{}")))
    kept = msgspec.structs.replace(entry, parts=(WITHHELD, entry.parts[1]))
    body = columns.encode([kept])
    assert columns_read.decode(body).entries == [kept]
    plain = zstd.decompress(body)
    assert b"canary" not in plain
    assert entry.parts[0].salt not in plain


LISTS = [
    name for name, kind in columns.Columns.__annotations__.items() if kind is not bytes and name != "texts"
]
BLOBS = [name for name, kind in columns.Columns.__annotations__.items() if kind is bytes]


@pytest.mark.parametrize("name", [*LISTS, *BLOBS])
def test_a_column_of_another_length_is_damage(team, name):
    table = columns.tabulate(team().history(12))
    value = getattr(table, name)
    longer = value + (b"\0" if isinstance(value, bytes) else ["x"] if name == "names" else [0])
    if name in ("kinds", "categories"):
        longer = [*value, ""]
    for wrong in (longer, value[:-1]):
        if wrong != value:
            with pytest.raises(Damaged, match="bundle_damaged"):
                decoded(changed(table, name, wrong))


@pytest.mark.parametrize(
    "name",
    [
        "device",
        "kind",
        "stream",
        "before",
        "previous",
        "parents",
        "part_category",
        "part_record",
        "part_state",
    ],
)
@pytest.mark.parametrize("wrong", [2**32, 2**32 - 1, 9_999, -1])
def test_an_index_out_of_range_is_damage(team, name, wrong):
    table = columns.tabulate(team().history(12))
    value = getattr(table, name)
    with pytest.raises(Damaged, match="bundle_damaged"):
        decoded(changed(table, name, [*value[:-1], wrong]))


def test_an_empty_batch_is_damage(team):
    with pytest.raises(Damaged):
        columns_read.decode(columns.encode([]))
    with pytest.raises(Damaged):
        columns_read.decode(b"")


@given(st.integers(0, 10**9), st.data())
@settings(max_examples=60, deadline=None)
def test_any_byte_changed_inside_is_damage_or_other_entries(team, where, data):
    entries = team(3).history(6)
    plain = bytearray(zstd.decompress(columns.encode(entries)))
    plain[where % len(plain)] ^= data.draw(st.integers(1, 255))
    try:
        batch = columns_read.decode(zstd.compress(bytes(plain)))
    except CtcaseError:
        return
    assert batch.entries != entries


def test_a_compression_bomb_stops_before_it_opens():
    with pytest.raises(Refused, match="limit_exceeded"):
        columns_read.decode(zstd.compress(bytes(packing.LARGEST_UNPACKED + 1)))


def test_compression_that_is_not_one_plain_frame_is_damage(team):
    entries = team().history(3)
    body = columns.encode(entries)
    unstated = zstd.ZstdCompressor()
    streamed = unstated.compress(zstd.decompress(body)) + unstated.flush()
    for wrong in (body + b"\0", body + body, body[:-1], streamed, b"\0" + body, body[:20]):
        with pytest.raises(Damaged):
            columns_read.decode(wrong)


@pytest.mark.parametrize(
    "marker", [b"\xdd\xff\xff\xff\xff", b"\xdc\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x91" * 5_000]
)
def test_declared_counts_are_not_believed(marker):
    with pytest.raises(Damaged):
        columns_read.decode(zstd.compress(marker))


def test_more_entries_or_parts_than_a_batch_holds_are_refused(team):
    entry = team().write()
    with pytest.raises(Refused, match="limit_exceeded"):
        columns.encode([entry] * (columns.MOST_ENTRIES + 1))
    table = columns.tabulate([entry])
    with pytest.raises(Damaged):
        decoded(changed(table, "device", [0] * (columns.MOST_ENTRIES + 1)))
