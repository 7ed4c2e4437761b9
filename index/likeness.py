"""Which tokens of a text say what it is about, for finding texts like it."""

from collections.abc import Callable, Iterable
from math import ceil, log

MOST_TOKENS = 20
_SHARE = 0.3
"""Of the significant tokens, this share must be in a similar text."""


def significant(
    tokens: Iterable[str], frequency: Callable[[str], int], *, documents: int, least: int
) -> dict[str, float]:
    """The rarest tokens that at least *least* documents hold, each with its weight (idf).

    least: 2 where the text itself is in the index: what it alone has finds only itself.
    """
    counts = {token: frequency(token) for token in tokens}
    weights = {
        token: log(1 + (max(documents - count, 0) + 0.5) / (count + 0.5))
        for token, count in counts.items()
        if count >= least
    }
    heaviest = sorted(weights, key=lambda token: (-weights[token], token))[:MOST_TOKENS]
    return {token: weights[token] for token in heaviest}


def enough(weights: dict[str, float]) -> int:
    """How many of the significant tokens a similar text shares."""
    return ceil(len(weights) * _SHARE)
