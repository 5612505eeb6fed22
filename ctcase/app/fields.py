"""Fields as commands know them: `record.field` names, values from JSON, and the parts a change is written in."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ctcase.errors import CtcaseError, refusal
from ctcase.log import payload
from ctcase.log.fold_fields import Record
from ctcase.log.payload import FieldSet, Sets
from ctcase.model.catalogue import Known
from ctcase.model.values import Value


def split_name(name: str) -> tuple[str, str]:
    """`record.field` in its two halves."""
    record, dot, field = name.partition(".")
    if not dot or not record or not field:
        raise refusal("usage", reason="unknown_field")
    return record, field


def kind_of(record: str, records: Mapping[str, Record]) -> str | None:
    """The kind of a record named in `record.field`: person and case are the case's only ones."""
    if record in ("person", "case"):
        return record
    found = records.get(record)
    return found.kind if found else None


def as_value(plain: Any) -> Value:
    """A value from JSON: lists of strings become tuples, {"missing": …} an absence; refused if it is none."""
    try:
        return msgspec.convert(plain, Value, strict=True)  # type: ignore[no-any-return]  # a union of value types
    except (msgspec.ValidationError, ValueError) as problem:
        raise refusal("file_not_understood", what="value") from problem


_PLACE = re.compile(r"\$\.([a-z_]{1,40})")


def misread(problem: Exception) -> CtcaseError:
    """The refusal of a document that is not of its shape, with the key where it goes wrong and never the value."""
    place = _PLACE.search(str(problem))
    return refusal("file_not_understood", **({"field": place.group(1)} if place else {}))


class Change(msgspec.Struct, frozen=True):
    """A new value of a field, with the sets that its author was shown."""

    record: str
    known: Known
    value: Value
    over: tuple[str, ...] = ()


def parts(changes: Iterable[Change]) -> tuple[tuple[str, str, bytes], ...]:
    """The parts of an entry: one for each record and category; fields of one form go together."""
    grouped: dict[tuple[str, str], dict[str, FieldSet]] = {}
    forms_of: dict[tuple[str, str], Known] = {}
    for change in changes:
        key = (change.record, change.known.field.category)
        grouped.setdefault(key, {})[change.known.field.name] = FieldSet(
            change.value, tuple(sorted(set(change.over)))
        )
        if change.known.form or key not in forms_of:
            forms_of[key] = change.known
    return tuple(
        (record, category, payload.write(_sets(forms_of[record, category], sets)))
        for (record, category), sets in sorted(grouped.items())
    )


def _sets(known: Known, sets: dict[str, FieldSet]) -> Sets:
    return Sets(known.field.record, sets, known.form, known.version)
