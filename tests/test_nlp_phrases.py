"""Many phrases in one text: longest first, whole words, folded."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import fold
from nlp.phrases import Phrases

PHRASES = Phrases(
    [
        (phrase, phrase)
        for phrase in ("闪退", "一打开就闪退", "登录不上", "ai", "ios18", "几个g", "卡成ppt", "打开")
    ]
)


def found(text: str) -> list[str]:
    folded = fold(text)
    matches = PHRASES.find(folded)
    assert all(match.start < match.end <= len(text) for match in matches)
    return [match.meanings[0] for match in matches]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("老是闪退", ["闪退"]),
        ("一打开就闪退", ["一打开就闪退"]),
        ("打开一打开就闪退，又闪退", ["打开", "一打开就闪退", "闪退"]),
        ("閃退", ["闪退"]),
        ("登陆不上", ["登录不上"]),
        ("登錄不上", ["登录不上"]),
        ("ＡＩ不错", ["ai"]),
        ("mail ai email", ["ai"]),
        ("ios18", ["ios18"]),
        ("ios180", []),
        ("xios18", []),
        ("升级iOS18后", ["ios18"]),
        ("占了几个G", ["几个g"]),
        ("几个games", []),
        ("卡成PPT了", ["卡成ppt"]),
        ("", []),
    ],
)
def test_finds(text, expected):
    assert found(text) == expected


def test_spans_are_spans_of_the_text():
    text = "升级后，登陆不上！"
    match = PHRASES.find(fold(text))[0]
    assert text[match.start : match.end] == "登陆不上"


def test_one_phrase_may_mean_several_things():
    both = Phrases([("连接失败", "device_link"), ("连接失败", "network_error"), ("连接失败", "device_link")])
    assert both.find("连接失败")[0].meanings == ("device_link", "network_error")


def test_no_phrases_find_nothing():
    assert Phrases([]).find("闪退") == []


@given(st.text(alphabet="闪退打开就一ai os18g几个", max_size=60))
def test_matches_never_overlap_and_are_what_they_say(text):
    matches = PHRASES.find(text)
    for one, following in itertools.pairwise(matches):
        assert one.end <= following.start
    assert all(text[one.start : one.end] == one.meanings[0] for one in matches)


@given(st.text(alphabet="闪退打开就一", max_size=40))
def test_no_longer_phrase_is_left_where_a_shorter_one_was_taken(text):
    if "一打开就闪退" in text:
        assert "一打开就闪退" in [one.meanings[0] for one in PHRASES.find(text)]
