"""One thing said once, known under two ids: an exported row without an id, and the item from the store.

They are one when platform, region, nickname, rating and folded text agree, the times differ by at most two
days, and the row has exactly one such item. The native id stays; the other row is kept and never counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select, update

from feedback.ids import ALIAS_WINDOW
from feedback.merge import present, union
from index.records.changes import unsign
from index.records.database import among, execute_many, listed
from index.records.rows import (
    columns,
    default_voice,
    load_sightings,
    select_rows,
    sighting_row,
    stored_keys,
)
from index.records.schema import bands, feedback, observations, signatures, verdicts
from index.records.types import Lane, Tally, Terms

_WINDOW_S = int(ALIAS_WINDOW.total_seconds())
_NEW_SIGHTING = insert(observations)


def adopt_aliases(
    connection: Connection, rows: Sequence[Mapping[str, Any]], terms: Terms, tally: Tally
) -> None:
    """Join newly stored rows with their twins, those stored before and those of the same page."""
    named = [row for row in rows if row["alias_key"]]
    with_hashed = {
        platform
        for platform in {row["platform"] for row in named}
        if connection.execute(_HAS_HASHED, {"_platform": platform}).scalar()
    }
    seqs = [row["seq"] for row in named if row["platform"] in with_hashed]
    if not seqs:
        return
    joined: set[int] = set()
    for new in _with_twins(connection, select_rows(connection, feedback.c.seq, seqs), terms.salt):
        hashed = [new] if new.hashed else _near(connection, new, terms.salt, hashed=True)
        for row in hashed:
            natives = _near(connection, row, terms.salt, hashed=False)
            if len(natives) == 1 and row.seq not in joined:
                _join(connection, natives[0], row, terms, tally)
                joined.add(row.seq)
    tally.aliased += len(joined)


def _with_twins(connection: Connection, rows: Sequence[Row[Any]], salt: bytes) -> list[Row[Any]]:
    """Those of *rows* that share a key with one of the other kind: one look for a page instead of one for each."""
    keys = {row.seq: stored_keys(row, salt) for row in rows}
    alike = connection.execute(_KEYS, listed({key for found in keys.values() for key in found}))
    met = {(row.alias_key, row.hashed) for row in alike}
    return [row for row in rows if any((key, not row.hashed) in met for key in keys[row.seq])]


_HAS_HASHED = select(
    exists().where(feedback.c.platform == bindparam("_platform"), feedback.c.hashed.is_(True))
)
_KEYS = select(feedback.c.alias_key, feedback.c.hashed).where(among(feedback.c.alias_key))


def _near(connection: Connection, row: Row[Any], salt: bytes, *, hashed: bool) -> Sequence[Row[Any]]:
    """Items of the other kind that may be the same as *row*, oldest first."""
    return connection.execute(
        select(feedback)
        .where(among(feedback.c.alias_key), feedback.c.hashed.is_(hashed))
        .where(feedback.c.said_at.between(row.said_at - _WINDOW_S, row.said_at + _WINDOW_S))
        .where(feedback.c.alias_of.is_(None))
        .order_by(feedback.c.seq)
        .with_for_update(),
        listed(stored_keys(row, salt)),
    ).all()


def _join(connection: Connection, native: Row[Any], other: Row[Any], terms: Terms, tally: Tally) -> None:
    """Observations, verdicts and first sight of *other* move to *native*; nothing becomes fresh by it."""
    older = min(native, other, key=lambda row: (row.first_seen_at, row.hashed))
    stored = load_sightings(connection, (native.seq, other.seq))
    merged = union(stored[native.seq], stored[other.seq])
    record = present(merged, arrival="live" if older.live else "backfill", feedback_id=native.id)
    for part in (native.seq, other.seq):
        connection.execute(delete(observations).where(observations.c.seq == part))
    execute_many(connection, _NEW_SIGHTING, [sighting_row(native.seq, one) for one in merged])
    connection.execute(update(verdicts).where(verdicts.c.seq == other.seq).values(seq=native.seq))
    values = columns(record, terms.salt) | {"voice": native.voice}
    if not native.voice.startswith("c:"):
        values["voice"] = default_voice(native.seq, record.author)
    values |= _tagging(connection, native, other, record.revision, due=older.due)
    if terms.own & (set(record.products) - set(native.products.split())) and values["due"] is None:
        values["due"] = int(Lane.CHANGED)
    connection.execute(update(feedback).where(feedback.c.seq == native.seq).values(values))
    _retire(connection, other, native.seq)
    tally.leads[other.id] = native.id
    if native.change is not None or other.change is not None or values["work_key"]:
        tally.renumber.append(native.seq)
    if other.change is not None:
        tally.gone.append((other.seq, other.id))


def _tagging(
    connection: Connection, native: Row[Any], other: Row[Any], revision: str, *, due: int | None
) -> dict[str, Any]:
    """Whose tags the joined item bears: those already made for its revision, else it is due."""
    if native.work_key and native.revision == revision:
        return {"tags": native.tags, "work_key": native.work_key, "due": native.due}
    if other.work_key and other.revision == revision:
        found = {"tags": other.tags, "work_key": other.work_key, "due": other.due, "parked": other.parked}
        unsign(connection, [native.seq])
        for table in (signatures, bands):
            connection.execute(update(table).where(table.c.seq == other.seq).values(seq=native.seq))
        return found | ({"voice": other.voice} if other.voice.startswith("c:") else {})
    return {
        "tags": None,
        "work_key": "",
        "tries": 0,
        "parked": "",
        "due": int(Lane.CHANGED) if due is None else due,
    }


def _retire(connection: Connection, row: Row[Any], native: int) -> None:
    """The row stays, so that its id leads to the item; what it said is said there."""
    retired = {
        "alias_of": native,
        "alias_key": None,
        "author": None,
        "name_key": None,
        "body": "",
        "tags": None,
    }
    retired |= {"due": None, "change": None, "parked": "", "refused": "", "voice": ""}
    connection.execute(update(feedback).where(feedback.c.seq == row.seq).values(retired))
    unsign(connection, [row.seq])
