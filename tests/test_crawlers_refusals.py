"""How the crawler takes a no: robots.txt, refusals of every kind, and requests to wait."""

import json

import pytest
from contracts.crawl_world import crawl, make_project, records_of, serving

HK = ("--target", "hk/9900000101")
EMPTY = json.dumps({"feed": {"id": {}, "link": []}}).encode()
ALLOWED = (200, {}, b"User-agent: *\nAllow: /\n")
NOBODY = (200, {}, b'\n\n{"resultCount":1,"results":[{"userRatingCount":0}]}')


def test_robots_txt_is_obeyed(tmp_path):
    forbids = (200, {}, b"User-agent: Huisheng-Tests\nDisallow: /hk/rss/\n")
    with serving(lambda path: forbids if path == "/robots.txt" else (200, {}, EMPTY)) as (url, paths):
        done = crawl(make_project(tmp_path, url), "taijian", *HK)
    assert done.code == 3
    assert done.stops == {"hk": "blocked"}
    assert "robots.txt" in done.runs["hk"]["detail"]
    assert paths == ["/robots.txt"]


def silent(path):
    """An app that nobody has rated, behind a robots.txt that forbids everything."""
    if path == "/robots.txt":
        return 200, {}, b"User-agent: *\nDisallow: /\n"
    return NOBODY if "lookup" in path else (200, {}, EMPTY)


@pytest.mark.full
def test_operator_may_answer_for_robots_and_silence_is_verified(tmp_path):
    with serving(silent) as (url, paths):
        project = make_project(tmp_path, url, robots="operator_accepted")
        done = crawl(project, "taijian", *HK)
    assert (done.code, done.stops) == (0, {"hk": "empty_verified"})
    assert "/robots.txt" not in paths
    assert len(paths) == 6
    with records_of(project) as records:
        assert [run.is_complete for run in records.runs()] == [True]


def test_refusal_ends_the_whole_source_at_once(tmp_path):
    with serving(lambda path: ALLOWED if path == "/robots.txt" else (432, {}, b"no")) as (url, paths):
        done = crawl(make_project(tmp_path, url), "taijian")
    assert done.stops == {"cn": "blocked", "hk": "blocked", "tw": "blocked"}
    assert "432" in done.runs["cn"]["detail"]
    assert len(paths) == 2


@pytest.mark.full
@pytest.mark.parametrize(
    ("asked_s", "requests"), [("0", 3), ("120", 1), ("", 1)], ids=["short", "too_long", "not_said"]
)
def test_throttled_waits_only_as_long_as_is_bearable(tmp_path, asked_s, requests):
    """Twice at most, a minute at most, and only if the server says how long."""
    headers = {"Retry-After": asked_s} if asked_s else {}
    with serving(lambda path: ALLOWED if path == "/robots.txt" else (429, headers, b"slow down")) as (
        url,
        paths,
    ):
        done = crawl(make_project(tmp_path, url), "taijian", *HK)
    assert done.stops == {"hk": "blocked"}
    assert len(paths) == 1 + requests


@pytest.mark.full
def test_throttled_once_goes_on_after_the_wait(tmp_path):
    left = [1]

    def answer(path):
        if path == "/robots.txt":
            return ALLOWED
        if left:
            left.pop()
            return 429, {"Retry-After": "1"}, b"slow down"
        return NOBODY if "lookup" in path else (200, {}, EMPTY)

    with serving(answer) as (url, paths):
        done = crawl(make_project(tmp_path, url), "taijian", *HK)
    assert done.stops == {"hk": "empty_verified"}
    assert paths[1] == paths[2]


@pytest.mark.full
def test_redirect_is_not_followed(tmp_path):
    to = {"Location": "/login"}
    with serving(lambda path: ALLOWED if path == "/robots.txt" else (302, to, b"")) as (url, paths):
        done = crawl(make_project(tmp_path, url), "taijian", *HK)
    assert done.stops == {"hk": "blocked"}
    assert "/login" in done.runs["hk"]["detail"]
    assert len(paths) == 2


@pytest.mark.full
def test_parser_that_breaks_ends_its_run_as_failed(tmp_path):
    """A deep answer that the JSON reader itself gives up on: nobody's refusal, nobody's silence."""
    deep = b"[" * 200_000
    with serving(lambda path: ALLOWED if path == "/robots.txt" else (200, {}, deep)) as (url, _):
        done = crawl(make_project(tmp_path, url), "taijian", *HK)
    assert done.stops == {"hk": "failed"}
    assert "RecursionError" in done.runs["hk"]["detail"]
