"""The answers of a case as they are shown and as they were edited: what is unsaved, what is wrong, what undo gives back."""

from collections.abc import Iterable, Mapping

from ctcase.app.cases import Shown
from ctcase.app.results import CaseSet, RecordShown
from ctcase.model import forms
from ctcase.model.forms import CodeList, Field, Section
from ctcase.model.values import Value

SHOWN = "shown:"
"""Before the name of a field in a state: the sets behind what was shown of it when editing began."""


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
        self._now: Shown = {}
        self._shown: dict[str, tuple[str, ...]] = {}

    def load(self, records: Iterable[RecordShown], now: Shown) -> None:
        """What the vault has now, and the sets behind it.

        Edits stay, with what their author had seen; those that the vault has taken over are no edits any more.
        """
        before, self._now = self._saved, now
        self._saved = {
            f"{record.id}.{name}": value
            for record in records
            if record.id in ("person", "case")
            for name, value in record.fields.items()
        }
        self._edited = {
            key: value for key, value in self._edited.items() if not _same(value, self._saved.get(key))
        }
        self._shown = {key: sets for key, sets in self._shown.items() if key in self._edited}
        moved = {key for key in self._edited if not _same(before.get(key), self._saved.get(key))}
        last = {key: number for number, (key, _) in enumerate(self._undo)}
        self._undo = [  # what was before the answer of now is past: undo ends there
            (key, self._saved.get(key) if key in moved else value)
            for number, (key, value) in enumerate(self._undo)
            if key in self._edited and (key not in moved or number == last[key])
        ]

    def edited(self) -> dict[str, Value]:
        """What is not saved, by field."""
        return dict(self._edited)

    def state(self) -> dict[str, Value]:
        """What is not saved, and what had been shown instead: enough to take it up again later."""
        return {**self._edited, **{SHOWN + key: sets for key, sets in self._shown.items()}}

    def put_back(self, state: Mapping[str, Value]) -> None:
        """Take edits of before up again; those that the vault has taken over meanwhile are none."""
        for key, value in state.items():
            if key.startswith(SHOWN):
                continue
            self.edit(key, value)
            sets = state.get(SHOWN + key)
            if key in self._edited and isinstance(sets, tuple):
                self._shown[key] = sets

    def shown(self) -> dict[str, tuple[str, ...]]:
        """The sets behind what was shown of each edited field when editing began."""
        return dict(self._shown)

    def overtaken(self) -> list[str]:
        """The edited fields that have another answer now than when editing began."""
        return [key for key, sets in self._shown.items() if set(sets) != set(self._now.get(key, ()))]

    def saved(self, done: CaseSet) -> None:
        """Answers were saved: whoever has typed on since then had seen those."""
        for key in done.changed:
            if key in self._shown and done.entry:
                self._shown[key] = (done.entry,)

    def of_vault(self, key: str) -> Value:
        """The answer as it was read last."""
        return self._saved.get(key)

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
        if _same(self._undo[-1][1], value):  # typed back: there is nothing to take back
            self._undo.pop()

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
            self._shown.pop(key, None)
        else:
            self._shown.setdefault(key, self._now.get(key, ()))
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


def after_saving(state: Mapping[str, Value], answers: Mapping[str, Value], done: CaseSet) -> dict[str, Value]:
    """What is left of a state of before once these answers are saved: what was not, and what was typed since."""
    left: dict[str, Value] = {}
    for key, value in state.items():
        if key.startswith(SHOWN) or (key in answers and _same(value, answers[key])):
            continue
        left[key] = value
        if SHOWN + key in state:
            left[SHOWN + key] = (done.entry,) if done.entry and key in done.changed else state[SHOWN + key]
    return left
