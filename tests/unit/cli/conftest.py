"""Runs calls in this process: no terminal, a clock that stands, a cheap passphrase; canned answers of the application."""

import importlib.util
import json
import random
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from ctcase.app.results import ErrorAnswer
from ctcase.app.session import Environment
from ctcase.cli.call import Call
from ctcase.cli.main import run
from ctcase.crypto.passphrases import BOUNDS

PASSPHRASE = "a fictional passphrase"


@dataclass
class Answer:
    """How a call ended."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        """The one document on standard output."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def code(self):
        return self.json["error"]["code"]


@dataclass
class Person:
    """Somebody at the terminal: types prepared answers and remembers what was asked."""

    typed: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def __call__(self, question, *, hidden):
        self.asked.append((question, hidden))
        return self.typed.pop(0)


@dataclass
class Runner:
    """`runner("case", "list", VAULT)`: one call and how it ended."""

    capsys: pytest.CaptureFixture
    environment: Environment
    passphrase_file: object = None
    person: Person = field(default_factory=Person)
    windows: list = field(default_factory=list)
    window: object = None
    terminal: bool = False
    selftest: object = staticmethod(lambda: 0)
    variables: dict = field(default_factory=dict)
    translate: object = str

    def __call__(self, *arguments):
        call = Call(
            environment=self.environment,
            translate=self.translate,
            terminal=self.terminal,
            variables=self.variables,
            ask_person=self.person,
            window=self.window or (lambda vault: self.windows.append(vault) or 0),
            selftest=self.selftest,
        )
        status = run([str(argument) for argument in arguments], call)
        caught = self.capsys.readouterr()
        return Answer(status, caught.out, caught.err)

    def json(self, *arguments):
        """The same with `--json` and the passphrase file."""
        return self(*arguments, "--json", "--passphrase-file", self.passphrase_file)


@pytest.fixture
def runner(capsys, tmp_path):
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    environment = Environment(lambda: 1_790_000_000, random.Random(7).randbytes, BOUNDS.floor)
    return Runner(capsys, environment, file)


class Session:
    """Stands for an unlocked vault; knows whether it was locked again."""

    closed = False

    def close(self):
        self.closed = True


@dataclass
class Application:
    """Canned answers in place of the application, and what it was asked."""

    monkeypatch: pytest.MonkeyPatch
    calls: list = field(default_factory=list)
    session: Session = field(default_factory=Session)
    passphrase: str | None = None

    def open_vault(self, _folder, passphrase, _environment):
        self.passphrase = passphrase
        return self.session

    def answers(self, function, result):
        """`answers("case_list.list_cases", result)`; an exception is raised."""

        def canned(*positional, **named):
            self.calls.append((function, positional, named))
            if isinstance(result, BaseException):
                raise result
            return result(*positional, **named) if callable(result) else result

        self.monkeypatch.setattr(f"ctcase.app.{function}", canned)


@pytest.fixture
def application(monkeypatch):
    fake = Application(monkeypatch)
    monkeypatch.setattr("ctcase.cli.call.open_vault", fake.open_vault)
    monkeypatch.setattr("ctcase.cli.upkeep.open_vault", fake.open_vault)
    return fake


def _sample(kind):
    known = msgspec.inspect
    if isinstance(kind, known.StructType) and kind.cls is ErrorAnswer:
        return ErrorAnswer("bundle_damaged", "", "", {})
    if isinstance(kind, known.StructType):
        return kind.cls(**{one.name: _sample(one.type) for one in kind.fields})
    if isinstance(kind, known.UnionType):
        return _sample(next(one for one in kind.types if not isinstance(one, known.NoneType)))
    if isinstance(kind, known.ListType):
        return [_sample(kind.item_type)]
    if isinstance(kind, known.DictType):
        return {}
    return {known.StrType: "x", known.IntType: 1, known.BoolType: True}[type(kind)]


@pytest.fixture
def sample():
    """An answer of a type with something in every place."""
    return lambda kind: _sample(msgspec.inspect.type_info(kind))


@pytest.fixture(scope="session")
def contract():
    """The documents of the contract, from the file beside this one."""
    place = Path(__file__).with_name("contract.py")
    specification = importlib.util.spec_from_file_location("cli_contract_shapes", place)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
