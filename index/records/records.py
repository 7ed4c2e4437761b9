"""Records: every verb of the store, each one transaction. The SQL stands in the modules beside this one."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Row, insert, select, update

from feedback.errors import FeedbackError, NotFound, UsageError
from feedback.model import Document, Page, Receipt, Run, Sighting, Verdict
from index.records import access, backup, changes, clusters, erase, ledger, put, queue
from index.records.access import Key
from index.records.database import BUSY_S, Database, claim
from index.records.rows import documents, load_sightings, masked_sighting, seconds, select_rows
from index.records.schema import counter, feedback, verdicts
from index.records.types import Depth, Done, Erasure, Signed, Terms, Wanted, Work, Written


class StaleRevision(FeedbackError):
    """A verdict was given for a text that has changed meanwhile."""

    status = 409


class Records:
    """One open store. Safe to share between threads; not across a fork.

    ``own``: product → fingerprint of its own leaves (``Taxonomy.own_fingerprints``).
    """

    def __init__(self, database: Database, *, salt: bytes, own: Mapping[str, str] | None = None) -> None:
        self._db = database
        self.salt = salt
        self.own = dict(own or {})
        self.store_id = claim(database, hashlib.sha256(b"huisheng" + salt).hexdigest()[:12])

    @classmethod
    def open(
        cls, url: str | Path, *, salt: bytes, own: Mapping[str, str] | None = None, busy_s: float = BUSY_S
    ) -> Self:
        """Open, creating or migrating as needed. Raises WrongStore, StoreBusy, StoreFull, StoreError.

        busy_s: How long a write waits for another writer of the same file.
        """
        database = Database(str(url), busy_s=busy_s)
        try:
            return cls(database, salt=salt, own=own)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def erased_log(self) -> Path | None:
        """Beside the database file, so that a restored copy meets it."""
        return self._db.path.with_name("erased.log") if self._db.path else None

    # -- crawl -----------------------------------------------------------------------------------------

    def put(
        self,
        page: Page,
        *,
        run: Run | None = None,
        live_since: datetime | None = None,
        retention: Mapping[str, timedelta] | None = None,
    ) -> Receipt:
        """Store one page: one transaction, one acknowledgement. Repeating it changes nothing.

        run: Saved with the page, so that the ledger never says more or less than the store holds.
        live_since: The watermark less the overlap, for a run whose target had a finished run before.
        retention: Platform → age; what is older is refused and counted as expired.
        """
        terms = Terms(
            salt=self.salt, own=frozenset(self.own), live_since=live_since, retention=retention or {}
        )
        with self._db.write() as connection:
            receipt = put.put_page(connection, page, terms)
            if run is not None:
                ledger.save_run(connection, run)
            return receipt

    def save_run(self, run: Run) -> None:
        with self._db.write() as connection:
            ledger.save_run(connection, run)

    def runs(self, *, product: str | None = None, source: str | None = None, limit: int = 50) -> list[Run]:
        with self._db.read() as connection:
            return ledger.read_runs(connection, product=product, source=source, limit=limit)

    def latest_runs(self) -> list[Run]:
        with self._db.read() as connection:
            return ledger.latest_runs(connection)

    def watermark(self, source: str, target: str) -> datetime | None:
        """How far the last finished run of this target has read."""
        with self._db.read() as connection:
            return ledger.read_watermark(connection, source, target)

    # -- tag -------------------------------------------------------------------------------------------

    def due(self, limit: int = 256) -> list[Work]:
        """What waits for tagging: fresh before changed before backlog, newest first."""
        with self._db.read() as connection:
            return queue.due_work(connection, limit, frozenset(self.own))

    def write(self, done: Sequence[Done]) -> Written:
        with self._db.write() as connection:
            return queue.write_done(connection, done, frozenset(self.own))

    def depth(self) -> Depth:
        with self._db.read() as connection:
            return queue.depth(connection)

    def wanted(self) -> Wanted | None:
        with self._db.read() as connection:
            return queue.read_wanted(connection)

    def adopt_empty(self, fingerprints: Mapping[str, str]) -> Wanted:
        """The first worker's pipeline becomes the wanted one; later calls return what is wanted."""
        with self._db.write() as connection:
            return queue.adopt_empty(connection, fingerprints)

    def adopt(self, fingerprints: Mapping[str, str]) -> Iterator[int]:
        """Want another pipeline and mark what it makes stale, in resumable steps; yields rows marked."""
        return queue.adopt(self._db, fingerprints)

    def pending_clusters(self, limit: int = 1_000) -> list[Signed]:
        """Sketched items in no cluster yet, in the order of (first_seen_at, seq)."""
        with self._db.read() as connection:
            return clusters.pending(connection, limit)

    def neighbours(self, bands: Sequence[int], *, since: datetime, until: datetime) -> list[Signed]:
        with self._db.read() as connection:
            return clusters.neighbours(connection, bands, seconds(since), seconds(until))

    def join(self, seq: int, cluster: int | None) -> None:
        with self._db.write() as connection:
            clusters.join(connection, seq, cluster)

    # -- index -----------------------------------------------------------------------------------------

    def release(self, *, now: datetime, older_than_s: float = 60, ids: Sequence[str] | None = None) -> int:
        """Make untagged items visible: those first seen *older_than_s* ago, or exactly *ids* at once."""
        with self._db.write() as connection:
            before_s = seconds(now - timedelta(seconds=older_than_s))
            return changes.release_unnumbered(connection, before_s=before_s, ids=ids)

    def scan(self, after: int, *, limit: int = 2_000) -> list[Document]:
        with self._db.read() as connection:
            return changes.scan_changes(connection, after, limit)

    def erasures(self, after: int) -> list[Erasure]:
        """What engines must drop, after change number *after*."""
        with self._db.read() as connection:
            return changes.removals_after(connection, after)

    def change(self) -> int:
        """The number of the latest change."""
        with self._db.read() as connection:
            newest = select(counter.c.n).where(counter.c.name == "change")
            return int(connection.execute(newest).scalar_one())

    def park_refused(self, refused: Mapping[str, str]) -> None:
        """Remember why an engine refused a document (id → reason)."""
        with self._db.write() as connection:
            for feedback_id, reason in sorted(refused.items()):
                row = update(feedback).where(feedback.c.id == feedback_id)
                connection.execute(row.values(refused=reason[:500]))

    # -- read ------------------------------------------------------------------------------------------

    def get(self, feedback_id: str, *, raw: bool = False) -> Document | None:
        """The item of this id, or the one it is an alias of. Text is masked unless *raw*."""
        with self._db.read() as connection:
            row = _head(connection, feedback_id, lock=False)
            return documents(connection, [row], raw=raw)[0] if row is not None else None

    def by_seq(self, seqs: Sequence[int], *, raw: bool = False) -> dict[int, Document]:
        """Those of *seqs* that still exist; the caller keeps the order."""
        with self._db.read() as connection:
            rows = select_rows(connection, feedback.c.seq, seqs, lock=False)
            found = documents(connection, (row for row in rows if row.alias_of is None), raw=raw)
            return {document.seq: document for document in found}

    def history(self, feedback_id: str, *, raw: bool = False) -> tuple[Sighting, ...]:
        """Every distinct sighting of an item, oldest own time first."""
        with self._db.read() as connection:
            row = _head(connection, feedback_id, lock=False)
            found = load_sightings(connection, [row.seq])[row.seq] if row is not None else []
        ordered = sorted(found, key=lambda one: (one.seen.own_at or one.first_at, one.digest))
        return tuple(ordered if raw else map(masked_sighting, ordered))

    # -- correct, erase, keep ----------------------------------------------------------------------------

    def judge(self, verdict: Verdict) -> None:
        """Keep a person's correction. Raises NotFound, or StaleRevision when the text has changed since."""
        with self._db.write() as connection:
            row = _head(connection, verdict.id, lock=True)
            if row is None:
                raise NotFound(f"没有这条反馈 no such feedback: {verdict.id}", hint="huisheng search …")
            if row.revision != verdict.revision:
                raise StaleRevision(
                    f"原文已变 the text of {verdict.id} has changed since revision {verdict.revision}",
                    hint="重新打开这条再改 open the item again",
                )
            kept = verdict.model_copy(update={"id": row.id})
            connection.execute(insert(verdicts), {"seq": row.seq, "body": kept.model_dump_json()})
            changes.number(connection, [row.seq])

    def forget(
        self,
        *,
        authors: Sequence[str] = (),
        feedback_id: str | None = None,
        before: datetime | None = None,
    ) -> int:
        """Erase everything of these authors (pseudonyms or name keys), this id, or said before an instant.

        What is erased is refused by ``put`` under its id and under any other. Returns the items erased; on return
        no byte of them is left in the database's files.
        """
        if not authors and feedback_id is None and before is None:
            raise UsageError("没说要擦除什么 nothing to erase was named", hint="authors, feedback_id, before")
        with self._db.write() as connection:
            seqs = erase.matching_seqs(connection, authors=authors, feedback_id=feedback_id, before=before)
            erased = erase.erase(connection, seqs, self.salt, self.erased_log)
            if seqs:
                backup.remember_sweep(connection)
        backup.sweep(self._db)
        return erased

    def expire(self, retention: Mapping[str, timedelta], *, now: datetime) -> int:
        """Empty texts past their platform's retention; returns how many.

        Call until it returns 0: the last call clears their bytes from the files as well.
        """
        with self._db.write() as connection:
            expired = erase.expire(connection, retention, now)
            if expired:
                backup.remember_sweep(connection)
        if not expired:
            backup.sweep(self._db)
        return expired

    def backup(self, to: Path) -> None:
        backup.backup(self._db, to)

    @staticmethod
    def restore(copy: Path, target: Path) -> int:
        """Replace *target* by a backup, erasures since applied; returns how many items those took out."""
        return backup.restore(copy, target, target.with_name("erased.log"))

    # -- access ------------------------------------------------------------------------------------------

    def add_key(
        self, name: str, scopes: Iterable[str], products: Iterable[str] = (), *, now: datetime
    ) -> str:
        """A new API key; its secret is returned once and kept nowhere."""
        with self._db.write() as connection:
            return access.add_key(connection, name, scopes, products, seconds(now))

    def find_key(self, secret: str) -> Key | None:
        with self._db.read() as connection:
            return access.find_key(connection, secret)

    def keys(self) -> list[Key]:
        with self._db.read() as connection:
            return access.list_keys(connection)

    def revoke_key(self, name: str) -> None:
        with self._db.write() as connection:
            access.revoke_key(connection, name)

    def lease(self, name: str, holder: str, *, seconds: int = 30) -> bool:
        """Take or prolong a lease; False while somebody else holds it."""
        with self._db.write() as connection:
            return access.take_lease(connection, name, holder, seconds)

    def release_lease(self, name: str, holder: str) -> None:
        with self._db.write() as connection:
            access.drop_lease(connection, name, holder)

    def lease_holder(self, name: str) -> str | None:
        with self._db.read() as connection:
            return access.lease_holder(connection, name)


def _head(connection: Connection, feedback_id: str, *, lock: bool) -> Row[Any] | None:
    """The row of this id, or of the item that it turned out to be."""
    found = select_rows(connection, feedback.c.id, [feedback_id], lock=lock)
    if found and found[0].alias_of is not None:
        found = select_rows(connection, feedback.c.seq, [found[0].alias_of], lock=lock)
    return found[0] if found else None
