"""Who may do what: keys, scopes and products, checked by one dependency that every route has.

With a key: what the key says. Without any key in the records and bound to loopback: *local mode*, everything
but ``admin``. Off loopback there is no such mode. Never logs or returns a key.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from api.service import LOOPBACK, Service
from feedback.errors import Forbidden, NotFound
from feedback.model import Document
from feedback.query import Query
from feedback.taxonomy import owner

SCOPES = ("read", "raw", "write", "admin")
COOKIE = "huisheng_key"
_LOCAL_SCOPES = frozenset({"read", "raw", "write"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_HOST = re.compile(r"\[?(?P<name>(?<=\[)[0-9A-Fa-f:.]+(?=\])|(?<!\[)[A-Za-z0-9._-]+)\]?(?::\d{1,5})?")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def host_of(request: Request) -> str:
    """The name by which this server was called; empty for what is no host name.

    Read here, because the framework takes its own address where the header makes no sense to it.
    """
    called = _HOST.fullmatch(request.headers.get("host", ""))
    return called["name"].lower() if called else ""


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who asks. ``products`` empty: all of them."""

    name: str
    scopes: frozenset[str]
    products: tuple[str, ...] = ()
    is_local: bool = False

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "admin" in self.scopes

    def sees(self, products: Iterable[str]) -> bool:
        return not self.products or not set(self.products).isdisjoint(products)

    def narrow(self, query: Query, known: Iterable[str]) -> Query:
        """*query* within what this caller may see. Raises Forbidden where nothing would be left."""
        if not self.products:
            return query
        for topic in query.topic:
            self._check_topic(topic, known)
        asked = query.product or self.products
        allowed = tuple(product for product in asked if product in self.products)
        if not allowed:
            raise Forbidden(
                f"这个密钥看不到产品 this key cannot see the product {', '.join(asked)}",
                hint=f"可用 allowed: {', '.join(self.products)}",
            )
        return query.model_copy(update={"product": allowed})

    def _check_topic(self, topic: str, known: Iterable[str]) -> None:
        if not self.sees_topic(topic, known):
            raise NotFound(f"没有这个话题 no such topic: {topic!r}", hint="GET /v1/taxonomy")

    def sees_topic(self, topic: str, known: Iterable[str]) -> bool:
        """False for a leaf that belongs to a product this caller may not see."""
        leaf = topic.partition("|")[0].rpartition("/")[2]
        if not self.products or not leaf.startswith("x_"):
            return True
        return owner(leaf, {*known, *self.products}) in self.products

    def view(self, document: Document, known: Mapping[str, str]) -> Document:
        """*document* without what is another product's: its match, its own leaves, verdicts on them."""
        if not self.products:
            return document
        if not self.sees(document.feedback.products):
            raise NotFound(f"没有这条反馈 no such feedback: {document.feedback.id}")
        matches = tuple(match for match in document.feedback.matches if match.product in self.products)
        seen = {
            "feedback": document.feedback.model_copy(update={"matches": matches}),
            "tags": tuple(tag for tag in document.tags if self.sees_topic(tag.label, known)),
            "verdicts": tuple(each for each in document.verdicts if self.sees_topic(each.label, known)),
        }
        return document.model_copy(update=seen)


def service_of(request: Request) -> Service:
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


_bearer = HTTPBearer(auto_error=False, description="huisheng key add NAME --scope read --scope write")


def access(
    wanted: SecurityScopes,
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> Caller:
    """The dependency of every route: who asks, whether they may, and whether a browser was tricked into it."""
    service = service_of(request)
    secret = bearer.credentials if bearer else request.cookies.get(COOKIE)
    caller = _by_key(service, secret) if secret else _locally(service, request)
    request.state.caller = caller
    missing = [scope for scope in wanted.scopes if not caller.may(scope)]
    if missing:
        raise Forbidden(
            f"密钥 {caller.name!r} 没有权限 lacks the scope {', '.join(missing)}",
            hint=f"它有 it has: {', '.join(sorted(caller.scopes)) or '-'}",
        )
    if request.method not in _SAFE_METHODS and not bearer:
        check_origin(request)
    return caller


def _by_key(service: Service, secret: str) -> Caller:
    key = service.records.find_key(secret)
    if key is None:
        raise Forbidden(
            "密钥无效或已撤销 the key is unknown or was revoked", hint="huisheng key list", status=401
        )
    return Caller(key.name, frozenset(key.scopes), tuple(key.products))


def _locally(service: Service, request: Request) -> Caller:
    # A proxy on this machine makes the whole internet look like loopback: its headers end local mode.
    is_local = service.is_loopback and not any(name in request.headers for name in _FORWARDED)
    if not is_local or host_of(request) not in LOOPBACK or service.records.keys():
        raise Forbidden(
            "需要密钥 this needs a key",
            hint="Authorization: Bearer <key>, 网页请先登录 or sign in at /login",
            status=401,
        )
    return Caller("local", _LOCAL_SCOPES, is_local=True)


def check_origin(request: Request) -> None:
    """Refuse what another site made the browser send. Browsers state the origin of every POST.

    A program that sends JSON without an Origin is no browser: no page can post JSON elsewhere unasked.
    """
    origin = request.headers.get("origin")
    if origin is None:
        is_program = "sec-fetch-site" not in request.headers and COOKIE not in request.cookies
        if is_program and request.headers.get("content-type", "").startswith("application/json"):
            return
    elif urlsplit(origin).netloc == request.headers.get("host"):
        return
    raise Forbidden(
        "来自别的网站的请求被拒绝 a request sent by another site was refused",
        hint="用 Authorization 头, 或从本站页面提交 use an Authorization header or this site's own pages",
    )


Reader = Annotated[Caller, Security(access, scopes=["read"])]
Writer = Annotated[Caller, Security(access, scopes=["write"])]


def need(caller: Caller, scope: str) -> None:
    """For what one route does only on demand, such as showing unmasked text."""
    if not caller.may(scope):
        raise Forbidden(
            f"密钥 {caller.name!r} 没有权限 lacks the scope {scope}",
            hint=f"它有 it has: {', '.join(sorted(caller.scopes)) or '-'}",
        )
