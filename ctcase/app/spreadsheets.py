"""Cases in and out of the Human Trafficking Case Data Standard's files (DESIGN §11)."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from ctcase.app import fields, results
from ctcase.app.cases import check_right, opening
from ctcase.app.fields import Change
from ctcase.app.results import ColumnTaken, Exported, Imported, LeftOut, Outcome, RefusedRow, SameRow
from ctcase.app.session import Progress, Session, Work
from ctcase.errors import Cancelled, Refused, refusal
from ctcase.log import payload
from ctcase.log.entry import Draft, Entry
from ctcase.model.forms import Form
from ctcase.model.ids import show_case_code
from ctcase.model.values import CONTROL, Value
from ctcase.reports import htcds_reading, htcds_writing
from ctcase.reports.htcds_reading import FileKind, Row
from ctcase.store import entries, files, schema
from ctcase.store.streams import KEPT
from ctcase.workflow import policy

BATCH = 500
"""Rows whose cases are written together; all are one transaction."""

ENDINGS: dict[str, FileKind] = {".xlsx": "xlsx", ".csv": "csv", ".json": "json"}


def standard_form(session: Session) -> Form:
    """The form that carries the standard."""
    return next(form for form in session.forms if form.id == "htcds")


def import_cases(session: Session, file: Path, progress: Progress | None = None) -> Outcome[Imported]:
    """A case for each row. A row that cannot be taken, or equals one imported before, is reported; the others count."""
    check_right(session, "import")
    intake = _Intake(session)

    def tell() -> None:
        if progress and not progress("importing", intake.rows, 0):
            raise Cancelled

    reading = htcds_reading.read_rows(file, standard_form(session), session.codelists, tell)
    with session.work() as work:
        for batch in _batches(reading.rows):
            tell()
            intake.take(work, batch)
        done = work.touched.changes()
    imported = Imported(
        format=reading.format, rows=intake.rows, added=intake.added,
        same=sorted(intake.same, key=lambda it: it.row), refused=intake.refused,
        columns=[
            ColumnTaken(it.column, it.name, it.label, it.taken_as, it.differs) for it in reading.columns
        ],
    )  # fmt: skip
    return Outcome(imported, done)


def _batches(
    rows: Iterator[Row | htcds_reading.RefusedRow],
) -> Iterator[list[Row | htcds_reading.RefusedRow]]:
    batch: list[Row | htcds_reading.RefusedRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Intake:
    """An import under way: what it has seen and written so far."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.rows = 0
        self.added = 0
        self.same: list[SameRow] = []
        self.refused: list[RefusedRow] = []

    def take(self, work: Work, batch: list[Row | htcds_reading.RefusedRow]) -> None:
        """Writes the cases of one batch of rows."""
        self.rows += len(batch)
        good: dict[str, Row] = {}
        for row in batch:
            if isinstance(row, Row):
                digest = htcds_reading.row_digest(row.fields)
                if digest in good:
                    self.same.append(SameRow(row.number, f"#{good[digest].number}"))
                else:
                    good[digest] = row
            else:
                self.refused.append(RefusedRow(row.number, row.column, row.code))
        before = _imported_before(work.connection, list(good))
        self.same += [SameRow(good[digest].number, code) for digest, code in before.items()]
        fresh = {digest: row for digest, row in good.items() if digest not in before}
        signed = [self._sign(work, row) for row in fresh.values()]
        if signed:
            work.admit(signed)
            rows = [{"digest": digest, "stream": one.id} for digest, one in zip(fresh, signed, strict=True)]
            work.connection.execute(insert(schema.import_row), rows)
        self.added += len(signed)

    def _sign(self, work: Work, row: Row) -> Entry:
        changes = [self._change(name, value) for name, value in row.fields.items() if value is not None]
        control = ("control", CONTROL, payload.write(opening(self._session)))
        return work.sign(Draft("open", (control, *fields.parts(changes))), None)

    def _change(self, name: str, value: Value) -> Change:
        record, field = fields.split_name(name)
        known = self._session.catalogue.find(record, field)
        assert known is not None  # the reader takes columns of this form only
        return Change(record, known, value)


def _imported_before(connection: Connection, digests: list[str]) -> dict[str, str]:
    table, case = schema.import_row, schema.case_row
    query = select(table.c.digest, case.c.code).join_from(table, case, table.c.stream == case.c.stream)
    found: dict[str, str] = {}
    for part in entries.chunks(digests):
        rows = connection.execute(query.where(table.c.digest.in_(part)))
        found |= {digest: show_case_code(code) for digest, code in rows}
    return found


def export_cases(session: Session, file: Path, progress: Progress | None = None) -> Outcome[Exported]:
    """Writes the cases of this member's teams (an officer: all) and a disclosure into each of them."""
    kind = ENDINGS.get(file.suffix.casefold())
    if kind is None:
        raise refusal("usage", what="ending")
    with files.taken_back() as write, session.work() as work:
        case = schema.case_row
        query = select(case.c.stream, case.c.code, case.c.team).order_by(case.c.opened, case.c.row)
        cases = work.connection.execute(query).all()
        teams = {team for team in {team for _, _, team in cases} if _may_export(session, team)}
        mine = [stream for stream, _, team in cases if team in teams]
        left_out = [
            LeftOut(show_case_code(code), "not_your_case") for _, code, team in cases if team not in teams
        ]
        if cases and not mine:
            raise Refused("not_your_case")
        stream = io.BytesIO()
        tell = _teller(progress, len(mine))
        form = standard_form(session)
        dropped = htcds_writing.write_rows(
            stream,
            kind,
            _rows(work, mine),
            form,
            session.codelists,
            progress=tell,
        )
        gone = {it.index for it in dropped}
        codes = {stream_id: code for stream_id, code, _ in cases}
        left_out += [LeftOut(show_case_code(codes[mine[it.index]]), it.code) for it in dropped]
        exported = [one for number, one in enumerate(mine) if number not in gone]
        _disclose(work, exported)
        write(file, stream.getvalue())
        done = work.touched.changes()
    return Outcome(results.Exported(str(file), kind, len(exported), left_out), done)


def _may_export(session: Session, team: str) -> bool:
    return policy.may("export", session.acting().roles, in_team=session.is_mine(team)) is None


def _teller(progress: Progress | None, total: int) -> Any:
    def tell(done: int) -> None:
        if progress and done % 50 == 0 and not progress("exporting", done, total):
            raise Cancelled

    return tell


def _rows(work: Work, streams: list[str]) -> Iterator[dict[str, Value]]:
    """The fields of each case as `record.field`, from the derived records."""
    record = schema.record
    for part in entries.chunks(streams):
        found: dict[str, dict[str, Value]] = {stream: {} for stream in part}
        query = select(record.c.stream, record.c.record, record.c.fields).where(
            record.c.stream.in_(part), record.c.record.in_(["person", "case"])
        )
        for stream, name, held in work.connection.execute(query):
            values = msgspec.json.decode(held, type=dict[str, Value])
            found[stream] |= {f"{name}.{field}": value for field, value in values.items()}
        yield from (found[stream] for stream in part)


def _disclose(work: Work, streams: list[str]) -> None:
    """An export is a disclosure in each case: who holds a copy, for ever (rule 20)."""
    form = standard_form(work.session)
    names = {field.key for field in form.fields() if field.htcds}
    for start in range(0, len(streams), KEPT):
        part = streams[start : start + KEPT]
        loaded = work.session.streams.many(work.connection, part)
        signed = []
        for stream_id in part:
            stream = loaded[stream_id]
            there = {f"{record}.{name}" for record, it in stream.folded.records.items() for name in it.fields}
            said = payload.DisclosureData(fields=tuple(sorted(names & there)))
            control = payload.write(payload.Disclosure("export"))
            parts = (("export", CONTROL, control), ("export", "case", payload.write(said)))
            signed.append(work.sign(Draft("disclose", parts), stream))
        work.admit(signed)
