"""What is no feedback at all: advertising, gambling, spam, rubbish from the keyboard.

Few rules of high precision, for what a model learns badly because it changes its clothes: contact numbers
hidden between emoji, gambling sites in circled digits. Says ``advert`` or ``empty``; what kind it is stands in
the facet ``noise``.
"""

import re
from collections.abc import Sequence

from nlp.tagger import Item, Setup, Statement

KINDS = ("gambling", "ranking", "job", "contact", "referral", "adult", "rubbish", "blank")

_SPOKEN = re.compile(r"[a-z0-9*\u2460-\u2473\u3400-\u9fff]+")
_LIKELY = re.compile(
    r"彩|赌|博|投注|首存|娱乐|余乐|捕鱼|棋牌|aso|刷|好评|评论|赚|兼职|微|薇|威信|徽信|vx|v信|qq|扣|企鹅|公众|公眾|加v|关注"
    r"|邀请码|代理|货源|外围|援交|约炮|代开|办证|口子|代还|提额|红包|私服|奖励|淘宝店|zhuan|苹果商店"
)
_CONTACT = (
    r"(?:(?:加|关注|关|搜|联系|详情|咨询|找|电话|需要|有意|了解)?.{0,4}(?<!我的)(?:微信|薇信|威信|徽信|微芯|v信|vx|wx|qq|扣扣|摳摳|企鹅|q)(?:号|群|联系|公众号|公众)?[a-z]{0,12}[\d*①-⑳]{4,}"
    r"|(?:微信|薇信|weixin|v|微)?(?:公众号|公眾號|公众號|公眾号)[a-z0-9]{3,}|加v[a-z0-9*]{4,}|加微信?[a-z0-9*]{5,})"
)
# On the squeezed text: emoji, spaces and marks between the characters are gone. First match names the kind.
_RULES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "gambling",
            r"首存\d+返|首充\d+送|下载.{0,6}送(?:彩金|88)|体育竞技.{0,6}(?:线上)?娱乐|彩票网送|pk10|北京赛车|时时彩|快3(?:双色|彩|投注|计划|平台)|六合彩|真人(?:荷官|视讯)"
            r"|百家乐|(?:彩票|博彩|棋牌).{0,20}(?:平台|投注|送彩金).{0,20}(?:信誉|安全|提现|值得)|老[虎唬]机.{0,12}[彩其棋]牌|采票.{0,12}[佬老][虎唬]|爱博(?:体育|玩)|lovebet|投注.{0,10}(?:快捷|安全|返)",
        ),
        (
            "ranking",
            r"aso排名|aso.{0,3}优化|关键词覆盖|(?:接单|代刷|刷).{0,6}(?:ios)?(?:评论|好评|榜|排名).{0,12}(?:0删除|权重|联系|人员)|低价好评|国内外好评|刷榜人员|好评出炉|提高(?:产品)?权重",
        ),
        (
            "job",
            r"苹果商店下载的?(?:软件|应用).{0,4}一?个?奖励|下载(?:软件|应用)(?:赚零花|一个奖励|.{0,10}一个任务)|利用空[闲余]时[间刻](?:就能|都能|可以)?赚|兼职.{0,30}(?:日结|当天结算|一小时|一天|加我|联系)"
            r"|(?:日|每天|一天).{0,4}赚.{0,6}(?:块|元|百).{0,30}(?:加|关注|搜|联系|微|免费)|轻松(?:日赚|月入)|免费加入平台|从苹果商店下载的?(?:软件|应用)$|zhuan(?:qian|wang|零花)|手把手教你赚|都在做兼职|兼[职耳].{0,6}[\d*]{5,}",
        ),
        (
            "contact",
            rf"(?:货源|厂家直销|招代理|代理|代开发票|开票|办证|信用卡代还|代还|提额|贷款|口子|香烟|面膜|减肥|祛斑|狂卖|兼职|赚|福利|钱|好评|刷|需要|有意|伴游|优惠|代购|零花|内幕|带你).{{0,30}}{_CONTACT}"
            rf"|{_CONTACT}.{{0,40}}(?:货源|厂家|直销|招代理|代理|代开|发票|代还|提额|赚|福利|兼职|面膜|减肥|优惠|代购|零花)|(?:开票|代开发票)加v|招代理$",
        ),
        (
            "referral",
            r"(?:搜索?|输入|填)(?:我的)?(?:邀请码|红包码|id)?[\d*]{6,}.{0,8}(?:领|红包)|邀请码(?:是|为)?(?=[a-z0-9]*\d)[a-z0-9]{6,}|输入id[\d*]{6,}|首页搜索?.{0,6}[\d*]{7,}.{0,12}红包",
        ),
        ("adult", r"(?:外围|包养|约炮|援交|学生妹|一夜情|上门服务|伴游).{0,40}(?:联系|微信|加|qq|同城)"),
    )
)

_VOWEL = re.compile(r"[aeiou]")
_WORD = re.compile(r"[a-z]+")
_CURSE = re.compile(r"(?<![a-z])(?:(?:sb|cnm|nmsl|tmd|wtf|mmp|nmb|md|mlgb)+)(?![a-z])")


class Noise:
    name = "noise"
    version = "1"
    needs = frozenset({"intent"})
    gives = frozenset({"intent", "noise"})

    def __init__(self, _setup: Setup) -> None:
        pass

    def fingerprint(self) -> str:
        return ""

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        return [_say(kind_of(item.folded)) for item in batch]


def kind_of(folded: str) -> str | None:
    """The kind of noise a folded text is; None for what may be feedback."""
    spoken = "".join(_SPOKEN.findall(folded))
    if not spoken:
        return "blank"
    if _LIKELY.search(spoken):
        short = spoken[:2_000]
        found = next((kind for kind, pattern in _RULES if pattern.search(short)), None)
        if found:
            return found
    return "rubbish" if spoken.isascii() and _is_rubbish(spoken, folded) else None


def _is_rubbish(spoken: str, folded: str) -> bool:
    """No Han, and neither words nor a score: 12345 12345, hshsbsbsbbeb."""
    if spoken.isdigit():
        return len(set(spoken)) > 1 and len(spoken) > 2
    words = _WORD.findall(folded)
    longest = max(words, key=len, default="")
    if _CURSE.search(folded):  # rude, but meant
        return False
    return len(longest) > 3 and len(_VOWEL.findall(longest)) * 6 < len(longest)


def _say(kind: str | None) -> list[Statement]:
    if kind is None:
        return []
    intent = "empty" if kind in ("rubbish", "blank") else "advert"
    return [
        Statement("intent", intent, score=0.99, why=f"noise {kind}"),
        Statement("noise", kind, score=0.99, why="pattern"),
    ]
