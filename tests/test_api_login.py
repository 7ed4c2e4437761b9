"""Signing in: the key becomes a cookie that only this site's own requests carry."""

import pytest

from tests.contracts.surface_world import BASE_URL, World, build

OWN = {"Origin": BASE_URL}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("login"))


def test_a_page_leads_to_the_login_and_back(world):
    client = world.client()
    sent = client.get("/?q=闪退&topic=stability")
    assert sent.status_code == 303
    login = client.get(sent.headers["location"])
    assert 'name="next" value="/?q=%E9%97%AA%E9%80%80&amp;topic=stability"' in login.text
    form = {"key": world.keys["reader"], "next": "/?q=%E9%97%AA%E9%80%80&topic=stability"}
    answer = client.post("/login", data=form, headers=OWN)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?q=%E9%97%AA%E9%80%80&topic=stability"
    assert client.get("/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world):
    answer = world.client().post("/login", data={"key": world.keys["reader"]}, headers=OWN)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    https = world.client(base_url="https://feedback.example")
    answer = https.post(
        "/login", data={"key": world.keys["reader"]}, headers={"Origin": "https://feedback.example"}
    )
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("key", ["", "wrong", "hs_" + "x" * 43, "键"])
def test_a_wrong_key_stays_at_the_login(world, key):
    answer = world.client().post("/login", data={"key": key}, headers=OWN)
    assert answer.status_code == 401
    assert "密钥无效" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_revoked_key_does_not_sign_in(world):
    answer = world.client().post("/login", data={"key": world.keys["revoked"]}, headers=OWN)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\r\nX: 1",
        "",
        "/\t/evil",
    ],
)
def test_the_login_leads_nowhere_else(world, target):
    form = {"key": world.keys["reader"], "next": target}
    answer = world.client().post("/login", data=form, headers=OWN)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_another_site_can_neither_sign_in_nor_out(world, path, origin):
    headers = {"Origin": origin} if origin else {}
    answer = world.client().post(path, data={"key": world.keys["reader"]}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_it(world):
    client = world.client()
    client.post("/login", data={"key": world.keys["reader"]}, headers=OWN)
    assert client.get("/coverage").status_code == 200
    assert client.post("/logout", headers=OWN).status_code == 303
    assert client.get("/coverage").status_code == 303


def test_revoking_the_key_ends_the_session(tmp_path):
    world = build(tmp_path)
    client = world.client()
    client.post("/login", data={"key": world.keys["reader"]}, headers=OWN)
    world.service.records.revoke_key("reader")
    assert client.get("/coverage").headers["location"].startswith("/login")


def test_a_signed_in_person_sees_the_way_out_and_a_local_one_does_not(world, tmp_path):
    client = world.client("reader")
    assert 'action="/logout"' in client.get("/coverage").text
    local = build(tmp_path, keys=False).client().get("/coverage").text
    assert 'action="/logout"' not in local
    assert "本机模式" in local
