"""From the records to an engine: takes changes in their order, one indexer per engine at a time.

Everything it does can be done again: a document replaces itself, a removal of nothing is nothing. So after a
kill, a damaged index or a restore it goes on from the engine's position, or from 0.
"""

import logging
import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from feedback.errors import FeedbackError
from index.engines.base import Engine, IndexDamaged, State
from index.records import Records

logger = logging.getLogger(__name__)

LEASE_S = 30
RELEASE_EVERY_S = 5
"""How often untagged items that have waited long enough are made visible."""
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index is, and who is moving it if not this process."""

    position: int
    until: int
    holder: str | None = None

    @property
    def behind(self) -> int:
        return max(0, self.until - self.position)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Indexer:
    """Safe to keep for the life of a process; use it from one thread at a time."""

    def __init__(self, records: Records, engine: Engine, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._records = records
        self._engine = engine
        self._clock = clock
        self._lease = f"index:{engine.name}"
        self._holder = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._renew_at = self._release_at = 0.0

    def step(self, limit: int = 5_000) -> int:
        """Take up to *limit* changed documents; returns how many documents and removals were taken.

        0 when there is nothing to do, and while another process holds the lease.
        """
        if not self._leased():
            return 0
        self._release_waiting()
        position = self._prepared().position
        counter = self._records.change()
        if position == counter:
            return 0
        documents = self._records.scan(position, limit=limit)
        # Commits are in the order of their numbers, so a scan that was not cut off saw everything up to the counter.
        last = documents[-1].change if documents else position
        reached = last if len(documents) == limit else max(counter, last)
        gone = [each.seq for each in self._records.erasures(position) if each.number <= reached]
        refused = self._engine.write(documents, gone=gone, position=reached)
        if refused:
            self._records.park_refused({each.id: each.reason for each in refused})
        self._engine.refresh()
        logger.info(
            "index %s: %d documents, %d removals, %d refused, now at %d of %d",
            *(self._engine.name, len(documents), len(gone), len(refused), reached, counter),
        )
        return len(documents) + len(gone)

    def catch_up(self, until: int | None = None, *, limit: int = 5_000, patience_s: float = 10) -> Progress:
        """Index up to change number *until* (default: the counter now).

        While another process holds the lease, wait for it up to *patience_s*; ``behind`` says what is missing.
        """
        goal = self._records.change() if until is None else until
        give_up_at = time.monotonic() + patience_s
        while True:
            if self._leased():
                holder = None
                self.step(limit)
            else:
                holder = self._records.lease_holder(self._lease)
            position = self._position()
            if position >= goal or (holder and time.monotonic() >= give_up_at):
                return Progress(position, goal, holder)
            if holder:
                time.sleep(_POLL_S)

    def show(self, ids: Sequence[str], *, patience_s: float = 10) -> Progress:
        """Make these items visible now, tagged or not: what ``refresh="wait"`` asks for."""
        self._records.release(now=self._clock(), ids=ids)
        return self.catch_up(patience_s=patience_s)

    def run(self, stop: Event, *, pause_s: float = 0.5) -> None:
        """Keep the index up to date until *stop*: for a background thread."""
        while not stop.is_set():
            try:
                if self.step():
                    continue
            except FeedbackError as error:
                logger.warning("index %s: %s", self._engine.name, error)
            stop.wait(pause_s)
        self.close()

    def close(self) -> None:
        """Let another process take over at once."""
        self._records.release_lease(self._lease, self._holder)
        self._renew_at = 0.0

    def _leased(self) -> bool:
        """Renewed at half time, so that an idle indexer does not write to the records at every look."""
        now = time.monotonic()
        if now < self._renew_at:
            return True
        if not self._records.lease(self._lease, self._holder, seconds=LEASE_S):
            return False
        self._renew_at = now + LEASE_S / 2
        return True

    def _release_waiting(self) -> None:
        if time.monotonic() >= self._release_at:
            self._records.release(now=self._clock())
            self._release_at = time.monotonic() + RELEASE_EVERY_S

    def _position(self) -> int:
        try:
            state = self._engine.state()
        except IndexDamaged:
            return 0
        return state.position if state.store_id == self._records.store_id else 0

    def _prepared(self) -> State:
        """The state of an index that is ours and readable; one that is not starts again at 0."""
        reason = ""
        try:
            state = self._engine.state()
            if state.store_id != self._records.store_id:
                reason = "it belongs to another store" if state.store_id else "it is new"
            elif state.position > self._records.change():
                reason = f"its position {state.position} is ahead of the records"
        except IndexDamaged as damaged:
            reason = damaged.message
        if not reason:
            return state
        logger.warning("index %s is built from the start: %s", self._engine.name, reason)
        self._engine.reset(self._records.store_id)
        return self._engine.state()
