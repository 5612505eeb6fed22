"""The request of a new device proves that it has its key."""

import msgspec
import pytest

from ctcase.crypto import dsse
from ctcase.crypto.signing import key_id
from ctcase.errors import Refused
from ctcase.model import canonical
from ctcase.trust import request
from ctcase.trust.roster import device_digest


@pytest.fixture
def asked(office):
    public = office.key(7).public
    return request.Request(key_id(public), "m7", "Dina Example", ("caseworker",), public, "age1pq7")


def code_of(data):
    with pytest.raises(Refused) as caught:
        request.read(data)
    return caught.value.code


def test_a_request_is_read_as_it_was_written(office, asked):
    assert request.read(request.write(asked, office.key(7))) == asked
    assert asked.digest == device_digest(asked.signing, asked.sealing)


def test_without_possession_of_the_key_it_is_refused(office, asked):
    assert code_of(request.write(asked, office.key(8))) == "signature_wrong"
    signed = dsse.decode(request.write(asked, office.key(7)), request.PAYLOAD_TYPE)
    assert code_of(dsse.encode(msgspec.structs.replace(signed, signatures=()))) == "signature_wrong"
    other = canonical.encode(msgspec.structs.replace(asked, name="Somebody Else"))
    assert code_of(dsse.encode(msgspec.structs.replace(signed, payload=other))) == "signature_wrong"


def test_a_device_is_named_by_its_key(office, asked):
    claims = msgspec.structs.replace(asked, device="d" * 64)
    assert code_of(request.write(claims, office.key(7))) == "signature_wrong"


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32, b"short"])
def test_unsound_keys_are_refused(office, asked, public):
    bad = msgspec.structs.replace(asked, signing=public, device=key_id(public))
    assert code_of(request.write(bad, office.key(7))) == "signature_wrong"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"roles": ()},
        {"roles": ("king",)},
        {"member": "A b/c"},
        {"member": ""},
        {"member": "office"},
        {"member": "all"},
    ],
)
def test_what_is_asked_makes_sense(office, asked, changes):
    bad = msgspec.structs.replace(asked, **changes)
    assert code_of(request.write(bad, office.key(7))) == "file_not_understood"


def test_the_devices_before_are_counted(office, asked):
    most = msgspec.structs.replace(asked, former=("d" * 64,) * request.MOST_FORMER)
    assert request.read(request.write(most, office.key(7))) == most
    more = msgspec.structs.replace(most, former=(*most.former, "e" * 64))
    assert code_of(request.write(more, office.key(7))) == "limit_exceeded"


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 200_000])
def test_other_bytes_are_not_understood(data):
    assert code_of(data) == "file_not_understood"


def test_other_documents_are_not_understood(office, asked):
    other = dsse.sign("application/other", canonical.encode(asked), [office.key(7)])
    assert code_of(dsse.encode(other)) == "file_not_understood"
    not_canonical = dsse.sign(request.PAYLOAD_TYPE, b" " + canonical.encode(asked), [office.key(7)])
    assert code_of(dsse.encode(not_canonical)) == "file_not_understood"
