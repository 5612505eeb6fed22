"""What the parts of an entry say: one byte string for one meaning, and nothing that the fold cannot hold."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.log import payload
from ctcase.model.canonical import BIGGEST_INTEGER
from ctcase.model.values import DECLINED, UNKNOWN
from ctcase.workflow.consent import StandingApproval

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.lists(texts, max_size=3).map(tuple)
integers = st.integers(-BIGGEST_INTEGER, BIGGEST_INTEGER)
values = st.none() | st.booleans() | integers | texts | names | st.sampled_from([UNKNOWN, DECLINED])
scopes = st.builds(
    StandingApproval,
    recipient=st.sampled_from(["clinic1", "kind:clinic"]),
    service=texts.filter(bool),
    categories=st.sampled_from([(), ("health",), ("case", "health")]),
    until=st.sampled_from(["2030", "2030-01", "2030-01-31"]),
)
SHAPES = sorted(
    {*payload.CONTROL_OF.values(), *payload.DATA_OF.values(), payload.Standing},
    key=lambda kind: kind.__name__,
)
OF_TYPE = {
    str: texts,
    int: integers,
    tuple[str, ...]: names,
    dict[str, str]: st.dictionaries(texts, texts, max_size=3),
    dict[str, payload.Value]: st.dictionaries(texts, values, max_size=3),
    dict[str, payload.FieldSet]: st.dictionaries(
        texts, st.builds(payload.FieldSet, value=values, over=names), max_size=3
    ),
    StandingApproval: scopes,
}


def strategy_of(shape):
    """Any payload of a shape; a type that is not known here is an error, so that no new key is left out."""
    fields = msgspec.structs.fields(shape)
    return st.builds(shape, **{field.name: OF_TYPE[_plain(field.type)] for field in fields})


def _plain(kind):
    return int if getattr(kind, "__metadata__", None) else kind


@settings(max_examples=120)
@given(st.sampled_from(SHAPES).flatmap(strategy_of))
def test_every_shape_comes_back_as_it_was_written(says):
    data = payload.write(says)
    again = payload.read(data, type(says))
    assert again == says
    assert payload.write(again) == data


@settings(max_examples=120)
@given(st.sampled_from(SHAPES).flatmap(strategy_of), st.sampled_from(SHAPES), st.data())
def test_what_is_read_is_what_was_written(says, shape, data):
    good = payload.write(says)
    place = data.draw(st.integers(0, len(good)))
    spoilt = good[:place] + data.draw(st.binary(max_size=2)) + good[place + data.draw(st.integers(0, 2)) :]
    for candidate in (good, spoilt):
        read = payload.read(candidate, shape)
        assert read is None or payload.write(read) == candidate


@pytest.mark.parametrize("shape", SHAPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b'"x"', b"{", b"[" * 100_000, b'{"a":' * 100_000, b'{"unknown":1}', b" {}", b"\xef\xbb\xbf{}", b"\xff"]
)  # fmt: skip
def test_other_bytes_say_nothing(shape, data):
    assert payload.read(data, shape) is None


@pytest.mark.parametrize(
    ("shape", "data"),
    [
        (payload.Step, b'{"agency":"","event":"draft"}'),  # a default is left out
        (payload.Step, b'{"event":"draft","categories":["health"]}'),
        (payload.Step, b'{"event":null}'),
        (payload.Step, b'{"event":"draft","event":"draft"}'),
        (payload.Step, b'{"categories":"health","event":"draft"}'),
        (payload.Sets, b'{"kind":"person"}'),
        (payload.Sets, b'{"kind":"person","set":{"a":{}}}'),
        (payload.Sets, b'{"kind":"person","set":{"a":{"value":1},"a":{"value":1}}}'),
        (payload.Sets, b'{"kind":"person","set":{"b":{"value":1},"a":{"value":1}}}'),
        (payload.Sets, b'{"kind":"person","set":{"a":{"value":"\\ud800"}}}'),
        (payload.Opening, b"{}"),
        (payload.Adoption, b'{"ids":[1]}'),
        (payload.Transfer, b'{"team":""} '),
    ],
)  # fmt: skip
def test_one_meaning_has_one_form(shape, data):
    assert payload.read(data, shape) is None


@pytest.mark.parametrize("number", [BIGGEST_INTEGER + 1, 2**63, 2**64 - 1, 2**64, -(2**63)])
def test_no_number_is_larger_than_every_program_can_hold(number):
    """A version that no table can hold would stop every vault that is sent the entry."""
    assert payload.read(b'{"kind":"person","set":{},"version":%d}' % number, payload.Sets) is None
    scope = b'{"categories":[],"recipient":"a","service":"b","until":"2030"}'
    says = b'{"device":"d","number":%d,"roster":%d,"scope":%b}'
    assert payload.read(says % (number, 1, scope), payload.Standing) is None
    assert payload.read(says % (1, number, scope), payload.Standing) is None
    assert payload.read(says % (BIGGEST_INTEGER, 1, scope), payload.Standing).number == BIGGEST_INTEGER


def test_such_an_entry_is_void_and_a_good_parent(world):
    world.open()
    one = world.write(
        "worker", "set", [("p", "case", b'{"kind":"person","set":{},"version":9223372036854775808}')]
    )
    after = world.set("worker", "A")
    assert world.fold().void == {one: "malformed"}
    assert world.graph.precedes(one, after)


@pytest.mark.parametrize(
    "scope",
    [{"recipient": ""}, {"recipient": "any"}, {"recipient": "kind:*"}, {"service": ""}, {"categories": ["control"]},
     {"categories": ["love"]}, {"until": "soon"}, {"until": ""}, {"more": 1}],
)  # fmt: skip
def test_a_standing_approval_for_everything_says_nothing(scope):
    terms = {"categories": [], "recipient": "clinic1", "service": "care", "until": "2030"}
    says = {"device": "d", "number": 1, "roster": 1}
    assert payload.read(payload.write({**says, "scope": terms}), payload.Standing) is not None
    assert payload.read(payload.write({**says, "scope": terms | scope}), payload.Standing) is None


def test_kinds_and_shapes_belong_together():
    assert set(payload.KINDS) == {*payload.CONTROL_OF, *payload.DATA_OF}
    assert set(payload.KINDS) - set(payload.CONTROL_OF) == {"set"}
    assert len(set(payload.CONTROL_OF.values())) == len(payload.CONTROL_OF)


def test_empty_defaults_are_not_shared():
    one, other = payload.StepData(), payload.StepData()
    one.content["x"] = "y"
    assert other.content == payload.StepData().content == {}
