"""One analysis for documents, queries and highlighting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import fold
from index.analysis import CJK_RANGES, LONGEST_LATIN, analyse, characters, is_lone, tokens, without_gaps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("闪退", ["闪退"]),
        ("一直闪退", ["一直", "直闪", "闪退"]),
        ("卡", ["卡"]),
        ("閃退", ["闪退"]),
        ("ＡＰＰ　卡", ["app", "卡"]),
        ("iOS18.1闪退!", ["ios18", "1", "闪退"]),
        ("卡，慢", ["卡", "慢"]),
        ("user_id", ["user", "id"]),
        ("한국어 カメラ", ["한국", "국어", "カメ", "メラ"]),
        ("😀 ！ é", []),
        ("", []),
    ],
)
def test_text_becomes_bigrams_and_latin_words(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_places_are_those_of_the_original() -> None:
    text = "閃退ＡＢ"
    assert [(text[token.start : token.end], token.text) for token in analyse(text)] == [
        ("閃退", "闪退"),
        ("ＡＢ", "ab"),
    ]


def test_long_runs_of_letters_are_cut() -> None:
    assert [len(token) for token in tokens("a" * (2 * LONGEST_LATIN + 1))] == [
        LONGEST_LATIN,
        LONGEST_LATIN,
        1,
    ]


def test_characters_are_distinct_and_cjk() -> None:
    assert characters("卡卡卡 a 慢1") == ["卡", "慢"]


def test_only_single_cjk_characters_are_lone() -> None:
    assert [is_lone(token) for token in ("卡", "a", "1", "闪退")] == [True, False, False, False]


def test_gaps_close_between_cjk_only() -> None:
    assert without_gaps("一直 \n转圈 a b 卡") == "一直转圈 a b 卡"


def test_ranges_are_in_order_and_apart() -> None:
    borders = [border for pair in CJK_RANGES for border in pair]
    assert borders == sorted(borders)
    assert all(first <= last for first, last in CJK_RANGES)


@given(st.text(alphabet=st.sampled_from("闪退卡顿，。 aZ9Ａ閃😀カé\n𠀀"), max_size=60))
def test_both_paths_give_the_same_tokens(text: str) -> None:
    placed = list(analyse(text))
    assert [token.text for token in placed] == tokens(text)
    assert all(fold(text)[token.start : token.end] == token.text for token in placed)
    assert [token.start for token in placed] == sorted(token.start for token in placed)
