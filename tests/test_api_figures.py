"""Figures over HTTP: facets, histograms, suggestions, coverage and the topics themselves."""

import pytest

from api import examples
from feedback.model import Run
from tests.contracts.surface_world import NOW, World, build


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("figures"))


@pytest.fixture
def client(world):
    return world.client("reader")


def facet(answer, name: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in answer.json()["facets"][name]}


def test_facets_count_items_exactly(client):
    answer = client.get("/v1/facets?names=product,sentiment,topic,top")
    assert facet(answer, "product") == {"alpha": 9, "beta": 2}
    assert facet(answer, "sentiment") == {"neg": 9, "pos": 1}
    assert facet(answer, "topic") == {"crash_launch": 6, "crash_in_use": 2, "lag": 2}
    assert facet(answer, "top") == {"stability": 8, "performance": 2}


def test_a_products_own_topic_is_counted_only_within_it(client):
    answer = client.get("/v1/facets?names=topic&product=beta")
    assert facet(answer, "topic") == {"crash_launch": 2, "x_beta_bell": 1}


def test_topics_are_split_by_polarity(client):
    topics = {each["value"]: each for each in client.get("/v1/facets?names=topic").json()["facets"]["topic"]}
    assert topics["lag"]["split"] == {"neg": 1, "pos": 1}
    assert topics["lag"]["label"] == "卡顿"


def test_a_facet_lifts_its_own_selection_only(client):
    answer = client.get("/v1/facets?names=product,sentiment&product=beta")
    assert facet(answer, "product") == {"alpha": 9, "beta": 2}
    assert facet(answer, "sentiment") == {"neg": 2}
    selected = {each["value"]: each["selected"] for each in answer.json()["facets"]["product"]}
    assert selected == {"alpha": False, "beta": True}


def test_size_keeps_the_largest(client):
    answer = client.get("/v1/facets?names=topic&size=1")
    assert facet(answer, "topic") == {"crash_launch": 6}


def test_default_facets_have_the_shape_of_the_example(client):
    facets = client.get("/v1/facets").json()["facets"]
    assert {"top", "topic", "sentiment", "rating", "version"} <= set(facets)
    assert set(facets["top"][0]) == set(examples.FACETS["facets"]["top"][0])


def test_days_begin_at_midnight_of_the_zone(client):
    answer = client.get("/v1/histogram?interval=day").json()
    assert answer["zone"] == "Asia/Shanghai"
    assert set(answer) == set(examples.HISTOGRAM)
    assert [(cell["start"], cell["count"]) for cell in answer["cells"]] == [
        ("2026-11-17T16:00:00+00:00", 1),
        ("2026-11-18T16:00:00+00:00", 1),
        ("2026-11-19T16:00:00+00:00", 8),
    ]


def test_histograms_split_by_two_facets(client):
    cells = client.get("/v1/histogram?interval=month&by=platform,sentiment").json()["cells"]
    assert {tuple(cell["keys"]): cell["count"] for cell in cells} == {
        ("appstore", "neg"): 3,
        ("appstore", "pos"): 1,
        ("weibo", "neg"): 6,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/v1/facets?names=colour",
        "/v1/facets?size=0",
        "/v1/facets?size=1001",
        "/v1/histogram?interval=hour",
        "/v1/histogram?by=topic,product,region",
        "/v1/histogram?by=colour",
        "/v1/suggest?limit=-1",
        "/v1/coverage?q=闪退",
        "/v1/taxonomy?product=alpha",
    ],
)
def test_what_cannot_be_counted_is_refused_with_a_hint(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.json()["hint"]


def test_suggestions_need_words(client):
    assert client.get("/v1/suggest").json() == {"suggestions": []}
    assert client.get("/v1/suggest?q=打不开").status_code == 200


def test_coverage_tells_the_latest_run_of_each_target_in_words(client):
    answer = client.get("/v1/coverage").json()
    assert set(answer) == set(examples.COVERAGE)
    assert set(answer["runs"][0]) == set(examples.COVERAGE["runs"][0])
    by_target = {run["target"]: run for run in answer["runs"]}
    assert by_target["cn/alpha"]["complete"] is True
    assert by_target["cn/beta"]["words"] == {"zh": "被来源拒绝", "en": "refused by the source"}
    assert answer["complete"] is False


def test_zero_is_suspicious_even_when_the_run_ended(client):
    run = next(run for run in client.get("/v1/coverage").json()["runs"] if run["target"] == "甲")
    assert run["listed"] == 0
    assert run["suspicious"] is True
    assert "可疑" in run["words"]["zh"]


@pytest.mark.parametrize(
    ("stop", "is_gap"),
    [
        ("watermark", False),
        ("end", False),
        ("empty_verified", False),
        ("running", False),
        ("capped", True),
        ("blocked", True),
        ("changed", True),
        ("empty_unverified", True),
        ("repeat_page", True),
        ("failed", True),
        ("killed", True),
    ],
)
def test_how_each_end_is_told(tmp_path, stop, is_gap):
    world = build(tmp_path)
    listed = 0 if stop.startswith("empty") else 5
    finished = None if stop == "running" else NOW
    run = Run(
        id="9", source="store", product="beta", target="cn/beta", started_at=NOW, finished_at=finished,
        stop=stop, asked=1, listed=listed,
    )  # fmt: skip
    world.service.records.save_run(run)
    answer = world.client("reader").get("/v1/coverage?product=beta").json()
    assert [each["id"] for each in answer["runs"]] == ["9"]
    assert answer["runs"][0]["words"]["zh"]
    assert bool(answer["gaps"]) is is_gap


def test_taxonomy_has_the_shape_of_its_example(client):
    answer = client.get("/v1/taxonomy").json()
    assert {top["id"] for top in answer["tops"]} == {"stability", "performance"}
    assert set(answer["leaves"][0]) == set(examples.TAXONOMY["leaves"][0])
    assert answer["leaves"][0]["path"] == "stability/crash_launch"
