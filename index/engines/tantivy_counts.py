"""Counting with tantivy's aggregations: facets and histograms, exact.

Facets stand outside and time inside. tantivy refuses answers of more than 65,000 buckets: then the range of time
is halved until both halves fit.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import tantivy

from index.engines.tantivy_query import narrowed
from index.engines.tantivy_store import Snapshot, TooManyBuckets

_VALUES = 60_000
"""Distinct values of one field; asked for in full, or counts over several segments would not be exact."""
_RANGES = 400
"""Unequal buckets in one request."""

Cells = dict[tuple[str, ...], dict[int, int]]
"""Written values → start of the bucket → items."""


def value_counts(
    snapshot: Snapshot, query: tantivy.Query, fields: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Field → value → items."""
    found = snapshot.aggregate(query, {field: _terms(field) for field in fields})
    return {
        field: {bucket["key"]: bucket["doc_count"] for bucket in found[field]["buckets"]} for field in fields
    }


def time_cells(
    snapshot: Snapshot,
    query: tantivy.Query,
    *,
    by: Sequence[str],
    borders: Sequence[int],
    step: int | None,
) -> Cells:
    """Items per bucket; *borders* are the starts of the buckets and the end of the last.

    step: The length of every bucket, where all are alike.
    """
    middle = (len(borders) - 1) // 2
    if step or len(borders) - 1 <= _RANGES:
        try:
            return _asked(snapshot, query, by, _even(borders, step) if step else _uneven(borders))
        except TooManyBuckets:
            if not middle:
                raise
    cells: Cells = {}
    for half in (borders[: middle + 1], borders[middle:]):
        within = narrowed(query, half[0], half[-1])
        for keys, counts in time_cells(snapshot, within, by=by, borders=half, step=step).items():
            cells.setdefault(keys, {}).update(counts)
    return cells


def _asked(snapshot: Snapshot, query: tantivy.Query, by: Sequence[str], time: dict[str, Any]) -> Cells:
    asked = {"time": time}
    for field in reversed(by):
        asked = {"by": _terms(field) | {"aggs": asked}}
    return dict(_cells(snapshot.aggregate(query, asked), len(by)))


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": _VALUES, "segment_size": _VALUES}}


def _even(borders: Sequence[int], step: int) -> dict[str, Any]:
    offset = borders[0] % step
    return {"histogram": {"field": "at", "interval": step, "offset": offset, "min_doc_count": 1}}


def _uneven(borders: Sequence[int]) -> dict[str, Any]:
    spans = [{"from": start, "to": end} for start, end in pairwise(borders)]
    return {"range": {"field": "at", "ranges": spans}}


def _cells(
    found: dict[str, Any], depth: int, keys: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[int, int]]]:
    if depth:
        for bucket in found["by"]["buckets"]:
            yield from _cells(bucket, depth - 1, (*keys, bucket["key"]))
        return
    buckets = found["time"]["buckets"]
    if buckets and "from" not in buckets[-1]:
        yield keys, {int(bucket["key"]): bucket["doc_count"] for bucket in buckets}
        return
    # Of unequal buckets tantivy counts the empty ones too, and adds one before the first border.
    yield (
        keys,
        {int(each["from"]): each["doc_count"] for each in buckets if each["doc_count"] and "from" in each},
    )
