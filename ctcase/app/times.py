"""Times as answers show them."""

import datetime as dt

from ctcase.log.entry import LATEST_TIME
from ctcase.log.fold_steps import day_of

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def iso(seconds: int) -> str:
    """Seconds since 1970 as ISO 8601 in UTC; what would be due after the year 9999 is due at its end."""
    return (_EPOCH + dt.timedelta(seconds=min(seconds, LATEST_TIME))).strftime("%Y-%m-%dT%H:%M:%SZ")


day = day_of
"""The UTC day, ISO: today as the log will judge by it."""
