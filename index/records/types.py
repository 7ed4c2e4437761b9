"""What the records take and give beside documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from feedback.model import Document, Tag


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
