"""A small document, encrypted and authenticated under a 32-byte key, as canonical JSON.

With a slots header beside it (`join`, `split`) it is a whole file that opens by passphrase or by recovery key: the
root store of an office is one.
"""

import msgspec

from ctcase.crypto.kdf import KEY_SIZE, from_base64, hkdf, open_once, seal_once, to_base64
from ctcase.errors import Damaged, Refused
from ctcase.model import canonical
from ctcase.model.ids import Randomness

VERSION = 1
LARGEST = 16 << 20
_SALT_SIZE = 32
_TAG = b"ctcase/sealed-document/v1\0"


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    kind: str
    salt: str
    body: str


class _Opening(msgspec.Struct, frozen=True):
    version: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: msgspec.Raw
    document: msgspec.Raw


_SEALED = canonical.decoder(_Sealed)
_OPENING = msgspec.json.Decoder(_Opening)
_FILE = canonical.decoder(_File)


def seal_document(kind: str, key: bytes, plaintext: bytes, randomness: Randomness) -> bytes:
    """Canonical JSON that holds `plaintext`; `kind` says what it is and is authenticated with it.

    A fresh salt gives every writing a key of its own. Raises ValueError for a key that has not 32 bytes or a plaintext
    over LARGEST.
    """
    if len(key) != KEY_SIZE or len(plaintext) > LARGEST:
        raise ValueError(kind)
    salt = randomness(_SALT_SIZE)
    bound = _bound(kind)
    body = seal_once(hkdf(key, salt=salt, info=_TAG + bound), plaintext, bound)
    return canonical.encode(_Sealed(VERSION, kind, to_base64(salt), to_base64(body)))


def open_document(kind: str, key: bytes, sealed: bytes) -> bytes:
    """The plaintext; raises `newer_version`, or `vault_damaged` for anything but this kind under this key."""
    if len(sealed) > LARGEST * 2:
        raise Damaged("vault_damaged")
    try:
        opening = _OPENING.decode(sealed)
        if opening.version > VERSION:
            raise Refused("newer_version")
        document = canonical.decode(sealed, _SEALED)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Damaged("vault_damaged") from problem
    salt, body = from_base64(document.salt), from_base64(document.body)
    if document.version != VERSION or document.kind != kind or salt is None or body is None:
        raise Damaged("vault_damaged")
    bound = _bound(kind)
    plaintext = open_once(hkdf(key, salt=salt, info=_TAG + bound), body, bound)
    if plaintext is None:
        raise Damaged("vault_damaged")
    return plaintext


def join(header: bytes, document: bytes) -> bytes:
    """One file of a slots header and a sealed document."""
    return canonical.encode(_File(msgspec.Raw(header), msgspec.Raw(document)))


def split(file: bytes) -> tuple[bytes, bytes]:
    """The slots header and the sealed document of a file; each is judged by its own reader."""
    if len(file) > LARGEST * 3:
        raise Damaged("vault_damaged")
    try:
        parts = canonical.decode(file, _FILE)
    except canonical.NotCanonicalError as problem:
        raise Damaged("vault_damaged") from problem
    return bytes(parts.header), bytes(parts.document)


def _bound(kind: str) -> bytes:
    return canonical.encode({"kind": kind, "version": VERSION})
