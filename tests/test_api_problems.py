"""Every refusal is a problem document: one shape, a stable kind, a next step, nothing of the inside."""

from dataclasses import replace

import pytest

from api.app import create_app
from feedback.errors import EngineError, StoreBusy
from tests.contracts.check_surface import assert_problem
from tests.contracts.surface_world import World, build

POSTED = {"id": "appstore:cn:1", "revision": "x", "facet": "sentiment", "label": "pos", "action": "add"}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("problems"))


@pytest.mark.parametrize(
    ("method", "url", "status", "kind"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("GET", "/v1/feedback/", 404, "not-found"),
        ("GET", "/v1/feedback/appstore:cn:999", 404, "not-found"),
        ("GET", "/v1/feedback/appstore:cn:999/similar", 404, "not-found"),
        ("DELETE", "/v1/feedback", 405, "method-not-allowed"),
        ("PUT", "/healthz", 405, "method-not-allowed"),
        ("GET", "/v1/feedback?limit=0", 400, "query-error"),
        ("GET", "/v1/feedback?limit=201", 400, "query-error"),
        ("GET", "/v1/feedback?limit=ten", 400, "query-error"),
        ("GET", "/v1/feedback?limit=١", 400, "query-error"),
        ("GET", "/v1/feedback?sentiment=sad", 400, "query-error"),
        ("GET", "/v1/feedback?topic=nothing", 400, "query-error"),
        ("GET", "/v1/feedback?since=someday", 400, "query-error"),
        ("GET", "/v1/feedback?since=2026-02-01&until=2026-01-01", 400, "query-error"),
        ("GET", "/v1/feedback?rating_min=5&rating_max=1", 400, "query-error"),
        ("GET", "/v1/exports?format=pdf", 400, "query-error"),
        ("GET", "/v1/exports?topic=nothing", 400, "query-error"),
        ("GET", "/v1/feedback?q=a%00b", 400, "query-error"),
        ("GET", "/v1/feedback?a%00b=1", 400, "query-error"),
        ("GET", "/v1/feedback/a%00b", 400, "query-error"),
        ("GET", "/v1/feedback?q=%ED%A0%80", 400, "query-error"),
        ("GET", "/v1/feedback?q=%FF", 400, "query-error"),
        ("GET", f"/v1/feedback?q={'a' * 501}", 400, "query-error"),
        ("GET", f"/v1/feedback?{'q=a&' * 200}", 400, "query-error"),
        ("GET", f"/v1/feedback?q={'a' * 17_000}", 413, "too-large"),
    ],
)
def test_refusals(world, method, url, status, kind):
    answer = world.client("reader").request(method, url)
    assert answer.status_code == status
    assert_problem(answer, kind)
    assert answer.json()["hint"] or status == 404


def test_a_method_that_is_not_allowed_names_those_that_are(world):
    assert world.client("reader").delete("/v1/feedback").headers["allow"] == "GET"


@pytest.mark.parametrize(
    "posted",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": "secret text"}',
        b'{"id": 7, "revision": "x", "facet": "sentiment", "label": "pos", "action": "add"}',
        b'{"id": "a", "revision": "x", "facet": "colour", "label": "pos", "action": "add"}',
        b'{"id": "a", "revision": "x", "facet": "sentiment", "label": "pos", "action": "add", "who": "me"}',
        b'{"\\ud800": 1}',
        b'{"id": "\\ud800", "revision": "x", "facet": "sentiment", "label": "pos", "action": "add"}',
    ],
)
def test_bodies_of_another_shape_are_refused_without_repeating_them(world, posted):
    answer = world.client("writer").post(
        "/v1/verdicts", content=posted, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert_problem(answer, "invalid-request")
    assert answer.json()["errors"]
    assert "secret text" not in answer.text


def test_a_body_without_end_is_refused(world):
    answer = world.client("writer").post("/v1/verdicts", json=POSTED | {"label": "x" * 70_000})
    assert answer.status_code == 413
    assert_problem(answer, "too-large")


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (StoreBusy("数据库忙 the database is busy", hint="稍后再试 try again"), 503, {"retry-after": "2"}),
        (EngineError("索引不可用 the index cannot answer"), 503, {"retry-after": "2"}),
    ],
)
def test_errors_of_the_parts_keep_their_status(world, error, status, headers):
    answer = broken(world, error).client("reader").get("/v1/facets")
    assert answer.status_code == status
    assert_problem(answer)
    assert headers.items() <= dict(answer.headers).items()


def test_an_unforeseen_error_tells_a_number_and_nothing_else(world, caplog):
    broke = broken(world, RuntimeError("text of feedback: 13812345678"))
    answer = broke.client("reader").get("/v1/facets")
    assert answer.status_code == 500
    assert_problem(answer, "internal-server-error")
    assert "13812345678" not in answer.text
    assert "13812345678" not in caplog.text
    assert answer.headers["x-request-id"] in caplog.text
    assert "huisheng_http_failures_total 1.0" in broke.client("reader").get("/metrics").text


def test_pages_show_the_same_as_a_page(world):
    answer = world.client("reader").get("/item/appstore:cn:999")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "没有这条反馈" in answer.text
    page = broken(world, RuntimeError("secret")).client("reader").get("/")
    assert page.status_code == 500
    assert "secret" not in page.text
    assert page.headers["x-request-id"] in page.text


class BrokenSearch:
    """A search service of which one part fails; the rest is the real one."""

    def __init__(self, whole: object, error: Exception) -> None:
        self._whole = whole
        self._error = error

    def facets(self, *_args, **_named):
        raise self._error

    def __getattr__(self, name):
        return getattr(self._whole, name)


def broken(world: World, error: Exception) -> World:
    service = replace(world.service, search=BrokenSearch(world.service.search, error))
    return replace(world, service=service, app=create_app(service))
