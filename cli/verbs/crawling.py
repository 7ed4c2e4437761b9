"""``huisheng crawl``: collect now; says of every target how complete it was."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import typer

from cli.finish import catch_up
from cli.options import Json
from cli.speech import OK, PARTLY
from cli.verbs.status import print_runs
from cli.workspace import Workspace, opened
from config.products import Product
from crawlers.launch import Event
from crawlers.launch import crawl as crawl_targets
from crawlers.sources import SOURCES, open_source
from feedback import times
from feedback.errors import ConfigError, NotFound, SourceError, near
from feedback.model import Run


def register(root: typer.Typer) -> None:
    root.command("crawl")(crawl)


def crawl(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="来源，默认全部 source, default: all that are on")] = "",
    product: Annotated[str, typer.Option(help="只抓这个产品 only this product")] = "",
    since: Annotated[str, typer.Option(help="只读到这么早 read back only so far: 7d 2026-11-01")] = "",
    max_pages: Annotated[
        int, typer.Option(min=0, help="每个目标最多几页 page budget a target; 0: settings")
    ] = 0,
    due: Annotated[bool, typer.Option("--due", help="只抓到期的 only targets whose time has come")] = False,
    as_json: Json = False,
) -> None:
    """抓取。Collect; exit code 3 when something could not be read in full."""
    with opened(context, as_json=as_json) as work:
        runs = [
            run
            for name in _sources(work, source)
            for watched in _products(work, product)
            for run in _crawl_one(work, name, watched, since=since, max_pages=max_pages, due=due)
        ]
        work.records.release(now=work.now())
        catch_up(work)
        if as_json:
            work.speech.json([run.model_dump(mode="json") | {"complete": run.is_complete} for run in runs])
        elif runs:
            print_runs(work, runs)
            work.speech.line("下一步：huisheng tag", "Next: huisheng tag")
        elif not due:
            work.speech.line("没有可抓的目标", "There is nothing to collect")
        raise typer.Exit(OK if all(run.is_complete for run in runs) else PARTLY)


def _sources(work: Workspace, asked: str) -> list[str]:
    for name in (*work.settings.crawl.sources, *filter(None, (asked,))):
        if name not in SOURCES:
            raise NotFound(f"没有这个来源 no such source: {name!r}", hint=near(name, SOURCES))
    if asked:
        return [asked]
    configured = work.settings.crawl.sources
    return [name for name in SOURCES if name not in configured or configured[name].enabled]


def _products(work: Workspace, asked: str) -> list[Product]:
    if asked:
        return [work.product(asked)]
    if not work.products:
        raise ConfigError(
            "还没有产品 no product is watched yet",
            hint="huisheng product add wechat --name 微信 --appstore 414478124",
        )
    return list(work.products.values())


def _crawl_one(
    work: Workspace, source: str, product: Product, *, since: str, max_pages: int, due: bool
) -> Iterator[Run]:
    targets = _targets(work, source, product, due=due)
    if not targets:
        return
    with work.speech.progress() as progress:
        task = progress.add_task(f"{source} {product.name}", total=None)

        def tell(event: Event) -> None:
            if event.kind == "page":
                progress.update(
                    task, advance=event.page.get("listed", 0), description=f"{source} {event.page['target']}"
                )

        try:
            yield from crawl_targets(
                work.project.root,
                source,
                product.key,
                tell=tell,
                targets=targets,
                max_pages=max_pages,
                back_to=times.resolve(since, now=work.now(), zone=work.zone) if since else None,
                now=work.common.now,
            )
        except SourceError as error:
            work.speech.error(error)
            yield from (
                run
                for run in work.records.latest_runs()
                if run.source == source and run.product == product.key
            )


def _targets(work: Workspace, source: str, product: Product, *, due: bool) -> list[str]:
    keys = [target.key for target in open_source(source).targets(product)]
    if not due:
        return keys
    fresh_since = work.now() - timedelta(hours=work.settings.crawl.every_h)
    latest = {(run.source, run.product, run.target): run.started_at for run in work.records.latest_runs()}
    return [key for key in keys if latest.get((source, product.key, key), fresh_since) <= fresh_since]
