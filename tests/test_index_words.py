"""Key phrases: what a set of texts speaks of."""

from index.words import phrases

TEXTS = [
    "一打开就闪退，登录失败",
    "登录失败，验证码收不到",
    "闪退，客服不理人",
    "更新以后登录失败",
    "12345 12345",
    "😀",
    "",
]


def test_frequent_words_and_pairs_come_first() -> None:
    found = {phrase.text: phrase.count for phrase in phrases(TEXTS)}
    assert found["登录失败"] == 3
    assert found["闪退"] == 2


def test_parts_of_a_phrase_are_not_repeated() -> None:
    found = [phrase.text for phrase in phrases(TEXTS)]
    assert "登录失败" in found
    assert {"登录", "失败"}.isdisjoint(found)


def test_what_one_text_says_is_no_phrase() -> None:
    assert all(phrase.count >= 2 for phrase in phrases(TEXTS))
    assert phrases(["只有一条"]) == []


def test_empty_words_and_numbers_are_left_out() -> None:
    assert phrases(["这个 12345 什么", "这个 12345 什么"]) == []


def test_traditional_and_full_width_count_together() -> None:
    assert [
        (phrase.text, phrase.count) for phrase in phrases(["閃退", "闪退", "ＡＰＰ", "app"], limit=2)
    ] == [("app", 2), ("闪退", 2)]


def test_the_limit_holds() -> None:
    assert len(phrases(TEXTS, limit=1)) == 1
