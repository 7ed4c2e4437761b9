"""Clauses of a folded text and the mood of a stretch of it. Rules of the language, nothing of any product.

Topic and polarity are easier to judge in a clause than in a text: 界面好看，但一更新就闪退.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_MARKS = r"\s，。！？；、!?;~…()（）【】“”\"《》\U0001f300-\U0001faff\u2600-\u27bf\ufe0f"
# A dot, comma or colon between digits (8.0.2; 1,000; 10:30) ends nothing, nor a space in iPhone 15 Pro.
_RUN = re.compile(rf"(?:[^{_MARKS}.,:]+|(?<=\d)[.,:](?=\d)|(?<=[a-z0-9]) (?=[a-z0-9]))+")
_TURN = re.compile(r"但是|但(?!是|愿)|不过(?!关|分)|可是|只是|就是(?![说想为])|然而|美中不足|唯一")


class Span(NamedTuple):
    start: int
    end: int


def clauses(folded: str) -> list[Span]:
    """The clauses of a text in their order, without the marks between them. A turning word opens its clause."""
    runs = [Span(*run.span()) for run in _RUN.finditer(folded)]
    turns = [turn.start() for turn in _TURN.finditer(folded)]
    return [part for run in runs for part in _split(run, turns)] if turns else runs


def _split(run: Span, turns: Sequence[int]) -> list[Span]:
    cuts = [run.start, *(turn for turn in turns if run.start < turn < run.end), run.end]
    return [Span(start, end) for start, end in pairwise(cuts)]
