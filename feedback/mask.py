"""Personal numbers are blanked before a text leaves the records; the length stays, so spans stay right.

Masked: mobile and landline numbers, identity and bank card numbers, e-mail, WeChat and QQ ids, order and
parcel numbers, street addresses with a house number. Kept: version numbers, prices, error codes, service
hotlines (400/800, 95xxx, 12315): a complaint is often about exactly these.
"""

import re

from feedback.text import fold

MASK_VERSION = "1"
"""Part of every pipeline's and every engine's fingerprint: a changed rule re-tags and re-indexes."""

_MASKABLE = re.compile(r"\d{5}|\d[- ]\d{3}|@|\d号|[路街道巷弄]\d|微信|薇信|威信|v信|vx|wx|qq|扣扣|加v|加微")
"""Cheap test first: nine texts in ten hold nothing that could need masking."""

# Each pattern blanks its whole match, or only its group "secret" where the words around it say what it is.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
        r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)",
        r"(?<![\d.])0\d{2,3}[- ]?\d{7,8}(?!\d)",
        r"(?<![\da-z])\d{17}[\dx](?![\da-z])",
        r"(?<![\d.])\d(?:[- ]?\d){11,}(?![\d.])",
        r"(?:微信|薇信|威信|v信|vx|wx|加v|加微)(?:(?:群|号|id)\s*(?:是|为)?\s*[:：]?|\s*[:：])\s*(?P<secret>[a-z][a-z0-9_-]{5,19}|\d{5,})",
        r"(?:微信|薇信|威信|v信|vx|wx)\s*(?P<secret>(?=[a-z_-]*\d)[a-z][a-z0-9_-]{5,19})",
        r"(?:加v|加微信?)\s*(?P<secret>[a-z][a-z0-9_-]{5,19})",
        r"(?:qq|扣扣)(?:群|号)*\s*(?:是|为)?[:：]?\s*(?P<secret>[1-9]\d{4,11})",
        r"(?:订单|单号|运单|快递|流水|交易|工单|受理)(?:编?号码?)?\s*(?:是|为)?[:：]?\s*(?P<secret>(?=[a-z0-9-]*\d{4})[a-z0-9][a-z0-9-]{7,31})",
        (
            r"[\u4e00-\u9fff]{2,8}(?:路|街|大道|巷|弄|胡同)\d{1,5}号(?:院)?"
            r"(?:[\u4e00-\u9fff]{0,8}?\d{1,4}(?:号楼|栋|幢|座|单元|层|楼|室))*"
        ),
        r"\d{1,4}(?:号楼|栋|幢)\d{1,3}单元\d{1,5}室?",
    )
)


def mask(text: str) -> str:
    """*text* with every personal number blanked by ``*``, code point for code point."""
    folded = fold(text)
    if not _MASKABLE.search(folded):
        return text
    blanked = list(text)
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span("secret" if "secret" in pattern.groupindex else 0)
            if len(set(folded[start:end])) > 2:  # 666666666666 is a laugh, no number
                blanked[start:end] = "*" * (end - start)
    return "".join(blanked)
