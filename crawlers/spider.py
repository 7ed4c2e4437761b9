"""The one spider: drives any source, one request at a time, and puts every page before it asks for the next.

One page = one ``records.put`` = one transaction = one acknowledgement. Nothing is buffered, so a crawl that is
killed at any moment has either stored a page or not, and the next run starts at the newest page again.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import scrapy
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.history import new_run_id
from crawlers.ledger import Limits, RunLedger
from crawlers.source import Context, Source, Target
from feedback.errors import FeedbackError, SourceBlocked, SourceError, StoreError
from feedback.model import Follow, Page, Run
from index.records import Records

logger = logging.getLogger(__name__)

Event = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What one process is to crawl, and with what."""

    source: Source
    records: Records
    targets: tuple[tuple[Target, Limits], ...]
    clock: Callable[[], datetime]
    tell: Callable[[Event], None]
    """Progress, one event at a time."""
    keep: Callable[[], None]
    """Called with every page: prolongs the lease."""
    retention: Mapping[str, timedelta] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    """The finished runs, in the order they ended."""
    errors: list[FeedbackError] = field(default_factory=list)
    """What stopped the whole process: the store, never a source."""


class SourceSpider(scrapy.Spider):
    name = "huisheng"

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self._waiting = list(job.targets)
        self._ledger: RunLedger | None = None

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for request in self._begin():
            yield request

    def closed(self, reason: str) -> None:
        """Scrapy is done; if a run is not, somebody asked us to stop."""
        if self._ledger and not self._ledger.is_over and not self.job.errors:
            self._ledger.kill(f"被中断 interrupted ({reason})")
            self._finish(self._ledger)

    def _begin(self) -> Iterator[scrapy.Request]:
        """The first request of the next target."""
        if not self._waiting:
            return
        target, limits = self._waiting.pop(0)
        self._ledger = ledger = self._new_ledger(target, limits)
        self.job.records.save_run(ledger.run)
        self.job.tell({"event": "start", "run": ledger.run.model_dump(mode="json")})
        yield self._request(self.job.source.first(target), ledger)

    def _new_ledger(self, target: Target, limits: Limits) -> RunLedger:
        return RunLedger(
            source=self.job.source.name,
            target=target,
            run_id=new_run_id(),
            started_at=self.job.clock(),
            limits=limits,
            manners=self.job.source.manners,
        )

    def _request(self, follow: Follow, ledger: RunLedger) -> scrapy.Request:
        if follow.purpose == "proof":
            callback = self._on_proof
        else:
            callback = self._on_page
            ledger.ask()
        return scrapy.Request(
            follow.url,
            callback=callback,
            errback=partial(self._on_failure, ledger=ledger),
            cb_kwargs={"ledger": ledger},
            dont_filter=True,
        )

    def _on_page(self, response: Response, ledger: RunLedger) -> Iterator[scrapy.Request]:
        try:
            follow = self._take(self._read(response, ledger), ledger)
        except SourceError as error:
            yield from self._fail(error, ledger)
            return
        if follow:
            yield self._request(follow, ledger)
            return
        proof = self.job.source.proof(ledger.target) if ledger.needs_proof else None
        if proof:
            yield self._request(proof, ledger)
        else:
            yield from self._end(ledger)

    def _read(self, response: Response, ledger: RunLedger) -> Page:
        context = Context(target=ledger.target, salt=self.job.records.salt)
        answer = _answer(response)
        try:
            return self.job.source.parse(fetched_at=self.job.clock(), context=context, **answer)
        except FeedbackError:
            raise
        except Exception as error:  # a mistake in one source must not end the others' runs
            logger.exception("%s could not parse %s", self.job.source.name, response.url)
            raise SourceError(f"解析出错 parsing failed: {type(error).__name__}") from error

    def _take(self, page: Page, ledger: RunLedger) -> Follow | None:
        """Note, store, count. What the ledger says and what the page holds are stored in one transaction."""
        follow = ledger.take(page)
        try:
            receipt = self.job.records.put(
                page, run=ledger.run, live_since=ledger.limits.known_until, retention=self.job.retention
            )
            self.job.keep()
        except StoreError as error:
            self.job.errors.append(error)
            raise CloseSpider("store") from error
        ledger.stored(receipt)
        counts = receipt.model_dump(include={"new", "changed", "same"})
        told = {"event": "page", "target": ledger.target.key, "page": ledger.run.asked, "listed": page.listed}
        self.job.tell({**told, **counts, "rejected": len(page.rejects)})
        return follow

    def _on_proof(self, response: Response, ledger: RunLedger) -> Iterator[scrapy.Request]:
        try:
            ledger.prove(self.job.source.presence(**_answer(response)))
        except SourceBlocked as error:
            yield from self._fail(error, ledger)
            return
        except SourceError:
            ledger.prove(None)
        yield from self._end(ledger)

    def _on_failure(self, failure: Failure, ledger: RunLedger) -> Iterator[scrapy.Request]:
        """No answer came: robots.txt forbids the request, or the line is broken."""
        if isinstance(failure.value, IgnoreRequest):
            forbidden = "robots.txt 不允许 robots.txt forbids it"
            yield from self._fail(SourceBlocked(forbidden, hint="docs/sources.md#robots"), ledger)
        else:
            reason = f"连不上 no answer: {type(failure.value).__name__}"
            yield from self._fail(SourceError(reason), ledger)

    def _fail(self, error: FeedbackError, ledger: RunLedger) -> Iterator[scrapy.Request]:
        ledger.fail(error)
        if ledger.run.stop == "blocked":
            self._skip_waiting(ledger.target)
        yield from self._end(ledger)

    def _skip_waiting(self, refused: Target) -> None:
        """A refusal ends the run of the source: what waits is not asked for, and the ledger says so."""
        reason = SourceBlocked(
            f"没有请求：来源刚拒绝了 {refused.key} not asked: the source has just refused {refused.key}"
        )
        for target, limits in self._waiting:
            skipped = self._new_ledger(target, limits)
            skipped.fail(reason)
            self._finish(skipped)
        self._waiting = []

    def _end(self, ledger: RunLedger) -> Iterator[scrapy.Request]:
        self._finish(ledger)
        yield from self._begin()

    def _finish(self, ledger: RunLedger) -> None:
        run = ledger.finish(self.job.clock())
        self.job.records.save_run(run)
        self.job.runs.append(run)
        self.job.tell({"event": "end", "run": run.model_dump(mode="json")})
        logger.info("%s %s: %s, %d listed, %d new", run.source, run.target, run.stop, run.listed, run.new)


def _answer(response: Response) -> dict[str, Any]:
    headers = {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }
    return {"body": response.body, "url": response.url, "status": response.status, "headers": headers}
