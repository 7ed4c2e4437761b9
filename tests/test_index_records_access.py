"""API keys are stored hashed; a lease has one holder."""

import threading

import pytest

from feedback.errors import NotFound, UsageError
from index.records import Key, Records
from tests.contracts.records_world import SALT, T0, bytes_in


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


def test_a_key_is_found_by_its_secret_alone(records, tmp_path):
    secret = records.add_key("reports", ["read", "raw", "read"], ["luling"], now=T0)
    assert records.find_key(secret) == Key(
        "reports", frozenset({"read", "raw"}), ("luling",), int(T0.timestamp())
    )
    assert records.find_key("reports") is None
    assert records.find_key(secret[:-1]) is None
    assert records.find_key("") is None
    assert bytes_in(tmp_path, secret) == {secret: []}


def test_each_key_has_its_own_secret(records):
    assert records.add_key("a", ["read"], now=T0) != records.add_key("b", ["read"], now=T0)
    known = records.keys()
    assert [key.name for key in known] == ["a", "b"]


def test_a_revoked_key_is_known_but_opens_nothing(records):
    secret = records.add_key("reports", ["read"], now=T0)
    records.revoke_key("reports")
    assert records.find_key(secret) is None
    (known,) = records.keys()
    assert known.revoked
    with pytest.raises(UsageError, match="already"):
        records.add_key("reports", ["read"], now=T0)
    with pytest.raises(NotFound, match="repots") as caught:
        records.revoke_key("repots")
    assert "reports" in caught.value.hint


def test_an_unknown_scope_is_refused(records):
    with pytest.raises(UsageError, match="reed") as caught:
        records.add_key("reports", ["reed"], now=T0)
    assert "read" in caught.value.hint
    assert records.keys() == []


def test_a_lease_has_one_holder(records):
    assert records.lease("worker", "one")
    assert not records.lease("worker", "two")
    assert records.lease("worker", "one", seconds=60)
    assert records.lease("indexer", "two")
    assert (records.lease_holder("worker"), records.lease_holder("nobody")) == ("one", None)


def test_a_lease_is_given_back_only_by_its_holder(records):
    records.lease("worker", "one")
    records.release_lease("worker", "two")
    assert records.lease_holder("worker") == "one"
    records.release_lease("worker", "one")
    assert records.lease("worker", "two")


def test_a_lease_runs_out(records):
    assert records.lease("worker", "one", seconds=0)
    assert records.lease_holder("worker") is None
    assert records.lease("worker", "two", seconds=-5)
    assert records.lease("worker", "one")


def test_of_many_who_ask_at_once_one_is_told_yes(records):
    told: list[bool] = []
    asking = [
        threading.Thread(target=lambda n=n: told.append(records.lease("worker", f"w{n}"))) for n in range(8)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert sorted(told) == [False] * 7 + [True]
