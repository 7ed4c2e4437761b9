"""One thing said once, known under two ids: an exported row without an id, and the item from the store.

They are one when platform, region, nickname, rating and folded text agree, the times differ by at most two
days, and there is exactly one candidate. The native id stays; the other row is kept and never counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from feedback.ids import ALIAS_DAYS, ALIAS_WINDOW
from feedback.merge import present, union
from index.records.changes import remove
from index.records.rows import alias_key_of, columns, load, load_sightings
from index.records.schema import feedback, observations, verdicts
from index.records.types import Lane

_WINDOW_S = int(ALIAS_WINDOW.total_seconds())


def adopt_aliases(
    connection: Connection, rows: Sequence[Mapping[str, Any]], salt: bytes, renumber: list[int]
) -> int:
    """Join each newly stored row with its twin, if it has exactly one; returns how many were joined."""
    joined = 0
    for platform in sorted({row["platform"] for row in rows}):
        mine = [row for row in rows if row["platform"] == platform and row["alias_key"]]
        if not mine or not _has_hashed(connection, platform):
            continue
        for row in mine:
            twin = _only_twin(connection, row, salt)
            if twin is not None:
                native, other = (twin, row["seq"]) if row["hashed"] else (row["seq"], twin)
                _join(connection, native, other, salt, renumber)
                joined += 1
    return joined


def _has_hashed(connection: Connection, platform: str) -> bool:
    found = select(exists().where(feedback.c.platform == platform, feedback.c.hashed.is_(True)))
    return bool(connection.execute(found).scalar())


def _only_twin(connection: Connection, row: Mapping[str, Any], salt: bytes) -> int | None:
    record = load(row["body"])
    keys = [alias_key_of(record, salt, day) for day in ALIAS_DAYS]
    twins = connection.execute(
        select(feedback.c.seq, feedback.c.said_at)
        .where(feedback.c.alias_key.in_(keys), feedback.c.hashed.is_(not row["hashed"]))
        .where(feedback.c.alias_of.is_(None), feedback.c.seq != row["seq"])
    ).all()
    near = [twin.seq for twin in twins if abs(twin.said_at - row["said_at"]) <= _WINDOW_S]
    return near[0] if len(near) == 1 else None


def _join(connection: Connection, native: int, other: int, salt: bytes, renumber: list[int]) -> None:
    """Observations, verdicts and first sight of *other* move to *native*; nothing becomes fresh by it."""
    found = connection.execute(select(feedback).where(feedback.c.seq.in_((native, other))).with_for_update())
    rows = {row.seq: row for row in found}
    stored = load_sightings(connection, (native, other))
    merged = union(stored[native], stored[other])
    connection.execute(delete(observations).where(observations.c.seq.in_((native, other))))
    bodies = [
        {"seq": native, "digest": one.digest, "body": one.model_dump_json(exclude_defaults=True)}
        for one in merged
    ]
    connection.execute(insert(observations), bodies)
    connection.execute(update(verdicts).where(verdicts.c.seq == other).values(seq=native))
    record = present(merged, arrival=load(rows[native].body).arrival, feedback_id=rows[native].id)
    values = columns(record, salt) | _tagging(rows[native], rows[other], record.revision)
    connection.execute(update(feedback).where(feedback.c.seq == native).values(values))
    if rows[native].change is not None or values.get("work_key"):
        renumber.append(native)
    retired = {"alias_of": native, "due": None, "change": None}
    connection.execute(update(feedback).where(feedback.c.seq == other).values(retired))
    if rows[other].change is not None:
        remove(connection, [(other, rows[other].id)])


def _tagging(native: Row[Any], other: Row[Any], revision: str) -> dict[str, Any]:
    """Whose tags the joined item bears: those already made for its revision, else it is due."""
    for row in (native, other):
        if row.work_key and row.revision == revision:
            return {"tags": row.tags, "work_key": row.work_key, "due": row.due, "parked": row.parked}
    due = native.due if native.due is not None else int(Lane.CHANGED)
    return {"tags": None, "work_key": "", "due": due}
