"""Commands and groups with what all of them share: the options for JSON and the passphrase, and translated help."""

import copy
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ctcase.cli.call import Call
from ctcase.cli.text import Translate, mark
from ctcase.workflow.policy import ROLES

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


def _take_json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Call).as_json = True


def _take_passphrase_file(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Call).passphrase_file = value


def shared_options() -> list[click.Parameter]:
    """The options that every call takes, at its end or before its command."""
    return [
        click.Option(
            ["--passphrase-file"],
            type=FILE,
            expose_value=False,
            callback=_take_passphrase_file,
            metavar="FILE",
            help=mark("Read the passphrase from the first line of this file."),
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_take_json,
            help=mark("Print one JSON document on standard output."),
        ),
    ]


def localized(command: click.Command, translate: Translate) -> click.Command:
    """A copy of the command whose help speaks the user's language."""
    spoken = copy.copy(command)
    spoken.help = translate(command.help) if command.help else command.help
    spoken.params = [copy.copy(parameter) for parameter in command.params]
    for parameter in spoken.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = translate(parameter.help)
    return spoken


class Group(click.Group):
    """Commands of one noun."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, in the user's language."""
        found = super().get_command(ctx, cmd_name)
        return localized(found, ctx.ensure_object(Call).translate) if found else None


def group(name: str, text: str) -> Group:
    """An empty group of commands."""
    return Group(name, help=text, params=shared_options())


def command(parent: click.Group | None, name: str, text: str) -> Callable[[F], click.Command]:
    """Makes a function a command, of a group if there is one; it is called with the Call first."""

    def make(function: F) -> click.Command:
        made = click.command(name, help=text)(_with_call(function))
        made.params += shared_options()
        if parent is not None:
            parent.add_command(made)
        return made

    return make


def _with_call(function: F) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(*arguments: Any, **options: Any) -> Any:
        context = click.get_current_context()
        call = context.ensure_object(Call)
        call.command = context.command_path
        return function(call, *arguments, **options)

    return called


vault_argument = click.argument("vault", type=FILE)
role_choice = click.Choice(ROLES)
