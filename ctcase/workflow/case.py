"""The state of a case, derived from its status field."""

from ctcase.model.values import Value

OPEN, CLOSED = "open", "closed"

_CLOSED_STATUSES = frozenset({"Closed", "ClosedReferred"})


def state_of(status: Value) -> str:
    """`open` or `closed` for a status of the Human Trafficking Case Data Standard 2.0 (its codes, not its labels).

    Anything that does not say closed is open: a case nobody has judged yet must not vanish from the list of work.
    """
    return CLOSED if isinstance(status, str) and status in _CLOSED_STATUSES else OPEN
