"""What the linear model says of the whole text: sentiment, intents, severity, topics.

Owns only the way from the model's numbers to statements; the numbers are ``nlp.linear``'s.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from feedback.model import INTENTS, SENTIMENTS
from nlp.linear.model import LinearModel, Scores
from nlp.tagger import SIDES, Item, Setup, Statement

HINT = 0.12
"""A topic this probable is worth a word to later taggers, though not a claim."""

_SEVERITIES = ("0", "1", "2", "3", None)


@lru_cache(maxsize=2)
def shared_model(path: Path | None) -> LinearModel:
    """The model, loaded once for all taggers that read it."""
    return LinearModel.load(path)


class Linear:
    name = "linear"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives = frozenset({"sentiment", "intent", "severity", "topic"})

    def __init__(self, setup: Setup) -> None:
        self._model = shared_model(setup.model)
        current = [setup.taxonomy.current(leaf) for leaf in self._model.leaves]
        self._leaves = tuple(leaf.id if leaf else None for leaf in current)

    def fingerprint(self) -> str:
        return self._model.fingerprint

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        if not batch:
            return []
        scores = self._model.scores([item.own for item in batch])
        statements: list[list[Statement]] = [[] for _ in batch]
        _say_best(statements, "sentiment", SENTIMENTS, scores.sentiment.tolist())
        _say_best(statements, "severity", _SEVERITIES, scores.severity.tolist())
        _say_intents(statements, scores)
        self._say_topics(statements, scores)
        return statements

    def _say_topics(self, statements: list[list[Statement]], scores: Scores) -> None:
        """Claims where the model is sure enough, hints below. A leaf the taxonomy no longer has is not said."""
        strongest = scores.polarity.argmax(axis=2)
        shared = strongest.shape[1] == 1
        rows, columns = (scores.topic_on | (scores.topics >= HINT)).nonzero()
        values = scores.topics[rows, columns].tolist()
        claimed = scores.topic_on[rows, columns].tolist()
        polarities = strongest[rows, 0 if shared else columns].tolist()
        places = zip(rows.tolist(), columns.tolist(), values, claimed, polarities, strict=True)
        for row, column, value, is_claim, polarity in places:
            leaf = self._leaves[column]
            if leaf is None:
                continue
            statements[row].append(
                Statement(
                    "topic",
                    leaf,
                    SIDES[polarity],
                    round(value, 3),
                    why=f"linear {value:.2f}",
                    force="claim" if is_claim else "hint",
                )
            )


def _say_best(
    statements: list[list[Statement]], facet: str, labels: Sequence[str | None], scores: list[list[float]]
) -> None:
    for said, row in zip(statements, scores, strict=True):
        score = max(row)
        label = labels[row.index(score)]
        if label is not None:
            said.append(Statement(facet, label, score=round(score, 3), why="linear"))


def _say_intents(statements: list[list[Statement]], scores: Scores) -> None:
    """Every intent that is on; where none is, the likeliest: an item is always meant somehow."""
    for said, row, on in zip(statements, scores.intents.tolist(), scores.intent_on.tolist(), strict=True):
        chosen = [index for index, is_on in enumerate(on) if is_on] or [row.index(max(row))]
        said += [Statement("intent", INTENTS[i], score=round(row[i], 3), why="linear") for i in chosen]
