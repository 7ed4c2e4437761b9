"""The connection: faults in words, migrations, two processes at once, and the same SQL on PostgreSQL."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Insert, Update, bindparam, create_engine, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from feedback.errors import ConfigError, StoreBusy, StoreError, StoreFull, WrongStore
from index.records import Records, aliases, changes, clusters, erase, queue
from index.records import put as put_module
from index.records.access import lease_taken
from index.records.database import MIGRATIONS, Database, execute_many, translated
from index.records.schema import counter, metadata
from tests.contracts.records_world import SALT, T0, day, get, named, put, seen, tag


def test_the_migrations_make_the_schema_that_the_code_knows(tmp_path):
    with Database(str(tmp_path / "huisheng.db")) as database, database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        found = {row.name: squeezed(row.sql) for row in rows}
        # defaults, conditions and orders, which the comparison above does not see
        for table in metadata.sorted_tables:
            assert found[table.name] == squeezed(str(CreateTable(table).compile(connection)))
            for index in table.indexes:
                assert found[str(index.name)] == squeezed(str(CreateIndex(index).compile(connection)))


def squeezed(sql: str) -> str:
    return "".join(sql.lower().replace('"', "").split())


def test_migrations_can_be_taken_back(tmp_path):
    with Database(str(tmp_path / "huisheng.db")) as database:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with database.write() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
            left = (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'")
                .scalars()
                .all()
            )
    assert left == ["alembic_version"]


def test_opening_again_finds_the_same_store(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as records:
        store_id = records.store_id
        put(records, seen(1))
    with Records.open(f"sqlite:///{tmp_path / 'huisheng.db'}", salt=SALT) as records:
        assert (records.store_id, records.depth().documents) == (store_id, 1)


@pytest.mark.parametrize("name", ["with space.db", "a?b#c%20.db", "回声.db"])
def test_any_file_name_will_do(tmp_path, name):
    with Records.open(tmp_path / name, salt=SALT) as records:
        put(records, seen(1))
    assert (tmp_path / name).is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_another_salt_is_refused(tmp_path):
    Records.open(tmp_path / "huisheng.db", salt=SALT).close()
    with pytest.raises(WrongStore, match="another salt") as caught:
        Records.open(tmp_path / "huisheng.db", salt=b"other")
    assert "other" not in str(caught.value).replace("another", "")


def test_a_newer_schema_is_refused(tmp_path):
    Records.open(tmp_path / "huisheng.db", salt=SALT).close()
    with sqlite3.connect(tmp_path / "huisheng.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(WrongStore, match="9999"):
        Records.open(tmp_path / "huisheng.db", salt=SALT)


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("买菜\n" * 500)
    with pytest.raises(StoreError, match="no database"):
        Records.open(tmp_path / "notes.txt", salt=SALT)
    assert (tmp_path / "notes.txt").read_text() == "买菜\n" * 500


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        Records.open(tmp_path / "nowhere" / "huisheng.db", salt=SALT)
    assert "folder" in caught.value.hint


@pytest.mark.parametrize("url", ["nonsense://x", "postgresql+nodriver://me:secret@host/x"])
def test_an_address_that_makes_no_sense_is_refused_without_its_password(url):
    with pytest.raises(ConfigError, match="cannot use the database address") as caught:
        Records.open(url, salt=SALT)
    assert "secret" not in str(caught.value)


def test_a_held_lock_is_told_as_busy_and_passes(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT, busy_s=0.05) as records:
        other = sqlite3.connect(tmp_path / "huisheng.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy) as caught:
            put(records, seen(1))
        assert caught.value.transient
        assert records.depth().documents == 0  # reading goes on
        other.execute("ROLLBACK")
        other.close()
        assert put(records, seen(1)).new == 1


def test_a_full_disk_leaves_what_was_there(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as records:
        put(records, seen(1))

        def small(connection, _record) -> None:
            connection.execute("PRAGMA max_page_count = 60")  # SQLite says "full" as it does of a disk

        event.listen(records._db.engine, "connect", small)
        records._db.engine.dispose()
        with pytest.raises(StoreFull):
            put(records, *(seen(n, "很长的话" * 100) for n in range(2, 400)))
        assert records.depth().documents == 1
        assert put(records, seen(1)).same == 1


def test_a_read_only_database_is_told(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as records:
        event.listen(
            records._db.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = 1")
        )
        records._db.engine.dispose()
        with pytest.raises(StoreError, match="cannot be written"):
            put(records, seen(1))


PSYCOPG = postgresql.psycopg.dialect()
MANY = [
    statement
    for module in (aliases, changes, clusters, erase, put_module, queue)
    for statement in vars(module).values()
    if isinstance(statement, Insert | Update)
]


class _Refusal(sqlite3.OperationalError):
    def __init__(self, code: str) -> None:
        super().__init__("as PostgreSQL says it")
        self.sqlstate = code


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_Refusal("40P01"), StoreBusy),
        (_Refusal("55P03"), StoreBusy),
        (_Refusal("53100"), StoreFull),
        (_Refusal("08006"), StoreError),
        (OSError(28, "No space left on device", "erased.log"), StoreFull),
        (PermissionError(13, "Permission denied", "erased.log"), StoreError),
    ],
    ids=["deadlock", "lock", "full", "lost", "disk", "mode"],
)
def test_faults_of_the_driver_become_ours(error, kind):
    with pytest.raises(StoreError) as caught, translated("postgresql://me:secret@host/db"):
        raise error
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)


def open_and_put(path: str, number: int) -> None:
    with Records.open(path, salt=SALT, busy_s=60) as records:
        put(records, seen(number))


def test_processes_that_open_a_new_database_at_once_agree(tmp_path):
    path = tmp_path / "huisheng.db"
    start = multiprocessing.get_context("spawn").Process
    openers = [start(target=open_and_put, args=(str(path), number)) for number in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0] * 6
    with Records.open(path, salt=SALT) as records:
        assert records.depth().documents == 6


def every_verb(path: Path) -> list[object]:
    """Statements as SQLAlchemy made them, of a short life of a store."""
    statements: list[object] = []
    with Records.open(path, salt=SALT, own={"luling": "o"}) as records:
        event.listen(
            records._db.engine, "before_execute", lambda _c, statement, *_: statements.append(statement)
        )
        records.adopt_empty({"": "b", "luling": "o"})
        put(records, named("h:a", via="import"), seen(2), seen(3))
        put(records, named(1), seen(2, "改了", edited_at=day(2), at=3))
        tag(records, sketch=b"s")
        for signed in records.pending_clusters():
            records.neighbours(signed.bands, since=T0, until=day(9))
            records.join(signed.seq, None)
        records.release(now=day(2))
        records.release(now=day(2), ids=["appstore:cn:3"])
        list(records.adopt({"": "c", "luling": "o"}))
        list(records.adopt({"": "c", "luling": "p"}))
        get(records)
        records.depth()
        records.park_refused({"appstore:cn:3": "x"})
        records.erasures(0)
        records.scan(0)
        records.lease("a", "b")
        records.add_key("k", ["read"], now=T0)
        records.expire({"appstore": day(1) - T0}, now=day(30))
        records.forget(authors=["author3"])
        records.forget(before=day(90))
    return statements


def test_every_statement_is_written_for_postgresql_as_well(tmp_path):
    statements = [one for one in every_verb(tmp_path / "huisheng.db") if not isinstance(one, sqlite.Insert)]
    statements.append(lease_taken("postgresql", {"name": "a", "holder": "b", "until": 2}, 1))
    statements += MANY
    assert len(statements) > 60
    for statement in statements:
        assert str(statement.compile(dialect=PSYCOPG))


def test_the_schema_is_written_for_postgresql_as_well():
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=PSYCOPG))
        for index in table.indexes:
            assert " IS 1" not in str(CreateIndex(index).compile(dialect=PSYCOPG))


def test_many_rows_go_to_drivers_of_either_kind():
    rows = [{"name": "a", "n": 1}, {"name": "b", "n": 2}]
    for paramstyle in ("qmark", "named"):  # by position, by name: PostgreSQL's takes names
        engine = create_engine("sqlite://", paramstyle=paramstyle)
        with engine.begin() as connection:
            metadata.create_all(connection, tables=[counter])
            execute_many(connection, insert(counter), rows)
            execute_many(connection, insert(counter), [])
            raised = update(counter).where(counter.c.name == bindparam("_name")).values(n=counter.c.n + 5)
            execute_many(connection, raised, [{"_name": "a"}, {"_name": "b"}])
            assert connection.execute(select(counter).order_by(counter.c.name)).all() == [("a", 6), ("b", 7)]
        engine.dispose()


def test_the_migrations_are_written_for_postgresql_as_well(capsys):
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True})
    for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        with Operations.context(context):
            revision.module.upgrade()
    written = capsys.readouterr().out
    assert "WHERE hashed IS true" in written
    assert "IS 1" not in written
