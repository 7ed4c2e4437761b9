"""The App Store's public review feed (RSS as JSON): the newest 500 reviews of an app in one storefront.

Addresses are built here and never taken from the feed: its own ``next`` links lead to XML, to inner hosts, and
never end. An empty feed looks the same for an unknown app, for no reviews, past the end and for a soft block;
so emptiness is proved by the documented lookup, which knows how many people rated the app.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.products import Product
from crawlers.source import Context, Manners, Presence, Target, check_status
from feedback.errors import SourceBlocked, SourceChanged
from feedback.ids import name_key, pseudonym
from feedback.model import Follow, Observation, Page, Reject
from feedback.text import join_title

PAGES = 10
PAGE_SIZE = 50
HOST = "https://itunes.apple.com"

Json = dict[str, Any]

_TOO_DEEP = b"RSS page depth is limited"
_FEED_KEYS = frozenset({"author", "entry", "updated", "rights", "title", "icon", "link", "id"})
_PAGE = re.compile(r"/page=(\d+)/")
_AUTHOR_ID = re.compile(r"/id(\d+)")
_CHANGED_HINT = "来源改版了，需要更新解析 the source has changed; crawlers/sources/appstore.py needs mending"


class _Unreadable(Exception):
    """A row that is no review; its text becomes the reason of a reject."""


@dataclass(frozen=True, slots=True)
class AppStore:
    base_url: str = HOST

    name = "appstore"
    platform = "appstore"
    manners = Manners(window=PAGES * PAGE_SIZE)

    def targets(self, product: Product) -> tuple[Target, ...]:
        return tuple(
            Target(product=product.key, key=f"{country}/{app_id}", native_id=app_id, region=country)
            for app_id in product.appstore
            for country in product.countries
        )

    def first(self, target: Target) -> Follow:
        return self._list(target, 1)

    def _list(self, target: Target, page: int) -> Follow:
        path = f"rss/customerreviews/page={page}/id={target.native_id}/sortby=mostrecent/json"
        return Follow(url=f"{self.base_url}/{target.region}/{path}", purpose="list", page=page)

    def parse(
        self,
        body: bytes,
        *,
        url: str,
        status: int,
        headers: Mapping[str, str],
        fetched_at: datetime,
        context: Context,
    ) -> Page:
        check_status(status, headers)
        if _TOO_DEEP in body[:200]:  # the store's own words for "past the end"
            return Page(url=url, fetched_at=fetched_at, status=status)
        rows = list(_rows(_feed(body, status)))
        observations, rejects = [], []
        for number, row in enumerate(rows, 1):
            try:
                observations.append(_review(row, context, fetched_at=fetched_at, via=self.name))
            except _Unreadable as error:
                rejects.append(Reject(reason=str(error), position=f"entry {number}"))
        if rows and not observations:
            raise _changed(
                f"{len(rows)} 条里没有一条读得出 none of {len(rows)} rows is a review: {rejects[0].reason}"
            )
        page = _page_number(url)
        follow = (self._list(context.target, page + 1),) if page < PAGES else ()
        return Page(
            url=url,
            fetched_at=fetched_at,
            status=status,
            observations=tuple(observations),
            rejects=tuple(rejects),
            follow=follow,
            listed=len(rows),
        )

    def proof(self, target: Target) -> Follow | None:
        url = f"{self.base_url}/lookup?id={target.native_id}&country={target.region}"
        return Follow(url=url, purpose="proof")

    def presence(self, body: bytes, *, url: str, status: int, headers: Mapping[str, str]) -> Presence:
        check_status(status, headers)
        answer = _json(body, status)
        results = answer.get("results")
        if not isinstance(results, list) or "resultCount" not in answer:
            raise _changed("lookup 的回应缺 results the lookup answer has no results")
        if not results:
            return Presence(exists=False)
        ratings = results[0].get("userRatingCount") if isinstance(results[0], dict) else None
        if type(ratings) is not int:
            raise _changed("lookup 的回应缺 userRatingCount the lookup answer has no userRatingCount")
        return Presence(exists=True, ratings=ratings)


def _changed(what: str) -> SourceChanged:
    return SourceChanged(f"App Store: {what}", hint=_CHANGED_HINT)


def _page_number(url: str) -> int:
    match = _PAGE.search(url)
    return int(match[1]) if match else 1


def _json(body: bytes, status: int) -> Json:
    """The answer's object. Raises SourceBlocked for a page made for people, SourceChanged for anything else."""
    start = body.lstrip()[:200].lower()
    if start.startswith(b"<") and not start.startswith(b"<?xml"):
        raise SourceBlocked(
            f"App Store: 回了一个网页而不是数据 answered with a web page instead of data (HTTP {status})",
            hint="多半是验证页 most likely a wall; open the address in a browser",
        )
    if start.startswith(b"<"):
        raise _changed("回了 XML 而不是 JSON answered XML instead of JSON")
    if status != 200:
        raise _changed(f"没料到的 unexpected HTTP {status}")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise _changed(f"不是 JSON is no JSON ({len(body)} bytes)") from error
    if not isinstance(answer, dict):
        raise _changed(f"应为对象 should be an object, is {type(answer).__name__}")
    return answer


def _feed(body: bytes, status: int) -> Json:
    feed = _json(body, status).get("feed")
    if not isinstance(feed, dict) or not feed.keys() >= {"id", "link"}:
        raise _changed("回应里没有 feed the answer holds no feed")
    return feed


def _rows(feed: Json) -> Iterator[Json]:
    """The rows that should be reviews. The store sends a list, a bare object for a single row, nothing for none."""
    entry = feed.get("entry", [])
    strange = sorted(feed.keys() - _FEED_KEYS)
    if "entry" not in feed and strange:
        raise _changed(f"没有 entry，却有 has no entry but {', '.join(strange)}")
    rows = entry if isinstance(entry, list) else [entry]
    for row in rows:
        if not isinstance(row, dict):
            raise _changed(f"entry 里应为对象 holds a {type(row).__name__} where an object should be")
        if "im:name" not in row or "im:rating" in row:  # until 2015 the first row was the app itself
            yield row


def _review(row: Json, context: Context, *, fetched_at: datetime, via: str) -> Observation:
    target = context.target
    native_id = _label(row, "id")
    if not re.fullmatch(r"\d{1,20}", native_id):
        raise _Unreadable("没有数字 id no numeric id")
    if "content" not in row:
        raise _Unreadable("没有 content no content")
    votes = {"likes": _count(row, "im:voteSum"), "votes": _count(row, "im:voteCount")}
    author, nickname = _author(row)
    return Observation(
        id=f"appstore:{target.region}:{native_id}",
        platform="appstore",
        via=via,
        region=target.region,
        author=pseudonym(context.salt, "appstore", native_id=author, name=nickname),
        name_key=name_key(context.salt, "appstore", nickname),
        rating=_rating(row),
        app_version=_label(row, "im:version").strip() or None,
        url=f"https://apps.apple.com/{target.region}/app/id{target.native_id}",
        metrics={name: count for name, count in votes.items() if count is not None},
        text=join_title(_label(row, "title"), _label(row, "content")),
        edited_at=_updated(row),
        matches=(context.match(via),),
        seen_at=fetched_at,
    )


def _label(row: Any, name: str) -> str:
    """``row[name]["label"]``; every value of the feed stands so, as a string."""
    value = row.get(name) if isinstance(row, dict) else None
    label = value.get("label") if isinstance(value, dict) else None
    return label if isinstance(label, str) else ""


def _author(row: Json) -> tuple[str | None, str | None]:
    """The reviewer's number, out of the address of the profile, and nickname."""
    match = _AUTHOR_ID.search(_label(row.get("author"), "uri"))
    return match[1] if match else None, _label(row.get("author"), "name") or None


def _rating(row: Json) -> int:
    said = _label(row, "im:rating")
    if said not in ("1", "2", "3", "4", "5"):
        raise _Unreadable(f"评分 rating {said[:20]!r}, 1 … 5")
    return int(said)


def _count(row: Json, name: str) -> int | None:
    said = _label(row, name)
    return int(said) if re.fullmatch(r"\d{1,9}", said, re.ASCII) else None


def _updated(row: Json) -> datetime | None:
    """When the review was last written; the store shows no other time. Feeds before the middle of 2021 had none."""
    said = _label(row, "updated")
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise _Unreadable(f"时间 time {said[:40]!r}") from None
    if at.tzinfo is None:
        raise _Unreadable(f"时间没有时区 time without zone {said[:40]!r}")
    return at
