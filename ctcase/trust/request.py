"""The request file of enrolment: a device's public keys, signed with its own key as proof that it has it."""

import msgspec

from ctcase.crypto import dsse
from ctcase.crypto.signing import SigningKey, is_sound_public, key_id
from ctcase.errors import Refused
from ctcase.model import canonical
from ctcase.model.ids import is_record_id
from ctcase.trust.roster import device_digest
from ctcase.workflow.policy import ROLES

PAYLOAD_TYPE = "application/vnd.ctcase.enrolment-request.v1+json"
LARGEST_REQUEST = 64 * 1024
ADDRESSEES = frozenset({"office", "all"})
"""Words that bundles are addressed by beside ids of members: nobody may have one for an id."""

MOST_FORMER = 64
"""Devices that one vault was before; a request names no more of them, the last ones."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a new device asks for; `replaces` is the device that it takes over from after a restore.

    `former` are others that the vault was before: the office may have enrolled one that never heard of it.
    """

    device: str
    member: str
    name: str
    roles: tuple[str, ...]
    signing: bytes
    sealing: str
    replaces: str = ""
    office: str = ""
    former: tuple[str, ...] = ()

    @property
    def digest(self) -> bytes:
        """What the two sides compare as words."""
        return device_digest(self.signing, self.sealing)


_reader = canonical.decoder(Request)


def write(request: Request, key: SigningKey) -> bytes:
    """The bytes of the request file."""
    return dsse.encode(dsse.sign(PAYLOAD_TYPE, canonical.encode(request), [key]))


def read(data: bytes) -> Request:
    """A request whose device proves possession of its key; everything else is refused."""
    try:
        envelope = dsse.decode(data, PAYLOAD_TYPE, LARGEST_REQUEST)
        request = canonical.decode(envelope.payload, _reader)
    except dsse.EnvelopeError as problem:
        raise Refused("file_not_understood") from problem
    except canonical.NotCanonicalError as problem:
        raise Refused("file_not_understood") from problem
    if not (is_sound_public(request.signing) and request.device == key_id(request.signing)):
        raise Refused("signature_wrong")
    if not dsse.signers(envelope, {request.device: request.signing}):
        raise Refused("signature_wrong")
    if not (0 < len(request.name) <= 200 and request.roles and set(request.roles) <= set(ROLES)):
        raise Refused("file_not_understood")
    if not is_record_id(request.member) or request.member in ADDRESSEES:
        raise Refused("file_not_understood")
    if len(request.former) > MOST_FORMER:
        raise Refused("limit_exceeded", what="request")
    return request
