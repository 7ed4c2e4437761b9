"""Corrections: kept for the revision they were given for, by whom the key says, shown at once."""

import pytest

from tests.contracts.check_surface import assert_problem
from tests.contracts.surface_world import BASE_URL, NOW, Said, World, build, put

ITEM = "appstore:cn:1"


@pytest.fixture
def world(tmp_path) -> World:
    return build(tmp_path)


def correction(world: World, **fields: str) -> dict[str, str]:
    revision = world.service.records.get(ITEM).feedback.revision
    return {"id": ITEM, "revision": revision, "facet": "sentiment", "label": "pos", "action": "add"} | fields


def labels(item: dict, facet: str) -> set[str]:
    return {
        f"{tag['label']}|{tag['polarity']}" if tag["polarity"] else tag["label"]
        for tag in item["tags"]
        if tag["facet"] == facet
    }


@pytest.mark.parametrize(
    ("fields", "facet", "expected"),
    [
        ({"label": "mix"}, "sentiment", {"mix"}),
        ({"facet": "severity", "label": "0"}, "severity", {"0"}),
        ({"facet": "intent", "label": "leaving"}, "intent", {"bug", "leaving"}),
        ({"facet": "intent", "label": "bug", "action": "remove"}, "intent", set()),
        ({"facet": "topic", "label": "lag|neg"}, "topic", {"crash_launch|neg", "lag|neg"}),
        ({"facet": "topic", "label": "crash_launch|neg", "action": "remove"}, "topic", set()),
        ({"facet": "topic", "label": "crash_launch", "action": "remove"}, "topic", set()),
        ({"facet": "topic", "label": "gone_leaf|neg", "action": "remove"}, "topic", {"crash_launch|neg"}),
    ],
)
def test_a_correction_shows_at_once(world, fields, facet, expected):
    answer = world.client("writer").post("/v1/verdicts", json=correction(world, **fields))
    assert answer.status_code == 201
    assert labels(answer.json(), facet) == expected
    assert labels(world.client("reader").get(f"/v1/feedback/{ITEM}").json(), facet) == expected


def test_it_is_signed_by_the_key_and_the_clock(world):
    world.client("writer").post("/v1/verdicts", json=correction(world))
    (verdict,) = world.service.records.get(ITEM).verdicts
    assert (verdict.who, verdict.at) == ("writer", NOW)


def test_it_changes_lists_and_counts_once_indexed(world):
    world.client("writer").post("/v1/verdicts", json=correction(world, label="pos"))
    client = world.client("reader")
    assert client.get("/v1/feedback").json()["pending"] == 1
    world.index()
    assert ITEM in [item["id"] for item in client.get("/v1/feedback?sentiment=pos").json()["items"]]


def test_a_verdict_on_an_older_text_is_refused(world):
    stale = correction(world)
    put(world.service.records, Said(ITEM, "改好了，谢谢", hours=0, rating=5))
    answer = world.client("writer").post("/v1/verdicts", json=stale)
    assert answer.status_code == 409
    assert_problem(answer, "stale-revision")
    assert answer.json()["hint"]
    assert world.service.records.get(ITEM).verdicts == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"label": "sad"},
        {"facet": "severity", "label": "9"},
        {"facet": "intent", "label": "nothing"},
        {"facet": "topic", "label": "nothing|neg"},
        {"facet": "topic", "label": "lag"},
        {"facet": "topic", "label": "lag|mix"},
        {"facet": "topic", "label": "stability|neg"},
    ],
)
def test_what_no_tag_can_be_is_refused(world, fields):
    answer = world.client("writer").post("/v1/verdicts", json=correction(world, **fields))
    assert answer.status_code == 400
    assert_problem(answer, "query-error")
    assert world.service.records.get(ITEM).verdicts == ()


def test_an_item_that_is_not_there(world):
    answer = world.client("writer").post("/v1/verdicts", json=correction(world, id="appstore:cn:999"))
    assert answer.status_code == 404


def form(world: World, **fields: str) -> dict[str, str]:
    revision = world.service.records.get(ITEM).feedback.revision
    return {
        "revision": revision,
        "facet": "topic",
        "label": "lag",
        "polarity": "neg",
        "action": "add",
    } | fields


def test_the_form_of_the_page_does_the_same(world):
    client = world.client()
    client.cookies.set("huisheng_key", world.keys["writer"])
    url, own = f"/item/{ITEM}/verdict", {"Origin": BASE_URL}
    answer = client.post(url, data=form(world), headers=own)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert "已记下" in page.text
    assert "卡顿" in page.text
    removed = form(world, label="crash_launch", action="remove")
    assert client.post(url, data=removed, headers=own).status_code == 303
    item = client.get(f"/v1/feedback/{ITEM}").json()
    assert labels(item, "topic") == {"lag|neg"}


def test_the_form_from_another_site_is_refused(world):
    client = world.client()
    client.cookies.set("huisheng_key", world.keys["writer"])
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        answer = client.post(f"/item/{ITEM}/verdict", data=form(world), headers=headers)
        assert answer.status_code == 403
    assert world.service.records.get(ITEM).verdicts == ()


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"label": ""}, 400), ({"facet": "colour"}, 400), ({"action": "burn"}, 400), ({"revision": "old"}, 409)],
)
def test_a_form_that_makes_no_sense_shows_a_page(world, fields, status):
    client = world.client("writer")
    answer = client.post(f"/item/{ITEM}/verdict", data=form(world, **fields))
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("posted", [b"label=%FF", b"\xff\xfe", b"&".join([b"a=1"] * 40)])
def test_a_form_that_cannot_be_read_shows_a_page(world, posted):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = world.client("writer").post(f"/item/{ITEM}/verdict", content=posted, headers=headers)
    assert answer.status_code == 400
    assert "表单读不出" in answer.text
