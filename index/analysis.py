"""How a text becomes tokens: one analysis for every engine, for queries and for highlighting.

Fold, then ``[a-z0-9]+ | run of CJK``; a CJK run gives overlapping bigrams, a run of one gives that character.
Why no words: a dictionary does not know the words complaints are made of (闪退, 卡顿, 登不上); bigrams find
every substring. Owns no schema and knows no engine.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from feedback.text import FOLD_VERSION, fold

ANALYSIS_VERSION = f"bi1/{FOLD_VERSION}"
"""Part of every physical index's name: another analysis is another index."""

CJK_RANGES = (
    (0x3005, 0x3007),  # 々〆〇
    (0x3041, 0x3096),  # Hiragana
    (0x30A1, 0x30FA),  # Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
"""Code points that are cut into bigrams, inclusive. An engine with an analyser of its own derives it from these."""

LONGEST_LATIN = 255
"""A longer run of letters is cut, as Lucene's standard tokenizer does."""

_CJK = "".join(f"{chr(first)}-{chr(last)}" for first, last in CJK_RANGES)
_RUN = re.compile(f"[a-z0-9]{{1,{LONGEST_LATIN}}}|[{_CJK}]+")
_CJK_CHAR = re.compile(f"[{_CJK}]")
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")


class Token(NamedTuple):
    text: str
    start: int
    """Place in the text, in code points, half open: the fold keeps the length."""
    end: int


def analyse(text: str) -> Iterator[Token]:
    """The tokens of *text*; the n-th one stands at position n."""
    for match in _RUN.finditer(fold(text)):
        run, start = match[0], match.start()
        if len(run) == 1 or run[0].isascii():
            yield Token(run, start, match.end())
        else:
            yield from (Token(run[i : i + 2], start + i, start + i + 2) for i in range(len(run) - 1))


def tokens(text: str) -> list[str]:
    """As ``analyse``, without the places: the path every indexed document takes."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if len(run) == 1 or run[0].isascii():
            found.append(run)
        else:
            found += map("".join, pairwise(run))
    return found


def characters(text: str) -> list[str]:
    """The distinct CJK characters of *text*: what a query of one character (贵, 卡, 慢) is answered from."""
    return list(dict.fromkeys(_CJK_CHAR.findall(fold(text))))


def is_lone(token: str) -> bool:
    """Whether *token* is a single CJK character: inside a longer run it would have been part of a bigram."""
    return len(token) == 1 and not token.isascii()


def without_gaps(text: str) -> str:
    """*text* without the white space between CJK characters: 一直 转圈 → 一直转圈."""
    return _CJK_GAP.sub("", text)
