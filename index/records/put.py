"""``put``: one fetched page becomes part of the records in one transaction, whatever order pages come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from feedback.ids import ALIAS_DAYS
from feedback.merge import present, sighting, union
from feedback.model import Arrival, Feedback, Page, Receipt, Sighting
from index.records.aliases import adopt_aliases
from index.records.changes import number
from index.records.database import take_numbers
from index.records.rows import (
    columns,
    default_voice,
    identity,
    load,
    load_sightings,
    seen_alias_key,
    select_rows,
)
from index.records.schema import erased, feedback, observations
from index.records.types import Lane


@dataclass
class Tally:
    """What one page did, while it is being done."""

    new: int = 0
    changed: int = 0
    same: int = 0
    erased: int = 0
    expired: int = 0
    aliased: int = 0
    ids: list[str] = field(default_factory=list)
    renumber: list[int] = field(default_factory=list)
    """Rows whose change engines must hear of."""

    def receipt(self) -> Receipt:
        counts = {
            name: getattr(self, name) for name in ("new", "changed", "same", "erased", "expired", "aliased")
        }
        return Receipt(**counts, ids=tuple(self.ids))


@dataclass(frozen=True)
class Terms:
    """Under what conditions a page is taken."""

    salt: bytes
    own: frozenset[str] = frozenset()
    """Products with leaves of their own: a new match with one makes its item due again."""
    live_since: datetime | None = None
    """Set by an incremental run: what was said since then is live, the rest is back-fill."""
    retention: Mapping[str, timedelta] = field(default_factory=dict)


def put_page(connection: Connection, page: Page, terms: Terms) -> Receipt:
    """Store what a page showed; idempotent, and independent of the order in which pages come."""
    tally = Tally()
    fresh: dict[str, list[Sighting]] = {}
    for one in map(sighting, page.observations):
        fresh.setdefault(one.seen.id, []).append(one)
    _drop_erased(connection, fresh, terms.salt, tally)
    rows = _canonical_rows(connection, sorted(fresh))
    _drop_expired(fresh, rows, terms, page.fetched_at, tally)
    known = {feedback_id: row for feedback_id, row in rows.items() if feedback_id in fresh}
    _merge_known(connection, fresh, known, terms, tally)
    _insert_new(connection, {key: ones for key, ones in fresh.items() if key not in known}, terms, tally)
    number(connection, tally.renumber)
    tally.ids = [known[key].id if key in known else key for key in fresh]
    return tally.receipt()


def _drop_erased(connection: Connection, fresh: dict[str, list[Sighting]], salt: bytes, tally: Tally) -> None:
    """What a person asked to erase does not come back, neither by its id nor under another one."""
    if not connection.execute(select(exists().select_from(erased))).scalar():
        return
    keys = {feedback_id: _alias_keys(ones, salt) for feedback_id, ones in fresh.items()}
    wanted = sorted({key for found in keys.values() for key in found})
    ids = set(connection.scalars(select(erased.c.id).where(erased.c.id.in_(sorted(fresh)))))
    gone = set(connection.scalars(select(erased.c.alias_key).where(erased.c.alias_key.in_(wanted))))
    for feedback_id, found in keys.items():
        if feedback_id in ids or gone.intersection(found):
            tally.erased += 1
            del fresh[feedback_id]


def _alias_keys(ones: Sequence[Sighting], salt: bytes) -> set[str]:
    keys = (seen_alias_key(one.seen, salt, day) for one in ones for day in ALIAS_DAYS)
    return {key for key in keys if key}


def _canonical_rows(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Id asked for → the row that holds it now; an alias leads to the item it turned out to be."""
    rows = {row.id: row for row in select_rows(connection, feedback.c.id, ids)}
    aliases = {row.alias_of for row in rows.values() if row.alias_of is not None}
    heads = {row.seq: row for row in select_rows(connection, feedback.c.seq, sorted(aliases))}
    return {key: heads[row.alias_of] if row.alias_of is not None else row for key, row in rows.items()}


def _drop_expired(
    fresh: dict[str, list[Sighting]], rows: Mapping[str, Row[Any]], terms: Terms, now: datetime, tally: Tally
) -> None:
    for feedback_id, ones in list(fresh.items()):
        limit = terms.retention.get(ones[0].seen.platform)
        times = [one.seen.own_at for one in ones if one.seen.own_at]
        too_old = limit is not None and bool(times) and max(times) < now - limit
        if too_old or (feedback_id in rows and rows[feedback_id].expired):
            tally.expired += 1
            del fresh[feedback_id]


def _arrived(record: Feedback, terms: Terms) -> Feedback:
    """*record*, its present revision marked as live or as back-fill."""
    live = terms.live_since is not None and record.said_at is not None and record.said_at >= terms.live_since
    arrival: Arrival = "live" if live else "backfill"
    return record if record.arrival == arrival else record.model_copy(update={"arrival": arrival})


def _merge_known(
    connection: Connection,
    fresh: Mapping[str, list[Sighting]],
    known: Mapping[str, Row[Any]],
    terms: Terms,
    tally: Tally,
) -> None:
    by_seq: dict[int, list[Sighting]] = {}
    for feedback_id, row in known.items():
        by_seq.setdefault(row.seq, []).extend(fresh[feedback_id])
    rows = {row.seq: row for row in known.values()}
    stored = load_sightings(connection, sorted(by_seq))
    updates, bodies = [], []
    for seq, ones in by_seq.items():
        before = {one.digest: one for one in stored[seq]}
        merged = union(stored[seq], ones)
        bodies += [(seq, one, one.digest in before) for one in merged if before.get(one.digest) != one]
        change = _revised(rows[seq], merged, terms, tally)
        if change:
            updates.append(change)
    _store_sightings(connection, bodies)
    _update_rows(connection, updates)


def _revised(row: Row[Any], merged: Sequence[Sighting], terms: Terms, tally: Tally) -> dict[str, Any] | None:
    """The row's new columns, or None when the present record stays as it is."""
    old = load(row.body)
    new = present(merged, arrival=old.arrival, feedback_id=row.id)
    if new == old:
        tally.same += 1
        return None
    said_anew = new.revision != old.revision
    if said_anew:
        new = _arrived(new, terms)
    tally.changed += said_anew
    tally.same += not said_anew
    gained = terms.own & (set(new.products) - set(old.products))
    voice = row.voice if row.voice.startswith("c:") else default_voice(row.seq, new.author)
    values = columns(new, terms.salt) | {"voice": voice, "due": row.due, "tries": row.tries}
    values |= {"tags": row.tags, "work_key": row.work_key, "parked": row.parked}
    if said_anew:  # tags are statements about a revision: the old ones say nothing about this one
        values |= {"tags": None, "work_key": "", "tries": 0, "parked": ""}
    if (said_anew or gained) and row.due != Lane.FRESH:
        values["due"] = int(Lane.CHANGED)
    if row.change is not None:
        tally.renumber.append(row.seq)
    return values | {"_seq": row.seq}


def _insert_new(
    connection: Connection, fresh: Mapping[str, list[Sighting]], terms: Terms, tally: Tally
) -> None:
    if not fresh:
        return
    first = take_numbers(connection, len(fresh), "seq")
    rows, bodies = [], []
    for seq, ones in enumerate(fresh.values(), first):
        merged = union((), ones) if len(ones) > 1 else tuple(ones)
        record = _arrived(present(merged), terms)
        rows.append(
            identity(seq, record)
            | columns(record, terms.salt)
            | {"due": int(Lane.FRESH), "voice": default_voice(seq, record.author)}
        )
        bodies += [(seq, one, False) for one in merged]
    connection.execute(insert(feedback), rows)
    _store_sightings(connection, bodies)
    tally.new += len(rows)
    tally.aliased += adopt_aliases(connection, rows, terms.salt, tally.renumber)


_CHANGE_SIGHTING = (
    update(observations)
    .where(observations.c.seq == bindparam("_seq"), observations.c.digest == bindparam("_digest"))
    .values(body=bindparam("body"))
)


def _store_sightings(connection: Connection, bodies: Sequence[tuple[int, Sighting, bool]]) -> None:
    new = [
        {"seq": seq, "digest": one.digest, "body": one.model_dump_json(exclude_defaults=True)}
        for seq, one, known in bodies
        if not known
    ]
    old = [
        {"_seq": seq, "_digest": one.digest, "body": one.model_dump_json(exclude_defaults=True)}
        for seq, one, known in bodies
        if known
    ]
    if new:
        connection.execute(insert(observations), new)
    if old:
        connection.execute(_CHANGE_SIGHTING, old)


def _update_rows(connection: Connection, updates: Sequence[Mapping[str, Any]]) -> None:
    if updates:
        names = [name for name in updates[0] if name != "_seq"]
        statement = (
            update(feedback)
            .where(feedback.c.seq == bindparam("_seq"))
            .values({name: bindparam(name) for name in names})
        )
        connection.execute(statement, list(updates))
