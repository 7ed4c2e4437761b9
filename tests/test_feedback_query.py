"""The one filter grammar: parameters, their words, their absolute form."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.errors import QueryError
from feedback.model import INTENTS, SENTIMENTS, SEVERITIES
from feedback.query import LISTS, NOISES, SORTS, UNTAGGED, Query

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)

_WORD = st.text("abc8.*,/|_闪退 -", min_size=1, max_size=8).map(str.strip).filter(bool)
_RATINGS = st.sampled_from([(None, None), (1, None), (None, 2), (2, 4), (5, 5)])


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, unique=True, max_size=3).map(tuple)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    closed = {"sentiment": (*SENTIMENTS, UNTAGGED), "intent": INTENTS, "severity": SEVERITIES}
    lists = {
        name: draw(several(st.sampled_from(closed[name]) if name in closed else _WORD)) for name in LISTS
    }
    low, high = draw(_RATINGS)
    return Query(
        q=draw(st.sampled_from(["", "闪退", '"一直 转圈" -广告', "a OR b", "1,5 倍"])),
        **lists,
        rating_min=low,
        rating_max=high,
        has_reply=draw(st.sampled_from([None, True, False])),
        truncated=draw(st.sampled_from([None, True, False])),
        since=draw(st.sampled_from(["", "7d", "上周", "2026-11-01T08:00+08:00"])),
        until=draw(st.sampled_from(["", "昨天", "11月1日"])),
        noise=draw(st.sampled_from(NOISES)),
        sort=draw(st.sampled_from([None, *SORTS])),
    )


@given(queries())
def test_parameters_give_the_query_back(query):
    assert Query.parse(query.to_params()) == query


@given(queries())
def test_the_absolute_form_keeps_its_instants(query):
    fixed = query.model_copy(update={"since": "7d", "until": "昨天"}).resolve(NOW, SHANGHAI)
    later = Query.parse(fixed.to_params()).resolve(datetime(2027, 1, 1, tzinfo=UTC), SHANGHAI)
    assert later == fixed
    assert fixed.span() == (datetime(2026, 11, 11, 2, 30, tzinfo=UTC), datetime(2026, 11, 17, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({}, {}),
        ({"q": "  闪退 "}, {"q": "闪退"}),
        ({"product": "a,b", "q": ""}, {"product": ("a", "b")}),
        ([("product", "a"), ("product", "b"), ("product", "a")], {"product": ("a", "b")}),
        ({"product": ["a", "b,c", None]}, {"product": ("a", "b", "c")}),
        ({"product": "a,a, ,"}, {"product": ("a",)}),
        ({"device": r"iPhone14\,2,Pixel"}, {"device": ("iPhone14,2", "Pixel")}),
        ({"rating_min": 2, "rating_max": "3"}, {"rating_min": 2, "rating_max": 3}),
        ({"has_reply": "是", "truncated": False}, {"has_reply": True, "truncated": False}),
        ({"sentiment": "neg,untagged"}, {"sentiment": ("neg", "untagged")}),
        ({"noise": "only", "sort": "likes"}, {"noise": "only", "sort": "likes"}),
    ],
)
def test_reading_parameters(params, fields):
    assert Query.parse(params) == Query(**fields)


@pytest.mark.parametrize(
    ("params", "message", "hint"),
    [
        ({"produkt": "a"}, "no such filter", "product"),
        ({"sentiment": "bad"}, "sentiment", "neg"),
        ({"intent": "bugs"}, "intent", "bug"),
        ({"rating_min": "0"}, "rating_min", "1"),
        ({"rating_min": 5, "rating_max": 1}, "rating_min=5", "1 … 5"),
        ({"has_reply": "maybe"}, "has_reply", "yes"),
        ({"noise": "all"}, "noise", "include"),
        ({"sort": "best"}, "sort", "newest"),
        ({"since": "gestern"}, "gestern", "昨天"),
        ({"q": "x" * 501}, "501", "500"),
        ({"q": " ".join("x" * 33)}, "32", "use fewer"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_next_step(params, message, hint):
    with pytest.raises(QueryError) as caught:
        Query.parse(params)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_an_empty_range_is_refused():
    with pytest.raises(QueryError, match="is empty"):
        Query(since="昨天", until="前天").resolve(NOW, SHANGHAI)
    with pytest.raises(QueryError, match="is empty"):
        Query(since="now", until="now").resolve(NOW, SHANGHAI)


@pytest.mark.parametrize(
    ("query", "order"),
    [
        (Query(), "newest"),
        (Query(q="闪退"), "relevance"),
        (Query(q="-闪退"), "newest"),
        (Query(q="！！"), "newest"),
        (Query(sort="relevance"), "newest"),
        (Query(q="闪退", sort="newest"), "newest"),
        (Query(q="闪退", sort="rating"), "rating"),
    ],
)
def test_relevance_needs_words(query, order):
    assert query.order == order


def test_a_facet_is_counted_without_its_own_selection():
    query = Query(topic=("lag",), product=("a",), rating_min=2, rating_max=3)
    assert query.without("topic") == Query(product=("a",), rating_min=2, rating_max=3)
    assert query.without("rating") == Query(topic=("lag",), product=("a",))
    assert query.without("noise") == query


def test_the_query_in_words():
    assert Query().human() == "全部反馈"
    full = Query.parse(
        {"q": "闪退", "product": "a,b", "rating_max": 2, "has_reply": "0", "truncated": "1", "since": "7d", "noise": "include"}
    )  # fmt: skip
    assert full.human() == "“闪退” · 产品=a/b · 评分 1–2 星 · 无回复 · 只看截断的 · 7d 至 现在 · 含噪声"
    assert Query(until="昨天", noise="only", has_reply=True, truncated=False).human() == (
        "有回复 · 只看完整的 · 最早 至 昨天 · 只看噪声"
    )
