"""Highlighting: what was found is what is marked, in the original text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.model import Tag
from feedback.query_text import parse_text
from index.highlight import Segment, evidence, highlight, segments
from tests.contracts.engine_world import document


def _marked(text: str, q: str) -> str:
    found = highlight(text, parse_text(q))
    assert "".join(segment.text for segment in found) == text
    return "".join(f"[{segment.text}]" if segment.hit else segment.text for segment in found)


@pytest.mark.parametrize(
    ("text", "q", "expected"),
    [
        ("一打開就閃退了", "闪退", "一打開就[閃退]了"),
        ("ＡＰＰ闪退", "app", "[ＡＰＰ]闪退"),
        ("ios和iossdk", "ios", "[ios]和iossdk"),
        ("客服的态度", "客服态度", "客服的态度"),
        ("闪退，还是闪退", "闪退", "[闪退]，还是[闪退]"),
        ("更新后闪退", "更新 闪退", "[更新]后[闪退]"),
        ("更新后一直闪退", "更新后一直闪退", "[更新后一直闪退]"),
        ("更新以后一直在闪退", "更新后一直闪退", "[更新]以[后一直]在[闪退]"),
        ("太卡太卡", "卡", "太[卡]太[卡]"),
        ("给5星，星期五", "5星", "给[5星]，星期五"),
        ("一直 转圈", '"一直 转圈"', "[一直 转圈]"),
        ("支付失败", "支付 -失败", "[支付]失败"),
        ("没有", "闪退 OR 崩溃", "没有"),
        ("又崩溃", "闪退 OR 崩溃", "又[崩溃]"),
        ("", "闪退", ""),
        ("全部", "", "全部"),
    ],
)
def test_words_are_marked_in_the_original(text: str, q: str, expected: str) -> None:
    assert _marked(text, q) == expected


def test_spans_that_overlap_touch_or_reach_out_become_one() -> None:
    assert segments("一二三四五", [(3, 99), (0, 1), (1, 2), (4, 4), (0, 2)]) == (
        Segment("一二", True),
        Segment("三", False),
        Segment("四五", True),
    )
    assert segments("", [(0, 3)]) == ()


def test_evidence_is_where_tags_were_read_from() -> None:
    tags = (
        Tag(facet="topic", label="lag", start=0, end=2),
        Tag(facet="topic", label="dark_mode", start=3, end=5),
        Tag(facet="sentiment", label="neg"),
    )
    tagged = document(1, "很卡，好看").model_copy(update={"tags": tags})
    assert evidence(tagged) == ((0, 2), (3, 5))
    assert evidence(tagged, ["dark_mode"]) == ((3, 5),)
    assert evidence(tagged, ["crash_launch"]) == ()


@given(st.text("闪退卡 aZ，閃1", max_size=40), st.text('闪退卡 aZ，"-1', max_size=12))
def test_segments_are_the_text(text: str, q: str) -> None:
    found = highlight(text, parse_text(q))
    assert "".join(segment.text for segment in found) == text
    assert all(segment.text for segment in found)
    assert all(one.hit != other.hit for one, other in pairwise(found))
