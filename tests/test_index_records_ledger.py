"""The run ledger: how complete each crawl was, and watermarks that only finished runs move."""

import pytest

from feedback.model import Run
from index.records import Records
from tests.contracts.records_world import SALT, day, put, seen


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


def run(
    name: str = "r1", *, stop: str = "end", newest: float | None = 5, started: float = 1, **fields
) -> Run:
    known = {"id": name, "source": "rss", "product": "luling", "target": "cn:1", "started_at": day(started)}
    known |= {"stop": stop, "newest_at": None if newest is None else day(newest)}
    return Run.model_validate(known | fields)


@pytest.mark.parametrize(
    ("stop", "moves"),
    [
        ("watermark", True), ("end", True), ("empty_verified", True), ("capped", False), ("blocked", False), ("changed", False),
        ("empty_unverified", False), ("repeat_page", False), ("failed", False), ("killed", False), ("running", False),
    ],
)  # fmt: skip
def test_only_a_finished_run_moves_its_watermark(records, stop, moves):
    records.save_run(run(stop=stop))
    assert records.watermark("rss", "cn:1") == (day(5) if moves else None)
    assert records.watermark("rss", "cn:2") is None
    assert records.watermark("web", "cn:1") is None


def test_a_watermark_never_moves_back(records):
    records.save_run(run("r1", newest=5))
    records.save_run(run("r2", newest=3))
    records.save_run(run("r3", newest=None))
    assert records.watermark("rss", "cn:1") == day(5)
    records.save_run(run("r4", newest=5.0001))
    assert records.watermark("rss", "cn:1") == day(5.0001)


def test_a_run_is_replaced_as_it_goes_on(records):
    records.save_run(run(stop="running", newest=None, new=1))
    put(records, seen(1), run=run(stop="running", newest=4, new=2))
    assert [(one.stop, one.new) for one in records.runs()] == [("running", 2)]
    assert records.watermark("rss", "cn:1") is None
    records.save_run(run(stop="watermark", newest=5, new=3))
    assert [(one.stop, one.new) for one in records.runs()] == [("watermark", 3)]


def test_runs_newest_first_and_filtered(records):
    records.save_run(run("a", started=1))
    records.save_run(run("b", started=3, product="other"))
    records.save_run(run("c", started=2, source="web"))
    records.save_run(run("d", started=3))
    assert [one.id for one in records.runs()] == ["d", "b", "c", "a"]
    assert [one.id for one in records.runs(limit=2)] == ["d", "b"]
    assert [one.id for one in records.runs(product="other")] == ["b"]
    assert [one.id for one in records.runs(source="rss", product="luling")] == ["d", "a"]


def test_the_latest_run_of_each_target(records):
    for name, started, target in (("a", 1, "cn:1"), ("b", 2, "cn:1"), ("c", 1, "cn:2")):
        records.save_run(run(name, started=started, target=target))
    assert [one.id for one in records.latest_runs()] == ["b", "c"]


def test_a_run_is_read_as_it_was_written(records):
    full = run(
        detail="第 3 页：空 {}",
        asked=3,
        listed=120,
        new=7,
        changed=1,
        same=2,
        rejected=3,
        erased=1,
        expired=4,
    )
    records.save_run(full.model_copy(update={"oldest_at": day(-2), "finished_at": day(2)}))
    assert records.runs() == [full.model_copy(update={"oldest_at": day(-2), "finished_at": day(2)})]
