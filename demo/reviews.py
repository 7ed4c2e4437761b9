"""Owns the written reviews: how they are read, and what one of them looks like at an instant.

The texts lie in `texts/*.jsonl`, one review a line. Every person, number and address in them is invented.
The real store keeps one review per person and app; here a few people come back with a second one, so that it
shows whether they are counted once.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

_VOTING_TIME = timedelta(days=5)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A later wording by the same author; what is None stays as it was."""

    at: datetime
    rating: int | None = None
    title: str | None = None
    text: str | None = None
    version: str | None = None


@dataclass(frozen=True, kw_only=True)
class Review:
    id: str
    app: str
    storefront: str
    at: datetime
    """When it was written, or last edited once an edit is applied: the store shows no other time."""
    rating: int
    title: str
    text: str
    author: str
    author_id: str
    version: str
    votes: tuple[int, int]
    """(found helpful, voted)"""
    edits: tuple[Edit, ...] = ()
    deleted_at: datetime | None = None
    note: str = ""
    """Why this review is part of the demo; the store never shows it."""

    def seen_at(self, now: datetime) -> "Review | None":
        """This review as the store shows it at `now`; None before it is written and after it is deleted."""
        if now < self.at or (self.deleted_at is not None and now >= self.deleted_at):
            return None
        seen = replace(self, votes=_votes_so_far(self.votes, now - self.at))
        for edit in self.edits:
            if edit.at <= now:
                seen = _apply(seen, edit)
        return seen


def _apply(review: Review, edit: Edit) -> Review:
    return replace(
        review,
        at=edit.at,
        rating=review.rating if edit.rating is None else edit.rating,
        title=review.title if edit.title is None else edit.title,
        text=review.text if edit.text is None else edit.text,
        version=review.version if edit.version is None else edit.version,
    )


def _votes_so_far(votes: tuple[int, int], age: timedelta) -> tuple[int, int]:
    share = min(1.0, age / _VOTING_TIME)
    return int(votes[0] * share), int(votes[1] * share)


def parse_review(line: str) -> Review:
    """One line of a `texts/*.jsonl` file."""
    cells: dict[str, Any] = json.loads(line)
    edits = tuple(
        Edit(**{**edit, "at": datetime.fromisoformat(edit["at"])}) for edit in cells.pop("edits", ())
    )
    deleted_at = cells.pop("deleted_at", None)
    return Review(
        **{**cells, "at": datetime.fromisoformat(cells["at"]), "votes": tuple(cells["votes"])},
        edits=edits,
        deleted_at=datetime.fromisoformat(deleted_at) if deleted_at else None,
    )


@cache
def written_reviews() -> tuple[Review, ...]:
    """All reviews that ship with the demo, oldest first."""
    texts = sorted(files("demo").joinpath("texts").iterdir(), key=lambda text: text.name)
    lines = [line for text in texts for line in text.read_text(encoding="utf-8").splitlines()]
    return tuple(sorted(map(parse_review, lines), key=lambda review: (review.at, review.id)))
