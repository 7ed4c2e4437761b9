"""Politeness, as Scrapy settings and one middleware: one honest name, one request at a time, no way round a refusal.

Never: proxies or names in rotation, cookies, solving puzzles. A refusal is handed on, and ends the source's run.
"""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from config.sections import Crawl
from config.sections import Source as SourceSettings

MAX_WAIT_S = 60
MAX_WAITS = 2
MAX_BODY = 32 * 1024 * 1024
_SERVER_ERRORS = [500, 502, 503, 504, 522, 524]


def scrapy_settings(crawl: Crawl, source: SourceSettings) -> dict[str, Any]:
    """The whole of Scrapy's configuration; nothing of it is read from anywhere else."""
    return {
        "USER_AGENT": crawl.user_agent,
        "ROBOTSTXT_OBEY": source.robots == "obey",
        "ROBOTSTXT_USER_AGENT": crawl.user_agent.partition("/")[0],
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": source.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,
        "AUTOTHROTTLE_ENABLED": source.delay_s > 0,
        "AUTOTHROTTLE_START_DELAY": source.delay_s,
        "DOWNLOAD_TIMEOUT": crawl.timeout_s,
        "DOWNLOAD_MAXSIZE": MAX_BODY,
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": crawl.retries,
        "RETRY_HTTP_CODES": _SERVER_ERRORS,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        # Every answer reaches the source, which knows a refusal from an empty page; a redirect is such an answer.
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_LEVEL": "WARNING",
        "DOWNLOADER_MIDDLEWARES": {RetryAfter: 560},
        # The one that writes statistics of memory and the one that writes a summary nobody reads.
        "EXTENSIONS": {
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.logstats.LogStats": None,
        },
    }


class RetryAfter:
    """Waits as long as a 429 asks, if that is a minute at most, twice at most; any other refusal passes through."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status != 429:
            return response
        said = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait_s = asked_wait(said, now=datetime.now(UTC))
        waits = request.meta.get("waits", 0)
        if wait_s is None or wait_s > MAX_WAIT_S or waits >= MAX_WAITS:
            return response
        await asyncio.sleep(wait_s)
        return request.replace(meta={**request.meta, "waits": waits + 1}, dont_filter=True)


def asked_wait(said: str, *, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for: a number or a date; None when it says nothing readable."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
