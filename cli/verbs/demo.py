"""``huisheng demo``: the main job on a made-up store, from nothing to findings; or the service over what it found."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.text import Text

import demo as world
from cli.finish import catch_up
from cli.speech import Speech
from cli.verbs.serving import run_service
from cli.verbs.status import STOPS
from cli.work import run_worker
from cli.workspace import Common, Workspace
from config.products import Product, add_product
from config.project import Project, find, init
from crawlers.launch import crawl
from feedback.errors import SourceError
from feedback.query import Query

END = "2026-11-28T12:00:00+08:00"
VISITS = (58, 45, 29, 27, 14, 3, 0)
"""Days before the end on which the demo crawls: before, in and after the bad release."""
SOURCE = "appstore"


def register(root: typer.Typer) -> None:
    root.command("demo")(demo)


def demo(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="演示项目放哪 where to keep the demo project")
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="演完开网页服务 then serve the pages")] = False,
    host: Annotated[str, typer.Option(help="监听地址 address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 port")] = 8000,
    now: Annotated[str, typer.Option("--now", help="演到哪一刻 the moment the demo ends at")] = END,
) -> None:
    """演示：抓两个虚构应用的商店评论，打标、入索引、说出发现。Crawl a made-up store, tag, index, tell what was found."""
    common = cast(Common, context.find_root().obj)
    end = datetime.fromisoformat(now)
    with ExitStack() as stack:
        root = folder or Path("demo-data")
        if serve and folder is None and not (root / "config").exists():
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huisheng-demo-"))) / "project"
        speech = Speech(common.lang)
        known = (root / "config").exists()
        project = find(root) if known else _new_project(root)
        _play(project, speech, end, VISITS[-1:] if known else VISITS)
        work = Workspace(Common(root=project.root, lang=common.lang, now=end), speech)
        stack.callback(work.close)
        run_worker(work)
        catch_up(work)
        _tell(work)
        if serve:
            run_service(work, host, port)


def _new_project(root: Path) -> Project:
    project = init(root, demo=True)
    for app in world.apps():
        product = Product(
            key=app.key,
            name=app.name,
            appstore=(app.appstore_id,),
            countries=app.countries,
            keywords=(app.keyword,),
        )
        add_product(project.products, product)
    return project


def _play(project: Project, speech: Speech, end: datetime, visits: Sequence[int]) -> None:
    """Days pass: at each visit the store is what it was then, and is crawled as a real one would be."""
    for days in visits:
        moment = end - timedelta(days=days)
        with world.running(moment) as url:
            _point_at(project, url)
            for app in world.apps():
                try:
                    runs = crawl(project.root, SOURCE, app.key, now=moment)
                except SourceError as error:
                    speech.error(error)
                    continue
                new = sum(run.new for run in runs)
                changed = sum(run.changed for run in runs)
                speech.line(
                    f"{moment:%m-%d}  {app.name}：新 {new}，变 {changed}",
                    f"{moment:%m-%d}  {app.name}: {new} new, {changed} changed",
                )


def _point_at(project: Project, url: str) -> None:
    """The demo's store has another address every time; a loopback store needs no waiting between pages."""
    text = f"crawl:\n  sources:\n    {SOURCE}:\n      base_url: {url}\n      delay_s: 0\n"
    project.settings.write_text(text, encoding="utf-8")


def _tell(work: Workspace) -> None:
    say = work.speech
    found = work.search.facets(Query(), ["topic"], size=12)["topic"]
    tones = ("neg", "neu", "pos")
    headings = (
        say.text("话题", "topic"),
        say.text("条数", "items"),
        *(say.text(*pair) for pair in (("负面", "neg"), ("中性", "neu"), ("正面", "pos"))),
    )
    say.out.print()
    rows = [(one.label, one.count, *(one.split.get(tone, 0) for tone in tones)) for one in found]
    say.table(
        say.text("人们在说什么（条）", "What people talk about (items)"), headings, rows, right=(1, 2, 3, 4)
    )
    worst = max(found, key=lambda one: one.split.get("neg", 0), default=None)
    if worst is not None:
        _quote(work, worst.value, worst.label)
    _say_missing(work)
    say.out.print()
    next_step = f"huisheng -C {work.project.root} --now {work.now().isoformat()} search --topic '{worst.value if worst else ''}|neg'"
    say.line(f"下一步：{next_step}，或 make serve 看网页", f"Next: {next_step}, or make serve for the pages")


def _quote(work: Workspace, topic: str, name: str) -> None:
    say = work.speech
    page = work.search.page(Query(topic=(f"{topic}|neg",), sort="likes"), limit=3)
    say.out.print()
    say.line(
        f"最糟的是「{name}」，{page.total} 条负面，其中三句：",
        f"Worst: {name}, {page.total} negative items; three of them:",
    )
    for one in page.results:
        record = one.document.feedback
        line = Text(f"  {'★' * (record.rating or 0):<5} ", style="yellow")
        line.append(record.text.replace("\n", "  "), style="default")
        line.append(
            f"  {record.app_version or ''} {record.at.astimezone(work.zone):%m-%d} {record.id}", style="dim"
        )
        say.out.print(line)


def _say_missing(work: Workspace) -> None:
    missing = [run for run in work.records.latest_runs() if not run.is_complete]
    work.speech.out.print()
    if not missing:
        work.speech.line("全部收齐", "Everything was read in full")
    for run in missing:
        name = work.products[run.product].name
        work.speech.warn(
            f"没收齐：{name} {run.target}，{STOPS[run.stop][0]}",
            f"Not read in full: {name} {run.target}, {STOPS[run.stop][1]}",
        )
