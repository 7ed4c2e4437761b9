"""A cell as the thing it means: a time, a number of stars, a count, a storefront. Pure.

Raises Unreadable, whose text becomes the reason of a reject: a doubtful cell is never guessed at.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from crawlers.importing.tables import as_text
from crawlers.importing.workbook import Cell
from feedback.text import fold

_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[\sT]+(\d{1,2})[:时](\d{2})(?:[:分](\d{2})(?:\.\d+)?秒?)?分?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_STARS = re.compile(r"([1-5])(?:\.0+)?\s*(?:星|颗星|分|/\s*5|stars?)?")
_EXCEL_DAYS = range(30_000, 80_000)
"""1982 to 2119 as days since 1899-12-30: a date whose cell has lost its format."""
_EXCEL_EPOCH = datetime(1899, 12, 30)
_NO_TIME = "看不懂的时间 cannot read the time"
_REGIONS = {
    "中国": "cn", "中国大陆": "cn", "大陆": "cn", "香港": "hk", "中国香港": "hk", "澳门": "mo", "中国澳门": "mo",
    "台湾": "tw", "中国台湾": "tw", "美国": "us", "日本": "jp", "韩国": "kr", "新加坡": "sg", "马来西亚": "my",
    "英国": "gb", "加拿大": "ca", "澳大利亚": "au",
}  # fmt: skip
_PLATFORMS = {
    "ios": "appstore", "app store": "appstore", "appstore": "appstore", "苹果": "appstore", "iphone": "appstore",
    "android": "googleplay", "google play": "googleplay", "googleplay": "googleplay", "taptap": "taptap",
    "华为": "huawei", "huawei": "huawei", "小米": "xiaomi", "xiaomi": "xiaomi", "oppo": "oppo", "vivo": "vivo",
    "荣耀": "honor", "honor": "honor", "应用宝": "yingyongbao", "知乎": "zhihu", "zhihu": "zhihu", "微博": "weibo",
    "weibo": "weibo",
}  # fmt: skip

SEEN = 40


class Unreadable(Exception):
    """A row, or a cell of it, that does not say what it should. ``reason`` groups rows, ``seen`` is this one's value."""

    def __init__(self, reason: str, seen: str = "") -> None:
        super().__init__(f"{reason}: {seen[:SEEN]!r}" if seen else reason)
        self.reason = reason
        self.seen = seen[:SEEN]


def text_of(cell: Cell) -> str:
    return as_text(cell).strip()


def time_of(cell: Cell, zone: tzinfo) -> datetime | None:
    """An instant; where the cell names no zone, *zone* is meant. A date alone is its midnight."""
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), zone).astimezone(UTC)
    said = text_of(cell)
    if not said:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return _from_number(float(said), said, zone)
    match = _TIME.fullmatch(said)
    try:
        if match is None:
            raise ValueError(said)
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        at = datetime(year, month, day, hour, minute, second, tzinfo=_zone(match[7]) or zone)
        return _plausible(at, said)
    except ValueError as error:
        raise Unreadable(_NO_TIME, said) from error


def _from_number(value: float, said: str, zone: tzinfo) -> datetime:
    """Seconds or milliseconds since 1970, or days as a spreadsheet counts them."""
    if int(value) in _EXCEL_DAYS:
        return _plausible((_EXCEL_EPOCH + timedelta(days=value)).replace(tzinfo=zone), said)
    try:
        return _plausible(datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC), said)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(_NO_TIME, said) from error


def _plausible(at: datetime, said: str) -> datetime:
    if not 2000 <= at.year < 2100:
        raise Unreadable(_NO_TIME, said)
    return at.astimezone(UTC)


def _zone(said: str | None) -> tzinfo | None:
    if not said:
        return None
    if said in ("Z", "UTC"):
        return UTC
    sign = -1 if said[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(said[1:3]), minutes=int(said[-2:])))


def rating_of(cell: Cell) -> int | None:
    """Stars, 1 to 5: 5, 5.0, "4星", "★★★", "3/5"; None for an empty cell."""
    said = fold(text_of(cell)).strip()
    if not said:
        return None
    if set(said) <= {"★", "☆"} and 1 <= said.count("★") <= 5:
        return said.count("★")
    match = _STARS.fullmatch(said)
    if match is None:
        raise Unreadable("评分不是 1–5 rating is not 1 … 5", said)
    return int(match[1])


def count_of(cell: Cell) -> int | None:
    said = text_of(cell).replace(",", "")
    if not said:
        return None
    if not re.fullmatch(r"\d{1,12}", said, re.ASCII):
        raise Unreadable("不是数量 no count", said)
    return int(said)


def region_of(cell: Cell) -> str | None:
    said = text_of(cell)
    found = _REGIONS.get(said) or said.lower()
    if found and not re.fullmatch(r"[a-z]{2}", found):
        raise Unreadable("地区不是两位代码 region is not two letters", said)
    return found or None


def platform_of(cell: Cell) -> str | None:
    said = fold(text_of(cell)).strip()
    if said and said not in _PLATFORMS:
        raise Unreadable("没有这个平台 no such platform", said)
    return _PLATFORMS.get(said)
