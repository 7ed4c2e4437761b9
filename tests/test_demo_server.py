"""The demo store over real HTTP: the shapes that the real one has, its clock and its log."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from demo import World, apps, demo_world, running
from demo.endpoints import Store
from demo.faults import Plan
from demo.reviews import Review
from demo.server import create_app

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
NOTES, RIDE = (app.appstore_id for app in apps())


@pytest.fixture(scope="module")
def store() -> Iterator[httpx.Client]:
    with running(NOW, faults=()) as url, httpx.Client(base_url=url) as client:
        yield client


def test_a_page_has_the_shape_of_the_real_feed(store: httpx.Client) -> None:
    response = store.get(page_path())
    feed = response.json()["feed"]
    assert response.headers["content-type"].startswith("text/javascript")
    assert list(feed) == ["author", "entry", "updated", "rights", "title", "icon", "link", "id"]
    assert len(feed["entry"]) == 50
    assert feed["updated"]["label"] == "2026-11-27T21:00:00-07:00"


def test_every_value_of_a_row_is_a_string_under_label(store: httpx.Client) -> None:
    rows = entries(store.get(page_path()))
    assert rows
    for row in rows:
        assert re.fullmatch(r"\d{11}", row["id"]["label"])
        assert row["im:rating"]["label"] in {"1", "2", "3", "4", "5"}
        assert re.fullmatch(r"\d+\.\d+\.\d+", row["im:version"]["label"])
        assert int(row["im:voteSum"]["label"]) <= int(row["im:voteCount"]["label"])
        assert row["updated"]["label"].endswith("-07:00")
        assert row["content"]["attributes"] == {"type": "text"}
        assert row["author"]["name"]["label"]
        assert re.search(r"/cn/reviews/id\d+$", row["author"]["uri"]["label"])
        assert isinstance(row["link"], dict)


def test_the_offset_is_the_same_in_summer() -> None:
    with running(datetime(2026, 7, 2, 12, tzinfo=UTC), faults=()) as url:
        feed = httpx.get(url + page_path()).json()["feed"]
    assert feed["updated"]["label"] == "2026-07-02T05:00:00-07:00"


def test_pages_together_hold_every_review_once_and_newest_first(store: httpx.Client) -> None:
    rows = [row for page in range(1, 11) for row in entries(store.get(page_path(page=page)))]
    ids = [row["id"]["label"] for row in rows]
    times = [datetime.fromisoformat(row["updated"]["label"]) for row in rows]
    shown = demo_world().shown(NOW, appstore_id=NOTES, storefront="cn")
    assert len(ids) > 4 * 50, "the demo must need more than three pages"
    assert ids == [review.id for review in shown]
    assert times == sorted(times, reverse=True)


def test_a_page_past_the_end_looks_like_any_empty_feed_and_its_next_never_ends(store: httpx.Client) -> None:
    past = store.get(page_path(page=9))
    assert past.status_code == 200
    assert "entry" not in past.json()["feed"]
    assert "page=10/" in links(past)["next"]
    assert "/xml?" in links(past)["next"]
    assert "page=10/" in links(store.get(page_path(page=10)))["next"]


def test_an_unknown_app_is_an_empty_feed_without_links(store: httpx.Client) -> None:
    response = store.get(page_path(appstore_id="1"))
    assert response.status_code == 200
    assert "entry" not in response.json()["feed"]
    assert links(response)["next"] == links(response)["last"] == ""
    assert "mzstoreservices-int" in links(response)["self"]


def test_there_is_no_page_eleven(store: httpx.Client) -> None:
    response = store.get(page_path(page=11))
    assert response.status_code == 400
    assert response.text == "CustomerReviews RSS page depth is limited to 10"


@pytest.mark.parametrize("path", ["page=0", "page=x", "page=-1"])
def test_no_page_is_no_page(store: httpx.Client, path: str) -> None:
    assert store.get(f"/cn/rss/customerreviews/{path}/id={NOTES}/sortby=mostrecent/json").status_code == 400


def test_the_order_of_the_segments_is_free(store: httpx.Client) -> None:
    usual = store.get(page_path(page=2))
    other = store.get(f"/cn/rss/customerreviews/id={NOTES}/sortBy=mostRecent/page=2/json?l=en&cc=cn")
    assert entries(usual)
    assert entries(other) == entries(usual)


def test_a_single_review_is_a_bare_object() -> None:
    review = a_review("只此一条")
    with running(NOW, world=World(reviews=(review,)), faults=()) as url:
        feed = httpx.get(url + page_path()).json()["feed"]
    assert feed["entry"]["id"]["label"] == review.id


def test_line_breaks_emoji_and_quotes_arrive_as_written() -> None:
    text = '第一行\n第二行 🌸 "引号" \\ <b>&'
    with running(NOW, world=World(reviews=(a_review(text),)), faults=()) as url:
        entry = httpx.get(url + page_path()).json()["feed"]["entry"]
    assert entry["content"]["label"] == text


def test_lookup_tells_the_version_on_sale_and_the_ratings(store: httpx.Client) -> None:
    response = store.get("/lookup", params={"id": NOTES, "country": "cn"})
    (result,) = response.json()["results"]
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.text.startswith("\n")
    assert (result["trackId"], result["trackName"], result["version"]) == (int(NOTES), "苔笺笔记", "8.3.0")
    assert result["currentVersionReleaseDate"] == "2026-11-24T05:30:00Z"
    assert result["userRatingCount"] > result["userRatingCountForCurrentVersion"] > 0
    assert 1 <= result["averageUserRating"] <= 5


@pytest.mark.parametrize(
    ("params", "found"),
    [
        pytest.param({"id": RIDE, "country": "tw"}, 0, id="not sold there"),
        pytest.param({"id": "1", "country": "cn"}, 0, id="unknown"),
        pytest.param({"id": NOTES}, 0, id="no country means us"),
        pytest.param({"bundleId": "example.luling.ride", "country": "CN"}, 1, id="by bundle"),
        pytest.param({"id": f"{NOTES},{RIDE}", "country": "hk"}, 2, id="two at once"),
        pytest.param({"country": "cn"}, 0, id="nothing asked"),
    ],
)
def test_lookup_finds(store: httpx.Client, params: dict[str, str], found: int) -> None:
    body = store.get("/lookup", params=params).json()
    assert body["resultCount"] == len(body["results"]) == found


def test_robots_allow(store: httpx.Client) -> None:
    assert store.get("/robots.txt").text == "User-agent: *\nAllow: /\n"


def test_the_clock_moves_the_world() -> None:
    with running(NOW - timedelta(days=50), faults=()) as url, httpx.Client(base_url=url) as client:
        early = entries(client.get(page_path()))
        answer = client.post("/__demo__/clock", json={"now": "2026-11-28T12:00:00+08:00"})
        late = entries(client.get(page_path()))
        assert answer.json() == client.get("/__demo__/clock").json() == {"now": "2026-11-28T04:00:00+00:00"}
    assert early
    assert late
    assert max(row["id"]["label"] for row in early) < min(row["id"]["label"] for row in late)


@pytest.mark.parametrize(
    "body", ["{}", '{"now": "2026-11-28T12:00:00"}', '{"now": "soon"}', '{"now": 3}', "[]", "not json"]
)
def test_a_bad_instant_leaves_the_clock_alone(store: httpx.Client, body: str) -> None:
    response = store.post("/__demo__/clock", content=body)
    assert response.status_code == 400
    assert "cannot set the clock" in response.json()["error"]
    assert store.get("/__demo__/clock").json()["now"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("10.0.0.1", 403)]
)
def test_only_callers_on_this_machine_may_touch_clock_and_log(address: str, status: int) -> None:
    app = create_app(Store(world=World(reviews=()), now=NOW, plan=Plan()))

    async def statuses() -> set[int]:
        transport = httpx.ASGITransport(app=app, client=(address, 9))
        async with httpx.AsyncClient(transport=transport, base_url="http://store.example") as client:
            asked = [await client.get("/__demo__/log"), await client.get("/__demo__/clock")]
            asked.append(await client.post("/__demo__/clock", json={"now": NOW.isoformat()}))
            assert (await client.get("/robots.txt")).status_code == 200, "the store itself is for everybody"
        return {response.status_code for response in asked}

    assert asyncio.run(statuses()) == {status}


def test_the_log_tells_who_asked_what_and_when() -> None:
    with running(NOW, faults=()) as url, httpx.Client(base_url=url) as client:
        client.get("/lookup", params={"id": NOTES}, headers={"user-agent": "huisheng-test"})
        client.get(page_path(page=11))
        first, second = client.get("/__demo__/log").json()
    assert first["path"] == "/lookup"
    assert first["query"] == f"id={NOTES}"
    assert first["user_agent"] == "huisheng-test"
    assert (first["status"], second["status"]) == (200, 400)
    assert second["clock_s"] >= first["clock_s"]


def test_the_store_runs_as_a_program_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "demo", "--now", "2026-11-28T12:00:00+08:00", "--page-size", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout
        assert program.stderr
        url = json.loads(program.stdout.readline())["url"]
        rows = entries(httpx.get(url + page_path()))
        program.terminate()
        errors = program.stderr.read()
    assert len(rows) == 20
    assert errors == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["--now", "2026-11-28"], "names no zone", id="no zone"),
        pytest.param(["--now", "2026-11-28T12:00:00Z", "--fault", "gremlin"], "unknown fault", id="fault"),
        pytest.param(["--now", "2026-11-28T12:00:00Z", "--faults", "none.json"], "No such file", id="file"),
        pytest.param([], "--now", id="no instant"),
    ],
)
def test_the_program_says_what_is_wrong(arguments: list[str], reason: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert reason in done.stderr


def page_path(*, page: int = 1, appstore_id: str = NOTES, storefront: str = "cn") -> str:
    return f"/{storefront}/rss/customerreviews/page={page}/id={appstore_id}/sortby=mostrecent/json"


def entries(response: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = response.raise_for_status().json()["feed"].get("entry", [])
    return found


def links(response: httpx.Response) -> dict[str, str]:
    return {link["attributes"]["rel"]: link["attributes"]["href"] for link in response.json()["feed"]["link"]}


def a_review(text: str) -> Review:
    return Review(
        id="13300000001",
        app="taijian",
        storefront="cn",
        at=NOW,
        rating=5,
        title="题",
        text=text,
        author="人",
        author_id="9",
        version="8.3.0",
        votes=(0, 0),
    )
