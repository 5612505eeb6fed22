"""Bundles as commands: writing to an addressee, previewing and reading files, welcomes (DESIGN §9)."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import insert

from ctcase.app import root
from ctcase.app.results import (
    BundleFile,
    BundleFrom,
    BundleProblem,
    BundleSeen,
    BundlesSeen,
    BundlesWritten,
    CaseCounts,
    Changes,
    EntryCounts,
    ErrorAnswer,
    Gap,
    Outcome,
)
from ctcase.app.session import Progress, Session, Touched, Work, uncollected
from ctcase.crypto.age import read_identity
from ctcase.errors import DAMAGED, Cancelled, CtcaseError, EnvironmentFailed, Refused
from ctcase.store import files, local, replay, schema
from ctcase.store.streams import Tell, nobody
from ctcase.sync import incoming, outgoing, peers, sealing
from ctcase.sync.incoming import Judged, Reader, Taken
from ctcase.sync.manifest import OFFICE
from ctcase.sync.sealing import SealedBundle
from ctcase.trust.roster import Device, Roster
from ctcase.workflow.policy import OFFICER


class _Discard(Exception):  # noqa: N818  # not an error: ends a preview so that nothing of it is kept
    pass


def _discard() -> None:
    raise _Discard


def _reader(session: Session) -> Reader:
    return Reader(session.me.id, session.former, read_identity(session.me.sealing), session.roster)


def _sender(session: Session) -> outgoing.Outgoing:
    if session.roster is None:
        raise Refused("not_enrolled")
    return outgoing.Outgoing(session.roster, session.me.id, session.signing_key())


def write_bundles(
    session: Session, to: str, folder: Path, progress: Progress | None = None
) -> Outcome[BundlesWritten]:
    """Writes what each addressee lacks into files in `folder`; `to` is office, all, or a member.

    Each addressee is a transaction of its own, and what was written for one stays: cancelled after the first, the answer
    has the files until then. What could not be recorded as sent is taken away again; only a power cut in between leaves it.
    """
    sender = _sender(session)
    wanted = _addressees(session, sender.roster, to)
    with files.translated():
        folder.mkdir(parents=True, exist_ok=True)
    written: list[BundleFile] = []
    for done, addressee in enumerate(wanted):
        devices = peers.devices_for(sender.roster, addressee, session.me.id)
        try:
            _tell(progress, "writing", done, len(wanted))
            written += _written(session, addressee, devices, folder, progress)
        except Cancelled:
            if not written:
                raise
            break
    return Outcome(BundlesWritten(written), Changes(local=True))


def _addressees(session: Session, held: Roster, to: str) -> tuple[str, ...]:
    every = peers.addressees(held, session.me.id)
    if to == "all":
        return every
    if to == OFFICE:
        if not peers.devices_for(held, OFFICE, session.me.id):
            raise Refused("not_found", what="addressee")
        return (OFFICE,)
    found = [one.id for one in held.members if to == one.id or to.strip().casefold() == one.name.casefold()]
    if len(found) > 1:
        raise Refused("ambiguous", ids=found)
    if not found or not peers.devices_for(held, found[0], session.me.id):
        raise Refused("not_found", what="addressee")
    return tuple(found)


def _written(
    session: Session, addressee: str, devices: Sequence[Device], folder: Path, progress: Progress | None
) -> list[BundleFile]:
    found: list[BundleFile] = []
    with files.taken_back() as put, session.work() as work:
        for written, count in outgoing.write(
            work.connection, session.streams, _sender(session), addressee, devices
        ):
            path = folder / file_name(written)
            put(path, written.data)
            if files.read_bounded(path, sealing.LARGEST_BUNDLE) != written.data:
                raise EnvironmentFailed("disk_full", what="written")  # a stick may take what it does not keep
            found.append(_described(path, written, count))
            _tell(progress, "sealing", sum(one.entries for one in found), 0)
    return found


def file_name(written: SealedBundle) -> str:
    """A name that says nothing: the sender's number, for people, and the beginning of the digest."""
    return f"{written.manifest.number:04d}-{written.digest[:12]}.age"


def _described(path: Path, written: SealedBundle, count: int) -> BundleFile:
    return BundleFile(
        str(path), list(written.manifest.devices), written.manifest.number, len(written.data), count, 0
    )


def write_welcome(work: Work, device: Device, target: Path) -> None:
    """Writes the welcome of a device that was just enrolled: the roster and the office's stream."""
    sender = _sender(work.session)
    largest = sealing.LARGEST_BUNDLE // 4
    bundles = outgoing.write(
        work.connection, work.session.streams, sender, device.member, [device], outgoing.WELCOME, largest
    )
    for number, (written, _) in enumerate(bundles):
        if number:
            raise Refused("limit_exceeded", what="welcome")
        files.write_atomically(target, written.data)


def _read_file(path: Path) -> bytes:
    return files.read_bounded(path, sealing.LARGEST_BUNDLE)


def open_welcome(session: Session, file: Path) -> Roster:
    """The roster in a welcome to this device; nothing is taken."""
    with session.look():
        return incoming.judge_welcome(_read_file(file), _reader(session)).roster


def take_welcome(work: Work, file: Path) -> Roster:
    """Takes a welcome whose office a person has confirmed, and returns its roster."""
    judged = incoming.judge_welcome(_read_file(file), _reader(work.session))
    _take(work, judged)
    return judged.roster


def _take(work: Work, judged: Judged, tell: Tell = nobody) -> Taken:
    session = work.session
    for held, signed in judged.newer:
        root.take(work, held, signed)
    taken = incoming.take(work.connection, session.streams, judged, session.me.id, tell)
    work.touched.streams.update(taken.admitted.streams)
    work.touched.local = True
    if judged.rivals:
        known = local.get(work.connection, "rival_rosters", list[int]) or []
        local.put(work.connection, "rival_rosters", sorted({*known, *judged.rivals}))
    if taken.own_unknown:
        work.renew_key()  # this vault was set back to an earlier state
    return taken


def preview_bundles(session: Session, paths: Sequence[Path], progress: Progress | None = None) -> BundlesSeen:
    """What reading these files would do, one by one on top of the others; everything is rolled back."""
    seen: list[BundleSeen] = []
    tell = partial(_tell, progress, "taking")
    try:
        with session.work() as work:
            for done, path in enumerate(paths):
                _tell(progress, "reading", done, len(paths))
                seen.append(_seen(work, path, _opened(path, _reader(session)), tell))
            _discard()
    except _Discard:
        pass
    return BundlesSeen(seen)


def read_bundles(
    session: Session, paths: Sequence[Path], progress: Progress | None = None
) -> Outcome[BundlesSeen]:
    """Takes what can be taken; each file is one transaction, a bad one changes nothing but a line of the audit.

    What was read stays read: cancelled after the first file, the answer has the files until then, and a file that the
    machine did not let us take is told among the others.
    """
    seen: list[BundleSeen] = []
    touched, tell = Touched(local=True), partial(_tell, progress, "taking")
    ahead: Future[_Opened] | None = None
    with uncollected(), ThreadPoolExecutor(1) as aside:
        for done, (path, following) in enumerate(zip_longest(paths, paths[1:])):
            try:
                _tell(progress, "reading", done, len(paths))
                # A file is opened while nobody is kept from writing, and the next one while the disk takes this one.
                opened, ahead = ahead.result() if ahead else _opened(path, _reader(session)), None
                with session.work() as work:
                    reader = _reader(session)
                    one = _seen(work, path, opened if opened.fits(reader) else _opened(path, reader), tell)
                    del opened
                    ahead = aside.submit(_opened, following, _reader(session)) if following else None
            except Cancelled:
                if not seen:
                    raise
                break
            except CtcaseError as refusal:
                if not seen:
                    raise
                one = _refused(str(path), refusal)
            else:
                touched.streams |= work.touched.streams
                touched.roster |= work.touched.roster
            seen.append(one)
    return Outcome(BundlesSeen(seen), touched.changes())


def _tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress and not progress(stage, done, total):
        raise Cancelled


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file as this reader may take it: judged, or why it is refused. Nothing is changed by opening it."""

    reader: Reader
    data: bytes
    judged: Judged | CtcaseError

    def fits(self, reader: Reader) -> bool:
        """Whether it was judged by the same device, under the same roster."""
        mine = self.reader
        return (mine.device, mine.former, mine.roster) == (reader.device, reader.former, reader.roster)


def _opened(path: Path, reader: Reader) -> _Opened:
    data = b""
    try:
        data = _read_file(path)
        return _Opened(reader, data, incoming.judge(data, reader))
    except CtcaseError as refusal:
        return _Opened(reader, data, refusal)


def _seen(work: Work, path: Path, opened: _Opened, tell: Tell) -> BundleSeen:
    held = work.session.roster.version if work.session.roster else 0
    judged = opened.judged
    try:
        if isinstance(judged, CtcaseError):
            raise judged
        taken = _take_apart(work, judged, tell)
    except CtcaseError as refusal:
        _audit(work, refusal, opened.data)
        return _refused(str(path), refusal)
    return _answer(str(path), work, judged, taken, held)


def _take_apart(work: Work, judged: Judged, tell: Tell) -> Taken:
    """Takes a bundle inside the transaction so that its refusal undoes it alone."""
    savepoint = work.connection.begin_nested()
    try:
        taken = _take(work, judged, tell)
    except CtcaseError:
        savepoint.rollback()
        work.undone()
        raise
    savepoint.commit()
    return taken


def _audit(work: Work, refusal: CtcaseError, data: bytes) -> None:
    """One line of what was refused here: when, why, and the digest of the file."""
    line = {
        "time": work.session.env.clock(),
        "code": refusal.code,
        "detail": hashlib.sha256(data).hexdigest(),
    }
    work.connection.execute(insert(schema.audit).values(line))


def _refused(name: str, refusal: CtcaseError) -> BundleSeen:
    status = "damaged" if refusal.exit_status == DAMAGED else "refused"
    error = ErrorAnswer(refusal.code, "", "", dict(refusal.details))
    return BundleSeen(name, status, error, None, None, None, EntryCounts(), CaseCounts(), 0, [], 0, None, [])


def _answer(name: str, work: Work, judged: Judged, taken: Taken, before: int) -> BundleSeen:
    manifest, session = judged.unsealed.manifest, work.session
    new = {one.id for one in taken.admitted.new}
    roots = {one.id for one in taken.admitted.new if not one.header.stream}
    problems = [
        BundleProblem(one, "quarantined", incoming.CODES.get(why, "log_damaged"))
        for one, why in taken.quarantined.items()
    ]
    problems += [BundleProblem(one, "waiting", "waiting") for one in taken.waiting]
    cases, conflicts = _cases(taken, roots, new, problems)
    held = session.roster.version if session.roster else 0
    counts = EntryCounts(
        new=len(new), known=len(taken.admitted.known), waiting=len(taken.waiting),
        void=sum(one.status == "void" for one in problems), quarantined=len(taken.quarantined),
        proposals=sum(one.status == "proposal" for one in problems),
    )  # fmt: skip
    return BundleSeen(
        file=name, status="known" if taken.known else "new", error=None,
        from_=BundleFrom(judged.member, judged.sender), number=manifest.number, roster=manifest.roster,
        entries=counts, cases=cases, conflicts=conflicts, problems=problems, receipts=taken.receipts,
        new_roster=held if held > before else None, gaps=_gaps(work, judged.sender),
    )  # fmt: skip


def _gaps(work: Work, sender: str) -> list[Gap]:
    """What the office lacks of the sender's own entries; others see parts of the streams only and cannot say."""
    if OFFICER not in work.session.acting().roles:
        return []
    spans = replay.gaps(work.connection, sender).get(sender, [])
    return [Gap(sender, first, last) for first, last in spans]


def _cases(
    taken: Taken, roots: set[str], new: set[str], problems: list[BundleProblem]
) -> tuple[CaseCounts, int]:
    """Counts what the touched cases show now, and adds the entries among the new ones that may not act."""
    touched = taken.admitted.streams
    cases = {stream for stream, shows in touched.items() if shows.is_case}
    problems += [
        BundleProblem(row["entry"], row["status"], row["reason"])
        for _, shows in sorted(touched.items())
        for row in shows.verdicts
        if row["entry"] in new
    ]
    fresh = len(cases & roots)
    return CaseCounts(fresh, len(cases) - fresh), sum(shows.conflicts for shows in touched.values())
