"""Memory and tantivy side by side through random writes and questions: they must agree in everything exact."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from feedback.model import Document
from feedback.query import Query
from index.engines import open_engine
from index.engines.base import FACETS
from tests.contracts.engine_world import NOON, PRODUCTS, STORE, TAXONOMY, document, query

WORDS = ["闪退", "更新后", "一直", "登录不上去", "客服", "5星", "卡", "ios", "閃退", "，", " ", "😀", "退款"]
LEAVES = [
    "lag|neg",
    "lag|pos",
    "crash|neg",
    "crash_launch",
    "dark_mode|neu",
    "x_notes_widget|neg",
    "x_notes_pro_sync",
    "gone",
]
ZONES = ["Asia/Shanghai", "UTC", "America/New_York"]
SEQS = st.integers(1, 12)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    fields: dict[str, Any] = {
        "text": "".join(draw(st.lists(st.sampled_from(WORDS), max_size=6))),
        "topic": draw(st.lists(st.sampled_from(LEAVES), max_size=3)),
        "product": draw(st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=2, unique=True)),
        "intent": draw(st.lists(st.sampled_from(["bug", "advert", "praise"]), max_size=2, unique=True)),
        "sentiment": draw(st.sampled_from([(), "neg", "pos"])),
        "app_version": draw(st.sampled_from([None, "8.2", "8.2.1", "8.20", "9"])),
        "rating": draw(st.sampled_from([None, 1, 3, 5])),
        "region": draw(st.sampled_from([None, "cn", "us"])),
        "metrics": draw(st.sampled_from([{}, {"likes": 1}, {"likes": 9}])),
        "quality": draw(st.sampled_from(["full", "truncated"])),
        "tagged": draw(st.booleans()),
        "at": NOON + timedelta(hours=draw(st.integers(-4_000, 4_000))),
    }
    return document(draw(SEQS), **fields)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    terms = st.sampled_from(
        [*WORDS, '"更新后 闪退"', "-闪退", "-卡", "闪退 OR 退款", "更新后一直闪退", "登录不上去了客服"]
    )
    filters = {
        "product": st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=2, unique=True),
        "topic": st.lists(st.sampled_from(["lag", "lag|neg", "stability", "features", "features|neg", "x_notes_widget", "crash_in_use"]), min_size=1, max_size=2),
        "sentiment": st.sampled_from(["neg", "untagged"]),
        "intent": st.sampled_from(["bug", "advert"]),
        "version": st.sampled_from(["8.2", "8.2*", "8.*", "*"]),
        "rating_max": st.sampled_from(["1", "3"]),
        "truncated": st.sampled_from(["yes", "no"]),
        "noise": st.sampled_from(["include", "only"]),
        "since": st.sampled_from(["30d", "2026-03-10"]),
        "until": st.sampled_from(["2026-05-01"]),
    }  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(sorted(filters)), max_size=3, unique=True))
    q = " ".join(draw(st.lists(terms, max_size=2)))
    return query(q, **{name: draw(filters[name]) for name in chosen})


class Engines(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.engines = [
            open_engine(name, self.directory, taxonomy=TAXONOMY, products=PRODUCTS)
            for name in ("memory", "tantivy")
        ]
        self.position = 0

    @initialize()
    def begin(self) -> None:
        for engine in self.engines:
            engine.reset(STORE)

    @rule(batch=st.lists(documents(), max_size=8), gone=st.lists(SEQS, max_size=2))
    def write(self, batch: list[Document], gone: list[int]) -> None:
        self.position += 1
        for engine in self.engines:
            assert engine.write(batch, gone=gone, position=self.position) == []
            engine.refresh()

    @rule(asked=queries())
    def find(self, asked: Query) -> None:
        selected, other = (engine.select(asked) for engine in self.engines)
        assert selected == other
        totals = [engine.search(asked, limit=3).total for engine in self.engines]
        assert totals == [len(selected)] * 2

    @rule(asked=queries(), sort=st.sampled_from(["newest", "rating", "likes"]), limit=st.integers(1, 5))
    def page(self, asked: Query, sort: str, limit: int) -> None:
        asked = asked.model_copy(update={"sort": sort})
        after = None
        for _ in range(4):
            page, other = (engine.search(asked, limit=limit, after=after) for engine in self.engines)
            assert page == other
            after = page.after
            if after is None:
                return

    @rule(asked=queries(), names=st.lists(st.sampled_from(FACETS), min_size=1, max_size=4, unique=True))
    def count(self, asked: Query, names: list[str]) -> None:
        counts, other = (engine.facets(asked, names) for engine in self.engines)
        assert counts == other

    @rule(
        asked=queries(),
        interval=st.sampled_from(["day", "week", "month"]),
        zone=st.sampled_from(ZONES),
        by=st.lists(
            st.sampled_from(["topic", "top", "product", "region", "rating"]), max_size=2, unique=True
        ),
    )
    def chart(self, asked: Query, interval: str, zone: str, by: list[str]) -> None:
        cells, other = (engine.histogram(asked, interval, ZoneInfo(zone), by=by) for engine in self.engines)  # type: ignore[arg-type]
        assert cells == other

    @invariant()
    def stand_alike(self) -> None:
        state, other = (engine.state() for engine in self.engines)
        assert state == other

    def teardown(self) -> None:
        for engine in self.engines:
            engine.close()
        shutil.rmtree(self.directory)


TestEngines = Engines.TestCase
TestEngines.settings = settings(max_examples=15, stateful_step_count=20)
