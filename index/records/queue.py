"""The store is the queue: what is due, what came of it, and which pipeline everything should be tagged with."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from feedback.ids import work_key
from index.records.changes import number
from index.records.clusters import sign
from index.records.database import Database, alone, execute_many, read_meta, take_numbers, write_meta
from index.records.rows import documents, dump_tags, select_rows
from index.records.schema import IS_PARKED, IS_REFUSED, IS_UNTAGGED, PARTITIONS, counter, feedback, wanted
from index.records.types import Depth, Done, Lane, Wanted, Work, Written

MAX_TRIES = 3
MARK_STEP = 5_000
"""Rows marked per transaction by ``adopt``: other writers get their turn in between."""


def _due_rows() -> Select[Any]:
    """Head of every partition's queue, merged: lanes in order, newest first within a lane."""
    heads = [
        select(feedback.c.seq, feedback.c.due, feedback.c.at)
        .where(feedback.c.part == part, feedback.c.due.is_not(None))
        .order_by(feedback.c.due, feedback.c.at.desc())
        .limit(bindparam("most"))
        .subquery()
        for part in range(PARTITIONS)
    ]
    merged = union_all(*(select(head) for head in heads)).subquery()
    return (
        select(merged.c.seq).order_by(merged.c.due, merged.c.at.desc(), merged.c.seq).limit(bindparam("most"))
    )


_DUE = _due_rows()


def due_work(connection: Connection, limit: int, own: frozenset[str]) -> list[Work]:
    seqs = connection.scalars(_DUE, {"most": limit}).all()
    if not seqs:
        return []
    rows = {row.seq: row for row in select_rows(connection, feedback.c.seq, seqs, lock=False)}
    keys = _work_keys(connection, rows.values(), own)
    found = {document.seq: document for document in documents(connection, rows.values())}
    return [Work(seq, keys[seq], found[seq]) for seq in seqs]


def _work_keys(connection: Connection, rows: Collection[Row[Any]], own: frozenset[str]) -> dict[int, str]:
    """What each row's result will be held against: its revision, and the fingerprints that apply to it."""
    known = _fingerprints(connection)
    applying = {
        products: [(name, known.get(name, "")) for name in ("", *own.intersection(products.split()))]
        for products in {row.products for row in rows}
    }
    return {row.seq: work_key(row.revision, applying[row.products]) for row in rows}


_TAGGED = (
    update(feedback)
    .where(feedback.c.seq == bindparam("_seq"))
    .values(tags=bindparam("_tags"), work_key=bindparam("_key"), change=bindparam("_number"))
    .values(due=None, tries=0, parked="", refused="")
)


def write_done(connection: Connection, done: Sequence[Done], own: frozenset[str]) -> Written:
    """Keep what is still true: a result counts only where the row's work key is the one handed out."""
    rows = {
        row.seq: row
        for row in select_rows(connection, feedback.c.seq, [one.seq for one in done])
        if row.alias_of is None and not row.expired
    }
    keys = _work_keys(connection, rows.values(), own)
    fitting = {one.seq: one for one in done if keys.get(one.seq) == one.key}
    tagged = [one for one in fitting.values() if not one.error]
    failed = [one for one in fitting.values() if one.error]
    parked = _count_failures(connection, failed, rows)
    change = _store_tags(connection, tagged, rows) if tagged else 0
    return Written(
        tagged=len(tagged),
        stale=len(done) - len(fitting),
        failed=len(failed),
        parked=len(parked),
        change=max(change, number(connection, parked)),
    )


def _store_tags(connection: Connection, tagged: Sequence[Done], rows: Mapping[int, Row[Any]]) -> int:
    """Tags and change number in one stroke; returns the largest number."""
    sign(connection, [(rows[one.seq], one.signature) for one in tagged])
    first = take_numbers(connection, len(tagged))
    values = [
        {"_seq": one.seq, "_tags": dump_tags(one.tags), "_key": one.key, "_number": n}
        for n, one in enumerate(sorted(tagged, key=lambda each: each.seq), first)
    ]
    execute_many(connection, _TAGGED, values)
    return first + len(tagged) - 1


def _count_failures(
    connection: Connection, failed: Sequence[Done], rows: Mapping[int, Row[Any]]
) -> list[int]:
    parked = []
    for one in failed:
        tries = rows[one.seq].tries + 1
        values: dict[str, Any] = {"tries": tries}
        if tries >= MAX_TRIES:
            values |= {"due": None, "parked": one.error[:500]}
            parked.append(one.seq)
        connection.execute(update(feedback).where(feedback.c.seq == one.seq).values(values))
    return parked


def depth(connection: Connection) -> Depth:
    def count(*conditions: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(feedback).where(*conditions)
        return int(connection.execute(counted).scalar_one())

    lanes = connection.execute(
        select(feedback.c.due, func.count()).where(feedback.c.due.is_not(None)).group_by(feedback.c.due)
    )
    # Each condition is that of an index: nothing is counted by reading the rows.
    return Depth(
        lanes={Lane(lane): counted for lane, counted in lanes},
        parked=count(IS_PARKED, feedback.c.due.is_(None)),
        refused=count(IS_REFUSED),
        untagged=count(IS_UNTAGGED),
        documents=count() - count(feedback.c.alias_of.is_not(None)),
        change=connection.execute(select(counter.c.n).where(counter.c.name == "change")).scalar_one(),
    )


_WANTED = select(wanted)


def _fingerprints(connection: Connection) -> dict[str, str]:
    return {row.name: row.fingerprint for row in connection.execute(_WANTED)}


def read_wanted(connection: Connection) -> Wanted | None:
    fingerprints = _fingerprints(connection)
    marking = read_meta(connection, "marking")
    return Wanted(fingerprints, int(marking.partition(" ")[0]) if marking else None) if fingerprints else None


def adopt_empty(connection: Connection, fingerprints: Mapping[str, str]) -> Wanted:
    """The first worker's pipeline becomes the wanted one; an existing one stays."""
    alone(connection)
    known = read_wanted(connection)
    if known is not None:
        return known
    _set_wanted(connection, fingerprints)
    return Wanted(dict(fingerprints))


def _set_wanted(connection: Connection, fingerprints: Mapping[str, str]) -> None:
    connection.execute(delete(wanted))
    rows = [{"name": name, "fingerprint": value} for name, value in sorted(fingerprints.items())]
    connection.execute(insert(wanted), rows)


def adopt(database: Database, fingerprints: Mapping[str, str]) -> Iterator[int]:
    """Make *fingerprints* the wanted ones and mark what they make stale, step by step.

    Yields the number of rows marked by each step. Killed in between, the next call goes on where this one was.
    """
    with database.write() as connection:
        alone(connection)
        changed = set(_differing(_fingerprints(connection), fingerprints))
        pending = read_meta(connection, "marking")
        if changed:
            names = changed | set(pending.split()[1:] if pending else ())
            scope = " ".join(sorted(names - {""})) if "" not in names else "*"
            _set_wanted(connection, fingerprints)
            write_meta(connection, "marking", f"0 {scope}")
    while True:
        with database.write() as connection:
            pending = read_meta(connection, "marking")
            if pending is None:
                return
            marked = _mark_step(connection, pending)
        yield marked


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    return (name for name in {*old, *new} if old.get(name) != new.get(name))


def _mark_step(connection: Connection, pending: str) -> int:
    reached, *products = pending.split()
    start, last = int(reached), connection.execute(select(func.max(feedback.c.seq))).scalar() or 0
    if start >= last:
        write_meta(connection, "marking", None)
        return 0
    stale = and_(
        feedback.c.seq > start,
        feedback.c.seq <= start + MARK_STEP,
        feedback.c.due.is_(None),
        feedback.c.alias_of.is_(None),
        feedback.c.expired.is_(False),
        _matching(products),
    )
    result = connection.execute(update(feedback).where(stale).values(due=int(Lane.BACKLOG), tries=0))
    write_meta(connection, "marking", " ".join((str(start + MARK_STEP), *products)))
    return int(result.rowcount)


def _matching(products: Sequence[str]) -> ColumnElement[bool]:
    if "*" in products:
        return feedback.c.seq.is_not(None)
    padded = " " + feedback.c.products + " "
    return or_(*(padded.contains(f" {product} ", autoescape=True) for product in products))
