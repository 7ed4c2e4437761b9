"""``huisheng status`` and ``huisheng doctor``: how complete the data is, and whether all is set up right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import typer

from cli.options import Json
from cli.speech import FAILED
from cli.workspace import Workspace, opened
from config.secrets import exposed
from crawlers.sources import SOURCES
from feedback.errors import FeedbackError, near
from feedback.model import Run
from index.records import Lane

STOPS = {
    "watermark": ("读到上次的进度", "up to the last watermark"),
    "end": ("读完", "read to the end"),
    "capped": ("达到页数上限，更早的没读", "page limit: older ones not read"),
    "blocked": ("被拒绝", "refused by the source"),
    "changed": ("页面结构变了", "the source changed its shape"),
    "empty_unverified": ("空页，未能核实", "empty, could not be verified"),
    "empty_verified": ("核实过确实没有", "verified: there are none"),
    "repeat_page": ("来源重复同一页", "the source repeats a page"),
    "failed": ("出错", "failed"),
    "killed": ("被中断", "interrupted"),
    "running": ("进行中或被中断", "running, or interrupted"),
}


def register(root: typer.Typer) -> None:
    root.command("status")(status)
    root.command("doctor")(doctor)


def status(context: typer.Context, as_json: Json = False) -> None:
    """库里有什么，收得全不全，还排着什么。What is here, how complete it is, what still waits."""
    with opened(context, as_json=as_json) as work:
        depth, runs = work.records.depth(), work.records.latest_runs()
        pending = work.search.pending()
        if as_json:
            lanes = {lane.name.lower(): depth.lanes.get(lane, 0) for lane in Lane}
            work.speech.json(
                {
                    "documents": depth.documents,
                    "untagged": depth.untagged,
                    "due": lanes,
                    "parked": depth.parked,
                    "change": depth.change,
                    "pending_index": pending,
                    "faults": list(work.faults()),
                    "runs": [run.model_dump(mode="json") | {"complete": run.is_complete} for run in runs],
                }
            )
            return
        waiting = ", ".join(f"{lane.name.lower()} {depth.lanes.get(lane, 0)}" for lane in Lane)
        work.speech.line(
            f"{depth.documents} 条反馈；未打标 {depth.untagged}（{waiting}）；搁置 {depth.parked}；未入索引 {pending}",
            f"{depth.documents} items; untagged {depth.untagged} ({waiting}); parked {depth.parked}; not indexed {pending}",
        )
        print_runs(work, runs)
        for fault in work.faults():
            work.speech.warn(fault, fault)


def print_runs(work: Workspace, runs: list[Run]) -> None:
    if not runs:
        work.speech.line(
            "还没有抓取或导入过。下一步：huisheng crawl", "Nothing collected yet. Next: huisheng crawl"
        )
        return
    headings = (
        "来源 source",
        "产品 product",
        "目标 target",
        "结果 result",
        "页 pages",
        "列出 listed",
        "新 new",
        "变 changed",
        "拒 rejected",
        "最早 oldest",
        "最新 newest",
    )
    work.speech.table("", headings, [_row(work, run) for run in runs], right=(4, 5, 6, 7, 8))


def _row(work: Workspace, run: Run) -> tuple[Any, ...]:
    mark = "✓" if run.is_complete else "!"
    days = [f"{at.astimezone(work.zone):%m-%d %H:%M}" if at else "" for at in (run.oldest_at, run.newest_at)]
    stop = work.speech.text(*STOPS[run.stop])
    return (
        run.source,
        run.product,
        run.target,
        f"{mark} {stop}",
        run.asked,
        run.listed,
        run.new,
        run.changed,
        run.rejected,
        *days,
    )


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    detail: str
    hint: str = ""


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """检查配置、数据库、索引、模型、来源。Check the setup; shows each setting and where it came from."""
    with opened(context, as_json=as_json) as work:
        checks = list(_checks(work))
        effective = work.loaded.effective()
        if as_json:
            settings = [{"key": row.key, "value": row.value, "layer": row.layer} for row in effective]
            work.speech.json({"checks": [vars(check) for check in checks], "settings": settings})
        else:
            for check in checks:
                work.speech.line(
                    f"{'✓' if check.ok else '✗'} {check.name}  {check.detail}",
                    f"{'✓' if check.ok else '✗'} {check.name}  {check.detail}",
                )
                if not check.ok and check.hint:
                    work.speech.line(f"    → {check.hint}", f"    → {check.hint}")
            rows = [(row.key, row.value, row.layer) for row in effective]
            work.speech.table("", ("设置 setting", "值 value", "来自 from"), rows)
        if not all(check.ok for check in checks):
            raise typer.Exit(FAILED)


def _checks(work: Workspace) -> Iterator[Check]:
    parts: dict[str, Callable[[], str]] = {
        "数据库 records": lambda: f"{work.records.depth().documents} items, store {work.records.store_id}",
        "话题 taxonomy": lambda: f"{len(work.taxonomy.leaves)} topics",
        "产品 products": lambda: (
            f"{len(work.products)} products" + ("" if work.products else ": huisheng product add …")
        ),
        "索引 index": lambda: (
            f"{work.engine.name}, {work.engine.state().documents} items, {work.search.pending()} pending"
        ),
        "打标 pipeline": lambda: f"{len(work.pipeline.taggers)} taggers, {work.pipeline.fingerprints()['']}",
    }
    for name, look in parts.items():
        try:
            yield Check(name, True, look())
        except FeedbackError as error:
            yield Check(name, False, error.message, error.hint)
    for fault in work.faults():
        yield Check("状态 state", False, fault)
    for path in exposed(work.project.root):
        yield Check("密文 secrets", False, f"{path.name} 别人可读 may be read by others", f"chmod 600 {path}")
    for name, source in sorted(work.settings.crawl.sources.items()):
        if name not in SOURCES:
            yield Check(f"来源 {name}", False, "没有这个来源 no such source", near(name, SOURCES))
            continue
        state = "" if source.enabled else work.speech.text("（已关闭）", " (off)")
        yield Check(f"来源 {name}", True, f"robots: {source.robots}, {source.delay_s}s{state}")
