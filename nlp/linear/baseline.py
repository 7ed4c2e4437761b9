"""What the linear model must not fall behind: scikit-learn's character TF-IDF and logistic regression.

Character 1–4-grams, sublinear, one regression a column, the same split; one threshold for all topics.
Never shipped: trained only to stand beside the model in its card.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer

from feedback.model import INTENTS
from nlp.linear.calibrate import Doubles, one_threshold
from nlp.linear.examples import Examples
from nlp.linear.features import Sparse, letterless, read
from nlp.linear.fit import fit_columns
from nlp.linear.model import Scores, decided
from nlp.linear.weights import HEADS, columns

STRENGTH = 10.0


class Baseline:
    def __init__(self, vectorizer: Any, fitted: tuple[Doubles, Doubles], leaves: int) -> None:
        self._vectorizer = vectorizer
        self._fitted = fitted
        self._intent_from = np.full(len(INTENTS), 0.5, np.float32)
        self.topic_from = np.full(leaves, 0.5, np.float32)

    def scores(self, texts: Sequence[str]) -> Scores:
        matrix, bias = self._fitted
        logits = (self._rows(texts) @ matrix + bias).astype(np.float32)
        return decided(
            logits, letterless(read(texts)), intent_from=self._intent_from, topic_from=self.topic_from
        )

    def _rows(self, texts: Sequence[str]) -> Sparse:
        return csr_array(self._vectorizer.transform(texts))


def train_baseline(examples: Examples, *, jobs: int) -> Baseline:
    learnt, choice = examples.of_side("train"), examples.of_side("choice")
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    rows = csr_array(vectorizer.fit_transform(learnt.texts))
    no_polarity = np.zeros((len(learnt.rows), HEADS["polarity"]), np.bool_)
    targets = np.hstack([learnt.sentiment, learnt.intents, learnt.severity, no_polarity, learnt.topics])
    fitted = fit_columns(rows, targets, strength=STRENGTH, seed=0, jobs=jobs)
    model = Baseline(vectorizer, fitted, len(examples.leaves))
    logits = vectorizer.transform(choice.texts) @ fitted[0] + fitted[1]
    model.topic_from[:] = one_threshold(expit(logits[:, columns("topics")]), choice.topics)
    return model
