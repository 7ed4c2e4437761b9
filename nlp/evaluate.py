"""How good the labels are: ``python -m nlp.evaluate LABELS [--side test] [--predictions OUT.jsonl]``.

Compares predictions with labels, head by head, for all sets together and for each alone. Only ``test`` is
ever reported; ``choice`` serves thresholds, ``train`` shows what was learnt by heart.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.project import load_taxonomy
from feedback.errors import UsageError
from feedback.model import INTENTS, SENTIMENTS
from nlp.labels import Labelled, read
from nlp.pipeline import Pipeline
from nlp.predict import Given, predict

Row = Mapping[str, Any]


@dataclass
class Tally:
    """Right, too much and missed, for each label of one head."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, said: set[str], meant: set[str]) -> None:
        self.right.update(said & meant)
        self.extra.update(said - meant)
        self.missed.update(meant - said)

    def f1(self, label: str) -> float:
        return _f1(self.right[label], self.extra[label], self.missed[label])

    @property
    def micro(self) -> float:
        return _f1(self.right.total(), self.extra.total(), self.missed.total())

    @property
    def precision(self) -> float:
        return _share(self.right.total(), self.right.total() + self.extra.total())

    @property
    def recall(self) -> float:
        return _share(self.right.total(), self.right.total() + self.missed.total())

    def macro(self, labels: Iterable[str]) -> float:
        """The mean over the labels that occur at all in what was meant."""
        occurring = [label for label in labels if self.right[label] + self.missed[label]]
        return _share(sum(map(self.f1, occurring)), len(occurring))


@dataclass
class Report:
    """The figures of one set of texts."""

    texts: int = 0
    sentiment: Tally = field(default_factory=Tally)
    intents: Tally = field(default_factory=Tally)
    severity: Tally = field(default_factory=Tally)
    topics: Tally = field(default_factory=Tally)
    topics_with_polarity: Tally = field(default_factory=Tally)
    overlapping: int = 0
    overlap: float = 0.0

    def add(self, said: Row, meant: Labelled) -> None:
        self.texts += 1
        self.sentiment.add({said["sentiment"]}, {meant.sentiment})
        self.intents.add(set(said["intents"]), set(meant.intents))
        self.severity.add({str(said["severity"])}, {str(meant.severity)})
        self.topics.add({one["leaf"] for one in said["topics"]}, {leaf for leaf, _, _ in meant.topics})
        self.topics_with_polarity.add(
            {f"{one['leaf']}|{one['polarity']}" for one in said["topics"]},
            {f"{leaf}|{polarity}" for leaf, polarity, _ in meant.topics},
        )
        for one in said["topics"]:
            marked = [evidence for leaf, _, evidence in meant.topics if leaf == one["leaf"]]
            if marked:
                share = max(_overlap(meant.text, one["evidence"], evidence) for evidence in marked)
                self.overlapping += share > 0
                self.overlap += share

    def figures(self) -> dict[str, float]:
        """Name → value; counts and shares alike."""
        found = self.topics.right.total()
        figures: dict[str, float] = {
            "texts": self.texts,
            "sentiment accuracy": _share(self.sentiment.right.total(), self.texts),
            "sentiment macro F1": self.sentiment.macro(SENTIMENTS),
            "intents micro F1": self.intents.micro,
            **{f"intent {intent} F1": self.intents.f1(intent) for intent in INTENTS},
            "severity accuracy": _share(self.severity.right.total(), self.texts),
            "topics micro F1": self.topics.micro,
            "topics precision": self.topics.precision,
            "topics recall": self.topics.recall,
            "topics macro F1": self.topics.macro({*self.topics.right, *self.topics.missed}),
            "topics with polarity micro F1": self.topics_with_polarity.micro,
            "evidence that overlaps": _share(self.overlapping, found),
            "evidence character F1": _share(self.overlap, found),
        }
        return figures


def evaluate(
    rows: Iterable[Labelled], said: Callable[[Sequence[Labelled]], Iterable[Row]]
) -> dict[str, Report]:
    """Set name → its report; ``all`` is everything. *said* gives the predictions, in the order of the rows."""
    labelled = list(rows)
    reports = {"all": Report()}
    for meant, predicted in zip(labelled, said(labelled), strict=True):
        for name in ("all", meant.source or "—"):
            reports.setdefault(name, Report()).add(predicted, meant)
    return reports


def by_pipeline(pipeline: Pipeline) -> Callable[[Sequence[Labelled]], Iterable[Row]]:
    return lambda rows: predict((Given(one.id, one.text) for one in rows), pipeline)


def from_file(path: Path) -> Callable[[Sequence[Labelled]], Iterable[Row]]:
    """Predictions that were made before, matched by id. Raises UsageError for a label without one."""
    known = {str(row["id"]): row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}

    def find(rows: Sequence[Labelled]) -> Iterable[Row]:
        missing = [one.id for one in rows if one.id not in known]
        if missing:
            raise UsageError(f"{path.name}: 缺少预测 no prediction for {len(missing)} ids, e.g. {missing[0]}")
        return [known[one.id] for one in rows]

    return find


def _overlap(text: str, said: str, meant: str) -> float:
    """F1 over the characters of two stretches of a text, at the places where they fit each other best."""
    if not said or not meant:
        return 0.0
    best = 0
    for start in _places(text, said):
        for other in _places(text, meant):
            best = max(best, min(start + len(said), other + len(meant)) - max(start, other))
    return 2 * best / (len(said) + len(meant))


def _places(text: str, part: str) -> list[int]:
    places: list[int] = []
    start = text.find(part)
    while start >= 0 and len(places) < 20:
        places.append(start)
        start = text.find(part, start + 1)
    return places


def _f1(right: int, extra: int, missed: int) -> float:
    return _share(2 * right, 2 * right + extra + missed)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def table(reports: Mapping[str, Report]) -> str:
    """One line a figure, one column a set."""
    columns = {name: report.figures() for name, report in reports.items()}
    lines = [" " * 30 + "".join(f"{name[:12]:>14}" for name in columns)]
    for figure in next(iter(columns.values())):
        cells = (values[figure] for values in columns.values())
        lines.append(
            f"{figure:30}" + "".join(f"{cell:>14.3f}" if cell % 1 else f"{cell:>14.0f}" for cell in cells)
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m nlp.evaluate", description=__doc__)
    parser.add_argument("labels", type=Path, help=".jsonl or .jsonl.gz")
    parser.add_argument("--side", choices=("test", "choice", "train", "all"), default="test")
    parser.add_argument("--predictions", type=Path, help="a file of `predict`; default: predict now")
    parser.add_argument("--taggers", nargs="*", help="only these taggers")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    rows = (row for row in read(asked.labels) if asked.side in ("all", row.side))
    if asked.predictions:
        said = from_file(asked.predictions)
    else:
        names = {"names": asked.taggers} if asked.taggers else {}
        said = by_pipeline(Pipeline.build(load_taxonomy(), **names))
    reports = evaluate(rows, said)
    if asked.json:
        print(json.dumps({name: report.figures() for name, report in reports.items()}, ensure_ascii=False))
    else:
        print(table(reports))


if __name__ == "__main__":
    main()
