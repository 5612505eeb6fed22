"""The entry of the command line, and its process boundary: exit statuses, errors, interruption, closed pipes."""

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from ctcase.app.results import ErrorAnswer
from ctcase.cli import bundle, case, decisions, office, people, referral, training, upkeep
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, Group, localized, shared_options
from ctcase.cli.failure import INTERRUPTED, explained
from ctcase.cli.lines import shown
from ctcase.cli.text import CANCELLED, ENDED, mark
from ctcase.errors import FAILED, Cancelled, CtcaseError


class Root(Group):
    """All commands; a folder in place of a command opens the window there."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, or the one that opens the window."""
        if self.get_command(ctx, args[0]) is not None or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        if Path(args[0]).is_dir():
            return "desktop", desktop, args
        raise CtcaseError("usage", problem="command")


@click.command("desktop", params=shared_options())
@click.argument("vault", type=FILE)
@click.pass_obj
def desktop(call: Call, vault: Path) -> None:
    """Opens the window."""
    call.open_window(vault)


@click.pass_context
def start(ctx: click.Context) -> None:
    """Checks the encryption before anything else; without a command the window opens."""
    call = ctx.ensure_object(Call)
    call.selftest()
    if ctx.invoked_subcommand is None:
        call.open_window(None)


root = Root(
    "ctcase",
    help=mark(
        "Case work for people who support victims of trafficking. With a folder, or nothing: the window."
    ),
    subcommand_metavar="[VAULT] | COMMAND ...",
    invoke_without_command=True,
    callback=start,
    params=shared_options(),
)
for _command in (
    training.demo, office.office, office.join, office.enrol, office.accept, people.member, people.agency,
    upkeep.status, case.case, referral.consent, referral.referral, bundle.bundle, decisions.conflict,
    decisions.proposal, decisions.fork, upkeep.verify, upkeep.backup, upkeep.restore, upkeep.recover,
    upkeep.passphrase,
):  # fmt: skip
    root.add_command(_command)


def run(arguments: Sequence[str], call: Call) -> int:
    """Runs one call and answers its exit status; whatever ends it, no traceback is printed."""
    try:
        return _run(arguments, call)
    except (KeyboardInterrupt, click.Abort, Cancelled):
        call.say(call.translate(ENDED if call.is_done else CANCELLED))
        return INTERRUPTED
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        _close_output()
        return FAILED
    except Exception as problem:  # noqa: BLE001  # the process boundary: a defect must not print a traceback
        return _refuse(problem, call, as_json=call.as_json or "--json" in arguments)


def _run(arguments: Sequence[str], call: Call) -> int:
    with localized(root, call.translate).make_context("ctcase", list(arguments), obj=call) as ctx:
        ctx.command.invoke(ctx)
    return call.exit_status


def _refuse(problem: Exception, call: Call, *, as_json: bool) -> int:
    if isinstance(problem, click.exceptions.NoArgsIsHelpError) and not as_json:
        call.say(problem.format_message())
        return problem.exit_code
    answer, status = explained(problem, call.command, call.translate)
    try:
        if as_json:
            click.echo(msgspec.json.encode({"error": answer}))
        else:
            _say(answer, call)
    except OSError:
        # Standard output itself is what failed: standard error is the last one who can be told.
        _close_output()
        with contextlib.suppress(OSError):
            _say(answer, call)
    return status


def _say(answer: ErrorAnswer, call: Call) -> None:
    call.say(answer.message)
    call.say(answer.next)
    hidden = ("command", "parameter", "problem")
    details = [
        f"{key}: {shown(value, call.translate)}" for key, value in answer.details.items() if key not in hidden
    ]
    call.say("; ".join([f"({answer.code}", *details]) + ")")


def _close_output() -> None:
    """Nobody takes our output any more: what is left of it goes nowhere, or Python would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


def main() -> int:
    """The program `ctcase`: its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A letter that the terminal cannot show is printed as an escape instead of ending the call.
            stream.reconfigure(errors="backslashreplace")
    status = run(sys.argv[1:], Call.system())
    try:
        sys.stdout.flush()
    except OSError:
        # What is left in the buffer would fail again at Python's own end, with words of its own.
        _close_output()
        return status or FAILED
    return status
