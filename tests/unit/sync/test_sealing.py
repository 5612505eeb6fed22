"""Bundles as a whole: what goes in comes out, and whatever is wrong is refused with its own code (B01, B02, B05-B13)."""

import hashlib
import random

import msgspec
import pytest

from ctcase.crypto import age, dsse
from ctcase.crypto.recipients import HybridIdentity, X25519Identity
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.errors import CtcaseError, Damaged, Refused
from ctcase.model import canonical
from ctcase.sync import frames, manifest, packing
from ctcase.sync.frames import Frame
from ctcase.sync.manifest import NotTaken, Receipt
from ctcase.sync.padding import padded_size
from ctcase.sync.sealing import LARGEST_BUNDLE, Content, unseal, write

RECEIPT = Receipt("c" * 64, 3, (NotTaken("signature", "d" * 64),), 7)


@pytest.fixture(scope="module")
def entries(team):
    return team(9).history(8)


@pytest.fixture(scope="module")
def written(heading, entries, sender, recipients):
    content = Content((b"first roster", b"second"), entries, (RECEIPT,))
    return write(heading, content, sender, recipients)


@pytest.fixture(scope="module")
def inside(written, identity):
    """The frames of the bundle as they were before it was sealed."""
    return list(frames.walk(age.unseal_bytes(written.data, [identity], LARGEST_BUNDLE)))


@pytest.fixture
def opened(identity, recipients):
    """Seals frames or raw plaintext by hand and opens them as a bundle."""

    def run(content):
        plaintext = content if isinstance(content, bytes) else frames.join(content)
        return unseal(age.seal_bytes(plaintext, list(recipients.values())), [identity])

    return run


@pytest.fixture
def with_manifest(written, sender, inside):
    """The frames under a manifest that says something else, signed by the sender."""

    def run(following=None, *, kind=manifest.PAYLOAD_TYPE, keys=None, **changes):
        said = msgspec.structs.replace(written.manifest, **changes)
        envelope = dsse.sign(kind, canonical.encode(said), keys or [sender])
        return [
            Frame(frames.MANIFEST, dsse.encode(envelope)),
            *(inside[1:] if following is None else following),
        ]

    return run


def refused(code, run, *arguments):
    with pytest.raises(CtcaseError) as refusal:
        run(*arguments)
    assert refusal.value.code == code


def test_what_goes_in_comes_out(written, entries, identity, sender, heading):
    bundle = unseal(written.data, [HybridIdentity(bytes(32)), identity])
    said = bundle.manifest
    assert (said.office, said.addressee, said.purpose) == (heading.office, "office", "sync")
    assert (said.number, said.roster, said.training) == (4, 2, True)
    assert said.has == ("a" * 64, "b" * 64)
    assert said.sender == key_id(sender.public)
    assert bundle.digest == written.digest
    assert bundle.rosters == (b"first roster", b"second")
    assert bundle.receipts == (RECEIPT,)
    (batch,) = bundle.batches()
    assert sorted(one.id for one in batch.entries) == sorted(one.id for one in entries)
    assert {one.id: one for one in batch.entries} == {one.id: one for one in entries}


def test_an_empty_bundle_still_acknowledges(heading, sender, recipients, identity):
    bundle = unseal(write(heading, Content(), sender, recipients).data, [identity])
    assert bundle.verified_by(sender.public)
    assert (bundle.rosters, bundle.receipts, list(bundle.batches())) == ((), (), [])


def test_entries_over_several_batches(heading, entries, sender, recipients, identity, monkeypatch):
    monkeypatch.setattr("ctcase.sync.splitting.MOST_ENTRIES", 3)
    bundle = unseal(write(heading, Content(entries=entries), sender, recipients).data, [identity])
    batches = list(bundle.batches())
    assert len(batches) == 3
    assert {one.id for batch in batches for one in batch.entries} == {one.id for one in entries}


def test_only_the_sender_verifies_it(written, identity, sender, opened, with_manifest):
    bundle = unseal(written.data, [identity])
    assert bundle.verified_by(sender.public)
    assert not bundle.verified_by(SigningKey(bytes(32)).public)
    assert not bundle.verified_by(b"\1" + bytes(31))
    assert not bundle.verified_by(b"")
    frame = with_manifest()[0]
    envelope = dsse.decode(frame.body, manifest.PAYLOAD_TYPE)
    forged = (msgspec.structs.replace(envelope.signatures[0], sig=bytes(64)),)
    frame = Frame(frames.MANIFEST, dsse.encode(msgspec.structs.replace(envelope, signatures=forged)))
    assert not opened([frame, *with_manifest()[1:]]).verified_by(sender.public)


def test_everything_a_manifest_says_is_signed(written, opened, with_manifest, sender):
    original = dsse.decode(with_manifest()[0].body, manifest.PAYLOAD_TYPE)
    for name, value in (
        ("addressee", "someone"), ("devices", ("2" * 64,)), ("purpose", "welcome"), ("office", "e" * 64),
        ("number", 5), ("roster", 9), ("training", False), ("has", ()), ("heads", "9" * 64),
    ):  # fmt: skip
        said = msgspec.structs.replace(written.manifest, **{name: value})
        envelope = msgspec.structs.replace(original, payload=canonical.encode(said))
        bundle = opened([Frame(frames.MANIFEST, dsse.encode(envelope)), *with_manifest()[1:]])
        assert bundle.manifest == said
        assert not bundle.verified_by(sender.public)


def test_every_size_is_a_class(heading, team, sender, recipients, identity):
    sizes = set()
    for count in (0, 1, 2, 30, 60):
        written = write(heading, Content(entries=team(count).history(count)), sender, recipients)
        plaintext = age.unseal_bytes(written.data, [identity], LARGEST_BUNDLE)
        assert len(plaintext) == padded_size(len(plaintext))
        sizes.add(len(written.data))
    assert len(sizes) < 4


def test_a_bundle_for_somebody_else(written):
    refused("not_addressed", unseal, written.data, [HybridIdentity(bytes(32))])
    refused("not_addressed", unseal, written.data, [])


def test_bundles_are_sealed_to_hybrid_recipients_only(heading, sender, inside, recipients):
    classical = X25519Identity(bytes(range(32)))
    with pytest.raises(TypeError):
        write(heading, Content(), sender, {"1" * 64: classical.recipient})
    with pytest.raises(TypeError):
        write(heading, Content(), sender, {**recipients, "2" * 64: classical.recipient})
    sealed = age.seal_bytes(frames.join(inside), [classical.recipient])
    refused("file_not_understood", unseal, sealed, [classical])


def test_nobody_to_seal_to(heading, sender):
    with pytest.raises(Refused, match="limit_exceeded"):
        write(heading, Content(), sender, {})


@pytest.mark.parametrize(
    "data", [b"", b"age", b"PK\x03\x04", b"ctcase-bundle/1\n", b"-----BEGIN AGE ENCRYPTED FILE-----"]
)
def test_other_files(data, identity):
    refused("file_not_understood", unseal, data, [identity])


def test_an_age_file_with_something_else_inside(opened):
    refused("file_not_understood", opened, b"dear all, here is the key to the safe")
    refused("file_not_understood", opened, b"")
    refused("newer_version", opened, b"ctcase-bundle/2\nwhatever")
    refused("newer_version", opened, b"ctcase-bundle/1")


def test_an_age_file_of_another_version(identity, written):
    refused("newer_version", unseal, written.data.replace(b"/v1\n", b"/v2\n", 1), [identity])


def test_too_large_a_file_is_refused_before_it_is_opened(identity):
    refused("limit_exceeded", unseal, bytes(LARGEST_BUNDLE + 1), [identity])


def test_a_sample_of_bits_flipped(written, identity):
    chosen = random.Random(1)
    places = {*range(60), *(chosen.randrange(len(written.data)) for _ in range(250))}
    for place in places:
        data = bytearray(written.data)
        data[place] ^= 1 << chosen.randrange(8)
        with pytest.raises((Refused, Damaged)):
            unseal(bytes(data), [identity])


def test_a_sample_of_truncations_and_of_things_appended(written, identity):
    chosen = random.Random(2)
    for size in {*range(40), *(chosen.randrange(len(written.data)) for _ in range(150))}:
        with pytest.raises((Refused, Damaged)):
            unseal(written.data[:size], [identity])
    for more in (b"\0", bytes(65_536), written.data):
        refused("bundle_damaged", unseal, written.data + more, [identity])


def test_every_truncation_inside_is_damage(inside, opened):
    plaintext = frames.join(inside)
    chosen = random.Random(3)
    for size in {
        len(frames.MAGIC),
        len(plaintext) - 1,
        *(chosen.randrange(16, len(plaintext)) for _ in range(60)),
    }:
        refused("bundle_damaged", opened, plaintext[:size])
    for more in (b"\0", b"\1", bytes(16_384), plaintext):
        refused("bundle_damaged", opened, plaintext + more)


def test_a_sample_of_bytes_changed_inside_is_refused_or_no_longer_signed(inside, opened, sender):
    plaintext = frames.join(inside)
    chosen = random.Random(4)
    for _ in range(200):
        data = bytearray(plaintext)
        data[chosen.randrange(len(data))] ^= chosen.randrange(1, 256)
        try:
            bundle = opened(bytes(data))
        except CtcaseError:
            continue
        assert not bundle.verified_by(sender.public)


def test_frames_are_those_of_the_manifest(inside, opened):
    first, roster, batch, receipts = inside
    for wrong in (
        [first, roster, batch],  # a listed frame is absent
        [first, roster, batch, receipts, receipts],  # the same frame twice
        [first, roster, batch, batch, receipts],
        [first, batch, roster, receipts],  # another order
        [first, roster, batch, receipts, Frame(frames.ENTRIES, b"x")],  # one that is not listed
        [first, Frame(frames.ROSTER, roster.body[:-1]), batch, receipts],
        [first, Frame(frames.ROSTER, roster.body + b"\0"), batch, receipts],
        [first, Frame(frames.ENTRIES, roster.body), batch, receipts],  # another type
        [first, first, roster, batch, receipts],
        [roster, batch, receipts],
        [batch, first, roster, receipts],
        [],
    ):
        refused("bundle_damaged", opened, wrong)


def test_what_a_manifest_may_not_list(opened, with_manifest, inside, written):
    heads = written.manifest.frames
    roster, batch, receipts = inside[1:]
    cases = [
        (heads[::-1], [receipts, batch, roster]),
        ((heads[0], *heads), [roster, roster, batch, receipts]),
        ((*heads, heads[2]), [roster, batch, receipts, receipts]),
        ((msgspec.structs.replace(heads[0], size=-1), *heads[1:]), None),
        ((msgspec.structs.replace(heads[0], digest="0" * 64), *heads[1:]), None),
        ((msgspec.structs.replace(heads[0], digest=heads[0].digest.upper()), *heads[1:]), None),
        ((msgspec.structs.replace(heads[0], size=heads[0].size + 1), *heads[1:]), None),
        ((heads[1],) * 1_025, [batch] * 1_025),
    ]
    for listed, following in cases:
        refused("bundle_damaged", opened, with_manifest(following, frames=listed))


@pytest.mark.parametrize(
    "changes",
    [
        {"addressee": ""}, {"addressee": "../etc"}, {"office": "x"}, {"sender": "0" * 64}, {"devices": ()},
        {"devices": ("2" * 64, "1" * 64)}, {"devices": ("1" * 64, "1" * 64)}, {"has": ("b" * 64, "a" * 64)},
        {"has": ("x",)}, {"heads": "x"}, {"number": -1}, {"roster": -1}, {"format": 0}, {"number": 2**53},
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense(opened, with_manifest, changes):
    refused("bundle_damaged", opened, with_manifest(**changes))


def test_what_only_later_versions_know(opened, with_manifest, inside):
    refused("newer_version", opened, with_manifest(format=2))
    refused("newer_version", opened, with_manifest(purpose="inventory"))
    for kind in (frames.DOCUMENT, 6, 255):
        extra = Frame(kind, b"later")
        listed = (*(manifest.head(one) for one in inside[1:]), manifest.head(extra))
        refused("newer_version", opened, with_manifest([*inside[1:], extra], frames=listed))


@pytest.mark.parametrize(
    "kind",
    ["application/vnd.ctcase.roster.v1+json", "application/vnd.ctcase.entry.v1+json",
     "application/vnd.ctcase.enrolment-request.v1+json"],
)  # fmt: skip
def test_another_kind_of_document_is_no_manifest(opened, with_manifest, kind):
    refused("bundle_damaged", opened, with_manifest(kind=kind))


def test_a_manifest_has_exactly_the_sender_s_signature(opened, with_manifest, sender):
    other = SigningKey(bytes(32))
    refused("bundle_damaged", opened, with_manifest(keys=[other]))
    refused("bundle_damaged", opened, with_manifest(keys=[sender, other]))


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"payload":""}'])
def test_a_manifest_frame_that_is_no_envelope(opened, body):
    refused("bundle_damaged", opened, [Frame(frames.MANIFEST, body)])


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b'{"format":1}', b'{"format":"1"}', b'{"format": 1}', b"[[[["]
)
def test_an_envelope_with_no_manifest_in_it(opened, sender, payload):
    envelope = dsse.sign(manifest.PAYLOAD_TYPE, payload, [sender])
    refused("bundle_damaged", opened, [Frame(frames.MANIFEST, dsse.encode(envelope))])


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 2**31, 100_000])
def test_a_length_beyond_the_end(opened, size):
    data = frames.MAGIC + bytes([frames.MANIFEST]) + size.to_bytes(8, "big")
    refused("bundle_damaged", opened, data.ljust(16_384, b"\0"))


def test_rosters_and_receipts_that_are_damaged_or_too_many(opened, with_manifest):
    for frame, code in (
        (Frame(frames.ROSTER, b"no zstd"), "bundle_damaged"),
        (Frame(frames.ROSTER, packing.pack(["text"])), "bundle_damaged"),
        (Frame(frames.ROSTER, packing.pack([])), "limit_exceeded"),
        (Frame(frames.ROSTER, packing.pack([b""] * 257)), "limit_exceeded"),
        (Frame(frames.ROSTER, packing.zstd.compress(bytes(65 << 20))), "limit_exceeded"),
        (Frame(frames.RECEIPTS, b"[{}]"), "bundle_damaged"),
        (Frame(frames.RECEIPTS, canonical.encode([RECEIPT]) + b" "), "bundle_damaged"),
        (
            Frame(frames.RECEIPTS, canonical.encode([msgspec.structs.replace(RECEIPT, taken=-1)])),
            "bundle_damaged",
        ),
        (Frame(frames.RECEIPTS, canonical.encode([RECEIPT] * 10_001)), "bundle_damaged"),
        (Frame(frames.RECEIPTS, b"[" + b" " * (5 << 20)), "limit_exceeded"),
    ):
        refused(code, opened, with_manifest([frame], frames=(manifest.head(frame),)))


def test_a_damaged_batch_is_found_when_it_is_read(opened, with_manifest, sender):
    frame = Frame(frames.ENTRIES, packing.pack([1, 2, 3]))
    bundle = opened(with_manifest([frame], frames=(manifest.head(frame),)))
    assert bundle.verified_by(sender.public)
    with pytest.raises(Damaged, match="bundle_damaged"):
        list(bundle.batches())


def test_what_a_reader_would_refuse_is_not_written(heading, sender, recipients):
    long_list = msgspec.structs.replace(
        heading, has=[f"{number:064x}" for number in range(manifest.MOST_HAS + 1)]
    )
    for said, content in (
        (long_list, Content()),
        (msgspec.structs.replace(heading, number=-1), Content()),
        (heading, Content(rosters=(b"x",) * 257)),
        (heading, Content(receipts=(RECEIPT,) * 10_001)),
    ):
        with pytest.raises(Refused, match="limit_exceeded"):
            write(said, content, sender, recipients)


def test_the_digest_of_a_bundle_is_that_of_its_signed_manifest(written):
    assert written.digest == hashlib.sha256(canonical.encode(written.manifest)).hexdigest()
