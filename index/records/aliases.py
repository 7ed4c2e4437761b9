"""One thing said once, known under two ids: an exported row without an id, and the item from the store.

They are one when platform, region, nickname, rating and folded text agree, the times differ by at most two
days, and the row has exactly one such item. The native id stays; the other row is kept and never counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select, update

from feedback.ids import ALIAS_DAYS, ALIAS_WINDOW
from feedback.merge import present, union
from feedback.text import squeeze
from index.records.changes import unsign
from index.records.database import among, execute_many, listed
from index.records.rows import (
    columns,
    default_voice,
    load,
    load_sightings,
    select_rows,
    sighting_row,
    twin_keys,
)
from index.records.schema import bands, feedback, observations, signatures, verdicts
from index.records.types import Lane, Tally, Terms

_WINDOW_S = int(ALIAS_WINDOW.total_seconds())
_NEW_SIGHTING = insert(observations)


def adopt_aliases(
    connection: Connection, rows: Sequence[Mapping[str, Any]], terms: Terms, tally: Tally
) -> None:
    """Join newly stored rows with their twins, those stored before and those of the same page."""
    named = [row for row in rows if row["twin"]]
    with_hashed = {
        platform
        for platform in {row["platform"] for row in named}
        if connection.execute(_HAS_HASHED, {"_platform": platform}).scalar()
    }
    seqs = [row["seq"] for row in named if row["platform"] in with_hashed]
    found = select_rows(connection, feedback.c.seq, seqs)
    twins = twins_of(connection, found)
    joined: set[int] = set()
    for new in found:
        hashed = [new] if new.hashed else [row for row in _near(new, twins[new.seq]) if row.hashed]
        for row in hashed:
            if row.seq not in joined and _join_if_one(connection, row, terms, tally):
                joined.add(row.seq)
    tally.aliased += len(joined)


def _join_if_one(connection: Connection, row: Row[Any], terms: Terms, tally: Tally) -> bool:
    """Looks anew: the joins before this one have changed what its candidates say."""
    twins = twins_of(connection, [row])[row.seq]
    natives = [twin for twin in _near(row, twins) if not twin.hashed]
    if len(natives) != 1:
        return False
    _join(connection, natives[0], row, terms, tally)
    return True


def _near(row: Row[Any], twins: Iterable[Row[Any]]) -> list[Row[Any]]:
    return [twin for twin in twins if abs(twin.said_at - row.said_at) <= _WINDOW_S]


_HAS_HASHED = select(
    exists().where(feedback.c.platform == bindparam("_platform"), feedback.c.hashed.is_(True))
)
_TWINS = select(feedback).where(among(feedback.c.twin)).order_by(feedback.c.seq).with_for_update()


def twins_of(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """Seq of each row → the others of its nickname that say the same, of the same place, with the same rating.

    Of a day at most two away from its own; oldest first. One look for all of them.
    """
    keys = {row.seq: twin_keys(row.name_key, row.said_at, days=ALIAS_DAYS) for row in rows}
    by_key: dict[str, list[Row[Any]]] = {}
    wanted = {key for found in keys.values() for key in found}
    for other in connection.execute(_TWINS, listed(wanted)) if wanted else ():
        by_key.setdefault(other.twin, []).append(other)
    words: dict[int, tuple[str | int | None, ...]] = {}
    for row in (*rows, *(other for found in by_key.values() for other in found)):
        if row.seq not in words:
            words[row.seq] = _words(row)
    return {
        row.seq: [
            other
            for key in keys[row.seq]
            for other in by_key.get(key, ())
            if other.seq != row.seq and words[other.seq] == words[row.seq]
        ]
        for row in rows
    }


def _words(row: Row[Any]) -> tuple[str | int | None, ...]:
    record = load(row.body)
    return record.platform, record.region, record.rating, squeeze(record.text)


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
    values = columns(record) | {"voice": native.voice}
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
        "twin": None,
        "author": None,
        "name_key": None,
        "body": "",
        "tags": None,
    }
    retired |= {"due": None, "change": None, "parked": "", "refused": "", "voice": ""}
    connection.execute(update(feedback).where(feedback.c.seq == row.seq).values(retired))
    unsign(connection, [row.seq])
