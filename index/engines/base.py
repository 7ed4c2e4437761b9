"""What an engine is: the contract that ``memory``, ``tantivy`` and Elasticsearch keep alike.

An engine holds a projection of the records that can be thrown away at any time. It knows the largest change
number it has taken (``position``), answers resolved queries with ``seq`` and counts, and never returns bodies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from feedback.errors import EngineError
from feedback.model import Document
from feedback.query import Query

Interval = Literal["day", "week", "month"]
FACETS = (
    "product", "platform", "via", "topic", "top", "sentiment", "intent", "severity", "rating", "version", "device", "os", "region",
    "noise",
)  # fmt: skip
"""Facets that every engine counts. ``topic`` gives leaf ids, ``top`` top-level ids; either may be split by polarity.
``noise`` gives ``exclude`` and ``only``: the value of the filter that selects the item."""

After = tuple[float | int | str, ...]


class IndexDamaged(EngineError):
    """Raised when the physical index cannot be read; whoever holds the lease rebuilds it from the records."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a physical index stands."""

    store_id: str
    """Empty: it belongs to no store yet."""
    position: int
    """Largest change number taken; everything up to it is searchable or refused with a reason."""
    documents: int


@dataclass(frozen=True, slots=True)
class Hit:
    seq: int
    score: float | None = None
    """Only for relevance; never comparable across engines."""


@dataclass(frozen=True, slots=True)
class Hits:
    total: int
    """Exact."""
    hits: tuple[Hit, ...]
    after: After | None = None
    """Where the next page starts; None on the last one."""


@dataclass(frozen=True, slots=True)
class Count:
    value: str
    count: int
    """Items, exact."""
    split: Mapping[str, int] = field(default_factory=dict)
    """For topics: polarity → items."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One bucket of a histogram."""

    start: datetime
    count: int
    keys: tuple[str, ...] = ()
    """Values of the ``by`` facets, outermost first."""


@dataclass(frozen=True, slots=True)
class Refused:
    id: str
    reason: str


class Engine(Protocol):
    name: str

    def state(self) -> State:
        """Raises IndexDamaged."""
        ...

    def write(
        self, documents: Sequence[Document], *, gone: Iterable[int] = (), position: int
    ) -> list[Refused]:
        """Take documents (replacing those of the same ``seq``) and removals, then stand at *position*.

        Durable when it returns; visible at the latest after ``refresh``. A refused document stops nothing.
        ``gone`` wins over a document of the same ``seq``. Raises EngineError before the first ``reset``.
        """
        ...

    def refresh(self) -> None:
        """Make everything written before this call visible to searches of this process."""
        ...

    def reset(self, store_id: str) -> None:
        """Throw everything away and stand at 0 for the records of *store_id*."""
        ...

    def search(self, query: Query, *, limit: int = 20, after: After | None = None) -> Hits:
        """*query* must be resolved. Raises CursorGone when *after* stands on a snapshot that is gone."""
        ...

    def facets(self, query: Query, names: Sequence[str], *, size: int = 50) -> dict[str, tuple[Count, ...]]:
        """Counts per value, each facet's own selection lifted; by count, then value."""
        ...

    def histogram(
        self, query: Query, interval: Interval, zone: ZoneInfo, *, by: Sequence[str] = ()
    ) -> tuple[Cell, ...]:
        """Items per day, week (from Monday) or month of *zone*, split by up to two facets; empty cells left out.

        Ordered by keys, then start. The time is ``at``.
        """
        ...

    def select(self, query: Query) -> list[int]:
        """All matching ``seq``, ascending."""
        ...

    def similar(self, text: str, query: Query, *, limit: int = 20, without: int | None = None) -> Hits:
        """Items sharing the significant bigrams of *text*, most similar first, within the filters of *query*.

        without: The ``seq`` the text was taken from.
        """
        ...

    def close(self) -> None: ...
