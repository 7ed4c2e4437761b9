"""The files of a tantivy index: where they lie, opening, committing, and noticing what others committed.

Folder ``<store_id>-<fingerprint>`` under one directory. Any number of processes read; one writes at a time, held
apart by tantivy's lock file. Knows nothing of queries.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock, RLock
from typing import Any, NamedTuple

import tantivy

from feedback.errors import EngineError, StoreFull
from index.engines.base import IndexDamaged, State
from index.engines.tantivy_schema import MARK, as_document, mark, schema
from index.rows import IndexRow

_HEAP = 60_000_000
_THREADS = 1
_FOLDER = re.compile(r".+-[0-9a-f]{12}")

Seen = tuple[Path, int, int, int]
"""What tells one commit from another: folder, its inode, inode and time of ``meta.json``."""


class TooManyBuckets(EngineError):
    """An aggregation would have answered more than tantivy allows."""


class Found(NamedTuple):
    total: int
    hits: Sequence[tuple[Any, tantivy.DocAddress]]
    """Score or sort key, and where."""


@dataclass(frozen=True)
class Snapshot:
    """One commit, unchanging while it is held. Every question goes through here, so that errors have our names."""

    searcher: tantivy.Searcher
    state: State

    def search(self, query: tantivy.Query, limit: int, **options: Any) -> Found:
        with _translated():
            found = self.searcher.search(query, limit, **options)
            return Found(int(found.count or 0), found.hits)  # type: ignore[attr-defined]

    def aggregate(self, query: tantivy.Query, asked: dict[str, Any]) -> dict[str, Any]:
        with _translated():
            return self.searcher.aggregate(query, asked)

    def column(self, name: str, hits: Sequence[tuple[Any, tantivy.DocAddress]]) -> list[int]:
        with _translated():
            values = self.searcher.fast_field_values(name, [address for _, address in hits])
        return [value for value in values if isinstance(value, int)]

    @cached_property
    def span(self) -> tuple[int, int]:
        """Seconds of the oldest and after the newest item."""
        asked = {"oldest": {"min": {"field": "at"}}, "newest": {"max": {"field": "at"}}}
        found = self.aggregate(tantivy.Query.all_query(), asked)
        if found["oldest"]["value"] is None:
            return 0, 0
        return int(found["oldest"]["value"]), int(found["newest"]["value"]) + 1


class Store:
    def __init__(self, directory: Path, fingerprint: str) -> None:
        self._directory = directory
        self._fingerprint = fingerprint
        self._reading = RLock()
        self._writing = Lock()
        self._index: tantivy.Index | None = None
        self._seen: Seen | None = None
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The latest commit, whoever made it. Raises IndexDamaged."""
        with self._reading:
            seen = self._look()
            if self._snapshot is None or seen != self._seen:
                self._snapshot = None
                self._snapshot = self._open(seen)
                self._seen = seen
            return self._snapshot

    def write(self, rows: Sequence[IndexRow], gone: Iterable[int], position: int) -> None:
        """Replace *rows*, drop *gone* and stand at *position*: one commit, durable when this returns."""
        with self._writing:
            before = self.snapshot()
            if self._index is None or not before.state.store_id:
                raise EngineError("索引还没有归属 the index belongs to no store yet", hint="reset(store_id)")
            with _writer(self._index) as writer:
                # Only now, behind the lock: another process may have committed since.
                before = self.snapshot()
                affected = {row.seq for row in rows}.union(gone)
                kept = before.state.documents - _present(before, affected)
                for seq in affected:
                    writer.delete_documents_by_term("seq", seq)
                for row in rows:
                    writer.add_document(as_document(row))
                writer.delete_documents_by_term("mark", MARK)
                writer.add_document(mark(position, kept + len(rows)))
                writer.commit()

    def reset(self, store_id: str) -> None:
        """An empty index for *store_id*; every other index in the directory goes."""
        with self._writing, self._reading:
            self.close()
            self._directory.mkdir(parents=True, exist_ok=True)
            for folder in self._directory.iterdir():
                if folder.is_dir() and _FOLDER.fullmatch(folder.name):
                    shutil.rmtree(folder)
            folder = self._directory / f"{store_id}-{self._fingerprint}"
            folder.mkdir()
            with _translated(folder):
                index = tantivy.Index(schema(), str(folder))
            with _writer(index) as writer:
                writer.add_document(mark(0, 0))
                writer.commit()

    def close(self) -> None:
        with self._reading:
            self._index = self._seen = self._snapshot = None

    def _look(self) -> Seen | None:
        if self._seen and (seen := _sign(self._seen[0])):
            return seen
        found = [seen for folder in self._directory.glob(f"*-{self._fingerprint}") if (seen := _sign(folder))]
        return max(found, key=lambda seen: seen[3], default=None)

    def _open(self, seen: Seen | None) -> Snapshot:
        if seen is None:
            self._index = None
            return Snapshot(tantivy.Index(schema()).searcher(), State("", 0, 0))
        folder = seen[0]
        with _translated(folder):
            if self._index is None or self._seen is None or seen[:2] != self._seen[:2]:
                self._index = _opened(folder)
            self._index.reload()
            searcher = self._index.searcher()
            state = _state(searcher, folder.name.rpartition("-")[0])
        if state is None:
            raise IndexDamaged(
                f"索引不完整 the index in {folder.name} holds {searcher.num_docs} documents, not what it should",
                hint="会自动重建 it is rebuilt from the records",
            )
        return Snapshot(searcher, state)


def _sign(folder: Path) -> Seen | None:
    try:
        meta = (folder / "meta.json").stat()
        return folder, folder.stat().st_ino, meta.st_ino, meta.st_mtime_ns
    except FileNotFoundError:
        return None


def _opened(folder: Path) -> tantivy.Index:
    if not tantivy.Index.is_compatible(str(folder)):
        raise IndexDamaged(
            f"索引是别的版本写的 the index {folder.name} has another format", hint="会自动重建 it is rebuilt"
        )
    index = tantivy.Index(schema(), str(folder))
    index.config_reader("manual")
    return index


def _state(searcher: tantivy.Searcher, store_id: str) -> State | None:
    """What the mark says; None when it is missing or says another number of documents than there are."""
    bare = Snapshot(searcher, State(store_id, 0, 0))
    marks = bare.search(tantivy.Query.term_query(schema(), "mark", MARK, "basic"), 2)
    if marks.total == 0 and searcher.num_docs == 0:
        return bare.state  # killed between making the folder and its first commit
    positions, documents = bare.column("position", marks.hits), bare.column("documents", marks.hits)
    if len(positions) != 1 or documents != [searcher.num_docs - 1]:
        return None
    return State(store_id, positions[0], documents[0])


def _present(snapshot: Snapshot, seqs: set[int]) -> int:
    """How many of *seqs* the index holds."""
    if not seqs:
        return 0
    return snapshot.search(tantivy.Query.term_set_query(schema(), "seq", sorted(seqs)), 1).total


@contextmanager
def _writer(index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
    """A writer that leaves nothing behind: neither half a commit nor a merge cut short."""
    with _translated():
        writer = index.writer(_HEAP, _THREADS)
        try:
            # A process killed between writing a .del file and meta.json leaves one that blocks every later commit.
            writer.garbage_collect_files()
            yield writer
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()


@contextmanager
def _translated(folder: Path | None = None) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise _named(error, folder) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # tantivy aborting on files it cannot make sense of
            raise _named(error, folder) from error
        raise


def _named(error: BaseException, folder: Path | None) -> EngineError | StoreFull:
    said = str(error)
    if "LockBusy" in said:
        return EngineError(
            "另一个进程正在写索引 another process is writing the index", hint="稍后再试 try again later"
        )
    if "bucket limit" in said:
        return TooManyBuckets("分组太多 too many groups to count", hint="加筛选 narrow the query")
    if "No space left" in said:
        return StoreFull("磁盘满了 no space left for the index", hint="清理磁盘 free some space")
    where = folder.name if folder else "tantivy"
    return IndexDamaged(
        f"索引读写失败 the index {where} cannot be used: {said[:300]}",
        hint="会自动重建 it is rebuilt from the records",
    )
