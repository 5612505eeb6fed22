"""Standing approvals (rule 17a): a supervisor's signature that approves what fits its scope, carried by who uses it."""

from ctcase.crypto import dsse
from ctcase.crypto.signing import key_id
from ctcase.log import payload
from ctcase.log.rights import Rights, Row
from ctcase.workflow.consent import standing_covers
from ctcase.workflow.policy import SUPERVISOR

LARGEST_STANDING = 64 * 1024


def read(envelope: str, rights: Rights) -> payload.Standing | None:
    """What an envelope approves; None unless it is signed by the device it names."""
    try:
        opened = dsse.decode(envelope.encode(), payload.STANDING_TYPE, LARGEST_STANDING)
    except dsse.EnvelopeError:
        return None
    says = payload.read(opened.payload, payload.Standing)
    known = rights.devices.get(says.device) if says else None
    if says is None or known is None:
        return None
    return says if dsse.signers(opened, {key_id(known.key): known.key}) else None


def holder(
    envelope: str,
    rights: Rights,
    terms: payload.Step,
    *,
    on: str,
    roster: int,
) -> str | None:
    """The member whose standing approval covers a submit on that day; None if it does not or he may not.

    His rights are judged where he signed and under the `roster` version of the entry that uses the approval: who is
    no supervisor any more approves nothing, not beforehand either.
    """
    says = read(envelope, rights)
    # The number in an envelope is its signer's own word: whoever has a revoked key could still write an old one.
    if says is None or rights.devices[says.device].distrusted:
        return None
    covered = standing_covers(
        says.scope, agency=terms.agency, agency_kind=terms.agency_kind, service=terms.service,
        categories=terms.categories, on=on,
    )  # fmt: skip
    rows = [
        rights.standing(says.device, says.number, version)
        for version in (says.roster, max(says.roster, roster))
    ]
    held = all(isinstance(row, Row) and SUPERVISOR in row.roles for row in rows)
    return _member(rows[-1]) if covered and held else None


def _member(row: Row | str) -> str | None:
    return row.member if isinstance(row, Row) else None
