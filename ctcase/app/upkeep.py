"""Looking after a vault: status, verify, backup and restore, passphrase, recovery (DESIGN §8)."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, func, select

from ctcase.app import decisions, office, root
from ctcase.app.results import (
    ChainsVerified,
    Changes,
    DocumentsVerified,
    Gap,
    Outcome,
    Peer,
    SignaturesVerified,
    Status,
    StatusMember,
    StatusOffice,
    TablesVerified,
    Unsent,
    Verified,
    Written,
)
from ctcase.app.session import (
    SET_BACK,
    Environment,
    Progress,
    Session,
    new_device,
    open_vault,
    replace_device,
)
from ctcase.crypto.age import Recipient, read_identity, read_recipient
from ctcase.errors import Cancelled, CtcaseError, Damaged, Refused
from ctcase.log.entry import Entry
from ctcase.store import local, replay, schema, vault
from ctcase.store.database import Database
from ctcase.sync import peers
from ctcase.sync.manifest import OFFICE
from ctcase.sync.verifying import verify_signatures
from ctcase.trust import roster as rosters
from ctcase.trust.roster import Roster
from ctcase.workflow.policy import OFFICER, SUPERVISOR


def status(session: Session) -> Status:
    """What there is and what has not arrived; nothing in it depends on the clock."""
    with session.look() as connection:
        counts = replay.counts(connection)
        held, me = session.roster, session.device
        gaps = _gaps(connection) if _is_office(session) else []
        return Status(
            vault=session.vault_id, training=bool(held and held.training), member=_member(session),
            device=me.id if me else "", enrolled=session.enrolled, office=_office(held),
            roster=held.version if held else 0, unsent=_unsent(session, connection),
            peers=_peers(session, connection), gaps=gaps, forks=_forked(session, connection), **counts,
        )  # fmt: skip


def _forked(session: Session, connection: Connection) -> list[str]:
    return sorted({one.device for one in decisions.open_forks(session, connection)})


def _is_office(session: Session) -> bool:
    return session.enrolled == "yes" and OFFICER in session.acting().roles


def _member(session: Session) -> StatusMember:
    if session.device is None:
        return StatusMember("", "", [], None)
    row, held = session.acting(), session.roster
    names = {one.id: one.name for one in held.members} if held else {}
    name = names.get(row.member, session.me.name)
    return StatusMember(row.member, name, sorted(row.roles), (row.teams[0] or None) if row.teams else None)


def _office(held: Roster | None) -> StatusOffice | None:
    return StatusOffice(held.office, held.name, office.office_words(held)) if held else None


def _unsent(session: Session, connection: Connection) -> list[Unsent]:
    held = session.roster
    if session.device is None:
        return []
    if held is None:
        count = connection.scalar(select(func.count()).select_from(schema.entry)) or 0
        return [Unsent(OFFICE, count, 0)] if count else []
    found = []
    for addressee in peers.addressees(held, session.me.id):
        if _concerns(session, held, addressee):
            devices = peers.devices_for(held, addressee, session.me.id)
            if count := len(peers.unsent(connection, session.streams, held, devices)):
                found.append(Unsent(addressee, count, 0))
    return found


def _concerns(session: Session, held: Roster, addressee: str) -> bool:
    """Whether what an addressee lacks is this member's to send.

    The office's to all; a supervisor's to office and team; a caseworker's to office and the team's supervisors.
    """
    if addressee == OFFICE or _is_office(session):
        return True
    mine = set(session.acting().teams)
    rows = [device.rows[-1] for device in rosters.devices_of(held, addressee)]
    leads = SUPERVISOR in session.acting().roles
    return any((leads or SUPERVISOR in row.roles) and mine & set(row.teams) for row in rows)


def _peers(session: Session, connection: Connection) -> list[Peer]:
    held = session.roster
    if held is None or session.device is None:
        return []
    return [
        Peer(
            device.id,
            device.member,
            peers.last_read(connection, device.id),
            len(peers.has(connection, device.id)),
        )
        for device in held.devices
        if device.id != session.me.id and device.revoked is None
    ]


def _gaps(connection: Connection) -> list[Gap]:
    return [
        Gap(device, first, last)
        for device, spans in sorted(replay.gaps(connection).items())
        for first, last in spans
    ]


def verify(session: Session, progress: Progress | None = None) -> Verified:
    """Replays the whole log and compares; gaps, forks, conflicts and the like are warnings."""
    whole = session.opened.database.check_integrity()
    with session.look() as connection:
        total = connection.scalar(select(func.count()).select_from(schema.entry)) or 0
        tell = _teller(progress, total)
        found = replay.replay(connection, session.streams.rights, session.searchable, _signed, tell)
        rosters_hold = _rosters_hold(connection)
        warnings = _warnings(session, connection, readable=not found.broken and not found.bad_signatures)
    broken = [*found.broken, *([] if rosters_hold else ["roster"])]
    sound = whole and not found.bad_signatures and not broken and not found.differ
    return Verified(
        ok=sound, entries=found.entries, signatures=SignaturesVerified(found.entries, found.bad_signatures),
        chains=ChainsVerified(found.streams, broken),
        tables=TablesVerified(len(schema.DERIVED) + 1, sorted(map(str, found.differ))), database="ok" if whole else "damaged",
        documents=DocumentsVerified(0, []), warnings=warnings,
    )  # fmt: skip


def _signed(entries: Sequence[Entry]) -> list[bool]:
    return verify_signatures(entries)


def _teller(progress: Progress | None, total: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if progress and not progress("verifying", done, total):
            raise Cancelled

    return tell


def _rosters_hold(connection: Connection) -> bool:
    held: Roster | None = None
    try:
        for signed in local.all_rosters(connection):
            held = rosters.read_first(signed) if held is None else rosters.read_next(held, signed)
            if held is None:
                return False
    except CtcaseError:
        return False
    return True


def _warnings(session: Session, connection: Connection, *, readable: bool) -> list[dict[str, object]]:
    """What to know; a log that is not readable as a whole is asked about forks by its rows only."""
    counts = replay.counts(connection)
    found: list[dict[str, object]] = []
    if _is_office(session):
        found += [
            {"code": "gap", "device": it.device, "from": it.from_, "to": it.to} for it in _gaps(connection)
        ]
    forked = {
        *(_forked(session, connection) if readable else replay.forks_across(connection)),
        *(replay.broken_links(connection) if _is_office(session) else ()),
    }
    found += [{"code": "fork", "device": device} for device in sorted(forked)]
    set_back = session.device_id if session.is_astray else local.get(connection, SET_BACK, str)
    if session.is_astray or (set_back in session.former and session.enrolled != "yes"):
        found.append({"code": "set_back", "device": set_back})
    rivals = local.get(connection, "rival_rosters", list[int]) or []
    found += [{"code": "rival_roster", "version": version} for version in rivals]
    for code in ("conflicts", "waiting", "quarantined", "void", "proposals"):
        if counts[code]:
            found.append({"code": code, "count": counts[code]})
    return found


def backup(session: Session, file: Path, passphrase: str, progress: Progress | None = None) -> Written:
    """An encrypted copy of the vault in one file, with slots of its own and without the signing key."""
    env = session.env
    vault.back_up(session.opened, file, passphrase, env.randomness, env.cost, _pulse(progress))
    return Written(file=str(file))


def _pulse(progress: Progress | None) -> Callable[[], None]:
    def pulse() -> None:
        if progress and not progress("copying", 0, 0):
            raise Cancelled

    return pulse


def restore(
    file: Path,
    folder: Path,
    passphrase: str,
    env: Environment,
    request: Path | None,
    progress: Progress | None = None,
) -> Written:
    """A vault from a backup, as a new device of the same member; the sealing key stays, so bundles under way open."""

    def prepare(copy: Database) -> Recipient | None:
        with copy.transaction() as connection:
            return _renewed(connection, env)

    vault.restore(file, folder, passphrase, env.randomness, env.cost, prepare=prepare, pulse=_pulse(progress))
    try:
        session = open_vault(folder, passphrase, env)
        try:
            if request is not None:
                office.write_request(session, request)
            return Written(device=session.device_id)
        finally:
            session.close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # it was made by this call, and nobody wrote in it yet
        raise


def _renewed(connection: Connection, env: Environment) -> Recipient | None:
    """Gives a restored database a signing key; the answer is the office's recovery recipient."""
    sealing = local.get(connection, "sealing", str)
    owner = local.get(connection, "member", tuple[str, str, list[str]])
    if sealing is None or owner is None:
        raise Refused("file_not_understood", what="backup")
    member, name, roles = owner
    device = new_device(env, sealing, member, name, tuple(roles))
    replace_device(connection, device, local.get(connection, "restored_from", str) or "")
    for fact in ("sealing", "member", "restored_from"):
        local.drop(connection, fact)
    signed = local.newest_roster(connection)
    return read_recipient(rosters.read_first(signed).recovery) if signed else None


def change_passphrase(session: Session, new: str, *, old: str | None = None) -> Written:
    """Gives the vault a new passphrase; only the slot is rewritten.

    An office's root store has the same passphrase: it is changed first, which needs the old one, and changed back if
    the vault then stayed as it was. After a crash between the two, the same call ends what it began.
    """
    before = vault.read_header(session.folder)
    changed = root.change_passphrase(session, old, new)
    try:
        vault.change_passphrase(session.opened, new, session.env.randomness, session.env.cost)
    except CtcaseError:
        if vault.read_header(session.folder) == before:
            changed.put_back()
        raise
    return Written(slot="passphrase")


def recover(
    folder: Path, office_session: Session, office_passphrase: str, new_passphrase: str, env: Environment
) -> Outcome[Written]:
    """Opens a copy of a member's vault with the office's recovery key, and makes it a new device of that member."""
    office.require(office_session, "revoke")
    opened_root = root.open_root(office_session.folder, office_passphrase)
    opened = vault.unlock_with_recovery(folder, read_identity(opened_root.store.recovery))
    session = Session(opened, env)
    try:
        old = office.proven_device(session, opened_root.roster)
        vault.change_passphrase(opened, new_passphrase, env.randomness, env.cost)
        with session.work() as work:
            work.renew_key()
        device = session.me
        done = office.enrol_recovered(office_session, device, old, opened_root)
        signed = opened_root.store.roster
        with session.work() as work:
            newer = rosters.read_next(session.roster, signed) if session.roster else None
            if newer is not None:
                root.take(work, newer, signed)
    finally:
        session.close()
    return Outcome(Written(device=device.id), done)


def rebuild(session: Session, progress: Progress | None = None) -> Outcome[Verified]:
    """Makes every shared table anew from the log, and verifies; what only this vault knows is left alone.

    A log that is damaged itself is not rebuilt from: the tables may know what it lost.
    """
    before = verify(session, progress)
    if before.signatures.bad or before.chains.broken:
        raise Damaged("log_damaged", count=len(before.chains.broken))
    with session.work() as work:
        total = work.connection.scalar(select(func.count(schema.entry.c.stream.distinct()))) or 0
        replay.rebuild(work.connection, session.streams, _teller(progress, total))
    return Outcome(verify(session, progress), Changes(roster=True, local=True))
