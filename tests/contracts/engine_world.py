"""A small world to check engines in: a taxonomy, documents made in one line, and an engine that holds them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from feedback.model import Document, Feedback, Match, Reply, Tag
from feedback.query import Query
from feedback.taxonomy import Taxonomy
from index.engines.base import Engine

MakeEngine = Callable[[], Engine]
"""Opens the engine at one place: empty at the first call, as it was left at each later one."""

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
STORE = "0f1e2d3c4b5a"
PRODUCTS = ("mail", "notes", "notes_pro")
TAXONOMY = Taxonomy.parse(
    {
        "top": [
            {
                "id": "stability",
                "name": "稳定性",
                "leaves": [{"id": "crash_launch", "name": "启动闪退"}, {"id": "crash_in_use", "name": "闪退", "was": ["crash"]}],
            },
            {"id": "performance", "name": "性能", "leaves": [{"id": "lag", "name": "卡顿"}]},
            {"id": "features", "name": "功能", "leaves": [{"id": "dark_mode", "name": "深色模式"}]},
        ],
        "custom": [
            {"id": "x_notes_widget", "name": "便签小组件", "parent": "features"},
            {"id": "x_notes_pro_sync", "name": "专业版同步", "parent": "features"},
        ],
    },
    products=PRODUCTS,
)  # fmt: skip


def document(seq: int, text: str = "还行", **fields: Any) -> Document:
    """A tagged document said *seq* minutes after noon, of product notes on the App Store.

    Tags are given as sentiment="neg", intent=["bug"], severity="1", topic=["lag|neg"]; tagged=False: none yet.
    """
    tags = [
        Tag(facet=facet, label=label)
        for facet in ("sentiment", "intent", "severity")
        for label in _many(fields.pop(facet, ()))
    ]
    for said in _many(fields.pop("topic", ())):
        label, _, polarity = said.partition("|")
        tags.append(Tag.model_validate({"facet": "topic", "label": label, "polarity": polarity or None}))
    outer: dict[str, Any] = {
        name: fields.pop(name) for name in ("verdicts", "change", "voice") if name in fields
    }
    outer |= {"key": "k" if fields.pop("tagged", True) else "", "tags": tuple(tags)}
    matches = tuple(
        Match(product=product, target="t", via="import") for product in _many(fields.pop("product", "notes"))
    )
    if fields.pop("has_reply", False):
        fields["reply"] = Reply(text="谢谢反馈")
    at = fields.pop("at", None) or NOON + timedelta(minutes=seq)
    record = {
        "id": f"appstore:cn:{seq}",
        "platform": "appstore",
        "via": "appstore",
        "said_at": at,
        "first_seen_at": at,
    }
    record |= {"at": at, "text": text, "matches": matches, "revision": "r1"}
    outer.setdefault("change", max(seq, 0))
    return Document(seq=seq, feedback=Feedback.model_validate(record | fields), **outer)


def _many(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def filled(make_engine: MakeEngine, *documents: Document) -> Engine:
    """A fresh engine that holds *documents*."""
    engine = make_engine()
    engine.reset(STORE)
    refused = engine.write(documents, position=max((each.change for each in documents), default=0))
    assert refused == []
    engine.refresh()
    return engine


def texts(make_engine: MakeEngine, *said: str) -> Engine:
    """An engine with these texts, numbered from 1."""
    return filled(make_engine, *(document(seq, text) for seq, text in enumerate(said, 1)))


def query(q: str = "", **filters: Any) -> Query:
    """A query, resolved at NOON in Shanghai."""
    params = [(name, value) for name, value in ({"q": q} | filters).items()]
    return Query.parse(params).resolve(NOON, SHANGHAI)


def found(engine: Engine, q: str = "", **filters: Any) -> set[int]:
    """What the query matches; ``search`` and ``select`` must agree."""
    asked = query(q, **filters)
    hits = engine.search(asked, limit=1_000)
    selected = engine.select(asked)
    assert selected == sorted(hit.seq for hit in hits.hits)
    assert hits.total == len(selected)
    return set(selected)


def counts(engine: Engine, facet: str, q: str = "", **filters: Any) -> dict[str, int]:
    return {each.value: each.count for each in engine.facets(query(q, **filters), [facet])[facet]}


def pages(engine: Engine, asked: Query, *, limit: int) -> list[int]:
    """All pages of an answer, one after the other."""
    seqs: list[int] = []
    after = None
    for _ in range(100):
        page = engine.search(asked, limit=limit, after=after)
        assert 0 < len(page.hits) <= limit
        seqs += [hit.seq for hit in page.hits]
        after = page.after
        if after is None:
            return seqs
    raise AssertionError("the pages never end")
