"""The contract of a search engine: how it counts. Items, exactly; days as the zone has them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedback.errors import QueryError
from feedback.query import Query
from index.engines.base import Engine
from tests.contracts.engine_world import SHANGHAI, MakeEngine, counts, document, filled, query

EVERYTHING = Query.parse({"noise": "include"})
NEW_YORK = ZoneInfo("America/New_York")


def _at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]


def _days(engine: Engine, zone: ZoneInfo, asked: Query = EVERYTHING, interval: str = "day") -> dict[str, int]:
    cells = engine.histogram(asked, interval, zone)  # type: ignore[arg-type]
    assert [cell.start for cell in cells] == sorted(cell.start for cell in cells)
    assert all(cell.count > 0 and cell.keys == () for cell in cells)
    return {cell.start.astimezone(zone).isoformat(): cell.count for cell in cells}


# -- facets --------------------------------------------------------------------------------------------------


def check_engine_counts_every_facet(make_engine: MakeEngine) -> None:
    same = {"platform": "weibo", "via": "web", "product": "mail", "sentiment": "neg", "severity": "1"}
    same |= {"device": "Mate 60", "os": "5.0", "region": "cn", "intent": "bug"}
    one: dict[str, Any] = same | {"topic": "lag|neg", "rating": 2, "app_version": "8.2"}
    engine = filled(make_engine, document(1, **one), document(2, intent="advert"))
    expected = same | {"topic": "lag", "top": "performance", "rating": "2", "version": "8.2"}
    for facet, value in expected.items():
        assert counts(engine, facet)[value] == 1, facet
    assert counts(engine, "noise") == {"exclude": 1, "only": 1}


def check_engine_counts_items_of_the_query_only(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, "闪退", rating=1),
        document(2, "闪退", rating=1, region="us"),
        document(3, "闪退", rating=5),
        document(4, "卡顿", rating=5),
    )
    assert counts(engine, "rating", "闪退") == {"1": 2, "5": 1}
    assert counts(engine, "rating", "闪退", region="us") == {"1": 1}
    assert counts(engine, "rating", "没有的词") == {}


def check_engine_facets_ignore_their_own_selection(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, region="cn", rating=1, topic=["lag|neg"]),
        document(2, region="us", rating=1, topic=["dark_mode|pos"]),
        document(3, region="us", rating=5),
    )
    assert counts(engine, "region", region="cn") == {"cn": 1, "us": 2}
    assert counts(engine, "rating", region="us") == {"1": 1, "5": 1}
    assert counts(engine, "region", region="cn", rating_max=2) == {"cn": 1, "us": 1}
    assert counts(engine, "rating", rating_max=2) == {"1": 2, "5": 1}
    assert counts(engine, "topic", topic="lag") == {"lag": 1, "dark_mode": 1}
    assert counts(engine, "top", topic="lag|neg") == {"performance": 1, "features": 1}


def check_engine_answers_several_facets_in_the_order_asked(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, region="cn", rating=1), document(2, region="us", rating=1))
    found = engine.facets(query(region="cn"), ["rating", "region", "product"])
    assert list(found) == ["rating", "region", "product"]
    assert {name: [each.count for each in values] for name, values in found.items()} == {
        "rating": [1],
        "region": [1, 1],
        "product": [1],
    }


def check_engine_facets_go_by_count_then_value(make_engine: MakeEngine) -> None:
    regions = ["us", "jp", "cn", "jp", "de"]
    engine = filled(make_engine, *(document(n, region=region) for n, region in enumerate(regions, 1)))
    values = engine.facets(query(), ["region"])["region"]
    assert [(each.value, each.count) for each in values] == [("jp", 2), ("cn", 1), ("de", 1), ("us", 1)]
    assert len(engine.facets(query(), ["region"], size=2)["region"]) == 2


def check_engine_splits_topics_by_polarity(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, topic=["lag|neg"]),
        document(2, topic=["lag|neg", "lag|pos", "crash_launch|neg", "crash_in_use|neg"]),
        document(3, topic=["lag"]),
    )
    (lag, *_) = engine.facets(query(), ["topic"])["topic"]
    assert (lag.value, lag.count, lag.split) == ("lag", 3, {"neg": 2, "pos": 1})
    tops = {each.value: (each.count, each.split) for each in engine.facets(query(), ["top"])["top"]}
    assert tops == {"performance": (3, {"neg": 2, "pos": 1}), "stability": (1, {"neg": 1})}


def check_engine_counts_own_leaves_within_their_product_only(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, product=["notes", "mail"], topic=["x_notes_widget|neg", "dark_mode|pos"]),
        document(2, product="notes", topic=["x_notes_widget|pos"]),
        document(3, product="notes_pro", topic=["x_notes_pro_sync"]),
    )
    assert counts(engine, "topic") == {"dark_mode": 1}
    assert counts(engine, "topic", product="mail") == {"dark_mode": 1}
    assert counts(engine, "topic", product=["notes", "mail"]) == {"dark_mode": 1}
    assert counts(engine, "topic", product="notes") == {"x_notes_widget": 2, "dark_mode": 1}
    assert counts(engine, "top", product="notes") == {"features": 2}
    assert counts(engine, "top") == {"features": 1}
    (top,) = engine.facets(query(product="notes"), ["top"])["top"]
    assert top.split == {"neg": 1, "pos": 2}


def check_engine_counts_follow_updates_and_removals(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, *(document(n, rating=1) for n in (1, 2, 3)))
    engine.write([document(1, rating=5, change=4)], gone=[2], position=5)
    engine.refresh()
    assert counts(engine, "rating") == {"1": 1, "5": 1}


def check_engine_knows_no_other_facets(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1))
    with pytest.raises(QueryError):
        engine.facets(query(), ["author"])
    with pytest.raises(QueryError):
        engine.histogram(query(), "day", SHANGHAI, by=["author"])


# -- histograms ----------------------------------------------------------------------------------------------


def check_engine_days_begin_at_midnight_of_the_zone(make_engine: MakeEngine) -> None:
    before, after = _at(2026, 3, 9, 15, 59, 59), _at(2026, 3, 9, 16, 0, 0)
    engine = filled(make_engine, document(1, at=before), document(2, at=after))
    assert _days(engine, SHANGHAI) == {"2026-03-09T00:00:00+08:00": 1, "2026-03-10T00:00:00+08:00": 1}
    assert _days(engine, ZoneInfo("UTC")) == {"2026-03-09T00:00:00+00:00": 2}


def check_engine_empty_days_are_left_out(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, at=_at(2026, 3, 1)), document(2, at=_at(2026, 3, 9)))
    assert list(_days(engine, ZoneInfo("UTC"))) == ["2026-03-01T00:00:00+00:00", "2026-03-09T00:00:00+00:00"]


def check_engine_days_before_1970_are_days(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, at=_at(1969, 7, 20, 20)), document(2, at=_at(1969, 7, 20, 1)))
    assert _days(engine, ZoneInfo("UTC")) == {"1969-07-20T00:00:00+00:00": 2}


def check_engine_weeks_begin_on_monday(make_engine: MakeEngine) -> None:
    sunday, monday = _at(2026, 3, 8, 15, 59), _at(2026, 3, 8, 16, 0)  # 23:59 and 00:00 in Shanghai
    engine = filled(
        make_engine, document(1, at=sunday), document(2, at=monday), document(3, at=_at(2026, 3, 15))
    )
    assert _days(engine, SHANGHAI, interval="week") == {
        "2026-03-02T00:00:00+08:00": 1,
        "2026-03-09T00:00:00+08:00": 2,
    }


def check_engine_months_have_their_own_lengths(make_engine: MakeEngine) -> None:
    said = [
        _at(2024, 1, 31, 15),
        _at(2024, 1, 31, 17),
        _at(2024, 2, 29, 10),
        _at(2024, 2, 29, 16),
        _at(2024, 12, 31, 16),
    ]
    engine = filled(make_engine, *(document(n, at=at) for n, at in enumerate(said, 1)))
    assert _days(engine, SHANGHAI, interval="month") == {
        "2024-01-01T00:00:00+08:00": 1,
        "2024-02-01T00:00:00+08:00": 2,
        "2024-03-01T00:00:00+08:00": 1,
        "2025-01-01T00:00:00+08:00": 1,
    }


def check_engine_days_follow_the_clock_change(make_engine: MakeEngine) -> None:
    # New York: 2026-03-08 has 23 hours (05:00 … 04:00 UTC), 2026-11-01 has 25.
    said = [
        _at(2026, 3, 8, 4, 59),
        _at(2026, 3, 8, 5),
        _at(2026, 3, 9, 3, 59),
        _at(2026, 3, 9, 4),
        _at(2026, 11, 2, 4, 59),
        _at(2026, 11, 2, 5),
    ]
    engine = filled(make_engine, *(document(n, at=at) for n, at in enumerate(said, 1)))
    assert _days(engine, NEW_YORK) == {
        "2026-03-07T00:00:00-05:00": 1,
        "2026-03-08T00:00:00-05:00": 2,
        "2026-03-09T00:00:00-04:00": 1,
        "2026-11-01T00:00:00-04:00": 1,
        "2026-11-02T00:00:00-05:00": 1,
    }
    assert _days(engine, NEW_YORK, interval="week")["2026-03-09T00:00:00-04:00"] == 1


def check_engine_years_of_days_across_clock_changes(make_engine: MakeEngine) -> None:
    start = datetime(2020, 1, 1, 12, tzinfo=NEW_YORK)
    engine = filled(make_engine, *(document(n, at=start + timedelta(days=n * 3)) for n in range(400)))
    days = _days(engine, NEW_YORK)
    assert len(days) == 400
    assert set(days.values()) == {1}


def check_engine_histograms_keep_to_the_query(make_engine: MakeEngine) -> None:
    day = timedelta(days=1)
    engine = filled(
        make_engine,
        *(document(n, "闪退" if n % 2 else "卡顿", at=_at(2026, 3, 1) + n * day) for n in range(6)),
    )
    assert list(_days(engine, SHANGHAI, query("闪退")).values()) == [1, 1, 1]
    ranged = query(since="2026-03-02", until="2026-03-03")
    assert list(_days(engine, SHANGHAI, ranged).items()) == [
        ("2026-03-02T00:00:00+08:00", 1),
        ("2026-03-03T00:00:00+08:00", 1),
    ]
    assert engine.histogram(query(since="2027-01-01"), "day", SHANGHAI) == ()
    assert engine.histogram(query("没有的词"), "day", SHANGHAI) == ()


def check_engine_splits_days_by_one_facet(make_engine: MakeEngine) -> None:
    today, later = _at(2026, 3, 1), _at(2026, 3, 2)
    engine = filled(
        make_engine,
        document(1, at=today, topic=["lag|neg", "dark_mode|pos"]),
        document(2, at=later, topic=["lag"]),
        document(3, at=later),
    )
    cells = engine.histogram(query(), "day", ZoneInfo("UTC"), by=["topic"])
    assert [(*cell.keys, cell.start.day, cell.count) for cell in cells] == [
        ("dark_mode", 1, 1),
        ("lag", 1, 1),
        ("lag", 2, 1),
    ]


def check_engine_splits_days_by_two_facets(make_engine: MakeEngine) -> None:
    at = _at(2026, 3, 1)
    engine = filled(
        make_engine,
        document(1, at=at, region="cn", rating=1),
        document(2, at=at, region="cn", rating=5),
        document(3, at=at, region="us", rating=1),
        document(4, at=at, region="us", rating=1),
        document(5, at=at, region="us"),
    )
    for zone in (SHANGHAI, NEW_YORK):
        cells = engine.histogram(query(), "month", zone, by=["region", "rating"])
        assert [(cell.keys, cell.count) for cell in cells] == [
            (("cn", "1"), 1),
            (("cn", "5"), 1),
            (("us", "1"), 2),
        ]


def check_engine_histograms_show_own_leaves_within_their_product_only(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine, document(1, topic=["x_notes_widget", "lag"]), document(2, product="mail", topic=["lag"])
    )
    within = engine.histogram(query(product="notes"), "day", SHANGHAI, by=["topic"])
    assert [(cell.keys, cell.count) for cell in within] == [(("lag",), 1), (("x_notes_widget",), 1)]
    everywhere = engine.histogram(query(), "day", SHANGHAI, by=["topic"])
    assert [(cell.keys, cell.count) for cell in everywhere] == [(("lag",), 2)]


def check_engine_counts_more_cells_than_one_answer_holds(make_engine: MakeEngine) -> None:
    # 400 devices on 200 days: more buckets than tantivy returns at once.
    start = _at(2025, 1, 1)
    said = [document(n, at=start + timedelta(days=n % 200), device=f"d{n % 400}") for n in range(2_000)]
    engine = filled(make_engine, *said)
    cells = engine.histogram(query(), "day", NEW_YORK, by=["device"])
    assert sum(cell.count for cell in cells) == 2_000
    assert len(cells) == len({(cell.keys, cell.start) for cell in cells}) == 400
