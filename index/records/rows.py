"""Between table rows and models: the only place that knows how a document is written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, select

from feedback.ids import alias_key, digest, is_row_id
from feedback.mask import mask
from feedback.model import Document, Feedback, Observation, Sighting, Tag, Verdict
from index.records.schema import PARTITIONS, feedback, observations, verdicts

TAGS = TypeAdapter(tuple[Tag, ...])
CHUNK = 500
"""Ids in one IN list; far below every database's limit on parameters."""


T = TypeVar("T")


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterable[Sequence[T]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def seconds(at: datetime) -> int:
    return int(at.timestamp() // 1)


def default_voice(seq: int, author: str | None) -> str:
    return f"a:{author}" if author else f"i:{seq}"


def alias_key_of(record: Feedback, salt: bytes, day: int = 0) -> str | None:
    return alias_key(
        salt,
        record.platform,
        record.region,
        record.name_key,
        record.rating,
        record.text,
        record.said_at,
        day=day,
    )


def seen_alias_key(seen: Observation, salt: bytes, day: int = 0) -> str | None:
    return alias_key(
        salt, seen.platform, seen.region, seen.name_key, seen.rating, seen.text or "", seen.own_at, day=day
    )


def columns(record: Feedback, salt: bytes) -> dict[str, Any]:
    """The columns that follow from the present record."""
    return {
        "author": record.author,
        "name_key": record.name_key,
        "alias_key": alias_key_of(record, salt),
        "at": seconds(record.at),
        "said_at": seconds(record.said_at) if record.said_at else None,
        "first_seen_at": seconds(record.first_seen_at),
        "revision": record.revision,
        "products": " ".join(record.products),
        "body": record.model_dump_json(exclude_defaults=True),
    }


def identity(seq: int, record: Feedback) -> dict[str, Any]:
    """The columns that never change."""
    return {
        "seq": seq,
        "id": record.id,
        "platform": record.platform,
        "hashed": is_row_id(record.id),
        "part": int(digest(record.id, size=4), 16) % PARTITIONS,
    }


def load(body: str) -> Feedback:
    return Feedback.model_validate_json(body)


def dump_tags(tags: Sequence[Tag]) -> str:
    return TAGS.dump_json(tuple(tags), exclude_defaults=True).decode()


def load_sightings(connection: Connection, seqs: Sequence[int]) -> dict[int, list[Sighting]]:
    found: dict[int, list[Sighting]] = {seq: [] for seq in seqs}
    for part in chunks(seqs):
        rows = connection.execute(
            select(observations.c.seq, observations.c.body).where(observations.c.seq.in_(part))
        )
        for seq, body in rows:
            found[seq].append(Sighting.model_validate_json(body))
    return found


def documents(connection: Connection, rows: Iterable[Row[Any]], *, raw: bool = False) -> list[Document]:
    """Whole rows of ``feedback`` as documents, masked unless *raw*."""
    rows = list(rows)
    judged = _verdicts(connection, [row.seq for row in rows])
    return [_document(row, judged.get(row.seq, ()), raw=raw) for row in rows]


def _document(row: Row[Any], judged: tuple[Verdict, ...], *, raw: bool) -> Document:
    record = load(row.body)
    return Document(
        seq=row.seq,
        feedback=record if raw else masked(record),
        tags=TAGS.validate_json(row.tags) if row.tags else (),
        verdicts=judged,
        key=row.work_key,
        failures=row.tries,
        parked=row.parked,
        change=row.change or 0,
        voice=row.voice,
        expired=row.expired,
    )


def masked(record: Feedback) -> Feedback:
    """*record* as it may leave the records: text and reply without personal numbers, no name key."""
    update: dict[str, Any] = {"name_key": None}
    if (text := mask(record.text)) != record.text:
        update["text"] = text
    if record.reply and (reply := mask(record.reply.text)) != record.reply.text:
        update["reply"] = record.reply.model_copy(update={"text": reply})
    return record.model_copy(update=update)


def masked_sighting(one: Sighting) -> Sighting:
    seen = one.seen
    update: dict[str, Any] = {"name_key": None, "text": mask(seen.text) if seen.text else seen.text}
    if seen.reply:
        update["reply"] = seen.reply.model_copy(update={"text": mask(seen.reply.text)})
    return one.model_copy(update={"seen": seen.model_copy(update=update)})


def _verdicts(connection: Connection, seqs: Sequence[int]) -> Mapping[int, tuple[Verdict, ...]]:
    found: dict[int, tuple[Verdict, ...]] = {}
    for part in chunks(seqs):
        wanted = select(verdicts.c.seq, verdicts.c.body).where(verdicts.c.seq.in_(part))
        for seq, body in connection.execute(wanted.order_by(verdicts.c.number)):
            found[seq] = (*found.get(seq, ()), Verdict.model_validate_json(body))
    return found


def select_rows(connection: Connection, column: Any, values: Sequence[Any]) -> list[Row[Any]]:
    """Rows of ``feedback`` by id or seq, locked where the database locks rows, in the order of seq."""
    rows: list[Row[Any]] = []
    for part in chunks(sorted(values)):
        rows += connection.execute(
            select(feedback).where(column.in_(part)).order_by(feedback.c.seq).with_for_update()
        )
    return rows
