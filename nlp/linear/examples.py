"""Labelled texts as the arrays a training needs: one text once, masked as the pipeline will show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from feedback.errors import UsageError
from feedback.mask import mask
from feedback.model import INTENTS, POLARITIES, SENTIMENTS
from feedback.taxonomy import Taxonomy
from nlp.labels import Labelled, Side, read
from nlp.linear.weights import SEVERITIES

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Examples:
    rows: tuple[Labelled, ...]
    leaves: tuple[str, ...]

    @cached_property
    def texts(self) -> list[str]:
        return [mask(row.text) for row in self.rows]

    @cached_property
    def sentiment(self) -> Bools:
        return _one_of(SENTIMENTS, [[row.sentiment] for row in self.rows])

    @cached_property
    def intents(self) -> Bools:
        return _one_of(INTENTS, [row.intents for row in self.rows])

    @cached_property
    def severity(self) -> Bools:
        return _one_of(SEVERITIES, [[row.severity or "none"] for row in self.rows])

    @cached_property
    def topics(self) -> Bools:
        return _one_of(self.leaves, [[leaf for leaf, _, _ in row.topics] for row in self.rows])

    def of_side(self, side: Side) -> "Examples":
        return Examples(tuple(row for row in self.rows if row.side == side), self.leaves)

    def of_sets(self, sources: Iterable[str]) -> "Examples":
        wanted = set(sources)
        return Examples(tuple(row for row in self.rows if row.source in wanted), self.leaves)


@dataclass(frozen=True, eq=False)
class Snippets:
    """Short stretches that stand for topics: quoted evidence, triggers, hard negatives (no topic)."""

    texts: list[str]
    topics: Bools
    polarity: Bools
    """[n, 3]; a row without a mark has none."""


def gather(paths: Sequence[Path], leaves: Sequence[str]) -> Examples:
    """The rows of all files, the first of those that are the same without white space."""
    first: dict[str, Labelled] = {}
    for path in paths:
        for row in read(path):
            first.setdefault("".join(row.text.split()), row)
    if not first:
        raise UsageError(f"没有标注 no labelled text in {', '.join(map(str, paths))}")
    return Examples(tuple(first.values()), tuple(leaves))


def evidence(examples: Examples) -> Snippets:
    """Every piece of evidence once a text, with all topics it shows."""
    texts, topics, polarities = [], [], []
    for row, text in zip(examples.rows, examples.texts, strict=True):
        shown: dict[str, list[tuple[str, str]]] = {}
        for leaf, polarity, quote in row.topics:
            start = row.text.find(quote)
            if quote and start >= 0:
                shown.setdefault(text[start : start + len(quote)], []).append((leaf, polarity))
        for quote, said in shown.items():
            texts.append(quote)
            topics.append([leaf for leaf, _ in said])
            polarities.append([polarity for _, polarity in said])
    return Snippets(texts, _one_of(examples.leaves, topics), _one_of(POLARITIES, polarities))


def lexicon(taxonomy: Taxonomy, leaves: Sequence[str]) -> Snippets:
    """What the taxonomy itself knows: names and triggers of each leaf, and its hard negatives."""
    texts, topics = [], []
    for leaf in taxonomy.leaves:
        for text in (leaf.name, *leaf.triggers):
            texts.append(text)
            topics.append([leaf.id])
        for text in leaf.negatives:
            texts.append(text)
            topics.append([])
    return Snippets(texts, _one_of(leaves, topics), np.zeros((len(texts), len(POLARITIES)), np.bool_))


def _one_of(names: Sequence[str], said: Sequence[Sequence[str]]) -> Bools:
    """[n, names]: which of the names each row says; names not asked for are passed over."""
    place = {name: column for column, name in enumerate(names)}
    marked = np.zeros((len(said), len(names)), np.bool_)
    for row, labels in enumerate(said):
        marked[row, [place[label] for label in labels if label in place]] = True
    return marked
