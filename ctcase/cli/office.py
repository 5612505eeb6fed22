"""`ctcase office create`, `join`, `enrol` and `accept`: how devices come to know each other."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from ctcase.app import office as offices
from ctcase.app import results
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, command, group, role_choice, vault_argument
from ctcase.cli.lines import facts, safe, words
from ctcase.cli.text import Translate, mark
from ctcase.errors import CtcaseError, Refused
from ctcase.store import vault as vaults

office = group("office", mark("The office: the root of trust."))


@command(office, "create", mark("Found an office; its first member is officer and administrator."))
@vault_argument
@click.option("--name", required=True, metavar="NAME", help=mark("The name of the office."))
@click.option("--member", required=True, metavar="NAME", help=mark("Your own name."))
def create(call: Call, vault: Path, name: str, member: str) -> None:
    """`office create`."""
    made = offices.create_office(vault, name, member, call.passphrase(new=True), call.environment)
    call.answer(made, _created_lines)


def _created_lines(made: results.OfficeCreated, _: Translate) -> Iterator[str]:
    yield _("The office is founded. Members who join check it by these six words:")
    yield f"  {made.fingerprint}"


@command(None, "join", mark("Make a vault for a member, and the request that the office answers."))
@vault_argument
@click.option("--member", required=True, metavar="NAME", help=mark("Your own name."))
@click.option("--role", type=role_choice, required=True, multiple=True, help=mark("The role asked for."))
@click.option("--request", type=FILE, required=True, metavar="FILE", help=mark("The request to write."))
def join(call: Call, vault: Path, member: str, role: tuple[str, ...], request: Path) -> None:
    """`join`: a new vault, or the request of the one that is there again."""
    passphrase = call.passphrase(new=not vaults.exists(vault))
    joined = offices.join(vault, member, role, request, passphrase, call.environment)
    call.answer(joined, _joined_lines)


def _joined_lines(joined: results.Joined, _: Translate) -> Iterator[str]:
    yield _("The request is written to {file}. Bring it to the office.").format(file=safe(joined.request))
    yield _("Cases can be recorded already. When the office asks, read out these six words:")
    yield f"  {joined.fingerprint}"


@command(None, "enrol", mark("Enrol the device of a request, and write its welcome."))
@vault_argument
@click.argument("request", type=FILE)
@click.option("--team", required=True, metavar="TEAM", help=mark("The home team."))
@click.option("--role", type=role_choice, help=mark("Another role than the one asked for."))
@click.option(
    "--member", metavar="ID", help=mark("Add the device to this member; without it the member is new.")
)
@click.option("--welcome", type=FILE, required=True, metavar="FILE", help=mark("The welcome to write."))
@click.option("--fingerprint", metavar="WORDS", help=mark("The six words that the other side read out."))
@click.option("--yes", is_flag=True, help=mark("The words were compared already."))
def enrol(
    call: Call,
    vault: Path,
    request: Path,
    team: str,
    role: str | None,
    member: str | None,
    welcome: Path,
    fingerprint: str | None,
    yes: bool,
) -> None:
    """`enrol`: after the words were compared."""
    _one_confirmation(fingerprint, yes=yes)
    with call.opened(vault) as session:
        seen = offices.look_at_request(session, request)
        if not yes:
            about = [
                (mark("Name"), seen.name),
                (mark("Roles"), words(seen.roles)),
                (mark("Device"), seen.device),
                (mark("Added to member"), member),
            ]
            _compare(call, about, seen.fingerprint, fingerprint)
        done = offices.enrol(
            session,
            request,
            team=team,
            role=role,
            member=member,
            welcome=welcome,
            passphrase=call.passphrase(),
            compared=seen.fingerprint,
        ).value
    call.answer(done, _enrolled_lines)


def _enrolled_lines(done: results.Enrolled, _: Translate) -> Iterator[str]:
    yield _("Enrolled in roster {roster}. The welcome is written to {file}.").format(
        roster=done.roster, file=safe(done.welcome)
    )
    yield _("When the new device asks, read out the six words of the office:")
    yield f"  {done.office_fingerprint}"


@command(None, "accept", mark("Accept the welcome of an office."))
@vault_argument
@click.argument("welcome", type=FILE)
@click.option("--fingerprint", metavar="WORDS", help=mark("The six words that the other side read out."))
@click.option("--yes", is_flag=True, help=mark("The words were compared already."))
def accept(call: Call, vault: Path, welcome: Path, fingerprint: str | None, yes: bool) -> None:
    """`accept`: after the words were compared."""
    _one_confirmation(fingerprint, yes=yes)
    with call.opened(vault) as session:
        seen = offices.look_at_welcome(session, welcome)
        if not yes:
            about = [(mark("Office"), seen.name), (mark("Roster"), seen.roster)]
            _compare(call, about, seen.fingerprint, fingerprint)
        done = offices.accept(session, welcome, seen.fingerprint).value
    call.answer(done, _accepted_lines)


def _accepted_lines(done: results.Accepted, _: Translate) -> Iterator[str]:
    yield _("This device belongs to {office} now (roster {roster}).").format(
        office=safe(done.name), roster=done.roster
    )
    yield from facts([(_("Roles"), words(done.roles)), (_("Team"), done.team)])


def _one_confirmation(fingerprint: str | None, *, yes: bool) -> None:
    if yes and fingerprint is not None:
        raise CtcaseError("usage", problem="value", parameter="--fingerprint, --yes")


def _compare(call: Call, about: Iterable[tuple[str, object]], expected: str, typed: str | None) -> None:
    """Refuses unless the words that a person heard are those of the file.

    The expected words are not shown: who could copy them from the screen would not ask the other side.
    """
    if typed is None:
        if call.terminal:
            for line in facts((call.translate(name), value) for name, value in about):
                call.say(line)
        typed = call.ask(mark("Ask the other side to read out the six words, and type them"), "fingerprint")
    if not offices.words_agree(typed, expected):
        raise Refused("fingerprint_differs")
