"""Builders for tests of the records: observations, pages, work done. Times count in days from one Sunday in 2026."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feedback.model import Document, Match, Observation, Page, Receipt, Tag
from index.records import Done, Records, Written
from index.records.types import Signature

SALT = b"s" * 32
DAY = timedelta(days=1)
T0 = datetime(2026, 11, 1, 8, tzinfo=UTC)
LAG = Tag(facet="topic", label="lag", polarity="neg", start=0, end=1, why="test")


def day(number: float) -> datetime:
    return T0 + number * DAY


def seen(native: int | str = 1, text: str | None = "一直闪退，没法用", **fields: Any) -> Observation:
    """What a source saw of ``appstore:cn:<native>``; ``said`` and ``at`` are days after T0."""
    said, at = fields.pop("said", 0), fields.pop("at", 1)
    product, via = fields.pop("product", "luling"), fields.pop("via", "rss")
    known = {"id": f"appstore:cn:{native}", "platform": "appstore", "region": "cn", "via": via, "text": text}
    known |= {"author": f"author{native}", "published_at": None if said is None else day(said)}
    known |= {"seen_at": day(at), "matches": (Match(product=product, target="cn:1", via=via),)}
    return Observation.model_validate(known | fields)


def named(native: int | str = 1, text: str = "一直闪退，没法用", **fields: Any) -> Observation:
    """With a nickname: it may be the twin of another one."""
    return seen(native, text, **({"author": "a-zhang", "name_key": "n-zhang", "rating": 1} | fields))


def page(*observations: Observation, at: float = 1) -> Page:
    return Page(url="https://example.org/1", fetched_at=day(at), observations=observations)


def put(records: Records, *observations: Observation, **terms: Any) -> Receipt:
    return records.put(page(*observations), **terms)


def counts(receipt: Receipt) -> dict[str, int]:
    return {name: n for name, n in receipt.model_dump(exclude={"ids"}).items() if n}


def tag(
    records: Records, tags: Iterable[Tag] = (LAG,), *, limit: int = 10_000, sketch: bytes = b""
) -> Written:
    """Everything that is due gets *tags*; with *sketch* also a signature, the same for all."""
    signature = Signature(sketch, (1, 2)) if sketch else None
    return records.write([Done(one.seq, one.key, tuple(tags), signature) for one in records.due(limit)])


def get(records: Records, native: int | str = 1, **how: bool) -> Document:
    found = records.get(f"appstore:cn:{native}", **how)
    assert found is not None
    return found


def bytes_in(folder: Path, *needles: str) -> dict[str, list[str]]:
    """Which files hold which of *needles*, whatever stands around them."""
    return {
        needle: [
            file.name
            for file in sorted(folder.rglob("*"))
            if file.is_file() and needle.encode() in file.read_bytes()
        ]
        for needle in needles
    }
