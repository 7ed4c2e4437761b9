"""``python -m crawlers.run``: crawls the targets of one product at one source, in a process of its own.

Prints one JSON object a line: ``start``, ``page``, ``end`` with the run, ``error``. Exit code 0: every run is
complete; 3: some are not, their ``detail`` says why; 1 and 2: an error, nothing was decided. May be killed at any
moment: what was stored stays, no watermark moves.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess

from config.products import Product, load_products
from config.project import Project, find, load_taxonomy
from config.secrets import read_salt
from config.settings import load
from crawlers.history import bury, read_until, refused_last
from crawlers.lease import held
from crawlers.ledger import Limits
from crawlers.politeness import scrapy_settings
from crawlers.source import Source, Target
from crawlers.sources import open_source
from crawlers.spider import Event, Job, SourceSpider
from feedback.errors import ConfigError, FeedbackError, NotFound, SourceError, UsageError, near
from feedback.model import Run
from index.records import Records

PARTIAL = 3


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        runs = crawl(
            asked.project,
            asked.source,
            asked.product,
            targets=asked.target,
            max_pages=asked.max_pages,
            back_to=asked.back_to,
            now=asked.now,
            tell=_print,
        )
    except FeedbackError as error:
        _print(
            {"event": "error", "error": type(error).__name__, "message": error.message, "hint": error.hint}
        )
        return error.exit_code
    return 0 if all(run.is_complete for run in runs) else PARTIAL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawlers.run", description=__doc__)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--product", required=True)
    parser.add_argument(
        "--target", action="append", default=[], help="only this one, e.g. cn/414478124; repeatable"
    )
    parser.add_argument("--max-pages", type=int, default=0, help="another budget than the settings'")
    parser.add_argument("--back-to", type=_instant, help="read back only to this instant")
    parser.add_argument("--now", default="", help="the demo's clock; demo projects only")
    return parser


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _print(event: Event) -> None:
    print(json.dumps(event, ensure_ascii=False), flush=True)


def crawl(
    root: Path,
    source_name: str,
    product_key: str,
    *,
    targets: Iterable[str] = (),
    max_pages: int = 0,
    back_to: datetime | None = None,
    now: str = "",
    tell: Callable[[Event], None],
) -> list[Run]:
    """Crawl, and return the runs. Starts the reactor, so once a process. Raises FeedbackError."""
    project = find(root)
    clock = _clock(project, now)
    settings = load(project.settings).settings
    products = load_products(project.products)
    product = _product(products, product_key)
    configured = settings.crawl.sources.get(source_name)
    address = str(configured.base_url) if configured and configured.base_url else None
    source = open_source(source_name, base_url=address)
    politeness = configured or source.manners.defaults
    if not politeness.enabled:
        raise ConfigError(
            f"来源已停用 the source is switched off: {source_name}",
            hint=f"crawl.sources.{source_name}.enabled: true",
        )
    watched = _watched(source, product, tuple(targets))
    own = load_taxonomy(project.taxonomy, products=products).own_fingerprints(products)
    location = settings.records.url or project.database
    with (
        Records.open(location, salt=read_salt(project.root), own=own) as records,
        held(records, source_name, delay_s=politeness.delay_s) as keep,
    ):
        bury(records, source_name)
        limits = Limits(
            max_pages=max_pages or politeness.max_pages,
            overlap=timedelta(hours=settings.crawl.overlap_h),
            back_to=back_to,
        )
        job = Job(
            source=source,
            records=records,
            targets=tuple(
                (target, replace(limits, since=read_until(records, source_name, target)))
                for target in refused_last(records, source_name, watched)
            ),
            clock=clock,
            tell=tell,
            keep=keep,
            retention=settings.retention_ages,
        )
        _work(job, scrapy_settings(settings.crawl, politeness))
        return job.runs


def _work(job: Job, settings: dict[str, Any]) -> None:
    process = CrawlerProcess(settings)
    process.crawl(SourceSpider, job=job)
    process.start()
    if job.errors:
        raise job.errors[0]
    interrupted = bool(job.runs) and job.runs[-1].stop == "killed"
    if len(job.runs) < len(job.targets) and not interrupted:
        raise SourceError(
            f"抓取提前结束 the crawl ended early: {len(job.runs)} of {len(job.targets)} targets",
            hint="原因见日志 the log on stderr says why",
        )


def _clock(project: Project, now: str) -> Callable[[], datetime]:
    if not now:
        return lambda: datetime.now(UTC)
    if not project.is_demo:
        raise UsageError("--now 只用于演示项目 --now works in demo projects only", hint="huisheng demo")
    try:
        instant = datetime.fromisoformat(now).astimezone(UTC)
    except ValueError as error:
        raise UsageError(f"--now 看不懂 cannot read {now!r}", hint="2026-11-28T12:00:00+08:00") from error
    return lambda: instant


def _product(products: dict[str, Product], key: str) -> Product:
    if key not in products:
        hint = near(key, products) if products else "huisheng product add …"
        raise NotFound(f"没有这个产品 no such product: {key!r}", hint=hint)
    return products[key]


def _watched(source: Source, product: Product, wanted: tuple[str, ...]) -> list[Target]:
    """The targets asked for; all, where none is named. Raises ConfigError when there is nothing to watch."""
    known = {target.key: target for target in source.targets(product)}
    if not known:
        raise ConfigError(
            f"产品 {product.key} 在 {source.name} 没有可看的目标 has nothing to watch at {source.name}",
            hint="config/products.yaml: appstore: [id]",
        )
    for key in wanted:
        if key not in known:
            raise NotFound(f"没有这个目标 no such target: {key!r}", hint=near(key, known))
    return [target for key, target in known.items() if not wanted or key in wanted]


if __name__ == "__main__":
    sys.exit(main())
