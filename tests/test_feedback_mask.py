"""What is blanked before a text leaves the records, and what a complaint is about and therefore stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.mask import mask

PIECES = st.sampled_from(
    [
        "1",
        "13",
        "138",
        "1381234",
        "5678",
        "12345678901",
        "86",
        "+86",
        "-",
        "010",
        "12345",
        "8",
        "88",
        "666666",
        "*",
        "６",
        "号",
        "號",
        "号楼",
        "栋",
        "单元",
        "室",
        "建国",
        "路",
        "街",
        "大道",
        "胡同",
        "朝阳区",
        "微信",
        "wx",
        "vx",
        "v信",
        "加v",
        "加微",
        "加我",
        "的",
        "qq",
        "ＱＱ",
        "群",
        ":",
        "：",
        "是",
        "id",
        "abc_de",
        "zhang",
        "san123",
        "订单",
        "单号",
        "快递",
        "编号",
        "x",
        "@",
        "a.com",
        ".",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40)))
def test_masking_keeps_the_length_and_is_idempotent(text):
    once = mask(text)
    assert len(once) == len(text)
    assert mask(once) == once
    assert all(after in (before, "*") for before, after in zip(text, once, strict=True))


@given(st.lists(PIECES, max_size=8).map("".join))
def test_full_width_texts_are_masked_alike(text):
    plain = text.replace("*", "")
    wide = plain.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000})
    assert [one == "*" for one in mask(wide)] == [one == "*" for one in mask(plain)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678", "电话***********"),
        ("打13333333333找我", "打***********找我"),
        ("138-1234-5678", "*************"),
        ("+86 138 1234 5678。", "*****************。"),
        ("电话.13812345678.", "电话.***********."),
        ("０１０－６２３４５６７８", "************"),
        ("010-62345678转8", "************转8"),
        ("身份证11010119900101123X", "身份证******************"),
        ("银行卡6222021001123456.", "银行卡****************."),
        ("卡号6222 0210 0112 3456 789,", "卡号***********************,"),
        ("邮箱a.b+c@qq.com.cn好", "邮箱***************好"),
        ("微信号：zhangsan", "微信号：********"),
        ("微信zhangsan88", "微信**********"),
        ("薇信 zhang_san1", "薇信 **********"),
        ("加我微信 zhangsan", "加我微信 ********"),
        ("加V zhangsan", "加V ********"),
        ("微信winter88", "微信********"),
        ("微信号是iphone88", "微信号是********"),
        ("vx:abc_defg", "vx:********"),
        ("qq群123456789", "qq群*********"),
        ("QQ: 10001", "QQ: *****"),
        ("订单号202311150001234", "订单号***************"),
        ("快递单号SF1234567890123", "快递单号***************"),
        ("住在北京市朝阳区建国路88号院5号楼", "住在****************"),
        ("建國路８８號", "******"),
        ("3栋2单元501室", "*********"),
    ],
)
def test_personal_numbers_are_blanked(text, shown):
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "微信登录不了", "微信iPhone15闪退", "微信 android14 打不开", "微信：iPhone15Pro闪退", "微信windows3版", "微信iOS18.1.1", "微信8.0.47更新后", "加微信支付功能", "加v标认证", "QQ 8.9.50 版本",
        "QQ音乐用不了", "版本8.2.10.12345", " 8.0.33.2305151800 ", "升级到ios18.1.1", "400-820-8820", "打95588", "12315", "10086",
        "价格1999.00元", "错误码 -10086", "错误1000500", "2024-01-15 2024-01-16", "交易2023-01-01失败", "订单支付失败", "192.168.1.100",
        "666666666666", "233333333333333333", "1 2 3 4 5 6 7 8 9 10 11 12", "地铁2号线", "3号楼", "一号院", "@用户 你好", "", "😀",
    ],
)  # fmt: skip
def test_what_a_complaint_is_about_stays(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    "hostile",
    ["a" * 19_999 + "@", "1 " * 10_000, "1" * 19_999 + ".", "wx" * 9_900 + "12345", "订单a" * 6_600, "a-" * 9_999 + "@b"],
    ids=["mail", "digits", "number", "wechat", "orders", "dashes"],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_hostile_texts_are_masked_in_bounded_time(hostile):
    assert len(mask(hostile)) == len(hostile)
