"""The search page: results, filters, the time line, and what the figures stand on."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from api import coverage, params, views
from api.access import Caller, Reader, service_of
from api.figures import suggestions
from api.pages import render
from api.pages.chart import chart
from api.pages.facets import MOST_TOPS, groups
from api.pages.links import Links, chips
from api.pages.marks import Piece, excerpt, pieces
from api.service import Service
from feedback.model import Document
from feedback.query import Query
from index.search import Result, ResultPage, Suggestion

_PAGE = 20
QUICK = ("24h", "7d", "30d", "")
_SORTS = (("relevance", "relevance"), ("newest", "newest"), ("rating", "rating_order"), ("likes", "likes"))


@dataclass(frozen=True, slots=True)
class Card:
    """One item in a list."""

    document: Document
    pieces: list[Piece]
    is_cut: bool


def search(request: Request, caller: Reader) -> Response:
    service = service_of(request)
    asked = params.read(request, caller, own=("cursor", "lang"))
    query, links = asked.query, Links(asked.query)
    page = service.search.page(query, limit=_PAGE, cursor=asked.own.get("cursor"))
    runs = coverage.latest(service, caller, query.product)
    return render.page(
        request,
        "search.html",
        query=query,
        links=links,
        page=page,
        cards=cards(service, caller, page),
        most_tops=MOST_TOPS,
        groups=groups(service, caller, page.query, links, render.lang_of(request)),
        chart=chart(service, caller, page.query, links),
        suggested=_suggested(service, caller, query, links),
        chips=chips(query),
        quick=[(said, links.having(since=said, until="")) for said in QUICK],
        sorts=_sorts(query, links),
        gaps=[run for run in runs if coverage.is_gap(run)],
        ending=coverage.ending,
        cursor=asked.own.get("cursor", ""),
        export=Links(query, "/v1/exports"),
    )


def cards(service: Service, caller: Caller, page: ResultPage) -> list[Card]:
    return [_card(service, caller, result) for result in page.results]


def _card(service: Service, caller: Caller, result: Result) -> Card:
    document = caller.view(result.document, service.products)
    whole = pieces(document.feedback.text, views.marks(result.segments), document.effective)
    shown, is_cut = excerpt(whole)
    return Card(document, shown, is_cut)


def _sorts(query: Query, links: Links) -> list[tuple[str, str, bool]]:
    """(word, address, is it the present one); relevance only where there are words to be relevant to."""
    allowed = [pair for pair in _SORTS if pair[0] != "relevance" or query.text.groups]
    return [(word, links.having(sort=name), query.order == name) for name, word in allowed]


def _suggested(service: Service, caller: Caller, query: Query, links: Links) -> list[tuple[Suggestion, str]]:
    if not query.text.groups:
        return []
    found = suggestions(service, caller, query)
    return [
        (each, links.toggle("topic", each.topic)) for each in found if not links.selected("topic", each.topic)
    ]
