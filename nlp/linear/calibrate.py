"""From raw columns to probabilities and thresholds, on the texts kept for choices. Training only.

All of it is linear in the columns, so it disappears into weights and biases: serving pays nothing for it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

PRIOR = 20.0
"""How firmly a column's own calibration is held to that of its group, in texts."""
GRID = np.arange(0.1, 0.75, 0.01)
ROUNDS = 30


def blend(
    logits: Doubles, targets: Bools, *, strength: float, emphasis: Sequence[float] | None = None
) -> tuple[Doubles, Doubles]:
    """[columns, classes] and biases that turn all columns into those of one choice among classes.

    A text is both praised and blamed where the columns of pos and of complaint are high: a column alone
    cannot know that. A class without an example keeps no weight and a hopeless bias.
    emphasis: How much an example of each class counts, 1 by default.
    """
    seen = np.flatnonzero(targets.any(axis=0))
    mixing, bias = np.zeros((logits.shape[1], targets.shape[1])), np.full(targets.shape[1], -12.0)
    if len(seen) < 2:
        bias[seen] = 0.0
        return mixing, bias
    counts = dict(enumerate(emphasis)) if emphasis else {}
    learner = LogisticRegression(
        C=strength, max_iter=5_000, class_weight={int(each): counts.get(int(each), 1.0) for each in seen}
    ).fit(logits, targets.argmax(axis=1))
    # scikit-learn keeps one column where there are two classes.
    sides = [np.vstack([-one, one]) / 2 if len(seen) == 2 else one for one in _fitted(learner)]
    mixing[:, seen], bias[seen] = sides[0].T, sides[1].ravel()
    return mixing, bias


def _fitted(learner: LogisticRegression) -> tuple[Doubles, Doubles]:
    return learner.coef_, learner.intercept_[:, np.newaxis]


def calibration(inputs: Doubles, targets: Bools) -> Doubles:
    """[inputs + 1, columns]: slopes and an offset that make each column's inputs a probability's logit.

    inputs: [inputs, texts, columns]. A column is held to the line of the whole group by PRIOR, for a rare
    topic has a handful of examples here.
    """
    known, columns = len(inputs), targets.shape[1]
    start = np.append(np.full(known, 1 / known), 0.0)
    shared = _line(inputs.reshape(known, -1), targets.ravel(), toward=start, firmness=1.0)
    lines = [
        _line(inputs[:, :, column], targets[:, column], toward=shared, firmness=PRIOR)
        for column in range(columns)
    ]
    fitted = np.array(lines).T
    fitted[:-1] = np.maximum(fitted[:-1], 0)
    return fitted


def _line(inputs: Doubles, target: Bools, *, toward: Doubles, firmness: float) -> Doubles:
    """Logistic regression on few inputs by Newton's method, drawn towards a line already known."""
    known = np.vstack([inputs, np.ones(inputs.shape[1])])
    line = toward.copy()
    for _ in range(ROUNDS):
        chance = expit(line @ known)
        gradient = known @ (chance - target) + firmness * (line - toward)
        curvature = (known * (chance * (1 - chance))) @ known.T + firmness * np.eye(len(line))
        line = line - np.clip(np.linalg.solve(curvature, gradient), -1, 1)
    return line


def one_threshold(chances: Doubles, targets: Bools) -> float:
    """The probability from which on saying a label gives the best F1 over all columns together."""
    return float(max(GRID, key=lambda edge: f1(chances >= edge, targets)))


def thresholds(chances: Doubles, targets: Bools, *, enough: int) -> Doubles:
    """The best F1 threshold of each column; for one with fewer than *enough* examples, of all of them together."""
    shared = one_threshold(chances, targets)
    return np.array(
        [
            one_threshold(chances[:, [column]], targets[:, [column]]) if count >= enough else shared
            for column, count in enumerate(targets.sum(axis=0))
        ]
    )


def f1(said: Bools, true: Bools) -> float:
    """Of all cells together (micro); 0 where there is nothing to find and nothing said."""
    both = float((said & true).sum())
    return 2 * both / max(1.0, float(said.sum() + true.sum()))
