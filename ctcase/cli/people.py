"""`ctcase member` and `ctcase agency`: who works here, and who receives referrals."""

from collections.abc import Iterator
from pathlib import Path

import click

from ctcase.app import office, results
from ctcase.cli.call import Call
from ctcase.cli.commands import command, group, role_choice, vault_argument
from ctcase.cli.lines import otherwise, table, words
from ctcase.cli.text import Translate, mark
from ctcase.cli.written import written_lines
from ctcase.errors import CtcaseError

member = group("member", mark("Members: who they are, their roles, teams and devices."))
agency = group("agency", mark("Agencies: organisations that receive referrals."))


@command(member, "list", mark("List members and their devices."))
@vault_argument
def list_members(call: Call, vault: Path) -> None:
    """`member list`."""
    with call.opened(vault) as session:
        found = office.members(session)
    call.answer(found, _member_lines)


def _member_lines(found: results.MemberList, _: Translate) -> Iterator[str]:
    rows = [
        (
            one.id,
            one.name,
            words(one.roles),
            one.team,
            device.device,
            _("revoked") if device.revoked is not None else "",
        )
        for one in found.members
        for device in one.devices
    ]
    heads = (_("Id"), _("Name"), _("Roles"), _("Team"), _("Device"), _("Notes"))
    yield from otherwise(table(heads, rows), _("No office yet: its members come with the welcome."))


@command(member, "set", mark("Give a member other roles or another team."))
@vault_argument
@click.argument("member_id", metavar="MEMBER")
@click.argument("more_roles", nargs=-1, type=role_choice, metavar="[ROLE ...]")
@click.option("--role", type=role_choice, multiple=True, help=mark("A role; may be given several times."))
@click.option("--team", metavar="TEAM", help=mark("The home team."))
def set_member(
    call: Call,
    vault: Path,
    member_id: str,
    more_roles: tuple[str, ...],
    role: tuple[str, ...],
    team: str | None,
) -> None:
    """`member set`: roles may follow one another after --role."""
    if not role and (more_roles or team is None):
        raise CtcaseError("usage", problem="missing", parameter="--role")
    roles = tuple(dict.fromkeys(role + more_roles)) or None
    with call.opened(vault) as session:
        done = office.set_member(session, member_id, roles, team, call.passphrase()).value
    call.answer(done, written_lines)


@command(member, "revoke", mark("Revoke a device, or all devices of a member."))
@vault_argument
@click.argument("subject", metavar="MEMBER|DEVICE")
@click.option("--reason", required=True, metavar="TEXT", help=mark("Why; it goes into the roster."))
def revoke(call: Call, vault: Path, subject: str, reason: str) -> None:
    """`member revoke`."""
    with call.opened(vault) as session:
        done = office.revoke(session, subject, reason, call.passphrase()).value
    call.answer(done, written_lines)


@command(agency, "list", mark("List the agencies, those only proposed too."))
@vault_argument
def list_agencies(call: Call, vault: Path) -> None:
    """`agency list`."""
    with call.opened(vault) as session:
        found = office.agencies(session)
    call.answer(found, _agency_lines)


def _agency_lines(found: results.AgencyList, _: Translate) -> Iterator[str]:
    rows = [(one.id, one.name, one.kind, _("proposed") if one.proposed else "") for one in found.agencies]
    heads = (_("Id"), _("Name"), _("Kind"), _("Notes"))
    yield from otherwise(table(heads, rows), _("No agency is entered yet."))


@command(agency, "add", mark("Enter an agency in the directory."))
@vault_argument
@click.argument("name")
@click.option("--kind", default="", metavar="KIND", help=mark("What kind of organisation it is."))
def add_agency(call: Call, vault: Path, name: str, kind: str) -> None:
    """`agency add`."""
    with call.opened(vault) as session:
        done = office.add_agency(session, name, kind).value
    call.answer(done, written_lines)
