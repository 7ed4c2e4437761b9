"""The worker as the command line runs it: tag what is due, join near copies, bring the index up to date."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cli.finish import catch_up
from cli.workspace import Workspace
from index.records import Written
from nlp import worker


def holder() -> str:
    """Who holds a lease, in words that tell a person where to look."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_worker(work: Workspace, *, watch: bool = False) -> Written:
    """Tag everything that is due and index it; with *watch*, go on until asked to stop."""
    stop = threading.Event()
    with _stopping(stop), _indexing(work, watch=watch), work.speech.progress() as progress:
        task = progress.add_task(work.speech.text("打标", "tagging"), total=None)
        total = worker.run(
            work.records,
            work.pipeline,
            holder=holder(),
            watch=watch,
            stop=stop,
            limit=work.settings.tag.batch,
            poll_s=work.settings.tag.poll_s,
            progress=lambda done: progress.advance(task, done.tagged),
        )
    work.records.release(now=work.now())
    catch_up(work)
    work.speech.line(
        f"打标 {total.tagged} 条，失败 {total.failed}，搁置 {total.parked}",
        f"Tagged {total.tagged} items, {total.failed} failed, {total.parked} parked",
    )
    return total


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the loop after the batch in hand, so that nothing is done twice."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _indexing(work: Workspace, *, watch: bool) -> Iterator[None]:
    """While watching, a thread keeps the index within a second of the records."""
    if not watch:
        yield
        return
    done = threading.Event()
    pause = {"pause_s": work.settings.index.refresh_s}
    thread = threading.Thread(
        target=work.indexer.run, args=(done,), kwargs=pause, name="indexer", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
