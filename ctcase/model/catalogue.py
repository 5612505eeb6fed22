"""The fields of all forms in use, by record and name, with the form that each comes from."""

from collections.abc import Iterable, Mapping

import msgspec

from ctcase.model import forms
from ctcase.model.forms import CodeList, Field, Form
from ctcase.model.values import Value

ALIAS = Field(
    record="case",
    name="alias",
    type="text",
    category="case",
    label={"en": "Alias"},
    searchable=True,
    longest=200,
)
"""The working name of a case, which no form asks: it is never derived from the real one."""


class Known(msgspec.Struct, frozen=True):
    """A field and the form it comes from; the alias has none."""

    field: Field
    form: str
    version: int


class Catalogue:
    """The fields of the forms in use, by record kind and name."""

    def __init__(self, shipped: Iterable[Form], codelists: Mapping[str, CodeList]) -> None:
        self.codelists = codelists
        self._fields: dict[tuple[str, str], Known] = {
            (field.record, field.name): Known(field, form.id, form.version)
            for form in shipped
            for field in form.fields()
        }
        self._fields["case", "alias"] = Known(ALIAS, "", 0)

    def find(self, kind: str, name: str) -> Known | None:
        """A field by record kind and name."""
        return self._fields.get((kind, name))

    def check(self, known: Known, value: Value) -> str | None:
        """Why a value cannot be taken."""
        return forms.check_value(known.field, value, self.codelists)
