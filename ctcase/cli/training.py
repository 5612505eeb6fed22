"""`ctcase demo`: a training office with fictitious cases."""

from collections.abc import Iterator
from pathlib import Path

import click

from ctcase.app import demo as demos
from ctcase.app import results
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, command
from ctcase.cli.lines import safe, table, words
from ctcase.cli.text import Translate, mark

CASES, MOST_CASES = 40, 100_000
SEED = 1


@command(
    None, "demo", mark("Make a training office with fictitious cases, and open the caseworker's window.")
)
@click.argument("folder", type=FILE, metavar="DIR")
@click.option(
    "--cases",
    "count",
    type=click.IntRange(0, MOST_CASES),
    default=CASES,
    metavar="N",
    help=mark("How many cases."),
)
@click.option(
    "--seed", type=int, default=SEED, metavar="S", help=mark("The same seed makes the same people.")
)
@click.option("--no-window", is_flag=True, help=mark("Do not open the window."))
def demo(call: Call, folder: Path, count: int, seed: int, no_window: bool) -> None:
    """`demo`."""
    with call.progress() as progress:
        made = demos.make_demo(folder, count, seed, call.environment, progress)
    call.answer(made, _demo_lines)
    if not no_window:
        call.open_window(folder / "caseworker")


def _demo_lines(made: results.Demo, _: Translate) -> Iterator[str]:
    yield _("A training office with {cases} fictitious cases is in {folder}.").format(
        cases=made.cases, folder=safe(made.folder)
    )
    yield _("The passphrase of its vaults is: {passphrase}").format(passphrase=made.passphrase)
    rows = [(one.vault, words(one.roles), one.member) for one in made.vaults]
    yield from table((_("Vault"), _("Roles"), _("Member")), rows)
