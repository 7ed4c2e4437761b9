"""Copies of the database: made while it is in use, restored with every erasure since applied."""

import os
import shutil
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, update

from feedback.errors import StoreBusy, UsageError
from index.records.database import Database, read_meta, translated, write_meta
from index.records.erase import apply_log, read_log
from index.records.schema import counter, meta

UNSWEPT = "unswept"
"""Remembered from an erasure until its bytes are gone, so that a killed sweep is made up for."""

_CHECKPOINT_TRIES = 50
_CHECKPOINT_PAUSE_S = 0.1
_COMPANIONS = ("", "-wal", "-shm", "-journal")


def backup(database: Database, to: Path) -> None:
    """Write a consistent copy of a SQLite database to *to*, whole or not at all."""
    source = database.path
    if source is None:
        raise UsageError("PostgreSQL 请用 pg_dump 备份 use pg_dump for PostgreSQL", hint="pg_dump -Fc …")
    if to.exists():
        raise UsageError(
            f"备份文件已存在 the backup file exists: {to.name}", hint="换个文件名 choose another name"
        )
    part = to.with_name(to.name + ".part")
    try:
        with translated(str(to)):
            with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
                live.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            os.replace(part, to)
    finally:
        _unlink(part)


def restore(copy: Path, target: Path, log: Path) -> int:
    """Put a backup in the place of *target*; what was erased since is erased in it before anything reads it.

    The restored database gets a new store id: every index made from the old one is rebuilt.
    Returns how many items the erasure log took out. The old database is kept as ``<name>.before-restore``.
    Raises StoreBusy while another process has *target* open: it would go on writing into the old file.
    """
    if not copy.is_file():
        raise UsageError(
            f"找不到备份文件 there is no backup file {copy}", hint="huisheng backup FILE 生成的文件"
        )
    fresh = target.with_name(target.name + ".restoring")
    _unlink(fresh)
    try:
        with translated(str(target)):
            entries = read_log(log)
            _close_up(target)
            shutil.copyfile(copy, fresh)
        with Database(str(fresh)) as database:
            removed = _erase_again(database, entries)
            compact(database)
        with translated(str(target)):
            if target.exists():
                shutil.copyfile(target, target.with_name(target.name + ".before-restore"))
            _close_up(target)
            os.replace(fresh, target)
    finally:
        _unlink(fresh)
    return removed


def _erase_again(database: Database, entries: list[dict[str, Any]]) -> int:
    with database.write() as connection:
        removed = apply_log(connection, entries)
        store_id = {"value": uuid.uuid4().hex[:12]}
        connection.execute(update(meta).where(meta.c.name == "store_id").values(store_id))
        newest = max((entry["number"] for entry in entries), default=0)
        change = update(counter).where(counter.c.name == "change", counter.c.n < newest)
        connection.execute(change.values(n=newest))
    return removed


def _close_up(target: Path) -> None:
    """Bring everything of *target* into its one file; SQLite allows it only when nobody else has it open."""
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target, timeout=1)) as old:
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # it is damaged: all the more reason to replace it
        for suffix in _COMPANIONS[1:]:
            target.with_name(target.name + suffix).unlink(missing_ok=True)


def _unlink(path: Path) -> None:
    for suffix in _COMPANIONS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def remember_sweep(connection: Connection) -> None:
    """In the transaction that erases: each has its own mark, so that no sweep stands for a later erasure."""
    write_meta(connection, UNSWEPT, uuid.uuid4().hex)


def sweep(database: Database) -> None:
    """After an erasure: no byte of it stays in the files beside the database either. Cheap when nothing is due."""
    with database.read() as connection:
        mark = read_meta(connection, UNSWEPT)
    if mark is None:
        return
    if database.path is not None:
        _unlink(database.path.with_name(database.path.name + ".before-restore"))
    compact(database)
    with database.write() as connection:
        connection.execute(delete(meta).where(meta.c.name == UNSWEPT, meta.c.value == mark))


def compact(database: Database) -> None:
    """Rewrite the file without the deleted rows, so that their bytes are gone from the disk."""
    if not database.is_sqlite:
        return
    with translated(database.url), database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        connection.rollback()
        raw.execute("PRAGMA temp_store=FILE")  # else the whole copy would stand in memory
        try:
            raw.execute("VACUUM")
            is_done = any(_truncated(raw) for _ in range(_CHECKPOINT_TRIES))
        finally:
            raw.execute("PRAGMA temp_store=MEMORY")
    if not is_done:
        raise StoreBusy(
            "已擦除，但还有进程在读旧数据 erased, but another process still reads the old state",
            hint="稍后再运行一次，清除磁盘上的残留 run it once more later to clear the rest from the disk",
        )


def _truncated(raw: Any) -> bool:
    """Whether the write-ahead log is empty now; who checkpoints at the same time is not waited for by SQLite."""
    busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        time.sleep(_CHECKPOINT_PAUSE_S)
    return not busy
