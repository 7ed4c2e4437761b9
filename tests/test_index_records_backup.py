"""Backups are whole, and a restored one knows what was erased since."""

import shutil
import sqlite3
import threading

import pytest

from feedback.errors import StoreBusy, StoreError, UsageError, WrongStore
from index.records import Records
from tests.contracts.records_world import SALT, bytes_in, counts, get, named, put, seen, tag


@pytest.fixture
def database(tmp_path):
    return tmp_path / "huisheng.db"


@pytest.fixture
def records(database):
    with Records.open(database, salt=SALT) as opened:
        yield opened


def test_a_backup_made_while_writing_is_whole(records, tmp_path):
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            put(records, seen(number, text=f"第{number}条"), seen(number + 100_000, text=f"第{number}条"))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while records.depth().documents < 20:
            pass
        records.backup(tmp_path / "copy.db")
    finally:
        stop.set()
        writer.join()
    with Records.open(tmp_path / "copy.db", salt=SALT) as copy:
        found = copy.depth().documents
        assert found >= 20
        assert found % 2 == 0  # pages of two
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_backup_never_replaces_a_file(records, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(UsageError, match=r"copy\.db"):
        records.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_backup_that_fails_leaves_nothing(records, tmp_path):
    with pytest.raises(StoreError):
        records.backup(tmp_path / "no such folder" / "copy.db")
    assert not list(tmp_path.rglob("*.part"))


def test_restoring_applies_what_was_erased_since(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, named(1, "要忘掉的话"), seen(2), seen(3))
        tag(records, sketch=b"s")
        records.backup(tmp_path / "copy.db")
        records.forget(feedback_id="appstore:cn:1")
        put(records, seen(4))
        store_id, change = records.store_id, records.change()
    assert Records.restore(tmp_path / "copy.db", database) == 1
    with Records.open(database, salt=SALT) as records:
        assert records.store_id != store_id
        assert records.change() >= change
        assert {document.feedback.id for document in records.scan(0)} == {"appstore:cn:2", "appstore:cn:3"}
        assert counts(put(records, named(1, "要忘掉的话"), named("h:a", "要忘掉的话", via="import"))) == {
            "erased": 2
        }
        assert {one.seq for one in records.pending_clusters(9)} == {2, 3}
        assert records.get("appstore:cn:4") is None
    assert bytes_in(tmp_path, "要忘掉的话") == {"要忘掉的话": ["copy.db"]}


def test_restoring_erases_an_item_that_was_joined_meanwhile(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, named("h:aa", via="import"))
        records.backup(tmp_path / "copy.db")
        put(records, named(1))
        assert records.forget(feedback_id="appstore:cn:1") == 1
    assert Records.restore(tmp_path / "copy.db", database) == 1
    with Records.open(database, salt=SALT) as records:
        assert records.depth().documents == 0


def test_the_old_database_is_kept_aside_until_the_next_erasure(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
        put(records, seen(2))
    Records.restore(tmp_path / "copy.db", database)
    aside = tmp_path / "huisheng.db.before-restore"
    shutil.copyfile(aside, tmp_path / "look.db")
    with Records.open(tmp_path / "look.db", salt=SALT) as old:
        assert old.depth().documents == 2
    with Records.open(database, salt=SALT) as records:
        assert records.depth().documents == 1
        records.forget(feedback_id="appstore:cn:1")
    assert not aside.exists()


def test_restoring_into_an_empty_folder(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
    target = tmp_path / "new" / "huisheng.db"
    target.parent.mkdir()
    assert Records.restore(tmp_path / "copy.db", target) == 0
    with Records.open(target, salt=SALT) as records:
        assert get(records).feedback.text == "一直闪退，没法用"
    assert [path.name for path in target.parent.iterdir()] == ["huisheng.db"]


def test_restoring_over_a_damaged_database(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
    database.write_bytes(b"garbage" * 1_000)
    assert Records.restore(tmp_path / "copy.db", database) == 0
    with Records.open(database, salt=SALT) as records:
        assert records.depth().documents == 1


def refused(tmp_path, database, kind, match: str) -> None:
    with pytest.raises(kind, match=match):
        Records.restore(tmp_path / "copy.db", database)
    assert not list(tmp_path.glob("*.restoring*"))
    with Records.open(database, salt=SALT) as records:
        assert records.depth().documents == 1


def test_restoring_waits_for_nobody_who_has_the_database_open(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
        refused(tmp_path, database, StoreBusy, "another process")
        assert counts(put(records, seen(2))) == {"new": 1}


def test_what_is_no_backup_is_refused(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
    refused(tmp_path, database, UsageError, "no backup file")
    (tmp_path / "copy.db").write_bytes(b"garbage" * 1_000)
    refused(tmp_path, database, StoreError, "no database")


def test_a_backup_of_a_newer_version_is_refused(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
    newer = sqlite3.connect(tmp_path / "copy.db")
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.commit()
    newer.close()
    refused(tmp_path, database, WrongStore, "9999")


def test_a_damaged_log_is_not_passed_over(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
    (tmp_path / "erased.log").write_text('{"id": "a", "alias_key": "", "number": 1}\nnonsense\n')
    refused(tmp_path, database, StoreError, r"erased\.log is damaged")


def test_the_other_salt_does_not_open_a_restored_database(database, tmp_path):
    with Records.open(database, salt=SALT) as records:
        put(records, seen(1))
        records.backup(tmp_path / "copy.db")
    Records.restore(tmp_path / "copy.db", database)
    with pytest.raises(WrongStore, match="another salt"):
        Records.open(database, salt=b"other")
