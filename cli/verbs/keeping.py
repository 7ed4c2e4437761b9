"""``huisheng backup | restore | rebuild | expire``: keeping the data, and letting it go in time."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.finish import catch_up
from cli.workspace import opened
from feedback.errors import UsageError
from index.records import Records


def register(root: typer.Typer) -> None:
    root.command("backup")(backup)
    root.command("restore")(restore)
    root.command("rebuild")(rebuild)
    root.command("expire")(expire)


def backup(
    context: typer.Context, to: Annotated[Path, typer.Argument(help="备份文件 the file to write")]
) -> None:
    """在线备份数据库。Copy the database while it is in use."""
    with opened(context) as work:
        work.records.backup(to)
        work.speech.line(
            f"已备份到 {to}（盐不在其中，请另存 secrets/salt）",
            f"Backed up to {to} (keep secrets/salt apart: it is not inside)",
        )


def restore(
    context: typer.Context,
    copy: Annotated[Path, typer.Argument(help="备份文件 a backup file")],
    yes: Annotated[bool, typer.Option("--yes", help="替换现在的数据库 replace the present database")] = False,
) -> None:
    """恢复备份；备份之后的擦除会重新执行。Restore a backup; erasures made since are applied to it first."""
    with opened(context) as work:
        if work.database.exists() and not yes:
            raise UsageError(
                "已有数据库 there is a database already", hint="确认替换请加 to replace it, add --yes"
            )
        removed = Records.restore(copy, work.database)
        catch_up(work)
        work.speech.line(
            f"已恢复；按擦除记录删去 {removed} 条", f"Restored; {removed} items erased since were taken out"
        )


def rebuild(context: typer.Context) -> None:
    """从记录重建搜索索引。Build the search index again from the records."""
    with opened(context) as work:
        work.engine.reset(work.records.store_id)
        catch_up(work)
        work.speech.line(
            f"索引已重建：{work.engine.state().documents} 条",
            f"Rebuilt: {work.engine.state().documents} items",
        )


def expire(context: typer.Context) -> None:
    """按保留期清空过期文本。Empty texts that are past their retention."""
    with opened(context) as work:
        retention = work.retention
        if not retention:
            raise UsageError(
                "没有设保留期 no retention is set", hint="config/settings.yaml: retention: {appstore: 730}"
            )
        total = 0
        while done := work.records.expire(retention, now=work.now()):
            total += done
        catch_up(work)
        days = ", ".join(f"{name} {age // timedelta(days=1)}d" for name, age in sorted(retention.items()))
        work.speech.line(f"已清空 {total} 条过期文本（{days}）", f"Emptied {total} texts ({days})")
