"""The time line: which buckets it draws for which range, and that its bars add up."""

from datetime import date, timedelta

import pytest

from api.access import Caller
from api.pages.chart import HEIGHT, chart
from api.pages.links import Links
from feedback.query import Query
from tests.contracts.surface_world import NOW, Said, World, build, put

ANYONE = Caller("test", frozenset({"read"}))
OLD = tuple(Said(f"store:{days}", f"很久以前{days}", hours=24 * days) for days in (100, 400, 900))


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("chart"))


@pytest.fixture(scope="module")
def old_world(tmp_path_factory) -> World:
    world = build(tmp_path_factory.mktemp("old"))
    put(world.service.records, *OLD)
    world.service.records.release(now=NOW, ids=[said.id for said in OLD])
    world.index()
    return world


def drawn(world: World, params: str = "", caller: Caller = ANYONE):
    said = Query.parse([tuple(pair.split("=")) for pair in params.split("&") if pair])
    return chart(world.service, caller, world.service.search.resolve(said), Links(said))


def test_days_from_the_first_item_to_today(world):
    found = drawn(world)
    assert found.interval == "day"
    assert [(bar.start, bar.count, bar.negative) for bar in found.bars] == [
        ("2026-11-18", 1, 0),
        ("2026-11-19", 1, 1),
        ("2026-11-20", 8, 8),
    ]
    assert found.most == 8
    assert found.bars[2].tall == HEIGHT


def test_an_asked_range_is_drawn_whole(world):
    found = drawn(world, "since=7d")
    assert [bar.start for bar in found.bars][:2] == ["2026-11-13", "2026-11-14"]
    assert len(found.bars) == 8
    assert sum(bar.count for bar in found.bars) == 10


@pytest.mark.parametrize(
    ("params", "interval", "first"),
    [
        ("", "month", "2024-06-01"),
        ("since=2026-08-01", "week", "2026-07-27"),
        ("since=2025-01-01", "week", None),
        ("since=2026-11-01", "day", "2026-11-01"),
        ("since=2024-01-01&until=2024-12-31", "week", "2024-01-01"),
    ],
)
def test_buckets_grow_with_the_range(old_world, params, interval, first):
    found = drawn(old_world, params)
    assert found.interval == interval
    if first:
        assert found.bars[0].start == first
    starts = [date.fromisoformat(bar.start) for bar in found.bars]
    assert starts == sorted(set(starts))
    assert interval != "week" or all(start.weekday() == 0 for start in starts)
    assert (
        sum(bar.count for bar in found.bars)
        == old_world.service.search.page(
            Query.parse([tuple(pair.split("=")) for pair in params.split("&") if pair])
        ).total
    )


def test_a_bar_leads_to_its_own_bucket(old_world):
    for bar in drawn(old_world).bars:
        if bar.count:
            _, params = bar.href.split("?")
            said = Query.parse([tuple(pair.split("=")) for pair in params.split("&")])
            assert old_world.service.search.page(said).total == bar.count
            assert date.fromisoformat(said.until) - date.fromisoformat(said.since) < timedelta(days=31)


def test_nothing_to_draw(world):
    assert drawn(world, "q=没有人说过") is None
    assert drawn(world, "since=2020-01-01&until=2020-02-01") is None


def test_only_what_the_caller_may_see(world):
    found = drawn(world, "product=beta", Caller("beta", frozenset({"read"}), ("beta",)))
    assert sum(bar.count for bar in found.bars) == 2
