"""The answers of a case as they are shown and as they were edited: what is unsaved, what is wrong, what undo gives back."""

from collections.abc import Iterable, Mapping

from ctcase.app.results import RecordShown
from ctcase.model import forms
from ctcase.model.forms import CodeList, Field, Section
from ctcase.model.values import Value


def _same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and one == other


class CaseDraft:
    """Pure data; nothing here is in the vault before it is saved."""

    def __init__(self, fields: Iterable[Field], codelists: Mapping[str, CodeList]) -> None:
        self._fields = {field.key: field for field in fields}
        self._codelists = codelists
        self._saved: dict[str, Value] = {}
        self._edited: dict[str, Value] = {}
        self._undo: list[tuple[str, Value]] = []

    def load(self, records: Iterable[RecordShown]) -> None:
        """What the vault has now. Edits stay; those that the vault has taken over are no edits any more."""
        self._saved = {
            f"{record.id}.{name}": value
            for record in records
            if record.id in ("person", "case")
            for name, value in record.fields.items()
        }
        self._edited = {
            key: value for key, value in self._edited.items() if not _same(value, self._saved.get(key))
        }
        self._undo = [(key, value) for key, value in self._undo if key in self._edited]

    def edited(self) -> dict[str, Value]:
        """What is not saved, by field."""
        return dict(self._edited)

    def put_back(self, edited: Mapping[str, Value]) -> None:
        """Take edits of before up again; those that the vault has taken over meanwhile are none."""
        for key, value in edited.items():
            self.edit(key, value)

    def value(self, key: str) -> Value:
        """The answer as it stands in the form."""
        return self._edited[key] if key in self._edited else self._saved.get(key)

    def values(self) -> dict[str, Value]:
        """All answers as they stand in the form."""
        return {**self._saved, **self._edited}

    def edit(self, key: str, value: Value) -> None:
        """The person gave an answer."""
        before = self.value(key)
        if _same(before, value):
            return
        if not self._undo or self._undo[-1][0] != key:
            self._undo.append((key, before))
        self._put(key, value)

    def undo(self) -> str | None:
        """Take back the last field edited; its key, or None when nothing is unsaved."""
        if not self._undo:
            return None
        key, before = self._undo.pop()
        self._put(key, before)
        return key

    def _put(self, key: str, value: Value) -> None:
        if _same(value, self._saved.get(key)):
            self._edited.pop(key, None)
        else:
            self._edited[key] = value

    def problem(self, key: str) -> str | None:
        """The code of what is wrong with an answer."""
        field = self._fields.get(key)
        return forms.check_value(field, self.value(key), self._codelists) if field else None

    def problems(self) -> dict[str, str]:
        """What is wrong, by field; only what was edited can be."""
        found = {key: self.problem(key) for key in self._edited}
        return {key: code for key, code in found.items() if code}

    def changes(self) -> dict[str, Value]:
        """What can be saved: edited and not wrong."""
        wrong = self.problems()
        return {key: value for key, value in self._edited.items() if key not in wrong}

    @property
    def is_unsaved(self) -> bool:
        """Whether anything was edited."""
        return bool(self._edited)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    def is_shown(self, when: forms.ShownWhen | None) -> bool:
        """Whether a field or section with this condition is shown now."""
        return forms.is_shown(when, self.values())

    def progress(self, section: Section) -> tuple[int, int, int]:
        """Answered, asked, and wrong in a section as it is shown."""
        shown = [field for field in section.fields if self.is_shown(field.shown_when)]
        answered = sum(self.value(field.key) is not None for field in shown)
        wrong = self.problems()
        return answered, len(shown), sum(field.key in wrong for field in shown)
