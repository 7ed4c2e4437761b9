"""Owns the running server of the demo world: the ASGI application, its port, its request log.

Listens on loopback unless told otherwise. Never installs anything, never calls out.
"""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.endpoints import DEMO_PATH, DEMO_ROUTES, STORE_ROUTES, Store
from demo.faults import DEFAULT_PLAN, Fault, Plan
from demo.refusals import TRANSPORT
from demo.world import World, demo_world

_LOOPBACK = ("127.0.0.1", "::1")


def create_app(store: Store) -> ASGIApp:
    """The store as an ASGI application."""
    inner = Starlette(routes=[*STORE_ROUTES, *DEMO_ROUTES])
    inner.state.store = store

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(DEMO_PATH):
            await (inner if _is_local(scope) else PlainTextResponse("Forbidden", 403))(scope, receive, send)
            return
        # uvicorn hands out a bound method of the request cycle, the only way to the connection itself.
        scope[TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        entry = _entry(scope)
        store.log.append(entry)

        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
            await send(message)

        await inner(scope, receive, noting)

    return app


def _is_local(scope: Scope) -> bool:
    return bool(scope["client"]) and scope["client"][0] in _LOOPBACK


def _entry(scope: Scope) -> dict[str, Any]:
    """A line of the log: `clock_s` is a real, steady clock; `status` stays None when the line was cut."""
    headers = dict(scope["headers"])
    return {
        "clock_s": round(time.monotonic(), 4),
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("ascii", "replace"),
        "user_agent": headers.get(b"user-agent", b"").decode("latin-1"),
        "status": None,
    }


@contextmanager
def running(
    now: datetime, *, world: World | None = None, faults: Iterable[Fault] = DEFAULT_PLAN
) -> Iterator[str]:
    """A server in a thread of this process, on a free loopback port: yields its URL."""
    server, listener, url = _prepare("127.0.0.1", 0, now, world=world, faults=faults)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="demo-store", daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def serve(
    host: str,
    port: int,
    now: datetime,
    *,
    world: World | None = None,
    faults: Iterable[Fault] = DEFAULT_PLAN,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serves until interrupted. `ready` is told the URL once connections are accepted."""
    server, listener, url = _prepare(host, port, now, world=world, faults=faults)
    ready(url)
    server.run(sockets=[listener])


def _prepare(
    host: str, port: int, now: datetime, *, world: World | None, faults: Iterable[Fault]
) -> tuple[uvicorn.Server, socket.socket, str]:
    """A server and its listening socket: from here on a client may connect, if only to wait."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    bound = listener.getsockname()[1]
    url = f"http://[{host}]:{bound}" if ":" in host else f"http://{host}:{bound}"
    store = Store(world=world or demo_world(), now=now, plan=Plan(faults))
    settings = uvicorn.Config(
        create_app(store),
        log_level="warning",
        access_log=False,
        server_header=False,
        # The real date would contradict the store's own.
        date_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(settings), listener, url
