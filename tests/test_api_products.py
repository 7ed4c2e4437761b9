"""A key limited to products sees only these: in lists, figures, exports, topics, corrections and pages."""

import pytest

from tests.contracts.check_surface import assert_problem
from tests.contracts.surface_world import World, build


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("products"))


@pytest.fixture
def alpha(world):
    return world.client("alpha")


@pytest.fixture
def beta(world):
    return world.client("beta")


def ids(answer) -> set[str]:
    return {item["id"] for item in answer.json()["items"]}


def test_search_is_narrowed(world, alpha, beta):
    everything = ids(world.client("reader").get("/v1/feedback?noise=include"))
    mine, theirs = ids(alpha.get("/v1/feedback?noise=include")), ids(beta.get("/v1/feedback"))
    assert theirs == {"appstore:cn:20", "weibo:both"}
    assert mine | theirs == everything
    assert mine & theirs == {"weibo:both"}


def test_asking_for_both_products_gives_ones_own(beta):
    answer = beta.get("/v1/feedback?product=alpha,beta")
    assert ids(answer) == {"appstore:cn:20", "weibo:both"}
    assert ["product", "beta"] in answer.json()["query"]["params"]
    assert ["product", "alpha"] not in answer.json()["query"]["params"]


def test_asking_for_another_product_is_refused_not_empty(beta):
    answer = beta.get("/v1/feedback?product=alpha")
    assert answer.status_code == 403
    assert_problem(answer, "forbidden")


def test_a_cursor_does_not_widen_the_view(world, beta):
    cursor = world.client("reader").get("/v1/feedback?limit=1").json()["cursor"]
    assert cursor
    answer = beta.get("/v1/feedback", params={"limit": 200, "cursor": cursor})
    assert answer.status_code == 400 or ids(answer) <= {"appstore:cn:20", "weibo:both"}


@pytest.mark.parametrize("path", ["/v1/feedback/{}", "/v1/feedback/{}/similar", "/item/{}"])
def test_items_of_other_products_do_not_exist(path, beta):
    missing = beta.get(path.format("appstore:cn:999"))
    hidden = beta.get(path.format("appstore:cn:1"))
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.count("appstore:cn:1") == missing.text.count("appstore:cn:999")


def test_a_shared_item_shows_ones_own_side(alpha, beta):
    mine, theirs = (client.get("/v1/feedback/weibo:both").json() for client in (alpha, beta))
    assert mine["products"] == ["alpha"]
    assert {match["product"] for match in mine["matches"]} == {"alpha"}
    assert {tag["label"] for tag in mine["tags"] if tag["facet"] == "topic"} == {"crash_launch"}
    assert "x_beta_bell" in {tag["label"] for tag in theirs["tags"]}


def test_the_shared_item_in_a_list_shows_ones_own_side(alpha):
    item = next(each for each in alpha.get("/v1/feedback").json()["items"] if each["id"] == "weibo:both")
    assert item["products"] == ["alpha"]
    assert "x_beta_bell" not in str(item)


def test_facets_name_no_other_product(alpha):
    facets = alpha.get("/v1/facets?names=product,topic").json()["facets"]
    assert [each["value"] for each in facets["product"]] == ["alpha"]
    assert "crash_launch" in {each["value"] for each in facets["topic"]}
    assert "x_beta_bell" not in {each["value"] for each in facets["topic"]}


def test_histograms_name_no_other_product(alpha, beta):
    for client, product in ((alpha, "alpha"), (beta, "beta")):
        cells = client.get("/v1/histogram?by=product").json()["cells"]
        assert cells
        assert {cell["keys"][0] for cell in cells} == {product}


def test_another_products_topic_cannot_be_asked(alpha, beta):
    assert alpha.get("/v1/feedback?topic=x_beta_bell").status_code == 404
    assert ids(beta.get("/v1/feedback?topic=x_beta_bell|neg")) == {"weibo:both"}


def test_taxonomy_leaves_out_other_products_topics(alpha, beta):
    mine, theirs = (
        {leaf["id"] for leaf in client.get("/v1/taxonomy").json()["leaves"]} for client in (alpha, beta)
    )
    assert theirs - mine == {"x_beta_bell"}


def test_coverage_tells_of_ones_own_runs(alpha, beta):
    assert {run["product"] for run in alpha.get("/v1/coverage").json()["runs"]} == {"alpha"}
    assert {run["product"] for run in beta.get("/v1/coverage").json()["runs"]} == {"beta"}
    assert [gap["product"] for gap in beta.get("/v1/feedback").json()["coverage"]["gaps"]] == ["beta"]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_exports_are_narrowed(form, alpha):
    text = alpha.get(f"/v1/exports?format={form}&noise=include").content.decode()
    assert "weibo:both" in text
    assert "appstore:cn:20" not in text
    assert "乙铃" not in text
    assert "x_beta_bell" not in text


def test_totals_over_all_products_are_refused(beta):
    assert beta.get("/metrics").status_code == 403


def test_another_products_item_cannot_be_judged(world, beta):
    revision = world.client("reader").get("/v1/feedback/appstore:cn:1").json()["revision"]
    correction = {
        "id": "appstore:cn:1",
        "revision": revision,
        "facet": "sentiment",
        "label": "pos",
        "action": "add",
    }
    answer = beta.post("/v1/verdicts", json=correction)
    assert answer.status_code == 404
    assert world.service.records.get("appstore:cn:1").verdicts == ()


def test_another_products_topic_cannot_be_given(alpha):
    revision = alpha.get("/v1/feedback/weibo:both").json()["revision"]
    correction = {
        "id": "weibo:both",
        "revision": revision,
        "facet": "topic",
        "label": "x_beta_bell|neg",
        "action": "add",
    }
    answer = alpha.post("/v1/verdicts", json=correction)
    assert answer.status_code == 400
    assert_problem(answer, "query-error")


def test_pages_are_narrowed(alpha):
    page = alpha.get("/?noise=include").text
    assert "weibo:both" in page
    assert "appstore:cn:20" not in page
    assert "乙铃" not in page
    coverage = alpha.get("/coverage").text
    assert "cn/alpha" in coverage
    assert "cn/beta" not in coverage
    assert "乙铃专属" not in alpha.get("/item/weibo:both").text
