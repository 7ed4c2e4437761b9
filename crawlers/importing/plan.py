"""The check before an import: what the file is, what can be read of it, what not and why. Stores nothing."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import numpy as np

from crawlers.importing.cells import Unreadable, platform_of, region_of
from crawlers.importing.columns import Columns, find_columns
from crawlers.importing.rows import Reader
from crawlers.importing.tables import open_grids
from feedback.errors import ImportRefused
from feedback.mask import mask
from feedback.model import Observation

SHOWN = 5
"""Positions of a kind of reject that are named."""
SAMPLES = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rejected:
    reason: str
    count: int
    rows: tuple[int, ...]
    """The first rows of this kind."""
    seen: tuple[str, ...]
    """What stood in them."""


@dataclass(frozen=True)
class Sample:
    """A row as it was understood, its text masked."""

    row: int
    id: str
    at: datetime | None
    rating: int | None
    text: str


@dataclass(frozen=True)
class ImportPlan:
    """What would be stored, and on what understanding of the file."""

    path: Path
    reader: Reader
    size: int
    modified_ns: int
    rows: int = 0
    readable: int = 0
    notices: int = 0
    """Remarks of the exporting site among the rows."""
    duplicates: int = 0
    """Readable rows whose item stands in the file already."""
    undated: int = 0
    rejected: tuple[Rejected, ...] = ()
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def columns(self) -> Columns:
        return self.reader.columns

    @property
    def layout(self) -> str:
        return self.columns.layout.name

    @property
    def rejects(self) -> int:
        return sum(kind.count for kind in self.rejected)


def plan(
    path: Path,
    *,
    product: str,
    zone: tzinfo,
    layout: str = "",
    mapping: Mapping[str, str] | None = None,
    platform: str = "",
    region: str = "",
) -> ImportPlan:
    """Read the whole file once. Raises ImportRefused when it cannot be imported as asked.

    zone: Of times without one. layout: qimai, play_console, generic; empty: recognised. mapping: Column → field.
    platform, region: Where the rows come from, if neither a column nor the layout says so.
    """
    columns = find_columns(open_grids(path), layout=layout, mapping=mapping or {})
    reader = _reader(path, columns, product=product, zone=zone, platform=platform, region=region)
    tally = _Tally()
    for row in columns.rows():
        if reader.is_notice(row):
            tally.notices += 1
            continue
        try:
            tally.take(row.number, reader.read(row, salt=b"", seen_at=_EPOCH))
        except Unreadable as error:
            tally.reject(row.number, error)
    _check(tally, path, columns)
    status = path.stat()
    return tally.plan(path, reader, size=status.st_size, modified_ns=status.st_mtime_ns)


def _reader(
    path: Path, columns: Columns, *, product: str, zone: tzinfo, platform: str, region: str
) -> Reader:
    reader = Reader(
        columns=columns,
        product=product,
        platform=_platform(platform) or columns.layout.platform,
        region=_region(region) or columns.layout.region,
        zone=columns.layout.zone or zone,
        target=_digest(path),
    )
    if reader.platform == "appstore" and not reader.region and "region" not in columns.fields:
        raise ImportRefused(
            "App Store 评论要写明地区 a review of the App Store needs its storefront", hint="--region cn"
        )
    return reader


def _check(tally: "_Tally", path: Path, columns: Columns) -> None:
    """A file of which most cannot be read was most likely understood wrongly."""
    reasons = "; ".join(_said(kind) for kind in tally.rejected()[:5])
    used = ", ".join(f"{column}={name}" for column, name in columns.mapped.items())
    if not tally.readable and not tally.rejects:
        raise ImportRefused(f"{path.name} 里一行也没有 has no rows", hint="重新导出 export it again")
    if tally.readable < tally.rejects:
        raise ImportRefused(
            f"{path.name}: {tally.rejects + tally.readable} 行里有 {tally.rejects} 行读不了 of the rows cannot be read: {reasons}",
            hint=f"现在这样理解 understood as: {used}; 用 --map 列=字段 改 change it by --map column=field",
        )


def _said(kind: Rejected) -> str:
    seen = f" ({', '.join(kind.seen[:3])})" if kind.seen else ""
    return f"{kind.reason} ×{kind.count}{seen}"


def _platform(said: str) -> str | None:
    try:
        return platform_of(said)
    except Unreadable as error:
        if said.isascii() and said.islower() and said.isalnum():
            return said
        raise ImportRefused(
            f"平台名不对 wrong platform: {said!r}", hint="appstore, googleplay, huawei, taptap …"
        ) from error


def _region(said: str) -> str | None:
    try:
        return region_of(said)
    except Unreadable as error:
        raise ImportRefused(f"地区不对 wrong region: {said!r}", hint="cn, hk, tw …") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@dataclass
class _Tally:
    """Counts over a file of any length, in eight bytes a row."""

    readable: int = 0
    rejects: int = 0
    notices: int = 0
    undated: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    samples: list[Sample] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _first: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _ids: "array[int]" = field(default_factory=lambda: array("q"))

    def take(self, number: int, seen: Observation) -> None:
        self.readable += 1
        self._ids.append(hash_of(seen.id))
        at = seen.own_at
        if at is None:
            self.undated += 1
        else:
            self.oldest_at = min(at, self.oldest_at or at)
            self.newest_at = max(at, self.newest_at or at)
        if len(self.samples) < SAMPLES:
            self.samples.append(Sample(number, seen.id, at, seen.rating, mask(seen.text or "")))

    def reject(self, number: int, error: Unreadable) -> None:
        self.rejects += 1
        self._counts[error.reason] += 1
        first = self._first.setdefault(error.reason, [])
        if len(first) < SHOWN:
            first.append((number, error.seen))

    def rejected(self) -> tuple[Rejected, ...]:
        kinds = []
        for reason, count in self._counts.most_common():
            rows, seen = zip(*self._first[reason], strict=True)
            kinds.append(Rejected(reason, count, rows, tuple(dict.fromkeys(filter(None, seen)))))
        return tuple(kinds)

    def plan(self, path: Path, reader: Reader, *, size: int, modified_ns: int) -> ImportPlan:
        distinct = len(np.unique(np.frombuffer(self._ids, dtype=np.int64)))
        return ImportPlan(
            path=path,
            reader=reader,
            size=size,
            modified_ns=modified_ns,
            rows=self.readable + self.rejects,
            readable=self.readable,
            notices=self.notices,
            duplicates=self.readable - distinct,
            undated=self.undated,
            rejected=self.rejected(),
            oldest_at=self.oldest_at,
            newest_at=self.newest_at,
            samples=tuple(self.samples),
        )


def hash_of(feedback_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(feedback_id.encode(), digest_size=8).digest(), signed=True)
