"""When a run is over, and what it says then: a state machine fed with pages, no network and no store."""

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.ledger import Limits, RunLedger
from crawlers.source import Manners, Presence, Target
from feedback.errors import SourceBlocked, SourceChanged, SourceError
from feedback.model import Follow, Observation, Page, Receipt, Reject

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
TARGET = Target(product="taijian", key="cn/1", native_id="1", region="cn")
PAGES = 10


def ledger(*, since: datetime | None = None, max_pages: int = 20, window: int = 500) -> RunLedger:
    limits = Limits(max_pages=max_pages, since=since, overlap=timedelta(hours=48))
    return RunLedger("appstore", TARGET, "run1", NOW, limits, Manners(window=window))


def seen(number: int, age_h: float | None) -> Observation:
    at = None if age_h is None else NOW - timedelta(hours=age_h)
    return Observation(
        id=f"appstore:cn:{number}", platform="appstore", via="appstore", text="x", edited_at=at, seen_at=NOW
    )


def page(number: int, *ages: float | None, first: int | None = None, rejects: int = 0) -> Page:
    """Page *number* of ten, a row for each age in hours (None: undated); ids go on from page to page."""
    start = number * 1000 if first is None else first
    follow = (
        (Follow(url=f"http://x/{number + 1}", purpose="list", page=number + 1),) if number < PAGES else ()
    )
    return Page(
        url=f"http://x/{number}",
        fetched_at=NOW,
        observations=tuple(seen(start + place, age) for place, age in enumerate(ages)),
        rejects=tuple(Reject(reason="r", position=f"entry {place}") for place in range(rejects)),
        follow=follow,
        listed=len(ages) + rejects,
    )


def fed(book: RunLedger, *pages: Page) -> RunLedger:
    for one in pages:
        assert not book.is_over
        book.ask()
        book.take(one)
    return book


def test_page_with_news_is_followed():
    book = ledger()
    book.ask()
    assert book.take(page(1, 1, 2)) == Follow(url="http://x/2", purpose="list", page=2)
    assert book.run.stop == "running"


def test_known_rows_never_end_a_run():
    """The rows were all stored by a run that was killed: without a finished run nothing counts as read."""
    book = fed(ledger(), page(1, 1, 2), page(2, 300, 400))
    book.stored(Receipt(same=4))
    assert not book.is_over


def test_page_wholly_older_than_watermark_less_overlap_ends_it():
    since = NOW - timedelta(hours=10)
    book = fed(ledger(since=since), page(1, 1, 2), page(2, 20, 57.9), page(3, 58.1, 59))
    assert book.run.stop == "watermark"
    assert book.run.is_complete


@pytest.mark.parametrize(
    "ages", [(57, 70, 80), (70, 80, 57), (70, 57, 80), (70, None, 80), (None, None)], ids=str
)
def test_one_row_inside_the_overlap_or_undated_goes_on(ages):
    book = fed(ledger(since=NOW - timedelta(hours=10)), page(1, *ages))
    assert not book.is_over


def test_budget_is_capped_and_incomplete():
    book = fed(ledger(max_pages=2), page(1, 1), page(2, 2))
    assert (book.run.stop, book.run.is_complete, book.run.asked) == ("capped", False, 2)
    assert "2" in book.run.detail


def test_last_page_of_the_window_is_the_end_even_at_the_budget():
    book = fed(ledger(max_pages=PAGES), *(page(number, number) for number in range(1, PAGES + 1)))
    assert book.run.stop == "end"
    assert "500" in book.run.detail


def test_window_that_does_not_reach_the_last_run_names_the_gap():
    since = NOW - timedelta(hours=900)
    book = fed(ledger(since=since), *(page(number, number) for number in range(1, PAGES + 1)))
    assert book.run.stop == "end"
    assert "possible gap 2026-10-21 16:00 … 2026-11-27 18:00 UTC" in book.run.detail


def test_five_empty_pages_after_rows_are_the_end():
    book = fed(ledger(), page(1, 1), *(page(number) for number in range(2, 7)))
    assert (book.run.stop, book.run.asked, book.run.listed) == ("end", 6, 1)
    assert not book.needs_proof


def test_empty_pages_between_rows_do_not_end_it():
    book = fed(ledger(), page(1), page(2, 1), *(page(number) for number in range(3, 7)), page(7, 9))
    assert not book.is_over
    assert book.run.listed == 2


def test_empty_pages_only_need_a_proof():
    book = fed(ledger(), *(page(number) for number in range(1, 6)))
    assert book.needs_proof
    assert not book.run.is_complete


@pytest.mark.parametrize(
    ("presence", "stop", "says"),
    [
        (Presence(exists=True, ratings=0), "empty_verified", "nobody has rated"),
        (Presence(exists=True, ratings=412), "empty_unverified", "412 ratings"),
        (Presence(exists=False), "empty_unverified", "no such app"),
        (None, "empty_unverified", "nothing could prove"),
    ],
    ids=["silence", "ratings", "unknown", "no_proof"],
)
def test_proof_decides_what_emptiness_means(presence, stop, says):
    book = fed(ledger(), *(page(number) for number in range(1, 6)))
    book.prove(presence)
    assert book.run.stop == stop
    assert says in book.run.detail


def test_page_of_rejects_is_no_empty_page():
    book = fed(ledger(), *(page(number, rejects=2) for number in range(1, 8)))
    assert not book.is_over
    assert (book.run.listed, book.run.rejected) == (14, 14)


def test_repeated_page_ends_it_incomplete():
    book = fed(ledger(), page(1, 1, 2, 3), page(2, 1, 2, first=1000))
    assert (book.run.stop, book.run.is_complete) == ("repeat_page", False)


def test_row_pushed_down_by_a_newcomer_is_no_repetition():
    book = fed(ledger(), page(1, 1, 2, 3), page(2, 3, 4, first=1002))
    assert not book.is_over


@pytest.mark.parametrize(
    ("error", "stop"),
    [(SourceBlocked("403"), "blocked"), (SourceChanged("drift"), "changed"), (SourceError("502"), "failed")],
    ids=["blocked", "changed", "failed"],
)
def test_errors_end_it_incomplete(error, stop):
    book = fed(ledger(), page(1, 1))
    book.ask()
    book.fail(error)
    assert (book.run.stop, book.run.detail, book.run.asked) == (stop, error.message, 2)
    assert not book.run.is_complete


def test_oldest_and_newest_span_what_was_seen():
    book = fed(ledger(), page(1, 5, 1, 7), page(2, 30, None))
    assert book.run.newest_at == NOW - timedelta(hours=1)
    assert book.run.oldest_at == NOW - timedelta(hours=30)


def test_time_in_the_future_does_not_carry_the_watermark_there():
    book = fed(ledger(), page(1, -5000, 3))
    assert book.run.newest_at == NOW


def test_undated_rows_are_told_and_move_no_watermark():
    book = fed(ledger(), page(1, None, None), *(page(number) for number in range(2, 7)))
    run = book.finish(NOW)
    assert run.newest_at is None
    assert "2 条没有时间 have no date" in run.detail


def test_receipts_add_up():
    book = fed(ledger(), page(1, 1, 2))
    book.stored(Receipt(new=1, same=1))
    book.stored(Receipt(new=2, changed=1, erased=1, expired=3))
    run = book.finish(NOW + timedelta(seconds=5))
    assert (run.new, run.changed, run.same, run.erased, run.expired) == (3, 1, 1, 1, 3)
    assert run.finished_at == NOW + timedelta(seconds=5)


def test_live_since_is_watermark_less_overlap():
    since = NOW - timedelta(hours=10)
    assert Limits(since=since).known_until == since - timedelta(hours=48)
    assert Limits().known_until is None
