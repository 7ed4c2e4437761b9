"""``put``: one page, one transaction, one acknowledgement, in any order."""

import itertools
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.model import Reply, Run
from index.records import Lane, Records
from tests.contracts.records_world import DAY, LAG, SALT, T0, counts, day, get, named, put, seen, tag


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


RUN = Run(
    id="r1", source="appstore_rss", product="luling", target="cn:1", started_at=T0, asked=1, listed=2, new=2
)


def test_a_page_is_stored_as_it_was_seen(records):
    receipt = put(records, seen(1, rating=1, metrics={"likes": 2}), seen(2, "很好用"))
    assert counts(receipt) == {"new": 2}
    assert receipt.ids == ("appstore:cn:1", "appstore:cn:2")
    first = get(records, 1)
    assert (first.seq, first.feedback.text, first.feedback.rating) == (1, "一直闪退，没法用", 1)
    assert (first.feedback.metrics, first.feedback.products) == ({"likes": 2}, ("luling",))
    assert (first.change, first.key, first.voice, first.tags) == (0, "", "a:author1", ())
    assert records.get("appstore:cn:3") is None


def test_repeating_a_page_changes_nothing(records):
    put(records, seen(1), seen(2, "很好用"))
    tag(records)
    before = [get(records, 1), get(records, 2), records.history("appstore:cn:1"), records.change()]
    for _ in range(2):
        assert counts(put(records, seen(1), seen(2, "很好用"))) == {"same": 2}
    assert [get(records, 1), get(records, 2), records.history("appstore:cn:1"), records.change()] == before


def test_an_empty_page_is_a_page(records):
    assert counts(put(records, run=RUN)) == {}
    assert [run.id for run in records.runs()] == ["r1"]


def test_seen_again_later_only_widens_the_span(records):
    put(records, seen(1, at=1))
    tag(records)
    assert counts(put(records, seen(1, at=5))) == {"same": 1}
    (once,) = records.history("appstore:cn:1")
    assert (once.first_at, once.last_at) == (day(1), day(5))
    assert get(records).feedback.first_seen_at == day(1)
    assert records.change() == 1  # engines hear nothing of it


@pytest.mark.parametrize(
    "later",
    [{"metrics": {"likes": 9}}, {"reply": Reply(text="请更新", at=T0)}, {"url": "https://x/1"}, {"author": "someone"}],
    ids=lambda later: next(iter(later)),
)  # fmt: skip
def test_what_is_no_revision_is_shown_but_not_tagged_again(records, later):
    put(records, seen(1))
    tag(records)
    assert counts(put(records, seen(1, at=2, **later))) == {"same": 1}
    now = get(records)
    assert [getattr(now.feedback, name) for name in later] == list(later.values())
    assert (now.tags, now.change) == ((LAG,), 2)
    assert records.due() == []


@pytest.mark.parametrize(
    "later",
    [
        {"text": "修好了，五星"},
        {"rating": 5},
        {"app_version": "8.3"},
        {"device": "iPhone 17"},
        {"os": "iOS 26"},
    ],
    ids=lambda later: next(iter(later)),
)
def test_a_new_revision_loses_its_tags_and_is_due_again(records, later):
    put(records, seen(1))
    tag(records)
    edit = seen(1, **({"text": "一直闪退，没法用", "edited_at": day(2), "at": 3} | later))
    assert counts(put(records, edit)) == {"changed": 1}
    now = get(records)
    assert (now.tags, now.key, now.change) == ((), "", 2)
    assert records.depth().lanes == {Lane.CHANGED: 1}
    assert len(records.history("appstore:cn:1")) == 2


def test_an_earlier_page_that_comes_late_moves_the_first_sight(records):
    put(records, seen(1, said=None, at=5), seen(2, said=0, at=5))
    tag(records)
    assert counts(put(records, seen(1, said=None, at=3), seen(2, said=0, at=3))) == {"same": 2}
    moved = [get(records, n).feedback for n in (1, 2)]
    assert [(one.first_seen_at, one.at) for one in moved] == [(day(3), day(3)), (day(3), day(0))]
    assert records.change() == 4  # lists are ordered by it
    assert records.due() == []


STORY = (
    seen(1, rating=1, at=1, metrics={"likes": 1}),
    seen(1, rating=1, at=4, metrics={"likes": 4}, product="other"),
    seen(1, "已经修好了", edited_at=day(2), at=3, rating=4),
    seen(1, "一直闪…全文", at=2, quality="truncated", via="web"),
    seen(1, "很早的话", said=-3, at=6, via="import"),
)


def test_pages_in_any_order_give_one_record_and_one_history(tmp_path):
    results = []
    for number, order in enumerate(itertools.permutations(STORY)):
        if number % 5:  # a fifth of them is enough: each order opens a database
            continue
        with Records.open(tmp_path / f"{number}.db", salt=SALT) as records:
            for one in order:
                put(records, one)
            results.append((get(records).feedback, records.history("appstore:cn:1")))
    assert len(results) == 24
    assert all(result == results[0] for result in results)
    assert results[0][0].text == "已经修好了"
    assert results[0][0].products == ("luling", "other")
    assert len(results[0][1]) == 4


def test_one_page_may_hold_an_item_twice(records):
    receipt = put(records, *STORY)
    assert counts(receipt) == {"new": 1}
    assert receipt.ids == ("appstore:cn:1",)
    assert get(records).feedback.text == "已经修好了"


def test_a_large_page_passes_every_limit(records):
    many = [seen(number, f"第{number}条") for number in range(5_000)]
    assert counts(put(records, *many)) == {"new": 5_000}
    records.forget(feedback_id="appstore:cn:0")
    assert counts(put(records, *many)) == {"same": 4_999, "erased": 1}
    assert len(records.by_seq(list(range(1, 5_001)))) == 4_999
    assert records.release(now=day(1), ids=[one.id for one in many]) == 4_999
    assert len(records.due(5_000)) == 4_999


def test_live_is_what_an_incremental_run_found_to_be_new(records):
    put(records, seen(1), seen(2, said=5), seen(3, said=None), seen(4, said=9, at=9))
    assert {get(records, n).feedback.arrival for n in (1, 2, 3, 4)} == {"backfill"}
    put(records, seen(5, said=2), seen(6, said=4), seen(7, said=None), live_since=day(4))
    assert [get(records, n).feedback.arrival for n in (5, 6, 7)] == ["backfill", "live", "backfill"]
    put(
        records,
        seen(5, "改了", edited_at=day(6), at=6),
        seen(6, said=4, metrics={"likes": 1}),
        live_since=day(4),
    )
    assert [get(records, n).feedback.arrival for n in (5, 6)] == ["live", "live"]
    put(records, seen(6, "补录的旧改动", said=4, edited_at=day(5), at=9))
    assert get(records, 6).feedback.arrival == "backfill"


def test_old_items_are_refused_past_retention(records):
    limits = {"appstore": timedelta(days=30)}
    receipt = put(records, seen(1, said=-40), seen(2, said=-20), seen(3, said=None), retention=limits)
    assert counts(receipt) == {"new": 2, "expired": 1}
    assert receipt.ids == ("appstore:cn:2", "appstore:cn:3")
    assert counts(put(records, seen(1, said=-40), retention={"weibo": DAY})) == {"new": 1}


def test_the_run_is_saved_with_its_page(records):
    put(records, seen(1), run=RUN)
    assert records.runs() == [RUN]


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from tests.contracts.records_world import *
from index.records import changes, put as module
records = Records.open({database!r}, salt=SALT)
put(records, seen(1))
print("ready", flush=True)
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
module.adopt_aliases = die  # rows and sightings are written, the transaction is not committed
put(records, seen(1, "改了", edited_at=day(2)), *(seen(n) for n in range(2, 400)))
"""


@pytest.mark.kill
def test_a_page_killed_in_the_middle_leaves_nothing(tmp_path):
    database = tmp_path / "huisheng.db"
    code = KILLED.format(root=str(Path(__file__).parent.parent), database=str(database))
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.stdout.strip(), ended.returncode) == ("ready", -9), ended.stderr
    with Records.open(database, salt=SALT) as records:
        assert records.depth().documents == 1
        assert get(records).feedback.text == "一直闪退，没法用"
        assert len(records.history("appstore:cn:1")) == 1
        assert counts(put(records, *(seen(n) for n in range(1, 400)))) == {"new": 398, "same": 1}
        assert get(records, 399).seq == 399  # the numbers were not spent either


def test_an_author_learnt_later_speaks_for_the_item(records):
    put(records, seen(1, author=None))
    assert get(records).voice == "i:1"
    put(records, named(1, at=2))
    assert get(records).voice == "a:a-zhang"
