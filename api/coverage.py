"""How complete the collection was: the latest run of every target, and what its end means in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.access import Caller
from api.service import Service
from feedback.model import Run

STOPS: Mapping[str, tuple[str, str]] = {
    "watermark": ("已接上次的进度", "reached what was known"),
    "end": ("已读到来源的尽头", "reached the end of the source"),
    "empty_verified": ("确实没有反馈", "verified: there is nothing"),
    "capped": ("到达页数上限，还有更早的未取", "stopped at its budget; older ones are missing"),
    "blocked": ("被来源拒绝", "refused by the source"),
    "changed": ("页面结构变了，读不出", "the page changed; it cannot be read"),
    "empty_unverified": ("读到空页，无法证实", "an empty page that could not be verified"),
    "repeat_page": ("来源重复同一页", "the source repeated a page"),
    "failed": ("出错中止", "failed"),
    "killed": ("被中断", "was interrupted"),
    "running": ("正在采集", "is running"),
}
_ZERO = ("一条也没有，可疑", "not one item: suspicious")


def latest(service: Service, caller: Caller, products: Iterable[str] = ()) -> list[Run]:
    """The latest run of each (source, product, target) that *caller* may see, newest first."""
    wanted = set(products)
    runs = [
        run
        for run in service.records.latest_runs()
        if caller.sees((run.product,)) and (not wanted or run.product in wanted)
    ]
    return sorted(runs, key=lambda run: run.started_at, reverse=True)


def is_suspicious(run: Run) -> bool:
    """Said to be finished, yet nothing was listed although pages were asked for: more often a wall than silence."""
    return run.is_complete and run.asked > 0 and run.listed == 0 and run.stop != "empty_verified"


def is_gap(run: Run) -> bool:
    """The run ended without having seen everything it should: figures may be too small."""
    return (run.stop != "running" and not run.is_complete) or is_suspicious(run)


def ending(run: Run) -> tuple[str, str]:
    """How the run ended, in Chinese and English."""
    return _ZERO if is_suspicious(run) else STOPS[run.stop]


def report(run: Run) -> dict[str, Any]:
    chinese, english = ending(run)
    return run.model_dump() | {
        "complete": run.is_complete,
        "suspicious": is_suspicious(run),
        "words": {"zh": chinese, "en": english},
    }


def hint(runs: Iterable[Run]) -> dict[str, Any]:
    """In short, beside search results: is anything missing, and where."""
    gaps = [
        {"source": run.source, "product": run.product, "target": run.target, "stop": run.stop}
        for run in runs
        if is_gap(run)
    ]
    return {"complete": not gaps, "gaps": gaps}
