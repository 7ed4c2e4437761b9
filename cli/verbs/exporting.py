"""``huisheng export``: everything a query finds, as a file, in constant memory."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.progress import Progress, TaskID

from api.exports import Names, csv_chunks, ndjson_chunks, write_xlsx
from cli.options import (
    Device,
    HasReply,
    Intent,
    Noise,
    Os,
    Platform,
    Product,
    RatingMax,
    RatingMin,
    Region,
    Sentiment,
    Severity,
    Since,
    Topic,
    Truncated,
    Until,
    Version,
    Via,
    Words,
    query_of,
)
from cli.workspace import opened
from feedback.errors import UsageError
from feedback.model import Document


def register(root: typer.Typer) -> None:
    root.command("export")(export)


def _chunked(
    chunks: Callable[[Iterable[Document], Names], Iterator[bytes]],
) -> Callable[[Iterable[Document], Names, IO[bytes]], None]:
    def write(documents: Iterable[Document], names: Names, file: IO[bytes]) -> None:
        file.writelines(chunks(documents, names))

    return write


def _xlsx(documents: Iterable[Document], names: Names, file: IO[bytes]) -> None:
    write_xlsx(documents, names, file)


WRITERS = {
    ".csv": _chunked(csv_chunks),
    ".jsonl": _chunked(ndjson_chunks),
    ".ndjson": _chunked(ndjson_chunks),
    ".xlsx": _xlsx,
}


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", "-o", help="文件 file: .xlsx .csv .jsonl")],
    words: Words = "",
    product: Product = None,
    platform: Platform = None,
    via: Via = None,
    topic: Topic = None,
    sentiment: Sentiment = None,
    intent: Intent = None,
    severity: Severity = None,
    version: Version = None,
    device: Device = None,
    os: Os = None,
    region: Region = None,
    rating_min: RatingMin = "",
    rating_max: RatingMax = "",
    has_reply: HasReply = "",
    truncated: Truncated = "",
    since: Since = "",
    until: Until = "",
    noise: Noise = "",
) -> None:
    """导出搜到的全部反馈。Export all that a query finds; the file appears whole or not at all."""
    query = query_of(locals())
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        raise UsageError(
            f"不认识的格式 unknown format: {out.name!r}", hint="-o out.xlsx | out.csv | out.jsonl"
        )
    if not out.parent.is_dir():
        raise UsageError(f"没有这个文件夹 no such folder: {out.parent}", hint=f"mkdir -p {out.parent}")
    with opened(context) as work, work.speech.progress() as progress:
        task = progress.add_task(work.speech.text("导出", "exporting"), total=None)
        count = 0

        def counted() -> Iterator[Document]:
            nonlocal count
            for document in work.search.documents(query):
                count += 1
                yield _shown(progress, task, document)

        _write_whole(out, lambda file: writer(counted(), work.names, file))
        progress.stop()
        work.speech.line(f"{query.human()}：{count} 条 → {out}", f"{query.human()}: {count} items → {out}")
        if pending := work.search.pending():
            work.speech.warn(
                f"还有 {pending} 处变动未入索引，不在其中",
                f"{pending} changes are not indexed yet and not in it",
            )


def _shown(progress: Progress, task: TaskID, document: Document) -> Document:
    progress.advance(task)
    return document


def _write_whole(out: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Through a neighbour file: a reader never meets half an export, a full disk leaves the old one."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            write(file)
        os.replace(part, out)
    except OSError as error:
        raise UsageError(
            f"写不了 cannot write {out}: {error.strerror}", hint="检查空间和权限 check space and permissions"
        ) from error
    finally:
        part.unlink(missing_ok=True)
