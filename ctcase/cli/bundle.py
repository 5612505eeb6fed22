"""`ctcase bundle`: write, preview, read."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from ctcase.app import exchange, results
from ctcase.cli.call import Call
from ctcase.cli.commands import FILE, command, group, vault_argument
from ctcase.cli.lines import facts, safe, section, table, words
from ctcase.cli.named import named, names
from ctcase.cli.text import BUNDLES, Translate, explain, mark
from ctcase.errors import DAMAGED, EXITS, REFUSED, Cancelled

bundle = group("bundle", mark("Bundles: sealed files that any courier can carry."))


@command(bundle, "write", mark("Write what an addressee has not got yet."))
@vault_argument
@click.option("--to", required=True, metavar="office|MEMBER|all", help=mark("To whom it is sealed."))
@click.option("--out", type=FILE, required=True, metavar="DIR", help=mark("The folder to write to."))
def write(call: Call, vault: Path, to: str, out: Path) -> None:
    """`bundle write`."""
    with call.opened(vault) as session, call.progress() as progress:
        written = exchange.write_bundles(session, to, out, progress).value
        known = names(session)
    call.answer(written, lambda answer, _: _written_lines(answer, _, known))
    if progress.is_cancelled:
        raise Cancelled


def _written_lines(written: results.BundlesWritten, _: Translate, known: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (one.file, _whom(one.to, known), one.number, one.entries, one.documents, one.bytes)
        for one in written.files
    ]
    yield from table((_("File"), _("For"), _("Number"), _("Entries"), _("Documents"), _("Bytes")), rows)


def _whom(devices: Sequence[str], known: Mapping[str, str]) -> str:
    """The people behind the devices that a file is sealed to."""
    return words(dict.fromkeys(known.get(one, one) for one in devices))


@command(bundle, "preview", mark("Show what reading these files would change; change nothing."))
@vault_argument
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE ...")
def preview(call: Call, vault: Path, files: tuple[Path, ...]) -> None:
    """`bundle preview`."""
    with call.opened(vault) as session, call.progress() as progress:
        seen = exchange.preview_bundles(session, files, progress)
        known = names(session)
    _answer(call, seen, known)


@command(bundle, "read", mark("Take these files; each is judged by itself."))
@vault_argument
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE ...")
def read(call: Call, vault: Path, files: tuple[Path, ...]) -> None:
    """`bundle read`."""
    with call.opened(vault) as session, call.progress() as progress:
        taken = exchange.read_bundles(session, files, progress).value
        known = names(session)
    _answer(call, taken, known)
    if progress.is_cancelled and len(taken.files) < len(files):
        raise Cancelled


def _answer(call: Call, seen: results.BundlesSeen, known: Mapping[str, str]) -> None:
    spoken = [_in_words(one, call.translate) for one in seen.files]
    call.exit_status = exit_status(spoken)
    call.answer(results.BundlesSeen(spoken), lambda answer, _: _seen_lines(answer, _, known))


def exit_status(seen: Sequence[results.BundleSeen]) -> int:
    """0 when all were taken, 4 if any is damaged, else 3 if any is refused; else that of a file that was not read."""
    statuses = {_status(one) for one in seen}
    return next((one for one in (DAMAGED, REFUSED) if one in statuses), max(statuses, default=0))


def _status(one: results.BundleSeen) -> int:
    if one.status != "refused":
        return DAMAGED if one.status == "damaged" else 0
    return EXITS[one.error.code] if one.error is not None else REFUSED


def _in_words(seen: results.BundleSeen, translate: Translate) -> results.BundleSeen:
    if seen.error is None:
        return seen
    error = explain(seen.error.code, seen.error.details, translate)
    return msgspec.structs.replace(seen, error=error)


def _seen_lines(seen: results.BundlesSeen, _: Translate, known: Mapping[str, str]) -> Iterator[str]:
    for one in seen.files:
        yield from section(
            f"{safe(one.file)}: {_(BUNDLES.get(one.status, one.status))}", _file_lines(one, _, known)
        )


def _file_lines(one: results.BundleSeen, _: Translate, known: Mapping[str, str]) -> Iterator[str]:
    if one.error is not None:
        yield one.error.message
        yield one.error.next
    sender = named(one.from_.member, known) if one.from_ else None
    entries = {
        _("new"): one.entries.new,
        _("known"): one.entries.known,
        _("waiting"): one.entries.waiting,
        _("void"): one.entries.void,
        _("quarantined"): one.entries.quarantined,
        _("proposals"): one.entries.proposals,
    }
    yield from facts(
        [
            (_("From"), sender),
            (_("Number"), one.number),
            (_("Roster"), one.new_roster and _("new: {version}").format(version=one.new_roster)),
            (_("Entries"), words(f"{name} {count}" for name, count in entries.items() if count)),
            (_("Cases"), words(_counted(one.cases, _))),
            (_("Conflicts"), one.conflicts or None),
            (_("Receipts"), one.receipts or None),
            (_("Gaps"), words(f"{named(gap.device, known)} {gap.from_}-{gap.to}" for gap in one.gaps)),
        ]
    )
    problems = [(problem.entry, problem.status, problem.code) for problem in one.problems]
    yield from table((_("Entry"), _("Status"), _("Why")), problems)


def _counted(cases: results.CaseCounts, _: Translate) -> Iterator[str]:
    if cases.new:
        yield _("{count} new").format(count=cases.new)
    if cases.changed:
        yield _("{count} changed").format(count=cases.changed)
