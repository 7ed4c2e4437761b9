"""The store is the queue: what is due, what is kept of what was done, and which pipeline is wanted."""

import pytest

from feedback.model import Match, Tag
from index.records import Depth, Done, Lane, Records
from index.records.queue import MARK_STEP
from tests.contracts.records_world import LAG, SALT, day, get, put, seen, tag

OWN = {"luling": "own1"}


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT, own=OWN) as opened:
        opened.adopt_empty({"": "base1", "luling": "own1"})
        yield opened


def due(records: Records, limit: int = 100) -> list[str]:
    return [work.document.feedback.id.rpartition(":")[2] for work in records.due(limit)]


def test_what_is_new_is_due_newest_first(records):
    put(records, seen(1, said=-3), seen(2, said=5), seen(3, said=None, at=1), seen(4, said=-1))
    assert due(records) == ["2", "3", "4", "1"]
    assert due(records, 2) == ["2", "3"]


def test_many_items_are_handed_out_newest_first_over_all_partitions(records):
    put(records, *(seen(n, said=n / 100) for n in range(300)))
    assert due(records, 200) == [str(n) for n in range(299, 99, -1)]
    assert sorted(map(int, due(records, 1_000))) == list(range(300))


def test_fresh_comes_before_changed_before_backlog(records):
    put(records, seen(1, said=9), seen(2, said=8))
    tag(records)
    assert sum(records.adopt({"": "base2", "luling": "own1"})) == 2
    put(records, seen(2, "改了", edited_at=day(8.5), at=9))
    put(records, seen(3, said=-9))
    assert due(records) == ["3", "2", "1"]
    assert records.depth().lanes == {Lane.FRESH: 1, Lane.CHANGED: 1, Lane.BACKLOG: 1}


def test_a_result_is_kept_and_gives_the_item_its_number(records):
    put(records, seen(1), seen(2))
    work = records.due()
    written = records.write([Done(work[0].seq, work[0].key, (LAG,))])
    assert (written.tagged, written.stale, written.failed, written.change) == (1, 0, 0, 1)
    done = records.get(work[0].document.feedback.id)
    assert done is not None
    assert (done.tags, done.key, done.change) == ((LAG,), work[0].key, 1)
    assert len(records.due()) == 1


def test_nothing_is_written_for_nothing(records):
    assert records.write([]).tagged == 0
    assert records.write([Done(99, "no such item")]).stale == 1
    assert records.change() == 0


def test_a_result_for_an_earlier_state_is_refused(records):
    put(records, seen(1))
    (stale,) = records.due()
    put(records, seen(1, "改了", edited_at=day(2), at=3))
    assert records.write([Done(stale.seq, stale.key, (LAG,))]).stale == 1
    (fresh,) = records.due()
    assert fresh.key != stale.key
    assert get(records).tags == ()
    assert records.write([Done(fresh.seq, fresh.key, (LAG,))]).tagged == 1


def test_a_like_meanwhile_is_no_other_state(records):
    put(records, seen(1))
    (work,) = records.due()
    put(records, seen(1, metrics={"likes": 7}, at=2))
    assert records.write([Done(work.seq, work.key, (LAG,))]).tagged == 1


def test_a_result_of_another_pipeline_is_refused(records):
    put(records, seen(1))
    (work,) = records.due()
    list(records.adopt({"": "base2", "luling": "own1"}))
    assert records.write([Done(work.seq, work.key, (LAG,))]).stale == 1
    assert len(records.due()) == 1


def test_a_match_with_its_own_leaves_makes_an_item_due(records):
    put(records, seen(1, product="other"), seen(2, product="other"))
    tag(records)
    put(records, seen(1, product="luling", at=2), seen(2, product="third", at=2))
    assert due(records) == ["1"]
    assert records.depth().lanes == {Lane.CHANGED: 1}
    assert get(records).tags == (LAG,)  # still true, until it is tagged again
    assert get(records, 2).feedback.products == ("other", "third")


def test_a_match_with_its_own_leaves_makes_a_result_stale(records):
    put(records, seen(1, product="other"))
    (work,) = records.due()
    put(records, seen(1, product="luling", at=2))
    assert records.write([Done(work.seq, work.key)]).stale == 1


def failed(records: Records) -> tuple[int, int]:
    written = records.write([Done(one.seq, one.key, error="boom") for one in records.due()])
    return written.failed, written.parked


def test_three_failures_park_an_item_visibly(records):
    put(records, seen(1))
    assert [failed(records) for _ in range(3)] == [(1, 0), (1, 0), (1, 1)]
    assert records.due() == []
    assert (get(records).parked, get(records).failures, get(records).change) == ("boom", 3, 1)
    assert records.depth().parked == 1
    assert [document.parked for document in records.scan(0)] == ["boom"]


def test_success_forgets_earlier_failures(records):
    put(records, seen(1))
    failed(records)
    assert get(records).failures == 1
    tag(records)
    assert get(records).failures == 0


@pytest.mark.parametrize(
    "again",
    [
        seen(1, "改了", edited_at=day(2), at=3),
        seen(1, matches=(Match(product="luling", target="t", via="v"),), at=2),
    ],
    ids=["another text", "a match with own leaves"],
)
def test_what_makes_an_item_due_gives_it_three_tries_again(records, again):
    put(records, seen(1, product="other"))
    for _ in range(3):
        failed(records)
    put(records, again)
    assert records.depth().parked == 0
    assert [failed(records) for _ in range(3)] == [(1, 0), (1, 0), (1, 1)]


def test_the_first_pipeline_is_adopted_and_stays(records):
    assert records.wanted().fingerprints == {"": "base1", "luling": "own1"}
    assert records.adopt_empty({"": "other"}).fingerprints == {"": "base1", "luling": "own1"}


def test_adopting_marks_only_what_becomes_stale(records):
    put(records, seen(1, product="luling"), seen(2, product="other"), seen(3, product="luling_pro"))
    tag(records)
    assert sum(records.adopt({"": "base1", "luling": "own2"})) == 1
    assert due(records) == ["1"]
    assert sum(records.adopt({"": "base1", "luling": "own2"})) == 0
    tag(records)
    assert sum(records.adopt({"": "base2", "luling": "own2"})) == 3
    assert records.depth().lanes == {Lane.BACKLOG: 3}


def test_adopting_goes_on_where_it_was_interrupted(records, monkeypatch):
    monkeypatch.setattr("index.records.queue.MARK_STEP", 10)
    put(records, *(seen(n) for n in range(35)))
    tag(records)
    steps = records.adopt({"": "base2", "luling": "own1"})
    assert [next(steps), next(steps)] == [10, 10]
    steps.close()
    assert records.wanted().marking == 20
    assert records.depth().lanes == {Lane.BACKLOG: 20}
    tag(records, limit=5)
    assert list(records.adopt({"": "base2", "luling": "own1"})) == [10, 5, 0]
    assert records.wanted().marking is None
    assert records.depth().lanes == {Lane.BACKLOG: 30}
    assert MARK_STEP == 5_000


def test_a_second_change_while_marking_marks_for_both(records, monkeypatch):
    monkeypatch.setattr("index.records.queue.MARK_STEP", 10)
    put(records, *(seen(n, product="luling" if n % 2 else "other") for n in range(30)))
    tag(records)
    next(records.adopt({"": "base2", "luling": "own1"}))
    assert sum(records.adopt({"": "base2", "luling": "own2"})) == 20  # the other 10 were due already
    assert records.depth().lanes == {Lane.BACKLOG: 30}


def test_tags_are_read_as_they_were_written(records):
    tags = (LAG, Tag(facet="entity.device", label="iPhone 15", score=0.25, why="dictionary"))
    put(records, seen(1))
    tag(records, tags)
    assert get(records).tags == tags


def test_depth_tells_what_waits(records):
    assert records.depth() == Depth()
    put(records, *(seen(n) for n in range(4)))
    tag(records, limit=1)
    records.park_refused({"appstore:cn:3": "too long", "appstore:cn:9": "unknown"})
    assert records.depth() == Depth(lanes={Lane.FRESH: 3}, refused=1, untagged=3, documents=4, change=1)


def test_taggers_read_masked_text(records):
    put(records, seen(1, "打13812345678找我"))
    assert [work.document.feedback.text for work in records.due()] == ["打***********找我"]
    assert get(records, raw=True).feedback.text == "打13812345678找我"
    assert get(records).feedback.name_key is None
