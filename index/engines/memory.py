"""The simplest engine that keeps the contract: every row looked at for every question. The reference in tests.

Holds its rows in this process only; a reopened one is empty and is rebuilt from the records.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from zoneinfo import ZoneInfo

from feedback.errors import EngineError
from feedback.model import Document
from feedback.query import Query
from index import analysis, likeness
from index.buckets import edges, instant
from index.engines.base import After, Cell, Count, Hit, Hits, Interval, Refused, State
from index.facets import check_facets, counted, keys_shown, lifted, polar_field
from index.paging import Pins, after_key
from index.plan import Plan, Words, plan
from index.rows import IndexRow, Unfit, index_row
from index.topics import Topics

Rows = Mapping[int, IndexRow]


class MemoryEngine:
    name = "memory"

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._rows: Rows = {}
        self._store_id, self._position = "", 0
        self._pins: Pins[Rows] = Pins()

    def state(self) -> State:
        return State(self._store_id, self._position, len(self._rows))

    def write(
        self, documents: Sequence[Document], *, gone: Iterable[int] = (), position: int
    ) -> list[Refused]:
        if not self._store_id:
            raise EngineError("索引还没有归属 the index belongs to no store yet", hint="reset(store_id)")
        rows, refused = dict(self._rows), []
        for document in documents:
            rows.pop(document.seq, None)
            try:
                rows[document.seq] = index_row(document, self._topics)
            except Unfit as unfit:
                refused.append(Refused(document.feedback.id, str(unfit)))
        for seq in gone:
            rows.pop(seq, None)
        self._rows, self._position = rows, position  # a new mapping: pinned snapshots keep the old one
        return refused

    def refresh(self) -> None:
        pass

    def reset(self, store_id: str) -> None:
        self._rows, self._store_id, self._position = {}, store_id, 0

    def search(self, query: Query, *, limit: int = 20, after: After | None = None) -> Hits:
        if query.order == "relevance":
            return self._relevant(query, limit, after)
        field, below = query.order, after_key(after, query.order)
        found = sorted(self._matching(query), key=lambda row: -int(getattr(row, field)))
        keys = [int(getattr(row, field)) for row in found]
        start = sum(key >= below for key in keys) if below is not None else 0
        page = found[start : start + limit]
        more = len(found) > start + limit
        return Hits(
            total=len(found),
            hits=tuple(Hit(row.seq) for row in page),
            after=(query.order, keys[start + limit - 1]) if more else None,
        )

    def _relevant(self, query: Query, limit: int, after: After | None) -> Hits:
        rows, offset = self._pins.find(after) if after else (self._rows, 0)
        asked = plan(query, self._topics)
        scored = sorted(
            ((_score(row, asked, rows), row) for row in rows.values() if matches(row, asked)),
            key=lambda pair: (-pair[0], -pair[1].newest),
        )
        end = offset + limit
        return Hits(
            total=len(scored),
            hits=tuple(Hit(row.seq, score) for score, row in scored[offset:end]),
            after=self._pins.pin(rows, end) if len(scored) > end else None,
        )

    def facets(self, query: Query, names: Sequence[str], *, size: int = 50) -> dict[str, tuple[Count, ...]]:
        check_facets(names)
        return {name: self._facet(lifted(query, name), name, size) for name in names}

    def _facet(self, query: Query, name: str, size: int) -> tuple[Count, ...]:
        rows = list(self._matching(query))
        polar = polar_field(name)
        plain = Counter(value for row in rows for value in row.keywords[name])
        split = Counter(value for row in rows for value in row.keywords[polar]) if polar else {}
        return counted(name, plain, split, query, size)

    def histogram(
        self, query: Query, interval: Interval, zone: ZoneInfo, *, by: Sequence[str] = ()
    ) -> tuple[Cell, ...]:
        check_facets(by)
        rows = list(self._matching(query))
        if not rows:
            return ()
        borders = edges(interval, zone, min(row.at for row in rows), max(row.at for row in rows) + 1)
        cells: Counter[tuple[tuple[str, ...], int]] = Counter()
        for row in rows:
            start = borders[bisect_right(borders, row.at) - 1]
            cells.update((keys, start) for keys in _keys(row, by, query))
        return tuple(Cell(instant(start), count, keys) for (keys, start), count in sorted(cells.items()))

    def select(self, query: Query) -> list[int]:
        return sorted(row.seq for row in self._matching(query))

    def similar(self, text: str, query: Query, *, limit: int = 20, without: int | None = None) -> Hits:
        rows = self._rows
        weights = likeness.significant(
            dict.fromkeys(analysis.tokens(text)),
            lambda token: _frequency((token,), rows),
            documents=len(rows),
            least=1 if without is None else 2,
        )
        scored = []
        for row in self._matching(query):
            shared = [weights[token] for token in weights if _has((token,), row)]
            if weights and row.seq != without and len(shared) >= likeness.enough(weights):
                scored.append((sum(shared), row.seq))
        best = sorted(scored, reverse=True)[:limit]
        return Hits(total=len(scored), hits=tuple(Hit(seq, score) for score, seq in best))

    def close(self) -> None:
        pass

    def _matching(self, query: Query) -> Iterator[IndexRow]:
        asked = plan(query, self._topics)
        return (row for row in self._rows.values() if matches(row, asked))


def matches(row: IndexRow, asked: Plan) -> bool:
    """The meaning of a plan, in plain words."""
    bears = {(field, value) for field, values in row.keywords.items() for value in values}
    return (
        (asked.since is None or row.at >= asked.since)
        and (asked.until is None or row.at < asked.until)
        and all(bears & choice for choice in asked.choices)
        and not bears & asked.banned
        and all(any(_says(row, words) for words in group) for group in asked.groups)
        and not any(_says(row, words) for words in asked.without)
    )


def _says(row: IndexRow, words: Words) -> bool:
    if not all(character in row.characters for character in words.characters):
        return False
    if words.some:
        return sum(_has((token,), row) for token in words.some) >= words.need
    return _has(words.phrase, row)


def _has(phrase: Sequence[str], row: IndexRow) -> bool:
    return not phrase or f" {' '.join(phrase)} " in f" {row.text} "


def _frequency(phrase: Sequence[str], rows: Rows) -> int:
    return sum(_has(phrase, row) for row in rows.values())


def _score(row: IndexRow, asked: Plan, rows: Rows) -> float:
    """Rare words count more, short texts as well: BM25 without its subtleties."""
    score = 0.0
    for words in (words for group in asked.groups for words in group if _says(row, words)):
        parts = [words.phrase, *((token,) for token in words.some)]
        rarity = sum(
            log(1 + len(rows) / _frequency(part, rows)) for part in parts if part and _has(part, row)
        )
        score += rarity + len(words.characters)
    return score / (1 + log(1 + len(row.text)))


def _keys(row: IndexRow, by: Sequence[str], query: Query) -> Iterator[tuple[str, ...]]:
    """The cells an item falls into: one for each combination of its values."""
    combined: list[tuple[str, ...]] = [()]
    for facet in by:
        combined = [(*keys, value) for keys in combined for value in row.keywords[facet]]
    return (keys for values in combined if (keys := keys_shown(by, values, query)) is not None)
