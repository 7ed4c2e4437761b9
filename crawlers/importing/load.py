"""The import itself: a planned file, read a second time and put in pages of 500; the ledger gets a run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from crawlers.history import bury, new_run_id
from crawlers.importing.cells import Unreadable
from crawlers.importing.plan import ImportPlan
from crawlers.importing.rows import VIA
from crawlers.importing.tables import Row
from crawlers.lease import held
from feedback.errors import FeedbackError, ImportRefused
from feedback.model import Observation, Page, Receipt, Reject, Run
from index.records import Records

PAGE_ROWS = 500
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTED = ("new", "changed", "same", "erased", "expired")


@dataclass(frozen=True)
class Progress:
    """After each page: rows done of all, and what the records did with the page."""

    done: int
    rows: int
    receipt: Receipt


def run_import(
    plan: ImportPlan,
    records: Records,
    *,
    clock: Callable[[], datetime],
    live: bool = False,
    retention: Mapping[str, timedelta] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Store what *plan* found readable; returns the finished run. Raises ImportRefused if the file has changed since.

    live: The rows are news, not history: they may fire alerts.
    """
    status = plan.path.stat()
    if (status.st_size, status.st_mtime_ns) != (plan.size, plan.modified_ns):
        raise ImportRefused(
            f"{plan.path.name} 检查之后变了 has changed since it was checked", hint="再来一次 start again"
        )
    with held(records, VIA) as keep:
        bury(records, VIA)
        run = Run(
            id=new_run_id(),
            source=VIA,
            product=plan.reader.product,
            target=plan.reader.target,
            started_at=clock(),
            detail=plan.path.name,
        )
        try:
            for page in _pages(plan, records.salt, clock):
                run = _noted(run, page)
                receipt = records.put(page, run=run, live_since=_EVER if live else None, retention=retention)
                run = run.model_copy(
                    update={name: getattr(run, name) + getattr(receipt, name) for name in _COUNTED}
                )
                keep()
                if progress:
                    progress(Progress(run.listed, plan.rows, receipt))
        except FeedbackError as error:
            records.save_run(_ended(run, "failed", f"{plan.path.name}: {error.message}", clock()))
            raise
        run = _ended(run, "end", plan.path.name, clock())
        records.save_run(run)
        return run


def _noted(run: Run, page: Page) -> Run:
    times = [one.own_at for one in page.observations if one.own_at]
    return run.model_copy(
        update={
            "asked": run.asked + 1,
            "listed": run.listed + page.listed,
            "rejected": run.rejected + len(page.rejects),
            "oldest_at": min([*times, *filter(None, [run.oldest_at])], default=None),
            "newest_at": max([*times, *filter(None, [run.newest_at])], default=None),
        }
    )


def _ended(run: Run, stop: str, detail: str, at: datetime) -> Run:
    return run.model_copy(update={"stop": stop, "detail": detail[:500], "finished_at": at})


def _pages(plan: ImportPlan, salt: bytes, clock: Callable[[], datetime]) -> Iterator[Page]:
    rows = (row for row in plan.columns.rows() if not plan.reader.is_notice(row))
    while batch := list(islice(rows, PAGE_ROWS)):
        yield _page(plan, batch, salt, clock())


def _page(plan: ImportPlan, batch: Sequence[Row], salt: bytes, at: datetime) -> Page:
    observations: list[Observation] = []
    rejects: list[Reject] = []
    for row in batch:
        try:
            observations.append(plan.reader.read(row, salt=salt, seen_at=at))
        except Unreadable as error:
            rejects.append(Reject(reason=str(error), position=f"row {row.number}"))
    return Page(
        url=f"import:{plan.reader.target}",
        fetched_at=at,
        observations=tuple(observations),
        rejects=tuple(rejects),
        listed=len(batch),
    )
