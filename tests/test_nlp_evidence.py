"""Where a topic is said and how it is meant there; and what the linear model's numbers become."""

import pytest

from config.project import load_taxonomy
from feedback.taxonomy import Taxonomy
from nlp.pipeline import Pipeline
from nlp.tagger import Item, Setup, Statement
from nlp.taggers.evidence import LONGEST, PHRASE, SHORT, WINDOW, Evidence
from nlp.taggers.linear import HINT, Linear

TAXONOMY = load_taxonomy()


@pytest.fixture(scope="module")
def evidence():
    return Evidence(Setup(TAXONOMY))


@pytest.fixture(scope="module")
def linear():
    return Linear(Setup(TAXONOMY))


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline.build(TAXONOMY)


def claim(leaf, start=None, end=None, polarity=None, force="claim"):
    return Statement("topic", leaf, polarity, 0.9, start, end, "somebody", force)


def mood(label, score=0.9):
    return Statement("sentiment", label, score=score, why="linear")


def place(evidence, text, *known):
    said = evidence.tag([Item.of(text)], [list(known)])[0]
    return [(one.label, text[one.start : one.end], one.polarity) for one in said]


def phrase(text, word, leaf, polarity=None):
    start = text.index(word)
    return claim(leaf, start, start + len(word), polarity)


def test_a_short_clause_is_shown_whole(evidence):
    text = "东西不错，物流很快"
    assert place(evidence, text, phrase(text, "物流", "order_delivery"), mood("pos")) == [
        ("order_delivery", "物流很快", "pos")
    ]


def test_in_a_long_clause_a_phrase_is_widened_to_the_right(evidence):
    text = "前天下的单到今天物流都完全没有更新过一次"
    ((_, shown, _),) = place(evidence, text, phrase(text, "物流", "order_delivery"), mood("neg"))
    assert shown == "物流都完全"
    assert len(shown) == PHRASE


@pytest.mark.parametrize(
    ("text", "word", "leaf", "expected"),
    [
        ("我昨天升级后什么功能全都不能用了啊", "升级后", "regression_update", "升级后"),
        ("早就想用siri捷径来控制家里的各种灯", "捷径", "share_integration", "捷径来控制"),
        ("这个月的月末我希望能用上siri捷径", "捷径", "share_integration", "捷径"),
        ("今天在单位新买的手机里然就卡退", "卡退", "crash_in_use", "卡退"),
    ],
    ids=["loose end", "Latin before", "Latin cut", "loose start"],
)
def test_what_is_widened_stands_between_words(evidence, text, word, leaf, expected):
    ((_, shown, _),) = place(evidence, text, phrase(text, word, leaf), mood("neg"))
    assert shown == expected


def test_at_the_end_of_a_clause_it_is_widened_to_the_left(evidence):
    text = "昨天打开这个软件看视频的时候又闪退"
    ((_, shown, _),) = place(evidence, text, phrase(text, "闪退", "crash_in_use"), mood("neg"))
    assert shown == "时候又闪退"


def test_a_long_phrase_stays_whole(evidence):
    text = "昨天晚上我还在用着用着就退了所以今天卸载了"
    ((_, shown, _),) = place(evidence, text, phrase(text, "用着用着就退了", "crash_in_use"), mood("neg"))
    assert shown == "用着用着就退了"


def test_without_a_phrase_the_most_telling_clause_is_found(evidence):
    text = "用了三年了，怎么今天登录不上，我很喜欢这个软件的"
    ((_, shown, _),) = place(evidence, text, claim("login_fail"), mood("neg"))
    assert "登录不" in shown
    assert len(shown) <= max(SHORT, WINDOW)


def test_a_window_cuts_no_word_in_two(evidence):
    text = "希望这个软件能够早日支持shortcuts功能和widget小组件功能"
    ((_, shown, _),) = place(evidence, text, claim("share_integration"), mood("neu"))
    assert shown.isascii() is False or shown in ("shortcuts", "widget")
    start = text.index(shown)
    assert not (text[start - 1].isascii() and shown[0].isascii())


def test_each_clause_has_its_own_mood(evidence):
    text = "界面很漂亮很喜欢，但是老是闪退垃圾"
    known = (phrase(text, "界面", "redesign"), phrase(text, "闪退", "crash_in_use"), mood("mix", 0.6))
    assert [(leaf, side) for leaf, _, side in place(evidence, text, *known)] == [
        ("redesign", "pos"),
        ("crash_in_use", "neg"),
    ]


def test_a_settled_polarity_stays(evidence):
    text = "更新后不闪退了"
    known = (phrase(text, "闪退", "crash_in_use", "pos"), mood("neg"))
    assert place(evidence, text, *known)[0][2] == "pos"


def test_hints_and_vetoes_are_no_claims(evidence):
    assert place(evidence, "登录不上", claim("login_fail", force="hint"), claim("lag", force="veto")) == []


def test_one_claim_by_two_is_placed_once(evidence):
    text = "登录不上"
    assert (
        len(place(evidence, text, claim("login_fail"), phrase(text, "登录不上", "login_fail"), mood("neg")))
        == 1
    )


def test_an_endless_clause_is_read_only_so_far(evidence):
    text = "好" * 10_000 + "登录不上"
    ((_, shown, _),) = place(evidence, text, claim("login_fail"), mood("neg"))
    assert text.index(shown) <= LONGEST


def test_a_text_of_marks_has_a_place_too(evidence):
    assert place(evidence, "！！", claim("lag"), mood("neg"))[0][1] == "！！"


# -- the linear model --------------------------------------------------------------------------------------


def say(linear, text):
    (said,) = linear.tag([Item.of(text)], [[]])
    return said


def test_it_says_how_a_text_is_meant(linear):
    said = say(linear, "更新后一直登录不上，垃圾软件，卸载了")
    facets = {one.facet: one for one in said if one.force == "claim"}
    assert facets["sentiment"].label == "neg"
    assert facets["severity"].label == "0"
    assert {"login_fail", "regression_update"} <= {one.label for one in said if one.facet == "topic"}


def test_every_text_is_meant_somehow(linear):
    assert [one for one in say(linear, "嗯") if one.facet == "intent"]


def test_praise_has_no_severity(linear):
    assert not [one for one in say(linear, "很好用，非常喜欢，五星好评") if one.facet == "severity"]


def test_what_is_not_claimed_is_hinted_at_or_not_said(linear):
    topics = [
        one for one in say(linear, "客服推荐我升级套餐，钱扣了也没人管，太慢了") if one.facet == "topic"
    ]
    assert topics
    assert all(one.score >= HINT for one in topics if one.force == "hint")


def test_a_pasted_reply_is_not_the_authors(linear):
    text = "很好用"
    reply = text + "\n -----------\n 开发者回复：登录不上请检查网络，感谢反馈闪退问题"
    assert say(linear, reply) == say(linear, text)


def test_a_leaf_the_taxonomy_dropped_is_not_said():
    leaves = tuple(one for one in TAXONOMY.leaves if one.id != "login_fail")
    smaller = Taxonomy(tops=TAXONOMY.tops, leaves=leaves)
    said = say(Linear(Setup(smaller)), "更新后一直登录不上")
    assert "login_fail" not in [one.label for one in said]


def test_a_renamed_leaf_is_said_under_its_new_name():
    renamed = [
        one.model_copy(update={"id": "cannot_log_in", "was": ("login_fail",)})
        if one.id == "login_fail"
        else one
        for one in TAXONOMY.leaves
    ]
    said = say(Linear(Setup(Taxonomy(tops=TAXONOMY.tops, leaves=tuple(renamed)))), "更新后一直登录不上")
    assert "cannot_log_in" in [one.label for one in said]


# -- all together --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("更新后一直登录不上", {"login_fail|neg", "regression_update|neg"}),
        ("物流很快，质量也好", {"order_delivery|pos", "goods_quality|pos"}),
        ("界面好看，但一打开就闪退", {"redesign|pos", "crash_launch|neg"}),
        ("心态崩了", set()),
    ],
)
def test_topics_of_whole_texts(pipeline, text, expected):
    (tags,) = pipeline.tag([Item.of(text)])
    topics = {f"{tag.label}|{tag.polarity}" for tag in tags if tag.facet == "topic"}
    assert topics >= expected
    assert expected or not topics
