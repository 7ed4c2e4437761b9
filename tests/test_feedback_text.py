"""Cleaning, folding, squeezing: what is stored and what is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import MAX_TEXT, clean, fold, fold_table, join_title, letters, squeeze

PIECES = st.sampled_from(
    ["&amp;", "amp;", "&", "lt;", "&lt;", "&gt;", "zwj;", "&#60;", "&#x3c;", "&nbsp;", "<br>", "<b ", "br/>", "<", ">", "script",
     "<script>", "</script>", "<!--", "-->", "@", "@张三", "@用户", "客服", "·", "_", ".", "-", "\u200d", "😀", "\ufe0f", " ", "\n",
     "\r", "\t", "\u3000", "\x85", "\u2028", "\x00", "\ud800", "\udfff", "a", "1", "閃退", "张三张三张三张三张三"]
)  # fmt: skip
ANY_TEXT = st.one_of(
    st.lists(PIECES, max_size=14).map("".join), st.text(st.characters(categories=None), max_size=40)
)


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text):
    once = clean(text)
    assert clean(once) == once
    once.encode()  # no lone surrogate is left


@given(st.integers(0, 8), ANY_TEXT)
def test_cleaning_is_idempotent_where_texts_are_cut(missing, tail):
    once = clean("字" * (MAX_TEXT - missing) + tail)
    assert len(once) <= MAX_TEXT
    assert clean(once) == once


@given(ANY_TEXT, ANY_TEXT)
def test_title_and_body_join_to_a_clean_text(title, body):
    joined = join_title(title, body)
    assert clean(joined) == joined


@given(ANY_TEXT)
def test_folding_keeps_the_length_and_is_idempotent(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_every_fold_is_one_character_of_one_utf16_unit():
    table = fold_table()
    assert len(table) > 2_000
    assert all(len(to) == 1 and ord(to) < 0x10000 for to in table.values())
    assert not [source for source, to in table.items() if ord(to) in table]


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("卡<br>顿<br/>了", "卡\n顿\n了"),
        ("<p>第一段</p><p>第二段</p>", "第一段\n\n第二段"),
        ("&amp;lt;br&gt;闪退", "闪退"),
        ("a &lt; b &amp;&amp; c", "a < b && c"),
        ("3 < 5 而且 7 > 6", "3 < 5 而且 7 > 6"),
        ("<script>alert(1)</script>真<!-- 无 -->好", "真好"),
        ("<SCRIPT>x</Script >好<style a=1>p{}</style>", "好"),
        ("<script>没有结尾", "<script>没有结尾"),
        ('看<a href="x">这里</a><img src=y>', "看这里"),
        ("一\r\n二\r三\n\n\n\n四", "一\n二\n三\n\n四"),
        ("  两　　格\t和\u200b零宽  ", "两 格 和零宽"),
        ("@张三 你看", "@用户 你看"),
        ("@张三_01：你看", "@用户：你看"),
        ("@客服 什么时候修", "@客服 什么时候修"),
        ("写信到 a@b.com", "写信到 a@b.com"),
        ("@张三今天说这个软件更新以后一直闪退没法用了真的很烦", "@用户 退没法用了真的很烦"),
        ("家人👨\u200d👩\u200d👧好，字\u200d间", "家人👨\u200d👩\u200d👧好，字间"),
        ("坏\ud83d字", "坏字"),
        ("", ""),
    ],
)
def test_cleaning(raw, stored):
    assert clean(raw) == stored


def test_nothing_said_is_lost_by_cleaning():
    said = "更新到 8.2.1 后：打不开！！1<2，3>2，价格￥12.5，“好用”——😀"
    assert clean(said) == said


@pytest.mark.parametrize(
    "hostile",
    ["&" + "amp;" * 9_000, "<b " * 9_000 + ">" * 9_000, "<script>" * 9_000, "<!--" * 9_000, "@" * 30_000, "\n " * 30_000],
    ids=["entities", "tags", "scripts", "comments", "names", "lines"],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_hostile_texts_are_cleaned_in_bounded_time(hostile):
    once = clean(hostile)
    assert len(once) <= MAX_TEXT
    assert clean(once) == once


@pytest.mark.parametrize(
    ("title", "body", "joined"),
    [
        ("闪退", "一打开就闪退", "闪退\n一打开就闪退"),
        ("一打开就", "一打开就闪退", "一打开就闪退"),
        ("", "闪退", "闪退"),
        ("闪退", "", "闪退"),
        ("<b>好</b>", " 好 用", "好 用"),
    ],
)
def test_a_title_that_repeats_the_body_is_dropped(title, body, joined):
    assert join_title(title, body) == joined


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ＡｐｐＳｔｏｒｅ　閃退！", "appstore 闪退!"), ("登錄失敗", "登录失败"), ("Ünï", "Ünï"), ("İ", "İ")],
)
def test_folding(text, folded):
    assert fold(text) == folded


def test_squeezing_and_counting_letters():
    assert squeeze("閃 退 了！！ V8.2 😀") == "闪退了v82"
    assert letters("好用 v2 😀！") == 4
    assert letters("😀😀！！") == 0
