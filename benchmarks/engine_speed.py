"""How fast the search engine is on texts of your own: ``python benchmarks/engine_speed.py DIR``.

DIR holds ``*.jsonl.gz`` or ``*.jsonl`` with a field ``text``. The texts are repeated up to --documents, given made-up
products, ratings, topics and times, indexed, and asked in a process of its own, whose memory is measured.
Prints a table and writes JSON.
"""

import argparse
import gzip
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedback.model import Document, Feedback, Match, Tag
from feedback.query import Query
from feedback.taxonomy import Taxonomy
from index.engines import open_engine
from index.engines.base import Engine

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 365
LEAVES = 50
CHUNK = 10_000
WORDS = (
    "闪退",
    "卡顿",
    "登录",
    "退款",
    "客服",
    "快递",
    "质量",
    "更新后",
    "不好用",
    "屏幕",
    "价格",
    "酒店",
    "服务",
    "电池",
)
FACETS = ("product", "topic", "sentiment", "rating")


def taxonomy() -> Taxonomy:
    tops = [
        {
            "id": f"top{top}",
            "name": f"top{top}",
            "leaves": [{"id": f"leaf{top}_{n}", "name": "l"} for n in range(LEAVES // 10)],
        }
        for top in range(10)
    ]
    return Taxonomy.parse({"top": tops})


def texts(directory: Path) -> Iterator[str]:
    for path in sorted((*directory.glob("*.jsonl.gz"), *directory.glob("*.jsonl"))):
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as lines
        ):
            for line in lines:
                text = json.loads(line).get("text")
                if isinstance(text, str) and text:
                    yield text[:2000]


def document(seq: int, text: str, chance: random.Random, leaves: list[str]) -> Document:
    at = NOW - timedelta(seconds=chance.randrange(DAYS * 86_400))
    match = Match(product=f"app{chance.randrange(5)}", target="t", via="import")
    record = Feedback(
        id=f"demo:{seq}", platform=chance.choice(("appstore", "weibo", "zhihu")), via="import", text=text, matches=(match,),
        rating=chance.choice((None, 1, 2, 3, 4, 5)), app_version=f"8.{chance.randrange(30)}.{chance.randrange(4)}",
        said_at=at, first_seen_at=at, at=at, revision="r", name_key=None,
    )  # fmt: skip
    topics = [
        Tag(facet="topic", label=chance.choice(leaves[:14]), polarity=chance.choice(("neg", "pos")))
        for _ in range(chance.randrange(3))
    ]
    sentiment = Tag(facet="sentiment", label=chance.choice(("neg", "neg", "neu", "pos")))
    intent = Tag(facet="intent", label=chance.choice(("bug", "praise", "advert", "request", "complaint")))
    return Document(seq=seq, feedback=record, tags=(*topics, sentiment, intent), key="k", change=seq)


def build(engine: Engine, directory: Path, count: int) -> float:
    """Index *count* documents; returns documents a second of the engine alone."""
    chance = random.Random(1)
    leaves = [leaf.id for leaf in taxonomy().leaves]
    pool = list(texts(directory))
    chance.shuffle(pool)
    engine.reset("bench")
    spent = 0.0
    for start in range(0, count, CHUNK):
        chunk = [
            document(seq, pool[seq % len(pool)], chance, leaves)
            for seq in range(start + 1, min(start + CHUNK, count) + 1)
        ]
        began = time.perf_counter()
        engine.write(chunk, position=start + len(chunk))
        spent += time.perf_counter() - began
    return count / spent


def questions(engine: Engine) -> dict[str, Callable[[int], object]]:
    zone = ZoneInfo("Asia/Shanghai")
    everything = Query.parse({"noise": "include"})

    def word(n: int) -> Query:
        return Query.parse({"q": WORDS[n % len(WORDS)]})

    def with_facets(n: int) -> object:
        return engine.search(word(n), limit=20), engine.facets(word(n), FACETS)

    def next_page(n: int) -> object:
        query = Query.parse({"product": f"app{n % 5}"})
        return engine.search(query, after=engine.search(query).after)

    return {
        "word, by relevance": lambda n: engine.search(word(n), limit=20),
        "two words": lambda n: engine.search(Query.parse({"q": f"{WORDS[n % 14]} {WORDS[(n + 3) % 14]}"})),
        "long text (70 %)": lambda n: engine.search(Query.parse({"q": f"{WORDS[n % 14]}一直没有人处理"})),
        "word, newest first": lambda n: engine.search(word(n).model_copy(update={"sort": "newest"})),
        "word + 4 facets": with_facets,
        "filter, newest first": lambda n: engine.search(
            Query.parse({"product": f"app{n % 5}", "sentiment": "neg"})
        ),
        "filter, newest first, page 2": next_page,
        "4 facets over everything": lambda n: engine.facets(everything, FACETS),
        "day x topic over everything": lambda n: engine.histogram(everything, "day", zone, by=("topic",)),
        "day x topic of a word": lambda n: engine.histogram(word(n), "day", zone, by=("topic",)),
        "month over everything": lambda n: engine.histogram(everything, "month", zone),
        "select of a word": lambda n: engine.select(word(n)),
        "select everything": lambda n: engine.select(everything),
        "similar": lambda n: engine.similar("更新之后一打开就闪退，客服一直不处理，要求退款", everything),
    }


def ask(engine: Engine, rounds: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, question in questions(engine).items():
        question(0)
        taken, worked = [], []
        for n in range(rounds):
            began, work = time.perf_counter(), time.process_time()
            question(n)
            taken.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - work) * 1000)
        figures[name] = {
            "p50_ms": statistics.median(taken),
            "p95_ms": statistics.quantiles(taken, n=20)[18],
            "cpu_ms": statistics.median(worked),
        }
    figures["resident MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, help="folder with texts")
    parser.add_argument("--documents", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--engine", default="tantivy")
    parser.add_argument("--json", type=Path, default=Path("engine_speed.json"))
    parser.add_argument("--index", type=Path, help="a built index to ask: used by the script itself")
    said = parser.parse_args()
    if said.index:
        print(json.dumps(ask(open_engine(said.engine, said.index, taxonomy=taxonomy()), said.rounds)))
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(said.engine, folder, taxonomy=taxonomy())
        speed = build(engine, said.directory, said.documents)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
        command = [sys.executable, *sys.argv, "--index", folder]
        figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    figures |= {"documents": said.documents, "indexed docs/s": speed, "size MB": size}
    for name, value in figures.items():
        shown = (
            f"p50 {value['p50_ms']:8.2f}   p95 {value['p95_ms']:8.2f}   cpu {value['cpu_ms']:8.2f} ms"
            if isinstance(value, dict)
            else f"{value:12.0f}"
        )
        print(f"{name:32}{shown}")
    said.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
