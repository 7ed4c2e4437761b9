"""What the settings make of Scrapy, and how long a server may ask us to wait."""

from datetime import UTC, datetime

import pytest

from config.sections import Crawl, Source
from crawlers.politeness import asked_wait, scrapy_settings

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3", 3),
        (" 120 ", 120),
        ("Sat, 28 Nov 2026 04:00:30 GMT", 30),
        ("Sat, 28 Nov 2026 03:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
    ids=["seconds", "blank", "date", "past", "nothing", "words", "negative", "other_digits"],
)
def test_retry_after_is_read(said, seconds):
    assert asked_wait(said, now=NOW) == seconds


def test_one_name_one_request_no_cookies_no_redirects():
    settings = scrapy_settings(Crawl(user_agent="Acme-Voc/2 (voc@acme.example)"), Source(delay_s=3))
    assert settings["USER_AGENT"] == "Acme-Voc/2 (voc@acme.example)"
    assert settings["ROBOTSTXT_USER_AGENT"] == "Acme-Voc"
    assert settings["CONCURRENT_REQUESTS"] == 1
    assert settings["DOWNLOAD_DELAY"] == 3
    assert settings["AUTOTHROTTLE_ENABLED"]
    assert not any(settings[name] for name in ("COOKIES_ENABLED", "REDIRECT_ENABLED", "REFERER_ENABLED"))


@pytest.mark.parametrize("robots", ["obey", "documented_api", "operator_accepted"])
def test_robots_are_obeyed_unless_said_otherwise(robots):
    assert scrapy_settings(Crawl(), Source(robots=robots))["ROBOTSTXT_OBEY"] is (robots == "obey")
    assert scrapy_settings(Crawl(), Source())["ROBOTSTXT_OBEY"] is True


def test_refusals_are_never_retried():
    settings = scrapy_settings(Crawl(retries=2), Source())
    assert settings["RETRY_TIMES"] == 2
    assert set(settings["RETRY_HTTP_CODES"]) & {401, 403, 414, 418, 429, 432} == set()
    assert 503 in settings["RETRY_HTTP_CODES"]
