"""Owns the answers that are no page at all: blocks, throttles, broken bodies, a cut line.

Plain HTTP: knows neither the world nor which request is refused.
"""

import asyncio
import socket
import struct
from collections.abc import Callable

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

_BLOCKED = (
    "<!DOCTYPE html>\n<html><head><title>验证</title></head><body>请完成安全验证后继续访问</body></html>"
)
TRANSPORT = "demo.transport"
"""Where the server leaves the connection's transport in the ASGI scope."""


class ResetResponse(Response):
    """Breaks the connection off before a byte is answered, so that the client sees a reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope[TRANSPORT]
        peer = transport.get_extra_info("socket")
        # Linger 0 turns the close into a RST instead of a polite FIN.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await gone(receive)


async def gone(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _throttled(retry_after: int) -> Response:
    headers = {"retry-after": str(retry_after)} if retry_after else None
    return PlainTextResponse("Too Many Requests", 429, headers=headers)


REFUSALS: dict[str, Callable[[int], Response]] = {
    "forbidden": lambda _: PlainTextResponse("Forbidden", 403),
    "throttled": _throttled,
    "teapot": lambda _: PlainTextResponse("I'm a teapot", 418),
    "html": lambda _: HTMLResponse(_BLOCKED),
    "bad_gateway": lambda _: HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502),
    "malformed": lambda _: Response(
        '{"feed":{"author":{"name":{"label":"iTunes St', media_type="text/javascript"
    ),
    "reset": lambda _: ResetResponse(),
}
"""Fault kind -> answer, given the seconds that a 429 should ask to wait."""
