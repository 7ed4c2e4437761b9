"""How good scores are, head by head and set by set. Owns the figures that are reported, and nothing else."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from feedback.model import INTENTS, SENTIMENTS
from nlp.linear.calibrate import f1
from nlp.linear.examples import Bools, Examples
from nlp.linear.model import Scores

Figures = dict[str, float]

WRITTEN = "written"
APPS = ("alipay", "appstore_smarthome", "appstore_spam", "taptap")
FEW = 30
"""A set with fewer texts says nothing by itself."""


class Model(Protocol):
    def scores(self, texts: Sequence[str]) -> Scores: ...


def groups(examples: Examples) -> Iterator[tuple[str, Examples]]:
    """All real sets together, the app reviews, then each set for itself."""
    sources = sorted({row.source for row in examples.rows})
    together = {"all real": [name for name in sources if name != WRITTEN], "apps": APPS}
    for name, chosen in (together | {source: [source] for source in sources}).items():
        part = examples.of_sets(chosen)
        if len(part.rows) >= FEW:
            yield name, part


def by_set(model: Model, examples: Examples) -> dict[str, Figures]:
    return {name: figures(model.scores(part.texts), part) for name, part in groups(examples)}


def figures(scores: Scores, examples: Examples) -> Figures:
    """Keys: texts, topics F1 (micro), sentiment accuracy …; a share of 1 each, except the count."""
    mood = _strongest(scores.sentiment)
    topics = f1(scores.topic_on, examples.topics)
    found: Figures = {"texts": len(examples.rows), "topics F1": topics}
    found["topics F1, mean of leaves"] = _mean_f1(scores.topic_on, examples.topics)
    found["sentiment accuracy"] = _agreement(mood, examples.sentiment)
    found["sentiment F1, mean"] = _mean_f1(mood, examples.sentiment)
    found |= _each(SENTIMENTS, mood, examples.sentiment)
    found |= _severity(scores, examples)
    return found | _each(INTENTS, scores.intent_on, examples.intents)


def _severity(scores: Scores, examples: Examples) -> Figures:
    """Where the text has one (which of the four?), and over all texts with *none* as the fifth."""
    has_one = ~examples.severity[:, -1]
    found = {"severity accuracy, with none": _agreement(_strongest(scores.severity), examples.severity)}
    if has_one.any():
        chosen = _strongest(scores.severity[has_one, :-1])
        found["severity accuracy"] = _agreement(chosen, examples.severity[has_one, :-1])
    return found


def _each(names: tuple[str, ...], said: Bools, true: Bools) -> Figures:
    return {
        f"{name} F1": f1(said[:, column], true[:, column])
        for column, name in enumerate(names)
        if true[:, column].any()
    }


def _strongest(shares: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Bools:
    strongest: Bools = np.arange(shares.shape[1]) == shares.argmax(axis=1)[:, np.newaxis]
    return strongest


def _agreement(said: Bools, true: Bools) -> float:
    return float((said & true).any(axis=1).mean())


def _mean_f1(said: Bools, true: Bools) -> float:
    """Mean over the labels that occur."""
    present = np.flatnonzero(true.any(axis=0))
    return (
        float(np.mean([f1(said[:, column], true[:, column]) for column in present])) if len(present) else 0.0
    )
