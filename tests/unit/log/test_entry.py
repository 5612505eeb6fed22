"""Rules 1 to 6: what an entry is, by itself."""

import hashlib

import msgspec
import pytest

from ctcase.crypto import dsse, signing
from ctcase.errors import Refused
from ctcase.log import entry as entries
from ctcase.log.entry import WITHHELD, Part, PartHead, bodies_fit, commitment, order, read_header
from ctcase.model import canonical

D = "d" * 64


def test_the_id_is_the_digest_of_the_header_alone(world):
    world.open()
    entry = world.graph.entries[world.stream]
    assert entry.id == hashlib.sha256(entry.raw).hexdigest()
    assert entry.id == msgspec.structs.replace(entry, signature=b"other").id
    assert entry.header.device == signing.key_id(entry.key)
    assert read_header(entry.raw) == entry.header
    assert signing.verify(entry.key, entry.signature, dsse.pae(entries.PAYLOAD_TYPE, entry.raw))


def test_a_root_is_its_own_stream_and_others_name_it(world):
    root = world.open()
    one = world.graph.entries[world.set("worker", "A")]
    assert world.graph.entries[root].stream == root
    assert one.stream == one.header.stream == root


def test_the_header_names_record_category_and_commitment_of_each_part_in_order(world):
    world.open(sets={"p2": {"b": "B"}, "p1": {"a": "A"}})
    entry = world.graph.entries[world.stream]
    assert [(part.record, part.category) for part in entry.header.parts] == [
        ("case", "control"),
        ("p1", "identity"),
        ("p2", "identity"),
    ]
    salts = {part.salt for part in entry.parts}
    assert len(salts) == 3
    for head, part in zip(entry.header.parts, entry.parts, strict=True):
        assert head.commitment == hashlib.sha256(b"ctcase.part.1\0" + part.salt + part.payload).hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"device": "x"},
        {"device": "D" * 64},
        {"parents": ("",)},
        {"parents": ("x",)},
        {"parents": ()},
        {"parents": (D, D)},
        {"parents": ("e" * 64, D)},
        {"parents": tuple(f"{n:064x}" for n in range(entries.MOST_PARENTS + 1))},
        {"previous": "x"},
        {"before": "x"},
        {"stream": "x"},
        {"stream": ""},
        {"kind": ""},
        {"kind": "k" * 33},
        {"kind": "ünkind"},
        {"kind": "Anna lives here"},
        {"kind": "open"},
        {"number": 0},
        {"number": -1},
        {"number": 2**53},
        {"depth": 0},
        {"depth": 2**53},
        {"roster": -1},
        {"roster": 2**53},
        {"time": -1},
        {"time": entries.LATEST_TIME + 1},
        {"parts": ()},
    ],
)
def test_headers_that_say_something_impossible_are_refused(world, changes):
    world.open()
    header = world.graph.entries[world.set("worker", "A")].header
    assert read_header(canonical.encode(header)) == header
    assert read_header(canonical.encode(msgspec.structs.replace(header, **changes))) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "secret"},
        {"record": ""},
        {"record": "Anna"},
        {"record": "r" * 33},
        {"commitment": "x"},
    ],
)
def test_part_heads_are_well_formed(world, changes):
    world.open()
    header = world.graph.entries[world.set("worker", "A")].header
    part = msgspec.structs.replace(header.parts[0], **changes)
    assert read_header(canonical.encode(msgspec.structs.replace(header, parts=(part,)))) is None


def test_parts_come_once_and_in_order(world):
    world.open(sets={"p1": {"a": "A"}})
    header = world.graph.entries[world.stream].header
    for parts in (header.parts[::-1], (*header.parts, header.parts[-1])):
        assert read_header(canonical.encode(msgspec.structs.replace(header, parts=parts))) is None


def test_a_root_has_no_previous(world):
    world.open()
    header = world.graph.entries[world.stream].header
    assert read_header(canonical.encode(msgspec.structs.replace(header, previous=D))) is None
    assert read_header(canonical.encode(msgspec.structs.replace(header, before=D))) is not None


def test_only_canonical_bytes_are_a_header(world):
    world.open()
    raw = world.graph.entries[world.stream].raw
    bad = [
        b" " + raw,
        raw + b"\n",
        raw.replace(b'"time":', b'"time": '),
        raw.replace(b'"number":1,', b'"number":1.0,'),
        raw.replace(b'"number":1,', b'"number":1,"number":1,'),
        raw.replace(b'{"before"', b'{"also":1,"before"'),
        raw.replace(b'"kind":"open"', b'"kind":"\\u006fpen"'),
        raw[:-1],
        b"\xef\xbb\xbf" + raw,
        b"{" * 100_000,
        raw + b" " * entries.LARGEST_HEADER,
        b"",
    ]
    assert all(data != raw and read_header(data) is None for data in bad)


def test_bodies_fit_only_their_commitments(world):
    world.open(sets={"p1": {"a": "A"}})
    entry = world.graph.entries[world.stream]
    control, data = entry.parts
    assert bodies_fit(entry.header, (control, data))
    assert bodies_fit(entry.header, (control, WITHHELD))
    assert bodies_fit(entry.header, (control, None))
    assert bodies_fit(entry.header, (None, data))
    assert not bodies_fit(entry.header, (WITHHELD, data))
    assert not bodies_fit(entry.header, (control,))
    assert not bodies_fit(entry.header, (data, control))
    assert not bodies_fit(entry.header, (control, Part(data.salt, data.payload + b" ")))
    assert not bodies_fit(entry.header, (control, Part(bytes(32), data.payload)))
    # moving the border between salt and payload changes nothing in the digest, so the size of the salt is fixed
    assert not bodies_fit(entry.header, (control, Part(data.salt + data.payload[:1], data.payload[1:])))


def _bodies(*sizes):
    """Parts of these sizes with the heads that commit to them."""
    parts = tuple(Part(bytes(entries.SALT_SIZE), b"x" * size) for size in sizes)
    heads = [PartHead("case", commitment(part), f"r{place:03}") for place, part in enumerate(parts)]
    return tuple(heads), parts


@pytest.mark.parametrize(
    ("sizes", "fit"),
    [
        ([entries.LARGEST_PART], True),
        ([entries.LARGEST_PART + 1], False),
        ([entries.LARGEST_PART] * 16, True),
        ([entries.LARGEST_PART] * 16 + [1], False),
    ],
)
def test_a_part_and_an_entry_have_a_largest_size(world, sizes, fit):
    world.open()
    heads, parts = _bodies(*sizes)
    header = msgspec.structs.replace(world.graph.entries[world.stream].header, parts=heads)
    assert bodies_fit(header, parts) is fit


@pytest.mark.parametrize(
    "sizes",
    [[entries.LARGEST_PART + 1], [entries.LARGEST_PART] * 16 + [1], [1] * (entries.MOST_PARTS + 1)],
)
def test_what_readers_would_refuse_is_not_composed(world, sizes):
    world.open()
    parts = [(f"r{place:03}", "case", b"x" * size) for place, size in enumerate(sizes)]
    with pytest.raises(Refused) as refused:
        world.make("worker", "set", parts)
    assert refused.value.code == "limit_exceeded"


def test_the_order_is_depth_time_device_id(world):
    root = world.open()
    late = world.set("worker", "A", knows=[root], time=9)
    early = world.set("second", "B", knows=[root], time=8)
    deep = world.set("boss", "C", time=1)
    ranked = sorted(world.graph.entries.values(), key=order)
    assert [one.id for one in ranked] == [root, early, late, deep]
    twins = [
        world.make(name, "set", [("p", "case", b"{}")], knows=[root], time=7) for name in ("far", "chief")
    ]
    assert [one.header.device for one in sorted(twins, key=order)] == sorted(
        one.header.device for one in twins
    )


def test_entries_of_one_device_depth_and_time_are_told_apart_by_their_ids(world):
    root = world.open()
    twins = [world.set("second", value, knows=[root], time=7, number=1) for value in "ABCD"]
    ranked = [one.id for one in sorted(world.graph.entries.values(), key=order)]
    assert ranked == [root, *sorted(twins)]
