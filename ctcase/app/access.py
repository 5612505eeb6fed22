"""Who read a sensitive section: entries in the device's own access stream, which only officers are sent (DESIGN §8)."""

from ctcase.app.cases import find_case
from ctcase.app.results import Outcome, Written
from ctcase.app.session import Session
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.model.values import CATEGORIES, CONTROL
from ctcase.store import local


def record_reading(session: Session, code: str, record: str, category: str) -> Outcome[Written]:
    """Records that this member read one category of a record; the stream is opened with the first reading."""
    if category not in CATEGORIES:
        raise Refused("not_found", what="category")
    case = find_case(session, code)
    with session.work() as work:
        if record not in work.stream(case).folded.records:
            raise Refused("not_found", what="record")
        key = f"access:{session.me.id}"
        own = local.get(work.connection, key, str)
        if own is None:
            opening = payload.write(payload.Opening(type="access"))
            own = work.write(Draft("open", (("control", CONTROL, opening),))).id
            local.put(work.connection, key, own)
        said = payload.write(payload.Access(case, record, category))
        entry = work.write(Draft("access", (("access", CONTROL, said),)), work.stream(own))
        done = work.touched.changes()
    return Outcome(Written(entry=entry.id), done)
