"""``put``: one fetched page becomes part of the records in one transaction, whatever order pages come in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from feedback.ids import ALIAS_DAYS
from feedback.merge import present, sighting, union
from feedback.model import Arrival, Feedback, Page, Receipt, Sighting
from index.records.aliases import adopt_aliases
from index.records.changes import number, remove
from index.records.database import alone, among, execute_many, listed, take_numbers
from index.records.rows import (
    columns,
    default_voice,
    identity,
    keys_of,
    load_sightings,
    select_rows,
    sighting_row,
)
from index.records.schema import erased, feedback, observations, signatures
from index.records.types import Lane, Tally, Terms


def put_page(connection: Connection, page: Page, terms: Terms) -> Receipt:
    """Store what a page showed; idempotent, and independent of the order in which pages come."""
    alone(connection)
    tally = Tally()
    fresh: dict[str, list[Sighting]] = {}
    for one in map(sighting, page.observations):
        fresh.setdefault(one.seen.id, []).append(one)
    _drop_erased(connection, fresh, terms.salt, tally)
    rows = _canonical_rows(connection, fresh)
    _drop_expired(fresh, rows, terms, page.fetched_at, tally)
    known = {feedback_id: row for feedback_id, row in rows.items() if feedback_id in fresh}
    _merge_known(connection, fresh, known, terms, tally)
    _insert_new(connection, {key: ones for key, ones in fresh.items() if key not in known}, terms, tally)
    number(connection, tally.renumber)
    if tally.gone:
        remove(connection, tally.gone)
    tally.ids = [known[key].id if key in known else tally.leads.get(key, key) for key in fresh]
    return tally.receipt()


_ANY_ERASED = select(exists().select_from(erased))


def _drop_erased(connection: Connection, fresh: dict[str, list[Sighting]], salt: bytes, tally: Tally) -> None:
    """What a person asked to erase does not come back, neither by its id nor under another one."""
    if not connection.execute(_ANY_ERASED).scalar():
        return
    keys = {feedback_id: _all_keys(ones, salt) for feedback_id, ones in fresh.items()}
    ids = _erased_among(connection, erased.c.id, fresh)
    gone = _erased_among(connection, erased.c.alias_key, {key for found in keys.values() for key in found})
    for feedback_id, found in keys.items():
        if feedback_id in ids or gone.intersection(found):
            tally.erased += 1
            del fresh[feedback_id]


def _erased_among(connection: Connection, column: Any, values: Iterable[str]) -> set[str]:
    return set(connection.scalars(select(column).where(among(column)), listed(values)))


def _all_keys(ones: Sequence[Sighting], salt: bytes) -> set[str]:
    return {key for one in ones for key in keys_of(one.seen, salt, days=ALIAS_DAYS)}


def _canonical_rows(connection: Connection, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Id asked for → the row that holds it now; an alias leads to the item it turned out to be."""
    rows = {row.id: row for row in select_rows(connection, feedback.c.id, ids)}
    aliases = {row.alias_of for row in rows.values() if row.alias_of is not None}
    heads = {row.seq: row for row in select_rows(connection, feedback.c.seq, aliases)}
    return {key: heads[row.alias_of] if row.alias_of is not None else row for key, row in rows.items()}


def _drop_expired(
    fresh: dict[str, list[Sighting]], rows: Mapping[str, Row[Any]], terms: Terms, now: datetime, tally: Tally
) -> None:
    gone = [key for key, row in rows.items() if row.expired]
    if terms.retention:
        gone += [key for key, ones in fresh.items() if key not in gone and _is_too_old(ones, terms, now)]
    tally.expired += len(gone)
    for feedback_id in gone:
        del fresh[feedback_id]


def _is_too_old(ones: Sequence[Sighting], terms: Terms, now: datetime) -> bool:
    limit = terms.retention.get(ones[0].seen.platform)
    times = [one.seen.own_at for one in ones if one.seen.own_at]
    return limit is not None and bool(times) and max(times) < now - limit


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
    stored = load_sightings(connection, list(by_seq))
    updates, bodies = [], []
    for seq, ones in by_seq.items():
        before = {one.digest: one for one in stored[seq]}
        merged = union(stored[seq], ones)
        bodies += [(seq, one, one.digest in before) for one in merged if before.get(one.digest) != one]
        change = _revised(rows[seq], merged, terms, tally)
        if change:
            updates.append(change)
    _store_sightings(connection, bodies)
    execute_many(connection, _CHANGE_ROW, updates)
    execute_many(
        connection, _CHANGE_SIGNER, [{"_seq": row["_seq"], "author": row["author"]} for row in updates]
    )


def _revised(row: Row[Any], merged: Sequence[Sighting], terms: Terms, tally: Tally) -> dict[str, Any] | None:
    """The row's new columns, or None when the present record stays as it is."""
    new = present(merged, arrival="live" if row.live else "backfill", feedback_id=row.id)
    values = columns(new)
    if values["body"] == row.body and values["name_key"] == row.name_key:
        tally.same += 1
        return None
    said_anew = new.revision != row.revision
    if said_anew:
        values = columns(_arrived(new, terms))
    tally.changed += said_anew
    tally.same += not said_anew
    gained = terms.own & (set(new.products) - set(row.products.split()))
    values |= {name: getattr(row, name) for name in ("voice", "due", "tries", "tags", "work_key", "parked")}
    if not row.voice.startswith("c:"):
        values["voice"] = default_voice(row.seq, new.author)
    if said_anew:  # tags are statements about a revision: the old ones say nothing about this one
        values |= {"tags": None, "work_key": "", "parked": ""}
    if said_anew or gained:
        values |= {"due": row.due if row.due == Lane.FRESH else int(Lane.CHANGED), "tries": 0}
    if row.change is not None:
        tally.renumber.append(row.seq)
    return values | {"_seq": row.seq}


_CHANGED = (
    "author", "name_key", "twin", "at", "said_at", "first_seen_at", "revision", "products", "live", "body", "voice", "due",
    "tries", "tags", "work_key", "parked",
)  # fmt: skip
_CHANGE_ROW = (
    update(feedback)
    .where(feedback.c.seq == bindparam("_seq"))
    .values({name: bindparam(name) for name in _CHANGED})
)
_CHANGE_SIGNER = (
    update(signatures).where(signatures.c.seq == bindparam("_seq")).values(author=bindparam("author"))
)


def _insert_new(
    connection: Connection, fresh: Mapping[str, list[Sighting]], terms: Terms, tally: Tally
) -> None:
    if not fresh:
        return
    first = take_numbers(connection, len(fresh), "seq")
    rows, bodies = [], []
    for seq, ones in enumerate(fresh.values(), first):
        merged = union((), ones) if len(ones) > 1 else ones
        record = _arrived(present(merged), terms)
        row = columns(record)
        row |= identity(seq, record)
        row |= {"due": int(Lane.FRESH), "voice": default_voice(seq, record.author)}
        rows.append(row)
        bodies += [(seq, one, False) for one in merged]
    execute_many(connection, _NEW_ROW, rows)
    _store_sightings(connection, bodies)
    tally.new += len(rows)
    adopt_aliases(connection, rows, terms, tally)


_NEW_ROW = insert(feedback)
_NEW_SIGHTING = insert(observations)
_CHANGE_SIGHTING = (
    update(observations)
    .where(observations.c.seq == bindparam("_seq"), observations.c.digest == bindparam("_digest"))
    .values(body=bindparam("body"))
)


def _store_sightings(connection: Connection, bodies: Sequence[tuple[int, Sighting, bool]]) -> None:
    new = [sighting_row(seq, one) for seq, one, known in bodies if not known]
    old = [sighting_row(seq, one) for seq, one, known in bodies if known]
    execute_many(connection, _NEW_SIGHTING, new)
    changed = [{"_seq": row["seq"], "_digest": row["digest"], "body": row["body"]} for row in old]
    execute_many(connection, _CHANGE_SIGHTING, changed)
