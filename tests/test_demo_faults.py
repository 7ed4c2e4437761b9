"""Every scripted fault, met over real HTTP; and the plan that scripts them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo import DEFAULT_PLAN, Fault, apps, demo_world, running
from demo.faults import KINDS, Plan, load_plan, parse_fault

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
NOTES, RIDE = (app.appstore_id for app in apps())
Row = dict[str, Any]


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        pytest.param("forbidden", 403, "Forbidden", id="403"),
        pytest.param("throttled", 429, "Too Many", id="429"),
        pytest.param("teapot", 418, "teapot", id="418"),
        pytest.param("bad_gateway", 502, "502 Bad Gateway", id="502"),
        pytest.param("html", 200, "<!DOCTYPE html>", id="block page"),
        pytest.param("malformed", 200, '{"feed":', id="cut json"),
    ],
)
def test_a_refusal_takes_the_place_of_the_page(kind: str, status: int, text: str) -> None:
    with store(Fault(kind=kind, storefront="cn", page=2)) as client:
        assert rows(client.get(page_path(page=1)))
        response = client.get(page_path(page=2))
    assert response.status_code == status
    assert text in response.text
    assert "retry-after" not in response.headers


def test_malformed_json_does_not_parse() -> None:
    with store(Fault(kind="malformed")) as client, pytest.raises(json.JSONDecodeError):
        client.get(page_path()).json()


def test_a_throttle_may_say_how_long_to_wait() -> None:
    with store(Fault(kind="throttled", retry_after=7)) as client:
        assert client.get(page_path()).headers["retry-after"] == "7"


def test_a_reset_breaks_the_connection_and_leaves_no_status() -> None:
    with store(Fault(kind="reset", first=1)) as client:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            client.get(page_path())
        assert rows(client.get(page_path()))
        broken, good = client.get("/__demo__/log").json()
    assert (broken["status"], good["status"]) == (None, 200)


def test_a_slow_page_is_late_but_whole() -> None:
    with store(Fault(kind="slow", first=1, seconds=0.01)) as client:
        assert len(rows(client.get(page_path()))) == 50


def test_a_slow_page_does_not_outlive_a_client_that_gives_up() -> None:
    with store(Fault(kind="slow", first=1, seconds=600)) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get(page_path(), timeout=0.05)
        assert rows(client.get(page_path()))


def test_a_fault_of_the_first_requests_passes() -> None:
    with store(Fault(kind="bad_gateway", first=2)) as client:
        statuses = [client.get(page_path()).status_code for _ in range(4)]
    assert statuses == [502, 502, 200, 200]


def test_an_empty_page_hides_its_rows() -> None:
    with store(Fault(kind="empty", page=1)) as client:
        first, second = client.get(page_path(page=1)), client.get(page_path(page=2))
    assert "entry" not in first.json()["feed"]
    assert ids(second) == expected(50, 100)


def test_a_sparse_page_moves_the_rows_one_page_on() -> None:
    with store(Fault(kind="sparse", page=1), Fault(kind="sparse", page=3)) as client:
        pages = [ids(client.get(page_path(page=page))) for page in range(1, 6)]
    assert pages == [[], expected(0, 50), [], expected(50, 100), expected(100, 150)]


def test_a_repeated_page_shows_the_rows_before_it_again() -> None:
    with store(Fault(kind="repeat", page=3)) as client:
        pages = [ids(client.get(page_path(page=page))) for page in (2, 3, 4)]
    assert pages == [expected(50, 100), expected(50, 100), expected(150, 200)]


def test_a_stale_page_is_an_old_copy_and_says_when_it_was_built() -> None:
    with store(Fault(kind="stale", page=1, hours=48)) as client:
        feed = client.get(page_path()).json()["feed"]
    assert feed["updated"]["label"] == "2026-11-25T21:00:00-07:00"
    newest = max(datetime.fromisoformat(row["updated"]["label"]) for row in feed["entry"])
    assert newest < datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "is_odd"),
    [
        pytest.param("no_updated", lambda row: "updated" not in row, id="no date"),
        pytest.param("no_version", lambda row: "im:version" not in row, id="no version"),
        pytest.param("no_author", lambda row: "author" not in row, id="no author"),
        pytest.param("bad_rating", lambda row: row["im:rating"]["label"] == "abc", id="rating in letters"),
    ],
)
def test_a_row_may_lack_or_spoil_a_field(kind: str, is_odd: Callable[[Row], bool]) -> None:
    with store(Fault(kind=kind, page=1)) as client:
        odd, plain = rows(client.get(page_path(page=1))), rows(client.get(page_path(page=2)))
    assert len(odd) == len(plain) == 50
    assert is_odd(odd[0])
    assert not any(is_odd(row) for row in plain)


def test_an_old_feed_opens_with_a_row_about_the_app() -> None:
    with store(Fault(kind="metadata_first")) as client:
        about, *reviews = rows(client.get(page_path()))
    assert "im:rating" not in about
    assert "author" not in about
    assert [row["id"]["label"] for row in reviews] == expected(0, 50)


@pytest.mark.parametrize("kind", ["metadata_first", "no_updated", "no_version", "bad_rating"])
def test_an_odd_shape_of_an_empty_page_is_no_error(kind: str) -> None:
    with store(Fault(kind=kind)) as client:
        assert client.get(page_path(page=9)).status_code == 200


def test_two_faults_may_meet_on_one_page() -> None:
    with store(Fault(kind="sparse", page=1), Fault(kind="no_version", page=2)) as client:
        shown = rows(client.get(page_path(page=2)))
    assert "im:version" not in shown[0]
    assert [row["id"]["label"] for row in shown] == expected(0, 50)


def test_lookups_fail_by_themselves() -> None:
    with store(Fault(kind="forbidden", endpoint="lookup", app="taijian")) as client:
        assert client.get("/lookup", params={"id": NOTES, "country": "cn"}).status_code == 403
        assert client.get("/lookup", params={"id": RIDE, "country": "cn"}).status_code == 200
        assert rows(client.get(page_path()))


def test_the_default_plan_leaves_coverage_to_be_honest_about() -> None:
    with store(*DEFAULT_PLAN) as client:
        assert client.get(page_path(storefront="tw")).status_code == 403
        assert rows(client.get(page_path(storefront="hk")))
        ride = [rows(client.get(page_path(appstore_id=RIDE, page=page))) for page in (1, 2)]
        hidden = client.get(page_path(appstore_id=RIDE, storefront="hk"))
        rated = client.get("/lookup", params={"id": RIDE, "country": "hk"}).json()["results"][0]
    assert [len(page) for page in ride] == [0, 50]
    assert "entry" not in hidden.json()["feed"]
    assert rated["userRatingCount"] > 400


def test_a_fault_is_written_in_words() -> None:
    words = "throttled,app=taijian,storefront=tw,page=2,first=1,retry_after=3"
    fault = Fault(kind="throttled", app="taijian", storefront="tw", page=2, first=1, retry_after=3)
    assert parse_fault(words) == fault
    assert parse_fault("slow,seconds=0.5") == Fault(kind="slow", seconds=0.5)


def test_a_plan_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('[{"kind": "stale", "page": 1, "hours": 30}, {"kind": "reset"}]', encoding="utf-8")
    assert load_plan(path) == (Fault(kind="stale", page=1, hours=30), Fault(kind="reset"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("gremlin", "unknown fault 'gremlin'"),
        ("slow,speed=3", "unknown field 'speed'"),
        ("sparse", "needs a page"),
        ("sparse,page=1,first=2", "takes no first"),
        ("slow,seconds=soon", "soon"),
        ("slow,endpoint=feeds", "feeds"),
    ],
)
def test_a_fault_that_could_never_be_met_is_refused(words: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_fault(words)


def test_every_kind_of_fault_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in source] == []


def test_counts_are_kept_for_each_fault_alone() -> None:
    plan = Plan([Fault(kind="forbidden", first=1), Fault(kind="teapot", storefront="hk", first=1)])

    def met(storefront: str) -> list[str]:
        where = {"endpoint": "feed", "appstore_id": NOTES, "storefront": storefront}
        return [fault.kind for fault in plan.meet(**where, page=1)]

    assert [met("cn"), met("hk"), met("hk")] == [["forbidden"], ["teapot"], []]


@contextmanager
def store(*faults: Fault) -> Iterator[httpx.Client]:
    with running(NOW, faults=faults) as url, httpx.Client(base_url=url) as client:
        yield client


def page_path(*, page: int = 1, appstore_id: str = NOTES, storefront: str = "cn") -> str:
    return f"/{storefront}/rss/customerreviews/page={page}/id={appstore_id}/sortby=mostrecent/json"


def rows(response: httpx.Response) -> list[Row]:
    found: list[Row] = response.raise_for_status().json()["feed"].get("entry", [])
    return found


def ids(response: httpx.Response) -> list[str]:
    return [row["id"]["label"] for row in rows(response)]


def expected(start: int, stop: int) -> list[str]:
    shown = demo_world().shown(NOW, appstore_id=NOTES, storefront="cn")[start:stop]
    assert len(shown) == stop - start
    return [review.id for review in shown]
