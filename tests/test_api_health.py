"""For those who run it: alive, ready, figures, the description of the API, and one real server."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
import uvicorn
from prometheus_client.parser import text_string_to_metric_families

from api import reference
from api.app import create_app
from feedback.errors import EngineError
from feedback.model import Document
from feedback.query import Query
from index.search import Search
from tests.contracts.check_surface import routes
from tests.contracts.surface_world import SAID, Said, World, build, put, with_faults


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("health"))


def test_alive_needs_no_key(world):
    assert world.client().get("/healthz").json() == {"status": "ok"}


def test_ready_tells_states_and_no_figures(world):
    answer = world.client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"records": "ok", "search": "ok"},
        "faults": [],
        "version": "1.2.3",
        "demo": False,
    }


def test_a_fault_makes_it_not_ready(world):
    answer = with_faults(world, "管线不一致 the pipeline differs").client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["faults"] == ["管线不一致 the pipeline differs"]


def test_a_search_that_fails_makes_it_not_ready(world):
    class Closed:
        def pending(self) -> int:
            raise EngineError("索引打不开 the index cannot be opened")

    service = replace(world.service, search=Closed())
    answer = replace(world, app=create_app(service)).client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["search"] == "engine-error"
    assert "索引" not in answer.text


def figures(text: str) -> dict[str, float]:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {f"{sample.name}{sorted(sample.labels.values())}": sample.value for sample in samples}


def test_metrics_tell_records_and_requests(tmp_path):
    world = build(tmp_path)
    put(world.service.records, Said("weibo:new", "刚说的"))
    client = world.client("reader")
    client.get("/v1/feedback/appstore:cn:1")
    client.get("/v1/feedback/appstore:cn:999")
    client.get("/nowhere")
    found = figures(client.get("/metrics").text)
    assert found["huisheng_documents[]"] == len(SAID) + 1
    assert found["huisheng_due['fresh']"] == 1
    assert found["huisheng_parked[]"] == 0
    assert found["huisheng_index_pending[]"] == 0
    assert found["huisheng_http_request_seconds_count['/v1/feedback/{feedback_id}', '200', 'GET']"] == 1
    assert found["huisheng_http_request_seconds_count['/v1/feedback/{feedback_id}', '404', 'GET']"] == 1
    assert found["huisheng_http_request_seconds_count['404', 'GET', 'unmatched']"] == 1


def test_two_applications_in_one_process_do_not_share_figures(world):
    other = replace(world, app=create_app(world.service))
    world.client("reader").get("/v1/taxonomy")
    assert "/v1/taxonomy" not in other.client("reader").get("/metrics").text


def test_the_description_names_every_route_with_examples(world):
    described = world.client("reader").get("/v1/openapi.json").json()
    paths = {
        path for path in described["paths"] if path.startswith(("/v1", "/healthz", "/readyz", "/metrics"))
    }
    served = {route.path for route in routes(world) if route.include_in_schema}
    assert paths == served == {route.path for route in reference.ROUTES.values()}
    search = described["paths"]["/v1/feedback"]["get"]
    assert {"q", "topic", "since", "limit", "cursor"} <= {each["name"] for each in search["parameters"]}
    assert search["responses"]["200"]["content"]["application/json"]["example"]["items"]
    assert "HTTPBearer" in json.dumps(search["security"])
    assert "cdn" not in json.dumps(described).lower()


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_pages_of_the_framework_are_off(world, path):
    assert world.client("reader").get(path).status_code == 404


@contextmanager
def served(world: World) -> Iterator[httpx.Client]:
    """A client of a real server on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = uvicorn.Server(uvicorn.Config(world.app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]})
        thread.start()
        url, headers = (
            f"http://127.0.0.1:{free.getsockname()[1]}",
            {"Authorization": f"Bearer {world.keys['reader']}"},
        )
        try:
            with httpx.Client(base_url=url, headers=headers) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize("engine", ["memory", "tantivy"])
def test_one_real_server(tmp_path, engine):
    with served(build(tmp_path, engine=engine)) as client:
        assert client.get("/v1/feedback", params={"q": "打不开"}).json()["total"] == 6
        assert len(client.get("/v1/exports?format=ndjson").content.splitlines()) == len(SAID) - 1
        assert client.get("/").status_code == 200
        assert client.get("/v1/feedback", headers={"Host": "evil.example"}).status_code == 421
        assert httpx.get(client.base_url.join("/v1/feedback")).status_code == 401


class FailingSearch:
    """Gives some documents, then fails: an export that has begun cannot become an error any more."""

    def __init__(self, whole: Search) -> None:
        self._whole = whole

    def documents(self, query: Query) -> Iterator[Document]:
        for document in self._whole.documents(query):
            yield from [document] * 200
        raise EngineError("text of feedback")

    def pending(self) -> int:
        return 0


def test_an_export_that_breaks_off_is_seen_to_be_incomplete(tmp_path, caplog):
    world = build(tmp_path)
    service = replace(world.service, search=FailingSearch(world.service.search))
    with served(replace(world, app=create_app(service))) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/v1/exports?format=ndjson")
    assert "broke off" in caplog.text
    assert "text of feedback" not in caplog.text
