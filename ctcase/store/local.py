"""What is only this vault's: its device, its place in the chain, its settings. Never sent, never derived."""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ctcase.errors import Damaged
from ctcase.model import canonical
from ctcase.store.schema import local, roster

T = TypeVar("T")

# built once: building a statement takes longer than running it
_get = select(local.c.value).where(local.c.key == bindparam("which"))
_put = update(local).where(local.c.key == bindparam("which")).values(value=bindparam("data"))


class Device(msgspec.Struct, frozen=True):
    """This installation: its signing seed and sealing identity, whose it is, and what it asked for when it joined."""

    id: str
    seed: bytes
    sealing: str
    member: str
    name: str
    roles: tuple[str, ...]


class Chain(msgspec.Struct, frozen=True):
    """This device's last entry: its number and id; 0 and "" before the first."""

    number: int = 0
    last: str = ""


def get(connection: Connection, key: str, kind: type[T]) -> T | None:
    """A local fact, None if it is not there; Damaged `vault_damaged` if it is none of ours."""
    value = connection.scalar(_get, {"which": key})
    try:
        return None if value is None else msgspec.json.decode(value, type=kind)
    except (msgspec.MsgspecError, TypeError, UnicodeError) as problem:
        raise Damaged("vault_damaged", what="local") from problem


def put(connection: Connection, key: str, value: Any) -> None:
    """Sets a local fact."""
    data = canonical.encode(value)
    if connection.execute(_put, {"which": key, "data": data}).rowcount == 0:
        connection.execute(insert(local).values(key=key, value=data))


def drop(connection: Connection, key: str) -> None:
    """Forgets a local fact."""
    connection.execute(delete(local).where(local.c.key == key))


def newest_roster(connection: Connection) -> bytes | None:
    """The newest signed roster that was taken."""
    return connection.scalar(select(roster.c.signed).order_by(roster.c.version.desc()).limit(1))


def all_rosters(connection: Connection) -> list[bytes]:
    """Every roster taken, oldest first."""
    return list(connection.scalars(select(roster.c.signed).order_by(roster.c.version)))


def keep_roster(connection: Connection, version: int, signed: bytes) -> None:
    """Keeps a roster that was judged."""
    connection.execute(insert(roster).values(version=version, signed=signed))
