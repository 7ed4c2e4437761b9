"""Times as people write them: 7d, 36h, today, 昨天, 上周, 本月, 2026-11-01, 2026-11-01T08:00+08:00.

A form is kept as said and made an instant only when asked, for a given now and zone: so a saved search for
"7d" moves with the days, while a cursor or a report holds the instants it was made with.
"""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback.errors import QueryError

ALLOWED = "7d 36h 4w · 今天 昨天 前天 本周 上周 本月 上月 (today yesterday …) · 2026-11-01 · 2026-11-01T08:00+08:00 · 11月1日"

_SPAN = re.compile(r"(\d{1,4})\s*(h|d|w|小时|天|日|周)")
_SPAN_HOURS = {"h": 1, "小时": 1, "d": 24, "天": 24, "日": 24, "w": 168, "周": 168}
_WORDS = {
    "now": "now", "现在": "now", "today": "today", "今天": "today", "yesterday": "yesterday", "昨天": "yesterday",
    "前天": "before_yesterday", "this week": "week", "本周": "week", "这周": "week", "last week": "last_week", "上周": "last_week",
    "this month": "month", "本月": "month", "这个月": "month", "last month": "last_month", "上月": "last_month", "上个月": "last_month",
}  # fmt: skip
_DATE = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_ISO_DAY = re.compile(r"\d{8}|\d{4}-?W\d{2}-?\d")
_LIMIT = timedelta(days=366 * 60)


def resolve(said: str, *, now: datetime, zone: ZoneInfo, end: bool = False) -> datetime:
    """The instant that *said* means. ``end``: the end of the day or span it names, for an ``until``.

    ``resolve("昨天")`` is its midnight in *zone*; with ``end`` the midnight after it. Raises QueryError.
    """
    text = said.strip()
    span = _SPAN.fullmatch(text.lower())
    if span:
        return now - min(timedelta(hours=int(span[1]) * _SPAN_HOURS[span[2]]), _LIMIT)
    if _WORDS.get(text.lower()) == "now":
        return now
    today = now.astimezone(zone).date()
    try:
        day = _named_days(text.lower(), today) or _dated(text, today)
        if day:
            return datetime.combine(day[1] if end else day[0], time(), zone).astimezone(UTC)
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise QueryError(
            f"看不懂的时间 cannot read the time {said!r}", hint=f"可用 allowed: {ALLOWED}"
        ) from error


def _named_days(word: str, today: date) -> tuple[date, date] | None:
    """First day and the day after the last of what a word names."""
    one = timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    return {
        "today": (today, today + one),
        "yesterday": (today - one, today),
        "before_yesterday": (today - 2 * one, today - one),
        "week": (monday, monday + 7 * one),
        "last_week": (monday - 7 * one, monday),
        "month": (first, (first + 32 * one).replace(day=1)),
        "last_month": ((first - one).replace(day=1), first),
    }.get(_WORDS.get(word, ""))


def _dated(text: str, today: date) -> tuple[date, date] | None:
    """The day of a date; without a year the latest such day that is not to come. Raises ValueError if there is none."""
    match = _DATE.fullmatch(text)
    if not match:
        day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    elif match[1]:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    else:
        day = _latest(int(match[2]), int(match[3]), today)
    return (day, day + timedelta(days=1)) if day else None


def _latest(month: int, day: int, today: date) -> date:
    """12月30日, said in January, was last year; 2月29日 was in the last leap year."""
    for year in range(today.year, today.year - 9, -1):
        is_day = day <= calendar.monthrange(year, month)[1] if 1 <= month <= 12 else False
        if is_day and day > 0 and date(year, month, day) <= today:
            return date(year, month, day)
    raise ValueError("no such day")


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise QueryError(
            f"没有这个时区 no such time zone: {name!r}", hint="例如 e.g. Asia/Shanghai, UTC"
        ) from error
