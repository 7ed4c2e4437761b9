"""Sketches: near copies are found, different texts are not, and the numbers never change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import fold
from nlp.signature import BANDS, SIZE, alike, sign

LONG = "这个软件更新之后一直闪退，打开就黑屏，卸载重装也没有用，客服电话打不通，希望尽快修复，谢谢了"
ADVERT = "从苹果商店下载的软件，一个奖励一到四块，一天能赚七十块左右，可以直接提现，真心推荐大家来做"

PINNED_SKETCH = "5008a40319017504"
PINNED_BANDS = (8254156995440129714, 3135680193624475822)


def similarity(one: str, other: str) -> float:
    first, second = sign(one), sign(other)
    assert first is not None
    assert second is not None
    return float(alike(first.sketch, [second.sketch])[0])


def share_a_band(one: str, other: str) -> bool:
    first, second = sign(one), sign(other)
    assert first is not None
    assert second is not None
    return bool(set(first.bands) & set(second.bands))


@pytest.mark.parametrize(
    "text",
    ["打不开", "", "闪退" * 9, "1234567890" * 3, "👍" * 40, "！。" * 30],
    ids=["short", "empty", "eighteen", "digits", "emoji", "marks"],
)
def test_a_short_text_is_nobodys_copy(text):
    assert sign(text) is None


def test_twenty_letters_are_enough():
    assert sign("一二三四五六七八九十" * 2) is not None
    assert sign("keeps crashing after the update") is not None


def test_sketch_has_its_size_and_bands_fit_the_database():
    signature = sign(LONG)
    assert signature is not None
    assert len(signature.sketch) == SIZE * 2
    assert len(signature.bands) == len(set(signature.bands)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in signature.bands)


def test_the_numbers_are_the_same_on_every_machine():
    signature = sign("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸")
    assert signature is not None
    assert signature.sketch[:8].hex() == PINNED_SKETCH
    assert signature.bands[:2] == PINNED_BANDS


@pytest.mark.parametrize(
    "copy",
    [
        LONG,
        LONG.replace("，", " ") + "！！！",
        LONG.replace("谢谢了", "谢谢"),
        "真的，" + LONG,
        fold(LONG).upper(),
        LONG + "\n -----------\n 开发者回复：您好，请检查网络后再试一次，感谢您的反馈",
    ],
    ids=["same", "other marks", "shorter end", "longer start", "other case", "with a pasted reply"],
)
def test_near_copies_are_alike_and_meet_in_a_band(copy):
    assert similarity(LONG, copy) >= 0.75
    assert share_a_band(LONG, copy)


@pytest.mark.parametrize(
    "other",
    [ADVERT, LONG[::-1], "更新之后一直闪退，打开就黑屏，怎么回事啊，以前的版本从来没有这样过，太失望了"],
    ids=["another text", "backwards", "same complaint in other words"],
)
def test_other_texts_are_not(other):
    assert similarity(LONG, other) < 0.6


def test_one_is_compared_with_many_at_once():
    sketches = [found.sketch for found in map(sign, (LONG, ADVERT, LONG + "啊")) if found]
    shares = alike(sketches[0], sketches)
    assert shares[0] == 1
    assert shares[1] < 0.2
    assert shares[2] > 0.8


@given(st.text(alphabet="闪退打不开卡顿广告客服abc， ", min_size=60, max_size=300))
def test_marks_and_spaces_change_nothing(text):
    assert sign(text) == sign(text.replace("，", "。").replace(" ", "\n"))


def test_a_very_long_text_has_a_sketch_too():
    assert sign(LONG * 3_000) == sign(LONG * 3_001)
