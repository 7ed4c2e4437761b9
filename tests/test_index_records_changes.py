"""Change numbers: commit order is number order, every number is given once, nothing is skipped."""

import multiprocessing
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.errors import FeedbackError, NotFound
from feedback.model import Tag, Verdict
from index.records import Done, Records
from index.records.records import StaleRevision
from tests.contracts.records_world import LAG, SALT, T0, day, get, named, put, seen, tag


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


def order(records: Records, after: int = 0) -> list[tuple[int, str]]:
    return [(one.change, one.feedback.id.rpartition(":")[2]) for one in records.scan(after)]


def verdict(records: Records, native: int | str = 1, **fields: str) -> Verdict:
    known = {"id": f"appstore:cn:{native}", "revision": get(records, native).feedback.revision}
    known |= {"facet": "topic", "label": "lag|neg", "action": "remove", "who": "me"}
    return Verdict.model_validate(known | fields | {"at": T0})


def test_the_first_tagging_gives_the_first_number(records):
    put(records, *(seen(n, said=n) for n in range(1, 4)))
    assert order(records) == []
    tag(records)
    assert order(records) == [(1, "1"), (2, "2"), (3, "3")]
    assert order(records, after=2) == [(3, "3")]
    assert records.change() == 3


def test_a_scan_in_small_steps_reads_everything_once(records):
    put(records, *(seen(n) for n in range(25)))
    tag(records)
    position, found = 0, []
    while step := records.scan(position, limit=7):
        found += step
        position = step[-1].change
    assert [one.change for one in found] == list(range(1, 26))
    assert position == records.change()


def test_every_change_moves_an_item_to_the_end(records):
    put(records, *(seen(n, said=n) for n in range(1, 4)))
    tag(records)
    put(records, seen(2, said=2, metrics={"likes": 1}, at=4))
    assert order(records) == [(1, "1"), (3, "3"), (4, "2")]
    records.judge(verdict(records, 1))
    assert order(records) == [(3, "3"), (4, "2"), (5, "1")]
    list(records.adopt({"": "base"}))
    tag(records)
    assert order(records) == [(6, "1"), (7, "2"), (8, "3")]


def test_what_is_not_tagged_is_released_after_a_minute(records):
    put(records, seen(1, at=1), seen(2, at=2))
    assert records.release(now=day(2)) == 1
    assert records.release(now=day(2) + timedelta(seconds=59)) == 0
    assert records.release(now=day(2) + timedelta(seconds=60)) == 1
    assert order(records) == [(1, "1"), (2, "2")]
    assert records.release(now=day(9)) == 0
    assert [one.key for one in records.scan(0)] == ["", ""]


def test_what_a_call_brought_is_released_at_once(records):
    put(records, seen(1), seen(2), seen(3))
    assert records.release(now=T0, ids=["appstore:cn:3", "appstore:cn:1", "appstore:cn:77"]) == 2
    assert order(records) == [(1, "1"), (2, "3")]
    assert records.release(now=T0, ids=["appstore:cn:3"]) == 0
    assert records.release(now=T0, ids=[]) == 0


def test_a_change_before_the_first_number_needs_none(records):
    put(records, seen(1))
    put(records, seen(1, metrics={"likes": 3}, at=2))
    put(records, seen(1, "改了", edited_at=day(2), at=3))
    assert (records.change(), order(records)) == (0, [])
    tag(records)
    assert order(records) == [(1, "1")]


def test_a_correction_shows_at_once_and_ends_with_its_revision(records):
    put(records, seen(1))
    tag(records)
    records.judge(verdict(records))
    assert get(records).effective == ()
    records.judge(verdict(records, action="add", label="ads|pos"))
    assert [tag.label for tag in get(records).effective] == ["ads"]
    put(records, seen(1, "改了", edited_at=day(2), at=3))
    tag(records)
    assert get(records).effective == (LAG,)
    assert len(get(records).verdicts) == 2


def test_a_correction_of_an_earlier_text_is_refused(records):
    put(records, seen(1))
    old = verdict(records)
    put(records, seen(1, "改了", edited_at=day(2), at=3))
    with pytest.raises(StaleRevision, match="has changed since") as caught:
        records.judge(old)
    assert caught.value.status == 409
    with pytest.raises(NotFound):
        records.judge(old.model_copy(update={"id": "appstore:cn:99"}))
    assert (get(records).verdicts, records.change()) == ((), 0)


def test_what_an_engine_refused_is_remembered_until_it_changes(records):
    put(records, seen(1))
    tag(records)
    records.park_refused({"appstore:cn:1": "x" * 900})
    assert records.depth().refused == 1
    put(records, seen(1, metrics={"likes": 3}, at=2))
    assert records.depth().refused == 0


def test_erasures_and_changes_share_one_order(records):
    put(records, *(seen(n, said=n) for n in range(1, 4)))
    tag(records)
    records.forget(feedback_id="appstore:cn:2")
    put(records, seen(1, said=1, metrics={"likes": 3}, at=4))
    assert order(records) == [(3, "3"), (5, "1")]
    assert [(one.number, one.seq, one.id) for one in records.erasures(0)] == [(4, 2, "appstore:cn:2")]
    assert records.erasures(4) == []


def test_what_no_engine_ever_heard_of_needs_no_removal(records):
    put(records, seen(1))
    assert records.forget(feedback_id="appstore:cn:1") == 1
    assert (records.erasures(0), records.change()) == ([], 0)


def follow(path: Path, stop: threading.Event, found: list[int], gone: list[int]) -> None:
    """An indexer that never looks back; whatever commits with a number below its position is lost to it."""
    with Records.open(path, salt=SALT) as records:
        position, ending = 0, False
        while True:
            upto = records.change()
            found += (step := [one.change for one in records.scan(position, limit=50) if one.change <= upto])
            gone += [one.number for one in records.erasures(position) if one.number <= upto]
            position = max([position, *step, *gone]) if len(step) == 50 else max(position, upto)
            if ending and not step:
                return
            ending = stop.is_set()


def write_much(path: str, worker: int, count: int) -> None:
    with Records.open(path, salt=SALT, busy_s=60) as records:
        for number in range(count):
            native = worker * 1_000 + number
            put(records, seen(native), seen(native + 500, "另一条"))
            work = records.due(6)
            records.write([Done(one.seq, one.key, (Tag(facet="lang", label="zh"),)) for one in work])
            records.release(now=day(1), ids=[f"appstore:cn:{native}"])
            if number % 5 == 0:
                records.forget(feedback_id=f"appstore:cn:{native}")


@pytest.mark.parametrize(
    "start", [threading.Thread, multiprocessing.get_context("spawn").Process], ids=["threads", "processes"]
)
def test_a_follower_meets_every_number_of_many_writers_in_order(tmp_path, start):
    path = tmp_path / "huisheng.db"
    Records.open(path, salt=SALT).close()
    found: list[int] = []
    gone: list[int] = []
    stop = threading.Event()
    follower = threading.Thread(target=follow, args=(path, stop, found, gone))
    follower.start()
    writers = [start(target=write_much, args=(str(path), worker, 15)) for worker in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    follower.join()
    with Records.open(path, salt=SALT) as records:
        numbers = [one.change for one in records.scan(0, limit=10_000)]
        removed = [one.number for one in records.erasures(0)]
        assert len(numbers) > 30
        assert len({*numbers, *removed}) == len(numbers) + len(removed)
        assert max([*numbers, *removed]) == records.change()
    assert found == sorted(found)
    assert set(numbers) <= set(found)
    assert set(removed) <= set(gone)
    assert len(removed) == 9


def test_an_error_in_the_middle_of_a_transaction_gives_no_number(records):
    put(records, named(1))
    with pytest.raises(FeedbackError):
        records.judge(verdict(records).model_copy(update={"revision": "0"}))
    assert records.change() == 0
