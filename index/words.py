"""Words where words are wanted: key phrases of a set of texts, for tag clouds and for naming. Never for search.

The only module that knows jieba; its dictionary is loaded at the first use.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import Any

from feedback.text import fold

_LEAST = 2
"""Texts that must use a phrase."""
_LONGEST = 8
_WORDY = re.compile(r"[\u4e00-\u9fffa-z0-9]+")
_EMPTY = frozenset(
    ("这个", "那个", "什么", "怎么", "可以", "没有", "不是", "就是", "还是", "但是", "因为", "所以", "如果", "然后", "现在", "自己", "我们",
     "你们", "他们", "已经", "一个", "一下", "真的", "时候", "这么", "那么", "而且", "或者", "以及", "不会", "不能", "不要", "还有", "为什么",
     "知道", "觉得", "感觉", "东西", "the", "and", "for", "you", "not", "this", "that", "it", "is")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    count: int
    """Texts that use it."""


def phrases(texts: Iterable[str], *, limit: int = 30) -> list[Phrase]:
    """What these texts speak of more than people usually do: words and pairs of words, strongest first."""
    said: Counter[str] = Counter()
    for text in texts:
        words = list(_words(text))
        said.update({word for word in words if _means_something(word)} | set(_pairs(words)))
    scores = {phrase: count * _surprise(phrase) for phrase, count in said.items() if count >= _LEAST}
    ordered = sorted(scores, key=lambda phrase: (-scores[phrase], phrase))[: limit * 10]
    return [Phrase(phrase, said[phrase]) for phrase in _without_parts(ordered, said)][:limit]


def _words(text: str) -> Iterator[str]:
    """Words in order; an empty one where punctuation keeps two apart."""
    for run in _WORDY.findall(fold(text)):
        yield from _jieba().cut(run)
        yield ""


def _pairs(words: list[str]) -> Iterator[str]:
    for first, second in pairwise(words):
        pair = first + second
        telling = first and second and not {first, second} & _EMPTY and _means_something(pair)
        if telling and 2 < len(pair) <= _LONGEST:
            yield pair


def _means_something(word: str) -> bool:
    return len(word) > 1 and word not in _EMPTY and not word.isdigit()


def _surprise(phrase: str) -> float:
    """How rare a phrase is in the dictionary's background corpus; a new word is as rare as can be."""
    tokenizer = _jieba()
    return log(tokenizer.total / max(1, tokenizer.FREQ.get(phrase, 0)))


def _without_parts(ordered: list[str], said: Counter[str]) -> Iterator[str]:
    """Of 登录 and 登录失败 used by nearly the same texts, only the longer one."""
    for phrase in ordered:
        longer = (other for other in ordered if phrase in other and phrase != other)
        if not any(said[other] >= 0.8 * said[phrase] for other in longer):
            yield phrase


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import logging
    import warnings

    with warnings.catch_warnings():  # jieba's own deprecated imports are not the user's concern
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer
