"""Clauses of a folded text and the mood of a stretch of it. Rules of the language, nothing of any product.

Topic and polarity are easier to judge in a clause than in a text: 界面好看，但一更新就闪退.
"""

import re
from typing import NamedTuple

# A dot or comma between digits (8.0.2; 1,000) ends nothing. A turning word opens the clause it stands in.
_BREAK = re.compile(
    r"(?:[\s，。！？；、!?;~…]|(?<!\d)[.,]|[.,](?!\d))+"
    r"|(?<=[^\s，。！？；、!?;~…])(?=但是|但(?!是|愿)|不过(?!关|分)|可是|只是|就是(?![说想为])|然而|美中不足|唯一)"
)


class Span(NamedTuple):
    start: int
    end: int


def clauses(folded: str) -> list[Span]:
    """The clauses of a text in their order, without the marks between them."""
    spans, start = [], 0
    for mark in _BREAK.finditer(folded):
        if mark.start() > start:
            spans.append(Span(start, mark.start()))
        start = mark.end()
    if start < len(folded):
        spans.append(Span(start, len(folded)))
    return spans
