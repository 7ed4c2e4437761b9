"""Forgetting: what a person asked to erase, and what is past its retention."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, insert, or_, select, update

from feedback.errors import StoreError
from feedback.model import Sighting
from index.records.aliases import twins_of
from index.records.changes import number, remove, unsign
from index.records.database import among, execute_many, listed
from index.records.rows import (
    TAGS,
    chunks,
    dump_tags,
    keys_of,
    load,
    load_sightings,
    seconds,
    select_rows,
)
from index.records.schema import erased, feedback, observations, verdicts

EXPIRE_STEP = 5_000
_ERASED = insert(erased)


def matching_seqs(
    connection: Connection,
    *,
    authors: Sequence[str] = (),
    feedback_id: str | None = None,
    before: datetime | None = None,
) -> list[int]:
    """Rows that an erasure names, with the ids that are one with them, locked."""
    conditions: list[ColumnElement[bool]] = []
    if authors:
        voices = [f"a:{author}" for author in authors]  # of an expired item the author is left only there
        expired = and_(feedback.c.expired.is_(True), feedback.c.voice.in_(voices))
        conditions += [feedback.c.author.in_(authors), feedback.c.name_key.in_(authors), expired]
    if feedback_id is not None:
        conditions.append(feedback.c.id == feedback_id)
    if before is not None:
        conditions.append(and_(feedback.c.at < seconds(before), feedback.c.alias_of.is_(None)))
    if not conditions:
        return []
    rows = connection.execute(select(feedback.c.seq, feedback.c.alias_of).where(or_(*conditions))).all()
    heads = {row.seq if row.alias_of is None else row.alias_of for row in rows}
    return _with_aliases(connection, heads | _twins(connection, heads))


def _twins(connection: Connection, heads: Iterable[int]) -> set[int]:
    """Items that ``put`` would refuse once these are erased: they do not stay either."""
    found: set[int] = set()
    for wave in chunks(sorted(heads)):
        rows = select_rows(connection, feedback.c.seq, wave)
        found |= {twin.seq for twins in twins_of(connection, rows).values() for twin in twins}
    return found


def _with_aliases(connection: Connection, heads: Iterable[int]) -> list[int]:
    found = set(heads)
    aliases = select(feedback.c.seq).where(among(feedback.c.alias_of))
    return sorted(found.union(connection.scalars(aliases, listed(found))))


def erase(connection: Connection, seqs: Sequence[int], salt: bytes, log: Path | None) -> int:
    """Delete the rows and everything about them; remember only what is needed to refuse them later."""
    erased_count = 0
    for part in chunks(seqs):
        rows = select_rows(connection, feedback.c.seq, part)
        head = {row.seq: row.seq if row.alias_of is None else row.alias_of for row in rows}
        sightings = load_sightings(connection, sorted(set(head.values())))
        last = remove(connection, [(row.seq, row.id) for row in rows if row.change is not None])
        entries = [
            {"id": row.id, "alias_key": key, "number": last}
            for row in rows
            for key in _keys_of(sightings[head[row.seq]], salt) or [""]
        ]
        _append_log(log, entries)
        execute_many(connection, _ERASED, entries)
        erased_count += sum(row.alias_of is None for row in rows)
    _delete_rows(connection, seqs)  # last, since aliases of a later part read the sightings of their item
    return erased_count


def _keys_of(sightings: Sequence[Sighting], salt: bytes) -> list[str]:
    return sorted({key for one in sightings for key in keys_of(one.seen, salt)})


def _append_log(log: Path | None, entries: Sequence[Mapping[str, Any]]) -> None:
    """Before the commit: an entry too many only repeats a wish, one too few would let a backup undo it."""
    if log is None:
        return
    lines = "".join(json.dumps(dict(entry)) + "\n" for entry in entries)
    with log.open("a+b") as file:
        _drop_torn_line(file)
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())


def _drop_torn_line(file: BinaryIO) -> None:
    """What a killed process left of its last line was never committed."""
    file.seek(0)
    whole = file.read()
    if whole and not whole.endswith(b"\n"):
        file.truncate(whole.rfind(b"\n") + 1)


def read_log(log: Path) -> list[dict[str, Any]]:
    """Raises StoreError when a line cannot be read: to pass over it would bring an erased text back."""
    lines = log.read_bytes().split(b"\n")[:-1] if log.exists() else []  # what follows the last \n is torn
    try:
        return [json.loads(line) for line in lines]
    except ValueError as error:
        raise StoreError(
            f"擦除记录读不懂 erased.log is damaged: {error}", hint="修好它再恢复 mend it before restoring"
        ) from error


def _delete_rows(connection: Connection, seqs: Sequence[int]) -> None:
    for table in (observations, verdicts, feedback):
        connection.execute(delete(table).where(among(table.c.seq)), listed(seqs))
    unsign(connection, seqs)


def apply_log(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> int:
    """Erase again, in a restored database, what was erased after its backup was made."""
    known = {(row.id, row.alias_key) for row in connection.execute(select(erased))}
    asked = {(entry["id"], entry["alias_key"]): dict(entry) for entry in entries}
    execute_many(connection, _ERASED, [entry for key, entry in asked.items() if key not in known])
    found = select_rows(connection, feedback.c.id, {entry["id"] for entry in asked.values()})
    heads = {row.seq if row.alias_of is None else row.alias_of for row in found}
    _delete_rows(connection, _with_aliases(connection, heads))
    return len(heads)


def expire(connection: Connection, retention: Mapping[str, timedelta], now: datetime) -> int:
    """Empty what is past its platform's retention; time, products, tags without spans and the voice stay."""
    done = 0
    for platform, age in sorted(retention.items()):
        rows = connection.execute(
            select(feedback)
            .where(feedback.c.platform == platform, feedback.c.at < seconds(now - age))
            .where(feedback.c.expired.is_(False), feedback.c.alias_of.is_(None))
            .order_by(feedback.c.at)
            .limit(EXPIRE_STEP)
            .with_for_update()
        ).all()
        seqs = [row.seq for row in rows]
        execute_many(connection, _EMPTY, [_emptied(row) for row in rows])
        connection.execute(delete(observations).where(among(observations.c.seq)), listed(seqs))
        unsign(connection, seqs)
        number(connection, [row.seq for row in rows if row.change is not None])
        done += len(rows)
    return done


_BLANK: Mapping[str, Any] = {"text": "", "author": None, "url": None, "reply": None, "metrics": {}}
_EMPTY = (
    update(feedback)
    .where(feedback.c.seq == bindparam("_seq"))
    .values(body=bindparam("_body"), tags=bindparam("_tags"), author=None, name_key=None, twin=None)
    .values(due=None, expired=True)
)


def _emptied(row: Row[Any]) -> dict[str, Any]:
    record = load(row.body).model_copy(update=_BLANK)
    tags = [
        tag.model_copy(update={"start": None, "end": None}) for tag in TAGS.validate_json(row.tags or "[]")
    ]
    body = record.model_dump_json(exclude_defaults=True)
    return {"_seq": row.seq, "_body": body, "_tags": dump_tags(tags) if row.tags else None}
