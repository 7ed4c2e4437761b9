"""Which language a text is in, by its scripts."""

import pytest

from feedback.text import fold
from nlp.taggers.language import LANGUAGES, language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("更新之后一直闪退", "zh"),
        ("iPhone 15 Pro Max 闪退", "zh"),
        ("更新之後一直閃退，請修復", "zh-hant"),
        ("登錄不上", "zh-hant"),
        ("里面的东西後来", "zh"),
        ("The app keeps crashing", "en"),
        ("OK", "en"),
        ("アプリが落ちます", "ja"),
        ("更新後にすぐ落ちる", "ja"),
        ("可爱の界面", "zh"),
        ("업데이트 후 계속 꺼져요", "ko"),
        ("приложение не работает", "other"),
        ("Qualité médiocre, ça plante à été", "other"),
        ("التطبيق لا يعمل", "other"),
        ("แอปค้าง", "other"),
        ("好", "zh"),
        ("😀👍🏻", None),
        ("12345", None),
        ("", None),
    ],
)
def test_language(text, expected):
    assert language(text, fold(text)) == expected
    assert expected is None or expected in LANGUAGES


def test_every_language_has_an_example():
    examples = ("闪退", "閃退", "crash", "落ちます", "꺼져요", "падает")
    assert tuple(language(text, fold(text)) for text in examples) == LANGUAGES
