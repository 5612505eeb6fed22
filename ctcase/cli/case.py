"""`ctcase case`: add, list, show, set, import, export."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from ctcase.app import access, case_list, cases, results, spreadsheets
from ctcase.app.session import Session
from ctcase.cli import inputs
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, command, group, vault_argument
from ctcase.cli.lines import facts, safe, section, shown, table, words
from ctcase.cli.named import named
from ctcase.cli.named import names as names_of
from ctcase.cli.text import Translate, mark
from ctcase.cli.written import written_lines
from ctcase.errors import CtcaseError
from ctcase.workflow.case import CLOSED, OPEN

case = group("case", mark("Cases: record, find, show, change; spreadsheets in and out."))

_NAMING = frozenset({"person"})
"""Kinds of records whose values say who somebody is: printed for people only with --names."""


@command(case, "add", mark("Make a case; without a file an empty one."))
@vault_argument
@click.option("--file", type=FILE, metavar="JSON", help=mark("What is known already; - for standard input."))
def add(call: Call, vault: Path, file: Path | None) -> None:
    """`case add`."""
    document = inputs.document(file)
    with call.opened(vault) as session:
        added = cases.add_case(session, document).value
    call.answer(added, _added_lines)


def _added_lines(added: results.CaseAdded, _: Translate) -> Iterator[str]:
    yield _("Case {code} is recorded.").format(code=added.code)
    rows = [(one.code, words(one.why)) for one in added.similar]
    yield from section(_("Similar cases, perhaps the same person"), table((_("Code"), _("Why")), rows))


@command(case, "list", mark("List cases: code and alias; names only with --names."))
@vault_argument
@click.option(
    "--search", default="", metavar="TEXT", help=mark("Names in any script and spelling, codes, aliases.")
)
@click.option("--state", type=click.Choice((OPEN, CLOSED)), help=mark("Only cases in this state."))
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help=mark("At most so many."))
@click.option("--names", is_flag=True, help=mark("Show names too."))
def list_(call: Call, vault: Path, search: str, state: str | None, limit: int | None, names: bool) -> None:
    """`case list`."""
    with call.opened(vault) as session:
        found = case_list.list_cases(session, search=search, state=state or "", limit=limit, names=names)
    call.answer(found, _list_lines)


def _list_lines(found: results.CaseList, _: Translate) -> Iterator[str]:
    if not found.total:
        yield _("No case matches. Other spellings were searched too.")
        return
    named = any(one.name for one in found.cases)
    heads = [_("Code"), _("Alias"), _("State"), _("Team"), _("Consent"), _("Updated"), _("Notes")]
    rows = [
        [one.code, one.alias, one.state, one.team, one.consent, one.updated, _notes(one, _)]
        + [one.name] * named
        for one in found.cases
    ]
    yield from table([*heads, _("Name")] if named else heads, rows)
    yield _("{shown} of {total} cases").format(shown=len(found.cases), total=found.total)


def _notes(one: results.CaseLine, _: Translate) -> str:
    notes = [_("{count} conflicts").format(count=one.conflicts)] * bool(one.conflicts)
    return words(notes + [_("not sent")] * one.unsent)


@command(case, "show", mark("Show a case: records, consents, referrals, who holds a copy, history."))
@vault_argument
@click.argument("code")
@click.option("--names", is_flag=True, help=mark("Print the person's data too (JSON always has it)."))
def show(call: Call, vault: Path, code: str, names: bool) -> None:
    """`case show`."""
    with call.opened(vault) as session:
        found = cases.show_case(session, code)
        known = names_of(session)
        if names:
            _record_reading(session, found)
    call.answer(found, lambda answer, _: _case_lines(answer, _, known, names=names))


def _record_reading(session: Session, found: results.CaseShown) -> None:
    """Who asks for a name leaves a trace of it in the device's own stream."""
    for record in found.records:
        if record.kind in _NAMING:
            access.record_reading(session, found.id, record.id, "identity")


def _case_lines(
    found: results.CaseShown, _: Translate, known: Mapping[str, str], *, names: bool
) -> Iterator[str]:
    yield from facts(
        [
            (_("Case"), found.code),
            (_("Alias"), found.alias),
            (_("State"), found.state),
            (_("Team"), found.team),
            (_("Owner"), named(found.owner, known)),
        ]
    )
    for record in found.records:
        yield from section(f"{safe(record.kind)} {safe(record.id)}", _record_lines(record, _, names=names))
    yield from section(_("Consents"), _consent_lines(found, _, known))
    yield from section(_("Referrals"), _referral_lines(found, _, known))
    yield from section(_("Who holds a copy"), _copy_lines(found, _, known))
    conflicts = [(one.id, one.field, len(one.theirs) + 1) for one in found.conflicts]
    yield from section(_("Conflicts"), table((_("Id"), _("Field"), _("Values")), conflicts))
    history = [
        (one.time, named(one.member, known), one.event or one.kind, one.status, one.reason, one.entry)
        for one in found.history
    ]
    heads_of_history = (_("Time"), _("Member"), _("What"), _("Status"), _("Reason"), _("Entry"))
    yield from section(_("History"), table(heads_of_history, history))


def _consent_lines(found: results.CaseShown, _: Translate, known: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (
            one.id,
            one.status,
            _("in force") if one.in_force else "",
            words(named(it, {**known, **one.recipient_names}) for it in one.recipients),
            words(one.purposes),
            words(one.categories),
            one.expires,
        )
        for one in found.consents
    ]
    heads = (_("Id"), _("Status"), _("Now"), _("To whom"), _("Purposes"), _("Categories"), _("Until"))
    yield from table(heads, rows)


def _referral_lines(found: results.CaseShown, _: Translate, known: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (
            one.id,
            named(one.agency, {**known, **({one.agency: one.agency_name} if one.agency_name else {})}),
            one.service,
            one.state,
            one.urgency,
            one.due,
        )
        for one in found.referrals
    ]
    heads = (_("Id"), _("Agency"), _("Service"), _("State"), _("Urgency"), _("Due"))
    yield from table(heads, rows)


def _copy_lines(found: results.CaseShown, _: Translate, known: Mapping[str, str]) -> Iterator[str]:
    """Who holds a copy: a fact, also where the step that made it took no effect."""
    rows = [
        (named(one.to, known), one.time, one.basis, words(one.fields), words([*_remarks(one, _)]))
        for one in found.disclosures
    ]
    yield from table((_("Agency"), _("Time"), _("Basis"), _("Fields"), _("Notes")), rows)


def _remarks(one: results.DisclosureShown, _: Translate) -> Iterator[str]:
    if one.void is not None:
        yield _("took no effect, but left: {reason}").format(reason=one.void)
    if one.withdrawals:
        yield _("consent withdrawn")


def _record_lines(record: results.RecordShown, _: Translate, *, names: bool) -> Iterator[str]:
    if record.kind in _NAMING and not names:
        yield _("{count} fields are recorded; --names prints them.").format(count=len(record.fields))
    else:
        yield from facts((name, shown(value, _)) for name, value in record.fields.items())
    yield from facts([(_("Withheld"), words(record.withheld)), (_("Erased"), words(record.erased))])


@command(case, "set", mark("Change fields: F=text, F= clears, F=@unknown, F=@declined, F=a;b for lists."))
@vault_argument
@click.argument("code")
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE ...")
def set_(call: Call, vault: Path, code: str, assignments: tuple[str, ...]) -> None:
    """`case set`."""
    if any("=" not in one for one in assignments):
        raise CtcaseError("usage", problem="value", parameter="FIELD=VALUE")
    with call.opened(vault) as session:
        changes = cases.parse_assignments(session, list(assignments))
        done = cases.set_fields(session, code, changes).value
    call.answer(done, _set_lines)


def _set_lines(done: results.CaseSet, _: Translate) -> Iterator[str]:
    if not done.changed:
        yield _("Case {code} has these values already.").format(code=done.code)
        return
    yield _("Saved in case {code}: {fields}").format(code=done.code, fields=words(done.changed))


@command(case, "import", mark("Take the rows of a spreadsheet, CSV or JSON file of the HTCDS."))
@vault_argument
@click.argument("file", type=FILE)
def import_(call: Call, vault: Path, file: Path) -> None:
    """`case import`."""
    with call.opened(vault) as session, call.progress() as progress:
        done = spreadsheets.import_cases(session, file, progress).value
    call.answer(done, _import_lines)


def _import_lines(done: results.Imported, _: Translate) -> Iterator[str]:
    yield _("{added} of {rows} rows are new cases now ({format}).").format(
        added=done.added, rows=done.rows, format=done.format
    )
    same = [(one.row, one.code) for one in done.same]
    yield from section(_("Imported before, left as they are"), table((_("Row"), _("Case")), same))
    refused = [(one.row, one.column, one.code) for one in done.refused]
    yield from section(_("Not taken"), table((_("Row"), _("Column"), _("Why")), refused))
    columns = [
        (one.column, one.name, one.label, one.taken_as or _("not taken"))
        for one in done.columns
        if one.differs
    ]
    title = _("Columns whose name and label disagree; the label was followed")
    yield from section(title, table((_("Column"), _("Name"), _("Label"), _("Taken as")), columns))


@command(case, "export", mark("Write cases in the HTCDS; the file's ending says which form."))
@vault_argument
@click.argument("file", type=FILE)
def export(call: Call, vault: Path, file: Path) -> None:
    """`case export`."""
    with call.opened(vault) as session, call.progress() as progress:
        done = spreadsheets.export_cases(session, file, progress).value
    call.answer(done, _export_lines)


def _export_lines(done: results.Exported, _: Translate) -> Iterator[str]:
    yield _("{rows} cases are written to {file} ({format}). It is readable by anybody who has it.").format(
        rows=done.rows, file=safe(done.file), format=done.format
    )
    left = [(one.code, one.reason) for one in done.left_out]
    yield from section(_("Left out"), table((_("Case"), _("Why")), left))


@command(case, "transfer", mark("Hand a case to another team."))
@vault_argument
@click.argument("code")
@click.argument("team")
def transfer(call: Call, vault: Path, code: str, team: str) -> None:
    """`case transfer`: by a supervisor of its team, or an officer."""
    with call.opened(vault) as session:
        done = cases.transfer(session, code, team).value
    call.answer(done, written_lines)
