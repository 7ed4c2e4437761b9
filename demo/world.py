"""Owns what the store shows at an instant: a pure function of the reviews, the listings and `now`.

Never reads a clock, never speaks HTTP, never leaves anything to chance: the same `now` shows the same pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from demo.apps import LISTINGS, Listing, Release
from demo.reviews import Review, written_reviews

PAGES = 10
"""The store never shows more pages than this."""
_WEDNESDAY = 2
# Most people leave stars and no words: each written review stands for this many ratings.
_RATINGS_PER_REVIEW = 17


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One page of reviews as the store shows it."""

    reviews: tuple[Review, ...]
    built_at: datetime
    pages: int
    """Pages that have rows: 0 when there is nothing to show at all."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a lookup says about an app in one storefront."""

    listing: Listing
    storefront: str
    release: Release
    ratings: int
    mean: float
    release_ratings: int
    release_mean: float


@dataclass(frozen=True, kw_only=True)
class World:
    reviews: tuple[Review, ...]
    listings: tuple[Listing, ...] = LISTINGS
    page_size: int = 50
    stale_hours: float = 26
    """On Wednesdays (UTC) the first page is a copy this old, as a delivery network keeps one; 0 = never."""

    def shown(self, now: datetime, *, appstore_id: str, storefront: str) -> tuple[Review, ...]:
        """Every review on show, the newest edit first, as many as the store's window holds."""
        key = next((each.app.key for each in self.listings if each.app.appstore_id == appstore_id), None)
        mine = (each for each in self.reviews if each.app == key and each.storefront == storefront)
        seen = [review for each in mine if (review := each.seen_at(now))]
        seen.sort(key=lambda review: (review.at, review.id), reverse=True)
        return tuple(seen[: PAGES * self.page_size])

    def feed(
        self, now: datetime, *, appstore_id: str, storefront: str, page: int, age: timedelta | None = None
    ) -> Feed:
        """Page `page` (from 1). `age` makes it a copy that old; left out, the world's own habit decides."""
        built_at = now - (self.copy_age(now, page=page) if age is None else age)
        rows = self.shown(built_at, appstore_id=appstore_id, storefront=storefront)
        start = (page - 1) * self.page_size
        return Feed(
            reviews=rows[start : start + self.page_size],
            built_at=built_at,
            pages=-(-len(rows) // self.page_size),
        )

    def copy_age(self, now: datetime, *, page: int) -> timedelta:
        """How old the copy of a page is that the delivery network hands out at `now`."""
        is_stale = page == 1 and now.weekday() == _WEDNESDAY
        return timedelta(hours=self.stale_hours if is_stale else 0)

    def standing(self, now: datetime, *, app: str, storefront: str) -> Standing | None:
        """What the store says of `app` (its store id or bundle id); None where it is not sold."""
        listing = next(
            (each for each in self.listings if app in (each.app.appstore_id, each.bundle_id)), None
        )
        if listing is None or storefront not in listing.ratings or now < listing.released_at:
            return None
        past = [release for release in listing.releases if release.at <= now]
        release = past[-1] if past else listing.releases[0]
        shown = self.shown(now, appstore_id=listing.app.appstore_id, storefront=storefront)
        base, base_mean = listing.ratings[storefront]
        ratings, mean = _rated(shown, base=base, base_mean=base_mean)
        current = [review for review in shown if review.version == release.version]
        release_ratings, release_mean = _rated(current, base=0, base_mean=0.0)
        return Standing(
            listing=listing,
            storefront=storefront,
            release=release,
            ratings=ratings,
            mean=mean,
            release_ratings=release_ratings,
            release_mean=release_mean,
        )


def _rated(reviews: Sequence[Review], *, base: int, base_mean: float) -> tuple[int, float]:
    """The number of ratings and their mean, with `base` earlier ratings of mean `base_mean`."""
    if not reviews:
        return base, base_mean
    fresh = len(reviews) * _RATINGS_PER_REVIEW
    total = base * base_mean + fresh * fmean(review.rating for review in reviews)
    return base + fresh, round(total / (base + fresh), 5)


def demo_world(*, page_size: int = 50, stale_hours: float = 26) -> World:
    """The world with the reviews that ship with the demo."""
    return World(reviews=written_reviews(), page_size=page_size, stale_hours=stale_hours)
