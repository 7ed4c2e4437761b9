"""Times as people write them, in the zone they live in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback.errors import QueryError
from feedback.times import resolve, zone_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)  # Wednesday 10:30 in Shanghai


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ("7d", "2026-11-11T10:30", "2026-11-11T10:30"),
        ("36H", "2026-11-16T22:30", "2026-11-16T22:30"),
        ("4 w", "2026-10-21T10:30", "2026-10-21T10:30"),
        ("3天", "2026-11-15T10:30", "2026-11-15T10:30"),
        ("2小时", "2026-11-18T08:30", "2026-11-18T08:30"),
        ("now", "2026-11-18T10:30", "2026-11-18T10:30"),
        ("今天", "2026-11-18T00:00", "2026-11-19T00:00"),
        ("Yesterday", "2026-11-17T00:00", "2026-11-18T00:00"),
        (" 昨天 ", "2026-11-17T00:00", "2026-11-18T00:00"),
        ("前天", "2026-11-16T00:00", "2026-11-17T00:00"),
        ("本周", "2026-11-16T00:00", "2026-11-23T00:00"),
        ("上周", "2026-11-09T00:00", "2026-11-16T00:00"),
        ("本月", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("last month", "2026-10-01T00:00", "2026-11-01T00:00"),
        ("2026-11-01", "2026-11-01T00:00", "2026-11-02T00:00"),
        ("2026/11/1", "2026-11-01T00:00", "2026-11-02T00:00"),
        ("2026年11月1日", "2026-11-01T00:00", "2026-11-02T00:00"),
        ("20261101", "2026-11-01T00:00", "2026-11-02T00:00"),
        ("2026-W45-7", "2026-11-08T00:00", "2026-11-09T00:00"),
        ("11月1日", "2026-11-01T00:00", "2026-11-02T00:00"),
        ("12-30", "2025-12-30T00:00", "2025-12-31T00:00"),
        ("2026-11-01T08:00", "2026-11-01T08:00", "2026-11-01T08:00"),
        ("2026-11-01T08:00+00:00", "2026-11-01T16:00", "2026-11-01T16:00"),
    ],
)
def test_what_a_time_means_as_a_start_and_as_an_end(said, since, until):
    assert resolve(said, now=NOW, zone=SHANGHAI) == local(since)
    assert resolve(said, now=NOW, zone=SHANGHAI, end=True) == local(until)
    assert resolve(said, now=NOW, zone=SHANGHAI).tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "said", "day"),
    [
        ("2027-01-10", "11月1日", "2026-11-01"),
        ("2027-01-10", "1月10日", "2027-01-10"),
        ("2027-01-10", "1月11日", "2026-01-11"),
        ("2027-01-10", "2月29日", "2024-02-29"),
        ("2028-01-10", "2月29日", "2024-02-29"),
        ("2028-03-01", "2月29日", "2028-02-29"),
        ("2104-02-01", "2月29日", "2096-02-29"),
    ],
)
def test_a_day_without_its_year_is_the_latest_such_day(now, said, day):
    assert resolve(said, now=local(now), zone=SHANGHAI) == local(day)


def test_today_is_the_day_of_the_zone_not_of_utc():
    late = datetime(2026, 11, 17, 16, 1, tzinfo=UTC)  # 00:01 in Shanghai
    assert resolve("今天", now=late, zone=SHANGHAI) == local("2026-11-18")
    assert resolve("今天", now=late, zone=ZoneInfo("UTC")) == datetime(2026, 11, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Europe/Berlin", "2026-03-29", 23),
        ("America/Sao_Paulo", "2018-11-04", 23),  # there was no midnight
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_days_of_changing_clocks_are_whole(zone, day, hours):
    here = ZoneInfo(zone)
    start, end = (resolve(day, now=NOW, zone=here, end=end) for end in (False, True))
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    "said",
    ["nonsense", "", "7x", "-7d", "2026-13-01", "2026-02-29", "13月1日", "2月30日", "0月1日", "1月0日", "2026-11-01T25:00", "昨日早上",
     "0001-01-01", "9999-12-31", "0000-01-01", "0001-01-01T00:00", "99999d", "明天"],
)  # fmt: skip
def test_nonsense_is_refused_with_what_is_allowed(said):
    with pytest.raises(QueryError) as caught:
        resolve(said, now=NOW, zone=SHANGHAI, end=said.startswith("9999"))
    assert repr(said) in caught.value.message
    assert "昨天" in caught.value.hint


def test_a_span_reaches_back_sixty_years_at_most():
    assert NOW - timedelta(days=366 * 60) == resolve("9999w", now=NOW, zone=SHANGHAI)


def test_zones():
    assert zone_of("Asia/Shanghai") == SHANGHAI
    for name in ("Mars/Base", "", "../etc/passwd", "Asia"):
        with pytest.raises(QueryError, match="no such time zone"):
            zone_of(name)
