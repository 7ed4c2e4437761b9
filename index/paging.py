"""Where a page of an engine's answer starts, and which snapshots are kept for the next one."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar
from uuid import uuid4

from feedback.errors import CursorGone, QueryError
from feedback.query import Sort
from index.engines.base import After

T = TypeVar("T")
KEPT = 4
"""Snapshots held for relevance cursors; the oldest goes first."""


def after_key(after: After | None, order: Sort) -> int | None:
    """The sort key that the page starts below."""
    match after:
        case None:
            return None
        case (str(said), int(key)) if said == order:
            return key
    raise QueryError(
        f"游标不属于这个排序 the cursor {after!r} does not fit the order {order}",
        hint="不带游标重新搜索 search again without it",
    )


class Pins(Generic[T]):
    """Snapshots that relevance pages stand on. A page is found by (snapshot, offset): scores move with every write."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def pin(self, snapshot: T, offset: int) -> After:
        """Keep *snapshot* and return the place *offset* in it."""
        with self._lock:
            name = next((name for name, kept in self._kept.items() if kept is snapshot), uuid4().hex[:12])
            self._kept[name] = snapshot
            self._kept.move_to_end(name)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return ("relevance", name, offset)

    def find(self, after: After) -> tuple[T, int]:
        match after:
            case ("relevance", str(name), int(offset)):
                with self._lock:
                    if name in self._kept:
                        return self._kept[name], offset
                raise CursorGone(
                    "这页结果所依据的快照已失效 the snapshot of this cursor is no longer held",
                    hint="重新搜索 start the search again",
                )
        raise QueryError(
            f"游标不属于这个排序 the cursor {after!r} does not fit the order relevance",
            hint="不带游标重新搜索 search again without it",
        )
