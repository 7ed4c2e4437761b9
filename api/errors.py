"""Errors as people and programs read them: RFC 9457 problem documents, and a page for those who use pages.

Tells what was wrong and the next step; never a traceback, never the text of feedback, never a rejected value
of a request body.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.pages import render
from feedback.errors import FeedbackError

_TITLES = {
    400: "请求有误", 401: "需要登录", 403: "没有权限", 404: "没有找到", 405: "不支持的方法", 409: "已经变了", 410: "已经过期",
    413: "请求太大", 414: "网址太长", 415: "不支持的格式", 421: "主机名不对", 422: "内容有误", 500: "服务器出错", 502: "来源出错",
    503: "暂时不可用", 507: "磁盘已满",
}  # fmt: skip
_PROGRAM_PATHS = ("/v1/", "/v1", "/healthz", "/readyz", "/metrics")


class TooLarge(FeedbackError):
    status = 413


class WrongHost(FeedbackError):
    """Called by a name that is not this server's: a page elsewhere may have pointed its own name here."""

    status = 421


def is_page(path: str) -> bool:
    return not path.startswith(_PROGRAM_PATHS)


def slug(error: FeedbackError) -> str:
    """QueryError → query-error."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def title(status: int) -> str:
    english = HTTPStatus(status).phrase
    return f"{_TITLES[status]} {english}" if status in _TITLES else english


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "",
    hint: str = "",
    instance: str = "",
    faults: Sequence[Any] = (),
) -> dict[str, Any]:
    """One problem document. ``kind`` is the stable name that programs may switch on."""
    document = {
        "type": f"urn:huisheng:problem:{kind or HTTPStatus(status).name.lower().replace('_', '-')}",
        "title": title(status),
        "status": status,
        "detail": detail,
        "hint": hint,
        "instance": instance,
    }
    return document | ({"errors": list(faults)} if faults else {})


def _headers(status: int, *, transient: bool) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="huisheng"'}
    return {"Retry-After": "2"} if transient else {}


def answer(
    request: Request, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """The problem as a page where a person looks at pages, else as problem+json."""
    status = int(document["status"])
    if not is_page(request.url.path):
        body = orjson.dumps(document)
        return Response(body, status, headers, media_type="application/problem+json")
    if status == 401 and request.method == "GET":
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(back, safe='')}", 303)
    return render.page(request, "error.html", status=status, headers=headers, problem=document)


def instance_of(request: Request) -> str:
    return f"urn:huisheng:request:{getattr(request.state, 'id', '')}"


def on_feedback_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, FeedbackError)
    document = problem(
        error.status,
        error.message,
        kind=slug(error),
        hint=error.hint,
        instance=instance_of(request),
    )
    return answer(request, document, _headers(error.status, transient=error.transient))


def on_http_error(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such path, wrong method."""
    assert isinstance(error, HTTPException)
    details = {
        404: f"没有这个地址 no such path: {request.url.path[:200]}",
        405: f"{request.url.path[:200]} 不支持 does not allow {request.method}",
    }
    detail = details.get(error.status_code, str(error.detail))
    hint = "" if is_page(request.url.path) else "GET /v1/openapi.json"
    document = problem(error.status_code, detail, hint=hint, instance=instance_of(request))
    return answer(request, document, error.headers)


def on_invalid(request: Request, error: Exception) -> Response:
    """A body that is not of its shape. Names the places, not the values: they may be anything."""
    assert isinstance(error, RequestValidationError)
    faults = [{"at": ".".join(map(str, each["loc"])), "fault": each["msg"]} for each in error.errors()]
    places = ", ".join(str(each["at"]) for each in faults[:8])
    document = problem(
        422,
        f"请求内容不符合要求 the request does not have the required shape: {places}",
        kind="invalid-request",
        hint="GET /v1/openapi.json",
        instance=instance_of(request),
        faults=faults[:32],
    )
    return answer(request, document)
