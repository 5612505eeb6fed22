"""Taking payloads apart and putting them together loses nothing and cannot be made to grow."""

import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctcase.errors import Damaged, Refused
from ctcase.sync import texts
from ctcase.sync.texts import Texts, put_together, take_apart

NEARLY_JSON = st.lists(
    st.sampled_from(
        [b'{"a":', b'{"b":{"value":', b'"x"', b'"', b"\\", b'\\"', b":", b"[", b"]", b"{", b"12", b"true", b"\n", b"%",
         b"%b", b"%%", b",", b"}", b"\0", b"\xff"]
    ),
    max_size=20,
).map(b"".join)  # fmt: skip


@given(st.lists(NEARLY_JSON | st.binary(max_size=40), max_size=12))
def test_any_bytes_come_back_as_they_were(payloads):
    assert put_together(take_apart(payloads)) == payloads


def test_the_values_of_one_field_lie_together():
    apart = take_apart([b'{"a":"x","b":1}', b'{"a":"y","b":2}', b'{"a":["p","q"]}'])
    columns = dict(zip(apart.pieces, apart.columns, strict=True))
    assert columns == {b'{"a"': b'"x"\n"y"\n["p","q"]', b',"b"': b"1\n2", b"}": b""}


def test_a_list_of_text_with_a_control_character_is_left_whole():
    payload = b'{"a":["x\ny"],"b":"x\ny"}'
    apart = take_apart([payload])
    assert apart.columns == [b""]
    assert put_together(apart) == [payload]


@pytest.mark.parametrize("payload", [b":[" * 200_000, b':"\\' * 200_000, b':"' * 200_000, b":1" * 300_000])
def test_hostile_payloads_take_time_in_proportion(payload):
    assert put_together(take_apart([payload])) == [payload]


def test_past_the_most_values_payloads_stay_whole(monkeypatch):
    monkeypatch.setattr(texts, "MOST_CUTS", 20)
    payloads = [b'{"a":1,"b":2}'] * 40
    apart = take_apart(payloads)
    assert sum(column.count(b"\n") + 1 for column in apart.columns if column) <= 20
    assert put_together(apart) == payloads


GOOD = Texts([b'{"a"', b"}"], [2], [0, 1], [0, 0], [b"1\n2", b""])


@pytest.mark.parametrize(
    "change",
    [
        {"widths": [3]}, {"widths": [1]}, {"widths": [2, 0]}, {"shapes": [0, 2]}, {"used": [0, 1]},
        {"columns": [b"1", b""]}, {"columns": [b"1\n2\n3", b""]}, {"columns": [b"1\n2", b"3"]},
        {"columns": [b"1\n2"]}, {"columns": [b"", b""]}, {"pieces": [b'{"a"']},
    ],
)  # fmt: skip
def test_columns_that_contradict_one_another_are_damage(change):
    assert put_together(GOOD) == [b'{"a":1}', b'{"a":2}']
    with pytest.raises(Damaged):
        put_together(msgspec.structs.replace(GOOD, **change))


def test_what_would_grow_too_large_is_refused_before_it_is_built():
    bomb = Texts([b"x" * (1 << 20)], [1], [0], [0] * 100_000, [b""])
    with pytest.raises(Refused, match="limit_exceeded"):
        put_together(bomb)
    bomb = Texts([b"", b""], [64], [0] * 63 + [1], [0] * 100_000, [b"\n" * (63 * 100_000 - 1), b""])
    with pytest.raises(Refused, match="limit_exceeded"):
        put_together(bomb)


def test_a_shape_that_no_payload_has_is_not_built():
    """It adds nothing to the size of what is joined, however long it is."""
    bomb = Texts([b"x" * (1 << 20), b"y"], [1, 64], [1] + [0] * 64, [0], [b"", b""])
    tracemalloc.start()
    payloads = put_together(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert payloads == [b"y"]
    assert peak < 4 << 20
