"""Personal numbers are blanked before a text leaves the records; the length stays, so spans stay right.

Masked: mobile and landline numbers, identity and bank card numbers, e-mail, WeChat and QQ ids, order and
parcel numbers, street addresses with a house number. Kept: version numbers, prices, error codes, service
hotlines (400/800, 95xxx, 12315): a complaint is often about exactly these.
"""

import re

from feedback.text import fold, fold_table

MASK_VERSION = "1"
"""Part of every pipeline's and every engine's fingerprint: a changed rule re-tags and re-indexes."""


def _unfolded(pattern: str) -> str:
    """*pattern* for texts not folded yet: each letter in it also meets every character that folds to it."""
    sources: dict[str, str] = {}
    for code, to in fold_table().items():
        sources[to] = sources.get(to, "") + chr(code)
    letter = re.compile(r"(?<!\\)[^\W\d]|[@ -]")
    return letter.sub(lambda match: f"[{re.escape(match[0])}{sources.get(match[0], '')}]", pattern)


_MASKABLE = re.compile(
    _unfolded(r"\d{5}|\d(?:-| )\d{3}|@|\d号|\d栋|\d幢|微信|薇信|威信|v信|vx|wx|qq|扣扣|加我?的?v|加我?的?微")
)
"""Cheap test first, before folding: nine texts in ten hold nothing that could need masking."""

_ALONE = r"(?<!\d)(?<!\d\.)"
"""Not the tail of a longer number, nor a later part of a version."""
_WECHAT = r"(?:微信|薇信|威信|v信|vx|wx)"
_ID = r"[a-z][a-z0-9_-]{5,19}"
# "微信 iPhone15 闪退" names no account.
_THING = (
    r"(?!(?:i?(?:phone|pad|os|mac)|mac(?:book|os)?|win(?:dows)?|android|harmony(?:os)?|huawei|honor|mate|xiaomi|redmi|mi|oppo|vivo"
    r"|oneplus|samsung|galaxy|version|ver|build|error|code|bug|https?|x86|arm)(?![a-z]))"
)

# Each pattern blanks its whole match, or only its group "secret" where the words around it say what it is.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![a-z0-9._%+-])[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
        _ALONE + r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)",
        _ALONE + r"0\d{2,3}[- ]?\d{7,8}(?!\d)",
        r"(?<![\da-z])\d{17}[\dx](?![\da-z])",
        _ALONE + r"(?:\d{4,}(?:[- ]\d{3,}){2,}|\d{6,}[- ]\d{6,}|\d{12,})(?!\d|\.\d)",
        rf"(?:{_WECHAT}|加v|加微)(?:群|号|id)\s*(?:是|为)?\s*:?\s*(?P<secret>{_ID}|\d{{5,}})",
        rf"(?:{_WECHAT}|加v|加微)\s*:\s*{_THING}(?P<secret>{_ID}|\d{{5,}})",
        _WECHAT + r"\s*" + _THING + r"(?P<secret>(?=[a-z_-]{0,19}\d)" + _ID + ")",
        rf"加我?的?(?:{_WECHAT}|v|微)\s*(?P<secret>{_ID})",
        r"(?:qq|扣扣)(?:群|号)*\s*(?:是|为)?:?\s*(?P<secret>[1-9]\d{4,11})",
        (
            r"(?:订单|单号|运单|快递|流水|交易|工单|受理)(?:编?号码?)?\s*(?:是|为)?:?\s*"
            r"(?!20\d\d-\d\d?-\d\d?(?![\d-]))(?P<secret>(?=[a-z0-9-]{0,28}\d{4})[a-z0-9][a-z0-9-]{7,31})"
        ),
        (
            r"[\u4e00-\u9fff]{2,8}(?:路|街|大道|巷|弄|胡同)\d{1,5}号(?:院)?"
            r"(?:[\u4e00-\u9fff]{0,8}?\d{1,4}(?:号楼|栋|幢|座|单元|层|楼|室))*"
        ),
        r"\d{1,4}(?:号楼|栋|幢)\d{1,3}单元\d{1,5}室?",
    )
)


def mask(text: str) -> str:
    """*text* with every personal number blanked by ``*``, code point for code point."""
    if not _MASKABLE.search(text):
        return text
    folded = fold(text)
    blanked = list(text)
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span("secret" if "secret" in pattern.groupindex else 0)
            if end - start < 12 or len(set(folded[start:end])) > 2:  # 233333333333 is a laugh, no number
                blanked[start:end] = "*" * (end - start)
    return "".join(blanked)
