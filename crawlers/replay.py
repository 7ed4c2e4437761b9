"""``python -m crawlers.replay``: runs a source over saved answers and prints what would be stored. No network.

A saved answer is a file; beside it may lie ``meta.json`` with its url, status, headers and fetched_at. Recorded
cases in ``tests/captures`` are folders of exactly this kind, so a page that a source could not read in production
becomes a test by copying it there.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.source import Context, Presence, Source, Target
from crawlers.sources import open_source
from feedback.errors import FeedbackError, SourceError
from feedback.mask import mask
from feedback.model import Page

META = "meta.json"
_NOT_ANSWERS = (META, "expected.json")


@dataclass(frozen=True)
class Saved:
    """One answer as it was received."""

    path: Path
    url: str
    target: Target
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    purpose: str = "list"

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()


def saved_answers(path: Path, source: Source, target: Target) -> Iterator[Saved]:
    """The answers in a folder and the folders below it, or the one in a file."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    for file in files:
        if file.is_file() and file.name not in _NOT_ANSWERS:
            yield _saved(file, source, target)


def _saved(file: Path, source: Source, target: Target) -> Saved:
    beside = file.with_name(META)
    meta: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    target = Target(**({"product": target.product} | meta["target"])) if "target" in meta else target
    at = datetime.fromisoformat(meta["fetched_at"]) if "fetched_at" in meta else None
    return Saved(
        path=file,
        url=meta.get("url") or source.first(target).url,
        target=target,
        status=meta.get("status", 200),
        headers=meta.get("headers", {}),
        fetched_at=at or datetime.fromtimestamp(file.stat().st_mtime, UTC),
        purpose=meta.get("purpose", "list"),
    )


def replay(source: Source, saved: Saved, *, salt: bytes) -> Page | Presence:
    """What the source reads in a saved answer. Raises what ``parse`` raises."""
    if saved.purpose == "proof":
        return source.presence(saved.body, url=saved.url, status=saved.status, headers=saved.headers)
    return source.parse(
        saved.body,
        url=saved.url,
        status=saved.status,
        headers=saved.headers,
        fetched_at=saved.fetched_at,
        context=Context(target=saved.target, salt=salt),
    )


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    failed = 0
    try:
        source = open_source(asked.source)
        region, _, native_id = asked.target.partition("/")
        target = Target(product="replay", key=asked.target, native_id=native_id, region=region)
        for saved in saved_answers(asked.path, source, target):
            failed += _show(source, saved, rows=asked.rows)
    except FeedbackError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawlers.replay", description="重放存下的页面 replay saved pages"
    )
    parser.add_argument("path", type=Path, help="a file or a folder")
    parser.add_argument("--source", default="appstore")
    parser.add_argument("--target", default="cn/0", help="where meta.json does not say: storefront/app id")
    parser.add_argument("--rows", type=int, default=0, help="print so many rows of each page, masked")
    return parser


def _show(source: Source, saved: Saved, *, rows: int) -> bool:
    """Print one answer; True if the source could not read it."""
    try:
        read = replay(source, saved, salt=b"")
    except SourceError as error:
        print(f"{saved.path.name}: {type(error).__name__}: {error.message}")
        return True
    if isinstance(read, Presence):
        print(f"{saved.path.name}: exists={read.exists} ratings={read.ratings}")
        return False
    undated = sum(one.own_at is None for one in read.observations)
    print(
        f"{saved.path.name}: 列出 listed {read.listed}, 可存 readable {len(read.observations)}, "
        f"无时间 undated {undated}, 拒收 rejected {len(read.rejects)}"
    )
    for reject in read.rejects:
        print(f"  {reject.position}: {reject.reason}")
    for one in read.observations[:rows]:
        print(f"  {one.id} {one.own_at or '-'} {one.rating}★ {mask(one.text or '')[:60]!r}")
    return False


if __name__ == "__main__":
    sys.exit(main())
