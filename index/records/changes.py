"""Change numbers: the one order in which engines and counts hear of everything."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from feedback.model import Document
from index.records.database import take_numbers
from index.records.rows import documents
from index.records.schema import bands, feedback, removals, signatures
from index.records.types import Erasure

_STAMP = update(feedback).where(feedback.c.seq == bindparam("_seq")).values(change=bindparam("_number"))


def number(connection: Connection, seqs: Sequence[int]) -> int:
    """Give each row, locked already, the next change number; returns the largest (0 when there are none)."""
    ordered = sorted(set(seqs))
    if not ordered:
        return 0
    first = take_numbers(connection, len(ordered))
    stamps = [{"_seq": seq, "_number": n} for n, seq in enumerate(ordered, first)]
    connection.execute(_STAMP, stamps)
    return first + len(ordered) - 1


def remove(connection: Connection, gone: Sequence[tuple[int, str]]) -> int:
    """Engines are to drop these (seq, id); returns the number of the first removal."""
    first = take_numbers(connection, len(gone))
    rows = [{"number": n, "seq": seq, "id": feedback_id} for n, (seq, feedback_id) in enumerate(gone, first)]
    connection.execute(insert(removals), rows)
    seqs = [seq for seq, _ in gone]
    connection.execute(delete(signatures).where(signatures.c.seq.in_(seqs)))
    connection.execute(delete(bands).where(bands.c.seq.in_(seqs)))
    return first


def release_unnumbered(connection: Connection, *, before_s: int, ids: Sequence[str] | None) -> int:
    """Items not tagged yet become visible, untagged: those of *ids*, or all first seen before *before_s*."""
    waiting = select(feedback.c.seq).where(feedback.c.change.is_(None), feedback.c.alias_of.is_(None))
    waiting = waiting.where(
        feedback.c.id.in_(ids) if ids is not None else feedback.c.first_seen_at <= before_s
    )
    seqs = connection.scalars(
        waiting.order_by(feedback.c.first_seen_at).limit(20_000).with_for_update()
    ).all()
    number(connection, seqs)
    return len(seqs)


def scan_changes(connection: Connection, after: int, limit: int) -> list[Document]:
    """Documents whose latest change comes after *after*, in the order of changes."""
    rows = connection.execute(
        select(feedback)
        .where(feedback.c.change > after, feedback.c.alias_of.is_(None))
        .order_by(feedback.c.change)
        .limit(limit)
    )
    return documents(connection, rows)


def removals_after(connection: Connection, after: int) -> list[Erasure]:
    rows = connection.execute(select(removals).where(removals.c.number > after).order_by(removals.c.number))
    return [Erasure(seq=row.seq, id=row.id, number=row.number) for row in rows]
