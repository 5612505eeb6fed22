"""What was typed and is not saved, by the place where it was typed: it outlives the page, and only that."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from ctcase.model.values import Missing, Value

Kind = Literal[
    "answers", "case", "consent", "referral", "step", "comment", "enrol", "accept", "agency", "bundles"
]
"""Answers of a case, a new case, a consent, a new referral, a step of one, a comment; a device to enrol or an office to
accept, by the file it came in; a new agency; and files looked into."""

Key = tuple[Kind, str]
"""A kind, and the id of the case or referral or the file it is about ("" where there is none)."""

State = Mapping[str, Value]
"""What stands in a form, by the name of the place in it."""

MADE = "made:"
"""In what is left of a new case: the case that was made of it, in whose answers the rest goes on."""

LOST_WITHOUT_ASKING: frozenset[Kind] = frozenset({"bundles"})
"""Nothing was typed there, so nobody is asked whether to keep it."""


class _Line(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    kind: Kind
    subject: str
    state: dict[str, str | int | bool | tuple[str, ...] | Missing | None]


@dataclass(slots=True, eq=False)
class Ending:
    """A form whose command is under way: once that is done, and not before, `left` says what of a state stays to be done."""

    form: Key
    left: Callable[[State], State] | None = None


class Unfinished:
    """Pure data. What is empty is not kept."""

    def __init__(self, text: str = "") -> None:
        """`text` is what `text()` gave before, here or in another version of the program."""
        self.endings: list[Ending] = []
        self._states: dict[Key, State] = {}
        self._strange: list[
            msgspec.Raw
        ] = []  # what only another version understands: shown nowhere, and not lost
        for raw in _lines(text):
            try:
                line = msgspec.json.decode(raw, type=_Line)
            except msgspec.ValidationError:
                self._strange.append(raw)
            else:
                self.put(line.kind, line.subject, line.state)

    def put(self, kind: Kind, subject: str, state: State) -> None:
        """Keep what stands in a form now; what is left of a case that is made are answers of it from then on."""
        made = state.get(MADE) if kind == "case" else None
        if isinstance(made, str):
            self.put("answers", made, {name: value for name, value in state.items() if name != MADE})
            state = {}
        if state:
            self._states[kind, subject] = dict(state)
        else:
            self._states.pop((kind, subject), None)

    def get(self, kind: Kind, subject: str) -> State:
        """What stood in a form; empty where nothing was typed."""
        return self._states.get((kind, subject), {})

    def end(self, ending: Ending) -> None:
        """Take out what a command has done; nothing if it was not done."""
        if ending.left is not None:
            self.put(*ending.form, ending.left(self.get(*ending.form)))

    def keys(self) -> frozenset[Key]:
        """Everything there is."""
        return frozenset(self._states)

    def begun(self) -> Iterator[Key]:
        """What was typed and would be lost, in the order in which it was begun."""
        return (key for key in self._states if key[0] not in LOST_WITHOUT_ASKING)

    def __len__(self) -> int:
        return sum(1 for _ in self.begun())

    def clear(self) -> None:
        """Forget everything that can be shown."""
        self._states.clear()

    def text(self) -> str:
        """All of it as one text, to keep in the vault."""
        lines = [
            _Line(kind, subject, {name: _whole(value) for name, value in state.items()})
            for (kind, subject), state in self._states.items()
        ]
        every = [*lines, *self._strange]
        return msgspec.json.encode(every).decode() if every else ""


def _lines(text: str) -> list[msgspec.Raw]:
    """The lines of a text; a text that has none is one, as a word of JSON."""
    try:
        return msgspec.json.decode(text, type=list[msgspec.Raw]) if text else []
    except msgspec.DecodeError:
        return [msgspec.Raw(msgspec.json.encode(text))]


def _whole(value: Value) -> Value:
    """Half a character, which a line can hold, is no text that could be written."""
    if isinstance(value, tuple):
        return tuple(map(_text, value))
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
