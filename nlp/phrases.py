"""Finding many phrases in a text at once: Aho-Corasick, longest first, a matched span is consumed.

Works on folded text. Latin letters and digits at an end of a phrase need a word boundary there: ``ai`` is not
in ``mail``, ``ios18`` not in ``ios180``. 登陆 counts as 登录.
"""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

import ahocorasick

from feedback.text import fold

Meaning = TypeVar("Meaning")

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class Found(NamedTuple, Generic[Meaning]):
    start: int
    end: int
    meanings: tuple[Meaning, ...]


class Phrases(Generic[Meaning]):
    """A frozen set of phrases, each with what it means; the same phrase may mean several things."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        meanings: dict[str, list[Meaning]] = {}
        for phrase, meaning in entries:
            known = meanings.setdefault(normal(fold(phrase)), [])
            if meaning not in known:
                known.append(meaning)
        self._automaton = ahocorasick.Automaton()
        for phrase, known in meanings.items():
            self._automaton.add_word(phrase, (len(phrase), tuple(known)))
        self._is_empty = not meanings
        if meanings:
            self._automaton.make_automaton()

    def find(self, folded: str) -> list[Found[Meaning]]:
        """The matches that survive, in the order of the text. Longer ones take their span first."""
        if self._is_empty:
            return []
        text = normal(folded)
        matches = [(size, last + 1 - size, known) for last, (size, known) in self._automaton.iter(text)]
        if not matches:
            return []
        if len(matches) > 1:
            matches.sort(key=lambda match: (-match[0], match[1]))
        free = bytearray(len(text))
        found = []
        for size, start, known in matches:
            end = start + size
            if not any(free[start:end]) and _is_whole(text, start, end):
                free[start:end] = b"\1" * size
                found.append(Found(start, end, known))
        found.sort(key=lambda match: match.start)
        return found


def normal(folded: str) -> str:
    return folded.replace("登陆", "登录") if "登陆" in folded else folded


def _is_whole(text: str, start: int, end: int) -> bool:
    if start and text[start] in _WORD and text[start - 1] in _WORD:
        return False
    return not (end < len(text) and text[end - 1] in _WORD and text[end] in _WORD)
