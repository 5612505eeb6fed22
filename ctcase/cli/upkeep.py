"""`ctcase status`, `verify`, `backup`, `restore`, `recover` and `passphrase`."""

from collections.abc import Iterator
from pathlib import Path

import click

from ctcase.app import results
from ctcase.app import upkeep as work
from ctcase.app.session import open_vault
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, command, vault_argument
from ctcase.cli.lines import facts, section, table, words
from ctcase.cli.text import Translate, mark
from ctcase.cli.written import written_lines
from ctcase.errors import DAMAGED

new_passphrase_option = click.option(
    "--new-passphrase-file", type=FILE, metavar="FILE", help=mark("The new passphrase, in the first line.")
)


@command(None, "status", mark("What this vault is, what it holds, what has not been sent."))
@vault_argument
def status(call: Call, vault: Path) -> None:
    """`status`."""
    with call.opened(vault) as session:
        found = work.status(session)
    call.answer(found, _status_lines)


def _status_lines(found: results.Status, _: Translate) -> Iterator[str]:
    yield from facts(
        [
            (_("Vault"), found.vault),
            (_("Training"), _("yes") if found.training else None),
            (_("Member"), f"{found.member.name} ({found.member.id})"),
            (_("Roles"), words(found.member.roles)),
            (_("Team"), found.member.team),
            (_("Device"), found.device),
            (_("Enrolled"), found.enrolled),
            (_("Office"), found.office and found.office.name),
            (_("Its six words"), found.office and found.office.fingerprint),
            (_("Roster"), found.roster),
            (_("Cases"), found.cases),
            (_("Entries"), found.entries),
            (_("Waiting"), found.waiting or None),
            (_("Quarantined"), found.quarantined or None),
            (_("Void"), found.void or None),
            (_("Proposals"), found.proposals or None),
            (_("Conflicts"), found.conflicts or None),
            (_("Forks"), words(found.forks)),
            (_("Gaps"), words(f"{gap.device} {gap.from_}-{gap.to}" for gap in found.gaps)),
        ]
    )
    unsent = [(one.to, one.entries, one.documents) for one in found.unsent]
    yield from section(_("Not sent"), table((_("To"), _("Entries"), _("Documents")), unsent))
    peers = [(one.member, one.device, one.last, one.acknowledged) for one in found.peers]
    heads = (_("Member"), _("Device"), _("Last bundle"), _("Confirmed"))
    yield from section(_("Other devices"), table(heads, peers))


@command(None, "verify", mark("Check every signature and chain, and replay the log against the tables."))
@vault_argument
@click.option("--rebuild", is_flag=True, help=mark("Make the tables anew from the log before comparing."))
def verify(call: Call, vault: Path, rebuild: bool) -> None:
    """`verify`: exit 4 when anything is wrong."""
    with call.opened(vault) as session, call.progress() as progress:
        found = work.rebuild(session, progress).value if rebuild else work.verify(session, progress)
    call.exit_status = 0 if found.ok else DAMAGED
    call.answer(found, _verified_lines)


def _verified_lines(found: results.Verified, _: Translate) -> Iterator[str]:
    if found.ok:
        yield _("Everything agrees.")
    else:
        yield _("Something is damaged. Keep the vault as it is, and speak with the office.")
    yield from facts(
        [
            (_("Entries"), found.entries),
            (_("Signatures"), _counts(found.signatures.checked, found.signatures.bad, _)),
            (_("Chains"), _counts(found.chains.checked, len(found.chains.broken), _)),
            (_("Tables"), _counts(found.tables.compared, len(found.tables.differ), _)),
            (_("Documents"), _counts(found.documents.checked, len(found.documents.bad), _)),
            (_("Database"), found.database),
            (_("Wrong"), words([*found.chains.broken, *found.tables.differ, *found.documents.bad])),
        ]
    )
    warnings = [
        (one.get("code"), words(f"{key} {value}" for key, value in one.items() if key != "code"))
        for one in found.warnings
    ]
    yield from section(_("To know"), table((_("What"), _("Where")), warnings))


def _counts(checked: int, bad: int, _: Translate) -> str:
    return _("{checked} checked, {bad} wrong").format(checked=checked, bad=bad)


@command(None, "backup", mark("Write an encrypted copy of the vault, without its signing key."))
@vault_argument
@click.argument("file", type=FILE)
def backup(call: Call, vault: Path, file: Path) -> None:
    """`backup`: opened by the same passphrase."""
    with call.opened(vault) as session, call.progress() as progress:
        done = work.backup(session, file, call.passphrase(), progress)
    call.answer(done, written_lines)


@command(None, "restore", mark("Make a vault from a backup; it is a new device of the same member."))
@click.argument("file", type=FILE)
@vault_argument
@click.option("--request", type=FILE, metavar="FILE", help=mark("The request that the office answers."))
def restore(call: Call, file: Path, vault: Path, request: Path | None) -> None:
    """`restore`."""
    passphrase = call.passphrase()
    with call.progress() as progress:
        done = work.restore(file, vault, passphrase, call.environment, request, progress)
    call.answer(done, written_lines)


@command(None, "recover", mark("Give a vault a new passphrase with the office's recovery key."))
@vault_argument
@click.option("--office", type=FILE, required=True, metavar="OFFICE", help=mark("The office's vault."))
@new_passphrase_option
def recover(call: Call, vault: Path, office: Path, new_passphrase_file: Path | None) -> None:
    """`recover`: the passphrase of this call is the office's."""
    passphrase = call.passphrase()
    fresh = call.new_passphrase(new_passphrase_file)
    session = open_vault(office, passphrase, call.environment)
    try:
        done = work.recover(vault, session, passphrase, fresh, call.environment).value
    finally:
        session.close()
    call.answer(done, written_lines)


@command(None, "passphrase", mark("Change the passphrase."))
@vault_argument
@new_passphrase_option
def passphrase(call: Call, vault: Path, new_passphrase_file: Path | None) -> None:
    """`passphrase`."""
    with call.opened(vault) as session:
        done = work.change_passphrase(
            session, call.new_passphrase(new_passphrase_file), old=call.passphrase()
        )
    call.answer(done, written_lines)
