"""Options that several verbs share, so that they are called the same and mean the same everywhere."""

from typing import Annotated

import typer

from feedback.query import LISTS, Query

Json = Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")]
Words = Annotated[str, typer.Argument(help='搜索词：词 "短语" -排除 A OR B；可空 search text, may be empty')]
Product = Annotated[list[str] | None, typer.Option("--product", help="产品 product")]
Platform = Annotated[list[str] | None, typer.Option("--platform", help="平台 platform: appstore …")]
Via = Annotated[list[str] | None, typer.Option("--via", help="来源 source: appstore, import …")]
Topic = Annotated[list[str] | None, typer.Option("--topic", help="话题 topic: stability, crash_launch|neg …")]
Sentiment = Annotated[list[str] | None, typer.Option("--sentiment", help="情感 neg neu pos mix untagged")]
Intent = Annotated[
    list[str] | None, typer.Option("--intent", help="意图 bug request complaint question praise leaving …")
]
Severity = Annotated[list[str] | None, typer.Option("--severity", help="严重度 0 (worst) … 3")]
Version = Annotated[
    list[str] | None, typer.Option("--version", help="应用版本，可用前缀 8.2.* app version or prefix")
]
Device = Annotated[list[str] | None, typer.Option("--device", help="机型 device")]
Os = Annotated[list[str] | None, typer.Option("--os", help="系统 operating system")]
Region = Annotated[list[str] | None, typer.Option("--region", help="商店地区 storefront")]
RatingMin = Annotated[str, typer.Option("--rating-min", help="最低星 lowest stars")]
RatingMax = Annotated[str, typer.Option("--rating-max", help="最高星 highest stars")]
HasReply = Annotated[str, typer.Option("--has-reply", help="有无官方回复 yes | no")]
Truncated = Annotated[str, typer.Option("--truncated", help="文本是否被截断 yes | no")]
Since = Annotated[str, typer.Option("--since", help="起：7d 昨天 2026-11-01 from")]
Until = Annotated[str, typer.Option("--until", help="止 until")]
Noise = Annotated[str, typer.Option("--noise", help="噪声 exclude | include | only")]
Sort = Annotated[str, typer.Option("--sort", help="排序 relevance | newest | rating | likes")]


def query_of(values: dict[str, object]) -> Query:
    """The query that the options of a verb (its ``locals()``) ask for. Raises QueryError."""
    names = (*LISTS, "rating_min", "rating_max", "has_reply", "truncated", "since", "until", "noise", "sort")
    asked = {name: values.get(name) for name in names}
    return Query.parse(
        {"q": values.get("words") or "", **{name: value for name, value in asked.items() if value}}
    )
