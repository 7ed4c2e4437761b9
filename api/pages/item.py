"""The page of one item: its text with the evidence, how it changed, who else met it, and a form to correct it."""

import logging
from typing import Annotated, Literal, cast
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from api import params, verdicts
from api.access import Reader, Writer, need, service_of
from api.errors import instance_of
from api.pages import render
from api.pages.links import Links
from api.pages.marks import pieces
from api.pages.search import cards
from api.params import one_of
from api.routes.feedback import document_of
from feedback.errors import QueryError
from feedback.model import INTENTS, SENTIMENTS, SEVERITIES
from feedback.query import Query

logger = logging.getLogger(__name__)

_SIMILAR = 6
_FACETS = ("topic", "sentiment", "intent", "severity")


def item(request: Request, feedback_id: str, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.only(request, "raw", "lang", "judged")
    raw = params.flag(asked.get("raw"))
    if raw:
        need(caller, "raw")
        logger.info("raw text of %s shown to %s (%s)", feedback_id, caller.name, instance_of(request))
    document = document_of(service, caller, feedback_id, raw=raw)
    said = document.feedback
    near = service.search.similar(
        said.id, query=caller.narrow(Query.parse({}), service.products), limit=_SIMILAR
    )
    return render.page(
        request,
        "item.html",
        document=document,
        said=said,
        back=_back(request),
        raw=raw,
        judged="judged" in asked,
        zone=service.zone_for(said.products),
        pieces=pieces(said.text, (), document.effective),
        history=service.records.history(said.id, raw=raw),
        cards=cards(service, caller, near),
        links=Links(Query.parse({})),
        tops=service.taxonomy.tops,
        leaves=[leaf for leaf in service.taxonomy.leaves if caller.sees_topic(leaf.id, service.products)],
        choices={"sentiment": SENTIMENTS, "intent": INTENTS, "severity": SEVERITIES},
    )


def _back(request: Request) -> str:
    """The search this page was opened from, if it was one of this server."""
    came = urlsplit(request.headers.get("referer", ""))
    is_ours = came.netloc == request.headers.get("host") and came.path == "/"
    return f"/?{came.query}" if is_ours and came.query else "/"


async def form_of(request: Request) -> dict[str, str]:
    """A posted form. The edge has read and measured it; no part of it is a file."""
    body = await request.body()
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=32, errors="strict"))
    except ValueError as error:
        raise QueryError(
            "表单读不出 the form cannot be read", hint="application/x-www-form-urlencoded, UTF-8"
        ) from error


Form = Annotated[dict[str, str], Depends(form_of)]


def judge(request: Request, feedback_id: str, caller: Writer, form: Form) -> Response:
    """From the form: ``label`` for one to remove, or the facet's own field for one to add."""
    service = service_of(request)
    facet = one_of("facet", form.get("facet", ""), _FACETS)
    label = form.get("label", "")
    if not label or "\0" in label:
        raise QueryError("没有选择标签 no tag was chosen", hint="回到上一页选一个 go back and choose one")
    if form.get("polarity") and facet == "topic":
        label = f"{label}|{form['polarity']}"
    document = verdicts.judge(
        service,
        caller,
        id=feedback_id,
        revision=form.get("revision", ""),
        facet=facet,
        label=label,
        action=cast(Literal["add", "remove"], one_of("action", form.get("action", ""), ("add", "remove"))),
    )
    return RedirectResponse(f"/item/{quote(document.feedback.id, safe=':')}?judged=1#tags", 303)
