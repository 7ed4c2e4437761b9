"""The indexer: every change reaches the engine, once or again, whatever happened in between."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.model import Tag
from index.engines import ENGINES, open_engine
from index.engines.base import Engine
from index.indexer import Indexer
from index.records import Records
from tests.contracts.engine_world import NOON, PRODUCTS, TAXONOMY, found, query
from tests.contracts.search_world import filled_records, opened_records, put, said, tag


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Five items about 闪退 and two about something else."""
    with filled_records(tmp_path, *["闪退"] * 5, "卡顿", "好用") as records:
        yield records


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(request.param, tmp_path / "index", taxonomy=TAXONOMY, products=PRODUCTS)
    yield engine
    engine.close()


@pytest.fixture
def indexer(records: Records, engine: Engine) -> Indexer:
    return Indexer(records, engine, clock=lambda: NOON)


def test_catching_up_makes_everything_searchable(records: Records, engine: Engine, indexer: Indexer) -> None:
    progress = indexer.catch_up()
    assert (progress.behind, progress.holder) == (0, None)
    assert progress.position == records.change() == engine.state().position > 0
    assert found(engine, "闪退") == {1, 2, 3, 4, 5}
    assert engine.state().store_id == records.store_id
    assert indexer.step() == 0


def test_steps_are_as_small_as_asked(engine: Engine, indexer: Indexer) -> None:
    assert [indexer.step(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert engine.state().documents == 7


def test_a_changed_text_replaces_the_old_one(records: Records, engine: Engine, indexer: Indexer) -> None:
    indexer.catch_up()
    put(records, said(6, "现在也闪退", edited_at=NOON + timedelta(days=1)))
    tag(records)
    assert indexer.step() == 1
    assert found(engine, "闪退") == {1, 2, 3, 4, 5, 6}
    assert found(engine, "卡顿") == set()


def test_erased_items_leave_the_index(records: Records, engine: Engine, indexer: Indexer) -> None:
    indexer.catch_up()
    assert records.forget(feedback_id="appstore:cn:2") == 1
    assert indexer.step() == 1
    assert found(engine, "闪退") == {1, 3, 4, 5}
    assert engine.state().position == records.change()


def test_an_erasure_between_changes_is_applied_in_small_steps_too(
    records: Records, engine: Engine, indexer: Indexer
) -> None:
    indexer.catch_up()
    put(records, *(said(number, "新的闪退") for number in range(20, 24)))
    tag(records)
    records.forget(feedback_id="appstore:cn:1")
    put(records, *(said(number, "又闪退") for number in range(30, 33)))
    tag(records)
    while indexer.step(limit=2):
        pass
    assert len(found(engine, "闪退")) == 4 + 4 + 3
    assert engine.state().position == records.change()


def test_untagged_items_become_visible_after_a_while(records: Records, engine: Engine) -> None:
    put(records, said(50, "还没有打标"))
    Indexer(records, engine, clock=lambda: NOON + timedelta(seconds=30)).catch_up()
    assert found(engine, "打标") == set()
    late = Indexer(records, engine, clock=lambda: NOON + timedelta(seconds=61))
    late._holder = "the same process, later"
    records.release_lease(f"index:{engine.name}", records.lease_holder(f"index:{engine.name}") or "")
    late.catch_up()
    late.catch_up()
    assert len(found(engine, "打标", sentiment="untagged")) == 1


def test_show_makes_an_untagged_item_visible_at_once(
    records: Records, engine: Engine, indexer: Indexer
) -> None:
    ids = put(records, said(50, "马上要看到"), said(51, "这条不急"))
    assert indexer.show(ids[:1]).behind == 0
    assert len(found(engine, "马上")) == 1
    assert found(engine, "不急") == set()


def test_an_index_of_another_store_is_built_anew(records: Records, engine: Engine, indexer: Indexer) -> None:
    engine.reset("another")
    indexer.catch_up()
    assert engine.state().store_id == records.store_id
    assert engine.state().documents == 7


def test_a_position_ahead_of_the_records_is_built_anew(
    records: Records, engine: Engine, indexer: Indexer
) -> None:
    engine.reset(records.store_id)
    engine.write([], position=records.change() + 100)
    indexer.catch_up()
    assert engine.state().position == records.change()
    assert engine.state().documents == 7


def test_a_damaged_index_is_built_anew(records: Records, tmp_path: Path) -> None:
    directory = tmp_path / "tantivy"
    engine = open_engine("tantivy", directory, taxonomy=TAXONOMY)
    Indexer(records, engine).catch_up()
    engine.close()
    for path in directory.rglob("*.term"):
        path.write_bytes(b"")
    healed = open_engine("tantivy", directory, taxonomy=TAXONOMY)
    indexer = Indexer(records, healed)
    indexer._holder = records.lease_holder("index:tantivy") or ""
    assert indexer.catch_up().behind == 0
    assert found(healed, "闪退") == {1, 2, 3, 4, 5}


def test_what_the_engine_refuses_is_parked_and_stops_nothing(
    records: Records, engine: Engine, indexer: Indexer
) -> None:
    put(records, said(60, "来自未来", published_at=NOON.replace(year=2500)), said(61, "来自今天"))
    tag(records)
    assert indexer.catch_up().behind == 0
    assert len(found(engine, "来自")) == 1


def test_one_indexer_at_a_time(records: Records, engine: Engine, indexer: Indexer) -> None:
    other = Indexer(records, engine)
    assert indexer.step() == 7
    put(records, said(70, "后来的"))
    tag(records)
    assert other.step() == 0
    waited = other.catch_up(patience_s=0)
    assert (waited.behind, bool(waited.holder)) == (1, True)
    indexer.close()
    assert other.catch_up().behind == 0


def test_who_waits_sees_the_other_finish(records: Records, engine: Engine, indexer: Indexer) -> None:
    assert indexer.step() == 7
    put(records, said(70, "后来的"))
    tag(records)
    stop = threading.Event()
    thread = threading.Thread(target=indexer.run, args=(stop,), kwargs={"pause_s": 0.01})
    thread.start()
    try:
        assert Indexer(records, engine).catch_up(patience_s=60).behind == 0
    finally:
        stop.set()
        thread.join()
    assert len(found(engine, "后来")) == 1
    assert records.lease_holder(f"index:{engine.name}") is None


def test_corrections_and_votes_arrive_as_changes(records: Records, engine: Engine, indexer: Indexer) -> None:
    indexer.catch_up()
    put(records, said(1, "闪退", metrics={"likes": 9}, seen_at=NOON + timedelta(hours=1)))
    indexer.catch_up()
    assert engine.search(query("闪退", sort="likes")).hits[0].seq == 1


def test_tags_arrive_with_the_item(tmp_path: Path, engine: Engine) -> None:
    with opened_records(tmp_path) as records:
        put(records, said(1, "太卡了"))
        tag(records, {"appstore:cn:1": [Tag(facet="topic", label="lag", polarity="neg")]})
        Indexer(records, engine).catch_up()
    assert found(engine, topic="performance|neg") == {1}
