"""Phones and tablets as people write them, in the maker's way of writing: 苹果15promax → iPhone 15 Pro Max."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SUFFIX = r"(?:\s?(?:pro\s?max|promax|pro\s?plus|pro\+?|plus|max|ultra|mini|air|lite|青春版|至尊版|标准版|rs|se|p|非凡大师|竞速版|活力版)(?![a-z]))*"
# What follows a number makes it a count, a time or a price, and no model: 苹果5个, 小米8月, 荣耀10块.
_NO_COUNT = r"(?![\d.%]|\s?(?:个|斤|元|块|月|日|号|年|天|次|寸|英寸|楼|层|分|秒|点|岁|人|米|克|万|亿|千|百|倍|度|折|件|台|部|款|星|家|代言|小时|mah|kg|gb?(?![a-z])|mb?(?![a-z])))"


class Family(NamedTuple):
    pattern: re.Pattern[str]
    maker: str


def _family(pattern: str, maker: str) -> Family:
    return Family(re.compile(rf"(?<![a-z0-9])(?:{pattern})"), maker)


_FAMILIES = (
    _family(rf"(?:i\s?phone|苹果手机|苹果|爱疯|ip(?=\d{{1,2}}[sp]|\d{{1,2}}pro|1\d|x[rs]))\s?(?P<model>1[0-9]e?|[4-9]s?|3gs|x(?:s|r)?(?![a-z]|\d)(?:\s?max)?|xsmax|se\s?[23]?(?![a-z]))(?P<suffix>{_SUFFIX}){_NO_COUNT}", "iPhone"),
    _family(r"(?P<model>)i\s?phone(?P<suffix>)(?![a-z0-9]|\s?(?:\d|x[sr]?(?![a-z])))|苹果手机(?!\d)", "iPhone"),
    _family(rf"i\s?pad\s?(?P<model>(?:pro|mini|air)?\s?\d{{0,2}})(?P<suffix>){_NO_COUNT}(?!os)", "iPad"),
    _family(rf"(?:华为|huawei)?\s?(?P<model>mate\s?(?:xts?|x[s2-7]?|pad)?\s?\d{{0,2}}(?<=[\dxts])|nova\s?\d{{1,2}}|pura\s?(?:x|\d0)|matepad)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "华为"),
    _family(rf"(?:华为|huawei)\s?(?P<model>p\s?\d{{1,2}}|畅享\s?\d{{1,3}}|麦芒\s?\d{{1,2}}|g\s?\d{{1,2}})(?P<suffix>{_SUFFIX}){_NO_COUNT}", "华为"),
    _family(rf"(?:荣耀|honor)\s?(?P<model>(?:magic\s?(?:vs?|v)?|x|v|play|畅玩)?\s?\d{{1,3}}[ai]?)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "荣耀"),
    _family(rf"(?:红米|redmi)\s?(?P<model>k\s?\d{{2}}[ie]?|note\s?\d{{1,2}}[a-z]?|turbo\s?\d|\d{{1,2}}[acx]?)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "Redmi"),
    _family(rf"(?:小米|xiaomi|(?<![a-z0-9])mi(?=\s?\d))\s?(?P<model>mix\s?(?:fold|flip|\d)?\s?\d?s?|civi\s?\d?|note\s?\d?|max\s?\d|cc\s?\d|1[0-9][stx]?|[2-9](?:se|[cstx])?)(?P<suffix>{_SUFFIX}){_NO_COUNT}(?!\s?[a-z])", "小米"),
    _family(rf"(?:oppo\s?)?(?P<model>find\s?[xn]\s?\d{{0,2}}|reno\s?\d{{1,2}})(?P<suffix>{_SUFFIX}){_NO_COUNT}", "OPPO"),
    _family(rf"oppo\s?(?P<model>[akr]\s?\d{{1,3}}s?)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "OPPO"),
    _family(rf"(?:vivo\s?)?(?P<model>iqoo\s?(?:neo|z|u)?\s?\d{{1,2}}[sx]?)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "vivo"),
    _family(rf"vivo\s?(?P<model>(?:x\s?fold|x\s?flip|x|y|s|z|t|nex)\s?\d{{0,3}}[sit]?)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "vivo"),
    _family(rf"(?:一加|oneplus)\s?(?P<model>(?:ace|nord)?\s?\d{{1,2}}[rtv]?)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "一加"),
    _family(rf"(?:三星\s?galaxy|三星|samsung\s?galaxy|samsung|galaxy)\s?(?P<model>s\s?\d{{1,2}}|note\s?\d{{1,2}}|z\s?(?:fold|flip)\s?\d?|a\s?\d{{2}})(?P<suffix>{_SUFFIX}){_NO_COUNT}", "三星 Galaxy"),
    _family(rf"(?:魅族|meizu)\s?(?P<model>\d{{1,2}}s?|note\s?\d|mx\s?\d)(?P<suffix>{_SUFFIX}){_NO_COUNT}", "魅族"),
    _family(rf"(?:realme|真我)\s?(?P<model>gt\s?(?:neo)?\s?\d?|[qvx]\d{{1,2}}|\d{{1,2}})(?P<suffix>{_SUFFIX}){_NO_COUNT}", "realme"),
)  # fmt: skip

_HINT = re.compile(
    r"phone|苹果|爱疯|ip|pad|华为|huawei|mate|nova|pura|荣耀|honor|红米|redmi|小米|mi|find|reno|oppo|vivo|iqoo|一加|oneplus"
    r"|三星|samsung|galaxy|魅族|meizu|realme|真我"
)
_NAMES = {
    "iqoo": "iQOO", "promax": "Pro Max", "xsmax": "XS Max", "xs": "XS", "xr": "XR", "x": "X", "se": "SE", "rs": "RS", "cc": "CC",
    "mix": "MIX", "mx": "MX", "gt": "GT", "nova": "nova", "mini": "mini", "nex": "NEX",
}  # fmt: skip
_PART = re.compile(r"promax|xsmax|[a-z](?=\s?\d)|[a-z]+|\d+[a-z]{0,2}|[\u4e00-\u9fff]+|\+")
_PLUS = re.compile(r"(?<![a-z])p(?![a-z])")
_GLUED = re.compile(r"(?<= [A-Z]) (?=\d)")


def find(folded: str) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of every device, family by family."""
    if not _HINT.search(folded):
        return
    for family in _FAMILIES:
        for match in family.pattern.finditer(folded):
            suffix = _PLUS.sub("plus", match["suffix"] or "")
            said = f"{match['model'] or ''} {suffix}"
            name = _written(family.maker, said)
            if name:
                yield name, match.start(), match.start() + len(match[0].rstrip())


def _written(maker: str, said: str) -> str:
    name = " ".join([maker, *map(_part, _PART.findall(said))]).replace(" +", "+")
    return _GLUED.sub("", name)  # K 70 → K70; Mate 60 stays


def _part(part: str) -> str:
    if part in _NAMES:
        return _NAMES[part]
    if part[0].isdigit():
        return part
    return part.upper() if len(part) == 1 else part.capitalize()
