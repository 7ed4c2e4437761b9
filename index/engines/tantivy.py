"""The embedded engine: tantivy beside the records, fast in process, rebuilt whenever it is in doubt."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import tantivy

from feedback.model import Document
from feedback.query import Query
from index import analysis, likeness
from index.buckets import edges, even_step, instant
from index.engines.base import After, Cell, Count, Hit, Hits, Interval, Refused, State
from index.engines.tantivy_counts import time_cells, value_counts
from index.engines.tantivy_query import below, compiled, weighted, without_seq
from index.engines.tantivy_schema import fingerprint
from index.engines.tantivy_store import Snapshot, Store
from index.facets import check_facets, counted, keys_shown, lifted, polar_field
from index.paging import Pins, after_key
from index.plan import plan
from index.rows import IndexRow, Unfit, index_row, seq_of
from index.topics import Topics


class TantivyEngine:
    """Safe to share between threads; not across a fork."""

    name = "tantivy"

    def __init__(self, directory: Path, topics: Topics) -> None:
        self._topics = topics
        self._store = Store(directory, fingerprint(topics))
        self._pins: Pins[Snapshot] = Pins()

    def state(self) -> State:
        return self._store.snapshot().state

    def write(
        self, documents: Sequence[Document], *, gone: Iterable[int] = (), position: int
    ) -> list[Refused]:
        rows: dict[int, IndexRow] = {}
        removed, refused = set(gone), []
        for document in documents:
            try:
                rows[document.seq] = index_row(document, self._topics)
            except Unfit as unfit:
                rows.pop(document.seq, None)
                removed.add(document.seq)  # an older form of it would be a lie by now
                refused.append(Refused(document.feedback.id, str(unfit)))
        kept = [row for seq, row in rows.items() if seq not in removed]
        self._store.write(kept, removed, position)
        return refused

    def refresh(self) -> None:
        self._store.snapshot()

    def reset(self, store_id: str) -> None:
        self._store.reset(store_id)

    def search(self, query: Query, *, limit: int = 20, after: After | None = None) -> Hits:
        if query.order == "relevance":
            return self._relevant(query, limit, after)
        field, key = f"by_{query.order}", after_key(after, query.order)
        snapshot, asked = self._store.snapshot(), self._compiled(query)
        page = asked if key is None else below(asked, field, key)
        found = snapshot.search(page, limit + 1, order_by_field=field)
        keys = [int(each) for each, _ in found.hits]
        return Hits(
            total=found.total if key is None else snapshot.search(asked, 1).total,
            hits=tuple(Hit(seq_of(each)) for each in keys[:limit]),
            after=(query.order, keys[limit - 1]) if len(keys) > limit else None,
        )

    def _relevant(self, query: Query, limit: int, after: After | None) -> Hits:
        snapshot, offset = self._pins.find(after) if after else (self._store.snapshot(), 0)
        found = snapshot.search(self._compiled(query), limit + 1, offset=offset)
        more = len(found.hits) > limit
        return Hits(
            total=found.total,
            hits=_scored(snapshot, found.hits[:limit]),
            after=self._pins.pin(snapshot, offset + limit) if more else None,
        )

    def facets(self, query: Query, names: Sequence[str], *, size: int = 50) -> dict[str, tuple[Count, ...]]:
        check_facets(names)
        together: dict[Query, list[str]] = {}
        for name in names:
            together.setdefault(lifted(query, name), []).append(name)
        snapshot = self._store.snapshot()
        counts: dict[str, tuple[Count, ...]] = {}
        for asked, facets in together.items():
            fields = [field for name in facets for field in (name, polar_field(name)) if field]
            values = value_counts(snapshot, self._compiled(asked), fields)
            for name in facets:
                counts[name] = counted(
                    name, values[name], values.get(polar_field(name) or "", {}), asked, size
                )
        return {name: counts[name] for name in names}

    def histogram(
        self, query: Query, interval: Interval, zone: ZoneInfo, *, by: Sequence[str] = ()
    ) -> tuple[Cell, ...]:
        check_facets(by)
        snapshot, asked = self._store.snapshot(), plan(query, self._topics)
        oldest, newest = snapshot.span
        since = max(oldest, asked.since) if asked.since is not None else oldest
        until = min(newest, asked.until) if asked.until is not None else newest
        if since >= until:
            return ()
        borders = edges(interval, zone, since, until)
        step = even_step(interval, borders)
        found = time_cells(snapshot, compiled(asked), by=by, borders=borders, step=step)
        instants = {start: instant(start) for start in borders}
        shown = sorted(
            (keys, found[values]) for values in found if (keys := keys_shown(by, values, query)) is not None
        )
        return tuple(
            Cell(instants[start], counts[start], keys) for keys, counts in shown for start in sorted(counts)
        )

    def select(self, query: Query) -> list[int]:
        snapshot = self._store.snapshot()
        most = max(1, snapshot.state.documents)
        unscored = tantivy.Query.const_score_query(self._compiled(query), 1.0)
        return sorted(snapshot.column("seq", snapshot.search(unscored, most, count=False).hits))

    def similar(self, text: str, query: Query, *, limit: int = 20, without: int | None = None) -> Hits:
        snapshot = self._store.snapshot()
        weights = likeness.significant(
            dict.fromkeys(analysis.tokens(text)),
            lambda token: snapshot.searcher.doc_freq("text", token),
            documents=snapshot.state.documents,
            least=1 if without is None else 2,
        )
        if not weights:
            return Hits(0, ())
        asked = weighted(weights, likeness.enough(weights), self._compiled(query))
        if without is not None:
            asked = without_seq(asked, without)
        found = snapshot.search(asked, limit)
        hits = sorted(_scored(snapshot, found.hits), key=lambda hit: (-(hit.score or 0), -hit.seq))
        return Hits(found.total, tuple(hits))

    def close(self) -> None:
        self._store.close()

    def _compiled(self, query: Query) -> tantivy.Query:
        return compiled(plan(query, self._topics))


def _scored(snapshot: Snapshot, found: Sequence[tuple[float, tantivy.DocAddress]]) -> tuple[Hit, ...]:
    seqs = snapshot.column("seq", found)
    return tuple(Hit(seq, float(score)) for seq, (score, _) in zip(seqs, found, strict=True))
