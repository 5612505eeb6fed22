"""`ctcase consent` and `ctcase referral`."""

from collections.abc import Iterator
from pathlib import Path

import click

from ctcase.app import consents, referrals, results
from ctcase.cli import inputs
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, command, group, vault_argument
from ctcase.cli.lines import otherwise, safe, section, table, words
from ctcase.cli.text import Translate, mark
from ctcase.cli.written import written_lines
from ctcase.errors import CtcaseError
from ctcase.workflow.referral import STATES, TABLE

consent = group("consent", mark("Consent: what may be shared, with whom, until when."))
referral = group("referral", mark("Referrals: draft, submit, approve, send, follow up."))

EVENTS = tuple(event for event in TABLE if event != "draft")
"""What `referral do` can do; a draft is made by `referral add`."""


@command(consent, "add", mark("Record a consent, a refusal or a withdrawal."))
@vault_argument
@click.argument("code")
@click.option(
    "--file", type=FILE, required=True, metavar="JSON", help=mark("The consent; - for standard input.")
)
def add_consent(call: Call, vault: Path, code: str, file: Path) -> None:
    """`consent add`."""
    document = inputs.document(file)
    with call.opened(vault) as session:
        added = consents.add_consent(session, code, document).value
    call.answer(added, _consent_lines)


def _consent_lines(added: results.ConsentAdded, _: Translate) -> Iterator[str]:
    yield _("Consent {id} is recorded in case {code}.").format(id=added.id, code=added.code)


@command(referral, "add", mark("Draft a referral of a case to an agency."))
@vault_argument
@click.argument("code")
@click.option(
    "--file", type=FILE, required=True, metavar="JSON", help=mark("The draft; - for standard input.")
)
def add(call: Call, vault: Path, code: str, file: Path) -> None:
    """`referral add`."""
    document = inputs.document(file)
    with call.opened(vault) as session:
        added = referrals.add_referral(session, code, document).value
    call.answer(added, _added_lines)


def _added_lines(added: results.ReferralAdded, _: Translate) -> Iterator[str]:
    yield _("Referral {id} is drafted in case {code}.").format(id=added.id, code=added.code)
    rows = [(one.event, words(one.needs)) for one in added.available if one.allowed]
    yield from section(_("Next"), table((_("Event"), _("Needs")), rows))


@command(referral, "list", mark("List referrals and what is due."))
@vault_argument
@click.option("--state", type=click.Choice(STATES), help=mark("Only referrals in this state."))
def list_(call: Call, vault: Path, state: str | None) -> None:
    """`referral list`."""
    with call.opened(vault) as session:
        found = referrals.list_referrals(session, state=state or "")
    call.answer(found, _list_lines)


def _list_lines(found: results.ReferralList, _: Translate) -> Iterator[str]:
    rows = [
        (one.id, one.code, one.agency_name or one.agency, one.service, one.state, one.due, _remarks(one, _))
        for one in found.referrals
    ]
    heads = (_("Id"), _("Case"), _("Agency"), _("Service"), _("State"), _("Due"), _("Notes"))
    yield from otherwise(table(heads, rows), _("There is no such referral."))


def _remarks(one: results.ReferralShown, _: Translate) -> str:
    notes = [_("late")] * one.late + [_("step conflict")] * bool(one.rivals)
    ratification = [_("ratification: {state}").format(state=one.ratification)] if one.ratification else []
    return words(notes + ratification)


@command(referral, "do", mark("Take a step: submit, approve, send and the others."))
@vault_argument
@click.argument("referral_id", metavar="ID")
@click.argument("event", type=click.Choice(EVENTS))
@click.option("--comment", metavar="TEXT", help=mark("A comment, in place of the file's."))
@click.option("--file", type=FILE, metavar="JSON", help=mark("What the step needs; - for standard input."))
def do(call: Call, vault: Path, referral_id: str, event: str, comment: str | None, file: Path | None) -> None:
    """`referral do`."""
    document = inputs.document(file)
    if comment is not None:
        if "comment" in document:
            raise CtcaseError("usage", problem="value", parameter="--comment")
        document["comment"] = comment
    with call.opened(vault) as session:
        done = referrals.do(session, referral_id, event, document).value
    call.answer(done, _done_lines)


def _done_lines(done: results.ReferralDone, _: Translate) -> Iterator[str]:
    yield _("Referral {id}: {event}, {before} → {after}").format(
        id=done.id, event=done.event, before=done.from_, after=done.to
    )


@command(referral, "letter", mark("Print the letter of a referral from exactly what was approved."))
@vault_argument
@click.argument("referral_id", metavar="ID")
@click.option("--pdf", type=FILE, required=True, metavar="FILE", help=mark("Where to write it."))
def letter(call: Call, vault: Path, referral_id: str, pdf: Path) -> None:
    """`referral letter`."""
    with call.opened(vault) as session:
        written = referrals.letter(session, referral_id, pdf).value
    call.answer(written, _letter_lines)


def _letter_lines(written: results.Letter, _: Translate) -> Iterator[str]:
    yield _("The letter is written to {file} (pages: {pages}). It is readable by anybody who has it.").format(
        file=safe(written.file), pages=written.pages
    )


@command(
    referral, "standing", mark("Approve beforehand what fits an agency, a service, categories and a time.")
)
@vault_argument
@click.option(
    "--file", type=FILE, required=True, metavar="JSON", help=mark("The scope; - for standard input.")
)
def standing(call: Call, vault: Path, file: Path) -> None:
    """`referral standing`: by a supervisor; it travels to the team in the office's stream."""
    document = inputs.document(file)
    with call.opened(vault) as session:
        done = referrals.grant_standing(session, document).value
    call.answer(done, written_lines)
