"""Crawls started from another program: events as they happen, runs at the end, errors as what they are."""

import sys
from datetime import UTC, datetime

import pytest
from contracts.crawl_world import NOW, make_project, records_of

from crawlers import launch as launching
from crawlers.launch import crawl, launch
from demo import Fault, demo_world, running
from feedback.errors import ConfigError, NotFound, SourceError, UsageError

AT = datetime.fromisoformat(NOW).astimezone(UTC)
WORLD = demo_world(page_size=25)


@pytest.fixture
def project(tmp_path):
    with running(AT, world=WORLD, faults=(Fault(kind="forbidden", app="taijian", storefront="tw"),)) as url:
        yield make_project(tmp_path, url)


def test_events_come_in_order_and_runs_at_the_end(project):
    told = []
    runs = crawl(
        project.root,
        "appstore",
        "taijian",
        now=AT,
        targets=["hk/9900000101", "tw/9900000101"],
        tell=told.append,
    )
    assert [(run.target[:2], run.stop) for run in runs] == [("hk", "end"), ("tw", "blocked")]
    assert [event.kind for event in told] == ["start", *["page"] * 6, "end", "start", "end"]
    page = told[1].page
    assert page["target"] == "hk/9900000101"
    assert page["listed"] == page["new"] > 0


@pytest.mark.full
def test_listener_that_leaves_ends_the_crawl(project):
    events = launch(project.root, "appstore", "taijian", now=AT, targets=["cn/9900000101"])
    assert next(events).kind == "start"
    events.close()
    with records_of(project) as records:
        assert records.runs()[0].stop == "killed"


@pytest.mark.parametrize(
    ("source", "product", "target", "error"),
    [
        ("appstore", "nobody", (), NotFound),
        ("appstor", "taijian", (), ConfigError),
        ("appstore", "taijian", ("xx/1",), NotFound),
    ],
    ids=["product", "source", "target"],
)
def test_errors_keep_their_class_and_hint(project, source, product, target, error):
    with pytest.raises(error) as caught:
        crawl(project.root, source, product, targets=target)
    assert caught.value.hint


def test_demo_clock_is_for_demo_projects(project):
    (project.data / ".demo").unlink()
    with pytest.raises(UsageError, match="--now"):
        crawl(project.root, "appstore", "taijian", now=AT)


def test_switched_off_source_is_not_crawled(tmp_path):
    project = make_project(tmp_path, "http://127.0.0.1:9", enabled=False)
    with pytest.raises(ConfigError, match="switched off"):
        crawl(project.root, "appstore", "taijian", now=AT)


def test_process_that_dies_is_an_error(project, monkeypatch, tmp_path):
    """A stand-in for the interpreter that is killed before it says a word."""
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\necho 'no json'\nkill -9 $$\n")
    dying.chmod(0o755)
    monkeypatch.setattr(launching.sys, "executable", str(dying))
    assert sys.executable == str(dying)
    with pytest.raises(SourceError, match="-9"):
        crawl(project.root, "appstore", "taijian", now=AT)
