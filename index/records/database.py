"""The connection: SQLite in WAL mode by default, PostgreSQL with the same code; never anything but SQL.

Writers take the database first (BEGIN IMMEDIATE) or lock their rows (PostgreSQL), then ask for change
numbers, then commit: so the order of commits is the order of numbers.
"""

import errno
import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Insert,
    Text,
    Update,
    bindparam,
    cast,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from feedback.errors import ConfigError, StoreBusy, StoreError, StoreFull, WrongStore
from index.records.schema import counter, meta

BUSY_S = 15.0
"""How long a writer waits for another one before it gives up."""
MIGRATIONS = Path(__file__).parent.parent / "migrations"
_MIGRATION_LOCK = 0x68756973


class Database:
    """One open database whose schema is the one this code knows."""

    def __init__(self, url: str, *, busy_s: float = BUSY_S) -> None:
        self.url = url
        self.engine = _engine(url, busy_s)
        try:
            with translated(self.url):
                _migrate(self.engine)
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file, for SQLite."""
        return Path(self.engine.url.database or "") if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with translated(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; everything in it happens or nothing does."""
        with translated(self.url), _writing(self.engine) as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.execution_options(writing=True).begin():
        yield connection


def execute_many(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """``connection.execute(statement, rows)`` at half its cost: compiled once, the rows go to the driver as they are.

    All rows have the same keys and hold only what drivers know: str, int, bool, bytes, None.
    """
    if not rows:
        return
    compiled = _compiled(statement, tuple(rows[0]), connection.dialect)
    fixed = {name: value for name, value in compiled.params.items() if name not in rows[0]}
    filled = [{**row, **fixed} for row in rows] if fixed else rows
    order = compiled.positiontup
    in_order = filled if order is None else [tuple([row[name] for name in order]) for row in filled]
    connection.exec_driver_sql(str(compiled), in_order)


@lru_cache(maxsize=64)
def _compiled(statement: Insert | Update, names: tuple[str, ...], dialect: Dialect) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect, column_keys=list(names) if statement.is_insert else None)
    assert isinstance(compiled, SQLCompiler)
    return compiled


class _Each(FunctionElement[Any]):
    """The values of a JSON array as rows."""

    inherit_cache = True
    name = "each"


@compiles(_Each, "sqlite")
def _each_on_sqlite(each: _Each, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(each.clauses, **how)})"


@compiles(_Each, "postgresql")
def _each_on_postgresql(each: _Each, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(each.clauses, **how)} AS JSON))"


def among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """``column IN`` the values given by ``listed`` when the statement is executed, however many.

    They are one parameter, so no limit is met, and a statement is built and compiled once.
    """
    value = _Each(bindparam("listed", type_=Text)).table_valued("value").c.value
    return column.in_(select(cast(value, column.type)))


def listed(values: Iterable[str | int]) -> dict[str, str]:
    return {"listed": json.dumps(list(values))}


_ALONE = select(counter.c.n).where(counter.c.name == "seq").with_for_update()


def alone(connection: Connection) -> None:
    """From here on no other transaction looks and then inserts. On SQLite every writer has the database to itself."""
    if connection.dialect.name != "sqlite":
        connection.execute(_ALONE)


_TAKE = (
    update(counter)
    .where(counter.c.name == bindparam("_name"))
    .values(n=counter.c.n + bindparam("_count"))
    .returning(counter.c.n)
)


def take_numbers(connection: Connection, count: int, name: str = "change") -> int:
    """Reserve *count* consecutive numbers and return the first. Rows must be locked already."""
    return int(connection.execute(_TAKE, {"_name": name, "_count": count}).scalar_one()) - count + 1


def read_meta(connection: Connection, name: str) -> str | None:
    value: str | None = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return value


def write_meta(connection: Connection, name: str, value: str | None) -> None:
    connection.execute(delete(meta).where(meta.c.name == name))
    if value is not None:
        connection.execute(insert(meta), {"name": name, "value": value})


def claim(database: Database, salt_digest: str) -> str:
    """Bind a new database to its salt, or check that it is bound to this one; returns the store id.

    Raises WrongStore: with another salt every author would become another person.
    """
    with database.read() as connection:
        known, store_id = read_meta(connection, "salt_digest"), read_meta(connection, "store_id")
    if known is None:
        with database.write() as connection:
            _one_at_a_time(connection)
            known, store_id = read_meta(connection, "salt_digest"), read_meta(connection, "store_id")
            if known is None:
                known, store_id = salt_digest, uuid.uuid4().hex[:12]
                rows = [{"name": "salt_digest", "value": known}, {"name": "store_id", "value": store_id}]
                connection.execute(insert(meta), rows)
                connection.execute(insert(counter), [{"name": "change", "n": 0}, {"name": "seq", "n": 0}])
    if known != salt_digest:
        raise WrongStore(
            f"盐不对：这个数据库用的是另一份盐 this database was made with another salt (digest {known}, given {salt_digest})",
            hint="放回原来的 secrets/salt 文件 put the original salt file back; without it known authors cannot be recognised",
        )
    return store_id or ""


def _engine(url: str, busy_s: float) -> Engine:
    try:
        if "://" in url and not url.startswith("sqlite"):
            return create_engine(url, isolation_level="READ COMMITTED")
        where = url if "://" in url else URL.create("sqlite", database=url)
        engine = create_engine(where, connect_args={"timeout": busy_s, "check_same_thread": False})
    except Exception as error:  # SQLAlchemy raises whatever the driver's import raises
        raise ConfigError(
            f"数据库地址无效 cannot use the database address {url.partition('://')[0]}://…: {error}",
            hint="sqlite 文件路径或 postgresql+psycopg://… a file path or postgresql+psycopg://…",
        ) from error
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _migrate(engine: Engine) -> None:
    """Bring the schema to this version. Raises WrongStore when the database is newer than this code."""
    script = ScriptDirectory(str(MIGRATIONS))
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise WrongStore(
            f"数据库来自更新的版本 the database has schema {current}, this version knows {script.get_current_head()}",
            hint="升级 huisheng，或恢复旧备份 upgrade huisheng, or restore an older backup",
        )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _writing(engine) as connection:
        _one_at_a_time(connection)  # who comes second finds nothing left to do
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _one_at_a_time(connection: Connection) -> None:
    """Where writers do not exclude each other anyway: until the end of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))


_MEANINGS: tuple[tuple[str, type[StoreError], str, str], ...] = (
    ("locked", StoreBusy, "数据库正被别的进程占用 another process holds the database", "稍后再试，或停掉另一个写入者 try again, or stop the other writer"),
    ("full", StoreFull, "磁盘已满，什么也没写入 the disk is full; nothing was written", "腾出空间后重试 free some space and run the command again"),
    ("readonly", StoreError, "数据库是只读的 the database cannot be written", "检查文件权限 check the owner and mode of the file and its folder"),
    ("unable to open", StoreError, "打不开数据库 the database cannot be opened", "检查文件夹是否存在、是否可写 check that the folder exists and may be written"),
    ("malformed", StoreError, "数据库损坏 the database is damaged", "huisheng restore <备份 backup>"),
    ("not a database", StoreError, "这不是数据库文件 this file is no database", "huisheng restore <备份 backup>"),
)  # fmt: skip


_STATES = {"40": "locked", "55": "locked", "53100": "full"}
"""Codes of PostgreSQL: a deadlock and a lock that does not come are like a locked file."""


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Errors of the driver become ours, in words."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreBusy(
            "数据库连接都在使用中 all connections are in use", hint="稍后再试 try again"
        ) from error
    except OSError as error:
        kind = StoreFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else StoreError
        raise kind(f"写不了文件 cannot write {error.filename or where}: {error.strerror}") from error
    except (DBAPIError, sqlite3.Error) as error:
        origin = getattr(error, "orig", None) or error
        code = str(getattr(origin, "sqlstate", None) or "")
        cause = f"{_STATES.get(code, _STATES.get(code[:2], ''))} {origin}".strip()
        for word, meant, message, hint in _MEANINGS:
            if word in cause:
                raise meant(f"{message} ({cause}): {where.rpartition('@')[2]}", hint=hint) from error
        raise StoreError(f"数据库出错 the database failed: {cause}") from error
