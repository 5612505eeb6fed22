import itertools
import json
import random

import pytest

from ctcase.crypto import slots
from ctcase.crypto.age import HybridIdentity, X25519Identity
from ctcase.errors import CtcaseError, Damaged, Refused
from ctcase.model import canonical

REFUSALS = {"passphrase_wrong", "vault_damaged", "newer_version"}


def code(action, *arguments):
    with pytest.raises(CtcaseError) as refused:
        action(*arguments)
    return refused.value.code


def edited(header, change):
    """The header with a change made to its document, canonical again, its MAC as it was."""
    document = json.loads(header)
    change(document)
    return canonical.encode(document)


def test_each_slot_gives_the_database_key(maker, header):
    assert maker.unlock(header) == maker.database_key
    assert slots.unlock_with_recovery(header, [maker.recovery]) == maker.database_key
    assert maker.unlock(maker.create(recovery=False)) == maker.database_key


def test_the_header_says_whose_it_is(maker, header):
    assert slots.describe(header) == slots.Description(maker.vault, 1, ("passphrase", "recovery"))
    assert len(header) <= slots.LARGEST_HEADER


def test_the_production_cost_opens_and_the_tiny_one_is_refused(maker, header):
    real = slots.create(maker.vault, maker.database_key, maker.passphrase, None, maker.randomness)
    assert slots.unlock(real, maker.passphrase) == maker.database_key
    assert code(slots.unlock, header, maker.passphrase) == "passphrase_wrong"


def test_nothing_secret_is_in_the_header(maker, header):
    assert maker.database_key not in header
    assert maker.database_key.hex().encode() not in header
    assert maker.passphrase.encode() not in header
    assert slots.to_base64(maker.database_key).rstrip("=").encode() not in header


# V01, V03: flipped bits and lengths


def outcome(maker, data):
    """What a damaged header does: a refusal's code, never another key."""
    try:
        key = maker.unlock(data)
    except CtcaseError as refused:
        return refused.code
    assert key == maker.database_key
    return "opened"


def test_every_flipped_bit_is_refused(maker, header):
    for place in range(len(header) * 8):
        flipped = bytearray(header)
        flipped[place // 8] ^= 1 << place % 8
        assert outcome(maker, bytes(flipped)) in REFUSALS


def test_flipped_bits_never_open_by_recovery_sampled(maker, header):
    places = random.Random(20261122).sample(range(len(header) * 8), 1500)
    for place in places:
        flipped = bytearray(header)
        flipped[place // 8] ^= 1 << place % 8
        assert code(slots.unlock_with_recovery, bytes(flipped), [maker.recovery]) in {
            *REFUSALS,
            "not_addressed",
        }


def test_cut_off_or_longer_headers_are_refused(maker, header):
    for size in range(len(header)):
        assert code(maker.unlock, header[:size]) == "vault_damaged"
    for more in (b"\n", b" ", b"\0" * 4096, b" " * (1 << 20), header):
        assert code(maker.unlock, header + more) == "vault_damaged"


# V02, V06, V07, V08: fields


@pytest.mark.parametrize(
    "value", [0, 2, -1, 63, 65, 2**16, 2**32, 2**53 - 1, 2**63, 2**64, True, None, "8", 8.0]
)
@pytest.mark.parametrize("field", ["memory", "passes", "lanes"])
def test_costs_are_checked_before_anything_runs(maker, header, field, value, monkeypatch):
    ran = []
    real = slots.derive
    monkeypatch.setattr(
        slots, "derive", lambda text, salt, cost: ran.append(cost) or real(text, salt, maker.cost)
    )

    def change(document):
        document["slots"][0]["cost"][field] = value

    assert code(maker.unlock, edited_loosely(header, change)) in {"passphrase_wrong", "vault_damaged"}
    assert all(maker.bounds.allow(cost) for cost in ran)


def edited_loosely(header, change):
    """As `edited`, also with values that canonical JSON does not have."""
    document = json.loads(header)
    change(document)
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def test_a_cost_below_the_floor_is_refused_though_the_wrap_is_right(maker):
    weak = slots.Cost(memory=8, passes=1, lanes=1)
    stricter = slots.Bounds(slots.Cost(16, 1, 1), slots.Cost(64, 4, 4), 128)
    header = maker.create()
    assert maker.unlock(header) == maker.database_key
    with pytest.raises(Refused) as refused:
        slots.unlock(header, maker.passphrase, stricter, weak)
    assert refused.value.code == "passphrase_wrong"


@pytest.mark.parametrize("field", ["version", "suite", "vault", "generation", "slots", "mac"])
@pytest.mark.parametrize("value", [0, 2, 2**53 - 1, -1, None, "", "x", "00", [], {}])
def test_any_other_header_field_is_refused(maker, header, field, value):
    changed = edited(header, lambda document: document.__setitem__(field, value))
    assert outcome(maker, changed) in REFUSALS


@pytest.mark.parametrize("field", ["salt", "commitment", "wrap"])
@pytest.mark.parametrize(
    "value", ["", "A", "AAAA", "A" * 43 + "=", "A" * 22 + "==", "A" * 64, "\u0131", "=" * 44]
)
def test_any_other_slot_field_is_a_wrong_passphrase(maker, header, field, value):
    changed = edited(header, lambda document: document["slots"][0].__setitem__(field, value))
    assert outcome(maker, changed) == "passphrase_wrong"


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(version=2),
        lambda document: document.update(version=2, slots="other"),
        lambda document: document.update(suite="argon3"),
        lambda document: document.update(version=2, critical=["new"]),
        lambda document: document["slots"].append({"kind": "token"}),
    ],
)
def test_a_header_of_a_later_program_is_said_to_be_one(maker, header, change):
    changed = edited(header, change)
    assert code(maker.unlock, changed) == "newer_version"
    assert code(slots.unlock_with_recovery, changed, [maker.recovery]) == "newer_version"
    assert code(slots.describe, changed) == "newer_version"
    assert code(maker.with_passphrase, changed, "another one") == "newer_version"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 60_000,
        b'{"version":1}',
        b"\xff",
        b'{"version":1,"suite":"\\ud800"}',
        b" " * (slots.LARGEST_HEADER + 1),
    ],
)
def test_what_is_no_header_is_damaged(maker, data):
    assert code(maker.unlock, data) in {"vault_damaged", "newer_version"}
    assert code(slots.describe, data) in {"vault_damaged", "newer_version"}


def test_another_way_to_write_the_same_header_is_refused(maker, header):
    pretty = json.dumps(json.loads(header), indent=1).encode()
    assert code(maker.unlock, pretty) == "vault_damaged"
    extra = edited(header, lambda document: document.update(more=1))
    assert code(maker.unlock, extra) == "vault_damaged"


# V04, V05: slots in other places


def test_slots_swapped_copied_or_doubled_are_refused(maker, header):
    first, second = json.loads(header)["slots"]
    for arrangement in itertools.chain(
        itertools.product([first, second], repeat=2), itertools.product([first, second], repeat=3)
    ):
        if list(arrangement) != [first, second]:
            changed = edited(header, lambda document, new=arrangement: document.update(slots=list(new)))
            assert outcome(maker, changed) in {"passphrase_wrong", "vault_damaged"}
            assert code(slots.unlock_with_recovery, changed, [maker.recovery]) in {
                "not_addressed",
                "vault_damaged",
            }


def test_slots_that_changed_places_do_not_even_unwrap(maker, header):
    swapped = edited(header, lambda document: document["slots"].reverse())
    assert code(maker.unlock, swapped) == "passphrase_wrong"
    assert code(slots.unlock_with_recovery, swapped, [maker.recovery]) == "vault_damaged"


@pytest.mark.parametrize("place", [0, 1])
def test_two_slots_of_one_kind_are_no_header(header, place):
    doubled = edited(header, lambda document: document["slots"].append(document["slots"][place]))
    assert code(slots.describe, doubled) == "vault_damaged"


def test_a_header_has_a_size(header):
    large = edited(header, lambda document: document.update(vault="a" * slots.LARGEST_HEADER))
    assert code(slots.describe, large) == "vault_damaged"


def test_a_slot_of_another_vault_or_generation_is_refused(maker, header):
    for other in (maker.create(vault="cd" * 16), maker.create(generation=2)):
        foreign = json.loads(other)["slots"]
        changed = edited(header, lambda document, new=foreign: document.update(slots=new))
        assert code(maker.unlock, changed) == "passphrase_wrong"
        assert code(slots.unlock_with_recovery, changed, [maker.recovery]) == "vault_damaged"


def test_a_slot_that_is_gone_looks_like_a_wrong_passphrase(maker, header):
    changed = edited(header, lambda document: document.update(slots=document["slots"][1:]))
    empty = edited(header, lambda document: document.update(slots=[]))
    for data in (changed, empty):
        assert code(maker.unlock, data) == "passphrase_wrong"


@pytest.mark.parametrize(
    "change",
    [
        lambda document: None,
        lambda document: document.update(slots=[]),
        lambda document: document["slots"][0].update(salt="A"),
        lambda document: document["slots"][0].update(wrap="A"),
        lambda document: document["slots"][0].update(commitment="A"),
        lambda document: document["slots"][0]["cost"].update(memory=2**40),
    ],
)
@pytest.mark.parametrize("passphrase", ["wrong", "", "a\0b", "\ud800", "x" * 5000])
def test_every_refusal_derives_exactly_once(maker, header, change, passphrase, monkeypatch):
    # The same error and the same time: what takes the time is the derivation.
    costs = []
    real = slots.derive
    monkeypatch.setattr(
        slots, "derive", lambda text, salt, cost: costs.append(cost) or real(text, salt, cost)
    )
    assert code(maker.unlock, edited(header, change), passphrase) == "passphrase_wrong"
    assert costs == [maker.cost]


# V09: passphrases


@pytest.mark.parametrize(
    "passphrase",
    [
        "",
        "a fictional passphras",
        "a fictional passphrasE",
        "a fictional passphrase ",
        " a fictional passphrase",
        "a fictional passphrase\n",
        "a fictional\0passphrase",
        "a fictional passphrase\0",
        "\ud800",
        "a" * (1 << 20),
        "\uff41 fictional passphrase",
    ],
)
def test_wrong_passphrases(maker, header, passphrase):
    assert code(maker.unlock, header, passphrase) == "passphrase_wrong"


def test_composed_and_decomposed_letters_unlock_alike(maker):
    header = maker.create(passphrase="Zo\u00eb fictional")
    assert maker.unlock(header, "Zoe\u0308 fictional") == maker.database_key


@pytest.mark.parametrize("passphrase", ["", "a\0b", "\ud800", "x" * 1025])
def test_a_passphrase_that_could_never_be_typed_is_not_taken(maker, header, passphrase):
    def create(text):
        return maker.create(passphrase=text)

    assert code(create, passphrase) == "usage"
    assert code(maker.with_passphrase, header, passphrase) == "usage"


@pytest.mark.parametrize("passphrase", ["", "a\0b", "\ud800", "x" * 5000])
def test_what_cannot_be_a_passphrase_opens_nothing(maker, header, passphrase, monkeypatch):
    # Not even a slot that somebody wrapped under no passphrase at all.
    monkeypatch.setattr(slots, "prepare", lambda text: b"")
    empty = maker.with_passphrase(header, "")
    monkeypatch.undo()
    assert code(maker.unlock, empty, passphrase) == "passphrase_wrong"


# The MAC, recovery, and rewriting


def test_a_change_outside_the_slot_is_damage_though_the_slot_opens(maker, header):
    changed = edited(header, lambda document: document["slots"][1].update(wrap="A" * 64))
    assert code(maker.unlock, changed) == "vault_damaged"
    removed = edited(header, lambda document: document["slots"].pop())
    assert code(maker.unlock, removed) == "vault_damaged"


def test_recovery_is_for_its_own_key_only(maker, header):
    assert code(slots.unlock_with_recovery, header, [HybridIdentity(bytes(32))]) == "not_addressed"
    assert code(slots.unlock_with_recovery, header, []) == "not_addressed"
    assert code(slots.unlock_with_recovery, maker.create(recovery=False), [maker.recovery]) == "not_addressed"


@pytest.mark.parametrize("field", ["box", "commitment", "wrap"])
def test_a_damaged_recovery_slot_is_damage(maker, header, field):
    for value in ("", "A", "AAAA"):
        changed = edited(header, lambda document, new=value: document["slots"][1].update({field: new}))
        assert code(slots.unlock_with_recovery, changed, [maker.recovery]) == "vault_damaged"


def test_recovery_is_post_quantum_only(maker):
    with pytest.raises(TypeError):
        slots.with_recovery(
            maker.create(recovery=False),
            maker.database_key,
            X25519Identity(bytes(range(32))).recipient,
            maker.randomness,
        )


def test_a_recovery_slot_with_a_classical_box_is_not_opened(maker, header):
    classical = X25519Identity(bytes(range(32)))
    parsed, secret = slots._read(header), bytes(32)
    bare = slots.RecoverySlot(slots.to_base64(slots.age.seal_bytes(secret, [classical.recipient])), "", "")
    binding = slots._binding(parsed, 1, bare)
    key, commitment = slots._slot_keys(secret, binding)
    wrap = slots.seal_once(key, maker.database_key, binding)
    slot = slots.RecoverySlot(bare.box, slots.to_base64(commitment), slots.to_base64(wrap))
    crafted = slots._written(parsed, [parsed.slots[0], slot], maker.database_key)
    assert maker.unlock(crafted) == maker.database_key
    assert code(slots.unlock_with_recovery, crafted, [classical]) == "vault_damaged"


def test_a_new_passphrase_replaces_the_old_and_leaves_recovery(maker, header):
    changed = maker.with_passphrase(header, "another fictional one")
    assert maker.unlock(changed, "another fictional one") == maker.database_key
    assert code(maker.unlock, changed) == "passphrase_wrong"
    assert slots.unlock_with_recovery(changed, [maker.recovery]) == maker.database_key
    before, after = json.loads(header)["slots"], json.loads(changed)["slots"]
    assert before[1] == after[1]
    assert all(before[0][field] != after[0][field] for field in ("salt", "commitment", "wrap"))


def test_recovery_is_added_and_replaced(maker):
    second = HybridIdentity(bytes(32))
    added = slots.with_recovery(
        maker.create(recovery=False), maker.database_key, maker.recovery.recipient, maker.randomness
    )
    replaced = slots.with_recovery(added, maker.database_key, second.recipient, maker.randomness)
    assert slots.unlock_with_recovery(added, [maker.recovery]) == maker.database_key
    assert slots.unlock_with_recovery(replaced, [second]) == maker.database_key
    assert code(slots.unlock_with_recovery, replaced, [maker.recovery]) == "not_addressed"
    assert maker.unlock(replaced) == maker.unlock(added) == maker.database_key


def test_a_header_is_rewritten_with_its_own_key_only(maker, header):
    changed = edited(header, lambda document: document.update(generation=2))
    for data, key in ((header, bytes(32)), (changed, maker.database_key)):
        with pytest.raises(Damaged):
            maker.with_passphrase(data, "another fictional one", key)
        with pytest.raises(Damaged):
            slots.with_recovery(data, key, maker.recovery.recipient, maker.randomness)


def test_slots_of_two_states_of_one_header_are_not_mixed_unseen(maker, header):
    changed = maker.with_passphrase(header, "another fictional one")
    old_slot = json.loads(header)["slots"][0]
    mixed = edited(changed, lambda document: document["slots"].__setitem__(0, old_slot))
    # The box is the same and so is the rest: this is the old header but for its MAC, which is the new one's.
    assert code(maker.unlock, mixed) == "vault_damaged"


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_only_a_key_of_32_bytes_is_wrapped(maker, size):
    with pytest.raises(ValueError):
        maker.create(key=bytes(size))


def test_a_cost_out_of_bounds_is_never_written(maker, header):
    with pytest.raises(ValueError):
        slots.with_passphrase(
            header, maker.database_key, "another", maker.randomness, cost=slots.Cost(8, 1, 1)
        )
