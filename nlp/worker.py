"""The tagging worker: takes what is due from the records, hands back tags and sketches, then clusters.

Owns the order of these steps and what happens when one item breaks a tagger. The records own the queue, the
counting of tries and the parking. Only masked text ever gets here.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from feedback.errors import FeedbackError, StoreBusy
from index.records import Records
from index.records.types import Done, Work, Written
from nlp import cluster
from nlp.pipeline import Pipeline
from nlp.signature import signature
from nlp.tagger import Item

logger = logging.getLogger(__name__)

LEASE = "tag"
LEASE_S = 60
"""Longer than any batch takes; a killed worker's place is free again after it."""


class WrongPipeline(FeedbackError):
    """The store wants its items tagged with another pipeline than this one. Nothing was tagged."""

    status = 503


Progress = Callable[[Written], None]


def step(records: Records, pipeline: Pipeline, *, limit: int = 256) -> Written:
    """Tag up to *limit* items that are due. Nothing due: an empty result.

    The first worker of a store makes its pipeline the wanted one. Raises WrongPipeline where another is.
    """
    if records.wanted() is None:
        records.adopt_empty(pipeline.fingerprints())
    work = records.due(limit)
    # Checked after the work was handed out: its keys hold the fingerprints that were wanted then.
    check(records, pipeline)
    return records.write(tagged(pipeline, work)) if work else Written()


def check(records: Records, pipeline: Pipeline) -> None:
    """Raises WrongPipeline unless *pipeline* is the wanted one."""
    wanted = records.wanted()
    mine = pipeline.fingerprints()
    if wanted is None or dict(wanted.fingerprints) == dict(mine):
        return
    differing = ", ".join(_differing(wanted.fingerprints, mine))
    raise WrongPipeline(
        f"打标流程与库里要的不一致 this pipeline is not the wanted one; differs in: {differing}",
        hint="huisheng tag adopt 采用现在的流程 wants this one, and queues what it makes stale",
    )


def _differing(wanted: Mapping[str, str], mine: Mapping[str, str]) -> list[str]:
    names = sorted(name for name in {*wanted, *mine} if wanted.get(name) != mine.get(name))
    return [name or "base" for name in names]


def tagged(pipeline: Pipeline, work: Sequence[Work]) -> list[Done]:
    """The result for each item. A batch that breaks is halved until the item that breaks it stands alone."""
    try:
        items = [Item.seen(one.document.feedback) for one in work]
        tags = pipeline.tag(items)
        return [
            Done(one.seq, one.key, tags=found, signature=signature(item.folded))
            for one, item, found in zip(work, items, tags, strict=True)
        ]
    except Exception as error:
        if len(work) == 1:
            logger.warning("item %d cannot be tagged: %s", work[0].seq, type(error).__name__)
            return [Done(work[0].seq, work[0].key, error=f"{type(error).__name__}: {error}"[:200])]
    middle = len(work) // 2
    return tagged(pipeline, work[:middle]) + tagged(pipeline, work[middle:])


def run(
    records: Records,
    pipeline: Pipeline,
    *,
    holder: str,
    watch: bool = False,
    stop: threading.Event | None = None,
    limit: int = 256,
    poll_s: float = 1.0,
    progress: Progress | None = None,
) -> Written:
    """Tag and cluster until nothing is due, or with *watch* until *stop* is set. Returns the sum of all steps.

    holder: Who holds the lease meanwhile; one worker tags a store at a time. Raises StoreBusy where another
    one does, unless watching: then it waits for its turn. progress: Called after each step that did something.
    """
    stop = stop or threading.Event()
    total = Written()
    try:
        while not stop.is_set():
            done = _turn(records, pipeline, holder, limit=limit, is_patient=watch)
            if done is not None and _did_something(done):
                total = _sum(total, done)
                if progress:
                    progress(done)
                continue
            if not watch:
                break
            stop.wait(poll_s)
    finally:
        records.release_lease(LEASE, holder)
    return total


def _turn(
    records: Records, pipeline: Pipeline, holder: str, *, limit: int, is_patient: bool
) -> Written | None:
    """One step under the lease; clusters when the queue has run dry. None: no turn now."""
    try:
        if not records.lease(LEASE, holder, seconds=LEASE_S):
            raise StoreBusy(
                f"另一个进程正在打标 {records.lease_holder(LEASE) or '?'} is tagging this store",
                hint="等它做完，或停掉它 wait for it, or stop it",
            )
        done = step(records, pipeline, limit=limit)
        # Queues are served newest first, clusters are named after the first seen: so not before all are in.
        if not _did_something(done):
            while cluster.step(records):
                pass
        return done
    except FeedbackError as error:
        if not (is_patient and error.transient):
            raise
        logger.info("waiting: %s", error.message)
        return None


def _did_something(done: Written) -> bool:
    return bool(done.tagged or done.stale or done.failed)


def _sum(one: Written, other: Written) -> Written:
    return Written(
        tagged=one.tagged + other.tagged,
        stale=one.stale + other.stale,
        failed=one.failed + other.failed,
        parked=one.parked + other.parked,
        change=max(one.change, other.change),
    )
