"""What the parts of an entry say, as typed records (docs/entry-format.md). Absent keys mean the default: canonical."""

from typing import Any, TypeVar

import msgspec

from ctcase.model import canonical
from ctcase.model.values import Integer, Value
from ctcase.workflow.consent import StandingApproval


class _Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    pass


class FieldSet(_Shape, frozen=True):
    """A new value, and the sets of this field that its author was shown and replaces (rule 14)."""

    value: Value
    over: tuple[str, ...] = ()


class Sets(_Shape, frozen=True):
    """The fields of one record in one category, as the form of that version names them."""

    kind: str
    set: dict[str, FieldSet]
    form: str = ""
    version: Integer = 0


class Opening(_Shape, frozen=True):
    """The control part of a root: a case with its code and team, the office's own stream, or a device's access stream."""

    type: str
    code: str = ""
    team: str = ""
    office: str = ""


class ConsentTerms(_Shape, frozen=True):
    """The control part of a consent: its status and what it covers; agencies by id or `kind:`."""

    status: str
    purposes: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    expires: str = ""
    replaces: str = ""


class ConsentData(_Shape, frozen=True):
    """What else was recorded with a consent; it steers nothing."""

    given_by: str = ""
    method: str = ""
    language: str = ""
    interpreter: str = ""
    witness: str = ""
    date: str = ""
    note: str = ""
    names: dict[str, str] = {}  # msgspec copies an empty default


class Step(_Shape, frozen=True):
    """The control part of a step of a referral: the event, the step it follows, and what is judged by.

    `categories` are those of the content (fields or documents) that a submit or a send ahead carries. Consent is judged
    by them, so that the verdict is the same where parts are withheld or erased; content outside them does not count.
    """

    event: str
    follows: str = ""
    agency: str = ""
    agency_kind: str = ""
    service: str = ""
    purpose: str = ""
    urgency: str = ""
    basis: str = ""
    consent: str = ""
    categories: tuple[str, ...] = ()
    keep: str = ""
    standing: str = ""


class StepData(_Shape, frozen=True):
    """The data of a step in one category: words of its author and, for submit and send ahead, the content shared."""

    agency_name: str = ""
    comment: str = ""
    reason: str = ""
    date: str = ""
    channel: str = ""
    contact: str = ""
    outcome: str = ""
    received: str = ""
    feedback: str = ""
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    content: dict[str, Value] = {}  # msgspec copies an empty default


class Disclosure(_Shape, frozen=True):
    """The control part of a letter or an export: what left, to whom, made from which content."""

    what: str
    agency: str = ""
    content: str = ""
    basis: str = ""


class DisclosureData(_Shape, frozen=True):
    """Which fields left, and to whom in words."""

    to: str = ""
    fields: tuple[str, ...] = ()


class Transfer(_Shape, frozen=True):
    """Hands the case to another team."""

    team: str


class Closing(_Shape, frozen=True):
    """Closes a fork, or ends what a device wrote in doubt: exactly these entries and their ancestors count."""

    device: str
    keep: tuple[str, ...] = ()


class Adoption(_Shape, frozen=True):
    """Gives void sets effect."""

    ids: tuple[str, ...]


class Standing(_Shape, frozen=True):
    """A standing approval (rule 17a): what the signature of a supervisor's device approves beforehand.

    `number` and `roster` place the signature in the device's log, so that its rights can be judged.
    """

    device: str
    number: Integer
    roster: Integer
    scope: StandingApproval


class Access(_Shape, frozen=True):
    """A sensitive section was read: of which case and record, and which category; in the device's own stream."""

    stream: str
    record: str
    category: str


STANDING_TYPE = "application/vnd.ctcase.standing-approval.v1+json"


class StandingNotice(_Shape, frozen=True):
    """Carries a signed standing approval to the team, in the office's stream."""

    envelope: str


CONTROL_OF: dict[str, type[_Shape]] = {
    "open": Opening,
    "consent": ConsentTerms,
    "step": Step,
    "disclose": Disclosure,
    "transfer": Transfer,
    "close": Closing,
    "adopt": Adoption,
    "standing": StandingNotice,
    "access": Access,
}
"""By kind of entry, what its control part says. A `set` has none."""

DATA_OF: dict[str, type[_Shape]] = {
    "open": Sets,
    "set": Sets,
    "consent": ConsentData,
    "step": StepData,
    "disclose": DisclosureData,
}
"""By kind of entry, what its other parts say."""

KINDS = frozenset(CONTROL_OF) | frozenset(DATA_OF)

S = TypeVar("S", bound=_Shape)

_shapes: tuple[type[_Shape], ...] = (*CONTROL_OF.values(), *DATA_OF.values(), Standing)
_readers: dict[type[_Shape], msgspec.json.Decoder[Any]] = {
    shape: canonical.decoder(shape) for shape in _shapes
}


def write(payload: _Shape) -> bytes:
    """The canonical bytes of a payload."""
    return canonical.encode(payload)


def read(data: bytes, shape: type[S]) -> S | None:
    """A payload of that shape; None when the bytes are something else."""
    try:
        document: S = canonical.decode(data, _readers[shape])
    except canonical.NotCanonicalError:
        return None
    return document
