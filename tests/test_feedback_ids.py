"""Identities and digests."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.ids import (
    ALIAS_DAYS,
    PLACEHOLDER_NAMES,
    alias_keys,
    digest,
    is_row_id,
    name_key,
    pseudonym,
    revision,
    row_id,
    work_key,
)

SALT = b"salt"
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_parts_of_a_digest_do_not_run_together():
    assert digest("ab", "c") != digest("a", "bc")
    assert len(digest("a")) == 12
    digest("lone \ud800 surrogate")


def test_a_pseudonym_is_one_person_on_one_platform():
    by_id = pseudonym(SALT, "weibo", native_id="123", name="张三")
    assert by_id == pseudonym(SALT, "weibo", native_id="123", name="改名了")
    assert by_id != pseudonym(SALT, "zhihu", native_id="123", name="张三")
    assert by_id != pseudonym(b"other", "weibo", native_id="123", name="张三")
    by_name = pseudonym(SALT, "weibo", native_id=None, name=" 張三 ")
    assert by_name == name_key(SALT, "weibo", "张三")
    assert by_name != by_id
    assert "张三" not in str(by_name)


@pytest.mark.parametrize("name", [*sorted(PLACEHOLDER_NAMES), "匿名用户 ", "A GOOGLE USER", "", "   ", None])
def test_a_placeholder_names_nobody(name):
    assert pseudonym(SALT, "appstore", native_id=None, name=name) is None
    assert pseudonym(SALT, "appstore", native_id="7", name=name) is not None


def test_a_row_without_an_id_is_known_by_its_cells():
    one = row_id("appstore", "cn", "luling", ["2026-11-01", "张三", "闪退"])
    assert one == row_id("appstore", "cn", "luling", ["2026-11-01", "张三", "闪退"])
    assert one.startswith("appstore:cn:h:")
    others = [
        row_id("appstore", "cn", "luling", ["2026-11-01", "张三闪退"]),
        row_id("appstore", "cn", "other", ["2026-11-01", "张三", "闪退"]),
        row_id("appstore", None, "luling", ["2026-11-01", "张三", "闪退"]),
        row_id("appstore", "cn", "luling", ["2026-11-01", "张三", "闪", "退"]),
    ]
    assert len({one, *others}) == 5
    assert all(map(is_row_id, others))
    assert not is_row_id("appstore:cn:10853926137")


def test_a_revision_is_what_was_said_of_what():
    said = revision("闪退", 1, "8.2", None, None)
    assert said == revision("闪退", 1, "8.2", None, "")
    assert len({said, revision("闪退", 2, "8.2", None, None), revision("闪退", 1, None, "8.2", None)}) == 3


@given(st.integers(-4 * 24, 4 * 24))
def test_twins_share_a_key_within_two_days(hours):
    there = AT + timedelta(hours=hours)
    mine = alias_keys(SALT, "appstore", "cn", "key", 1, "闪退！", AT, days=ALIAS_DAYS)
    theirs = alias_keys(SALT, "appstore", "cn", "key", 1, "閃 退", there)
    assert len(mine) == 5
    assert (theirs[0] in mine) == (abs((there.date() - AT.date()).days) <= 2)


@pytest.mark.parametrize(
    "changed",
    [{"platform": "weibo"}, {"region": None}, {"name": "other"}, {"rating": 2}, {"text": "卡顿"}],
    ids=lambda changed: next(iter(changed)),
)
def test_all_fields_of_the_alias_rule_count(changed):
    fields = {"platform": "appstore", "region": "cn", "name": "key", "rating": 1, "text": "闪退", "at": AT}
    assert alias_keys(SALT, **fields) != alias_keys(SALT, **(fields | changed))


def test_without_a_name_or_a_time_there_is_no_alias():
    assert alias_keys(SALT, "appstore", "cn", None, 1, "闪退", AT) == ()
    assert alias_keys(SALT, "appstore", "cn", "key", 1, "闪退", None, days=ALIAS_DAYS) == ()


def test_a_work_key_names_the_revision_and_the_pipeline():
    key = work_key("rev", [("", "base"), ("luling", "own")])
    assert key == work_key("rev", [("luling", "own"), ("", "base")])
    assert (
        len({key, work_key("rev", [("", "base")]), work_key("rev2", [("", "base"), ("luling", "own")])}) == 3
    )
