"""The outermost ring: what every request passes before and every answer after.

Owns the limits on requests, the host check against DNS rebinding, security headers, request numbers, timing
and the last resort for an unforeseen error. Knows no route.
"""

import logging
import secrets
import traceback
from collections.abc import MutableMapping
from time import perf_counter
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from api.access import host_of
from api.metrics import Metrics
from api.service import LOOPBACK, Service
from feedback.errors import FeedbackError, QueryError

logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
MAX_URL = 16 * 1024
MAX_PARAMS = 200

HEADERS = {
    # Everything a page needs comes from this server, and no page holds a script.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it browsers send "Origin: null" for this site's own forms as well, and the
    # check of the origin could no longer tell them from another site's.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Edge:
    def __init__(self, app: ASGIApp, *, service: Service, metrics: Metrics) -> None:
        self.app = app
        self.service = service
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})["id"] = secrets.token_hex(6)
        exchange = _Exchange(scope, send)
        try:
            body = await self._admit(scope, receive)
            await self.app(scope, body, exchange.send)
        except FeedbackError as refused:
            response = errors.on_feedback_error(Request(scope), refused)
            await response(scope, receive, exchange.send)
        except ClientDisconnect:
            logger.info("request %s: the client left", scope["state"]["id"])
        except Exception as error:
            await self._last_resort(scope, receive, exchange, error)
        finally:
            self.metrics.took(scope, exchange.status, perf_counter() - exchange.began)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        _check_url(scope)
        self._check_host(scope)
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        return _replay(await _read(receive), receive)

    def _check_host(self, scope: Scope) -> None:
        if not self.service.is_loopback:
            return
        name = host_of(Request(scope))
        if name not in LOOPBACK and name not in self.service.hosts:
            raise errors.WrongHost(
                f"本机服务不接受这个主机名 this server, bound to loopback, is not called {name[:100] or '?'}",
                hint="用 use http://127.0.0.1, 或设置 or set api.hosts",
            )

    async def _last_resort(
        self, scope: Scope, receive: Receive, exchange: "_Exchange", error: Exception
    ) -> None:
        # Frames only: the message of an error may hold text of feedback.
        frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
        logger.error("request %s failed: %s\n%s", scope["state"]["id"], type(error).__qualname__, frames)
        self.metrics.failures.inc()
        if exchange.status:  # too late for another answer: an unfinished body tells the client
            raise ConnectionAbortedError("the answer broke off") from None
        request = Request(scope)
        document = errors.problem(
            500,
            "服务器内部错误 an unforeseen error in this server",
            hint="服务器日志里有这个编号 the server's log has this number",
            instance=errors.instance_of(request),
        )
        response: Response = errors.answer(request, document)
        await response(scope, receive, exchange.send)


class _Exchange:
    """One answer on its way out: its status, its headers, when it began."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.began = perf_counter()
        self.status = 0
        self._scope = scope
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-Id"] = self._scope["state"]["id"]
        await self._send(message)


def _check_url(scope: Scope) -> None:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    params: bytes = scope["query_string"]
    if len(raw) + len(params) > MAX_URL:
        raise errors.TooLarge(
            f"网址太长 the URL has {len(raw) + len(params)} bytes", hint=f"最多 at most {MAX_URL}"
        )
    if params.count(b"&") >= MAX_PARAMS:
        raise QueryError("参数太多 too many parameters", hint=f"最多 at most {MAX_PARAMS}")
    for part in (raw, params):
        try:
            said = unquote_to_bytes(part).decode()
        except UnicodeDecodeError as error:
            raise QueryError(
                "网址不是 UTF-8 the URL is not valid UTF-8", hint="percent-encoded UTF-8"
            ) from error
        if "\0" in said:
            raise QueryError("网址含空字符 the URL holds a NUL character", hint="去掉 remove %00")


async def _read(receive: Receive) -> bytes:
    """The whole body: it is small or it is refused, before any route sees it."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise errors.TooLarge(f"请求太大 the request exceeds {MAX_BODY} bytes", hint="分开发送 send less")
        if not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
