"""Where one clause ends and the next begins; whose words are whose."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import fold
from nlp.clauses import clauses
from nlp.own_words import own_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("界面好看，但一更新就闪退", ["界面好看", "但一更新就闪退"]),
        ("好用不过广告多就是有点卡", ["好用", "不过广告多", "就是有点卡"]),
        ("更新8.0.2后不能用了...垃圾", ["更新8.0.2后不能用了", "垃圾"]),
        ("花了1,000元,亏了", ["花了1,000元", "亏了"]),
        ("不错\n但是慢", ["不错", "但是慢"]),
        ("10:30打不开", ["10:30打不开"]),
        ("升级iOS 8后 iPhone 15 Pro 闪退", ["升级ios 8后", "iphone 15 pro", "闪退"]),
        ("有广告（很多）", ["有广告", "很多"]),
        ("！！！", []),
        ("", []),
        ("一句话", ["一句话"]),
    ],
)
def test_splits(text, expected):
    folded = fold(text)
    assert [folded[start:end] for start, end in clauses(folded)] == expected


@given(st.text(alphabet="好用但是不过，。 1.2卡\n", max_size=60))
def test_clauses_are_in_order_and_never_empty(text):
    spans = clauses(text)
    assert all(one.start < one.end for one in spans)
    assert all(one.end <= following.start for one, following in itertools.pairwise(spans))
    between = set("，。 \n.")
    covered = {index for one in spans for index in range(one.start, one.end)}
    assert {text[index] for index in range(len(text)) if index not in covered} <= between


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("闪退。\n -----------\n 开发者回复：请检查网络", "闪退。"),
        ("闪退---很烦", "闪退---很烦"),
        ("开发者回复太慢", "开发者回复太慢"),
        ("好（该条评论已经被删除）用", "好" + " " * 11 + "用"),
        ("", ""),
    ],
    ids=["pasted reply", "own dashes", "about replies", "store note", "empty"],
)
def test_only_the_authors_words_are_read(text, own):
    # The note is shorter than the blank only if counted wrong: lengths decide over every span behind it.
    note = len("（该条评论已经被删除）")
    assert own_words(text) == own.replace(" " * 11, " " * note)


@given(st.text(alphabet="好-开发者回复：（该条评论已经被删除）\n", max_size=80))
def test_a_span_of_the_own_words_is_a_span_of_the_text(text):
    own = own_words(text)
    assert len(own) <= len(text)
    assert all(mine in (" ", theirs) for mine, theirs in zip(own, text, strict=False))
