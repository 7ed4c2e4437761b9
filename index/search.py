"""Search for people: queries as they are said, answers with bodies from the records and words marked.

The engine says which items; the records say what they are. So an erased item never appears and a corrected one
appears corrected, even while the engine lags.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from feedback.errors import ConfigError, NotFound, QueryError
from feedback.model import Document
from feedback.query import LISTS, Query
from feedback.taxonomy import Taxonomy
from index import cursors
from index.engines.base import After, Cell, Count, Engine, Hit, Interval
from index.highlight import Segment, highlight
from index.labels import name_of
from index.records import Records
from index.suggest import LEAST_HITS, Suggestion, enriched

__all__ = ["FacetValue", "Result", "ResultPage", "Search", "Segment", "Suggestion"]

_ALL_VALUES = 10_000
_RELATED = 50


@dataclass(frozen=True, slots=True)
class Result:
    document: Document
    """Masked."""
    score: float | None
    segments: tuple[Segment, ...]
    """The text in pieces, those that answer the search marked."""


@dataclass(frozen=True, slots=True)
class ResultPage:
    query: Query
    """Resolved: the instants that this answer was made with."""
    human: str
    total: int
    results: tuple[Result, ...]
    cursor: str | None
    """Of the next page; None on the last one."""
    pending: int
    """Changes that the index has not taken yet."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    """The name people read."""
    count: int
    split: Mapping[str, int] = field(default_factory=dict)
    selected: bool = False


class Search:
    def __init__(
        self,
        records: Records,
        engine: Engine,
        *,
        taxonomy: Taxonomy,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._engine = engine
        self._taxonomy = taxonomy
        self._zone = zone
        self._clock = clock

    def resolve(self, query: Query) -> Query:
        """The absolute form, topics under their present ids. Raises QueryError."""
        topics = tuple(dict.fromkeys(map(self._topic, query.topic)))
        return query.model_copy(update={"topic": topics}).resolve(self._clock(), self._zone)

    def page(self, query: Query, *, limit: int = 20, cursor: str | None = None) -> ResultPage:
        """One page of *query*. Raises QueryError for a cursor of another search, CursorGone for an outlived one."""
        key = self._records.salt + self._records.store_id.encode()
        asked, after = cursors.unpack(cursor, query, key=key) if cursor else (query, None)
        resolved = self.resolve(asked)
        found = self._engine.search(resolved, limit=limit, after=after)
        results = self._results(found.hits, resolved)
        while (
            found.after and len(results) < limit
        ):  # erased since: fill up, an empty page would look like the end
            found = self._engine.search(resolved, limit=limit - len(results), after=found.after)
            results += self._results(found.hits, resolved)
        return ResultPage(
            query=resolved,
            human=query.human(),
            total=found.total,
            results=tuple(results),
            cursor=cursors.pack(query, resolved, found.after, key=key) if found.after else None,
            pending=self.pending(),
        )

    def facets(
        self, query: Query, names: Sequence[str], *, size: int = 50
    ) -> dict[str, tuple[FacetValue, ...]]:
        """The largest *size* values of each facet, and whatever is selected."""
        resolved = self.resolve(query)
        found = self._engine.facets(resolved, names, size=_ALL_VALUES)
        return {name: self._values(name, counts, resolved, size) for name, counts in found.items()}

    def histogram(self, query: Query, interval: Interval, *, by: Sequence[str] = ()) -> tuple[Cell, ...]:
        return self._engine.histogram(self.resolve(query), interval, self._zone, by=by)

    def select(self, query: Query) -> list[int]:
        """Every matching ``seq``, ascending."""
        return self._engine.select(self.resolve(query))

    def similar(self, feedback_id: str, *, query: Query | None = None, limit: int = 20) -> ResultPage:
        """Items that say much the same as this one, within the filters of *query*. Raises NotFound."""
        document = self.get(feedback_id)
        return self._similar(document.feedback.text, query, limit=limit, without=document.seq)

    def similar_text(self, text: str, *, query: Query | None = None, limit: int = 20) -> ResultPage:
        return self._similar(text, query, limit=limit)

    def suggest(self, query: Query, *, limit: int = 5) -> tuple[Suggestion, ...]:
        """Topics enriched among the hits of the query's words (付不了钱 → 支付失败); none without words."""
        resolved = self.resolve(query).without("topic")
        if not resolved.text.groups:
            return ()
        overall = resolved.model_copy(update={"q": "", "sort": None})
        among, hits = self._topic_counts(resolved), self._total(resolved)
        if hits < LEAST_HITS:  # words that nobody used: ask what like-minded texts are about
            among, hits = self._related(resolved.q, overall)
        found = enriched(
            among, hits, self._topic_counts(overall), self._total(overall), taxonomy=self._taxonomy
        )
        chosen = set(_bare(self.resolve(query).topic))
        return tuple(islice((one for one in found if one.topic not in chosen), limit))

    def documents(self, query: Query, *, batch: int = 500) -> Iterator[Document]:
        """Everything that matches, newest first, in constant memory."""
        resolved = self.resolve(query.model_copy(update={"sort": "newest"}))
        after: After | None = None
        while True:
            found = self._engine.search(resolved, limit=batch, after=after)
            yield from (result.document for result in self._results(found.hits, resolved, marked=False))
            after = found.after
            if after is None:
                return

    def get(self, feedback_id: str) -> Document:
        """Raises NotFound."""
        document = self._records.get(feedback_id)
        if document is None:
            raise NotFound(f"没有这条反馈 no such feedback: {feedback_id!r}", hint="huisheng search …")
        return document

    def pending(self) -> int:
        """Changes that the index has not taken yet."""
        state = self._engine.state()
        ours = state.store_id == self._records.store_id
        return max(0, self._records.change() - (state.position if ours else 0))

    def _topic(self, said: str) -> str:
        try:
            return self._taxonomy.check_topic(said)
        except ConfigError as error:
            raise QueryError(error.message, hint=error.hint) from error

    def _results(self, hits: Sequence[Hit], query: Query, *, marked: bool = True) -> list[Result]:
        documents = self._records.by_seq([hit.seq for hit in hits])
        text = query.text
        return [
            Result(document, hit.score, highlight(document.feedback.text, text) if marked else ())
            for hit in hits
            if (document := documents.get(hit.seq))
        ]

    def _similar(
        self, text: str, query: Query | None, *, limit: int, without: int | None = None
    ) -> ResultPage:
        said = query or Query.parse({})
        resolved = self.resolve(said)
        found = self._engine.similar(text, resolved, limit=limit, without=without)
        results = tuple(self._results(found.hits, resolved))
        return ResultPage(resolved, said.human(), found.total, results, None, self.pending())

    def _values(self, facet: str, counts: Sequence[Count], query: Query, size: int) -> tuple[FacetValue, ...]:
        missing = [
            value for value in self._chosen(facet, query) if all(each.value != value for each in counts)
        ]
        values = [
            FacetValue(
                each.value,
                name_of(facet, each.value, self._taxonomy),
                each.count,
                each.split,
                selected=_is_selected(facet, each.value, query),
            )
            for each in (*counts, *(Count(value, 0) for value in missing))
        ]
        return tuple(value for place, value in enumerate(values) if place < size or value.selected)

    def _chosen(self, facet: str, query: Query) -> list[str]:
        """The selected values of a facet: they are shown even where nothing has them, or nobody could unselect them."""
        if facet in ("topic", "top"):
            known = self._taxonomy.by_id if facet == "topic" else self._taxonomy.top_names
            return [label for label in _bare(query.topic) if label in known]
        return [value for value in getattr(query, facet) if not value.endswith("*")] if facet in LISTS else []

    def _topic_counts(self, query: Query) -> dict[str, int]:
        return {
            each.value: each.count
            for each in self._engine.facets(query, ["topic"], size=_ALL_VALUES)["topic"]
        }

    def _total(self, query: Query) -> int:
        return self._engine.search(query, limit=1).total

    def _related(self, text: str, within: Query) -> tuple[dict[str, int], int]:
        hits = self._engine.similar(text, within, limit=_RELATED).hits
        documents = [result.document for result in self._results(hits, within, marked=False)]
        leaves = (
            {self._leaf(tag.label) for tag in each.effective if tag.facet == "topic"} for each in documents
        )
        return dict(Counter(leaf for each in leaves for leaf in each)), len(documents)

    def _leaf(self, label: str) -> str:
        leaf = self._taxonomy.current(label)
        return leaf.id if leaf else label


def _bare(labels: Sequence[str]) -> list[str]:
    """Topics without their polarity."""
    return [label.partition("|")[0] for label in labels]


def _is_selected(facet: str, value: str, query: Query) -> bool:
    if facet == "noise":
        return query.noise == value
    if facet == "rating":
        asked = query.rating_min or query.rating_max
        return bool(asked) and (query.rating_min or 1) <= int(value) <= (query.rating_max or 5)
    if facet in ("topic", "top"):
        return value in _bare(query.topic)
    chosen = getattr(query, facet) if facet in LISTS else ()
    return value in chosen or any(one.endswith("*") and value.startswith(one.rstrip("*")) for one in chosen)
