"""``huisheng tag [--watch]`` and ``huisheng tag adopt``: the worker."""

from typing import Annotated

import typer

from cli.finish import catch_up
from cli.work import run_worker
from cli.workspace import opened

app = typer.Typer(invoke_without_command=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="tag", help="打标、去重、入索引。Tag what is due, cluster, index.")


@app.callback()
def tag(
    context: typer.Context,
    watch: Annotated[bool, typer.Option(help="一直看着队列 keep watching the queue")] = False,
) -> None:
    """给排队的反馈打标并入索引。Tag what is due and index it; then stop, or keep watching."""
    if context.invoked_subcommand is None:
        with opened(context) as work:
            run_worker(work, watch=watch)


@app.command("adopt")
def adopt(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option(help="只说会重打多少 only say how many would be tagged again")
    ] = False,
) -> None:
    """采用现在的打标流程，旧标签排队重打（可中断续做）。Want the present pipeline; what it makes stale is queued."""
    with opened(context) as work:
        wanted, mine = work.records.wanted(), work.pipeline.fingerprints()
        if wanted is not None and dict(wanted.fingerprints) == dict(mine) and wanted.marking is None:
            work.speech.line(
                "已经是现在的流程，无需重打", "This pipeline is the wanted one already; nothing to do"
            )
            return
        if dry_run:
            total = work.records.depth().documents
            work.speech.line(f"至多 {total} 条会重打标签", f"Up to {total} items would be tagged again")
            return
        marked = sum(work.records.adopt(mine))
        catch_up(work)
        work.speech.line(
            f"{marked} 条已排队重打。下一步：huisheng tag", f"{marked} items queued. Next: huisheng tag"
        )
