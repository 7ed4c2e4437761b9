"""Items over time as bars: figures for an SVG without a script, and for the table beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from api.access import Caller
from api.figures import histogram
from api.pages.links import Links
from api.service import Service
from feedback.query import Query
from index.engines.base import Cell, Interval

HEIGHT = 56
STEP = 10
_DAYS_UP_TO = 93
_WEEKS_UP_TO = 750
_MOST_BARS = 130


@dataclass(frozen=True, slots=True)
class Bar:
    start: str
    """First day of the bucket, as people read it."""
    count: int
    negative: int
    x: int
    tall: float
    tall_negative: float
    href: str


@dataclass(frozen=True, slots=True)
class Chart:
    interval: Interval
    bars: tuple[Bar, ...]
    most: int

    @property
    def width(self) -> int:
        return len(self.bars) * STEP


def chart(service: Service, caller: Caller, query: Query, links: Links) -> Chart | None:
    """None when there is nothing to draw. *query* is resolved; *links* hold it as said."""
    since, until = query.span()
    until = until or service.clock()
    if since is None:
        months = histogram(service, caller, query, "month")
        if not months:
            return None
        interval = _interval(months[0].start, until)
    else:
        interval = _interval(since, until)
    cells = histogram(service, caller, query, interval)
    if not cells:
        return None
    split = histogram(service, caller, query, interval, by=("sentiment",))
    negative = {cell.start: cell.count for cell in split if cell.keys == ("neg",)}
    # The silence before the first and after the last item is part of the picture.
    asked = (since or cells[0].start, max(until - timedelta(seconds=1), cells[-1].start))
    return _drawn(interval, cells, negative, asked=asked, zone=service.zone, links=links)


def _interval(since: datetime, until: datetime) -> Interval:
    days = (until - since).days
    return "day" if days <= _DAYS_UP_TO else "week" if days <= _WEEKS_UP_TO else "month"


def _drawn(
    interval: Interval,
    cells: Sequence[Cell],
    negative: Mapping[datetime, int],
    *,
    asked: tuple[datetime, datetime],
    zone: ZoneInfo,
    links: Links,
) -> Chart:
    counts = {cell.start.astimezone(zone).date(): cell for cell in cells}
    first, last = (at.astimezone(zone).date() for at in asked)
    days = _buckets(_bucket_of(first, interval), last, interval)[-_MOST_BARS:]
    most = max(cell.count for cell in cells)
    bars = []
    for place, (day, after) in enumerate(days):
        cell = counts.get(day)
        count, bad = (cell.count, negative.get(cell.start, 0)) if cell else (0, 0)
        bars.append(
            Bar(
                start=day.isoformat(),
                count=count,
                negative=bad,
                x=place * STEP,
                tall=round(count / most * HEIGHT, 1),
                tall_negative=round(bad / most * HEIGHT, 1),
                href=links.having(since=day.isoformat(), until=(after - timedelta(days=1)).isoformat()),
            )
        )
    return Chart(interval, tuple(bars), most)


def _buckets(first: date, last: date, interval: Interval) -> list[tuple[date, date]]:
    """Every bucket from *first* to *last*, the empty ones as well: (its first day, the first day after)."""
    found = []
    while first <= last:
        after = _next(first, interval)
        found.append((first, after))
        first = after
    return found


def _bucket_of(day: date, interval: Interval) -> date:
    """The first day of the bucket that holds *day*."""
    if interval == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if interval == "week" else day


def _next(day: date, interval: Interval) -> date:
    if interval == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if interval == "week" else 1)
