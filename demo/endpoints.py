"""Owns the store's endpoints, its clock and the log of who asked what, as requests and answers.

Never decides what is on show (`world`) or what goes wrong (`faults`), and never listens on a port (`server`).
"""

import asyncio
import contextlib
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from demo.faults import SLOW, Fault, Plan
from demo.feeds import ODDITIES, Json, feed_json, lookup_json
from demo.refusals import REFUSALS, gone
from demo.world import PAGES, World

_TOO_DEEP = f"CustomerReviews RSS page depth is limited to {PAGES}"


@dataclass(kw_only=True)
class Store:
    """One running store: the world, its present instant, and what it has been asked."""

    world: World
    now: datetime
    plan: Plan
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=10_000))


async def reviews(request: Request) -> Response:
    """`/{cc}/rss/customerreviews/page=1/id=…/sortby=mostrecent/json`, its segments in any order."""
    store = _store(request)
    segments = dict(part.partition("=")[::2] for part in request.path_params["rest"].split("/"))
    number = segments.get("page", "1")
    if "json" not in segments or not number.isdecimal() or not int(number):
        return PlainTextResponse("Bad Request", 400)
    where = {"appstore_id": segments.get("id", ""), "storefront": request.path_params["cc"]}
    faults = store.plan.meet(endpoint="feed", page=int(number), **where)
    if refusal := await _refused(request, faults):
        return refusal
    if int(number) > PAGES:
        return PlainTextResponse(_TOO_DEEP, 400)
    return _javascript(_page(store, faults, page=int(number), **where))


def _page(store: Store, faults: tuple[Fault, ...], *, appstore_id: str, storefront: str, page: int) -> Json:
    kinds = {fault.kind: fault for fault in faults}
    back = store.plan.gaps_before(appstore_id=appstore_id, storefront=storefront, page=page)
    source = max(1, page - back - ("repeat" in kinds))
    age = timedelta(hours=kinds["stale"].hours) if "stale" in kinds else None
    world = store.world
    # An emptied page is a page that lies past the end of everything.
    number = PAGES + 1 if "empty" in kinds or "sparse" in kinds else source
    feed = world.feed(store.now, appstore_id=appstore_id, storefront=storefront, page=number, age=age)
    body = feed_json(feed, appstore_id=appstore_id, storefront=storefront, page=page)
    for kind in kinds.keys() & ODDITIES.keys():
        ODDITIES[kind](body)
    return body


async def lookup(request: Request) -> Response:
    """`/lookup?id=…&country=cn`, also by `bundleId`, also several ids with commas."""
    store = _store(request)
    asked = request.query_params.get("id") or request.query_params.get("bundleId") or ""
    storefront = request.query_params.get("country", "us").lower()
    faults = store.plan.meet(endpoint="lookup", appstore_id=asked, storefront=storefront)
    if refusal := await _refused(request, faults):
        return refusal
    found = (store.world.standing(store.now, app=app, storefront=storefront) for app in asked.split(","))
    return _javascript(lookup_json([standing for standing in found if standing]), lead="\n\n\n")


async def robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nAllow: /\n")


async def clock(request: Request) -> Response:
    """Reads the store's instant, and moves it: `{"now": "2026-11-28T12:00:00+08:00"}`."""
    store = _store(request)
    if request.method == "POST":
        try:
            store.now = instant((await request.json())["now"])
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": f"cannot set the clock: {error!s}"}, 400)
    return JSONResponse({"now": store.now.isoformat()})


async def log(request: Request) -> Response:
    return JSONResponse(list(_store(request).log))


def instant(text: str) -> datetime:
    """An ISO instant that names its zone, as UTC."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} names no zone; write it like 2026-11-28T12:00:00+08:00")
    return at.astimezone(UTC)


async def _refused(request: Request, faults: tuple[Fault, ...]) -> Response | None:
    """The answer that stands in for the page, if a fault says so; a slow one only takes its time."""
    for fault in faults:
        if fault.kind == SLOW:
            await _wait(request, fault.seconds)
        elif fault.kind in REFUSALS:
            return REFUSALS[fault.kind](fault.retry_after)
    return None


async def _wait(request: Request, seconds: float) -> None:
    """Waits, but not for a client that has already left."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(gone(request.receive), seconds)


def _javascript(body: Json, *, lead: str = "") -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(lead + text, media_type="text/javascript")


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


STORE_ROUTES = (
    Route("/{cc}/rss/customerreviews/{rest:path}", reviews),
    Route("/lookup", lookup),
    Route("/robots.txt", robots),
)
DEMO_PATH = "/__demo__/"
"""Under this path lies what no store has; only callers on this machine may ask there."""
DEMO_ROUTES = (
    Route(f"{DEMO_PATH}clock", clock, methods=["GET", "POST"]),
    Route(f"{DEMO_PATH}log", log),
)
