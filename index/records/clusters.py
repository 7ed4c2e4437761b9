"""Sketches of texts, and which of them are near copies of each other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, select, update

from index.records.changes import number, unsign
from index.records.database import among, execute_many, listed, take_numbers
from index.records.rows import default_voice, select_rows
from index.records.schema import bands, feedback, signatures
from index.records.types import Signature, Signed

_SKETCHES = select(signatures.c.seq, signatures.c.sketch).where(among(signatures.c.seq))
_SIGNATURE = insert(signatures)
_BAND = insert(bands)
_VOICE = update(feedback).where(feedback.c.seq == bindparam("_seq")).values(voice=bindparam("_voice"))


def sign(connection: Connection, signed: Sequence[tuple[Row[Any], Signature | None]]) -> None:
    """Keep the sketches of newly tagged rows. A changed text leaves its cluster; an unchanged one stays."""
    stored = connection.execute(_SKETCHES, listed(row.seq for row, _ in signed))
    known = {row.seq: row.sketch for row in stored}
    moved = [(row, new) for row, new in signed if known.get(row.seq) != (new.sketch if new else None)]
    gone = [row for row, _ in moved if row.seq in known]
    unsign(connection, [row.seq for row in gone])
    voices = [{"_seq": row.seq, "_voice": default_voice(row.seq, row.author)} for row in gone]
    execute_many(connection, _VOICE, voices)
    fresh = [(row, new) for row, new in moved if new is not None]
    execute_many(connection, _SIGNATURE, [_signature_row(row, new) for row, new in fresh])
    pairs = [{"band": band, "seq": row.seq} for row, new in fresh for band in sorted(set(new.bands))]
    execute_many(connection, _BAND, pairs)


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
    seqs = select(bands.c.seq).where(among(bands.c.band))
    rows = connection.execute(
        select(signatures)
        .where(signatures.c.seq.in_(seqs), signatures.c.cluster.is_not(None))
        .where(signatures.c.at >= since, signatures.c.at <= until)
        .order_by(signatures.c.seq),
        listed(wanted),
    )
    return [_signed(row) for row in rows]


def join(connection: Connection, seq: int, cluster: int | None) -> None:
    """Put *seq* into *cluster* (None: one of its own). A second author makes all members one voice."""
    newcomer = connection.execute(select(signatures.c.author).where(signatures.c.seq == seq)).one_or_none()
    if newcomer is None:
        return  # erased or changed meanwhile
    target = _own_cluster(connection, seq) if cluster is None else cluster
    connection.execute(update(signatures).where(signatures.c.seq == seq).values(cluster=target))
    other = connection.execute(
        select(signatures.c.author, feedback.c.voice)
        .join(feedback, feedback.c.seq == signatures.c.seq)
        .where(signatures.c.cluster == target, signatures.c.seq != seq)
        .limit(1)
    ).one_or_none()
    if other is None:
        return
    if other.voice == f"c:{target}":
        _speak_as(connection, [seq], target)
    elif newcomer.author is None or newcomer.author != other.author:
        # Until now all members had one author, so this newcomer is the second.
        members = select(signatures.c.seq).where(signatures.c.cluster == target).order_by(signatures.c.seq)
        _speak_as(connection, connection.scalars(members).all(), target)


def _own_cluster(connection: Connection, seq: int) -> int:
    """A cluster is called after its first member, which may have left it since and now found another one."""
    taken = select(exists().where(signatures.c.cluster == seq, signatures.c.seq != seq))
    return take_numbers(connection, 1, "seq") if connection.execute(taken).scalar() else seq


def _speak_as(connection: Connection, seqs: Sequence[int], cluster: int) -> None:
    select_rows(connection, feedback.c.seq, seqs)
    execute_many(connection, _VOICE, [{"_seq": seq, "_voice": f"c:{cluster}"} for seq in seqs])
    number(connection, seqs)


def largest(connection: Connection) -> int:
    """How many items the largest cluster has: shown by ``status``."""
    sizes = (
        select(func.count().label("n"))
        .where(signatures.c.cluster.is_not(None))
        .group_by(signatures.c.cluster)
    )
    return int(connection.execute(select(func.max(sizes.subquery().c.n))).scalar() or 0)
