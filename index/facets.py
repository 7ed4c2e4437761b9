"""What a facet counts, alike in every engine: where its values lie, whose selection is lifted, what is shown."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from feedback.errors import QueryError, near
from feedback.query import Query
from index.engines.base import FACETS, Count
from index.topics import shown

_POLAR = {"topic": "topic_polar", "top": "top_polar"}


def check_facets(names: Iterable[str]) -> None:
    for name in names:
        if name not in FACETS:
            raise QueryError(f"没有这个分面 no such facet: {name!r}", hint=near(name, FACETS))


def polar_field(facet: str) -> str | None:
    """The keyword field that holds a facet's values split by polarity."""
    return _POLAR.get(facet)


def lifted(query: Query, facet: str) -> Query:
    """*query* without its own selection of *facet*."""
    if facet == "noise":
        return query.model_copy(update={"noise": "include"})
    return query.without("topic" if facet == "top" else facet)


def label(facet: str, value: str, query: Query) -> str | None:
    """A written value as it is shown; None where it belongs to a product the query is not limited to."""
    return shown(value, query.product) if facet in _POLAR else value


def counted(
    facet: str, plain: Mapping[str, int], polar: Mapping[str, int], query: Query, size: int
) -> tuple[Count, ...]:
    """Counts of written values as the facet's answer: by count, then value."""
    totals: Counter[str] = Counter()
    for value, count in plain.items():
        if (name := label(facet, value, query)) is not None:
            totals[name] += count
    splits: dict[str, Counter[str]] = {}
    for value, count in polar.items():
        if (name := label(facet, value, query)) is not None:
            leaf, _, polarity = name.rpartition("|")
            splits.setdefault(leaf, Counter())[polarity] += count
    largest = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))[:size]
    return tuple(Count(name, count, dict(splits.get(name, {}))) for name, count in largest)


def keys_shown(by: Sequence[str], values: Sequence[str], query: Query) -> tuple[str, ...] | None:
    """The keys of a histogram's cell as shown; None when one of them is not theirs to see."""
    names = [label(facet, value, query) for facet, value in zip(by, values, strict=True)]
    return None if None in names else tuple(name for name in names if name is not None)
