"""Copies of the database: made while it is in use, restored with every erasure since applied."""

import json
import os
import shutil
import sqlite3
import uuid
from pathlib import Path

from sqlalchemy import update

from feedback.errors import StoreError, UsageError
from index.records.database import Database, translated
from index.records.erase import apply_log
from index.records.schema import counter, meta


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
        with translated(str(to)), sqlite3.connect(source) as live, sqlite3.connect(part) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        live.close()
        copy.close()
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)


def restore(copy: Path, target: Path, log: Path) -> int:
    """Put a backup in the place of *target*; what was erased since is erased in it before anything reads it.

    The restored database gets a new store id: every index made from the old one is rebuilt.
    Returns how many items the erasure log took out. The old database is kept as ``<name>.before-restore``.
    """
    if not copy.is_file():
        raise UsageError(
            f"找不到备份文件 there is no backup file {copy}", hint="huisheng backup FILE 生成的文件"
        )
    fresh = target.with_name(target.name + ".restoring")
    for suffix in ("", "-wal", "-shm"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(copy, fresh)
    database = Database(str(fresh))
    try:
        entries = (
            [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
            if log.exists()
            else []
        )
        with database.write() as connection:
            removed = apply_log(connection, entries)
            store_id = {"value": uuid.uuid4().hex[:12]}
            connection.execute(update(meta).where(meta.c.name == "store_id").values(store_id))
            newest = max((entry["number"] for entry in entries), default=0)
            change = update(counter).where(counter.c.name == "change", counter.c.n < newest)
            connection.execute(change.values(n=newest))
        compact(database)
    except json.JSONDecodeError as error:
        raise StoreError(
            f"擦除记录读不懂 erased.log is damaged: {error}", hint="修好它再恢复 mend it before restoring"
        ) from error
    finally:
        database.close()
    _swap(fresh, target)
    return removed


def _swap(fresh: Path, target: Path) -> None:
    if target.exists():
        with sqlite3.connect(target) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        old.close()
        os.replace(target, target.with_name(target.name + ".before-restore"))
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    os.replace(fresh, target)


def compact(database: Database) -> None:
    """Rewrite the file without the deleted rows, so that their bytes are gone from the disk."""
    if not database.is_sqlite:
        return
    with translated(database.url), database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        connection.rollback()
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
