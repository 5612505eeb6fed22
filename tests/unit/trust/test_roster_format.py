"""The page of the roster's format tells the truth: its example is what the program writes and reads, its limits the code's."""

import hashlib
import re
from pathlib import Path

import pytest

from ctcase.crypto import dsse, fingerprint
from ctcase.crypto.age import HybridIdentity
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.log.rights import NEVER
from ctcase.model import canonical
from ctcase.trust import editing, request, root_store, roster
from ctcase.trust.roster import Device, DeviceRow, Member, Root, Roster
from ctcase.workflow.policy import ROLES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "roster-format.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example():
    block = PAGE[PAGE.index("## 8.") :].split("```")[1]
    return dict(re.findall(r"^((?:\{?\w+\}?)(?: seed| keyid| [r12])?) +(.+)$", block, re.MULTILINE))


@pytest.fixture(scope="module")
def recipients(example):
    """The three recipients, made from the seeds that the page names."""
    found = {}
    for name in ("{ada}", "{ben}", "{recovery}"):
        byte, digest = re.fullmatch(r"seed (\w\w) … digest (\w{64})", example[name]).groups()
        found[name] = HybridIdentity(bytes.fromhex(byte) * 32).recipient.text
        assert hashlib.sha256(found[name].encode()).hexdigest() == digest
    return found


def key(example, name):
    return SigningKey(bytes.fromhex(example[f"{name} seed"][:2]) * 32)


def signed(example, recipients, name, signature, payload_type, keyid):
    payload = example[name]
    for short, text in recipients.items():
        payload = payload.replace(short, text)
    one = dsse.Signature(keyid, bytes.fromhex(example[signature]))
    return dsse.encode(dsse.Envelope(payload_type, payload.encode(), (one,)))


@pytest.fixture(scope="module")
def rosters(example, recipients):
    return [
        signed(
            example, recipients, f"roster {n}", f"signature {n}", roster.PAYLOAD_TYPE, example["root keyid"]
        )
        for n in (1, 2)
    ]


@pytest.fixture(scope="module")
def asked(example, recipients):
    keyid = key_id(key(example, "ben").public)
    return signed(example, recipients, "request", "signature r", request.PAYLOAD_TYPE, keyid)


def test_the_example_is_read(example, rosters, asked):
    first = roster.read_first(rosters[0])
    second = roster.read_next(first, rosters[1])
    new = request.read(asked)
    assert [roster.digest(one) for one in rosters] == [example["digest 1"], example["digest 2"]]
    assert second.previous == example["digest 1"]
    assert fingerprint.words(roster.office_digest(first)) == example["words 1"]
    assert fingerprint.words(new.digest) == example["words r"]
    assert (second.devices[1].id, second.devices[1].signing) == (new.device, new.signing)


def test_the_example_is_written(example, recipients, rosters, asked):
    root, ada, ben = (key(example, name) for name in ("root", "ada", "ben"))
    roots = (Root(root.public, "ada"),)
    row = DeviceRow(1, ("officer", "administrator"))
    first = Roster(
        format=1, version=1, office=roster.office_id(roots, 1), name="Harbour", stream="a" * 64, threshold=1,
        roots=roots, recovery=recipients["{recovery}"], members=(Member("ada", "Ada Example"),),
        devices=(Device(key_id(ada.public), ada.public, recipients["{ada}"], "ada", (row,)),),
    )  # fmt: skip
    new = request.Request(
        key_id(ben.public), "ben", "Ben Example", ("caseworker",), ben.public, recipients["{ben}"]
    )
    row = DeviceRow(2, ("caseworker",), ("north",))
    device = Device(new.device, new.signing, new.sealing, "ben", (row,))
    second = editing.enrol(first, roster.digest(rosters[0]), Member("ben", "Ben Example"), device)
    assert [roster.sign(first, [root]), roster.sign(second, [root])] == rosters
    assert request.write(new, ben) == asked


def test_the_ids_are_made_as_the_page_says(example, rosters, asked):
    first, new = roster.read_first(rosters[0]), request.read(asked)
    office = hashlib.sha256(b"ctcase.office.1\0\0\1" + first.roots[0].key).hexdigest()
    now = hashlib.sha256(f"ctcase.office.now.1\0{office}\n{office}".encode()).digest()
    device = hashlib.sha256(b"ctcase.device.1\0" + new.signing + new.sealing.encode()).digest()
    bits = int.from_bytes(hashlib.sha256(b"ctcase/fingerprint/v1\0" + device).digest()[:12], "big")
    letters = ""
    for shift in range(96, 0, -16):
        word = bits >> shift - 16 & 0xFFFF
        for place, alphabet in ((12, 0), (10, 1), (6, 0), (4, 1), (0, 0)):
            letters += "aiou"[word >> place & 3] if alphabet else "bdfghjklmnprstvz"[word >> place & 15]
    assert (office, now, device) == (first.office, roster.office_digest(first), new.digest)
    assert letters == example["words r"].replace(" ", "")


@pytest.mark.parametrize(
    "shape",
    [Roster, Root, Member, Device, DeviceRow, roster.Revocation, request.Request, root_store.RootStore],
)
def test_the_page_names_every_key(shape):
    assert set(shape.__struct_fields__) <= set(re.findall(r"[a-z_]+", PAGE))


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        (f"`{roster.PAYLOAD_TYPE}`", True),
        (f"`{request.PAYLOAD_TYPE}`", True),
        ("none twice, at most 64;", dsse.MOST_SIGNATURES == 64),
        ("The payload is at most 8 MiB", roster.LARGEST_ROSTER == 8 << 20),
        ('| `members` | `[{"id":…,"name":…}]`, at most 20,000', roster.MOST_MEMBERS == 20_000),
        ('| `roots` | `[{"key":…,"member":…}]`, 1 to 16', roster.MOST_ROOTS == 16),
        ("its rights over time, 1 to 1,000 rows", roster.MOST_ROWS == 1_000),
        (": never |", NEVER == 2**53 - 1),
        ("one or more of " + ", ".join(f"`{role}`" for role in ROLES), True),
        ("most 64 KiB, the file at most 128 KiB", request.LARGEST_REQUEST == 64 << 10),
        ("that the vault was, at most 64 |", request.MOST_FORMER == 64),
    ],
)  # fmt: skip
def test_limits_are_those_of_the_code(sentence, value):
    assert sentence in PAGE
    assert value


def test_defaults_are_those_of_the_code():
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.+?) \|$", PAGE[PAGE.index("## 2.") :], re.MULTILINE))
    plain = {"required": None, "false": False, '`""`': "", "`[]`": (), "none": None, "never": NEVER}
    for shape in (Roster, Device, DeviceRow):
        names = shape.__struct_fields__
        optional = dict(
            zip(names[len(names) - len(shape.__struct_defaults__) :], shape.__struct_defaults__, strict=True)
        )
        for name in names:
            if name in ("version", "member", "name", "office", "roles"):
                continue  # in several tables, required in each but for the request's office
            assert (rows[name] == "required") == (name not in optional)
            assert plain[rows[name].split(": ")[-1]] == optional.get(name)


def test_what_is_at_its_default_is_not_there(rosters):
    payload = canonical.decode(dsse.decode(rosters[0], roster.PAYLOAD_TYPE).payload, canonical.decoder(dict))
    assert not {"training", "previous"} & payload.keys()
    assert not {"teams", "at_latest"} & payload["devices"][0]["rows"][0].keys()
