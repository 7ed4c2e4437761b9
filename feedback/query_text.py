"""The grammar of a search text, parsed once and compiled by every engine in the same way.

更新后 闪退            both words, anywhere
"一直 转圈"            exactly this, white space and case aside
支付 -退款             without 退款
闪退 OR 崩溃           either one;  binds tighter than the space: a OR b c = (a OR b) and c
"""

import re
from dataclasses import dataclass

from feedback.errors import QueryError
from feedback.text import clean, fold

MAX_TERMS = 32
MAX_CHARS = 500

_PIECE = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')
_TYPED = str.maketrans("“”＂－", '"""-')
"""What a Chinese keyboard puts in the place of the signs of this grammar."""


@dataclass(frozen=True, slots=True)
class Term:
    text: str
    """Folded."""
    exact: bool = False
    """Quoted: must stand in one piece, however long."""


@dataclass(frozen=True, slots=True)
class TextQuery:
    groups: tuple[tuple[Term, ...], ...] = ()
    """All groups must match; a group matches when any of its terms does."""
    without: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups or self.without)


def parse_text(text: str) -> TextQuery:
    """Raises QueryError for texts that are too long; an unclosed quote is read as if it were closed."""
    if len(text) > MAX_CHARS:
        raise QueryError(
            f"搜索词太长 the search text has {len(text)} characters", hint=f"最多 at most {MAX_CHARS}"
        )
    groups: list[list[Term]] = []
    without: list[Term] = []
    joined = False
    source = clean(text).translate(_TYPED)
    for match in _PIECE.finditer(source + '"' if source.count('"') % 2 else source):
        minus, quoted, word = match.groups()
        if word in ("OR", "|", "或") and not minus:
            joined = bool(groups)
            continue
        term = Term(fold(word if quoted is None else quoted).strip(), exact=quoted is not None)
        if not re.search(r"\w", term.text):
            continue
        if minus:
            without.append(term)
        elif joined:
            groups[-1].append(term)
        else:
            groups.append([term])
        joined = False
    if sum(map(len, groups)) + len(without) > MAX_TERMS:
        raise QueryError(
            f"搜索词太多 more than {MAX_TERMS} words in the search text", hint="少写几个 use fewer"
        )
    return TextQuery(tuple(map(tuple, groups)), tuple(without))
