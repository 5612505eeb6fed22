"""Data files, and JSON that people wrote: what a typed reader would not notice is refused before it runs."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.errors import CtcaseError
from ctcase.model import resources
from ctcase.model.resources import DEEPEST, check_json

ROOM = 1_000_000


def problem(data, limit=ROOM):
    """Why these bytes are refused, "" if they are not."""
    try:
        check_json(data, limit)
    except CtcaseError as refusal:
        return refusal.details.get("reason", refusal.code)
    return ""


def test_the_data_files_are_here_in_the_order_of_their_names():
    for kind in ("forms", "codelists"):
        found = [*resources.files(kind)]
        assert found
        assert all(json.loads(data) for data in found)
    paths = sorted((resources.folder() / "codelists").glob("*.json"))
    assert [*resources.files("codelists")] == [path.read_bytes() for path in paths]


def test_only_json_files_of_the_folder_are_read(monkeypatch, tmp_path):
    monkeypatch.setattr(resources, "folder", lambda: tmp_path)
    (tmp_path / "forms" / "below").mkdir(parents=True)
    for name in ("b.json", "a.json", "c.txt", "below/d.json"):
        (tmp_path / "forms" / name).write_text(name)
    assert [*resources.files("forms")] == [b"a.json", b"b.json"]


def test_a_missing_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(resources, "folder", lambda: tmp_path)
    with pytest.raises(CtcaseError) as refusal:
        next(resources.files("forms"))
    assert (refusal.value.code, refusal.value.details) == ("file_missing", {"kind": "forms"})


@pytest.mark.parametrize(
    "data",
    [b"{}", b" [1, 2]\n", b'{"a": 1.5, "b": [true, null]}', '"é 😀 \u2028"'.encode(), b'"\\u0041\\ud83d\\ude00"', b"1e5",
     b"9007199254740991"],
)  # fmt: skip
def test_ordinary_json_is_fine(data):
    assert problem(data) == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"{'a': 1}", "json"),
        (b"[1,]", "json"),
        (b"{} {}", "json"),
        (b"NaN", "json"),
        (b'{"a": NaN}', "json"),
        (b"[Infinity]", "json"),
        (b"[-Infinity]", "json"),
        (b"[1e999]", "json"),
        (b"[-1e999]", "json"),
        (b"9007199254740992", "json"),
        (b'{"a": [-9007199254740992]}', "json"),
        (b"9" * 5000, "json"),
        (b"\xef\xbb\xbf{}", "json"),
        ("{}".encode("utf-16"), "json"),
        (b'"\xff"', "json"),
        (b'"\xed\xa0\x80"', "json"),
        (b'"\xc0\x80"', "json"),
        (b'"\n"', "json"),
        (b'{"a": 1, "a": 1}', "duplicate_key"),
        (b'[{"x": {"a": 1, "b": 2, "a": 3}}]', "duplicate_key"),
        (b'{"a": 1, "\\u0061": 2}', "duplicate_key"),
        (b"[" * 100_000, "nesting"),
        (b"[" * 100_000 + b"]" * 100_000, "nesting"),
        (b'{"a":' * 100_000, "nesting"),
        (b"]" * 100_000 + b"[" * 100_000, "json"),
    ],
)
def test_what_is_refused_and_why(data, reason):
    assert problem(data) == reason


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_depth(opening, closing):
    def nested(depth):
        return (opening * depth + "1" + closing * depth).encode()

    assert problem(nested(DEEPEST)) == ""
    assert problem(nested(DEEPEST + 1)) == "nesting"


@pytest.mark.parametrize("text", ["[" * 50, '\\"' + "{" * 50, "\\\\", '\\\\\\"' + "[" * 50])
def test_brackets_in_texts_are_no_nesting(text):
    data = f'{{"{text}": "{text}"}}'.encode()
    assert json.loads(data)
    assert problem(data) == ""
    assert problem(data[:-1] + b"]") == "json"


def test_the_size_is_judged_first():
    assert problem(b"[" * 11, limit=10) == "limit_exceeded"
    assert problem(b'"12345678"', limit=10) == ""
    assert problem(b'"123456789"', limit=10) == "limit_exceeded"


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def depth_of(document):
    inner = (
        document.values() if isinstance(document, dict) else document if isinstance(document, list) else None
    )
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@settings(max_examples=100)
@given(plain, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_whatever_python_writes_is_read(document, ascii_only, indent):
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    assert problem(text.encode()) == ("" if depth_of(document) <= DEEPEST else "nesting")


@settings(max_examples=200)
@given(st.binary(max_size=30))
def test_any_bytes_are_judged(data):
    if problem(data) == "":
        json.loads(data)
    else:
        assert problem(data) in ("json", "nesting", "duplicate_key")
