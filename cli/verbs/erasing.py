"""``huisheng forget``: erase a person, an item, or everything before a time, for good."""

from typing import Annotated

import typer

from cli.finish import catch_up
from cli.workspace import Workspace, opened
from feedback import times
from feedback.errors import NotFound, UsageError
from feedback.ids import name_key, pseudonym


def register(root: typer.Typer) -> None:
    root.command("forget")(forget)


def forget(
    context: typer.Context,
    author: Annotated[
        str, typer.Option(help="platform:昵称或用户 id，或化名 platform:name or user id, or a pseudonym")
    ] = "",
    feedback_id: Annotated[str, typer.Option("--id", help="一条反馈 one item")] = "",
    before: Annotated[str, typer.Option(help="此前的全部 everything before, e.g. 2024-01-01")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="确实要擦除，不可恢复 really erase; there is no way back")
    ] = False,
) -> None:
    """从记录、索引、导出里永久擦除，再抓也不会回来。Erase for good; a new crawl does not bring it back."""
    if sum(map(bool, (author, feedback_id, before))) != 1:
        raise UsageError(
            "要擦除什么 say what to erase",
            hint="--author appstore:昵称 | --id … | --before 2024-01-01 (one of them)",
        )
    if not yes:
        raise UsageError("擦除不可恢复 erasing cannot be undone", hint="确认请加 to confirm, add --yes")
    with opened(context) as work:
        erased = work.records.forget(
            authors=_pseudonyms(work, author) if author else (),
            feedback_id=feedback_id or None,
            before=times.resolve(before, now=work.now(), zone=work.zone) if before else None,
        )
        if not erased:
            asked = author or feedback_id or before
            raise NotFound(f"没有可擦除的 nothing to erase for {asked!r}", hint="huisheng search …")
        catch_up(work)
        work.speech.line(
            f"已擦除 {erased} 条；再次抓取或导入也会被拒收",
            f"Erased {erased} items; they will be refused when seen again",
        )


def _pseudonyms(work: Workspace, author: str) -> tuple[str, ...]:
    """A name may be a nickname, a platform's user id or the pseudonym that items show."""
    platform, colon, name = author.partition(":")
    if not colon:
        return (author,)
    salt = work.records.salt
    found = (pseudonym(salt, platform, native_id=name, name=None), name_key(salt, platform, name))
    return tuple(key for key in found if key)
