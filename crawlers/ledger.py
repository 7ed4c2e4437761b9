"""The run ledger: turns pages into a ``Run`` and decides when it is over. A state machine without I/O or clock.

A run ends at a page wholly older than the watermark less the overlap, at the source's end, or at its budget.
Rows that are known never end it: a killed run has stored the newest pages, and stopping at them would leave a
gap for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crawlers.source import Manners, Presence, Target
from feedback.errors import FeedbackError, SourceBlocked, SourceChanged
from feedback.model import Follow, Page, Receipt, Run, Stop


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a run may end."""

    max_pages: int = 10
    since: datetime | None = None
    """Watermark of the last finished run of this target; None: there was none."""
    overlap: timedelta = timedelta(hours=48)
    back_to: datetime | None = None
    """Asked to read back only so far: older pages are left out, and the run says so."""

    @property
    def known_until(self) -> datetime | None:
        """What was said before this was read by a finished run; what was said since counts as live."""
        return self.since - self.overlap if self.since else None


@dataclass
class RunLedger:
    """One run, from its first page to why it stopped."""

    source: str
    target: Target
    run_id: str
    started_at: datetime
    limits: Limits = field(default_factory=Limits)
    manners: Manners = field(default_factory=Manners)
    run: Run = field(init=False)
    _seen: set[str] = field(default_factory=set)
    _empties: int = 0
    _undated: int = 0

    def __post_init__(self) -> None:
        self.run = Run(
            id=self.run_id,
            source=self.source,
            product=self.target.product,
            target=self.target.key,
            started_at=self.started_at,
        )

    @property
    def is_over(self) -> bool:
        return self.run.stop != "running"

    @property
    def needs_proof(self) -> bool:
        """Every page was empty: what that means must be asked elsewhere."""
        return self.run.stop == "empty_unverified"

    def ask(self) -> None:
        """Count a request for a page of the list: one that is refused was asked for as well."""
        self._note(asked=self.run.asked + 1)

    def take(self, page: Page) -> Follow | None:
        """Note one page of the list; the request that comes next, or None when the run is over."""
        times = [one.own_at for one in page.observations if one.own_at]
        self._undated += len(page.observations) - len(times)
        newest = [min(at, page.fetched_at) for at in times]  # a time in the future would hide what follows
        self._note(
            listed=self.run.listed + page.listed,
            rejected=self.run.rejected + len(page.rejects),
            oldest_at=min([*times, *_known(self.run.oldest_at)], default=None),
            newest_at=max([*newest, *_known(self.run.newest_at)], default=None),
        )
        ids = {one.id for one in page.observations}
        repeats = bool(ids) and ids <= self._seen
        self._seen |= ids
        self._empties = 0 if page.listed else self._empties + 1
        self._decide(page, repeats=repeats)
        return None if self.is_over else page.follow[0]

    def _decide(self, page: Page, *, repeats: bool) -> None:
        limit = self.manners.empty_pages
        if repeats:
            self._stop("repeat_page", "来源又给了同一页 the source gave the same page again")
        elif _is_wholly_before(page, self.limits.known_until):
            self._stop("watermark", "已接上上次读完的地方 reached what the last finished run had read")
        elif not page.follow or self._empties >= limit:
            self._end(page)
        elif _is_wholly_before(page, self.limits.back_to):
            self._stop("capped", "只要求读到这么早 asked to read back only so far; older ones are missing")
        elif self.run.asked >= self.limits.max_pages:
            self._stop(
                "capped",
                f"达到页数上限 budget of {self.limits.max_pages} pages reached; older ones are missing",
            )

    def _end(self, page: Page) -> None:
        if not self.run.listed:
            self._stop("empty_unverified", "每一页都是空的 every page was empty")
        elif page.listed and self.manners.window:
            self._stop("end", self._window_words())
        else:
            self._stop("end", "读到了尽头 read to the end")

    def _window_words(self) -> str:
        """The source's window is read through: is there a gap between its oldest row and the last finished run?"""
        window = (
            f"来源只给最近 {self.manners.window} 条 the source shows the newest {self.manners.window} only"
        )
        since, oldest = self.limits.since, self.run.oldest_at
        if since and oldest and oldest > since:
            return f"{window}; 与上次之间可能缺 possible gap {since:%Y-%m-%d %H:%M} … {oldest:%Y-%m-%d %H:%M} UTC"
        return window

    def stored(self, receipt: Receipt) -> None:
        """Count what the records did with the page."""
        names = ("new", "changed", "same", "erased", "expired")
        self._note(**{name: getattr(self.run, name) + getattr(receipt, name) for name in names})

    def prove(self, presence: Presence | None) -> None:
        """Say what the empty pages meant; None: the proof could not be had."""
        if presence is None:
            self._stop(
                "empty_unverified",
                "每一页都是空的，也无从核实 every page was empty, and nothing could prove it",
            )
        elif not presence.exists:
            self._stop(
                "empty_unverified",
                "这个地区查不到这个应用 no such app in this storefront: 检查 id 和地区 check id and country",
            )
        elif presence.proves_silence:
            self._stop("empty_verified", "确实还没有人评价 verified: nobody has rated it yet")
        else:
            self._stop(
                "empty_unverified",
                f"有 {presence.ratings} 个评分却一条评论也没给出 {presence.ratings} ratings, yet not one review was shown",
            )

    def fail(self, error: FeedbackError) -> None:
        """End the run for what went wrong; the watermark stays."""
        stop: Stop = "failed"
        if isinstance(error, SourceBlocked):
            stop = "blocked"
        elif isinstance(error, SourceChanged):
            stop = "changed"
        self._stop(stop, error.message)

    def kill(self, why: str) -> None:
        self._stop("killed", why)

    def finish(self, at: datetime) -> Run:
        """The finished run, to be saved."""
        undated = f"; {self._undated} 条没有时间 have no date" if self._undated else ""
        self._note(finished_at=at, detail=self.run.detail + undated)
        return self.run

    def _stop(self, stop: Stop, detail: str) -> None:
        self._note(stop=stop, detail=detail[:500])

    def _note(self, **fields: Any) -> None:
        self.run = self.run.model_copy(update=fields)


def _known(at: datetime | None) -> Sequence[datetime]:
    return (at,) if at else ()


def _is_wholly_before(page: Page, bound: datetime | None) -> bool:
    """Every row bears a time, and the newest of them lies before *bound*.

    Rows need not come in order, so each of them is looked at.
    """
    times = [one.own_at for one in page.observations]
    return bool(bound and times and all(at is not None and at < bound for at in times))
