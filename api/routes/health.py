"""For those who run the service: is it alive, is it ready, its figures, and the description of the API."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api import params, reference
from api.access import Reader, service_of
from api.answers import Json
from api.errors import slug
from api.metrics import Metrics
from feedback.errors import FeedbackError, Forbidden

router = APIRouter(tags=["运行 operation"])


@router.get("/healthz", **reference.of("health"))
def health() -> Response:
    """Alive: the process answers. Says nothing of what it stands on and needs no key."""
    return Json({"status": "ok"})


@router.get("/readyz", **reference.of("ready"))
def ready(request: Request) -> Response:
    """Needs no key, so it tells states, no figures about content."""
    service = service_of(request)
    checks = {"records": _state(service.records.change), "search": _state(service.search.pending)}
    faults = list(service.faults())
    is_ready = not faults and all(state == "ok" for state in checks.values())
    answer = {
        "status": "ready" if is_ready else "not ready",
        "checks": checks,
        "faults": faults,
        "version": service.version,
        "demo": service.demo,
    }
    return Json(answer, status_code=200 if is_ready else 503)


def _state(probe: Callable[[], object]) -> str:
    try:
        probe()
    except FeedbackError as error:
        return slug(error)
    return "ok"


@router.get("/metrics", **reference.of("metrics"))
def metrics(request: Request, caller: Reader) -> Response:
    if caller.products:
        raise Forbidden(
            "限定产品的密钥看不到总数 a key limited to products cannot see totals", hint="huisheng key add"
        )
    params.only(request)
    figures = request.app.state.metrics
    assert isinstance(figures, Metrics)
    return PlainTextResponse(figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/v1/openapi.json", **reference.of("openapi"))
def openapi(request: Request, caller: Reader) -> Response:
    params.only(request)
    return Json(request.app.openapi())
