"""Query: the only filter grammar. Web pages, API, command line, alerts and reports all speak it.

Values of one field are alternatives; fields must all hold. ``parse(to_params())`` gives the same query back.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from feedback import times
from feedback.errors import QueryError, near
from feedback.model import INTENTS, SENTIMENTS, SEVERITIES, Frozen
from feedback.query_text import TextQuery, parse_text

Sort = Literal["relevance", "newest", "rating", "likes"]
Noise = Literal["exclude", "include", "only"]
SORTS = ("relevance", "newest", "rating", "likes")
NOISES = ("exclude", "include", "only")
UNTAGGED = "untagged"

LISTS = (
    "product",
    "platform",
    "via",
    "topic",
    "sentiment",
    "intent",
    "severity",
    "version",
    "device",
    "os",
    "region",
)
"""Fields with several values, in the order people see them."""
_FLAGS = ("has_reply", "truncated")
_NUMBERS = ("rating_min", "rating_max")
_WORDS = ("q", "since", "until", "noise", "sort")
PARAMS = frozenset((*LISTS, *_FLAGS, *_NUMBERS, *_WORDS))
_CLOSED = {"sentiment": (*SENTIMENTS, UNTAGGED), "intent": INTENTS, "severity": SEVERITIES}
_YES = {
    "1": True,
    "true": True,
    "yes": True,
    "是": True,
    "0": False,
    "false": False,
    "no": False,
    "否": False,
}
_COMMA = re.compile(r"(?<!\\),")
_LABELS = {
    "product": "产品", "platform": "平台", "via": "来源", "topic": "话题", "sentiment": "情感", "intent": "意图",
    "severity": "严重度", "version": "版本", "device": "机型", "os": "系统", "region": "地区",
}  # fmt: skip


class Query(Frozen):
    q: str = ""
    """Search text: see ``query_text``."""
    product: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    """Leaf, top or path, each with an optional polarity: crash_launch, stability, stability/lag, lag|neg."""
    sentiment: tuple[str, ...] = ()
    intent: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    """Exact, or a prefix ending in ``*``: 8.2.*"""
    device: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    rating_min: int | None = Field(default=None, ge=1, le=5)
    rating_max: int | None = Field(default=None, ge=1, le=5)
    has_reply: bool | None = None
    truncated: bool | None = None
    since: str = ""
    """As said (7d, 昨天) until ``resolve``; half open: since <= at < until."""
    until: str = ""
    noise: Noise = "exclude"
    sort: Sort | None = None
    """None: relevance when there is a search text, else newest."""

    @property
    def text(self) -> TextQuery:
        return parse_text(self.q)

    @property
    def order(self) -> Sort:
        """The order that applies: relevance needs words to be relevant to."""
        if self.sort in (None, "relevance"):
            return "relevance" if self.text.groups else "newest"
        return self.sort or "newest"

    @classmethod
    def parse(cls, params: Mapping[str, object] | Iterable[tuple[str, object]]) -> Self:
        """Read HTTP-like parameters; a list value may be repeated or joined by commas. Raises QueryError.

        A comma inside of a value is written ``\\,``: device=iPhone14\\,2.
        """
        fields: dict[str, object] = {}
        for name, value in params.items() if isinstance(params, Mapping) else params:
            for one in value if isinstance(value, list | tuple) else (value,):
                if one not in (None, ""):
                    _read(fields, name, str(one).strip())
        query = cls.model_validate(fields)
        query._check()
        return query

    def _check(self) -> None:
        low, high = self.rating_min or 1, self.rating_max or 5
        if low > high:
            raise QueryError(f"评分范围是空的 rating_min={low} is above rating_max={high}", hint="1 … 5")
        _ = self.text
        for said in filter(None, (self.since, self.until)):
            times.resolve(said, now=datetime.fromisoformat("2026-01-01T00:00:00+00:00"), zone=ZoneInfo("UTC"))

    def to_params(self) -> list[tuple[str, str]]:
        """Parameters that parse to this query; defaults are left out."""
        found: list[tuple[str, str]] = []
        for name in ("q", *LISTS, *_NUMBERS, *_FLAGS, "since", "until", "noise", "sort"):
            value = getattr(self, name)
            if value in (None, "", ()) or (name == "noise" and value == "exclude"):
                continue
            values = value if isinstance(value, tuple) else (value,)
            found += [(name, _written(name, one)) for one in values]
        return found

    def resolve(self, now: datetime, zone: ZoneInfo) -> Self:
        """The absolute form: the same instants whenever it is read. Raises QueryError for an empty range."""
        since = times.resolve(self.since, now=now, zone=zone) if self.since else None
        until = times.resolve(self.until, now=now, zone=zone, end=True) if self.until else None
        if since and until and since >= until:
            raise QueryError(
                f"时间范围是空的 the range {self.since} … {self.until} is empty", hint="since < until"
            )
        fixed = {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}
        return self.model_copy(update=fixed)

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The instants of a resolved query."""
        since, until = (datetime.fromisoformat(said) if said else None for said in (self.since, self.until))
        return since, until

    def without(self, facet: str) -> Self:
        """This query, its own selection of *facet* lifted: what the counts of that facet are made from."""
        update: dict[str, object] = {facet: ()} if facet in LISTS else {}
        if facet == "rating":
            update = {"rating_min": None, "rating_max": None}
        return self.model_copy(update=update)

    def human(self) -> str:
        """The query in words, Chinese, for headings and reports."""
        parts = [f"“{self.q}”"] if self.q else []
        parts += [
            f"{label}={'/'.join(getattr(self, name))}"
            for name, label in _LABELS.items()
            if getattr(self, name)
        ]
        if self.rating_min or self.rating_max:
            parts.append(f"评分 {self.rating_min or 1}–{self.rating_max or 5} 星")
        if self.has_reply is not None:
            parts.append("有回复" if self.has_reply else "无回复")
        if self.truncated is not None:
            parts.append("只看截断的" if self.truncated else "只看完整的")
        if self.since or self.until:
            parts.append(f"{self.since or '最早'} 至 {self.until or '现在'}")
        if self.noise != "exclude":
            parts.append({"include": "含噪声", "only": "只看噪声"}[self.noise])
        return " · ".join(parts) or "全部反馈"


def _written(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace(",", "\\,") if name in LISTS else str(value)  # a device may be "iPhone14,2"


def _read(fields: dict[str, object], name: str, value: str) -> None:
    if name not in PARAMS:
        raise QueryError(f"没有这个筛选项 no such filter: {name!r}", hint=near(name, PARAMS))
    if name in LISTS:
        parts = (part.replace("\\,", ",").strip() for part in _COMMA.split(value))
        values = tuple(dict.fromkeys(part for part in parts if part))
        for one in values:
            _one_of(name, one, _CLOSED.get(name))
        known = fields.get(name, ())
        assert isinstance(known, tuple)
        fields[name] = (*known, *(one for one in values if one not in known))
    elif name in _NUMBERS:
        fields[name] = int(_one_of(name, value, ("1", "2", "3", "4", "5")))
    elif name in _FLAGS:
        fields[name] = _YES[_one_of(name, value.lower(), tuple(_YES))]
    else:
        allowed = {"noise": NOISES, "sort": SORTS}.get(name)
        fields[name] = _one_of(name, value, allowed)


def _one_of(name: str, value: str, allowed: tuple[str, ...] | None) -> str:
    if allowed and value not in allowed:
        raise QueryError(f"{name} 不能是 cannot be {value!r}", hint=near(value, allowed))
    return value
