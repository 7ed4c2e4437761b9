"""Starts a crawl as a subprocess and tells how it goes: Scrapy's reactor runs once a process, ours must go on."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from feedback import errors
from feedback.errors import FeedbackError, SourceError
from feedback.model import Run

logger = logging.getLogger(__name__)

STOP_S = (3.0, 15.0)
"""Asked once, a crawl finishes the request in flight; asked again, it gives that up; after that it is killed."""


@dataclass(frozen=True)
class Event:
    """One thing that happened: ``start`` and ``end`` of a run, a ``page`` in between."""

    kind: str
    run: Run | None = None
    page: dict[str, Any] = field(default_factory=dict)
    """Of a page: target, page, listed, new, changed, same, rejected."""


def launch(
    root: Path,
    source: str,
    product: str,
    *,
    targets: Iterable[str] = (),
    max_pages: int = 0,
    back_to: datetime | None = None,
    now: datetime | None = None,
) -> Iterator[Event]:
    """Crawl in a subprocess; yields events as they happen. Ends it when the caller stops listening.

    Raises what stopped the crawl as a whole; a target that could not be read is no error but a run that says so.
    """
    command = [
        sys.executable,
        "-m",
        "crawlers.run",
        "--project",
        str(root),
        "--source",
        source,
        "--product",
        product,
    ]
    command += [part for key in targets for part in ("--target", key)]
    command += ["--max-pages", str(max_pages)] if max_pages else []
    command += ["--back-to", back_to.isoformat()] if back_to else []
    command += ["--now", now.isoformat()] if now else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    failure: FeedbackError | None = None
    try:
        for line in process.stdout or ():
            said = _said(line)
            if said.get("event") == "error":
                failure = _error(said)
            elif said:
                yield _event(said)
        code = process.wait()
    finally:
        _stop(process)
    if failure:
        raise failure
    if code not in (0, 3):
        raise SourceError(
            f"抓取进程意外退出 the crawl of {source} for {product} ended unexpectedly: exit code {code}",
            hint="已存的不会丢，再跑一次即可 what was stored is safe; run it again",
        )


def crawl(
    root: Path, source: str, product: str, *, tell: Callable[[Event], None] | None = None, **asked: Any
) -> list[Run]:
    """``launch``, listened to until the end; returns the finished runs."""
    runs = []
    for event in launch(root, source, product, **asked):
        if tell:
            tell(event)
        if event.kind == "end" and event.run:
            runs.append(event.run)
    return runs


def _said(line: str) -> dict[str, Any]:
    """Anything else a library may print is logged and passed over."""
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if isinstance(said, dict) and "event" in said:
        return said
    logger.warning("the crawl said: %s", line.rstrip()[:200])
    return {}


def _event(said: dict[str, Any]) -> Event:
    kind = said.pop("event")
    return Event(kind, run=Run.model_validate(said["run"])) if "run" in said else Event(kind, page=said)


def _error(said: dict[str, Any]) -> FeedbackError:
    """The error of the subprocess as the same class here, so that it keeps its exit code and HTTP status."""
    kind = getattr(errors, str(said["error"]), FeedbackError)
    error: FeedbackError = kind(said["message"], hint=said["hint"])
    return error


def _stop(process: subprocess.Popen[str]) -> None:
    for patience in STOP_S:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
    if process.poll() is None:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
