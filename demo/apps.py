"""Owns the two fictional products of the demo world and what the store's own page says about them.

None of the names, numbers or people is real. Knows no review and no clock.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class App:
    """A watched product, in the words of a product list."""

    key: str
    name: str
    appstore_id: str
    countries: tuple[str, ...]
    keyword: str
    """What people call it: the word to search for elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Release:
    version: str
    at: datetime
    notes: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The store's side of an app: what a lookup tells beside the reviews."""

    app: App
    bundle_id: str
    seller: str
    genre: str
    minimum_os: str
    released_at: datetime
    releases: tuple[Release, ...]
    """Oldest first."""
    ratings: dict[str, tuple[int, float]]
    """Storefront -> (number of ratings, their mean) before the first day of the demo."""


def _release(version: str, at: str, notes: str) -> Release:
    return Release(version=version, at=datetime.fromisoformat(at), notes=notes)


# Real ids are far below 9,900,000,000: a demo product list that is pointed at the real store finds nothing.
_TAIJIAN = Listing(
    app=App(
        key="taijian",
        name="苔笺笔记",
        appstore_id="9900000101",
        countries=("cn", "hk", "tw"),
        keyword="苔笺",
    ),
    bundle_id="example.taijian.notes",
    seller="Taijian Studio (fictional)",
    genre="Productivity",
    minimum_os="17.0",
    released_at=datetime.fromisoformat("2021-03-11T08:00:00+00:00"),
    releases=(
        _release("8.0.2", "2026-09-22T07:10:00+00:00", "修复若干问题。"),
        _release("8.1.0", "2026-10-09T06:30:00+00:00", "全新「录音成稿」：边录边出文字，自动分段。"),
        _release("8.1.2", "2026-10-19T02:00:00+00:00", "会员升级为「标准会员」与「AI 会员」，满足不同需要。"),
        _release("8.2.0", "2026-10-30T01:20:00+00:00", "焕新的编辑器内核，更快，更稳。"),
        _release("8.2.1", "2026-11-06T10:40:00+00:00", "修复部分机型启动异常、草稿未能恢复的问题。"),
        _release("8.2.3", "2026-11-16T06:00:00+00:00", "锁屏小组件，一按就记。"),
        _release("8.3.0", "2026-11-24T05:30:00+00:00", "共享笔记本；导出引擎升级。"),
    ),
    ratings={"cn": (41872, 4.61), "hk": (1318, 4.42), "tw": (2205, 4.51)},
)
_LULING = Listing(
    app=App(
        key="luling",
        name="鹿铃打车",
        appstore_id="9900000202",
        countries=("cn", "hk"),
        keyword="鹿铃",
    ),
    bundle_id="example.luling.ride",
    seller="Luling Mobility (fictional)",
    genre="Travel",
    minimum_os="16.0",
    released_at=datetime.fromisoformat("2019-06-04T08:00:00+00:00"),
    releases=(
        _release("5.10.0", "2026-09-18T06:00:00+00:00", "优化用车体验。"),
        _release("5.11.0", "2026-10-14T03:00:00+00:00", "地图引擎升级，推荐上车点更聪明。"),
        _release("5.11.2", "2026-10-22T09:00:00+00:00", "修复部分城市定位偏移。"),
        _release("5.12.0", "2026-11-10T02:30:00+00:00", "夜行护航：行程分享、异常停留提醒。"),
        _release("5.12.1", "2026-11-20T07:00:00+00:00", "预约用车改版。"),
    ),
    ratings={"cn": (88340, 4.37), "hk": (412, 4.08)},
)
LISTINGS: tuple[Listing, ...] = (_TAIJIAN, _LULING)


def apps() -> tuple[App, ...]:
    """The fictional products, as a product list would name them."""
    return tuple(listing.app for listing in LISTINGS)
