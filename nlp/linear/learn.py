"""From labelled texts to weights: vocabulary, regressions, calibration. Training only; reads and writes no file.

What is fitted to the texts of the training side and what is chosen by those of the choice side stay apart.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import vstack
from scipy.special import expit

from feedback.errors import UsageError
from feedback.taxonomy import Taxonomy
from nlp.linear.calibrate import Doubles, blend, calibration, one_threshold, thresholds
from nlp.linear.examples import Examples, evidence, lexicon
from nlp.linear.features import CHUNK, Bools, Floats, Sparse, Vocabulary, bucket_counts, read
from nlp.linear.fit import fit_columns
from nlp.linear.model import best_clause
from nlp.linear.weights import Weights, columns

MIN_TEXTS = 3
"""N-grams of fewer texts are left out."""
RARITY_POWER = 0.5
"""Half of the usual idf: a common bigram tells more of a topic than a rare 4-gram seen by chance."""
TOPIC_STRENGTH = 40.0
HEAD_STRENGTH = 20.0
SEVERITY_STRENGTH = 5.0
SNIPPET_WEIGHT = 0.5
"""Of a piece of evidence or a trigger against a whole text."""
BLEND_STRENGTH = 1.0
SENTIMENT_EMPHASIS = (1.0, 1.3, 1.0, 1.5)
"""neu and mix are rare and easily drowned: .1 points of accuracy buy 1.2 points of mean F1."""
INTENT_EXAMPLES = 10
"""An intent with fewer examples among the choices shares the threshold of all."""


class Columns(NamedTuple):
    """What regressions found: weights [n-grams, columns] and biases."""

    matrix: Doubles
    bias: Doubles


class Learner(NamedTuple):
    vocabulary: Vocabulary
    seed: int
    jobs: int

    def rows(self, texts: Sequence[str]) -> Sparse:
        starts = range(0, len(texts), CHUNK)
        return vstack(
            [self.vocabulary.matrix(read(texts[start : start + CHUNK])) for start in starts], format="csr"
        )

    def topics(self, learnt: Examples, taxonomy: Taxonomy) -> Columns:
        """From whole texts, from the evidence quoted in them and from the taxonomy's own words."""
        snippets = [part for part in (evidence(learnt), lexicon(taxonomy, learnt.leaves)) if part.texts]
        rows = [self.rows(learnt.texts), *(self.rows(part.texts) for part in snippets)]
        targets = np.vstack([learnt.topics, *(part.topics for part in snippets)])
        weights = np.full(len(targets), SNIPPET_WEIGHT)
        weights[: len(learnt.rows)] = 1
        fitted = fit_columns(
            vstack(rows, format="csr"),
            targets,
            strength=TOPIC_STRENGTH,
            weights=weights,
            seed=self.seed,
            jobs=self.jobs,
        )
        return Columns(*fitted)

    def heads(self, learnt: Examples) -> Columns:
        rows, quoted = self.rows(learnt.texts), evidence(learnt)
        parts = (
            self._fitted(rows, np.hstack([learnt.sentiment, learnt.intents]), HEAD_STRENGTH),
            self._fitted(rows, learnt.severity, SEVERITY_STRENGTH),
            self._fitted(self.rows(quoted.texts), quoted.polarity, HEAD_STRENGTH),
        )
        return Columns(
            np.hstack([part.matrix for part in parts]), np.concatenate([part.bias for part in parts])
        )

    def _fitted(self, rows: Sparse, targets: Bools, strength: float) -> Columns:
        return Columns(*fit_columns(rows, targets, strength=strength, seed=self.seed, jobs=self.jobs))


def train(examples: Examples, taxonomy: Taxonomy, *, seed: int, jobs: int = 1) -> Weights:
    """The weights that *examples* teach, calibrated. Raises UsageError if a side of the split is empty."""
    learnt, choice = examples.of_side("train"), examples.of_side("choice")
    if not learnt.rows or not choice.rows:
        raise UsageError(
            f"标注太少 too few labels: {len(learnt.rows)} to train on, {len(choice.rows)} to choose by",
            hint="至少几百条 some hundreds at least",
        )
    learner = Learner(vocabulary_of(learnt.texts), seed, jobs)
    return calibrated(learner, learner.heads(learnt), learner.topics(learnt, taxonomy), choice)


def vocabulary_of(texts: Sequence[str]) -> Vocabulary:
    counts = bucket_counts(texts)
    buckets = np.flatnonzero(counts >= MIN_TEXTS)
    rarity = (np.log((1 + len(texts)) / (1 + counts[buckets])) + 1) ** RARITY_POWER
    return Vocabulary(buckets, rarity.astype(np.float32))


def calibrated(learner: Learner, heads: Columns, topics: Columns, choice: Examples) -> Weights:
    """Fold blends and calibrations into weights and biases; thresholds remain."""
    rows = learner.rows(choice.texts)
    heads, intent_from = _calibrated_heads(heads, rows @ heads.matrix + heads.bias, choice)
    whole = (rows @ topics.matrix).astype(np.float32)
    clause = best_clause(learner.vocabulary, topics.matrix.astype(np.float32), read(choice.texts), whole)
    known = np.stack([whole, clause]) + topics.bias
    lines = calibration(known, choice.topics)
    chances = expit(known[0] * lines[0] + known[1] * lines[1] + lines[2])
    edge = one_threshold(chances, choice.topics)
    return Weights(
        vocabulary=learner.vocabulary,
        heads=_single(heads.matrix),
        topics=_single(topics.matrix),
        text_share=_single(lines[0]),
        clause_share=_single(lines[1]),
        bias=_single(np.concatenate([heads.bias, topics.bias * lines[:2].sum(axis=0) + lines[2]])),
        leaves=choice.leaves,
        intent_from=intent_from,
        # Calibrated chances want one threshold; one a leaf, tried by halves, lost .3 to 1.4 points.
        topic_from=np.full(len(choice.leaves), edge, np.float32),
    )


def _calibrated_heads(raw: Columns, logits: Doubles, choice: Examples) -> tuple[Columns, Floats]:
    """Severity stays as fitted: every blend tried was worse where it had not been chosen."""
    matrix, bias = raw.matrix.copy(), raw.bias.copy()
    mixing, offset = blend(logits, choice.sentiment, strength=BLEND_STRENGTH, emphasis=SENTIMENT_EMPHASIS)
    mood = columns("sentiment")
    matrix[:, mood], bias[mood] = raw.matrix @ mixing, raw.bias @ mixing + offset
    part = columns("intents")
    slopes, offsets = calibration(logits[np.newaxis, :, part], choice.intents)
    matrix[:, part] *= slopes
    bias[part] = bias[part] * slopes + offsets
    chances = expit(logits[:, part] * slopes + offsets)
    return Columns(matrix, bias), _single(thresholds(chances, choice.intents, enough=INTENT_EXAMPLES))


def _single(numbers: Doubles) -> Floats:
    return numbers.astype(np.float32)
