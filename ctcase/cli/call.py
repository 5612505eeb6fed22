"""One call of the program: what it gets from outside, how it asks, opens a vault and answers."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from ctcase.app.results import Written
from ctcase.app.session import Environment, Session, open_vault
from ctcase.cli import inputs
from ctcase.cli.desktop import open_window
from ctcase.cli.progress import Progress
from ctcase.cli.text import Translate, mark, translator
from ctcase.crypto import selftest
from ctcase.errors import CtcaseError, EnvironmentFailed, Refused
from ctcase.model import resources

T = TypeVar("T")

Lines = Callable[[T, Translate], Iterable[str]]
"""Puts an answer into lines for people."""

FILE_VARIABLE = "CTCASE_PASSPHRASE_FILE"


def ask_terminal(question: str, *, hidden: bool) -> str:
    """Asks the person at the terminal; the question goes to standard error."""
    return str(click.prompt(question, hide_input=hidden, err=True, default="", show_default=False))


@dataclass(slots=True)
class Call:
    """What commands use. `command` and the options all calls share are set while arguments are read.

    `is_done` once a command has done what it was called for: an interruption undoes nothing of it any more.
    """

    environment: Environment
    translate: Translate
    terminal: bool
    variables: Mapping[str, str]
    ask_person: Callable[..., str] = ask_terminal
    window: Callable[[Path | None], int] = open_window
    selftest: Callable[[], object] = selftest.run
    command: str = "ctcase"
    as_json: bool = False
    passphrase_file: Path | None = None
    exit_status: int = 0
    is_done: bool = False
    _passphrase: str | None = field(default=None, repr=False)

    @staticmethod
    def system() -> "Call":
        """The real clock, terminal and surroundings."""
        return Call(
            environment=Environment.system(),
            translate=translator(resources.folder() / "translations"),
            terminal=sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty(),
            variables=os.environ,
        )

    def ask(self, question: str, needed: str) -> str:
        """What a person types; without a terminal refused, `needed` naming what was to be confirmed."""
        if not self.terminal:
            raise Refused("confirmation_needed", needs=[needed])
        return self.ask_person(self.translate(question), hidden=False)

    def passphrase(self, *, new: bool = False) -> str:
        """The passphrase of this call, asked once; a `new` one is typed twice."""
        if self._passphrase is None:
            variable = self.variables.get(FILE_VARIABLE)
            file = self.passphrase_file or (Path(variable) if variable else None)
            self._passphrase = self._secret(file, mark("Passphrase"), twice=new)
        return self._passphrase

    def new_passphrase(self, file: Path | None) -> str:
        """The passphrase that replaces the present one."""
        return self._secret(file, mark("New passphrase"), twice=True)

    def _secret(self, file: Path | None, question: str, *, twice: bool) -> str:
        if file is not None:
            return inputs.passphrase(file)
        if not self.terminal:
            raise CtcaseError("usage", problem="passphrase")
        typed = self.ask_person(self.translate(question), hidden=True)
        if twice and self.ask_person(self.translate(mark("The same again")), hidden=True) != typed:
            raise CtcaseError("usage", problem="passphrases_differ")
        return typed

    @contextmanager
    def opened(self, vault: Path) -> Iterator[Session]:
        """The vault, unlocked; locked again at the end."""
        session = open_vault(vault, self.passphrase(), self.environment)
        try:
            yield session
        finally:
            session.close()

    def open_window(self, vault: Path | None) -> None:
        """Opens the window on a vault, or where one is chosen, and waits until it is closed."""
        self.is_done = True
        self.exit_status = self.window(vault)

    def progress(self) -> Progress:
        """Progress of long work, for a `with`."""
        return Progress(sys.stderr, self.translate)

    def say(self, message: str) -> None:
        """A line on standard error, for the person at the terminal."""
        click.echo(message, err=True)

    def answer(self, result: T, lines: Lines[T]) -> None:
        """Prints the answer of a command: one JSON document, or lines."""
        self.is_done = True
        printed = [encoded(result)] if self.as_json else lines(result, self.translate)
        for piece in printed:
            _print(piece)


def _print(piece: str | bytes) -> None:
    """Prints and flushes; when that fails, the command is done all the same, and the refusal says so."""
    try:
        click.echo(piece)
    except BrokenPipeError:
        raise
    except OSError:
        raise EnvironmentFailed("disk_full", what="output") from None


def encoded(result: object) -> bytes:
    """One JSON document. The short answers hold the one key they have."""
    plain: Any = result
    if isinstance(result, Written):
        plain = {key: value for key, value in msgspec.structs.asdict(result).items() if value is not None}
    try:
        return msgspec.json.encode(plain)
    except UnicodeEncodeError:
        # A file name that is not text in any encoding: its bytes as escapes, as Python has them.
        return json.dumps(msgspec.to_builtins(plain)).encode()
