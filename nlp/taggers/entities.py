"""Versions, devices, operating systems, error codes and amounts named in a text, in one way of writing.

Every pattern is anchored on a cue of its own (a brand, 版, 错误码, ¥), so that a price is no version and a date
no error code. Works on folded text; only pieces that can hold an entity are looked at.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from nlp import devices, money
from nlp.tagger import Item, Setup, Statement

MOST = 16
"""Entities kept of one text."""

_LIKELY = re.compile(
    r"[0-9]|iphone|ipad|next|纯血|苹果手机|[一二两三四五六七八九十百千万几][百千万]?多?(?:块|元)"
)
_LONGEST = 5_000
"""Entities are looked for in this many characters: the rest of a longer text is pasted logs."""

_NUMBER = r"\d{1,3}(?:\.\d{1,6}){1,3}"
_OS_BEFORE = re.compile(
    r"(?:ios|ipados|android|安卓|鸿蒙|harmony\s?os|miui|os|emui|ui|flyme|windows|win|macos|系统)(?:系统|版本|的|号|[\s:：到为是至])*$"
)


class Entity(NamedTuple):
    kind: str
    label: str
    start: int
    end: int


class Entities:
    name = "entities"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives = frozenset(f"entity.{kind}" for kind in ("version", "device", "os", "error_code", "amount"))

    def __init__(self, _setup: Setup) -> None:
        pass

    def fingerprint(self) -> str:
        return ""

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        return [
            [_say(found) for found in entities(item.folded)] if _LIKELY.search(item.folded) else []
            for item in batch
        ]


def _say(found: Entity) -> Statement:
    return Statement(f"entity.{found.kind}", found.label, start=found.start, end=found.end, why="pattern")


def entities(folded: str) -> list[Entity]:
    """The entities of a folded text, in its order; one stretch is one entity, the first finder's."""
    text = folded[:_LONGEST]
    taken: list[Entity] = []
    for finder in _FINDERS:
        for found in finder(text):
            if not any(found.start < other.end and other.start < found.end for other in taken):
                taken.append(found)
    return sorted(taken, key=lambda one: one.start)[:MOST]


# -- operating systems ---------------------------------------------------------------------------------

_SYSTEMS = {
    "ios": "iOS", "ipados": "iPadOS", "android": "Android", "安卓": "Android", "鸿蒙": "HarmonyOS", "纯血鸿蒙": "HarmonyOS",
    "harmonyos": "HarmonyOS", "harmony": "HarmonyOS", "miui": "MIUI", "hyperos": "HyperOS", "澎湃os": "HyperOS", "澎湃": "HyperOS",
    "emui": "EMUI", "magicos": "MagicOS", "magicui": "Magic UI", "coloros": "ColorOS", "originos": "OriginOS",
    "funtouchos": "Funtouch OS", "flyme": "Flyme", "oneui": "One UI", "realmeui": "realme UI", "windows": "Windows",
    "win": "Windows", "macos": "macOS", "watchos": "watchOS",
}  # fmt: skip
_SYSTEM = re.compile(
    r"(?<![a-z0-9])(?P<name>ios|ipados|watchos|android|安卓|纯血鸿蒙|鸿蒙|harmony\s?os|harmony|miui|hyper\s?os|澎湃os|澎湃|emui"
    r"|magic\s?os|magic\s?ui|color\s?os|origin\s?os|funtouch\s?os|flyme|one\s?ui|realme\s?ui|windows|win|macos)"
    r"\s*(?:os)?\s*(?:系统|版本|版|手机)*\s*(?P<number>next|\d{1,2}(?:\.\d{1,3}){0,3})(?![\d%]|\.\d|(?:年|月|个|块|元|天|次|岁))"
)
_PURE = re.compile(r"纯血鸿蒙(?!\s*(?:系统|版本|版)*\s*[\dn])")


def _systems(text: str) -> Iterator[Entity]:
    for match in _SYSTEM.finditer(text):
        name = _SYSTEMS[match["name"].replace(" ", "")]
        yield Entity("os", f"{name} {match['number'].upper()}", match.start(), match.end())
    for match in _PURE.finditer(text):
        yield Entity("os", "HarmonyOS NEXT", match.start(), match.end())


# -- app versions --------------------------------------------------------------------------------------

_CUED = re.compile(
    rf"(?:(?<![a-z])(?:v|ver|version)\.?|版本号?|新版本?|旧版本?|老版本?|最新版?|更新到了?|升级到了?|更新|升级)\s*(?:是|为|[:：])?\s*v?(?P<number>{_NUMBER})"
)
_TRAILED = re.compile(rf"(?<![\d.]){_NUMBER}(?=\s*(?:正式|测试|最新|新|旧|老|这个|以上|以下)?\s*(?:版|版本))")
_BARE = re.compile(
    r"(?<![\d.\-/:a-z])\d{1,2}\.\d{1,3}\.\d{1,6}(?:\.\d{1,6})?(?![\d.\-/:%]|元|块|折|寸|日|号)"
)
_UNIT = re.compile(
    r"\s*(?:元|块|折|寸|英寸|万|亿|%|g|m|k|kg|w|分|米|倍|小时|天|秒|毫米|的评分|(?:正式版|测试版)?的?系统)"
)


def _versions(text: str) -> Iterator[Entity]:
    for pattern, group in ((_CUED, "number"), (_TRAILED, 0), (_BARE, 0)):
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if (
                not _is_date(match[group])
                and not _UNIT.match(text, end)
                and not _OS_BEFORE.search(text[:start])
            ):
                yield Entity("version", match[group], start, end)


def _is_date(number: str) -> bool:
    first, *rest = number.split(".")
    return first in ("19", "20") and len(rest) == 2 and all(len(part) == 2 for part in rest)


# -- error codes ---------------------------------------------------------------------------------------

_ERROR = re.compile(
    r"(?:错误代?码|错误码|异常码|返回码|状态码|报错码?|错误|(?<![a-z])(?:err(?:or)?(?:[\s_-]?code)?|code))"
    r"\s*(?:是|为|提示|显示|[:：=#(（【\[])*\s*(?P<code>0x[0-9a-f]{2,8}|[a-z]{0,4}[-_]?\d{2,7})(?![\d.%]|\s*(?:次|个|条|元|块|天|年|遍|多|分钟|小时|月|楼|号))"
)
_HTTP = re.compile(r"(?<![\d.])(?:40[0-9]|50[0-4])(?=\s*(?:bad gateway|not found|forbidden|错误|报错|error))")


def _errors(text: str) -> Iterator[Entity]:
    for match in _ERROR.finditer(text):
        yield Entity("error_code", match["code"].upper().replace("0X", "0x"), *match.span("code"))
    for match in _HTTP.finditer(text):
        yield Entity("error_code", match[0], *match.span())


def _devices(text: str) -> Iterator[Entity]:
    return (Entity("device", name, start, end) for name, start, end in devices.find(text))


def _amounts(text: str) -> Iterator[Entity]:
    return (Entity("amount", label, start, end) for label, start, end in money.find(text))


_FINDERS: tuple[Callable[[str], Iterator[Entity]], ...] = (_systems, _devices, _amounts, _errors, _versions)
