"""Where days, weeks and months begin in a zone, as unix seconds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from index.engines.base import Interval

_LENGTH = {"day": 86_400, "week": 7 * 86_400}


def edges(interval: Interval, zone: ZoneInfo, since: int, until: int) -> tuple[int, ...]:
    """Starts of the buckets that cover [since, until), and the end of the last. *since* < *until*."""
    return _edges(interval, zone, _day(since, zone), _day(until - 1, zone))


def even_step(interval: Interval, borders: tuple[int, ...]) -> int | None:
    """The length of every bucket, where all are alike: no clock change between them."""
    step = _LENGTH.get(interval)
    return step if step and all(end - start == step for start, end in pairwise(borders)) else None


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(seconds, zone).date()


@lru_cache(maxsize=64)
def _edges(interval: Interval, zone: ZoneInfo, first: date, last: date) -> tuple[int, ...]:
    starts = (int(datetime.combine(day, time(), zone).timestamp()) for day in _days(interval, first, last))
    return tuple(sorted(set(starts)))  # a zone that skipped a day has two days beginning at once


def _days(interval: Interval, first: date, last: date) -> Iterator[date]:
    """The first days of the periods from that of *first* to the one after that of *last*."""
    day = _begin(interval, first)
    while day <= last:
        yield day
        day = _next(interval, day)
    yield day


def _begin(interval: Interval, day: date) -> date:
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def _next(interval: Interval, day: date) -> date:
    if interval == "month":
        return (day + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if interval == "week" else 1)
