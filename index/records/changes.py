"""Change numbers: the one order in which engines and counts hear of everything."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from feedback.model import Document
from index.records.database import among, execute_many, listed, take_numbers
from index.records.rows import documents
from index.records.schema import bands, feedback, removals, signatures
from index.records.types import Erasure

RELEASE_STEP = 20_000
_REMOVAL = insert(removals)
_STAMP = (
    update(feedback)
    .where(feedback.c.seq == bindparam("_seq"))
    .values(change=bindparam("_number"), refused="")  # changed, it may please the engine now
)


def number(connection: Connection, seqs: Sequence[int]) -> int:
    """Give each row, locked already, the next change number; returns the largest (0 when there are none)."""
    ordered = sorted(set(seqs))
    if not ordered:
        return 0
    first = take_numbers(connection, len(ordered))
    execute_many(connection, _STAMP, [{"_seq": seq, "_number": n} for n, seq in enumerate(ordered, first)])
    return first + len(ordered) - 1


def remove(connection: Connection, gone: Sequence[tuple[int, str]]) -> int:
    """Engines, which may have taken these (seq, id), are to drop them; returns the latest number."""
    first = take_numbers(connection, len(gone))
    rows = [{"number": n, "seq": seq, "id": feedback_id} for n, (seq, feedback_id) in enumerate(gone, first)]
    execute_many(connection, _REMOVAL, rows)
    return first + len(gone) - 1


def unsign(connection: Connection, seqs: Sequence[int]) -> None:
    """No sketch of these is kept: their text is gone, or speaks under another id."""
    if seqs:
        for table in (signatures, bands):
            connection.execute(delete(table).where(among(table.c.seq)), listed(seqs))


_WAITING = (
    select(feedback.c.seq)
    .where(feedback.c.change.is_(None), feedback.c.alias_of.is_(None))
    .order_by(feedback.c.first_seen_at)
    .limit(RELEASE_STEP)
    .with_for_update()
)
_OLD_ENOUGH = _WAITING.where(feedback.c.first_seen_at <= bindparam("_before"))
_ASKED_FOR = _WAITING.where(among(feedback.c.id))


def release_unnumbered(connection: Connection, *, before_s: int, ids: Sequence[str] | None) -> int:
    """Items not tagged yet become visible, untagged: those of *ids*, or all first seen before *before_s*."""
    if ids is None:
        seqs = connection.scalars(_OLD_ENOUGH, {"_before": before_s}).all()
    else:
        seqs = connection.scalars(_ASKED_FOR, listed(ids)).all()
    number(connection, seqs)
    return len(seqs)


_CHANGED = (
    select(feedback)
    .where(feedback.c.change > bindparam("_after"), feedback.c.alias_of.is_(None))
    .order_by(feedback.c.change)
    .limit(bindparam("_most"))
)
_REMOVED = select(removals).where(removals.c.number > bindparam("_after")).order_by(removals.c.number)


def scan_changes(connection: Connection, after: int, limit: int) -> list[Document]:
    """Documents whose latest change comes after *after*, in the order of changes."""
    return documents(connection, connection.execute(_CHANGED, {"_after": after, "_most": limit}))


def removals_after(connection: Connection, after: int) -> list[Erasure]:
    rows = connection.execute(_REMOVED, {"_after": after})
    return [Erasure(seq=row.seq, id=row.id, number=row.number) for row in rows]
