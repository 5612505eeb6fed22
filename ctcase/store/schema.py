"""The tables. Those of the log are the truth; the derived ones can be rebuilt from it; the local ones are this vault's.

Derived tables are written from `projection.project` only, and `verify` compares them with a replay.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

VERSION = 1
"""The version of this schema; a database of a higher one is refused, never guessed at."""

metadata = MetaData()


def _text(name: str, **options: object) -> Column[str]:
    return Column(name, Text, nullable=False, **options)  # type: ignore[arg-type]  # SQLAlchemy's own options


def _number(name: str, **options: object) -> Column[int]:
    return Column(name, Integer, nullable=False, **options)  # type: ignore[arg-type]  # SQLAlchemy's own options


# --- the log -----------------------------------------------------------------------------------------------------

entry = Table(
    "entry",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("id", unique=True),
    _text("stream"),
    _text("device"),
    _number("number"),
    Column("header", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("parts", LargeBinary, nullable=False),
    Index("entry_stream", "stream"),
    Index("entry_device", "device", "number"),
)
"""Admitted entries in the order of arrival (`seq`). `parts` is a list of nil (missing), false (withheld) or bodies."""

device_key = Table(
    "device_key", metadata, _text("device", primary_key=True), Column("key", LargeBinary, nullable=False)
)
"""The signing key of each device that wrote an entry here."""

# --- derived -----------------------------------------------------------------------------------------------------

case_row = Table(
    "case_row",
    metadata,
    Column("row", Integer, primary_key=True),
    _text("stream", unique=True),
    _text("code"),
    _text("alias"),
    _text("state"),
    _text("team"),
    _text("teams"),
    _text("owner"),
    _number("opened"),
    _number("updated"),
    _text("consent"),
    _text("consent_until"),
    _number("conflicts"),
    _text("names"),
    Index("case_code", "code"),
    Index("case_alias", "alias", "row"),
    Index("case_state", "state", "updated", "row"),
    Index("case_updated", "updated", "row"),
    Index("case_team", "team", "row"),
    Index("case_owner", "owner", "row"),
)
"""One row a case, for lists; `teams` are all it ever had, `names` is what the search finds, already normalised."""

record = Table(
    "record",
    metadata,
    _text("stream", primary_key=True),
    _text("record", primary_key=True),
    _text("kind"),
    _text("form"),
    _number("version"),
    _text("fields"),
    _text("withheld"),
)
"""The records of a case: `fields` is {field: value} as JSON, what is shown."""

consent = Table(
    "consent",
    metadata,
    _text("stream", primary_key=True),
    _text("id", primary_key=True),
    _text("status"),
    _text("document"),
)

referral = Table(
    "referral",
    metadata,
    _text("stream", primary_key=True),
    _text("id", primary_key=True),
    _text("state"),
    _text("agency"),
    _text("urgency"),
    _number("sent"),
    _number("updated"),
    _number("waits"),
    _text("document"),
    Index("referral_state", "state", "updated"),
    Index("referral_waits", "waits", "updated"),
)
"""Referrals; `waits` is 1 where a supervisor has something to say: approve, ratify, or decide between rivals."""

disclosure = Table(
    "disclosure",
    metadata,
    _text("stream", primary_key=True),
    _text("entry", primary_key=True),
    _text("document"),
)

conflict = Table(
    "conflict",
    metadata,
    _text("id", primary_key=True),
    _text("stream"),
    _text("kind"),
    _text("document"),
    Index("conflict_stream", "stream"),
)

verdict = Table(
    "verdict",
    metadata,
    _text("entry", primary_key=True),
    _text("stream"),
    _text("status"),
    _text("reason"),
    Index("verdict_stream", "stream"),
    Index("verdict_status", "status"),
)
"""Admitted entries without effect: `void` or `proposal`, with the reason."""

fork = Table(
    "fork",
    metadata,
    _text("stream", primary_key=True),
    _text("device", primary_key=True),
    _text("entries"),
)

agency = Table(
    "agency",
    metadata,
    _text("stream", primary_key=True),
    _text("id", primary_key=True),
    _text("name"),
    _text("kind"),
    _number("proposed"),
    Index("agency_id", "id"),
)
"""Agencies named anywhere: by the office's stream, or proposed in a case."""

standing = Table(
    "standing",
    metadata,
    _text("entry", primary_key=True),
    _text("stream"),
    _text("document"),
    Index("standing_stream", "stream"),
)

DERIVED = (case_row, record, consent, referral, disclosure, conflict, verdict, fork, agency, standing)

# --- local -------------------------------------------------------------------------------------------------------

local = Table("local", metadata, _text("key", primary_key=True), Column("value", LargeBinary, nullable=False))
"""Single facts of this vault as canonical JSON: vault id, device secrets, chain position, member, settings."""

roster = Table(
    "roster",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("signed", LargeBinary, nullable=False),
)
"""Every roster that was taken, as signed."""

waiting = Table(
    "waiting",
    metadata,
    _text("entry", primary_key=True),
    _text("sender"),
    _text("missing"),
    Column("header", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("parts", LargeBinary, nullable=False),
    Index("waiting_sender", "sender"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _text("entry", primary_key=True),
    _text("bundle"),
    _text("sender"),
    _text("code"),
    Column("header", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

bundle_sent = Table(
    "bundle_sent",
    metadata,
    _text("digest", primary_key=True),
    _text("peer", primary_key=True),
    _number("number"),
    _number("acknowledged"),
    _text("ranges"),
    Index("bundle_peer", "peer"),
)
"""What each bundle carried to each device, as ranges of `entry.seq`."""

bundle_read = Table(
    "bundle_read",
    metadata,
    _text("digest", primary_key=True),
    _text("device"),
    _number("number"),
    _number("entries"),
    _text("refused"),
    _text("ranges"),
    _number("had"),
    Index("bundle_read_device", "device"),
)
"""Bundles read, with what they carried: `had` says that the sender is taken to have those entries."""

receipt = Table(
    "receipt",
    metadata,
    _text("bundle", primary_key=True),
    _text("device", primary_key=True),
    _number("number"),
    _number("entries"),
    _text("refused"),
)
"""What peers said of bundles of ours."""

import_row = Table("import_row", metadata, _text("digest", primary_key=True), _text("stream"))
"""Rows of spreadsheets already taken, by the digest of their meaning."""

audit = Table(
    "audit",
    metadata,
    Column("row", Integer, primary_key=True),
    _number("time"),
    _text("code"),
    _text("detail"),
)
"""What was refused here; codes and digests only."""
