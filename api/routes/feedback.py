"""Items: searching them, one of them, those like it."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import coverage, params, reference, views
from api.access import Caller, Reader, need, service_of
from api.answers import Json
from api.service import Service
from feedback.errors import NotFound
from feedback.model import Document
from index.search import ResultPage

router = APIRouter(prefix="/v1", tags=["反馈 feedback"])


@router.get("/feedback", **reference.of("search"))
def search(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("limit", "cursor"))
    page = service.search.page(asked.query, limit=asked.limit(), cursor=asked.own.get("cursor"))
    runs = coverage.latest(service, caller, page.query.product)
    return Json(_page(page, service, caller) | {"coverage": coverage.hint(runs)})


@router.get("/feedback/{feedback_id}", **reference.of("item"))
def item(request: Request, feedback_id: str, caller: Reader) -> Response:
    raw = params.flag(params.only(request, "raw").get("raw"))
    if raw:
        need(caller, "raw")
    service = service_of(request)
    document = document_of(service, caller, feedback_id, raw=raw)
    history = service.records.history(document.feedback.id, raw=raw)
    return Json(views.full(document, history, service.taxonomy) | {"raw": raw})


@router.get("/feedback/{feedback_id}/similar", **reference.of("similar"))
def similar(request: Request, feedback_id: str, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("limit",))
    document = document_of(service, caller, feedback_id)
    page = service.search.similar(document.feedback.id, query=asked.query, limit=asked.limit())
    return Json(_page(page, service, caller))


def document_of(service: Service, caller: Caller, feedback_id: str, *, raw: bool = False) -> Document:
    """The item as *caller* may see it. Raises NotFound for one that is not theirs as for one that is not."""
    document = service.records.get(feedback_id, raw=raw)
    if document is None or not caller.sees(document.feedback.products):
        raise NotFound(
            f"没有这条反馈 no such feedback: {feedback_id[:120]!r}",
            hint="GET /v1/feedback lists what there is",
        )
    return caller.view(document, service.products)


def _page(page: ResultPage, service: Service, caller: Caller) -> dict[str, Any]:
    return {
        "total": page.total,
        "query": {"params": page.query.to_params(), "human": page.human},
        "items": [
            views.item(caller.view(result.document, service.products), service.taxonomy)
            | {"score": result.score, "marks": views.marks(result.segments)}
            for result in page.results
        ],
        "cursor": page.cursor,
        "pending": page.pending,
    }
