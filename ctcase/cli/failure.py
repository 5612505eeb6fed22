"""From whatever ended a call to its exit status and the words about it; the process boundary of the command line."""

import traceback
from collections.abc import Mapping
from pathlib import Path

import click

from ctcase.app.results import ErrorAnswer
from ctcase.cli.text import SELF_TEST, UNEXPECTED, VALUES, Translate, explain, worded
from ctcase.crypto.selftest import SelfTestError
from ctcase.errors import EXITS, FAILED, CtcaseError
from ctcase.store import files

INTERRUPTED = 130
"""The exit status after Ctrl+C, as shells have it: 128 and the number of the signal."""

_PACKAGE = Path(__file__).resolve().parents[1]


def explained(problem: Exception, command: str, translate: Translate) -> tuple[ErrorAnswer, int]:
    """The refusal of a command in words, and the exit status. Nothing that was typed or read is in it."""
    if isinstance(problem, OSError):
        problem = _typed(problem)
    if isinstance(problem, click.UsageError):
        return explain("usage", _usage(problem), translate), EXITS["usage"]
    if isinstance(problem, CtcaseError) and problem.code == "usage":
        return explain("usage", {"command": command, **_untyped(problem.details)}, translate), EXITS["usage"]
    if isinstance(problem, CtcaseError):
        return explain(problem.code, problem.details, translate), problem.exit_status
    if isinstance(problem, SelfTestError):
        return worded(SELF_TEST, "unexpected", {"check": problem.check}, translate), FAILED
    return worded(UNEXPECTED, "unexpected", _where(problem), translate), FAILED


def _typed(problem: OSError) -> Exception:
    try:
        with files.translated():
            raise problem
    except CtcaseError as typed:
        return typed


def _untyped(details: Mapping[str, object]) -> dict[str, object]:
    """The details without names that are not ours: a name that no form knows was typed by somebody."""
    kept = {key: details[key] for key in ("problem", "reason", "what", "parameter") if key in details}
    ours = {kept.get("problem"), kept.get("reason")} & VALUES.keys()
    return {**kept, "field": details["field"]} if ours and "field" in details else kept


def _usage(problem: click.UsageError) -> dict[str, object]:
    """What is wrong with the call, in words of ours: what was typed may be a name that belongs nowhere."""
    kinds = (
        (click.MissingParameter, "missing"),
        (click.BadParameter, "value"),
        (click.NoSuchOption, "option"),
        (click.BadOptionUsage, "value"),
    )
    found = next((name for kind, name in kinds if isinstance(problem, kind)), "call")
    details: dict[str, object] = {"problem": found}
    if problem.ctx is not None:
        details["command"] = problem.ctx.command_path
    parameter = getattr(problem, "param", None)
    if parameter is not None:
        details["parameter"] = (
            parameter.opts[0] if parameter.param_type_name == "option" else _metavar(parameter)
        )
    return details


def _metavar(parameter: click.Parameter) -> str:
    return parameter.metavar or (parameter.name or "").upper()


def _where(problem: Exception) -> dict[str, object]:
    """The kind of a failure and the place in our code; never its message, which may quote a case."""
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    at = [f"{Path(frame.filename).relative_to(_PACKAGE).as_posix()}:{frame.lineno}" for frame in ours[-1:]]
    return {"kind": type(problem).__name__, "at": at}
