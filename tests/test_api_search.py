"""Searching over HTTP: what comes back, in which order, in how many pages, and on what it stands."""

import pytest

from api import examples
from tests.contracts.surface_world import HTML, LONG, PHONE, RTL, SAID, Said, World, build, put


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("search"))


@pytest.fixture
def client(world):
    return world.client("reader")


def ids(answer) -> list[str]:
    return [item["id"] for item in answer.json()["items"]]


def shape(value: object) -> object:
    """Keys all the way down; of a list its first element."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if name not in ("metrics", "reply")}
    if isinstance(value, list):
        return [shape(value[0])] if value and isinstance(value[0], dict) else []
    return None


def test_everything_newest_first_without_noise(client):
    answer = client.get("/v1/feedback?limit=200").json()
    times = [item["at"] for item in answer["items"]]
    assert answer["total"] == len(times) == len(SAID) - 1
    assert times == sorted(times, reverse=True)
    assert answer["cursor"] is None
    assert answer["query"]["human"] == "全部反馈"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("product=beta", {"appstore:cn:20", "weibo:both"}),
        ("q=闪退", {"appstore:cn:2", "weibo:formula"}),
        ("q=打不开 -联系&platform=appstore", {"appstore:cn:1", "appstore:cn:20"}),
        ("topic=performance", {"appstore:cn:3", "weibo:long"}),
        ("topic=lag|pos", {"appstore:cn:3"}),
        ("sentiment=pos", {"appstore:cn:3"}),
        ("rating_min=2&rating_max=4", {"appstore:cn:20"}),
        ("has_reply=true", {"appstore:cn:1"}),
        ("noise=only", {"weibo:advert"}),
        ("version=8.*&until=2026-11-19", {"appstore:cn:2", "appstore:cn:3"}),
        ("since=90m", None),
        ("since=2h&platform=appstore", {"appstore:cn:1", "appstore:cn:20"}),
    ],
)
def test_filters(client, params, expected):
    answer = client.get(f"/v1/feedback?{params}")
    if expected is None:
        assert answer.status_code == 400
    else:
        assert set(ids(answer)) == expected
        assert answer.json()["total"] == len(expected)


def test_an_answer_has_the_shape_of_its_example(client):
    answer = client.get("/v1/feedback?q=打不开&limit=1&has_reply=true").json()
    assert shape(answer | {"coverage": None}) == shape(examples.SEARCH | {"coverage": None})
    assert shape(answer["coverage"]["gaps"])


def test_marks_say_where_the_words_stand(client):
    item = client.get("/v1/feedback?q=打不开&has_reply=true").json()["items"][0]
    assert item["marks"]
    assert [item["text"][start:end] for start, end in item["marks"]] == ["打不开"]


def test_evidence_is_a_quote_of_the_text(client):
    items = client.get("/v1/feedback?limit=200").json()["items"]
    quotes = [
        item["text"][tag["start"] : tag["end"]]
        for item in items
        for tag in item["tags"]
        if tag["start"] is not None
    ]
    assert {"打不开", "闪退", "卡顿", "不卡顿"} <= set(quotes)


@pytest.mark.parametrize(
    "query", [{}, {"q": "打不开"}, {"sort": "rating"}], ids=["newest", "words", "rating"]
)
def test_pages_follow_each_other_without_loss_or_repeat(client, query):
    whole = ids(client.get("/v1/feedback", params=query | {"limit": 200}))
    walked, cursor = [], ""
    while cursor is not None:
        answer = client.get("/v1/feedback", params=query | {"limit": 2, "cursor": cursor})
        assert answer.status_code == 200
        walked += ids(answer)
        cursor = answer.json()["cursor"]
    assert len(whole) > 4
    assert walked == whole


def test_a_damaged_cursor_is_refused(client):
    answer = client.get("/v1/feedback?cursor=abc")
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("query-error")


def test_text_leaves_masked_and_unharmed(client):
    texts = {item["id"]: item["text"] for item in client.get("/v1/feedback?limit=200").json()["items"]}
    assert PHONE not in texts["weibo:phone"]
    assert len(texts["weibo:phone"]) == len(f"打不开，联系我{PHONE}，急")
    assert texts["weibo:html"] == HTML
    assert texts["weibo:rtl"] == RTL
    assert texts["weibo:long"] == LONG[: len(texts["weibo:long"])]
    assert len(texts["weibo:long"]) > 10_000


def test_an_untagged_and_unindexed_item_is_counted_as_pending(tmp_path):
    world = build(tmp_path)
    assert world.client("reader").get("/v1/feedback").json()["pending"] == 0
    put(world.service.records, Said("weibo:new", "刚说的", hours=0))
    world.service.records.release(now=world.service.clock(), ids=["weibo:new"])
    client = world.client("reader")
    assert client.get("/v1/feedback").json()["pending"] == 1
    world.index()
    answer = client.get("/v1/feedback").json()
    assert answer["pending"] == 0
    assert answer["items"][0]["id"] == "weibo:new"
    assert answer["items"][0]["tagged"] is False


def test_coverage_hint_names_the_gaps_of_the_products_asked(client):
    assert client.get("/v1/feedback?product=alpha").json()["coverage"]["gaps"] == [
        {"source": "board", "product": "alpha", "target": "甲", "stop": "end"}
    ]
    assert client.get("/v1/feedback?product=beta").json()["coverage"]["gaps"][0]["stop"] == "blocked"


def test_one_item_tells_everything(client):
    item = client.get("/v1/feedback/appstore:cn:1").json()
    assert shape(item | {"verdicts": None}) == shape(examples.ITEM | {"verdicts": None})
    assert item["tags"][0]["why"] == "trigger 打不开"
    assert item["history"][0]["text"] == "更新后打不开"
    assert item["reply"]["text"] == "请更新到新版"


def test_history_keeps_every_wording_masked(tmp_path):
    world = build(tmp_path)
    put(world.service.records, Said("appstore:cn:1", f"又打不开了，电话{PHONE}", hours=0, rating=2))
    history = world.client("reader").get("/v1/feedback/appstore:cn:1").json()["history"]
    assert [each["rating"] for each in history] == [1, 2]
    assert PHONE not in str(history)
    assert PHONE in str(world.client("raw").get("/v1/feedback/appstore:cn:1?raw=1").json()["history"])


def test_similar_finds_others_not_the_item_itself(client):
    answer = client.get("/v1/feedback/appstore:cn:1/similar")
    assert answer.status_code == 200
    assert "appstore:cn:1" not in ids(answer)


def test_similar_keeps_the_filters(client):
    answer = client.get("/v1/feedback/appstore:cn:20/similar?product=alpha")
    assert answer.json()["query"]["params"] == [["product", "alpha"]]
