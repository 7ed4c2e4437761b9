"""Who may come in: keys, scopes, products, local mode, browsers that were tricked."""

import pytest

from api.app import check_bind, create_app, serve
from feedback.errors import ConfigError
from tests.contracts.check_surface import CHECKS, assert_problem, calls
from tests.contracts.surface_world import BASE_URL, World, build

CORRECTION = {"id": "appstore:cn:1", "facet": "sentiment", "label": "mix", "action": "add"}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("access"))


@pytest.fixture(scope="module")
def open_world(tmp_path_factory) -> World:
    """Without any key, on loopback."""
    return build(tmp_path_factory.mktemp("local"), keys=False)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_surface_"))
def test_every_route_keeps_the_surface_contract(check, world):
    routes = list(calls(world))
    assert len(routes) >= 20
    for call in routes:
        try:
            check(world, call)
        except AssertionError as error:
            raise AssertionError(f"{call.method} {call.path}") from error


def test_the_surface_contract_is_whole():
    assert len(CHECKS) == 7


def test_local_mode_reads_and_writes_without_a_key(open_world):
    client = open_world.client()
    item = client.get("/v1/feedback/weibo:phone?raw=1")
    assert item.status_code == 200
    assert "13812345678" in item.json()["text"]
    correction = CORRECTION | {"revision": client.get("/v1/feedback/appstore:cn:1").json()["revision"]}
    assert client.post("/v1/verdicts", json=correction).json()["tags"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_ends_local_mode(header, open_world):
    answer = open_world.client().get("/v1/feedback", headers={header: "203.0.113.9"})
    assert answer.status_code == 401


def test_local_mode_ends_with_the_first_key(tmp_path):
    world = build(tmp_path, keys=False)
    assert world.client().get("/v1/taxonomy").status_code == 200
    world.service.records.add_key("first", ["read"], now=world.service.clock())
    assert world.client().get("/v1/taxonomy").status_code == 401


def test_a_revoked_last_key_does_not_open_local_mode(tmp_path):
    world = build(tmp_path, keys=False)
    world.service.records.add_key("only", ["read"], now=world.service.clock())
    world.service.records.revoke_key("only")
    assert world.client().get("/v1/taxonomy").status_code == 401


def test_off_loopback_there_is_no_local_mode(tmp_path):
    world = build(tmp_path, keys=False, bind="0.0.0.0")
    assert world.client().get("/v1/feedback").status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "feedback.example.evil.example", "[::2]"]
)
def test_loopback_refuses_other_host_names(host, open_world):
    answer = open_world.client(base_url=f"http://{host}:8000").get("/v1/feedback")
    assert answer.status_code == 421
    assert_problem(answer, "wrong-host")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "[::1",
        "::1",
        "a b",
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1/evil",
        "127.0.0.1:x",
        "127.1",
    ],
)
def test_what_is_no_host_name_is_not_taken_for_this_host(header, open_world):
    assert open_world.client().get("/v1/taxonomy", headers={"Host": header}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_loopback_answers_to_its_own_names(host, open_world):
    assert open_world.client(base_url=f"http://{host}:8000").get("/v1/taxonomy").status_code == 200


def test_a_configured_host_name_still_needs_a_key(open_world, world):
    url = "https://feedback.example"
    assert open_world.client(base_url=url).get("/v1/taxonomy").status_code == 401
    assert world.client("reader", base_url=url).get("/v1/taxonomy").status_code == 200


def test_serving_off_loopback_without_keys_is_refused(open_world, world):
    with pytest.raises(ConfigError, match=r"0\.0\.0\.0"):
        check_bind(open_world.service, "0.0.0.0")
    check_bind(world.service, "0.0.0.0")
    check_bind(open_world.service, "127.0.0.1")


def test_serving_at_another_address_than_said_is_refused(world):
    with pytest.raises(ConfigError, match="the service was made for"):
        serve(create_app(world.service), "0.0.0.0", 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": BASE_URL}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 403),
    ],
    ids=["own", "other", "null", "other port", "program", "browser without origin", "no json"],
)
def test_local_writes_must_come_from_this_site_or_a_program(headers, status, open_world):
    client = open_world.client()
    correction = CORRECTION | {"revision": client.get("/v1/feedback/appstore:cn:1").json()["revision"]}
    assert client.post("/v1/verdicts", json=correction, headers=headers).status_code == status


def test_a_cookie_alone_may_not_write_from_elsewhere(world):
    client = world.client()
    client.cookies.set("huisheng_key", world.keys["writer"])
    answer = client.post("/v1/verdicts", json=CORRECTION | {"revision": "x"})
    assert answer.status_code == 403
    assert client.get("/v1/feedback").status_code == 200


def test_raw_needs_its_own_scope(world):
    refused = world.client("reader").get("/v1/feedback/weibo:phone?raw=true")
    assert refused.status_code == 403
    assert_problem(refused, "forbidden")
    assert world.client("reader").get("/item/weibo:phone?raw=1").status_code == 403
    assert "13812345678" in world.client("raw").get("/item/weibo:phone?raw=1").text


def test_admin_may_do_everything(world):
    assert world.client("admin").get("/v1/feedback/weibo:phone?raw=true").json()["raw"] is True


def test_a_refusal_never_repeats_the_key(world):
    answer = world.client().get("/v1/feedback", headers={"Authorization": "Bearer hs_secret-guess"})
    assert answer.status_code == 401
    assert "secret-guess" not in answer.text
