"""The office and its members: founding it, joining, enrolling, accepting, rights and revocation (DESIGN §6)."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import select

from ctcase.app import exchange, results, root
from ctcase.app.results import Changes, Outcome
from ctcase.app.session import Environment, Session, Work, former_devices, new_device, open_vault
from ctcase.crypto import fingerprint
from ctcase.crypto.age import AgeError, HybridIdentity, HybridRecipient, read_identity, read_recipient
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.rights import Row
from ctcase.model.ids import new_id
from ctcase.model.values import CONTROL
from ctcase.store import files, local, schema, vault
from ctcase.store.projection import agency_id
from ctcase.trust import editing, request, roster
from ctcase.trust.request import Request
from ctcase.trust.root_store import RootStore
from ctcase.trust.roster import Device, DeviceRow, Member, Revocation, Root, Roster
from ctcase.workflow import policy

words_agree = fingerprint.same
"""Whether the words a person typed are the ones expected: case, spaces and hyphens do not matter."""

_LONGEST_NAME = 200
_LONGEST_REQUEST = request.LARGEST_REQUEST * 2


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise Refused("needs_missing", needs=["name"])
    return name


def office_words(held: Roster) -> str:
    """The words of the office, by which people know they hold the right roster."""
    return fingerprint.words(roster.office_digest(held))


def create_office(
    folder: Path, name: str, member: str, passphrase: str, env: Environment, *, training: bool = False
) -> results.OfficeCreated:
    """Founds an office: its root and recovery keys, the first roster, the office's stream; the founder leads it."""
    name, member = _name(name), _name(member)
    with vault.built_beside(folder) as beside:
        vault.create(beside, passphrase, env.randomness, env.cost).close()
        session = open_vault(beside, passphrase, env)
        try:
            return _found(session, name, member, passphrase, training=training)
        finally:
            session.close()


def _found(
    session: Session, name: str, member: str, passphrase: str, *, training: bool
) -> results.OfficeCreated:
    env = session.env
    sealing, recovery = HybridIdentity(env.randomness(32)), HybridIdentity(env.randomness(32))
    roles = ("officer", "administrator")
    device = new_device(env, sealing.text, new_id(env.randomness), member, roles)
    key = SigningKey(env.randomness(32))
    roots = (Root(key.public, device.member),)
    office = roster.office_id(roots, 1)
    with session.work() as work:
        local.put(work.connection, "device", device)
        session.device = device
        opening = payload.Opening(type="office", office=office)
        stream = work.write(Draft("open", (("control", CONTROL, payload.write(opening)),)))
        first = Roster(
            format=roster.FORMAT, version=1, office=office, name=name, stream=stream.id, threshold=1, roots=roots,
            recovery=recovery.recipient.text, members=(Member(device.member, member),),
            devices=(
                Device(
                    device.id, SigningKey(device.seed).public, sealing.recipient.text, device.member,
                    (DeviceRow(1, roles, ()),),
                ),
            ),
            training=training,
        )  # fmt: skip
        signed = roster.sign(first, [key])
        root.write_new(
            session.folder, RootStore(office, (key.seed,), recovery.text, signed), passphrase, session
        )
        root.take(work, first, signed)
    vault.add_recovery(session.opened, recovery.recipient, env.randomness)
    return results.OfficeCreated(office, device.member, device.id, office_words(first))


def join(
    folder: Path, member: str, roles: tuple[str, ...], target: Path, passphrase: str, env: Environment
) -> results.Joined:
    """Makes a vault for a member, or opens his, and writes the request that the office answers."""
    member = _name(member)
    if not roles or not set(roles) <= set(policy.ROLES):
        raise Refused("role_missing", what="role")
    fresh = not vault.exists(folder)
    if fresh:
        vault.create(folder, passphrase, env.randomness, env.cost).close()
    session = open_vault(folder, passphrase, env)
    try:
        with session.work() as work:
            if session.device is None:
                sealing = HybridIdentity(env.randomness(32)).text
                device = new_device(env, sealing, new_id(env.randomness), member, roles)
                local.put(work.connection, "device", device)
                session.device = device
        return write_request(session, target)
    except BaseException:
        if fresh:
            session.close()
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        session.close()


def write_request(session: Session, target: Path) -> results.Joined:
    """Writes this device's request file; it names the enrolled device that it takes over from, if there is one."""
    with session.look() as connection:
        former, held = former_devices(connection), session.roster
        me, key, replaces = session.me, session.signing_key(), taken_over(former, held)
        others = tuple(one for one in former if one != replaces)[-request.MOST_FORMER :]
        asked = Request(
            me.id, me.member, me.name, me.roles, key.public, read_identity(me.sealing).recipient.text,
            replaces, held.office if held else "", others,
        )  # fmt: skip
    files.write_atomically(target, request.write(asked, key))
    return results.Joined(str(target), me.member, me.id, fingerprint.words(asked.digest))


def taken_over(former: Sequence[str], held: Roster | None) -> str:
    """Of the devices that a vault was before, the last one that was enrolled; "" if there was none."""
    known = roster.device_by_id(held) if held else {}
    enrolled = [one for one in former if one in known] or list(former)
    return enrolled[-1] if enrolled else ""


def _read_request(file: Path) -> Request:
    asked = request.read(files.read_bounded(file, _LONGEST_REQUEST))
    try:
        recipient = read_recipient(asked.sealing)
    except AgeError:
        raise Refused("file_not_understood") from None
    if not isinstance(recipient, HybridRecipient):
        raise Refused("file_not_understood")
    return asked


def look_at_request(session: Session, file: Path) -> results.RequestSeen:
    """Who asks, and the words to compare before enrolling."""
    asked = _read_request(file)
    if session.roster and asked.office not in ("", session.roster.office):
        raise Refused("other_office")
    return results.RequestSeen(
        asked.device, asked.member, asked.name, list(asked.roles), fingerprint.words(asked.digest),
        asked.replaces or None,
    )  # fmt: skip


def require(session: Session, action: str) -> Row:
    """Refuses what this member's roles do not allow anywhere."""
    if session.enrolled != "yes":
        raise Refused("sender_revoked" if session.enrolled == "revoked" else "not_enrolled")
    row = session.acting()
    if policy.may(action, row.roles, in_team=True):
        raise Refused("role_missing", action=action)
    return row


def enrol(
    session: Session,
    file: Path,
    *,
    team: str,
    role: str | None,
    member: str | None,
    welcome: Path,
    passphrase: str,
    compared: str | None = None,
) -> Outcome[results.Enrolled]:
    """Enrols the device of a request whose words were compared, and writes its welcome bundle.

    `compared` are those words: a file that was exchanged since is refused.
    """
    asked = _read_request(file)
    if compared is not None and not words_agree(compared, fingerprint.words(asked.digest)):
        raise Refused("fingerprint_differs")
    if session.roster and asked.office not in ("", session.roster.office):
        raise Refused("other_office")
    opened = _root_for(session, asked, passphrase)
    team = _name(team)
    if role is not None and role not in policy.ROLES:
        raise Refused("role_missing", what="role")
    with session.work() as work:
        caught_up = opened.catch_up(work)
        device = _enrolled_before(opened.roster, asked, member, caught_up=caught_up)
        if device is None:
            itself = session.member_id if asked.device == session.device_id else None
            owner = _owner(opened.roster, asked, member or itself)
            now = _current([one for one in opened.roster.devices if one.member == owner.id])
            # a known member keeps his roles: the wish in the file counts for newcomers only
            roles = (role,) if role else now.roles if now else asked.roles
            row = DeviceRow(opened.roster.version + 1, roles, (team,))
            device = Device(asked.device, asked.signing, asked.sealing, owner.id, (row,))
            changed = editing.enrol(opened.roster, opened.previous, owner, device)
            changed = editing.align(changed, owner.id, roles, (team,))
            opened.sign_next(work, _replaced(work, changed, (asked.replaces, *asked.former), owner))
        exchange.write_welcome(work, device, welcome)
        changes = work.touched.changes()
    held = opened.roster
    enrolled = results.Enrolled(
        str(welcome), device.member, device.id, fingerprint.words(asked.digest), office_words(held), held.version
    )  # fmt: skip
    return Outcome(enrolled, changes)


def _root_for(session: Session, asked: Request, passphrase: str) -> root.Root:
    """The root store, for an administrator; or for the vault that takes over from one, which must enrol itself."""
    if session.enrolled == "requested" and asked.device == session.device_id:
        opened = root.open_root(session.folder, passphrase)
        if _leads(opened.roster, asked):
            return opened
    require(session, "enrol")
    return root.open_root(session.folder, passphrase)


def _leads(held: Roster, asked: Request) -> bool:
    """Whether a new device takes over from one of an administrator, who may have restored an old backup again."""
    mine = {one.id: one for one in held.devices if one.member == asked.member}
    old = mine.get(asked.replaces)
    trusted = old is not None and (old.revoked is None or old.revoked.retired)
    return trusted and any(
        "administrator" in one.rows[-1].roles for one in mine.values() if one.revoked is None
    )


def _enrolled_before(held: Roster, asked: Request, member: str | None, *, caught_up: bool) -> Device | None:
    """The device, if it is enrolled and only its welcome is wanted.

    It was lost (`member` then names the owner), or the program ended between the root store and the vault.
    """
    there = roster.device_by_id(held).get(asked.device)
    if there is None or there.revoked is not None or there.sealing != asked.sealing:
        return None
    lost = member is not None and find_member(held, member).id == there.member
    return there if lost or caught_up else None


def _owner(held: Roster, asked: Request, member: str | None) -> Member:
    """Whose the device becomes. A file can claim to be anybody's: only who enrols says that it is a known member's."""
    if member is not None:
        return find_member(held, member)
    if any(one.id == asked.member for one in held.members):
        raise Refused("ambiguous", member=asked.member)
    return Member(asked.member, _name(asked.name))


def _replaced(work: Work, changed: Roster, gone: Sequence[str], owner: Member) -> Roster:
    """Retires the devices that a restored vault was before, as far as the office has each without a gap."""
    known = roster.device_by_id(changed)
    for old in [known[one] for one in gone if one in known]:
        if old.member == owner.id and old.revoked is None:
            changed = editing.retire(changed, old.id, last_without_gap(work, old.id))
    return changed


def last_without_gap(work: Work, device: str, reason: str = "") -> Revocation:
    """Up to which number the office has a device's entries, none missing."""
    rows = work.connection.execute(
        select(schema.entry.c.number, schema.entry.c.id).where(schema.entry.c.device == device)
    )
    numbers = dict(rows.all())
    last = editing.numbers_without_gap(set(numbers))
    return Revocation(last, numbers.get(last, ""), reason)


def find_member(held: Roster, text: str) -> Member:
    """A member by id or unique name."""
    found = [one for one in held.members if one.id == text]
    found = found or [one for one in held.members if one.name.casefold() == text.strip().casefold()]
    if not found:
        raise Refused("not_found", what="member")
    if len(found) > 1:
        raise Refused("ambiguous", ids=[one.id for one in found])
    return found[0]


def look_at_welcome(session: Session, file: Path) -> results.WelcomeSeen:
    """The office that a welcome comes from, and the words to compare before accepting."""
    seen = exchange.open_welcome(session, file)
    return results.WelcomeSeen(seen.office, seen.name, office_words(seen), seen.version, seen.training)


def accept(session: Session, file: Path, compared: str | None = None) -> Outcome[results.Accepted]:
    """Accepts a welcome whose words were compared: the roster, the office's stream, the recovery slot.

    `compared` are those words: a file that was exchanged since is refused.
    """
    with session.work() as work:
        held = exchange.take_welcome(work, file)
        if compared is not None and not words_agree(compared, office_words(held)):
            raise Refused("fingerprint_differs")
        _know_yourself(work, held)
        changes = work.touched.changes()
    recipient = read_recipient(held.recovery)
    vault.add_recovery(session.opened, recipient, session.env.randomness)
    row = session.acting()
    accepted = results.Accepted(
        held.office,
        held.name,
        office_words(held),
        held.version,
        sorted(row.roles),
        row.teams[0] if row.teams else None,
    )
    return Outcome(accepted, changes)


def _know_yourself(work: Work, held: Roster) -> None:
    """A device that the office gave to a member it knows already is that member's, whatever the request said."""
    session = work.session
    mine = roster.device_by_id(held).get(session.device_id)
    if mine is not None and mine.member != session.me.member:
        session.device = msgspec.structs.replace(session.me, member=mine.member)
        local.put(work.connection, "device", session.device)


def members(session: Session) -> results.MemberList:
    """The members with their devices."""
    held = session.roster
    if held is None:
        return results.MemberList([])
    shown = []
    for one in held.members:
        devices = [device for device in held.devices if device.member == one.id]
        row = _current(devices)
        shown.append(
            results.MemberShown(
                one.id,
                one.name,
                sorted(row.roles) if row else [],
                row.teams[0] if row and row.teams else None,
                [results.MemberDevice(it.id, it.revoked.last if it.revoked else None) for it in devices],
            )
        )
    return results.MemberList(shown)


def _current(devices: list[Device]) -> DeviceRow | None:
    live = [device for device in devices if device.revoked is None] or devices
    return live[-1].rows[-1] if live else None


def set_member(
    session: Session, member: str, roles: tuple[str, ...] | None, team: str | None, passphrase: str
) -> Outcome[results.Written]:
    """Gives a member other roles or another team, from the next roster on."""
    require(session, "member_set")
    if roles is not None and (not roles or not set(roles) <= set(policy.ROLES)):
        raise Refused("role_missing", what="role")
    opened = root.open_root(session.folder, passphrase)
    with session.work() as work:
        opened.catch_up(work)
        held = opened.roster
        owner = find_member(held, member)
        now = _current([device for device in held.devices if device.member == owner.id])
        new_roles = roles if roles is not None else now.roles if now else ()
        teams = (_name(team),) if team is not None else now.teams if now else ()
        less = set(now.roles if now else ()) - set(new_roles)
        at_latest = _at_latest(work, held, owner.id) if less else {}
        changed = editing.set_rights(held, opened.previous, owner.id, new_roles, teams, at_latest=at_latest)
        opened.sign_next(work, changed)
        changes = work.touched.changes()
    return Outcome(results.Written(roster=changed.version), changes)


def _at_latest(work: Work, held: Roster, member: str) -> dict[str, int]:
    """From which entry on a role that was taken away is gone, though its device never hears of the roster."""
    return {
        device.id: last_without_gap(work, device.id).last + 1 for device in roster.devices_of(held, member)
    }


def revoke(session: Session, subject: str, reason: str, passphrase: str) -> Outcome[results.Written]:
    """Revokes a member's devices, or one device, at the last numbers that the office has without a gap."""
    require(session, "revoke")
    if not reason.strip():
        raise Refused("needs_missing", needs=["reason"])
    opened = root.open_root(session.folder, passphrase)
    with session.work() as work:
        caught_up = opened.catch_up(work)
        held = opened.roster
        named = roster.device_by_id(held).get(subject)
        devices = [named] if named else list(roster.devices_of(held, find_member(held, subject).id))
        if not all(device.revoked for device in devices):
            revocations = {device.id: last_without_gap(work, device.id, reason.strip()) for device in devices}
            opened.sign_next(work, editing.revoke(held, opened.previous, revocations))
        elif not caught_up:  # else it was signed by a call that did not end, and is taken now
            raise Refused("state_forbids")
        changes = work.touched.changes()
    return Outcome(results.Written(roster=opened.roster.version), changes)


def agencies(session: Session) -> results.AgencyList:
    """The directory: agencies of the office, and those proposed in cases."""
    with session.look() as connection:
        table = schema.agency
        rows = connection.execute(select(table).order_by(table.c.proposed, table.c.name)).all()
    found: dict[str, results.AgencyShown] = {}
    for row in rows:
        known = found.get(row.id)
        if known is None or (known.proposed and not known.kind and row.kind):
            found[row.id] = results.AgencyShown(row.id, row.name, row.kind, bool(row.proposed))
    return results.AgencyList(sorted(found.values(), key=lambda one: one.name.casefold()))


def add_agency(session: Session, name: str, kind: str = "") -> Outcome[results.Written]:
    """Enters an agency in the office's directory, or changes its kind."""
    require(session, "write_agency")
    name = _name(name)
    one = agency_id(name)
    with session.work() as work:
        stream = work.stream(session.roster.stream if session.roster else "")
        now = stream.folded.records.get(one)
        sets = {}
        for field, value in (("name", name), ("kind", kind.strip())):
            shown = now.fields.get(field) if now else None
            if shown is None or shown.value != value:
                over = tuple(candidate.entry for candidate in shown.candidates) if shown else ()
                sets[field] = payload.FieldSet(value, tuple(sorted(over)))
        if sets:
            body = payload.write(payload.Sets("agency", sets))
            work.write(Draft("set", ((one, "case", body),)), stream)
        changes = work.touched.changes()
    return Outcome(results.Written(id=one), changes)


def proven_device(session: Session, held: Roster) -> str:
    """The enrolled device that a vault is or was, by keys it really holds; what it says of itself proves nothing.

    A restored vault has no signing key of the old device any more, but its sealing key.
    """
    known = roster.device_by_id(held)
    mine = key_id(session.signing_key().public)
    sealing = read_identity(session.me.sealing).recipient.text
    was = [one for one in session.former if one in known and known[one].sealing == sealing]
    proven = mine if mine in known else was[-1] if was else ""
    if not proven:
        raise Refused("sender_unknown")
    if known[proven].revoked is not None:
        raise Refused("sender_revoked")
    return proven


def enrol_recovered(session: Session, device: local.Device, old: str, opened: root.Root) -> Changes:
    """Enrols the new device of a recovered vault with the rights of the old one, and writes that into the log."""
    with session.work() as work:
        opened.catch_up(work)
        held = opened.roster
        before = roster.device_by_id(held).get(old)
        if before is None or before.revoked is not None or session.roster is None:
            raise Refused("sender_unknown")
        row = DeviceRow(held.version + 1, before.rows[-1].roles, before.rows[-1].teams)
        fresh = Device(device.id, SigningKey(device.seed).public, before.sealing, before.member, (row,))
        owner = find_member(held, before.member)
        changed = _replaced(work, editing.enrol(held, opened.previous, owner, fresh), (old,), owner)
        opened.sign_next(work, changed)
        sets = {"device": payload.FieldSet(device.id), "replaces": payload.FieldSet(old)}
        body = payload.write(payload.Sets("recovery", sets))
        record = new_id(session.env.randomness)
        work.write(Draft("set", ((record, "case", body),)), work.stream(session.roster.stream))
        return work.touched.changes()
