"""Records with something in them, for what stands on records and an engine."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedback.model import Match, Observation, Page, Tag
from index.records import Records
from index.records.types import Done
from tests.contracts.engine_world import NOON

SALT = b"a salt for tests only"


def opened_records(directory: Path) -> Records:
    return Records.open(directory / "huisheng.db", salt=SALT)


def said(number: int, text: str, *, product: str = "notes", **fields: Any) -> Observation:
    """What was said *number* minutes after noon, under the id appstore:cn:<number>."""
    fields.setdefault("published_at", NOON + timedelta(minutes=number))
    record = {"id": f"appstore:cn:{number}", "platform": "appstore", "via": "appstore", "text": text}
    match = Match(product=product, target="t", via="appstore")
    return Observation.model_validate(record | {"matches": (match,), "seen_at": NOON} | fields)


def put(records: Records, *observations: Observation, at: datetime = NOON) -> tuple[str, ...]:
    """Store a page; returns the ids."""
    return records.put(Page(url="https://example.org", fetched_at=at, observations=observations)).ids


def tag(records: Records, tags: Mapping[str, Sequence[Tag]] | None = None) -> int:
    """Tag all that is due: these tags by id, else none."""
    records.adopt_empty({"": "pipeline"})
    done = [
        Done(work.seq, work.key, tags=tuple((tags or {}).get(work.document.feedback.id, ())))
        for work in records.due(limit=10_000)
    ]
    return records.write(done).tagged


def filled_records(directory: Path, *texts: str) -> Records:
    """Tagged items with these texts, numbered from 1."""
    records = opened_records(directory)
    put(records, *(said(number, text) for number, text in enumerate(texts, 1)))
    assert tag(records) == len(texts)
    return records
