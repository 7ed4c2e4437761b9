"""Versions, devices, systems, error codes and amounts: what is one, what only looks like one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import fold
from nlp.tagger import Item
from nlp.taggers.entities import MOST, Entities, entities


def found(text: str, kind: str) -> list[str]:
    return [one.label for one in entities(fold(text)) if one.kind == kind]


def table(*rows):
    return pytest.mark.parametrize(("text", "expected"), rows, ids=[row[0] for row in rows])


@table(
    ("新版 8.0.2 闪退", ["8.0.2"]),
    ("v8.2不能用", ["8.2"]),
    ("V 8.2.1", ["8.2.1"]),
    ("8.0.2版本太差", ["8.0.2"]),
    ("更新到8.3之后", ["8.3"]),
    ("支付宝10.1.78版", ["10.1.78"]),
    ("版本号：5.6.73", ["5.6.73"]),
    ("5.6.73打不开", ["5.6.73"]),
    ("8.6.5.1001", ["8.6.5.1001"]),
    ("价格8.2元", []),
    ("打了8.2折", []),
    ("评分4.8分", []),
    ("6.1寸的屏幕", []),
    ("2026.11.01更新", []),
    ("20.12.25买的", []),
    ("iOS 13.1.2", []),
    ("更新12.1.3系统", []),
    ("11.2.5的系统", []),
    ("升级鸿蒙4.2.1", []),
    ("192.168.1.1.5", []),
)
def test_versions(text, expected):
    assert found(text, "version") == expected


@table(
    ("iPhone 15 Pro Max闪退", ["iPhone 15 Pro Max"]),
    ("苹果15卡", ["iPhone 15"]),
    ("iphone6s", ["iPhone 6s"]),
    ("苹果6s plus", ["iPhone 6s Plus"]),
    ("ip5s用不了", ["iPhone 5s"]),
    ("苹果7p", ["iPhone 7 Plus"]),
    ("iPhone 6sp", ["iPhone 6s Plus"]),
    ("iPhone XR", ["iPhone XR"]),
    ("iPhone xs max", ["iPhone XS Max"]),
    ("苹果手机打不开", ["iPhone"]),
    ("华为Mate 60", ["华为 Mate 60"]),
    ("Mate60Pro", ["华为 Mate 60 Pro"]),
    ("华为p30pro", ["华为 P30 Pro"]),
    ("小米14", ["小米 14"]),
    ("小米mix2s", ["小米 MIX 2s"]),
    ("红米K70", ["Redmi K70"]),
    ("红米note 7 pro", ["Redmi Note 7 Pro"]),
    ("OPPO Find X7", ["OPPO Find X7"]),
    ("vivo X100", ["vivo X100"]),
    ("iqoo neo9", ["vivo iQOO Neo 9"]),
    ("荣耀Magic6", ["荣耀 Magic 6"]),
    ("荣耀 50 se", ["荣耀 50 SE"]),
    ("三星s8", ["三星 Galaxy S8"]),
    ("一加13", ["一加 13"]),
    ("iPad Pro 用不了", ["iPad Pro"]),
    ("ipad闪退", ["iPad"]),
    ("小米14和iPhone 15都卡", ["小米 14", "iPhone 15"]),
    ("苹果15个坏了2个", []),
    ("苹果5斤", []),
    ("小米8月发布", []),
    ("小米手环4", []),
    ("荣耀10块钱", []),
    ("升级iPadOS 17", []),
    ("shipad", []),
)
def test_devices(text, expected):
    assert found(text, "device") == expected


@table(
    ("iOS 26.1 打不开", ["iOS 26.1"]),
    ("ios8闪退", ["iOS 8"]),
    ("ios 系统 17.2", ["iOS 17.2"]),
    ("安卓15卡", ["Android 15"]),
    ("鸿蒙4.2", ["HarmonyOS 4.2"]),
    ("HarmonyOS NEXT不支持", ["HarmonyOS NEXT"]),
    ("纯血鸿蒙没有", ["HarmonyOS NEXT"]),
    ("MIUI14", ["MIUI 14"]),
    ("澎湃OS2.0", ["HyperOS 2.0"]),
    ("win10", ["Windows 10"]),
    ("iPadOS 17", ["iPadOS 17"]),
    ("系统是ios13.3", ["iOS 13.3"]),
    ("curios8", []),
    ("鸿蒙系统", []),
    ("安卓3个月", []),
)
def test_systems(text, expected):
    assert found(text, "os") == expected


@table(
    ("错误码 -1001", ["-1001"]),
    ("提示错误代码(1009)", ["1009"]),
    ("error 500", ["500"]),
    ("code:10013", ["10013"]),
    ("报错0x80070005", ["0x80070005"]),
    ("显示错误e1003", ["E1003"]),
    ("502 bad gateway", ["502"]),
    ("错误10次", []),
    ("验证码123456", []),
    ("barcode 12345", []),
)
def test_error_codes(text, expected):
    assert found(text, "error_code") == expected


@table(
    ("30元", ["30元"]),
    ("¥198", ["198元"]),
    ("花了1,299元", ["1299元"]),
    ("扣了我298块！", ["298元"]),
    ("两块钱", ["2元"]),
    ("一百多块", ["100元"]),
    ("三千五块钱", ["3500元"]),
    ("一千二百三十元", ["1230元"]),
    ("两万元", ["20000元"]),
    ("几十块", ["几十元"]),
    ("3万元", ["30000元"]),
    ("$9.99", ["9.99美元"]),
    ("5美元", ["5美元"]),
    ("一块用", []),
    ("3块手表", []),
    ("第三块", []),
    ("公元前", []),
    ("多元化", []),
    ("二元一次", []),
    ("今年元旦", []),
)
def test_amounts(text, expected):
    assert found(text, "amount") == expected


def test_one_text_may_hold_them_all():
    text = "更新8.0.2后，iPhone 15（iOS 26.1）报错误码-1001，还扣了30元"
    kinds = [(one.kind, text[one.start : one.end]) for one in entities(fold(text))]
    assert kinds == [
        ("version", "8.0.2"), ("device", "iPhone 15"), ("os", "iOS 26.1"), ("error_code", "-1001"), ("amount", "30元"),
    ]  # fmt: skip


def test_a_pasted_log_gives_no_flood():
    statements = Entities.tag(Entities.__new__(Entities), [Item.of("错误码 1001，" * 2_000)], [[]])[0]
    assert len(statements) == MOST


@given(st.text(alphabet="iosphone安卓苹果小米v0123456789.,- 元块版错误码¥一二百", max_size=60))
def test_entities_never_overlap(text):
    folded = fold(text)
    ordered = entities(folded)
    assert all(one.end <= following.start for one, following in itertools.pairwise(ordered))
    assert all(one.label and 0 <= one.start < one.end <= len(text) for one in ordered)
