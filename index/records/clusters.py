"""Sketches of texts, and which of them are near copies of each other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from index.records.changes import number
from index.records.rows import chunks, default_voice
from index.records.schema import bands, feedback, signatures
from index.records.types import Signature, Signed


def sign(connection: Connection, signed: Sequence[tuple[Row[Any], Signature | None]]) -> None:
    """Keep the sketches of newly tagged rows. A changed text leaves its cluster; an unchanged one stays."""
    seqs = [row.seq for row, _ in signed]
    known: dict[int, bytes] = {}
    for part in chunks(seqs):
        stored = select(signatures.c.seq, signatures.c.sketch).where(signatures.c.seq.in_(part))
        known |= {seq: sketch for seq, sketch in connection.execute(stored)}
    moved = [(row, new) for row, new in signed if known.get(row.seq) != (new.sketch if new else None)]
    gone = [row.seq for row, _ in moved if row.seq in known]
    connection.execute(delete(signatures).where(signatures.c.seq.in_(gone)))
    connection.execute(delete(bands).where(bands.c.seq.in_(gone)))
    voices = [
        {"_seq": row.seq, "_voice": default_voice(row.seq, row.author)}
        for row, _ in moved
        if row.seq in known
    ]
    for voice in voices:
        connection.execute(
            update(feedback).where(feedback.c.seq == voice["_seq"]).values(voice=voice["_voice"])
        )
    fresh = [(row, new) for row, new in moved if new is not None]
    if fresh:
        connection.execute(insert(signatures), [_signature_row(row, new) for row, new in fresh])
        pairs = [{"band": band, "seq": row.seq} for row, new in fresh for band in sorted(set(new.bands))]
        connection.execute(insert(bands), pairs)


def _signature_row(row: Row[Any], signature: Signature) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "author": row.author,
        "at": row.at,
        "first_seen_at": row.first_seen_at,
        "sketch": signature.sketch,
        "bands": " ".join(map(str, signature.bands)),
    }


def _signed(row: Row[Any]) -> Signed:
    return Signed(
        seq=row.seq,
        author=row.author,
        at=datetime.fromtimestamp(row.at, UTC),
        sketch=row.sketch,
        bands=tuple(map(int, row.bands.split())),
        cluster=row.cluster,
    )


def pending(connection: Connection, limit: int) -> list[Signed]:
    waiting = select(signatures).where(signatures.c.cluster.is_(None))
    rows = connection.execute(waiting.order_by(signatures.c.first_seen_at, signatures.c.seq).limit(limit))
    return [_signed(row) for row in rows]


def neighbours(connection: Connection, wanted: Sequence[int], since: int, until: int) -> list[Signed]:
    """Clustered items sharing a band, said in ``[since, until]``, oldest member first."""
    seqs = select(bands.c.seq).where(bands.c.band.in_(wanted))
    rows = connection.execute(
        select(signatures)
        .where(signatures.c.seq.in_(seqs), signatures.c.cluster.is_not(None))
        .where(signatures.c.at >= since, signatures.c.at <= until)
        .order_by(signatures.c.seq)
    )
    return [_signed(row) for row in rows]


def join(connection: Connection, seq: int, cluster: int | None) -> None:
    """Put *seq* into *cluster* (None: one of its own). A second author makes all members one voice."""
    target = seq if cluster is None else cluster
    connection.execute(update(signatures).where(signatures.c.seq == seq).values(cluster=target))
    if cluster is None:
        return
    other = connection.execute(
        select(signatures.c.author, signatures.c.seq, feedback.c.voice)
        .join(feedback, feedback.c.seq == signatures.c.seq)
        .where(signatures.c.cluster == target, signatures.c.seq != seq)
        .limit(1)
    ).one_or_none()
    author = connection.execute(select(signatures.c.author).where(signatures.c.seq == seq)).scalar()
    if other is None:
        return
    if other.voice == f"c:{target}":
        _speak_as(connection, [seq], target)
    elif author is None or author != other.author:
        # Until now all members had one author, so this newcomer is the second.
        members = select(signatures.c.seq).where(signatures.c.cluster == target).order_by(signatures.c.seq)
        _speak_as(connection, connection.scalars(members).all(), target)


def _speak_as(connection: Connection, seqs: Sequence[int], cluster: int) -> None:
    for part in chunks(seqs):
        locked = select(feedback.c.seq).where(feedback.c.seq.in_(part)).order_by(feedback.c.seq)
        connection.execute(locked.with_for_update())
        connection.execute(update(feedback).where(feedback.c.seq.in_(part)).values(voice=f"c:{cluster}"))
        number(connection, part)


def largest(connection: Connection) -> int:
    """How many items the largest cluster has: shown by ``status``."""
    sizes = (
        select(func.count().label("n"))
        .where(signatures.c.cluster.is_not(None))
        .group_by(signatures.c.cluster)
    )
    return int(connection.execute(select(func.max(sizes.subquery().c.n))).scalar() or 0)
