"""Forgetting: what a person asked to erase, and what is past its retention."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from feedback.model import Sighting
from index.records.changes import number, remove
from index.records.rows import TAGS, chunks, dump_tags, load, load_sightings, seconds, seen_alias_key
from index.records.schema import erased, feedback, observations, verdicts


def matching_seqs(
    connection: Connection,
    *,
    authors: Sequence[str] = (),
    feedback_id: str | None = None,
    before: datetime | None = None,
) -> list[int]:
    """Rows that an erasure names, with the aliases that lead to them and the items they lead to."""
    conditions: list[ColumnElement[bool]] = []
    if authors:
        conditions.append(or_(feedback.c.author.in_(authors), feedback.c.name_key.in_(authors)))
    if feedback_id is not None:
        conditions.append(feedback.c.id == feedback_id)
    if before is not None:
        conditions.append(feedback.c.at < seconds(before))
    rows = connection.execute(select(feedback.c.seq, feedback.c.alias_of).where(or_(*conditions))).all()
    heads = {row.alias_of if row.alias_of is not None else row.seq for row in rows}
    found = set(heads)
    for part in chunks(sorted(heads)):
        found |= set(connection.scalars(select(feedback.c.seq).where(feedback.c.alias_of.in_(part))))
    return sorted(found)


def erase(connection: Connection, seqs: Sequence[int], salt: bytes, log: Path | None) -> int:
    """Delete the rows and everything about them; remember only what is needed to refuse them later."""
    erased_count = 0
    for part in chunks(seqs):
        rows = connection.execute(select(feedback).where(feedback.c.seq.in_(part)).with_for_update()).all()
        heads = {row.alias_of or row.seq for row in rows}
        sightings = load_sightings(connection, sorted(heads))
        first = remove(connection, [(row.seq, row.id) for row in rows])
        entries = [
            {"id": row.id, "alias_key": key, "number": n}
            for n, row in enumerate(rows, first)
            for key in sorted(_keys_of(row, sightings[row.alias_of or row.seq], salt)) or [""]
        ]
        _append_log(log, entries)
        connection.execute(insert(erased), entries)
        _delete_rows(connection, part)
        erased_count += sum(row.alias_of is None for row in rows)
    return erased_count


def _keys_of(row: Row[Any], sightings: Sequence[Sighting], salt: bytes) -> set[str]:
    keys = (row.alias_key, *(seen_alias_key(one.seen, salt) for one in sightings))
    return {key for key in keys if key}


def _append_log(log: Path | None, entries: Sequence[Mapping[str, Any]]) -> None:
    """Before the commit: an entry too many only repeats a wish, one too few would let a backup undo it."""
    if log is None:
        return
    with log.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(dict(entry)) + "\n" for entry in entries)
        file.flush()
        os.fsync(file.fileno())


def _delete_rows(connection: Connection, seqs: Sequence[int]) -> None:
    connection.execute(delete(observations).where(observations.c.seq.in_(seqs)))
    connection.execute(delete(verdicts).where(verdicts.c.seq.in_(seqs)))
    connection.execute(delete(feedback).where(feedback.c.seq.in_(seqs)))


def apply_log(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> int:
    """Erase again, in a restored database, what was erased after its backup was made."""
    known = set(connection.execute(select(erased.c.id, erased.c.alias_key)).tuples())
    missing = {(entry["id"], entry["alias_key"]): dict(entry) for entry in entries}
    rows = [entry for key, entry in missing.items() if key not in known]
    if rows:
        connection.execute(insert(erased), rows)
    ids = sorted({entry["id"] for entry in rows})
    keys = sorted({entry["alias_key"] for entry in rows} - {""})
    seqs: set[int] = set()
    for part in chunks(ids):
        seqs |= set(connection.scalars(select(feedback.c.seq).where(feedback.c.id.in_(part))))
    for part in chunks(keys):
        seqs |= set(connection.scalars(select(feedback.c.seq).where(feedback.c.alias_key.in_(part))))
    for wave in chunks(sorted(seqs)):
        _delete_rows(connection, wave)
    return len(seqs)


def expire(
    connection: Connection, retention: Mapping[str, timedelta], now: datetime, limit: int = 5_000
) -> int:
    """Empty what is past its platform's retention; time, products, tags without spans and the voice stay."""
    done = 0
    for platform, age in sorted(retention.items()):
        rows = connection.execute(
            select(feedback)
            .where(
                feedback.c.platform == platform,
                feedback.c.at < seconds(now - age),
                feedback.c.expired.is_(False),
            )
            .limit(limit)
            .with_for_update()
        ).all()
        for row in rows:
            connection.execute(update(feedback).where(feedback.c.seq == row.seq).values(_emptied(row)))
        seqs = [row.seq for row in rows]
        for part in chunks(seqs):
            connection.execute(delete(observations).where(observations.c.seq.in_(part)))
        number(connection, [row.seq for row in rows if row.change is not None])
        done += len(rows)
    return done


def _emptied(row: Row[Any]) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "text": "",
        "author": None,
        "name_key": None,
        "url": None,
        "reply": None,
        "metrics": {},
    }
    record = load(row.body).model_copy(update=blank)
    tags = [
        tag.model_copy(update={"start": None, "end": None}) for tag in TAGS.validate_json(row.tags or "[]")
    ]
    return {
        "body": record.model_dump_json(exclude_defaults=True),
        "tags": dump_tags(tags) if row.tags else None,
        "author": None,
        "name_key": None,
        "alias_key": None,
        "due": None,
        "expired": True,
    }
