"""One byte string for one document: whatever is read encodes to the very same bytes."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctcase.model import canonical
from ctcase.model.canonical import BIGGEST_INTEGER, DEEPEST, NotCanonicalError, decode, encode, is_plain
from ctcase.model.values import Integer, Missing, Value


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys not in the order of the alphabet, and what the program's documents are made of."""

    name: str
    count: Integer
    flag: bool
    body: bytes
    values: dict[str, Value] = {}
    after: tuple[str, ...] = ()


class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A document that leaves out what is the default."""

    form: str = ""
    after: tuple[str, ...] = ()


anything: msgspec.json.Decoder[Any] = canonical.decoder(Any)
samples = canonical.decoder(Sample)
lefts = canonical.decoder(Left)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
integers = st.integers(-BIGGEST_INTEGER, BIGGEST_INTEGER)
plain = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
values = st.none() | st.booleans() | integers | texts | st.lists(texts, max_size=3).map(tuple)
documents = st.builds(
    Sample,
    name=texts,
    count=integers,
    flag=st.booleans(),
    body=st.binary(max_size=20),
    values=st.dictionaries(texts, values | st.sampled_from(["unknown", "declined"]).map(Missing), max_size=4),
    after=st.lists(texts, max_size=3).map(tuple),
)


def refused(data, reader=anything):
    with pytest.raises(NotCanonicalError):
        decode(data, reader)
    return True


@settings(max_examples=150)
@given(plain)
def test_plain_data_comes_back_as_it_was(document):
    again = decode(encode(document), anything)
    assert again == document
    assert json.dumps(again, sort_keys=True) == json.dumps(document, sort_keys=True)  # to Python True is 1
    assert is_plain(document)


@settings(max_examples=100)
@given(documents)
def test_records_come_back_as_they_were(document):
    again = decode(encode(document), samples)
    assert again == document
    # to Python True is 1: the types have to be the same too
    assert {key: type(it) for key, it in again.values.items()} == {
        key: type(it) for key, it in document.values.items()
    }


SPOILS = [b" ", b"\n", b",", b":", b'"', b"\\", b"\\u0041", b"\\/", b"0", b"-", b".0", b"e0", b"[", b"]", b"{", b"}",
          b"\xef\xbb\xbf", b"\xff", b"\0", b"null", b"NaN", b'"a":1,', b"\xed\xa0\x80"]  # fmt: skip


@settings(max_examples=300)
@given(documents | plain, st.data())
def test_every_accepted_byte_string_encodes_to_itself(document, data):
    good = encode(document)
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 3)))
    spoilt = good[:start] + data.draw(st.sampled_from(SPOILS) | st.binary(max_size=2)) + good[end:]
    for reader in (anything, samples, lefts):
        try:
            found = decode(spoilt, reader)
        except NotCanonicalError:
            continue
        assert encode(found) == spoilt


@settings(max_examples=300)
@given(st.binary(max_size=40))
@example(b"")
@example(b"-0")
@example(b"\xef\xbb\xbf0")
def test_any_bytes_encode_to_themselves_or_are_refused(data):
    try:
        found = decode(data, anything)
    except NotCanonicalError:
        return
    assert encode(found) == data


@settings(max_examples=60)
@given(st.dictionaries(texts, st.integers(0, 9), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_keys_is_one(document, source):
    keys = [*document]
    source.shuffle(keys)
    assert encode({key: document[key] for key in keys}) == encode(document)
    pairs = [encode(key) + b":" + encode(document[key]) for key in keys]
    given_order = b"{" + b",".join(pairs) + b"}"
    if given_order == encode(document):
        assert decode(given_order, anything) == document
    else:
        assert refused(given_order)


def test_a_record_and_plain_data_with_the_same_keys_are_the_same_bytes():
    sample = Sample("n", 1, flag=True, body=b"\0\xff")
    as_data = {"name": "n", "count": 1, "flag": True, "body": "AP8=", "values": {}, "after": []}
    assert encode(sample) == encode(as_data)
    assert encode(sample) == b'{"after":[],"body":"AP8=","count":1,"flag":true,"name":"n","values":{}}'


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"b":1,"a":1}',
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"[1,NaN]",
        b"-0",
        b"01",
        b"+1",
        b"1e3",
        b"1.50",
        b"1e999",
        b' {"a":1}',
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"a":1}\n',
        b"[1,2,]",
        b"[1 ]",
        b"\xef\xbb\xbf{}",
        "\ufefftrue".encode("utf-16-le"),
        "{}".encode("utf-16"),
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000a"',
        b'"\\u001F"',
        b'"\\u00e9"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\xed\xa0\x80"',
        b'"\xed\xb0\x80"',
        b'"\xc0\x80"',
        b'"\xff"',
        b'"\xf4\x90\x80\x80"',
        b'"\n"',
        b"'a'",
        b"{a:1}",
        b"/**/1",
        b"",
        b"{",
        b"1 2",
        b"nul",
        b"True",
    ],
)  # fmt: skip
def test_what_is_not_canonical_is_refused(data):
    assert refused(data)


@pytest.mark.parametrize(
    "data",
    [
        b'"\\n\\t\\"\\\\\\u001f"',
        '"é\u2028\x7f😀\u0000"'.replace("\0", "\\u0000").encode(),
        b'{"":{"":[]}}',
        b"[]",
        b"null",
    ],
)
def test_escapes_that_have_to_be_are_canonical(data):
    assert encode(decode(data, anything)) == data


@pytest.mark.parametrize(
    "count", [b"1.5", b"1.0", b"1e0", b"9007199254740992", b"-9007199254740992", b"18446744073709551616", b"9" * 5000, b'"1"',
              b"true", b"null"]
)  # fmt: skip
def test_a_number_is_an_integer_that_every_program_can_hold(count):
    whole = b'{"after":[],"body":"","count":%b,"flag":true,"name":"","values":{}}'
    assert refused(whole % count, samples)
    assert decode(whole % b"-9007199254740991", samples).count == -BIGGEST_INTEGER
    assert decode(whole % b"9007199254740991", samples).count == BIGGEST_INTEGER


@pytest.mark.parametrize("body", [b"AP8", b"AP9=", b"AP8=\\n", b" AP8=", b"A-8=", b"AP8==", b"=", b"A"])
def test_bytes_are_base_64_written_in_one_way(body):
    whole = b'{"after":[],"body":"%b","count":1,"flag":true,"name":"","values":{}}'
    assert refused(whole % body, samples)
    assert decode(whole % b"AP8=", samples).body == b"\0\xff"


@pytest.mark.parametrize(
    "data", [b'{"form":""}', b'{"after":[]}', b'{"form":"x","more":1}', b'{"form":null}', b"[]", b'{"after":["a"],"form":""}']
)  # fmt: skip
def test_defaults_are_left_out_and_nothing_else_is_in(data):
    assert refused(data, lefts)
    assert decode(b"{}", lefts) == Left()
    assert decode(b'{"after":["a"],"form":"x"}', lefts) == Left("x", ("a",))


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_deep_nesting_is_refused_without_a_crash(opening, depth):
    closing = opening.translate(bytes.maketrans(b"[{", b"]}"), b'"a:')[::-1]
    assert refused(opening * depth)
    assert refused(opening * depth + b"1" + closing * depth)
    assert refused(opening * depth + b"1" + closing * depth, samples)


@pytest.mark.parametrize("document", ["\ud800", {"\ud800": 1}, ["a\udfff"]])
def test_lone_surrogates_are_never_written(document):
    with pytest.raises(UnicodeEncodeError):
        encode(document)
    assert not is_plain(document)


@pytest.mark.parametrize(
    "document", [1.0, float("nan"), BIGGEST_INTEGER + 1, -BIGGEST_INTEGER - 1, b"x", {1: 2}, {None: 1}, {1, 2}, object(), [[1.5]]]
)  # fmt: skip
def test_what_cannot_be_canonical_is_not_plain(document):
    assert not is_plain(document)
    assert not is_plain([document])
    assert not is_plain({"a": (document,)})


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: (inner,), lambda inner: {"a": inner}])
def test_plain_data_has_a_depth(wrap):
    document = 1
    for _ in range(DEEPEST):
        document = wrap(document)
    assert is_plain(document)
    assert not is_plain(wrap(document))
    for _ in range(100_000):
        document = wrap(document)
    assert not is_plain(document)
    while isinstance(
        document, list | tuple | dict
    ):  # taken apart step by step: the end of so deep a thing is recursive
        document = document["a"] if isinstance(document, dict) else document[0]
