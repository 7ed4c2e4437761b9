"""``huisheng search | facets | show | similar``: from a question to the sentences behind the answer."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.options import (
    Device,
    HasReply,
    Intent,
    Json,
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
    Sort,
    Topic,
    Truncated,
    Until,
    Version,
    Via,
    Words,
    query_of,
)
from cli.workspace import Workspace, opened
from feedback.errors import NotFound, UsageError, near
from feedback.model import Document
from feedback.query import Query
from index.engines.base import FACETS

_TONES = {"neg": "red", "pos": "green", "mix": "yellow", "neu": "cyan"}


def register(root: typer.Typer) -> None:
    root.command("search")(search)
    root.command("facets")(facets)
    root.command("show")(show)
    root.command("similar")(similar)


def search(
    context: typer.Context,
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
    sort: Sort = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="每页条数 items a page")] = 20,
    cursor: Annotated[str, typer.Option(help="下一页的游标 cursor of the next page")] = "",
    as_json: Json = False,
) -> None:
    """搜索反馈。Search what people said."""
    query = query_of(locals())
    with opened(context, as_json=as_json) as work:
        page = work.search.page(query, limit=limit, cursor=cursor or None)
        if as_json:
            items = [describe(work, one.document) | {"score": one.score} for one in page.results]
            found = {"total": page.total, "query": dict_of(page.query), "pending": page.pending}
            work.speech.json(found | {"items": items, "cursor": page.cursor})
            return
        work.speech.line(f"{page.human}：{page.total} 条", f"{page.human}: {page.total} items")
        for one in page.results:
            _print_item(work, one.document, one.segments)
        _say_more(work, page.pending, page.cursor)


def dict_of(query: Query) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in query.to_params():
        found.setdefault(name, []).append(value)
    return found


def describe(work: Workspace, document: Document) -> dict[str, Any]:
    """One item as JSON: the record, its tags with the evidence cut from the text."""
    record = document.feedback
    fields = record.model_dump(mode="json", exclude={"name_key"}, exclude_none=True)
    tags = []
    for tag in document.effective:
        evidence = record.text[tag.start : tag.end] if tag.start is not None else None
        tags.append(
            tag.model_dump(mode="json", exclude_none=True) | ({"evidence": evidence} if evidence else {})
        )
    topics = [tag["label"] for tag in tags if tag["facet"] == "topic"]
    names = [work.taxonomy.name(label) for label in topics]
    return fields | {"tags": tags, "topics": topics, "topic_names": names, "voice": document.voice}


def _print_item(work: Workspace, document: Document, segments: Sequence[Any]) -> None:
    record = document.feedback
    tone = next((tag.label for tag in document.effective if tag.facet == "sentiment"), "")
    head = Text("● ", style=_TONES.get(tone, "dim"))
    zone = work.zone_of(document)
    stars = "★" * record.rating if record.rating else ""
    where = " ".join(filter(None, (record.platform, record.region, record.app_version, record.device)))
    head.append(f"{record.at.astimezone(zone):%Y-%m-%d %H:%M}  {stars}  {where}  {record.id}", style="dim")
    work.speech.out.print(head)
    body = Text("  ")
    for segment in segments:
        body.append(segment.text.replace("\n", "\n  "), style="bold yellow" if segment.hit else "")
    work.speech.out.print(body)
    topics = [
        f"{work.taxonomy.name(tag.label)}{'|' + tag.polarity if tag.polarity else ''}"
        + (f"「{record.text[tag.start : tag.end]}」" if tag.start is not None else "")
        for tag in document.effective
        if tag.facet == "topic"
    ]
    if topics:
        work.speech.out.print(Text("  # " + "  # ".join(topics), style="cyan"))


def _say_more(work: Workspace, pending: int, cursor: str | None) -> None:
    if cursor:
        work.speech.line(f"下一页：--cursor {cursor}", f"Next page: --cursor {cursor}")
    if pending:
        work.speech.warn(
            f"还有 {pending} 处变动未入索引：huisheng tag",
            f"{pending} changes are not indexed yet: huisheng tag",
        )


def facets(
    context: typer.Context,
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
    name: Annotated[
        list[str] | None, typer.Option("--facet", help="哪些分面 which facets, repeatable")
    ] = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="每个分面几行 rows each")] = 15,
    as_json: Json = False,
) -> None:
    """按话题、情感、版本等计数。Counts per topic, sentiment, version …: items, exact."""
    query = query_of(locals())
    names = name or ["topic", "sentiment", "intent", "severity", "platform", "version", "rating"]
    for one in names:
        if one not in FACETS:
            raise UsageError(f"没有这个分面 no such facet: {one!r}", hint=near(one, FACETS))
    with opened(context, as_json=as_json) as work:
        found = work.search.facets(query, names, size=size)
        if as_json:
            work.speech.json({facet: [_count(value) for value in values] for facet, values in found.items()})
            return
        for facet, values in found.items():
            split = ("neg", "neu", "pos") if any(value.split for value in values) else ()
            rows = [
                (value.label, value.count, *(value.split.get(one, 0) for one in split)) for value in values
            ]
            work.speech.table(
                facet,
                (work.speech.text("值", "value"), work.speech.text("条数", "items"), *split),
                rows,
                right=(1, 2, 3, 4),
            )


def _count(value: Any) -> dict[str, Any]:
    found = {"value": value.value, "label": value.label, "count": value.count}
    return found | ({"split": dict(value.split)} if value.split else {})


def show(
    context: typer.Context, feedback_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False
) -> None:
    """一条反馈的全部：原文、标签和理由、历史。Everything about one item."""
    with opened(context, as_json=as_json) as work:
        document = work.records.get(feedback_id)
        if document is None:
            raise NotFound(f"没有这条反馈 no such feedback: {feedback_id}", hint="huisheng search …")
        history = work.records.history(feedback_id)
        if as_json:
            seen = [one.model_dump(mode="json", exclude_none=True) for one in history]
            work.speech.json(describe(work, document) | {"history": seen})
            return
        work.speech.out.print(Text(document.feedback.text))
        rows = [
            (
                tag.facet,
                work.taxonomy.name(tag.label),
                tag.polarity,
                document.feedback.text[tag.start or 0 : tag.end or 0],
                tag.why,
            )
            for tag in document.effective
        ]
        headings = ("标签 tag", "值 label", "情感 polarity", "证据 evidence", "理由 why")
        work.speech.table("", headings, rows)
        work.speech.line(
            f"见过 {len(history)} 个版本，声音 {document.voice}",
            f"{len(history)} versions seen, voice {document.voice}",
        )


def similar(
    context: typer.Context,
    feedback_id: Annotated[str, typer.Argument(metavar="ID")],
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: Json = False,
) -> None:
    """有没有别人也遇到过。Has anyone else reported this?"""
    with opened(context, as_json=as_json) as work:
        page = work.search.similar(feedback_id, limit=limit)
        if as_json:
            work.speech.json(
                {"total": page.total, "items": [describe(work, one.document) for one in page.results]}
            )
            return
        work.speech.line(f"相近的反馈 {page.total} 条", f"{page.total} similar items")
        for one in page.results:
            _print_item(work, one.document, one.segments)
