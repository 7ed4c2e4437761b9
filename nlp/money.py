"""Amounts of money as people write them, in one form: 30元, ¥198 → 198元, 一百多块 → 100元."""

import re
from collections.abc import Iterator

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?"
_SIGNED = re.compile(rf"(?P<sign>[¥￥$])\s?(?P<number>{_DIGITS})(?P<many>[万w])?(?:元|块)?")
# 块 counts many things: after it only what cannot be one of them.
_BLOCK = r"块(?:钱|(?=$|[^\u4e00-\u9fff]|[多了买就的啊吧呢都一我你不没给还来退充冲优也能到]))"
_COUNTED = re.compile(
    rf"(?<![\d.])(?P<number>{_DIGITS})\s*(?P<many>[万千百])?多?\s*(?:(?P<unit>美元|美金|刀(?!具|片))|元(?!素|旦|宵|年|气|宇宙)|人民币|rmb|{_BLOCK})"
)
_SPOKEN = re.compile(
    rf"(?<![一二两三四五六七八九十百千万几第])(?P<number>[一二两三四五六七八九十百千万几零]{{1,8}})多?(?:元(?!素|旦|宵|年|气|宇宙|一次)|{_BLOCK})"
)
_VALUES = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}


def find(folded: str) -> Iterator[tuple[str, int, int]]:
    """(label, start, end) of every amount."""
    for match in _SIGNED.finditer(folded):
        currency = "美元" if match["sign"] == "$" else "元"
        yield _plain(match["number"], match["many"]) + currency, *match.span()
    for match in _COUNTED.finditer(folded):
        currency = "美元" if match["unit"] else "元"
        yield _plain(match["number"], match["many"]) + currency, *match.span()
    for match in _SPOKEN.finditer(folded):
        label = _spoken(match["number"])
        if label and match[0] != "一块":  # 一块儿, 一块用: together
            yield label + "元", *match.span()


def _plain(number: str, many: str | None) -> str:
    value = float(number.replace(",", "")) * _UNITS.get("万" if many == "w" else many or "", 1)
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _spoken(said: str) -> str:
    """一百 → 100, 三千五 → 3500, 几十 → 几十; empty for what is no number."""
    if "几" in said:
        return said if len(said) > 1 else ""
    total, digit, unit = 0, 0, 0
    for character in said:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit == 10_000:
                total, digit = (total + digit or 1) * unit, 0
            else:
                total, digit = total + (digit or 1) * unit, 0
        else:
            digit = _VALUES[character]
    if digit and unit >= 100 and said[-2] in _UNITS:  # 三千五 is 3500
        return str(total + digit * unit // 10)
    return str(total + digit)
