"""Counts for a caller: what the search service counts, less what belongs to products they may not see."""

from collections.abc import Mapping, Sequence
from typing import cast, get_args

from api.access import Caller
from api.params import one_of
from api.service import Service
from feedback.errors import QueryError
from feedback.query import Query
from index.engines.base import FACETS, Cell, Interval
from index.search import FacetValue, Suggestion

DEFAULT_FACETS = (
    "product",
    "platform",
    "top",
    "topic",
    "sentiment",
    "intent",
    "severity",
    "rating",
    "version",
    "region",
)


def facet_names(said: str | None) -> tuple[str, ...]:
    names = [part.strip() for part in (said or "").split(",") if part.strip()]
    return tuple(one_of("names", name, FACETS) for name in dict.fromkeys(names)) or DEFAULT_FACETS


def interval_of(said: str) -> Interval:
    return cast(Interval, one_of("interval", said, get_args(Interval)))


def by_of(said: str | None) -> tuple[str, ...]:
    names = tuple(one_of("by", part.strip(), FACETS) for part in (said or "").split(",") if part.strip())
    if len(names) > 2:
        raise QueryError(f"by 最多两个 at most two facets, not {len(names)}", hint="by=topic,sentiment")
    return names


def _is_theirs(service: Service, caller: Caller, facet: str, value: str) -> bool:
    if facet == "product":
        return caller.sees((value,))
    return facet != "topic" or caller.sees_topic(value, service.products)


def facets(
    service: Service, caller: Caller, query: Query, names: Sequence[str], *, size: int = 50
) -> Mapping[str, tuple[FacetValue, ...]]:
    # A facet's counts lift its own selection: of products, also the caller's limits. Hence the second sieve.
    found = service.search.facets(query, names, size=size)
    return {
        name: tuple(each for each in values if _is_theirs(service, caller, name, each.value))
        for name, values in found.items()
    }


def histogram(
    service: Service, caller: Caller, query: Query, interval: Interval, *, by: Sequence[str] = ()
) -> list[Cell]:
    cells = service.search.histogram(query, interval, by=by)
    return [
        cell
        for cell in cells
        if all(_is_theirs(service, caller, facet, key) for facet, key in zip(by, cell.keys, strict=True))
    ]


def suggestions(service: Service, caller: Caller, query: Query, *, limit: int = 5) -> list[Suggestion]:
    found = service.search.suggest(query, limit=limit)
    return [each for each in found if caller.sees_topic(each.topic, service.products)]
