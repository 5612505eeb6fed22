"""The example in the documentation of the format is what the program writes and reads."""

import re
from pathlib import Path

import pytest

from ctcase.crypto import dsse
from ctcase.crypto.signing import SigningKey, key_id, verify
from ctcase.log import entry as entries
from ctcase.log import payload
from ctcase.log.entry import Draft, Part, Place, bodies_fit, compose, digest, read_header
from ctcase.model import canonical
from ctcase.model.values import CATEGORIES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "entry-format.md").read_text(encoding="utf-8")


@pytest.fixture
def example():
    block = PAGE[PAGE.index("## 9.") :].split("```")[1]
    names = "seed|key|case payload|case salt|control payload|control salt|header|id|signature"
    return dict(re.findall(rf"^({names}) +(.+)$", block, re.MULTILINE))


def test_the_example_is_read(example):
    raw = example["header"].encode()
    header = read_header(raw)
    parts = [
        Part(bytes.fromhex(example[f"{name} salt"]), example[f"{name} payload"].encode())
        for name in ("case", "control")
    ]
    public = bytes.fromhex(example["key"])
    assert header is not None
    assert digest(raw) == example["id"]
    assert header.device == key_id(public)
    assert bodies_fit(header, parts)
    assert verify(public, bytes.fromhex(example["signature"]), dsse.pae(entries.PAYLOAD_TYPE, raw))


def test_the_example_is_written(example):
    key = SigningKey(bytes.fromhex(example["seed"]))
    salts = iter([bytes.fromhex(example["case salt"]), bytes.fromhex(example["control salt"])])
    sets = payload.Sets("case", {"alias": payload.FieldSet("Blue Heron")})
    opening = payload.Opening("case", "7KQ4M2XR", "north")
    draft = Draft(
        "open", (("case", "control", payload.write(opening)), ("case", "case", payload.write(sets)))
    )
    place = Place(key_id(key.public), 1, "", "", "", (), 1, 1728000000, 0)
    header, _ = compose(draft, place, lambda _: next(salts))
    assert canonical.encode(header).decode() == example["header"]
    assert key.sign(dsse.pae(entries.PAYLOAD_TYPE, canonical.encode(header))).hex() == example["signature"]


def test_the_page_names_every_kind_key_and_category():
    for kind in payload.KINDS:
        assert f"| `{kind}` |" in PAGE
    shapes = {*payload.CONTROL_OF.values(), *payload.DATA_OF.values(), payload.Standing}
    words = {name for shape in shapes for name in shape.__struct_fields__} | {*CATEGORIES, "control"}
    words |= set(entries.Header.__struct_fields__)
    page_words = set(re.findall(r"[a-z_]+", PAGE))
    assert words <= page_words


def test_the_page_names_every_reason_the_tests_can_reach():
    from ctcase.workflow.referral import REASONS

    others = ["unknown_device", "revoked", "newer_roster", "closed", "fork", "unknown_kind", "malformed"]
    for reason in (*REASONS, *others, "payload_missing", "role", "not_this_team", "overtaken"):
        assert f"`{reason}`" in PAGE


def test_the_page_says_who_may_as_the_policy_does():
    from ctcase.log import fold
    from ctcase.workflow.policy import POLICY

    table = PAGE[PAGE.index("**Who may.**") : PAGE.index("## 8.")]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", table, re.MULTILINE)
    roles = {action: tuple(set(cell.split(", ")) - {"-"} for cell in cells) for action, *cells, _ in rows}
    assert roles == {
        action: (set(right.team), {"every member"} if right.everyone else set(right.everywhere))
        for action, right in POLICY.items()
    }
    asked = {action: cell for action, *_, cell in rows}
    for kind, action in fold._ACTIONS.items():
        assert asked[action].startswith(f"`{kind}`")


def test_the_page_names_the_reasons_of_proposals():
    from ctcase.log.fold import PROPOSALS

    said = re.search(r"is a \*\*proposal\*\* if its reason is (.+?)\.", PAGE)
    assert said is not None
    assert set(re.findall(r"`(\w+)`", said[1])) == PROPOSALS


def test_the_id_of_a_conflict_between_values_is_what_the_page_says(world):
    root = world.open(sets={"person": {"name": ("Zeynep", ())}})
    one = world.set("worker", "Zehra")
    field = world.fold().records["person"].fields["name"]
    listed = ",".join(f'"{it}"' for it in sorted([root, one]))
    assert digest(f'["conflict","{root}","person","name",[{listed}]]'.encode()) == field.conflict
