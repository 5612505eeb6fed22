"""Forms and code lists: the data a case can hold, described by files and not by the program (docs/forms.md).

A form is read strictly and never changed afterwards. `check_value` and `parse_text` judge one answer; nothing here
decides whether a case may be saved, because a partly filled form is always saved.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from ctcase.errors import CtcaseError, Refused
from ctcase.model import resources
from ctcase.model.canonical import BIGGEST_INTEGER
from ctcase.model.values import DECLINED, UNKNOWN, Missing, Value, is_partial_date

FORMAT_VERSION = 1
LARGEST_FILE = 1024 * 1024
"""Bytes of a form or of a code list."""
LARGEST_TEXT = 16 * 1024
LARGEST_LONG_TEXT = 64 * 1024
"""Bytes in UTF-8 of one answer."""
MOST_CHOICES = 200
"""Values of one answer that is a list."""

FieldType = Literal[
    "text", "long_text", "texts", "phone", "email", "integer", "decimal", "boolean", "date",
    "choice", "choices", "country", "countries", "language", "languages",
]  # fmt: skip
RecordKind = Literal[
    "person", "case", "consent", "assessment", "service", "referral", "task", "note", "document"
]
Category = Literal["identity", "contact", "location", "case", "health", "legal", "documents", "family"]

TEXT_TYPES = frozenset({"text", "long_text", "phone", "email"})
LIST_TYPES = frozenset({"texts", "choices", "countries", "languages"})
CODED_TYPES = frozenset({"choice", "choices", "country", "countries", "language", "languages"})
_OWN_LIST = {
    "country": "countries",
    "countries": "countries",
    "language": "languages",
    "languages": "languages",
}

_Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
_Key = Annotated[str, Meta(pattern=r"^[a-z]{1,16}\.[a-z][a-z0-9_]{0,63}\Z")]
_Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,128}\Z")]
_Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")]
_Line = Annotated[str, Meta(min_length=1, max_length=300)]
_Lines = Annotated[str, Meta(min_length=1, max_length=4000)]
_Version = Annotated[int, Meta(ge=1, le=1_000_000)]
Label = Annotated[dict[_Language, _Line], Meta(min_length=1, max_length=40)]
Help = Annotated[dict[_Language, _Lines], Meta(max_length=40)]

_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Credit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whose work a form or list is built on, as the licence of that work asks."""

    title: _Line
    publisher: _Line
    licence: _Line
    licence_url: _Line
    source: _Line
    changes: _Lines
    notice: _Lines = ""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An answer compared with codes, or asked whether it is there; exactly one of the two."""

    field: _Key
    has: Annotated[tuple[str | int | bool, ...], Meta(max_length=MOST_CHOICES)] = ()
    answered: bool | None = None

    def __post_init__(self) -> None:
        if bool(self.has) == (self.answered is not None):
            raise ValueError("has or answered")


class ShownWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a field or section is shown: all, or any, of some conditions."""

    all: Annotated[tuple[Condition, ...], Meta(max_length=20)] = ()
    any: Annotated[tuple[Condition, ...], Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        if bool(self.all) == bool(self.any):
            raise ValueError("all or any")


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question. `record.name` is its key in the log; texts for people are by language."""

    record: RecordKind
    name: _Name
    type: FieldType
    category: Category
    label: Label
    help: Help = {}
    codelist: _Name | None = None
    required: bool = False
    shown_when: ShownWhen | None = None
    sensitive: bool = False
    confidential: bool = False
    searchable: bool = False
    retired: bool = False
    longest: Annotated[int, Meta(ge=1, le=LARGEST_LONG_TEXT)] | None = None
    least: Annotated[int, Meta(ge=-BIGGEST_INTEGER, le=BIGGEST_INTEGER)] | None = None
    most: Annotated[int, Meta(ge=-BIGGEST_INTEGER, le=BIGGEST_INTEGER)] | None = None
    htcds: Annotated[str, Meta(pattern=r"^[a-z]{3}_[A-Za-z]{1,64}\Z")] | None = None
    htcds_label: _Line | None = None

    def __post_init__(self) -> None:
        needs_list = self.type in ("choice", "choices")
        if needs_list != (self.codelist is not None):
            raise ValueError("codelist")
        if self.longest is not None and self.type not in TEXT_TYPES:
            raise ValueError("longest")
        if (self.least, self.most) != (None, None) and self.type != "integer":
            raise ValueError("least or most")
        if self.htcds_label is not None and self.htcds is None:
            raise ValueError("htcds_label")
        if self.htcds is not None and self.type == "texts":
            # A sheet joins several values by `;`, which free texts may contain themselves.
            raise ValueError("htcds")
        if self.htcds is not None and self.confidential:
            # What is confidential leaves only when a person picks it, never as a column of an export.
            raise ValueError("confidential")

    @property
    def key(self) -> str:
        """The field's name in the log and on the command line, for the case's only person and case record."""
        return f"{self.record}.{self.name}"

    @property
    def list_id(self) -> str | None:
        """The code list that its answers come from, if any."""
        return self.codelist or _OWN_LIST.get(self.type)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A group of fields; a repeatable one makes one record each time, so its fields share that kind of record."""

    id: _Name
    title: Label
    fields: Annotated[tuple[Field, ...], Meta(min_length=1, max_length=200)]
    help: Help = {}
    repeatable: bool = False
    shown_when: ShownWhen | None = None

    def __post_init__(self) -> None:
        kinds = {field.record for field in self.fields}
        if self.repeatable and (len(kinds) != 1 or "case" in kinds):
            raise ValueError("repeatable")


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole form, as it is read from a file."""

    format: Literal["ctcase-form"]
    format_version: Literal[1]
    id: _Name
    version: _Version
    title: Label
    sections: Annotated[tuple[Section, ...], Meta(min_length=1, max_length=100)]
    credit: Credit | None = None

    def __post_init__(self) -> None:
        fields = list(self.fields())
        keys = {field.key for field in fields}
        if len(fields) > 1000:
            raise ValueError("fields")
        if len(keys) != len(fields) or len({section.id for section in self.sections}) != len(self.sections):
            raise ValueError("names")
        standard = [field.htcds for field in fields if field.htcds]
        if len(set(standard)) != len(standard):
            raise ValueError("htcds")
        if not {condition.field for condition in _conditions(self.sections)} <= keys:
            raise ValueError("shown_when")

    def fields(self) -> Iterable[Field]:
        """All fields in order."""
        return (field for section in self.sections for field in section.fields)


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value of a code list: the code is stored, the labels are shown, `also` is understood when read."""

    code: _Code
    label: Label
    also: Annotated[tuple[_Line, ...], Meta(max_length=20)] = ()
    retired: bool = False


class CodeList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """A list of codes that fields refer to by its id."""

    format: Literal["ctcase-codelist"]
    format_version: Literal[1]
    id: _Name
    version: _Version
    title: Label
    entries: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=5000)]
    credit: Credit | None = None

    def __post_init__(self) -> None:
        if len(self.codes) != len(self.entries):
            raise ValueError("codes")

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes, retired ones too: what was stored stays readable."""
        return frozenset(entry.code for entry in self.entries)


class _Head(msgspec.Struct, frozen=True):
    format: str
    format_version: int


T = TypeVar("T", Form, CodeList)


def _conditions(sections: Iterable[Section]) -> Iterable[Condition]:
    for section in sections:
        for when in (section.shown_when, *(field.shown_when for field in section.fields)):
            if when is not None:
                yield from (*when.all, *when.any)


def _load(data: bytes, kind: type[T], name: str) -> T:
    resources.check_json(data, LARGEST_FILE)
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format == name and head.format_version > FORMAT_VERSION:
            raise Refused("newer_version", format=name)
        return msgspec.json.decode(data, type=kind, strict=True)
    except msgspec.MsgspecError:
        raise Refused("file_not_understood", reason="schema") from None


def load_form(data: bytes) -> Form:
    """Reads a form file; Refused `file_not_understood`, `newer_version` or `limit_exceeded`."""
    return _load(data, Form, "ctcase-form")


def load_codelist(data: bytes) -> CodeList:
    """Reads a code list file; refused like a form."""
    return _load(data, CodeList, "ctcase-codelist")


def shipped_forms() -> tuple[Form, ...]:
    """The forms that come with the program, by file name; read anew each time, so keep them."""
    return tuple(load_form(data) for data in resources.files("forms"))


def shipped_codelists() -> dict[str, CodeList]:
    """The code lists that come with the program, by id."""
    lists = (load_codelist(data) for data in resources.files("codelists"))
    return {found.id: found for found in lists}


def say(texts: Mapping[str, str], language: str) -> str:
    """A text for people in a language, else in English, else in the first language there is; empty if none."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def is_shown(when: ShownWhen | None, values: Mapping[str, Value]) -> bool:
    """Whether a field or section is shown, by the answers of the same case (and the same repeated record)."""
    if when is None:
        return True
    results = [_holds(condition, values.get(condition.field)) for condition in (*when.all, *when.any)]
    return all(results) if when.all else any(results)


def _holds(condition: Condition, value: Value) -> bool:
    there = value is not None and not isinstance(value, Missing)
    if condition.answered is not None:
        return there == condition.answered
    given = value if isinstance(value, tuple) else (value,)
    # True == 1 in Python, but an answer "yes" is not the number one.
    return any(type(one) is type(wanted) and one == wanted for one in given for wanted in condition.has)


def check_text(text: str, longest: int) -> str | None:
    """The error code of a text, or None: at most `longest` bytes in UTF-8, no NUL, no lone surrogate."""
    if "\0" in text or (not text.isascii() and _SURROGATE.search(text)):
        return "bad_character"
    if len(text) > longest or (len(text) * 4 > longest and len(text.encode()) > longest):
        return "too_long"
    return None


def check_value(field: Field, value: Value, codelists: Mapping[str, CodeList]) -> str | None:
    """The error code of an answer, or None when it is one: a stated absence and a cleared field always are.

    Codes: wrong_type, too_long, bad_character, not_a_number, out_of_range, date_invalid, not_in_list, too_many, twice,
    empty (a list without values: null clears a field).
    """
    if value is None or isinstance(value, Missing):
        return None
    if field.type in LIST_TYPES:
        return _check_list(field, value, codelists)
    if field.type == "boolean":
        return None if isinstance(value, bool) else "wrong_type"
    if field.type == "integer":
        return _check_integer(field, value)
    if not isinstance(value, str):
        return "wrong_type"
    if field.type == "date":
        return None if is_partial_date(value) else "date_invalid"
    if field.type == "decimal":
        return None if _DECIMAL.fullmatch(value) else "not_a_number"
    if field.type in CODED_TYPES:
        return _check_code(field, value, codelists)
    own = LARGEST_LONG_TEXT if field.type == "long_text" else LARGEST_TEXT
    return check_text(value, min(own, field.longest or own))


def _check_integer(field: Field, value: Value) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "wrong_type"
    least = -BIGGEST_INTEGER if field.least is None else field.least
    most = BIGGEST_INTEGER if field.most is None else field.most
    return None if least <= value <= most else "out_of_range"


def _check_code(field: Field, value: str, codelists: Mapping[str, CodeList]) -> str | None:
    known = codelists.get(field.list_id or "")
    return None if known is not None and value in known.codes else "not_in_list"


def _check_list(field: Field, value: Value, codelists: Mapping[str, CodeList]) -> str | None:
    if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
        return "wrong_type"
    if not value:
        return "empty"
    if len(value) > MOST_CHOICES:
        return "too_many"
    if len(set(value)) != len(value):
        return "twice"
    for one in value:
        found = check_text(one, LARGEST_TEXT) if field.type == "texts" else _check_code(field, one, codelists)
        if found:
            return found
    return None


def parse_text(field: Field, text: str) -> Value:
    """An answer as it is typed behind `F=` on the command line; the result is still to be checked.

    Nothing clears, `@unknown` and `@declined` state an absence, `@@` stands for a leading `@`, `;` separates the
    values of a list. Text is kept as typed. Raises CtcaseError `usage` with `field` and a `problem` code.
    """
    if text == "":
        return None
    if text.startswith("@@"):
        text = text[1:]
    elif text.startswith("@"):
        if text not in ("@unknown", "@declined"):
            raise CtcaseError("usage", field=field.key, problem="unknown_word")
        return UNKNOWN if text == "@unknown" else DECLINED
    value = _typed(field, text)
    if value is None:
        raise CtcaseError(
            "usage", field=field.key, problem="not_a_number" if field.type == "integer" else "wrong_type"
        )
    return value


def _typed(field: Field, text: str) -> Value:
    if field.type in LIST_TYPES:
        return tuple(piece.strip() for piece in text.split(";") if piece.strip()) or None
    if field.type == "boolean":
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.strip().lower())
    if field.type == "integer":
        digits = text.strip()
        return int(digits) if re.fullmatch(r"[+-]?[0-9]{1,16}", digits, re.ASCII) else None
    return text if field.type in TEXT_TYPES else text.strip()
