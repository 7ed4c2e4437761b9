"""What the records take and give beside documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from feedback.model import Document, Receipt, Tag


class Lane(IntEnum):
    """Why an item waits for tagging; smaller is served first."""

    FRESH = 0
    CHANGED = 1
    BACKLOG = 2


@dataclass(frozen=True, slots=True)
class Work:
    """One item to tag. ``key`` names exactly the state it was read in."""

    seq: int
    key: str
    document: Document


@dataclass(frozen=True, slots=True)
class Signature:
    """Sketch of a text for finding its near copies."""

    sketch: bytes
    bands: tuple[int, ...]
    """Two texts that share a band value are worth comparing. Each fits a signed 64-bit integer."""


@dataclass(frozen=True, slots=True)
class Done:
    """Result of tagging one item; kept only if the item still is as it was when handed out."""

    seq: int
    key: str
    tags: tuple[Tag, ...] = ()
    signature: Signature | None = None
    error: str = ""
    """Not empty: this try failed; the third failure parks the item with this reason."""


@dataclass(frozen=True, slots=True)
class Written:
    tagged: int = 0
    stale: int = 0
    """The item changed meanwhile: nothing stored, it is due again."""
    failed: int = 0
    parked: int = 0
    change: int = 0
    """The largest change number given."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An item as the duplicate search sees it."""

    seq: int
    author: str | None
    at: datetime
    sketch: bytes
    bands: tuple[int, ...]
    cluster: int | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    seq: int
    id: str
    number: int
    """Its place in the order of changes."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits, and what was given up."""

    lanes: Mapping[Lane, int] = field(default_factory=dict)
    parked: int = 0
    refused: int = 0
    """By an engine."""
    untagged: int = 0
    documents: int = 0
    """Items that count: no alias, not erased."""
    change: int = 0
    """The counter: the number of the latest change."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pipeline that everything should be tagged with."""

    fingerprints: Mapping[str, str]
    """``""`` → base, product → its own leaves."""
    marking: int | None = None
    """While ``tag adopt`` marks the backlog: the seq it has reached."""


@dataclass(frozen=True)
class Terms:
    """Under what conditions a page is taken."""

    salt: bytes
    own: frozenset[str] = frozenset()
    """Products with leaves of their own: a new match with one makes its item due again."""
    live_since: datetime | None = None
    """Set by an incremental run: what was said since then is live, the rest is back-fill."""
    retention: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass
class Tally:
    """What one page did, while it is being done."""

    new: int = 0
    changed: int = 0
    same: int = 0
    erased: int = 0
    expired: int = 0
    aliased: int = 0
    ids: list[str] = field(default_factory=list)
    renumber: list[int] = field(default_factory=list)
    """Rows whose change engines must hear of."""
    leads: dict[str, str] = field(default_factory=dict)
    """Id of a row that turned out to be an item known already → id of the item."""
    gone: list[tuple[int, str]] = field(default_factory=list)
    """Rows, by seq and id, that engines must drop: they speak under another id now."""

    def receipt(self) -> Receipt:
        counts = {
            name: getattr(self, name) for name in ("new", "changed", "same", "erased", "expired", "aliased")
        }
        return Receipt(**counts, ids=tuple(dict.fromkeys(self.ids)))
