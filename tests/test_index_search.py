"""Search for people: from what was said in the query to the sentences that answer it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedback.errors import CursorGone, NotFound, QueryError
from feedback.model import Tag, Verdict
from feedback.query import Query
from index.engines import ENGINES, open_engine
from index.engines.base import Engine
from index.indexer import Indexer
from index.records import Records
from index.search import Search, Segment
from tests.contracts.engine_world import NOON, PRODUCTS, SHANGHAI, TAXONOMY
from tests.contracts.search_world import opened_records, put, said, tag

TEXTS = ["一更新就閃退", "闪退，打不开", "太卡了", "界面好看", "加我微信 wx12345678", "闪退三次"]
LAG = Tag(facet="topic", label="lag", polarity="neg", start=0, end=3)
CRASH = Tag(facet="topic", label="crash", polarity="neg")
ADVERT = Tag(facet="intent", label="advert")


class World:
    """A store, its index, the search over both, and a clock that can be moved."""

    def __init__(self, directory: Path, name: str) -> None:
        self.records: Records = opened_records(directory)
        self.engine: Engine = open_engine(name, directory / "index", taxonomy=TAXONOMY, products=PRODUCTS)
        self.indexer = Indexer(self.records, self.engine, clock=lambda: NOON)
        self.now: datetime = NOON + timedelta(hours=1)
        self.search = Search(
            self.records, self.engine, taxonomy=TAXONOMY, zone=SHANGHAI, clock=lambda: self.now
        )

    def close(self) -> None:
        self.engine.close()
        self.records.close()


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, request.param)
    put(world.records, *(said(number, text, rating=1 + number % 5) for number, text in enumerate(TEXTS, 1)))
    tags = {"appstore:cn:3": [LAG], "appstore:cn:5": [ADVERT]} | {
        f"appstore:cn:{n}": [CRASH] for n in (1, 2, 6)
    }
    tag(world.records, tags)
    world.indexer.catch_up()
    yield world
    world.close()


def _query(q: str = "", **filters: object) -> Query:
    return Query.parse({"q": q} | filters)


def _seqs(world: World, query: Query) -> list[int]:
    return [result.document.seq for result in world.search.page(query).results]


def test_a_page_has_bodies_marks_and_words(world: World) -> None:
    page = world.search.page(_query("闪退", sort="newest", since="7d"))
    assert (page.total, page.pending, page.cursor) == (3, 0, None)
    assert page.human == "“闪退” · 7d 至 现在"
    assert page.query.since == "2026-03-03T13:00:00+00:00"
    assert [result.document.seq for result in page.results] == [6, 2, 1]
    assert page.results[2].segments == (Segment("一更新就", False), Segment("閃退", True))
    assert page.results[0].score is None
    assert world.search.page(_query("闪退")).results[0].score is not None


def test_texts_are_masked(world: World) -> None:
    (result,) = world.search.page(_query(noise="only")).results
    assert "12345678" not in result.document.feedback.text
    assert "".join(segment.text for segment in result.segments) == result.document.feedback.text
    assert world.search.page(_query("wx12345678", noise="include")).total == 0


def test_pages_follow_each_other(world: World) -> None:
    for query in (_query(), _query("闪退")):
        whole = [result.document.seq for result in world.search.page(query).results]
        paged: list[int] = []
        cursor = None
        while True:
            page = world.search.page(query, limit=2, cursor=cursor)
            paged += [result.document.seq for result in page.results]
            cursor = page.cursor
            if cursor is None:
                break
        assert paged == whole
        assert len(whole) >= 3


def test_a_relative_time_stands_still_between_pages(world: World) -> None:
    query = _query(since="2h")
    first = world.search.page(query, limit=2)
    world.now += timedelta(hours=5)
    second = world.search.page(query, limit=2, cursor=first.cursor)
    assert second.query == first.query
    assert second.total == first.total == 5
    assert world.search.page(query).total == 0


def test_a_cursor_of_another_search_is_refused(world: World) -> None:
    cursor = world.search.page(_query(), limit=2).cursor
    assert cursor
    for query in (_query(rating_max="3"), _query(sort="likes"), _query("闪退")):
        with pytest.raises(QueryError, match="属于"):
            world.search.page(query, cursor=cursor)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "不是游标", "W10", "WzEsMl0"])
def test_a_damaged_cursor_is_refused(world: World, cursor: str) -> None:
    good = world.search.page(_query(), limit=2).cursor
    assert good
    for broken in (cursor + "!", good[:-4], good[:10] + "AAAA" + good[14:]):
        with pytest.raises(QueryError) as refused:
            world.search.page(_query(), cursor=broken)
        assert "search again" in refused.value.hint


def test_a_relevance_cursor_outlives_its_snapshot_as_410(world: World) -> None:
    cursor = world.search.page(_query("闪退"), limit=1).cursor
    assert cursor
    for number in range(80, 90):
        put(world.records, said(number, "还是闪退"))
        tag(world.records)
        world.indexer.step()
        assert world.search.page(_query("闪退"), limit=1).cursor
    with pytest.raises(CursorGone):
        world.search.page(_query("闪退"), limit=1, cursor=cursor)


def test_an_erased_item_is_gone_before_the_index_knows(world: World) -> None:
    world.records.forget(feedback_id="appstore:cn:6")
    page = world.search.page(_query("闪退"), limit=2)
    assert sorted(result.document.seq for result in page.results) == [1, 2]
    assert page.pending > 0
    assert [document.seq for document in world.search.documents(_query("闪退"))] == [2, 1]


def test_a_correction_shows_before_the_index_knows(world: World) -> None:
    document = world.search.get("appstore:cn:3")
    verdict = Verdict(
        id=document.feedback.id, revision=document.feedback.revision, facet="topic", label="lag|neg", action="remove", who="a", at=NOON
    )  # fmt: skip
    world.records.judge(verdict)
    (result,) = world.search.page(_query("太卡")).results
    assert result.document.effective == ()


def test_pending_counts_what_the_index_has_not_taken(world: World) -> None:
    assert world.search.pending() == 0
    put(world.records, said(90, "新的"))
    tag(world.records)
    assert world.search.pending() == 1
    world.indexer.step()
    assert world.search.pending() == 0
    world.engine.reset("another store")
    assert world.search.pending() == world.records.change() > 0


def test_topics_may_be_said_in_old_names_and_paths(world: World) -> None:
    for label in ("crash", "crash_in_use", "stability/crash_in_use", "stability|neg"):
        page = world.search.page(_query(topic=label))
        assert page.total == 3, label
    assert world.search.page(_query(topic="crash|neg")).query.topic == ("crash_in_use|neg",)


def test_an_unknown_topic_names_the_near_ones(world: World) -> None:
    with pytest.raises(QueryError) as refused:
        world.search.page(_query(topic="crash_lunch"))
    assert "crash_launch" in refused.value.hint


def test_facets_have_names_and_selections(world: World) -> None:
    facets = world.search.facets(_query(topic="lag|neg", rating_max="4"), ["topic", "top", "rating", "noise"])
    shown = {
        name: [(each.value, each.label, each.selected) for each in values] for name, values in facets.items()
    }
    assert shown == {
        "topic": [("crash_in_use", "闪退", False), ("lag", "卡顿", True)],
        "top": [("stability", "稳定性", False), ("performance", "性能", False)],
        "rating": [("4", "4 星", True)],
        "noise": [("exclude", "有效反馈", True)],
    }


def test_a_selected_value_is_shown_even_with_nothing_in_it(world: World) -> None:
    values = world.search.facets(_query(topic="lag", rating_max="3"), ["topic"])["topic"]
    assert [(value.value, value.count, value.selected) for value in values] == [
        ("crash_in_use", 3, False),
        ("lag", 0, True),
    ]
    (region,) = world.search.facets(_query(region="jp"), ["region"])["region"]
    assert (region.label, region.count, region.selected) == ("日本", 0, True)


def test_a_selected_value_is_shown_however_small(world: World) -> None:
    values = world.search.facets(_query(topic="lag"), ["topic"], size=1)["topic"]
    assert [(value.value, value.count, value.selected) for value in values] == [
        ("crash_in_use", 3, False),
        ("lag", 1, True),
    ]
    assert values[0].split == {"neg": 3}


def test_versions_selected_by_prefix_are_marked(world: World) -> None:
    put(world.records, said(91, "旧版", app_version="8.2.1"), said(92, "新版", app_version="9.0"))
    tag(world.records)
    world.indexer.step()
    values = world.search.facets(_query(version="8.*"), ["version"])["version"]
    assert {value.value: value.selected for value in values} == {"8.2.1": True, "9.0": False}


def test_histograms_use_the_zone(world: World) -> None:
    (cell,) = world.search.histogram(_query("闪退"), "day")
    assert (cell.count, cell.start.astimezone(SHANGHAI).isoformat()) == (3, "2026-03-10T00:00:00+08:00")


def test_select_gives_sorted_numbers(world: World) -> None:
    assert world.search.select(_query("闪退")) == [1, 2, 6]


def test_documents_come_newest_first_in_batches(world: World) -> None:
    assert [document.seq for document in world.search.documents(_query(), batch=2)] == [6, 4, 3, 2, 1]
    assert list(world.search.documents(_query("没有的词"))) == []


def test_similar_items_are_others_that_say_the_same(world: World) -> None:
    put(world.records, said(93, "一更新就闪退，打不开"))
    tag(world.records)
    world.indexer.step()
    page = world.search.similar("appstore:cn:2")
    assert page.results[0].document.feedback.id == "appstore:cn:93"
    assert all(result.document.seq != 2 for result in page.results)
    assert world.search.similar_text("一更新就闪退").results[0].document.seq in (1, 7)
    with pytest.raises(NotFound):
        world.search.similar("appstore:cn:404")


def test_suggestions_are_topics_enriched_among_the_hits(world: World) -> None:
    (suggestion,) = world.search.suggest(_query("闪退"))
    assert (suggestion.topic, suggestion.name, suggestion.count) == ("crash_in_use", "闪退", 3)
    assert suggestion.lift == pytest.approx(5 / 3, abs=0.01)
    assert world.search.suggest(_query("闪退", topic="crash")) == ()
    assert world.search.suggest(_query()) == ()
    assert world.search.suggest(_query("界面")) == ()


def test_suggestions_for_words_nobody_used_come_from_like_texts(world: World) -> None:
    (number,) = put(world.records, said(94, "更新完闪退三次"))
    tag(world.records, {number: [CRASH]})
    world.indexer.step()
    assert world.search.page(_query("昨天闪退三次打不开机")).total == 0
    (suggestion,) = world.search.suggest(_query("昨天闪退三次打不开机"))
    assert suggestion.topic == "crash_in_use"


def test_get_follows_and_refuses(world: World) -> None:
    assert world.search.get("appstore:cn:3").feedback.text == "太卡了"
    with pytest.raises(NotFound, match="404"):
        world.search.get("appstore:cn:404")
