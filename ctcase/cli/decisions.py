"""`ctcase conflict`, `ctcase proposal` and `ctcase fork`: what waits for a person's decision."""

from collections.abc import Iterator
from pathlib import Path

import click

from ctcase.app import cases, decisions, results
from ctcase.app.session import Session
from ctcase.cli.call import Call
from ctcase.cli.commands import command, group, vault_argument
from ctcase.cli.lines import otherwise, table, words
from ctcase.cli.text import Translate, mark
from ctcase.cli.written import written_lines
from ctcase.errors import CtcaseError, Refused
from ctcase.model.values import Value

conflict = group("conflict", mark("Conflicts: both values are kept until a person decides."))
proposal = group("proposal", mark("Proposals: what was written beyond a device's rights."))
fork = group("fork", mark("Forks: a vault that was cloned or restored wrote twice."))


@command(conflict, "list", mark("List conflicts of fields and of steps."))
@vault_argument
def list_conflicts(call: Call, vault: Path) -> None:
    """`conflict list`."""
    with call.opened(vault) as session:
        found = decisions.conflicts(session)
    call.answer(found, _conflict_lines)


def _conflict_lines(found: results.ConflictList, _: Translate) -> Iterator[str]:
    rows = [
        (one.id, one.code, one.field, which, candidate.entry, candidate.member, candidate.time)
        for one in found.conflicts
        for which, candidate in [(_("shown"), one.ours), *((_("other"), it) for it in one.theirs)]
    ]
    heads = (_("Id"), _("Case"), _("Field"), _("Value"), _("Entry"), _("Member"), _("Time"))
    yield from otherwise(table(heads, rows), _("No conflict waits for a decision."))


@command(conflict, "resolve", mark("Keep one of the values, or give a new one."))
@vault_argument
@click.argument("conflict_id", metavar="ID")
@click.option("--keep", metavar="ENTRY", help=mark("The entry whose value is kept."))
@click.option("--value", "text", metavar="VALUE", help=mark("A new value, written as in 'case set'."))
def resolve(call: Call, vault: Path, conflict_id: str, keep: str | None, text: str | None) -> None:
    """`conflict resolve`."""
    if (keep is None) == (text is None):
        raise CtcaseError("usage", problem="missing", parameter="--keep | --value")
    with call.opened(vault) as session:
        value = None if text is None else _read_value(session, conflict_id, text)
        done = decisions.resolve_conflict(session, conflict_id, keep=keep, value=value).value
    call.answer(done, written_lines)


def _read_value(session: Session, conflict_id: str, text: str) -> Value:
    """The value for the field that the conflict is about: its form knows what can be written there."""
    found = [one for one in decisions.conflicts(session).conflicts if one.id == conflict_id]
    if not found:
        raise Refused("conflict_stale")
    field = found[0].field
    return cases.parse_assignments(session, [f"{field}={text}"])[field]


@command(proposal, "list", mark("List proposals."))
@vault_argument
def list_proposals(call: Call, vault: Path) -> None:
    """`proposal list`."""
    with call.opened(vault) as session:
        found = decisions.proposals(session)
    call.answer(found, _proposal_lines)


def _proposal_lines(found: results.ProposalList, _: Translate) -> Iterator[str]:
    rows = [(one.entry, one.code, one.member, one.reason, words(one.fields)) for one in found.proposals]
    heads = (_("Entry"), _("Case"), _("Member"), _("Why"), _("Fields"))
    yield from otherwise(table(heads, rows), _("Nothing is proposed."))


@command(proposal, "adopt", mark("Take over what these entries propose."))
@vault_argument
@click.argument("entries", nargs=-1, required=True, metavar="ENTRY ...")
def adopt(call: Call, vault: Path, entries: tuple[str, ...]) -> None:
    """`proposal adopt`."""
    with call.opened(vault) as session:
        done = decisions.adopt(session, list(entries)).value
    call.answer(done, written_lines)


@command(fork, "list", mark("List forks."))
@vault_argument
def list_forks(call: Call, vault: Path) -> None:
    """`fork list`."""
    with call.opened(vault) as session:
        found = decisions.forks(session)
    call.answer(found, _fork_lines)


def _fork_lines(found: results.ForkList, _: Translate) -> Iterator[str]:
    rows = [(one.device, one.code, words(one.entries)) for one in found.forks]
    heads = (_("Device"), _("Case"), _("Entries"))
    yield from otherwise(table(heads, rows), _("There is no fork."))


@command(fork, "close", mark("Close a fork: these entries and what they follow count, the rest is void."))
@vault_argument
@click.argument("device")
@click.argument("more", nargs=-1, metavar="[ENTRY ...]")
@click.option("--keep", multiple=True, required=True, metavar="ENTRY", help=mark("An entry that counts."))
def close(call: Call, vault: Path, device: str, more: tuple[str, ...], keep: tuple[str, ...]) -> None:
    """`fork close`: entries may follow one another after --keep."""
    with call.opened(vault) as session:
        done = decisions.close_fork(session, device, list(dict.fromkeys(keep + more))).value
    call.answer(done, written_lines)
