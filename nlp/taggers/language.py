"""Which language a text is written in, by its scripts: zh, zh-hant, en, ja, ko, other.

Counts letters and knows no words: Latin letters without accents are taken for English.
"""

import re
from collections.abc import Sequence

from feedback.text import fold_table
from nlp.tagger import Item, Setup, Statement

LANGUAGES = ("zh", "zh-hant", "en", "ja", "ko", "other")

_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]+")
_LATIN = re.compile(r"[A-Za-z]+")
_FOREIGN = re.compile(r"[\u00c0-\u024f\u0370-\u05ff\u0600-\u06ff\u0900-\u0e7f\u1e00-\u1eff]+")
# What the fold changes among Han characters is what only traditional writing has.
_TRADITIONAL = re.compile("[" + "".join(chr(code) for code in fold_table() if 0x3400 <= code <= 0x9FFF) + "]")


class Language:
    name = "language"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives = frozenset({"lang"})

    def __init__(self, _setup: Setup) -> None:
        pass

    def fingerprint(self) -> str:
        return ""

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        return [_say(language(item.own, item.folded)) for item in batch]


def language(text: str, folded: str) -> str | None:
    """None when the text has no letter of any script: emoji and numbers are no language."""
    han = _size(_HAN, text)
    if not text.isascii():
        kana, hangul = _size(_KANA, text), _size(_HANGUL, text)
        if kana > 2 and kana * 4 > han:  # one の in a Chinese sentence is decoration
            return "ja"
        if hangul > 2 and hangul > han:
            return "ko"
    words = len(_LATIN.findall(text))
    foreign = 0 if text.isascii() else _size(_FOREIGN, text)
    if han and han * 2 >= words + foreign:  # "iPhone 15 Pro Max 闪退" is Chinese
        return "zh-hant" if text != folded and _is_traditional(text, han) else "zh"
    if foreign > words // 2:
        return "other"
    return "en" if words else "zh" if han else None


def _is_traditional(text: str, han: int) -> bool:
    traditional = len(_TRADITIONAL.findall(text))
    return traditional * 5 >= han


def _size(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))


def _say(label: str | None) -> list[Statement]:
    return [Statement("lang", label, why="script")] if label else []
