"""``huisheng import``: a file of reviews; the whole file is checked before the first row is stored."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.finish import catch_up
from cli.options import Json
from cli.speech import OK, PARTLY
from cli.workspace import Workspace, opened
from crawlers.importing import ImportPlan, plan, run_import
from feedback.errors import UsageError


def register(root: typer.Typer) -> None:
    root.command("import")(import_file)


def import_file(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help=".xlsx .csv .jsonl[.gz]")],
    product: Annotated[str, typer.Option(help="哪个产品的反馈 which product they are about")],
    source: Annotated[
        str,
        typer.Option(help="版式 layout: qimai | play_console | generic；默认自动识别 default: recognised"),
    ] = "",
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="列=字段（可重复）column=field: 内容=text")
    ] = None,
    platform: Annotated[str, typer.Option(help="平台 platform, e.g. appstore huawei")] = "",
    region: Annotated[str, typer.Option(help="地区 region, e.g. cn")] = "",
    live: Annotated[bool, typer.Option(help="这是新消息，不是历史 these are news, not history")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不导入 only check")] = False,
    as_json: Json = False,
) -> None:
    """导入文件：先查完整个文件，说清打算，再导入；从不提问。Check the whole file, say the plan, import; never asks."""
    with opened(context, as_json=as_json) as work:
        work.product(product)
        found = plan(
            path,
            product=product,
            zone=work.zone,
            layout=source,
            mapping=_mapping(mapping),
            platform=platform,
            region=region,
        )
        if not as_json:
            _print_plan(work, found)
        if dry_run:
            if as_json:
                work.speech.json(_described(found))
            work.speech.line("只检查，没有导入", "Checked only; nothing was imported")
            raise typer.Exit(PARTLY if found.rejects else OK)
        with work.speech.progress() as progress:
            task = progress.add_task(work.speech.text("导入", "importing"), total=found.rows)
            run = run_import(
                found,
                work.records,
                clock=work.now,
                live=live,
                retention=work.retention,
                progress=lambda state: progress.update(task, completed=state.done),
            )
        work.records.release(now=work.now())
        catch_up(work)
        if as_json:
            work.speech.json(_described(found) | {"run": run.model_dump(mode="json")})
        work.speech.line(
            f"新 {run.new}，变 {run.changed}，已有 {run.same}，拒收 {run.rejected}。下一步：huisheng tag",
            f"{run.new} new, {run.changed} changed, {run.same} known, {run.rejected} rejected. Next: huisheng tag",
        )
        raise typer.Exit(PARTLY if run.rejected else OK)


def _mapping(pairs: list[str] | None) -> dict[str, str]:
    found = {}
    for pair in pairs or ():
        column, equals, field = pair.rpartition("=")
        if not equals or not column:
            raise UsageError(
                f"--map 应写成 列=字段 must be column=field, not {pair!r}",
                hint="--map 内容=text --map 评级=rating",
            )
        found[column] = field
    return found


def _described(found: ImportPlan) -> dict[str, Any]:
    return {
        "layout": found.layout,
        "rows": found.rows,
        "readable": found.readable,
        "rejected": [vars_of(kind) for kind in found.rejected],
        "duplicates": found.duplicates,
        "undated": found.undated,
        "oldest_at": found.oldest_at,
        "newest_at": found.newest_at,
        "mapped": {str(column): str(field) for column, field in dict(found.columns.mapped).items()},
        "unmapped": list(map(str, found.columns.unmapped)),
    }


def vars_of(kind: Any) -> dict[str, Any]:
    return {"reason": kind.reason, "count": kind.count, "rows": list(kind.rows), "seen": list(kind.seen)}


def _print_plan(work: Workspace, found: ImportPlan) -> None:
    say = work.speech
    say.line(
        f"{found.path.name}：{found.layout}，{found.rows} 行，可读 {found.readable}，拒收 {found.rejects}，文件内重复 {found.duplicates}，无日期 {found.undated}",
        f"{found.path.name}: {found.layout}, {found.rows} rows, {found.readable} readable, {found.rejects} rejected, {found.duplicates} duplicates, {found.undated} undated",
    )
    mapped = ", ".join(f"{column}→{field}" for column, field in dict(found.columns.mapped).items())
    say.line(f"列：{mapped}", f"Columns: {mapped}")
    if found.columns.unmapped:
        names = ", ".join(map(str, found.columns.unmapped))
        say.line(f"没用到的列：{names}", f"Columns not used: {names}")
    for kind in found.rejected:
        rows = ", ".join(map(str, kind.rows))
        say.warn(
            f"拒收 {kind.count} 行：{kind.reason}（第 {rows} 行）",
            f"{kind.count} rows rejected: {kind.reason} (rows {rows})",
        )
    for sample in found.samples:
        text = sample.text.replace("\n", " ")[:60]
        say.line(
            f"  例 第{sample.row}行 {sample.at or ''} {'★' * (sample.rating or 0)} {text}",
            f"  e.g. row {sample.row} {sample.at or ''} {'★' * (sample.rating or 0)} {text}",
        )
