"""What the OpenAPI document says of each route: one table of parameters, one of routes, examples included.

The routes take their summary, parameters and examples from here; the page ``/api`` shows the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api import examples
from feedback.model import INTENTS, SENTIMENTS, SEVERITIES
from feedback.query import LISTS, NOISES, SORTS

_TIME = "7d, 36h, 今天, 昨天, 本周, 2026-11-01, 2026-11-01T08:00+08:00"
_STRING: Mapping[str, Any] = {"type": "string"}
_FLAG: Mapping[str, Any] = {"type": "boolean"}
_STARS: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": 5}


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    words: str
    schema: Mapping[str, Any] = field(default_factory=lambda: _STRING)
    example: Any = None

    def openapi(self) -> dict[str, Any]:
        said = {"name": self.name, "in": "query", "description": self.words, "schema": dict(self.schema)}
        return said if self.example is None else said | {"example": self.example}


def _choice(values: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


_LIST_WORDS = {
    "product": "产品 product key",
    "platform": "平台 platform: appstore, weibo, …",
    "via": "来源 the source that brought it",
    "topic": "话题 leaf, top or path, with an optional polarity: crash_launch, stability, lag|neg",
    "sentiment": f"情感 sentiment: {', '.join(SENTIMENTS)}, untagged",
    "intent": f"意图 intent: {', '.join(INTENTS)}",
    "severity": f"严重度 severity: {', '.join(SEVERITIES)}",
    "version": "版本 version, exact or a prefix: 8.2.*",
    "device": "机型 device",
    "os": "系统 operating system",
    "region": "地区 storefront: cn, hk, …",
}

FILTERS = (
    Param("q", '搜索词 words: 更新后 闪退 · "一直 转圈" · 支付 -退款 · 闪退 OR 崩溃', example="更新后 闪退"),
    *(Param(name, f"{_LIST_WORDS[name]}; 可重复或用逗号 repeat or join by commas") for name in LISTS),
    Param("rating_min", "最低评分 at least so many stars", _STARS),
    Param("rating_max", "最高评分 at most so many stars", _STARS),
    Param("has_reply", "有开发者回复 has the developer's answer", _FLAG),
    Param("truncated", "只有截断的文本 only a cut text is known", _FLAG),
    Param("since", f"从 from, inclusive: {_TIME}", example="7d"),
    Param("until", f"到 to, exclusive: {_TIME}"),
    Param("noise", "噪声 adverts, irrelevant and empty ones; exclude unless said", _choice(NOISES)),
    Param("sort", "次序 order; relevance with words, else newest", _choice(SORTS)),
)
LIMIT = Param("limit", "条数 how many", {"type": "integer", "minimum": 1, "maximum": 200, "default": 20})
_FORMAT = Param("format", "格式 format", _choice(("csv", "xlsx", "ndjson")))


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    summary: str
    scope: str
    """Empty: open to everyone."""
    words: str = ""
    params: tuple[Param, ...] = ()
    example: Any = None
    media: str = "application/json"
    status: int = 200


ROUTES: Mapping[str, Route] = {
    "search": Route(
        "GET", "/v1/feedback", "搜索 search", "read",
        "命中的反馈，按相关或时间 the items a query finds. cursor 接着上一页 continues a page; pending 是尚未入索引的改动数.",
        (*FILTERS, LIMIT, Param("cursor", "上一页给出的位置 as given by the page before")), examples.SEARCH,
    ),
    "item": Route(
        "GET", "/v1/feedback/{feedback_id}", "一条反馈 one item", "read",
        "标签连同依据、纠正和历次所见 tags with reasons, corrections, everything ever seen. raw=true 给出未遮盖的原文, needs the scope raw.",
        (Param("raw", "未遮盖的原文 unmasked text", _FLAG),), examples.ITEM,
    ),
    "similar": Route(
        "GET", "/v1/feedback/{feedback_id}/similar", "有没有别人也遇到 who else met this", "read",
        "相近的反馈，最像的在前 items like this one, most similar first.", (*FILTERS, LIMIT), examples.SEARCH,
    ),
    "facets": Route(
        "GET", "/v1/facets", "分面计数 facet counts", "read",
        "每个分面的计数不受它自己的选择影响 each facet is counted with its own selection lifted. 计的是条数 items, exact.",
        (*FILTERS, Param("names", "哪些分面 which facets, joined by commas", example="top,topic,sentiment"),
         Param("size", "每个分面最多几个值 values per facet", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50})),
        examples.FACETS,
    ),
    "histogram": Route(
        "GET", "/v1/histogram", "时间分布 items over time", "read", "空格不列 empty cells are left out.",
        (*FILTERS, Param("interval", "粒度 bucket", _choice(("day", "week", "month"))),
         Param("by", "再按至多两个分面拆开 split by up to two facets", example="sentiment")),
        examples.HISTOGRAM,
    ),
    "suggest": Route(
        "GET", "/v1/suggest", "相关话题 topics worth a look", "read",
        "命中里特别多的话题 topics that are enriched among the hits: 付不了钱 → 支付失败.", (*FILTERS, LIMIT), examples.SUGGEST,
    ),
    "coverage": Route(
        "GET", "/v1/coverage", "采集完整性 how complete the collection is", "read",
        "每个来源和目标最近一次采集 the latest run of each target. 零条可疑 zero is suspicious: suspicious.", FILTERS[1:2], examples.COVERAGE,
    ),
    "taxonomy": Route("GET", "/v1/taxonomy", "话题表 topics", "read", "两级话题 two levels of topics.", (), examples.TAXONOMY),
    "verdict": Route(
        "POST", "/v1/verdicts", "纠正标签 correct a tag", "write",
        "对某一修订的纠正 a correction of one revision; 409 when the text changed meanwhile.", (), examples.ITEM, status=201,
    ),
    "export": Route(
        "GET", "/v1/exports", "导出 export", "read", "全部命中，边读边发 every hit, streamed, no cap.", (*FILTERS, _FORMAT), None, "text/csv",
    ),
    "export_post": Route("POST", "/v1/exports", "导出 export", "read", "同 GET the same as GET.", (*FILTERS, _FORMAT), None, "text/csv"),
    "health": Route("GET", "/healthz", "存活 alive", "", example={"status": "ok"}),
    "ready": Route("GET", "/readyz", "就绪 ready", "", example=examples.READY),
    "metrics": Route("GET", "/metrics", "指标 figures for Prometheus", "read", media="text/plain"),
    "openapi": Route("GET", "/v1/openapi.json", "本接口的说明 this description", "read"),
}  # fmt: skip


def of(name: str) -> dict[str, Any]:
    """The keyword arguments with which a route is declared."""
    route = ROUTES[name]
    content = {route.media: {} if route.example is None else {"example": route.example}}
    responses: dict[int | str, dict[str, Any]] = {
        route.status: {"description": "成功 success", "content": content},
        "4XX": {
            "description": "问题说明 RFC 9457 problem document",
            "content": {"application/problem+json": {"example": examples.PROBLEM}},
        },
    }
    # The framework would describe its own 422, which this API never sends.
    responses[422] = responses["4XX"]
    return {
        "name": name,
        "summary": route.summary,
        "description": f"{route.words}\n\n权限 scope: `{route.scope or '-'}`",
        "responses": responses,
        "response_model": None,
        "openapi_extra": {"parameters": [param.openapi() for param in route.params]}
        if route.params
        else None,
    }
