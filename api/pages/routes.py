"""Where each page lives."""

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import RedirectResponse, Response

from api import coverage, params, reference
from api.access import COOKIE, Reader, check_origin, service_of
from api.pages import item, render, search
from api.pages.item import Form

router = APIRouter(include_in_schema=False)
router.get("/", name="page_search")(search.search)
router.get("/item/{feedback_id}", name="page_item")(item.item)
router.post("/item/{feedback_id}/verdict", name="page_judge")(item.judge)


@router.get("/coverage", name="page_coverage")
def coverage_page(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    runs = coverage.latest(service, caller, params.products(request, caller, "lang"))
    return render.page(
        request,
        "coverage.html",
        runs=runs,
        ending=coverage.ending,
        is_suspicious=coverage.is_suspicious,
        is_gap=coverage.is_gap,
        depth=None if caller.products else service.records.depth(),
        pending=service.search.pending(),
    )


@router.get("/api", name="page_api")
def api_page(request: Request, caller: Reader) -> Response:
    params.only(request, "lang")
    return render.page(request, "api.html", routes=reference.ROUTES.values(), filters=reference.FILTERS)


@router.get("/login", name="page_login")
def login_page(request: Request, next: str = "/") -> Response:
    return render.page(request, "login.html", next=_local(next), wrong=False)


@router.post("/login", name="page_sign_in", dependencies=[Depends(check_origin)])
def sign_in(request: Request, form: Form) -> Response:
    """The key itself becomes the cookie: nothing to keep here, and revoking the key ends it."""
    secret = form.get("key", "").strip()
    target = _local(form.get("next", "/"))
    if service_of(request).records.find_key(secret) is None:
        return render.page(request, "login.html", status=401, next=target, wrong=True)
    response = RedirectResponse(target, 303)
    response.set_cookie(
        COOKIE, secret, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/"
    )
    return response


@router.post("/logout", name="page_sign_out", dependencies=[Depends(check_origin)])
def sign_out() -> Response:
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")
    return response


@router.get("/static/{name}", name="static")
def static(name: str) -> Response:
    """The one style sheet; its address names its content, so it may be kept for ever."""
    return Response(
        render.STYLE,
        media_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def _local(target: str) -> str:
    """*target* if it is an address of this server, else the home page: a login must not lead elsewhere."""
    is_local = target.startswith("/") and not target.startswith("//") and not set(target) & set("\\\r\n\t")
    return target if is_local else "/"


def add_to(app: FastAPI) -> None:
    app.include_router(router)
