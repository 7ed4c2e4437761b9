"""The grammar of a search text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.errors import QueryError
from feedback.query_text import MAX_CHARS, MAX_TERMS, Term, TextQuery, parse_text


def words(text: str) -> str:
    """A parsed text in short: groups by space, alternatives by |, quoted in [], excluded after -."""
    parsed = parse_text(text)
    shown = [("[%s]" if term.exact else "%s") % term.text for group in parsed.groups for term in group]
    sizes = [len(group) for group in parsed.groups]
    groups = []
    for size in sizes:
        groups.append("|".join(shown[:size]))
        shown = shown[size:]
    return " ".join([*groups, *(f"-[{t.text}]" if t.exact else f"-{t.text}" for t in parsed.without)])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("更新后 闪退", "更新后 闪退"),
        ('"一直 转圈"', "[一直 转圈]"),
        ("“一直 转圈” 慢", "[一直 转圈] 慢"),
        ("＂一直 转圈＂", "[一直 转圈]"),
        ("支付 -退款", "支付 -退款"),
        ("支付 －退款", "支付 -退款"),
        ('支付 -"退 款"', "支付 -[退 款]"),
        ("闪退 OR 崩溃", "闪退|崩溃"),
        ("a OR b c", "a|b c"),
        ("a b OR c OR d e", "a b|c|d e"),
        ("闪退 | 崩溃 或 卡死", "闪退|崩溃|卡死"),
        ("OR a OR", "a"),
        ("a OR -b c", "a c -b"),
        ("or a", "or a"),
        ('"OR" a', "[or] a"),
        ("ＡＢ 閃退", "ab 闪退"),
        ('"没有 结尾', "[没有 结尾]"),
        ("“没有 结尾", "[没有 结尾]"),
        ('支付"失败 了"', "支付 [失败 了]"),
        ("wi-fi 连不上", "wi-fi 连不上"),
        ("- -- ！ 😀", ""),
        ('""', ""),
        ("", ""),
        ("<br>慢 &amp; 卡", "慢 卡"),
    ],
)
def test_how_a_text_is_read(text, read):
    assert words(text) == read


def test_an_empty_text_is_false():
    assert not parse_text(" ！ ")
    assert parse_text("-广告") == TextQuery(without=(Term("广告"),))
    assert parse_text("-广告")


def test_limits():
    assert len(parse_text(" ".join(["x"] * MAX_TERMS)).groups) == MAX_TERMS
    with pytest.raises(QueryError, match=str(MAX_TERMS)):
        parse_text(" ".join(["x"] * MAX_TERMS + ["-y"]))
    with pytest.raises(QueryError, match=str(MAX_CHARS + 1)):
        parse_text("x" * (MAX_CHARS + 1))


@given(st.text(st.sampled_from('ab闪退 "“”-|OR或！'), max_size=30))
def test_anything_typed_can_be_read(text):
    parsed = parse_text(text)
    terms = [term for group in (*parsed.groups, parsed.without) for term in group]
    assert all(group for group in parsed.groups)
    assert all(term.text.strip() == term.text and '"' not in term.text for term in terms)
