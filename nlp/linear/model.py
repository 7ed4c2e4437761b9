"""Loading the linear model and asking it: ``LinearModel.load().scores(texts)``.

Pure numpy and scipy; never trains, never touches the network. A text gets the same numbers in any batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from feedback.model import INTENTS, NOISE_INTENTS, POLARITIES, SENTIMENTS
from nlp.linear.features import CHUNK, Bools, Floats, Stream, Vocabulary, clauses, letterless, read
from nlp.linear.weights import SEVERITIES, Weights, columns, load

__all__ = ["INTENTS", "POLARITIES", "SENTIMENTS", "SEVERITIES", "SHIPPED", "LinearModel", "Scores"]

SHIPPED = Path(__file__).with_name("weights.bin")

_ALONE = np.array([intent in NOISE_INTENTS for intent in INTENTS])
_EMPTY = INTENTS.index("empty")


@dataclass(frozen=True, eq=False)
class Scores:
    """One row a text. Probabilities are float32."""

    sentiment: Floats
    """[n, 4] of SENTIMENTS; a row adds up to 1."""
    intents: Floats
    """[n, 9] of INTENTS, each for itself."""
    severity: Floats
    """[n, 5] of SEVERITIES; a row adds up to 1."""
    topics: Floats
    """[n, leaves], each for itself."""
    topic_on: Bools
    intent_on: Bools
    """At least one a text; advert, irrelevant and empty stand alone."""
    polarity: Floats
    """[n, 1, 3] of POLARITIES: how a topic of this text is meant, whichever it is."""

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        names = [each.name for each in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


class LinearModel:
    def __init__(self, weights: Weights, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.leaves = weights.leaves
        self._weights = weights

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read a weights file, by default the shipped one. Raises ModelError if it cannot be used."""
        return cls(*load(path or SHIPPED))

    def scores(self, texts: Sequence[str]) -> Scores:
        chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)] or [[]]
        return Scores.joined([self._chunk_scores(chunk) for chunk in chunks])

    def _chunk_scores(self, texts: Sequence[str]) -> Scores:
        weights, stream = self._weights, read(texts)
        rows = weights.vocabulary.matrix(stream)
        whole = rows @ weights.topics
        clause = best_clause(weights.vocabulary, weights.topics, stream, whole)
        topics = whole * weights.text_share + clause * weights.clause_share
        logits = np.hstack([rows @ weights.heads, topics]) + weights.bias
        return decided(
            logits, letterless(stream), intent_from=weights.intent_from, topic_from=weights.topic_from
        )


def best_clause(vocabulary: Vocabulary, topics: Floats, stream: Stream, whole: Floats) -> Floats:
    """For every topic what the clause says that speaks for it most; of a text of one clause, the whole."""
    pieces, texts = clauses(stream)
    best = whole.copy()
    if pieces.pieces:
        first = np.flatnonzero(np.diff(texts, prepend=-1))
        best[texts[first]] = np.maximum.reduceat(vocabulary.matrix(pieces) @ topics, first, axis=0)
    return best


def decided(logits: Floats, is_letterless: Bools, *, intent_from: Floats, topic_from: Floats) -> Scores:
    """From the numbers of the columns to probabilities and decisions."""
    intents, topics = expit(logits[:, columns("intents")]), expit(logits[:, columns("topics")])
    intents[is_letterless] = np.arange(len(INTENTS)) == _EMPTY
    topics[is_letterless] = 0
    return Scores(
        sentiment=_shares(logits[:, columns("sentiment")]),
        intents=intents,
        severity=_shares(logits[:, columns("severity")]),
        topics=topics,
        topic_on=topics >= topic_from,
        intent_on=_intents_on(intents / intent_from),
        polarity=_shares(logits[:, columns("polarity")])[:, np.newaxis],
    )


def _shares(logits: Floats) -> Floats:
    """Softmax; the sum is taken column by column, in the same order for any number of rows."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    total = sum((raised[:, column] for column in range(1, raised.shape[1])), start=raised[:, 0])
    shares: Floats = raised / total[:, np.newaxis]
    return shares


def _intents_on(strength: npt.NDArray[np.floating[Any]]) -> Bools:
    """*strength*: probability / threshold. The strongest is always on; alone if it is one of those that stand alone."""
    strongest = strength.argmax(axis=1)
    is_strongest = np.arange(strength.shape[1]) == strongest[:, np.newaxis]
    together = ((strength >= 1) | is_strongest) & ~_ALONE
    on: Bools = np.where(_ALONE[strongest][:, np.newaxis], is_strongest, together)
    return on
