"""What the records know of earlier runs: which are dead, which were refused, how far the last finished one read."""

import secrets
import time
from collections.abc import Iterable
from datetime import datetime

from crawlers.source import Target
from feedback.model import Run
from index.records import Records

_RECENT = 1_000


def new_run_id() -> str:
    """Ids sort by real time, so that the latest run is known even where the demo's clock stands still."""
    return f"{time.time_ns():x}{secrets.token_hex(2)}"


def bury(records: Records, source: str) -> list[Run]:
    """Mark runs of *source* that were killed before they could say so. Call while holding its lease."""
    dead = [run for run in records.runs(source=source, limit=_RECENT) if run.stop == "running"]
    detail = "进程被杀，下次会补上 the process was killed; the next run makes up for it"
    buried = [run.model_copy(update={"stop": "killed", "detail": detail}) for run in dead]
    for run in buried:
        records.save_run(run)
    return buried


def read_until(records: Records, source: str, target: Target) -> datetime | None:
    """How far *target* was read for its product; None if never. Another product's run of the same app is not ours."""
    runs = records.runs(product=target.product, source=source, limit=_RECENT)
    finished = next((run for run in runs if run.target == target.key and run.is_complete), None)
    if finished is None:
        return None
    return records.watermark(source, target.key) or finished.started_at


def refused_last(records: Records, source: str, targets: Iterable[Target]) -> list[Target]:
    """*targets*, those that the source refused last time at the end.

    A refusal ends the whole source's run: a storefront that always refuses must not keep the others from being read.
    """
    refused = {
        (run.product, run.target)
        for run in records.latest_runs()
        if run.source == source and run.stop == "blocked" and run.asked
    }
    return sorted(targets, key=lambda target: (target.product, target.key) in refused)
