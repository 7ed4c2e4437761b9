"""Logistic regression, one column after the other. Training only: needs scikit-learn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression

from nlp.linear.features import Sparse

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = -12.0
"""Bias of a column without a single example."""


def fit_columns(
    rows: Sparse, targets: Bools, *, strength: float, weights: Doubles | None = None, seed: int, jobs: int
) -> tuple[Doubles, Doubles]:
    """Weights [features, columns] and biases. *strength*: inverse of the regularisation (scikit-learn's C)."""
    wide = rows.astype(np.float64)
    fitted = Parallel(n_jobs=jobs, max_nbytes=None)(
        delayed(_fit_column)(wide, target, strength, weights, seed) for target in _columns(targets)
    )
    return np.stack([weight for weight, _ in fitted], axis=1), np.array([bias for _, bias in fitted])


def _columns(targets: Bools) -> Iterator[Bools]:
    for column in range(targets.shape[1]):
        yield targets[:, column]


def _fit_column(
    rows: Any, target: Bools, strength: float, weights: Doubles | None, seed: int
) -> tuple[Doubles, float]:
    if target.all() or not target.any():
        return np.zeros(rows.shape[1]), -NEVER if target.all() else NEVER
    learner = LogisticRegression(
        solver="liblinear", dual=True, C=strength, tol=0.01, max_iter=100, random_state=seed
    )
    learner.fit(rows, target, sample_weight=weights)
    return learner.coef_[0], float(learner.intercept_[0])
