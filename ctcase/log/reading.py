"""An entry's payload as the fold reads it: its control part and its data parts, decoded once, with what is lacking."""

import msgspec

from ctcase.log import payload
from ctcase.log.entry import Entry, Withheld
from ctcase.model.values import CONTROL


class DataPart(msgspec.Struct, frozen=True):
    """One data part that is here: its record, its category, and what it says."""

    record: str
    category: str
    says: payload.Sets | payload.ConsentData | payload.StepData | payload.DisclosureData


class Reading(msgspec.Struct, frozen=True):
    """What an entry says. `lacking` is why it cannot act ("" if it can); `withheld` names (record, category)."""

    lacking: str
    control: object = None
    subject: str = ""
    data: tuple[DataPart, ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()


def read(entry: Entry) -> Reading:
    """Decodes the parts that are here. Content that is not of its kind's shape makes the entry void, not the log."""
    kind = entry.header.kind
    if kind not in payload.KINDS:
        return Reading("unknown_kind")
    lacking, control, subject = "", None, ""
    data: list[DataPart] = []
    withheld: list[tuple[str, str]] = []
    for head, part in zip(entry.header.parts, entry.parts, strict=True):
        steers = head.category == CONTROL
        shape = (payload.CONTROL_OF if steers else payload.DATA_OF).get(kind)
        if isinstance(part, Withheld):
            withheld.append((head.record, head.category))
        elif part is None:
            lacking = lacking or "payload_missing"
        elif (
            shape is None
            or (says := payload.read(part.payload, shape)) is None
            or (steers and control is not None)
        ):
            return Reading("malformed")
        elif steers:
            control, subject = says, head.record
        else:
            data.append(DataPart(head.record, head.category, says))  # type: ignore[arg-type]  # a shape of DATA_OF
    if not lacking and (control is None) == (kind in payload.CONTROL_OF):
        return Reading("malformed")
    return Reading(lacking, control, subject, tuple(data), tuple(withheld))
