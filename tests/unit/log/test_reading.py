"""Rule 8 and what an entry says: missing, withheld, malformed, unknown."""

import msgspec
import pytest

from ctcase.log import payload, reading
from ctcase.log.entry import WITHHELD
from ctcase.model.values import CONTROL, DECLINED


def without(world, one, category, body):
    """Puts another body in the place of an entry's part of that category."""
    entry = world.graph.entries[one]
    parts = [
        body if head.category == category else part
        for head, part in zip(entry.header.parts, entry.parts, strict=True)
    ]
    world.graph.replace(msgspec.structs.replace(entry, parts=tuple(parts)))
    return entry


def test_a_missing_part_makes_void_until_it_is_supplied(world, parts_of):
    sets_part, _ = parts_of
    world.open()
    parts = [sets_part("p", {"a": "A"}), sets_part("p", {"b": "B"}, "health")]
    one = world.write("worker", "set", parts)
    full = without(world, one, "health", None)
    assert world.void(one) == "payload_missing"
    assert world.fold().records == {}
    assert world.fold().proposals == ()
    world.graph.replace(full)
    assert world.void(one) == ""
    assert set(world.fold().records["p"].fields) == {"a", "b"}


def test_a_withheld_part_does_not_make_void(world, parts_of):
    sets_part, _ = parts_of
    world.open()
    one = world.write("worker", "set", [sets_part("p", {"a": "A"}), sets_part("p", {"b": "B"}, "health")])
    without(world, one, "health", WITHHELD)
    folded = world.fold()
    assert folded.void == {}
    assert set(folded.records["p"].fields) == {"a"}
    assert folded.records["p"].withheld == {"health"}
    without(world, one, "identity", WITHHELD)
    record = world.fold().records["p"]
    assert (record.fields, record.withheld) == ({}, {"health", "identity"})


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("set", [("p", "case", b"{}")]),
        ("set", [("p", "case", b"not json")]),
        ("set", [("p", "case", b'{"kind":"person","set":{},"more":1}')]),
        ("set", [("p", "case", b'{"kind": "person","set":{}}')]),
        ("set", [("p", "case", b'{"form":"","kind":"person","set":{}}')]),
        ("set", [("p", "case", b'{"kind":"person","set":{"a":{"value":1.5}}}')]),
        ("set", [("p", "case", b'{"kind":"person","set":{"a":{"value":9007199254740992}}}')]),
        ("set", [("p", "case", b'{"kind":"person","set":{"a":{"value":{"missing":"lost"}}}}')]),
        ("set", [("p", CONTROL, b'{"kind":"person","set":{}}')]),
        ("step", [("r", "case", b"{}")]),
        ("step", [("r", CONTROL, b'{"event":"draft"}'), ("s", CONTROL, b'{"event":"draft"}')]),
        ("transfer", [("case", CONTROL, b'{"team":"north"}'), ("case", "case", b"{}")]),
        ("transfer", [("case", CONTROL, b"{}")]),
        ("close", [("case", CONTROL, b'{"device":1}')]),
    ],
)
def test_malformed_payloads_are_void_and_good_parents(world, kind, parts):
    world.open()
    one = world.write("office", kind, parts)
    after = world.set("worker", "A")
    folded = world.fold()
    assert folded.void == {one: "malformed"}
    assert folded.proposals == ()
    assert world.graph.precedes(one, after)


def test_an_unknown_kind_is_void_and_a_good_parent(world):
    world.open()
    one = world.write("worker", "triage", [("p", "case", b"whatever")])
    after = world.set("worker", "A")
    assert world.fold().void == {one: "unknown_kind"}
    assert world.graph.precedes(one, after)


def test_a_malformed_root_leaves_a_stream_that_can_be_read(world):
    from ctcase.log.admission import Graph, admit

    world.graph = Graph()
    root = world.make("worker", "open", [("case", CONTROL, b"{}")])
    world.stream = root.id
    admit(world.graph, [root], lambda _: False)
    one = world.set("second", "A")
    folded = world.fold()
    assert folded.void == {root.id: "malformed"}
    assert (folded.team, folded.type) == ("north", "")
    assert one in folded.ordered


def test_a_missing_control_part_is_missing_not_malformed(world):
    world.open()
    made = world.referral("submit")
    full = without(world, made["submit"], CONTROL, None)
    assert world.void(made["submit"]) == "payload_missing"
    world.graph.replace(full)
    assert world.fold().machines["r1"].state == "submitted"


def test_content_outside_the_stated_categories_is_not_read(world):
    world.open()
    draft = world.step("worker", "draft")
    parts = [
        ("r1", CONTROL, payload.write(payload.Step("submit", draft, categories=("health",)))),
        ("r1", "health", payload.write(payload.StepData(content={"health.need": "A"}))),
        (
            "r1",
            "legal",
            payload.write(payload.StepData(comment="kept", fields=("x.y",), content={"x.y": "B"})),
        ),
    ]
    one = world.write("worker", "step", parts)
    read = reading.read(world.graph.entries[one])
    assert [(part.category, part.says.content, part.says.fields) for part in read.data] == [
        ("health", {"health.need": "A"}, ()),
        ("legal", {}, ()),
    ]
    assert read.data[1].says.comment == "kept"


def test_payloads_are_written_and_read_the_same(world):
    says = payload.Sets(
        "person",
        {
            "a": payload.FieldSet(DECLINED),
            "b": payload.FieldSet(("x", "y"), ("f" * 64,)),
            "c": payload.FieldSet(None),
        },
    )
    assert payload.read(payload.write(says), payload.Sets) == says
    assert payload.write(says).startswith(b'{"kind":"person","set":{"a":{"value":{"missing":"declined"}}')
