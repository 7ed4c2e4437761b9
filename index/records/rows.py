"""Between table rows and models: the only place that knows how a document is written down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zlib import crc32

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, select

from feedback.ids import alias_keys, is_row_id
from feedback.mask import mask
from feedback.model import Document, Feedback, Observation, Sighting, Tag, Verdict, made
from index.records.database import among, listed
from index.records.schema import PARTITIONS, feedback, observations, verdicts

TAGS = TypeAdapter(tuple[Tag, ...])
DAY_S = 86_400
WAVE = 500
"""Rows held in memory at a time where an erasure may be of any size."""

T = TypeVar("T")


def chunks(values: Sequence[T], size: int = WAVE) -> Iterable[Sequence[T]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def seconds(at: datetime) -> int:
    return int(at.timestamp() // 1)


def default_voice(seq: int, author: str | None) -> str:
    return f"a:{author}" if author else f"i:{seq}"


def keys_of(seen: Observation, salt: bytes, *, days: Iterable[int] = (0,)) -> tuple[str, ...]:
    text = seen.text or ""
    return alias_keys(
        salt, seen.platform, seen.region, seen.name_key, seen.rating, text, seen.own_at, days=days
    )


def twin_keys(name_key: str | None, said_at: int | None, *, days: Iterable[int] = (0,)) -> list[str]:
    """Cheap to make for every item: a day and a nickname. The few that share one are compared in full."""
    if name_key is None or said_at is None:
        return []
    return [f"{said_at // DAY_S + day}:{name_key}" for day in days]


def columns(record: Feedback) -> dict[str, Any]:
    """The columns that follow from the present record."""
    said_at = seconds(record.said_at) if record.said_at else None
    first_seen_at = seconds(record.first_seen_at)
    twin = twin_keys(record.name_key, said_at)
    return {
        "author": record.author,
        "name_key": record.name_key,
        "twin": twin[0] if twin else None,
        "at": first_seen_at if said_at is None else said_at,
        "said_at": said_at,
        "first_seen_at": first_seen_at,
        "revision": record.revision,
        "products": " ".join(record.products),
        "live": record.arrival == "live",
        "body": record.model_dump_json(exclude_defaults=True),
    }


def identity(seq: int, record: Feedback) -> dict[str, Any]:
    """The columns that never change."""
    return {
        "seq": seq,
        "id": record.id,
        "platform": record.platform,
        "hashed": is_row_id(record.id),
        "part": crc32(record.id.encode()) % PARTITIONS,
    }


def load(body: str) -> Feedback:
    return Feedback.model_validate_json(body)


def dump_tags(tags: Sequence[Tag]) -> str:
    return TAGS.dump_json(tuple(tags), exclude_defaults=True).decode()


def sighting_row(seq: int, one: Sighting) -> dict[str, Any]:
    return {"seq": seq, "digest": one.digest, "body": one.model_dump_json(exclude_defaults=True)}


_SIGHTINGS = select(observations.c.seq, observations.c.body).where(among(observations.c.seq))


def load_sightings(connection: Connection, seqs: Sequence[int]) -> dict[int, list[Sighting]]:
    found: dict[int, list[Sighting]] = {seq: [] for seq in seqs}
    if not seqs:
        return found
    for seq, body in connection.execute(_SIGHTINGS, listed(seqs)):
        found[seq].append(Sighting.model_validate_json(body))
    return found


def documents(connection: Connection, rows: Iterable[Row[Any]], *, raw: bool = False) -> list[Document]:
    """Whole rows of ``feedback`` as documents, masked unless *raw*."""
    rows = list(rows)
    judged = _verdicts(connection, [row.seq for row in rows])
    return [_document(row, judged.get(row.seq, ()), raw=raw) for row in rows]


def _document(row: Row[Any], judged: tuple[Verdict, ...], *, raw: bool) -> Document:
    record = load(row.body)
    return made(
        Document,
        {
            "seq": row.seq,
            "feedback": record if raw else masked(record),
            "tags": TAGS.validate_json(row.tags) if row.tags else (),
            "verdicts": judged,
            "key": row.work_key,
            "failures": row.tries,
            "parked": row.parked,
            "change": row.change or 0,
            "voice": row.voice,
            "expired": row.expired,
        },
    )


def masked(record: Feedback) -> Feedback:
    """*record* as it may leave the records: text and reply without personal numbers."""
    update: dict[str, Any] = {}
    if (text := mask(record.text)) != record.text:
        update["text"] = text
    if record.reply and (reply := mask(record.reply.text)) != record.reply.text:
        update["reply"] = record.reply.model_copy(update={"text": reply})
    return record.model_copy(update=update) if update else record


def masked_sighting(one: Sighting) -> Sighting:
    seen = one.seen
    update: dict[str, Any] = {"name_key": None, "text": mask(seen.text) if seen.text else seen.text}
    if seen.reply:
        update["reply"] = seen.reply.model_copy(update={"text": mask(seen.reply.text)})
    return one.model_copy(update={"seen": seen.model_copy(update=update)})


_VERDICTS = select(verdicts.c.seq, verdicts.c.body).where(among(verdicts.c.seq)).order_by(verdicts.c.number)


def _verdicts(connection: Connection, seqs: Sequence[int]) -> Mapping[int, tuple[Verdict, ...]]:
    found: dict[int, tuple[Verdict, ...]] = {}
    for seq, body in connection.execute(_VERDICTS, listed(seqs)):
        found[seq] = (*found.get(seq, ()), Verdict.model_validate_json(body))
    return found


_ROWS = {
    column.name: select(feedback).where(among(column)).order_by(feedback.c.seq)
    for column in (feedback.c.seq, feedback.c.id)
}
_LOCKED_ROWS = {name: rows.with_for_update() for name, rows in _ROWS.items()}


def select_rows(
    connection: Connection, column: Any, values: Iterable[Any], *, lock: bool = True
) -> list[Row[Any]]:
    """Rows of ``feedback`` by id or seq, in the order of seq; locked, where rows are, unless told otherwise."""
    values = list(values)
    if not values:
        return []
    return list(connection.execute((_LOCKED_ROWS if lock else _ROWS)[column.name], listed(values)))
