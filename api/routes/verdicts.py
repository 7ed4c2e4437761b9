"""Corrections by people: taken for the revision they were given for, or refused."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api import reference, verdicts, views
from api.access import Writer, service_of
from api.answers import Json
from feedback.model import Frozen

router = APIRouter(prefix="/v1", tags=["纠正 verdicts"])


class Correction(Frozen):
    """``who`` and ``at`` are not asked: the key and the clock say them."""

    id: Annotated[str, Field(max_length=200)]
    revision: Annotated[str, Field(max_length=64)]
    facet: Literal["topic", "sentiment", "intent", "severity"]
    label: Annotated[
        str, Field(max_length=100, description="话题写作 topics as leaf|polarity: crash_launch|neg")
    ]
    action: Literal["add", "remove"]


@router.post("/verdicts", status_code=201, **reference.of("verdict"))
def judge(request: Request, correction: Correction, caller: Writer) -> Response:
    service = service_of(request)
    document = verdicts.judge(service, caller, **correction.model_dump())
    return Json(views.item(document, service.taxonomy), status_code=201)
