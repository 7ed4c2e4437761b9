"""The written reviews are the first thing anybody sees of the product: their number, spread and variety."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import combinations, pairwise

import pytest

from demo.apps import LISTINGS, App, apps
from demo.reviews import Review, written_reviews

CHINA = timezone(timedelta(hours=8))
FIRST, LAST = date(2026, 9, 30), date(2026, 11, 28)
REVIEWS = written_reviews()
# Real products that people would name in such texts: the demo must not put words in anybody's mouth.
REAL_PRODUCTS = re.compile(
    "微信|淘宝|抖音|支付宝|滴滴|高德|百度|美团|饿了么|京东|拼多多|小红书|微博|知乎|快手|哔哩|腾讯|阿里巴巴|字节跳动"
    "|华为|小米|有道云|印象笔记|石墨|飞书|钉钉|曹操出行|花小猪|嘀嗒|哈啰|网易|爱奇艺|优酷|携程|豆包|王者荣耀"
    r"|\b(notion|evernote|goodnotes|uber|tiktok|wechat|chatgpt|deepseek|onenote|obsidian|youtube)\b",
    re.IGNORECASE,
)
COPIES = ("spam wave", "a copy by another name")


def test_there_are_enough_different_reviews() -> None:
    assert len(REVIEWS) >= 440
    assert len({review.id for review in REVIEWS}) == len(REVIEWS)
    assert len({(review.title, review.text) for review in REVIEWS}) == len(REVIEWS)


def test_ids_have_eleven_digits_and_grow_with_time() -> None:
    assert all(re.fullmatch(r"\d{11}", review.id) for review in REVIEWS)
    in_time = sorted(REVIEWS, key=lambda review: review.at)
    # Two reviews of one minute may be numbered either way; of different hours they may not.
    hourly = [(review.at.replace(minute=0, second=0), review.id) for review in in_time]
    assert all(a[1] < b[1] for a, b in pairwise(hourly) if a[0] != b[0])


def test_every_day_has_reviews() -> None:
    days = Counter(review.at.astimezone(CHINA).date() for review in REVIEWS)
    assert min(days) == FIRST
    assert max(days) == LAST
    assert len(days) == (LAST - FIRST).days + 1
    assert min(days.values()) >= 5


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.key)
def test_every_storefront_of_an_app_has_reviews(app: App) -> None:
    found = Counter(review.storefront for review in REVIEWS if review.app == app.key)
    assert set(found) == set(app.countries)
    assert found["cn"] > 150, "the mainland storefront must need more than three pages"


def test_no_two_texts_are_alike_unless_they_are_meant_to_be() -> None:
    texts = [(review, _pairs(review)) for review in REVIEWS if not review.note.startswith(COPIES)]
    assert len(texts) > 400
    alike = [
        (a.text, b.text)
        for (a, one), (b, other) in combinations(texts, 2)
        if min(len(one), len(other)) > 5 and len(one & other) > 0.4 * len(one | other)
    ]
    assert alike == []


def test_there_is_one_wave_of_copies_by_several_authors() -> None:
    wave = [review for review in REVIEWS if review.note.startswith("spam wave")]
    assert 3 <= len(wave) <= 6
    assert len({review.author_id for review in wave}) == len(wave)
    assert max(review.at for review in wave) - min(review.at for review in wave) < timedelta(hours=1)


def test_texts_are_of_many_lengths() -> None:
    lengths = sorted(len(review.text) for review in REVIEWS)
    assert lengths[len(lengths) // 10] <= 16
    assert lengths[-1] >= 200
    assert sum("\n" in review.text for review in REVIEWS) >= 8


def test_no_real_product_is_named() -> None:
    named = [text for review in REVIEWS for text in _words(review) if REAL_PRODUCTS.search(text)]
    assert named == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"1[37]\d0{7}", id="phone"),
        pytest.param(r"139 0000 0000", id="phone with blanks"),
        pytest.param(r"[\w.]+@example\.com", id="mail"),
        pytest.param(r"(?i)v信|vx[:：]|薇❤", id="chat name"),
        pytest.param(r"订单号? ?(LL)?\d{16}", id="order"),
        pytest.param(r"\d{17}[\dX]", id="identity card"),
        pytest.param(r"@苔笺|@鹿铃", id="handle"),
        pytest.param(r"登陆", id="usual misspelling"),
        pytest.param(r"yyds|蚌埠住了|裂开|绝了", id="slang"),
        pytest.param(r"[\U0001f300-\U0001faff]", id="emoji"),
        pytest.param(r"閃退|開唔到|打不開", id="traditional"),
        pytest.param(r"(?i)crash|charged", id="english"),
    ],
)
def test_what_the_product_must_cope_with_occurs(pattern: str) -> None:
    assert any(re.search(pattern, text) for review in REVIEWS for text in _words(review))


def test_every_phone_number_is_an_obvious_invention() -> None:
    numbers = [n for review in REVIEWS for n in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", review.text)]
    assert numbers
    assert all(number[3:10] == "0000000" for number in numbers)


def test_reviews_name_versions_that_existed_then() -> None:
    released = {(each.app.key, release.version): release.at for each in LISTINGS for release in each.releases}
    for review in REVIEWS:
        assert released[review.app, review.version] <= review.at, review.id
        for edit in review.edits:
            assert released[review.app, edit.version or review.version] <= edit.at, review.id


def test_the_bad_release_shows_in_the_stars() -> None:
    def stars(version: str) -> float:
        rated = [review.rating for review in REVIEWS if review.app == "taijian" and review.version == version]
        return sum(rated) / len(rated)

    assert stars("8.2.0") < 2 < 3 < stars("8.1.0")


def test_some_reviews_are_edited_and_some_deleted_later() -> None:
    edited = [review for review in REVIEWS if review.edits]
    deleted = [review for review in REVIEWS if review.deleted_at]
    assert len(edited) >= 10
    assert len(deleted) >= 5
    assert all(edit.at > review.at for review in edited for edit in review.edits)
    assert all(review.deleted_at and review.deleted_at > review.at for review in deleted)


def test_everything_has_happened_by_the_last_noon() -> None:
    noon = datetime(2026, 11, 28, 4, tzinfo=UTC)
    assert all(review.at <= noon for review in REVIEWS)


def _words(review: Review) -> list[str]:
    later = [word for edit in review.edits for word in (edit.title, edit.text) if word]
    return [review.title, review.text, review.author, *later]


def _pairs(review: Review) -> set[str]:
    letters = re.sub(r"\W", "", review.title + review.text)
    return {letters[at : at + 2] for at in range(len(letters) - 1)}
