"""Topics that people may mean by their words: leaves far more frequent among the hits than overall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from feedback.taxonomy import Taxonomy

LEAST_HITS = 3
_LEAST_LIFT = 1.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    topic: str
    name: str
    count: int
    """Hits that have it."""
    lift: float
    """How many times more frequent it is among the hits than overall."""


def enriched(
    among: Mapping[str, int], hits: int, overall: Mapping[str, int], items: int, *, taxonomy: Taxonomy
) -> Iterable[Suggestion]:
    """Leaves of at least ``LEAST_HITS`` hits whose share is well above that of all items; strongest first."""
    found = []
    for topic, count in among.items():
        share = overall.get(topic, 0) / items if items else 0.0
        lift = count / hits / share if share else 0.0
        if count >= LEAST_HITS and lift >= _LEAST_LIFT:
            found.append(Suggestion(topic, taxonomy.name(topic), count, round(lift, 2)))
    return sorted(found, key=lambda one: (-one.count * log(one.lift), one.topic))
