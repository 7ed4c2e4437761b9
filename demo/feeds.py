"""Owns the JSON that the store answers with, and its known oddities. Never decides what is on show."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from demo.reviews import Review
from demo.world import PAGES, Feed, Standing

Json = dict[str, Any]

# The store writes this offset all year, summer time or not.
_STORE_ZONE = timezone(timedelta(hours=-7))
_HOST = "https://itunes.apple.com"
_INNER_HOST = "https://mzstoreservices-int-st.itunes.apple.com"


def feed_json(feed: Feed, *, appstore_id: str, storefront: str, page: int) -> Json:
    """A page of reviews: `entry` is a list, a bare object for a single review, and absent for none."""
    entries = [entry_json(review, appstore_id=appstore_id) for review in feed.reviews]
    tail = f"/customerreviews/page={page}/id={appstore_id}/sortby=mostrecent/json"
    own = f"{_INNER_HOST}/rss{tail}?cc={storefront}"
    body: Json = {"author": {"name": _label("iTunes Store"), "uri": _label("http://www.apple.com/itunes/")}}
    if entries:
        body["entry"] = entries[0] if len(entries) == 1 else entries
    body |= {
        "updated": _label(_store_time(feed.built_at)),
        "rights": _label("Copyright 2008 Apple Inc."),
        "title": _label("iTunes Store: Customer Reviews"),
        "icon": _label("http://itunes.apple.com/favicon.ico"),
        "link": _links(feed, appstore_id=appstore_id, storefront=storefront, page=page, own=own),
        "id": _label(own),
    }
    return {"feed": body}


def entry_json(review: Review, *, appstore_id: str) -> Json:
    shop = f"{_HOST}/{review.storefront}"
    return {
        "author": {
            "uri": _label(f"{shop}/reviews/id{review.author_id}"),
            "name": _label(review.author),
            "label": "",
        },
        "updated": _label(_store_time(review.at)),
        "im:rating": _label(str(review.rating)),
        "im:version": _label(review.version),
        "id": _label(review.id),
        "title": _label(review.title),
        "content": {"label": review.text, "attributes": {"type": "text"}},
        "link": {
            "attributes": {"rel": "related", "href": f"{shop}/review?id={appstore_id}&type=Purple%20Software"}
        },
        "im:voteSum": _label(str(review.votes[0])),
        "im:contentType": {"attributes": {"term": "Application", "label": "应用程序"}},
        "im:voteCount": _label(str(review.votes[1])),
    }


def _links(feed: Feed, *, appstore_id: str, storefront: str, page: int, own: str) -> list[Json]:
    """The store's own links: `next` never ends and leads to XML, so nobody should follow it."""
    tail = f"/customerreviews/page={page}/id={appstore_id}/sortby=mostrecent/json"

    def href(number: int) -> str:
        if not feed.pages:
            return ""
        path = f"/{storefront}/rss/customerreviews/page={number}/id={appstore_id}/sortby=mostrecent/xml"
        return f"{_HOST}{path}?urlDesc={tail}"

    grouping = f"https://apps.apple.com/WebObjects/MZStore.woa/wa/viewGrouping?cc={storefront}&id=29099"
    alternate = {"rel": "alternate", "type": "text/html", "href": grouping}
    rest = {
        "self": own,
        "first": href(1),
        "last": href(min(max(feed.pages, 1), PAGES)),
        "previous": href(max(page - 1, 1)),
        "next": href(min(page + 1, PAGES)),
    }
    return [{"attributes": alternate}] + [
        {"attributes": {"rel": rel, "href": to}} for rel, to in rest.items()
    ]


def lookup_json(standings: list[Standing]) -> Json:
    results = [_result(standing) for standing in standings]
    return {"resultCount": len(results), "results": results}


def _result(standing: Standing) -> Json:
    listing, release = standing.listing, standing.release
    return {
        "wrapperType": "software",
        "kind": "software",
        "trackId": int(listing.app.appstore_id),
        "bundleId": listing.bundle_id,
        "trackName": listing.app.name,
        "sellerName": listing.seller,
        "artistName": listing.seller,
        "primaryGenreName": listing.genre,
        "genres": [listing.genre],
        "price": 0.0,
        "version": release.version,
        "releaseNotes": release.notes,
        "releaseDate": _zulu(listing.released_at),
        "currentVersionReleaseDate": _zulu(release.at),
        "minimumOsVersion": listing.minimum_os,
        "averageUserRating": standing.mean,
        "userRatingCount": standing.ratings,
        "averageUserRatingForCurrentVersion": standing.release_mean,
        "userRatingCountForCurrentVersion": standing.release_ratings,
        "trackViewUrl": f"https://apps.apple.com/{standing.storefront}/app/id{listing.app.appstore_id}?uo=4",
    }


def _metadata_first(body: Json) -> None:
    """Feeds of 2015 open with a row about the app itself, which has no rating and no author."""
    entry = body["feed"].get("entry", [])
    about = {
        "im:name": _label("App"),
        "rights": _label("© 2015"),
        "im:price": {"label": "获取", "attributes": {"amount": "0.00000", "currency": "CNY"}},
        "title": _label("App - Studio"),
        "id": {"label": f"{_HOST}/cn/app/id0?mt=8&uo=2", "attributes": {"im:id": "0"}},
        "im:contentType": {"attributes": {"term": "Application", "label": "应用程序"}},
        "im:releaseDate": {"label": "2015-09-21T10:10:33-07:00", "attributes": {"label": "2015年9月21日"}},
    }
    body["feed"]["entry"] = [about, *(entry if isinstance(entry, list) else [entry])]


def _without(field: str) -> Callable[[Json], None]:
    """An oddity that drops `field` from the first row of a page."""

    def drop(body: Json) -> None:
        for row in _rows(body)[:1]:
            row.pop(field, None)

    return drop


def _undated(body: Json) -> None:
    """Before the middle of 2021 no row carried a date."""
    for row in _rows(body):
        row.pop("updated", None)


def _rating_in_letters(body: Json) -> None:
    for row in _rows(body)[:1]:
        row["im:rating"] = _label("abc")


ODDITIES: dict[str, Callable[[Json], None]] = {
    "metadata_first": _metadata_first,
    "no_updated": _undated,
    "no_version": _without("im:version"),
    "no_author": _without("author"),
    "bad_rating": _rating_in_letters,
}
"""Shapes seen in real feeds; each changes a page in place."""


def _rows(body: Json) -> list[Json]:
    entry = body["feed"].get("entry", [])
    return entry if isinstance(entry, list) else [entry]


def _label(text: str) -> Json:
    return {"label": text}


def _store_time(at: datetime) -> str:
    return at.astimezone(_STORE_ZONE).isoformat(timespec="seconds")


def _zulu(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
