"""An entry's payload as the fold reads it: its control part and its data parts, decoded once, with what is lacking."""

import msgspec

from ctcase.log import payload
from ctcase.log.entry import Entry, Part
from ctcase.model.values import CONTROL
from ctcase.workflow.referral import TABLE

Says = payload.Sets | payload.ConsentData | payload.StepData | payload.DisclosureData


class DataPart(msgspec.Struct, frozen=True, gc=False):
    """One data part that is here: its record, its category, and what it says."""

    record: str
    category: str
    says: Says


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What an entry says. `lacking` is why it cannot act ("" if it can); `withheld` names (record, category).

    What could be read is here even of an entry that cannot act: a disclosure is a fact whatever is wrong with it.
    """

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
    steering, shape = payload.CONTROL_OF.get(kind), payload.DATA_OF.get(kind)
    malformed, missing, control, subject = False, False, None, ""
    data: list[DataPart] = []
    withheld: list[tuple[str, str]] = []
    for head, part in zip(entry.header.parts, entry.parts, strict=True):
        steers = head.category == CONTROL
        expected = steering if steers else shape
        if not isinstance(part, Part):
            if part is None:
                missing = True
            else:
                withheld.append((head.record, head.category))
        elif expected is None or (says := payload.read(part.payload, expected)) is None:
            malformed = True
        elif not steers:
            data.append(DataPart(head.record, head.category, says))  # type: ignore[arg-type]  # of the shape asked for
        elif control is None:
            control, subject = says, head.record
        else:
            malformed = True
    lacks_control = not missing and control is None and steering is not None
    lacking = "malformed" if malformed or lacks_control else "payload_missing" if missing else ""
    return Reading(lacking, control, subject, _counting(control, data), tuple(withheld))


def _counting(control: object, data: list[DataPart]) -> tuple[DataPart, ...]:
    """The data parts, without content that a step carries outside the categories it states: nobody judged that."""
    if not isinstance(control, payload.Step) or (row := TABLE.get(control.event)) is None or not row.content:
        return tuple(data)
    return tuple(part if part.category in control.categories else _without_content(part) for part in data)


def _without_content(part: DataPart) -> DataPart:
    if not isinstance(part.says, payload.StepData):
        return part
    says = msgspec.structs.replace(part.says, content={}, documents=(), fields=())
    return msgspec.structs.replace(part, says=says)
