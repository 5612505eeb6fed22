"""Files from outside are bounded and read strictly."""

import io
import types

import pytest

from ctcase.cli import inputs
from ctcase.errors import CtcaseError


def refusal(action, *arguments):
    with pytest.raises(CtcaseError) as caught:
        action(*arguments)
    return caught.value


def test_a_document_is_a_json_object(tmp_path):
    file = tmp_path / "case.json"
    file.write_text('{"alias": "Blue", "person": {"first_name": {"missing": "unknown"}}}')
    assert inputs.document(file) == {"alias": "Blue", "person": {"first_name": {"missing": "unknown"}}}
    assert inputs.document(None) == {}


def test_a_document_may_come_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=io.BytesIO(b'{"alias": "Red"}')))
    assert inputs.document(inputs.STANDARD_INPUT) == {"alias": "Red"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1]",
        b"null",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": 1.5}',
        b'{"a": NaN}',
        b'{"a": 9007199254740993}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": "1"}',
        b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a": ' + b"[" * 200_000,
        b'{"a": 1} x',
    ],
)
def test_what_is_not_plain_json_is_not_understood(tmp_path, data):
    file = tmp_path / "case.json"
    file.write_bytes(data)
    assert refusal(inputs.document, file).code == "file_not_understood"


def test_a_document_has_a_limit(tmp_path):
    file = tmp_path / "case.json"
    file.write_bytes(b'{"a": "' + b"x" * inputs.LARGEST_DOCUMENT + b'"}')
    assert refusal(inputs.document, file).code == "limit_exceeded"


def test_a_file_that_cannot_be_read_has_its_own_code(tmp_path):
    assert refusal(inputs.document, tmp_path / "none.json").code == "file_missing"
    assert refusal(inputs.document, tmp_path).code == "permission"
    assert refusal(inputs.passphrase, tmp_path / "none").code == "file_missing"


@pytest.mark.parametrize(
    ("data", "passphrase"),
    [
        (b"correct horse\n", "correct horse"),
        (b"correct horse", "correct horse"),
        (b"correct horse\r\nsecond line\r\n", "correct horse"),
        (b" spaces stay \n", " spaces stay "),
        ("\ufeffparola şifre\n".encode(), "parola şifre"),
        (b"\n", ""),
    ],
)
def test_a_passphrase_is_the_first_line(tmp_path, data, passphrase):
    file = tmp_path / "passphrase"
    file.write_bytes(data)
    assert inputs.passphrase(file) == passphrase


def test_a_passphrase_file_is_bounded_text(tmp_path):
    file = tmp_path / "passphrase"
    file.write_bytes(b"x" * (inputs.LARGEST_PASSPHRASE_FILE + 1))
    assert refusal(inputs.passphrase, file).code == "limit_exceeded"
    file.write_bytes(b"\xff\xfe")
    assert refusal(inputs.passphrase, file).code == "file_not_understood"
