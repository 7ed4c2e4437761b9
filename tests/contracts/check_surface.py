"""What every route of the API keeps, whatever it answers: who may come in, how a refusal looks, which headers leave.

Plain functions over a world and a route, so that a route added later is held to them without a line of test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fastapi.routing import APIRoute
from httpx import Response

from tests.contracts.surface_world import World

OPEN = {"/healthz", "/readyz", "/login", "/logout", "/static/{name}"}
"""Routes without a key: they tell nothing about feedback."""
ITEM = "appstore:cn:1"
CORRECTION = {"id": ITEM, "revision": "x", "facet": "sentiment", "label": "pos", "action": "add"}


@dataclass(frozen=True, slots=True)
class Call:
    """One way to call a route."""

    method: str
    path: str

    @property
    def scope(self) -> str:
        """What changes something needs ``write``; an export is a question even when it is posted."""
        return "write" if self.method == "POST" and self.path != "/v1/exports" else "read"

    @property
    def is_page(self) -> bool:
        return not self.path.startswith(("/v1/", "/healthz", "/readyz", "/metrics"))

    def send(self, world: World, key: str = "", **options: object) -> Response:
        url = self.path.replace("{feedback_id}", ITEM).replace("{name}", "huisheng.css")
        body = {"json": CORRECTION} if self.method == "POST" and not self.is_page else {}
        with world.client(key) as client:
            return client.request(self.method, url, **body, **options)  # type: ignore[arg-type]


def calls(world: World) -> Iterator[Call]:
    for route in routes(world):
        for method in sorted(route.methods or ()):
            yield Call(method, route.path)


def routes(world: World) -> list[APIRoute]:
    found: list[APIRoute] = []
    pending = list(world.app.routes)
    while pending:
        route = pending.pop(0)
        if isinstance(route, APIRoute):
            found.append(route)
        pending += getattr(getattr(route, "original_router", None), "routes", [])
    return found


def check_surface_refuses_without_key(world: World, call: Call) -> None:
    answer = call.send(world)
    if call.path in OPEN:
        assert answer.status_code in (200, 303, 403)
    elif call.is_page and call.method == "GET":
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?next=%2F")
    else:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


def check_surface_refuses_a_revoked_key(world: World, call: Call) -> None:
    if call.path not in OPEN:
        assert call.send(world, "revoked").status_code in (401, 303)


def check_surface_refuses_a_smaller_scope(world: World, call: Call) -> None:
    if call.path not in OPEN:
        answer = call.send(world, "write_only" if call.scope == "read" else "reader")
        assert answer.status_code == 403


def check_surface_lets_the_scope_in(world: World, call: Call) -> None:
    if call.path not in OPEN:
        answer = call.send(world, "reader" if call.scope == "read" else "writer")
        assert answer.status_code not in (401, 403)


def check_surface_hides_another_products_item(world: World, call: Call) -> None:
    if "{feedback_id}" in call.path:
        answer = call.send(world, "beta")
        assert answer.status_code in (400, 404)
        assert "更新后打不开" not in answer.text


def check_surface_sends_its_headers(world: World, call: Call) -> None:
    for key in ("", "reader"):
        headers = call.send(world, key).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-request-id"]


def check_surface_refuses_a_strange_parameter(world: World, call: Call) -> None:
    """A misspelt filter must not be read as no filter."""
    if call.path in OPEN or call.method != "GET":
        return
    answer = call.send(world, "reader", params={"prodcut": "alpha"})
    assert answer.status_code == 400
    assert "prodcut" in answer.text
    if not call.is_page:
        assert_problem(answer)


def assert_problem(answer: Response, kind: str = "") -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert {"type", "title", "status", "detail", "hint", "instance"} <= set(said)
    assert said["status"] == answer.status_code
    assert said["type"].startswith("urn:huisheng:problem:")
    assert said["instance"] == f"urn:huisheng:request:{answer.headers['x-request-id']}"
    assert "Traceback" not in answer.text
    if kind:
        assert said["type"] == f"urn:huisheng:problem:{kind}"


CHECKS: tuple[Callable[[World, Call], None], ...] = tuple(
    check for name, check in sorted(globals().items()) if name.startswith("check_surface_")
)
