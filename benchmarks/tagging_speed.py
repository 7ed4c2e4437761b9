"""How many texts a CPU second each tagger takes: ``python benchmarks/tagging_speed.py [FILE.jsonl] [--json]``.

Without a file it uses the written labels that ship with the project.
"""

import argparse
import json
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from config.project import load_taxonomy
from nlp.labels import read
from nlp.pipeline import Pipeline
from nlp.predict import read as read_texts
from nlp.resolve import resolve
from nlp.signature import signature
from nlp.tagger import Item, Statement

SHIPPED = Path(__file__).parent.parent / "nlp" / "data" / "labels_written.jsonl.gz"
BATCH = 256


class Timing(NamedTuple):
    part: str
    seconds: float
    documents: int

    @property
    def per_second(self) -> float:
        return self.documents / self.seconds if self.seconds else 0.0


def texts_of(path: Path, count: int) -> list[str]:
    if path.suffix == ".gz":
        texts = [row.text for row in read(path)]
    else:
        with path.open(encoding="utf-8") as lines:
            texts = [row.text for row in read_texts(lines, name=path.name)]
    return list(islice(cycle(texts), count))


def measure(texts: list[str], *, rounds: int) -> list[Timing]:
    """Each part over all texts in batches, as the worker calls it; of several rounds the best, part by part."""
    pipeline = Pipeline.build(load_taxonomy())
    pipeline.tag([Item.of(text) for text in texts[:BATCH]])  # loads what is loaded once
    found = [one_round(pipeline, texts) for _ in range(rounds)]
    best = {part: min(spent[part] for spent in found) for part in found[0]}
    return [
        Timing(part, seconds, len(texts)) for part, seconds in (*best.items(), ("whole", sum(best.values())))
    ]


def each(work: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda given: [work(one) for one in given]


def one_round(pipeline: Pipeline, texts: list[str]) -> dict[str, float]:
    """Part → CPU seconds spent in it."""
    spent: dict[str, float] = {}

    def timed(part: str, work: Callable[..., list[Any]], *given: Any) -> list[Any]:
        start = process_time()
        result = work(*given)
        spent[part] = spent.get(part, 0.0) + process_time() - start
        return result

    for start in range(0, len(texts), BATCH):
        items = timed("fold", each(Item.of), texts[start : start + BATCH])
        said: list[list[Statement]] = [[] for _ in items]
        for tagger in pipeline.taggers:
            new = timed(tagger.name, tagger.tag, items, said)
            for known, statements in zip(said, new, strict=True):
                known += statements
        timed("resolve", each(resolve), said)
        timed("signature", each(signature), [item.folded for item in items])
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "texts", type=Path, nargs="?", default=SHIPPED, help="labels (.gz) or lines of id and text"
    )
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many is shown")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    texts = texts_of(asked.texts, asked.count)
    timings = measure(texts, rounds=asked.rounds)
    mean = sum(map(len, texts)) / len(texts)
    if asked.json:
        figures = {timing.part: round(timing.per_second) for timing in timings}
        print(json.dumps({"documents": len(texts), "mean_length": round(mean, 1), "per_second": figures}))
        return
    print(f"{len(texts)} texts of {mean:.0f} characters on average, CPU time of one thread")
    for timing in timings:
        print(
            f"{timing.part:12}{timing.per_second:>12,.0f} docs/s{timing.seconds / timing.documents * 1e6:>10.1f} µs"
        )


if __name__ == "__main__":
    main()
