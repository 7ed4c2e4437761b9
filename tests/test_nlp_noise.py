"""What is no feedback: advertising in its disguises, rubbish. And what only looks like it."""

import pytest

from feedback.mask import mask
from feedback.text import fold
from nlp.tagger import Item, Setup
from nlp.taggers.noise import KINDS, Noise, kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("首存100返18元，老虎机、棋牌、捕鱼样样有", "gambling"),
        ("用北京赛车pk10投注快捷安全", "gambling"),
        ("海外ASO排名优化，好评不删", "ranking"),
        ("低价好评出炉，提高权重", "ranking"),
        ("从苹果商店下载软件，🌿一个奖励1～4块", "job"),
        ("利用空闲时间就能赚", "job"),
        ("兼职日结，一天两百，加我", "job"),
        ("大量招代理，货源充足，微信2843838080", "contact"),
        ("代开发票加✝微💕信：abc13800138", "contact"),
        ("打开支付宝首页搜索525205231，领红包", "referral"),
        ("有需要外围的联系微信lurve5", "adult"),
        ("12345 12345", "rubbish"),
        ("hshsbsbsbbgb", "rubbish"),
        ("😀😀😀", "blank"),
        ("……！！", "blank"),
        ("", "blank"),
    ],
)
def test_noise(text, kind):
    assert kind_of(fold(text)) == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    "text",
    [
        "广告太多，全是彩票广告，垃圾",
        "微信登录不了，提示错误",
        "我加了客服微信也没人理",
        "我的QQ 625799935 被盗了，客服不管",
        "充值返现活动是骗人的",
        "这本书讲的是奇爱博士",
        "今年三十了，快30的人还在玩",
        "水军刷的好评，别信",
        "666",
        "no ads, works well",
        "垃圾app sb",
        "app闪退",
        "好好好",
        "兼职司机天天被派远单",
        "邀请码输入不了",
        "红包领不到",
    ],
)
def test_no_noise(text):
    assert kind_of(fold(text)) is None


@pytest.mark.parametrize("text", ["大量招代理，货源充足，微信：2843838080", "代开发票加微信abc1380013800"])
def test_a_masked_number_is_still_a_contact(text):
    assert mask(text) != text
    assert kind_of(fold(mask(text))) == kind_of(fold(text)) == "contact"


def test_noise_is_an_intent_and_a_kind(taxonomy):
    advert, empty, none = Noise(Setup(taxonomy)).tag(
        [Item.of(t) for t in ("招代理", "……", "闪退")], [[], [], []]
    )
    assert [(one.facet, one.label) for one in advert] == [("intent", "advert"), ("noise", "contact")]
    assert [(one.facet, one.label) for one in empty] == [("intent", "empty"), ("noise", "blank")]
    assert none == []


@pytest.fixture
def taxonomy():
    from config.project import load_taxonomy

    return load_taxonomy()
