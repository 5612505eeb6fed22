"""What a person typed and did not save, kept in the vault while it is locked: local, never an entry, never sent."""

from ctcase.app.results import Outcome
from ctcase.app.session import Session
from ctcase.store import local

_KEY = "unfinished"


def keep(session: Session, text: str) -> Outcome[None]:
    """Keeps one text, whatever its caller makes of it, in place of the one before; "" forgets it."""
    with session.work() as work:
        if text:
            local.put(work.connection, _KEY, text)
        else:
            local.drop(work.connection, _KEY)
        done = work.touched.changes()
    return Outcome(None, done)


def kept(session: Session) -> str:
    """The text that was kept last, "" if there is none."""
    with session.look() as connection:
        return local.get(connection, _KEY, str) or ""
