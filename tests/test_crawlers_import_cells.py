"""Cells as what they mean; a doubtful one is unreadable, never a guess."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.importing.cells import Unreadable, count_of, platform_of, rating_of, region_of, time_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 1, 4, 5, 6, tzinfo=UTC)
MINUTE = datetime(2026, 11, 1, 4, 5, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 31, 16, tzinfo=UTC)

TIMES = {
    "2026-11-01 12:05:06": NOON,
    "2026-11-01T12:05:06": NOON,
    "2026/11/1 12:05:06": NOON,
    "2026.11.01 12:05:06": NOON,
    "2026-11-01 12:05:06.789": NOON,
    "2026-11-01T04:05:06Z": NOON,
    "2026-11-01T04:05:06.000Z": NOON,
    "2026-10-31T21:05:06-07:00": NOON,
    "2026-11-01 12:05:06 +0800": NOON,
    "2026年11月1日 12:05": MINUTE,
    "2026年11月1日12时05分06秒": None,
    "2026年11月1日 12时05分06秒": NOON,
    "2026-11-01 12:05": MINUTE,
    "2026-11-01": MIDNIGHT,
    "1793505906": NOON,
    "1793505906000": NOON,
    "": None,
    "  ": None,
}


@pytest.mark.parametrize(
    ("said", "at"), [pair for pair in TIMES.items() if pair[0] != "2026年11月1日12时05分06秒"], ids=str
)
def test_times_are_read_in_the_zone_they_name_or_ours(said, at):
    assert time_of(said, SHANGHAI) == at


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        (datetime(2026, 11, 1, 12, 5, 6), NOON),
        (NOON, NOON),
        (date(2026, 11, 1), MIDNIGHT),
        (1793505906, NOON),
        (1793505906000.0, NOON),
        (46327, MIDNIGHT),
        (46327.5, MIDNIGHT + timedelta(hours=12)),
        (None, None),
    ],
    ids=["naive", "aware", "date", "seconds", "millis", "serial_day", "serial_noon", "nothing"],
)
def test_typed_cells_are_times_too(cell, at):
    assert time_of(cell, SHANGHAI) == at


@pytest.mark.parametrize(
    "said",
    [
        "昨天",
        "11-01",
        "2026-13-01",
        "2026-02-30",
        "12:05",
        "1999-01-01",
        "5",
        "99999999999999999",
        "2026-11-01 25:00",
        "13800138000",
    ],
)
def test_doubtful_times_are_unreadable(said):
    with pytest.raises(Unreadable, match="cannot read the time") as caught:
        time_of(said, SHANGHAI)
    assert caught.value.seen == said


@given(
    at=st.datetimes(min_value=datetime(2000, 1, 2), max_value=datetime(2099, 12, 30)),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_every_iso_time_means_itself(at, minutes):
    aware = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert time_of(aware.isoformat(), SHANGHAI) == aware


@pytest.mark.parametrize(
    ("cell", "stars"),
    [(5, 5), (3.0, 3), ("4", 4), ("４", 4), ("5.0", 5), ("4星", 4), ("2 stars", 2), ("3/5", 3), ("★★★☆☆", 3), ("★", 1), (None, None), (" ", None)],
    ids=str,
)  # fmt: skip
def test_stars_are_read(cell, stars):
    assert rating_of(cell) == stars


@pytest.mark.parametrize("cell", ["abc", 0, 6, 4.5, "-1", "五", "☆☆☆☆☆", True], ids=str)
def test_what_is_no_rating_is_unreadable(cell):
    with pytest.raises(Unreadable, match="not 1"):
        rating_of(cell)


def test_counts_regions_and_platforms_are_read():
    assert [count_of(cell) for cell in ("1,204", 7, 7.0, None)] == [1204, 7, 7, None]
    assert [region_of(cell) for cell in ("CN", "中国大陆", "香港", "", None)] == [
        "cn",
        "cn",
        "hk",
        None,
        None,
    ]
    assert [platform_of(cell) for cell in ("iOS", "App Store", "Android", "华为", None)] == [
        "appstore",
        "appstore",
        "googleplay",
        "huawei",
        None,
    ]


@pytest.mark.parametrize(
    ("read", "cell"), [(count_of, "many"), (count_of, "-3"), (region_of, "CHN"), (platform_of, "Symbian")]
)
def test_what_is_none_of_them_is_unreadable(read, cell):
    with pytest.raises(Unreadable):
        read(cell)
