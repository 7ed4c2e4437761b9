"""Where days, weeks and months begin."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from index.buckets import edges, even_step, instant
from index.engines.base import Interval

ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Shanghai", "UTC", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca")
]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_a_range_ending_at_midnight_needs_no_further_day() -> None:
    found = edges(
        "day", ZoneInfo("UTC"), _seconds("2026-03-01T00:00+00:00"), _seconds("2026-03-02T00:00+00:00")
    )
    assert [instant(edge).isoformat() for edge in found] == [
        "2026-03-01T00:00:00+00:00",
        "2026-03-02T00:00:00+00:00",
    ]


def test_equal_steps_are_noticed() -> None:
    start, end = _seconds("2026-03-01T00:00+00:00"), _seconds("2026-04-01T00:00+00:00")
    assert even_step("day", edges("day", ZoneInfo("Asia/Shanghai"), start, end)) == 86_400
    assert even_step("week", edges("week", ZoneInfo("Asia/Shanghai"), start, end)) == 7 * 86_400
    assert even_step("month", edges("month", ZoneInfo("UTC"), start, end)) is None
    assert even_step("day", edges("day", ZoneInfo("America/New_York"), start, end)) is None


def test_a_zone_that_skipped_a_day_has_one_bucket_less() -> None:
    # Samoa went from 29 to 31 December 2011.
    found = edges(
        "day",
        ZoneInfo("Pacific/Apia"),
        _seconds("2011-12-29T12:00-10:00"),
        _seconds("2011-12-31T12:00+14:00"),
    )
    assert len(found) == len(set(found)) == 3


@given(
    st.sampled_from(["day", "week", "month"]), st.sampled_from(ZONES),
    st.integers(0, 2_000_000_000), st.integers(1, 40_000_000),
)  # fmt: skip
def test_buckets_cover_the_range_and_begin_at_midnight(
    interval: Interval, zone: ZoneInfo, since: int, length: int
) -> None:
    found = edges(interval, zone, since, since + length)
    assert list(found) == sorted(set(found))
    assert found[0] <= since < found[1]
    assert found[-2] < since + length <= found[-1]
    starts = [datetime.fromtimestamp(edge, zone) for edge in found]
    assert all((start.hour, start.minute) == (0, 0) for start in starts)
    assert all(start.day == 1 for start in starts) or interval != "month"
    assert all(start.weekday() == 0 for start in starts) or interval != "week"
    assert instant(found[0]).tzinfo is UTC
