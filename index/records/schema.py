"""The tables. Times in columns are whole unix seconds (they order and filter); bodies hold the exact instants."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    and_,
    false,
    literal_column,
)

metadata = MetaData()

_ROWID = BigInteger().with_variant(Integer, "sqlite")
"""INTEGER PRIMARY KEY is the row id of SQLite itself: one look-up instead of two."""

PARTITIONS = 8
"""The queue is cut so that workers on several machines need not meet; one worker reads all of it."""

feedback = Table(
    "feedback",
    metadata,
    Column("seq", _ROWID, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("platform", Text, nullable=False),
    Column("author", Text),
    Column("name_key", Text),  # only here: bodies are made to be read
    Column("twin", Text),  # day and name key: what two ids of one thing have in common
    Column("hashed", Boolean, nullable=False),  # the id is a digest of an exported row
    Column("alias_of", BigInteger),  # seq of the item this one turned out to be
    Column("at", BigInteger, nullable=False),
    Column("said_at", BigInteger),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("revision", Text, nullable=False),
    Column("products", Text, nullable=False),  # space-joined, sorted
    Column("live", Boolean, nullable=False),  # how the present revision arrived
    Column("body", Text, nullable=False),  # the present record
    Column("tags", Text),
    Column("work_key", Text, nullable=False, server_default=""),
    Column("part", SmallInteger, nullable=False),
    Column("due", SmallInteger),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("parked", Text, nullable=False, server_default=""),
    Column("refused", Text, nullable=False, server_default=""),  # by an engine, with its reason
    Column("change", BigInteger),
    Column("voice", Text, nullable=False),
    Column("expired", Boolean, nullable=False, server_default=false()),
)
f = feedback.c
_NOTHING: ColumnElement[str] = literal_column(
    "''"
)  # written out: a bound parameter would not meet the condition of an index
IS_PARKED = f.parked != _NOTHING
IS_REFUSED = f.refused != _NOTHING
IS_UNTAGGED = and_(f.work_key == _NOTHING, f.alias_of.is_(None))


def _partial(name: str, *columns: Any, where: ColumnElement[bool]) -> None:
    """An index over few rows: it costs nothing where it does not apply. Counting needs all its columns inside."""
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("feedback_due", f.part, f.due, f.at.desc(), where=f.due.is_not(None))
_partial("feedback_change", f.change, where=f.change.is_not(None))
_partial("feedback_unnumbered", f.first_seen_at, where=f.change.is_(None))
_partial("feedback_untagged", f.work_key, f.alias_of, where=IS_UNTAGGED)
_partial("feedback_twin", f.twin, where=f.twin.is_not(None))
_partial("feedback_alias", f.alias_of, where=f.alias_of.is_not(None))
_partial("feedback_hashed", f.platform, where=f.hashed.is_(True))
_partial("feedback_parked", f.parked, f.due, where=IS_PARKED)
_partial("feedback_refused", f.refused, where=IS_REFUSED)
Index("feedback_age", f.platform, f.at)

observations = Table(
    "observations",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("source", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("run_id", Text, nullable=False),
)

wanted = Table(
    "wanted",
    metadata,
    Column("name", Text, primary_key=True),  # "" = what all items share, else a product
    Column("fingerprint", Text, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),  # change | seq
    Column("n", BigInteger, nullable=False),
)

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

erased = Table(
    "erased",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alias_key", Text, primary_key=True, server_default=""),
    Column("number", BigInteger, nullable=False),
)
Index("erased_alias", erased.c.alias_key)

removals = Table(
    "removals",
    metadata,
    Column("number", _ROWID, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("id", Text, nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    Column("seq", _ROWID, primary_key=True, autoincrement=False),
    Column("author", Text),
    Column("at", BigInteger, nullable=False),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    Column("bands", Text, nullable=False),
    Column("cluster", BigInteger, index=True),
)
s = signatures.c
Index(
    "signatures_pending",
    s.first_seen_at,
    s.seq,
    sqlite_where=s.cluster.is_(None),
    postgresql_where=s.cluster.is_(None),
)

bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False, index=True),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("products", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False, server_default=false()),
)
