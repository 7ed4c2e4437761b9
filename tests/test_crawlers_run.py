"""Whole crawls: a subprocess, the demo store over HTTP, real records."""

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from contracts.crawl_world import AGENT, NOW, asked, crawl, make_project, records_of

from demo import Fault, demo_world, running
from feedback.model import Run

AT = datetime.fromisoformat(NOW).astimezone(UTC)
LATER = "2026-11-29T12:00:00+08:00"
WORLD = demo_world(page_size=25)


def on_show(app: str, storefront: str, *, at: datetime = AT) -> set[str]:
    shown = WORLD.shown(at, appstore_id=app, storefront=storefront)
    return {f"appstore:{storefront}:{one.id}" for one in shown}


@pytest.fixture
def store(tmp_path):
    """Opens a demo store with these faults; gives its address and a project that crawls it."""
    with ExitStack() as stack:

        def opened(*faults: Fault, now: datetime = AT, **source):
            url = stack.enter_context(running(now, world=WORLD, faults=faults))
            return url, make_project(tmp_path, url, **source)

        yield opened


def stored(project) -> set[str]:
    with records_of(project) as records:
        return {document.feedback.id for document in records.by_seq(range(1, 1_000)).values()}


def test_complete_run_stores_everything_and_says_so(store):
    _, project = store()
    done = crawl(project, "taijian", "--target", "hk/9900000101")
    expected = on_show("9900000101", "hk")
    assert len(expected) > 5
    assert done.code == 0
    assert done.noise == ""
    assert [one["event"] for one in done.events][:2] == ["start", "page"]
    run = Run.model_validate(done.runs["hk"])
    assert (run.stop, run.listed, run.new) == ("end", len(expected), len(expected))
    assert run.finished_at == run.started_at == AT
    assert stored(project) == expected
    with records_of(project) as records:
        assert records.runs() == [run]
        assert records.watermark("appstore", "hk/9900000101") == run.newest_at


def test_one_constant_name_in_every_request(store):
    url, project = store()
    crawl(project, "taijian", "--target", "hk/9900000101")
    lines = asked(url)
    assert lines[0]["path"] == "/robots.txt"
    assert len(lines) == 1 + 6
    assert {line["user_agent"] for line in lines} == {AGENT}


def test_second_run_stops_at_the_watermark_and_brings_live_items(store, tmp_path):
    url, project = store()
    first = crawl(project, "taijian", "--target", "cn/9900000101")
    before = on_show("9900000101", "cn")
    with running(datetime.fromisoformat(LATER), world=WORLD, faults=()) as later:
        text = project.settings.read_text(encoding="utf-8").replace(url, later)
        project.settings.write_text(text, encoding="utf-8")
        second = crawl(project, "taijian", "--target", "cn/9900000101", now=LATER)
    after = on_show("9900000101", "cn", at=datetime.fromisoformat(LATER))
    assert (first.stops, second.stops) == ({"cn": "end"}, {"cn": "watermark"})
    assert second.runs["cn"]["asked"] < first.runs["cn"]["asked"]
    new = after - before
    assert new
    with records_of(project) as records:
        documents = [records.get(one) for one in sorted(new)]
        assert {document.feedback.arrival for document in documents if document} == {"live"}
        old = records.get(min(before))
        assert old
        assert old.feedback.arrival == "backfill"
    assert stored(project) >= after | before


def test_refused_storefront_is_blocked_and_goes_last_next_time(store):
    url, project = store(Fault(kind="forbidden", app="taijian", storefront="hk"))
    done = crawl(project, "taijian")
    assert done.code == 3
    assert done.stops == {"cn": "end", "hk": "blocked", "tw": "blocked"}
    assert (done.runs["hk"]["asked"], done.runs["tw"]["asked"]) == (1, 0)
    assert "403" in done.runs["hk"]["detail"]
    assert "not asked" in done.runs["tw"]["detail"]
    assert not [line for line in asked(url) if line["path"].startswith("/tw/")]
    again = crawl(project, "taijian")
    assert again.stops == {"cn": "watermark", "tw": "end", "hk": "blocked"}


def test_sparse_first_page_loses_nothing(store):
    _, project = store(Fault(kind="sparse", app="luling", storefront="cn", page=1))
    done = crawl(project, "luling", "--target", "cn/9900000202")
    assert done.stops == {"cn": "end"}
    pages = [one for one in done.events if one["event"] == "page"]
    assert pages[0]["listed"] == 0
    assert len(stored(project)) == done.runs["cn"]["listed"] > 100


@pytest.mark.full
def test_repeated_page_stops_without_a_watermark(store):
    _, project = store(Fault(kind="repeat", app="luling", storefront="cn", page=3))
    done = crawl(project, "luling", "--target", "cn/9900000202")
    assert done.code == 3
    assert done.stops == {"cn": "repeat_page"}
    assert done.runs["cn"]["asked"] == 3
    with records_of(project) as records:
        assert records.watermark("appstore", "cn/9900000202") is None


def test_empty_feed_of_a_rated_app_is_unverified(store):
    url, project = store(Fault(kind="empty", app="luling", storefront="hk"))
    done = crawl(project, "luling", "--target", "hk/9900000202")
    assert done.code == 3
    assert done.stops == {"hk": "empty_unverified"}
    assert "ratings" in done.runs["hk"]["detail"]
    assert [line["path"] for line in asked(url)][-1] == "/lookup"


@pytest.mark.full
def test_refused_proof_is_a_refusal(store):
    _, project = store(
        Fault(kind="empty", app="luling", storefront="hk"), Fault(kind="forbidden", endpoint="lookup")
    )
    assert crawl(project, "luling", "--target", "hk/9900000202").stops == {"hk": "blocked"}


def test_broken_pages_and_lines_end_only_their_own_run(store):
    url, project = store(
        Fault(kind="malformed", app="taijian", storefront="cn", page=2),
        Fault(kind="bad_gateway", app="taijian", storefront="hk"),
        Fault(kind="reset", app="taijian", storefront="tw"),
    )
    done = crawl(project, "taijian")
    assert done.code == 3
    assert done.stops == {"cn": "changed", "hk": "failed", "tw": "failed"}
    assert done.runs["cn"]["listed"] == 25
    assert "502" in done.runs["hk"]["detail"]
    assert "no answer" in done.runs["tw"]["detail"]
    paths = [line["path"] for line in asked(url)]
    assert sum(path.startswith("/hk/") for path in paths) == 3
    # A line that breaks where it had been kept open is asked once more by Twisted itself.
    assert sum(path.startswith("/tw/") for path in paths) in (3, 4)


@pytest.mark.full
def test_server_error_that_passes_is_retried(store):
    _, project = store(Fault(kind="bad_gateway", app="taijian", storefront="hk", first=2))
    assert crawl(project, "taijian", "--target", "hk/9900000101").stops == {"hk": "end"}


@pytest.mark.full
def test_odd_rows_are_counted_or_kept_as_they_are(store):
    _, project = store(
        Fault(kind="bad_rating", app="taijian", storefront="cn", page=1),
        Fault(kind="no_updated", app="taijian", storefront="hk"),
        Fault(kind="metadata_first", app="taijian", storefront="tw", page=1),
    )
    done = crawl(project, "taijian")
    assert done.stops == {"cn": "end", "hk": "end", "tw": "end"}
    assert [done.runs[place]["rejected"] for place in ("cn", "hk", "tw")] == [1, 0, 0]
    assert "have no date" in done.runs["hk"]["detail"]
    assert done.runs["tw"]["listed"] == len(on_show("9900000101", "tw"))
    with records_of(project) as records:
        assert records.watermark("appstore", "hk/9900000101") is None


@pytest.mark.full
def test_budget_is_capped(store):
    _, project = store()
    done = crawl(project, "taijian", "--target", "cn/9900000101", "--max-pages", "2")
    assert done.code == 3
    assert (done.stops, done.runs["cn"]["asked"]) == ({"cn": "capped"}, 2)


@pytest.mark.full
def test_delay_lies_between_all_requests(store):
    url, project = store(delay_s=0.5)
    crawl(project, "taijian", "--target", "hk/9900000101", "--max-pages", "3")
    times = [line["clock_s"] for line in asked(url)]
    assert len(times) == 1 + 3
    # The store notes when a request arrives, which is a little after it was sent.
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.25


@pytest.mark.parametrize("table", ["feedback", "runs"])
def test_store_that_fails_ends_the_whole_crawl(store, table):
    """A full disk, say: no further page is asked for, and nobody is told that all went well."""
    url, project = store()
    with records_of(project) as records:
        assert records.runs() == []
    with closing(sqlite3.connect(project.database)) as database:
        database.execute(
            f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    done = crawl(project, "taijian")
    assert done.code == 1
    assert done.events[-1]["event"] == "error"
    assert len(asked(url)) <= 2
