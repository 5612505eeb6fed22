"""Known answers, checked when the program starts: a broken or swapped library is found before it touches a vault.

The values are those of the standards named at each check; the post-quantum ones are fixed here and agree with the
independent peer of the tests.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ctcase.crypto import age, kdf, selftest_data, signing

_RFC_8439_TEXT = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    b"sunscreen would be it."
)


class SelfTestError(Exception):
    """A known answer came out wrong; `check` names it. Nothing may be opened or written."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


def _sha256() -> bool:
    """FIPS 180-4, "abc"."""
    digest = hashlib.sha256(b"abc").hexdigest()
    return digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def _hmac() -> bool:
    """RFC 4231 §4.3."""
    tag = hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256").hex()
    return tag == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def _hkdf() -> bool:
    """RFC 5869 appendix A.1."""
    derived = kdf.hkdf(b"\x0b" * 22, salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)), length=42)
    return derived.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def _chacha20_poly1305() -> bool:
    """RFC 8439 §2.8.2, and that a changed bit is refused."""
    cipher = ChaCha20Poly1305(bytes(range(0x80, 0xA0)))
    nonce, bound = bytes.fromhex("070000004041424344454647"), bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    sealed = cipher.encrypt(nonce, _RFC_8439_TEXT, bound)
    refused = kdf.open_once(bytes(32), kdf.seal_once(bytes(32), b"ctcase")[:-1] + b"\0") is None
    return sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691" and refused


def _argon2id() -> bool:
    """RFC 9106 §5.3."""
    derived = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        secret=b"\x03" * 8,
        ad=b"\x04" * 12,
    ).derive(b"\x01" * 32)
    return derived.hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


def _ed25519() -> bool:
    """RFC 8032 §7.1 test 1, a changed message, and a key of low order."""
    key = signing.SigningKey(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    signature = key.sign(b"")
    expected = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    good = signing.verify(key.public, signature, b"")
    bad = signing.verify(key.public, signature, b"x") or signing.is_sound_public(b"\x01" + bytes(31))
    return signature.hex() == expected and good and not bad


def _x25519() -> bool:
    """RFC 7748 §6.1."""
    private = X25519PrivateKey.from_private_bytes(
        bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    )
    public = X25519PublicKey.from_public_bytes(
        bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    )
    return private.exchange(public).hex() == (
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    )


def _hybrid_key() -> bool:
    """The public half of a fixed seed."""
    digest = hashlib.sha256(_identity().recipient.key).hexdigest()
    return digest == "c9a3565ffde4f72b51661be391ee13e46378d7f06dd5c8bf5af9d2cfb5b8336b"


def _hybrid_opening() -> bool:
    """A file sealed long ago."""
    return age.unseal_bytes(selftest_data.SEALED, [_identity()], 16, hybrid_only=True) == b"ctcase"


def _hybrid_round_trip() -> bool:
    """A file sealed now opens; for another identity it does not."""
    identity = _identity()
    sealed = age.seal_bytes(b"ctcase", [identity.recipient])
    try:
        age.unseal_bytes(sealed, [age.HybridIdentity(bytes(32))], 16)
    except age.AgeError as refused:
        return refused.reason == "no_match" and age.unseal_bytes(sealed, [identity], 16) == b"ctcase"
    return False


def _identity() -> age.HybridIdentity:
    return age.HybridIdentity(bytes(range(32)))


CHECKS: Mapping[str, Callable[[], bool]] = {
    "sha256": _sha256,
    "hmac": _hmac,
    "hkdf": _hkdf,
    "chacha20_poly1305": _chacha20_poly1305,
    "argon2id": _argon2id,
    "ed25519": _ed25519,
    "x25519": _x25519,
    "hybrid_key": _hybrid_key,
    "hybrid_opening": _hybrid_opening,
    "hybrid_round_trip": _hybrid_round_trip,
}


def run(checks: Mapping[str, Callable[[], bool]] = CHECKS) -> int:
    """How many checks ran, all of them right; raises SelfTestError otherwise. Takes a few milliseconds."""
    for name, check in checks.items():
        try:
            right = check()
        except (ValueError, TypeError, age.AgeError) as problem:
            raise SelfTestError(name) from problem
        if not right:
            raise SelfTestError(name)
    return len(checks)
