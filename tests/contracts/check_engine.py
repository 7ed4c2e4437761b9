"""The contract of a search engine: what it finds. State, counting and order stand beside this one.

``CHECKS`` holds all of it; every check takes ``make_engine`` and builds its own small world.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from feedback.model import Verdict
from tests.contracts import check_engine_counts, check_engine_order, check_engine_state
from tests.contracts.engine_world import NOON, MakeEngine, document, filled, found, query, texts

# -- words ---------------------------------------------------------------------------------------------------


def check_engine_finds_every_substring_of_two_characters(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "一打开就闪退", "老闪退了", "登不上去", "闪了一下就退")
    assert found(engine, "闪退") == {1, 2}
    assert found(engine, "登不上") == {3}
    assert found(engine, "崩溃") == set()


def check_engine_short_terms_are_phrases(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "客服态度差", "态度差的客服", "客服很好，态度也好")
    assert found(engine, "客服态度") == {1}


def check_engine_all_words_must_be_there(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "更新后闪退", "更新很快", "闪退三次")
    assert found(engine, "更新 闪退") == {1}


def check_engine_long_terms_match_in_part(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "更新后一直闪退", "更新后一直在闪退", "更新后很好用", "一直没有更新")
    assert found(engine, "更新后一直闪退") == {1, 2}
    assert engine.search(query("更新后一直闪退")).hits[0].seq == 1  # the phrase in one piece counts more


def check_engine_long_quoted_terms_match_in_one_piece(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "更新后一直闪退", "更新后一直在闪退")
    assert found(engine, '"更新后一直闪退"') == {1}


def check_engine_seventy_percent_is_rounded_up(make_engine: MakeEngine) -> None:
    # five bigrams, so four of them: 一二 二三 三四 四五 五六
    engine = texts(make_engine, "一二三四五", "一二三四和五六", "一二三和四五六")
    assert found(engine, "一二三四五六") == {1, 2, 3}
    assert found(engine, "一二三四五六七八") == set()  # seven bigrams, so five


def check_engine_quotes_set_white_space_aside(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "一直转圈", "一直 转圈", "一直在转圈")
    assert found(engine, '"一直 转圈"') == {1, 2}


def check_engine_one_character_finds_texts_with_it(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "太贵了", "很便宜", "贵")
    assert found(engine, "贵") == {1, 3}
    assert found(engine, "贵 太") == {1}


def check_engine_a_lone_character_beside_digits_is_found(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "给5星好评", "只有5个", "星期5去的")
    assert found(engine, "5星") == {1, 3}


def check_engine_reads_traditional_and_full_width_alike(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "一打開就閃退", "ＡＰＰ闪退", "iphone闪退")
    assert found(engine, "闪退") == {1, 2, 3}
    assert found(engine, "閃退") == {1, 2, 3}
    assert found(engine, "app") == {2}
    assert found(engine, "ｉＰｈｏｎｅ") == {3}


def check_engine_latin_words_are_whole(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "ios闪退", "iOS 18 很卡", "android", "os")
    assert found(engine, "ios") == {1, 2}
    assert found(engine, "os") == {4}
    assert found(engine, "18") == {2}


def check_engine_minus_excludes(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "支付失败", "支付失败要退款", "退款", "很好")
    assert found(engine, "支付 -退款") == {1}
    assert found(engine, "-退款") == {1, 4}
    assert found(engine, "-贵") == {1, 2, 3, 4}


def check_engine_or_joins_alternatives(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "闪退", "崩溃了", "更新后崩溃", "更新")
    assert found(engine, "闪退 OR 崩溃") == {1, 2, 3}
    assert found(engine, "更新 闪退 OR 崩溃") == {3}


def check_engine_words_of_no_indexed_script_find_nothing(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "привет", "闪退")
    assert found(engine, "привет") == set()
    assert found(engine, "привет OR 闪退") == {2}
    assert found(engine, "闪退 -привет") == {2}


def check_engine_takes_texts_of_emoji_only(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "😀👍🏽", "", "好用")
    assert found(engine) == {1, 2, 3}
    assert found(engine, "好用") == {3}


def check_engine_takes_texts_of_100_kb(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "好用" * 25_000 + "闪退", "a" * 100_000, "闪退")
    assert found(engine, "闪退") == {1, 3}
    assert found(engine) == {1, 2, 3}


def check_engine_japanese_and_korean_are_cut_alike(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "アプリが落ちる", "앱이 자꾸 꺼져요")
    assert found(engine, "アプリ") == {1}
    assert found(engine, "자꾸") == {2}


# -- filters -------------------------------------------------------------------------------------------------


def check_engine_filters_each_field_alone(make_engine: MakeEngine) -> None:
    same = {
        "platform": "weibo",
        "via": "weibo_browser",
        "product": "mail",
        "sentiment": "neg",
        "severity": "1",
    }
    same |= {"device": "iPhone 15", "os": "iOS 18.1", "region": "cn"}
    one: dict[str, Any] = same | {"intent": "bug", "app_version": "8.2.1"}
    two: dict[str, Any] = {"sentiment": "pos", "intent": "praise", "severity": "3", "app_version": "9.0"}
    engine = filled(make_engine, document(1, **one), document(2, region="us", **two))
    filters = same | {"intent": "bug", "version": "8.2.1"}
    for name, value in filters.items():
        assert found(engine, **{name: value}) == {1}, name
    assert found(engine, **filters) == {1}
    assert found(engine, **(filters | {"region": "us"})) == set()


def check_engine_values_of_one_filter_are_alternatives(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine, document(1, region="cn"), document(2, region="us"), document(3, region="jp"), document(4)
    )
    assert found(engine, region=["cn", "jp"]) == {1, 3}


def check_engine_an_item_of_two_products_is_found_in_both(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, product=["mail", "notes"]), document(2, product="notes"))
    assert found(engine, product="mail") == {1}
    assert found(engine, product="notes") == {1, 2}


def check_engine_topic_finds_leaf_top_and_path(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, topic=["crash_launch|neg"]),
        document(2, topic=["crash_in_use|neg"]),
        document(3, topic="lag"),
    )
    assert found(engine, topic="crash_launch") == {1}
    assert found(engine, topic="stability") == {1, 2}
    assert found(engine, topic="performance/lag") == {3}
    assert found(engine, topic=["crash_launch", "lag"]) == {1, 3}


def check_engine_topic_and_polarity_match_together(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, topic=["lag|neg", "dark_mode|pos"]),
        document(2, topic=["lag|pos", "dark_mode|neg"]),
    )
    assert found(engine, topic="lag|neg") == {1}
    assert found(engine, topic="dark_mode|neg") == {2}
    assert found(engine, topic="performance|pos") == {2}
    assert found(engine, topic="lag|neu") == set()


def check_engine_an_earlier_leaf_id_is_filed_under_the_present_one(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, topic=["crash|neg"]))
    assert found(engine, topic="crash_in_use|neg") == {1}
    assert found(engine, topic="stability") == {1}


def check_engine_own_leaves_are_found_within_their_product_only(make_engine: MakeEngine) -> None:
    both = document(1, product=["mail", "notes"], topic=["x_notes_widget|neg"])
    engine = filled(
        make_engine,
        both,
        document(2, product="mail", topic=["x_notes_widget"]),
        document(3, topic=["dark_mode"]),
    )
    assert found(engine, topic="x_notes_widget", product="notes") == {1}
    assert found(engine, topic="x_notes_widget|neg") == {1}
    assert found(engine, topic="x_notes_widget", product="mail") == set()
    assert found(engine, topic="features", product="notes") == {1, 3}
    assert found(engine, topic="features", product="mail") == set()


def check_engine_the_longest_product_name_owns_a_leaf(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, product=["notes", "notes_pro"], topic=["x_notes_pro_sync"]))
    assert found(engine, topic="x_notes_pro_sync", product="notes_pro") == {1}
    assert found(engine, topic="x_notes_pro_sync", product="notes") == set()


def check_engine_version_prefixes(make_engine: MakeEngine) -> None:
    versions = ["8.2.1", "8.2", "8.20.1", "18.2.1", "8.2.10"]
    engine = filled(
        make_engine, document(9), *(document(n, app_version=version) for n, version in enumerate(versions, 1))
    )
    assert found(engine, version="8.2.*") == {1, 5}
    assert found(engine, version="8.2*") == {1, 2, 3, 5}
    assert found(engine, version="8.2") == {2}
    assert found(engine, version=["8.2", "18.*"]) == {2, 4}
    assert found(engine, version="*") == {1, 2, 3, 4, 5}


def check_engine_rating_range_leaves_out_the_unrated(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(9), *(document(stars, rating=stars) for stars in range(1, 6)))
    assert found(engine, rating_max=2) == {1, 2}
    assert found(engine, rating_min=4) == {4, 5}
    assert found(engine, rating_min=2, rating_max=3) == {2, 3}
    assert found(engine, rating_min=1) == {1, 2, 3, 4, 5}


def check_engine_reply_and_truncation_can_be_asked_for(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, has_reply=True),
        document(2, quality="truncated"),
        document(3, quality="passage"),
    )
    assert found(engine, has_reply="yes") == {1}
    assert found(engine, has_reply="no") == {2, 3}
    assert found(engine, truncated="yes") == {2, 3}
    assert found(engine, truncated="no") == {1}


def check_engine_noise_is_left_out_unless_asked_for(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, "广告", intent=["advert"]),
        document(2, "广告太多", intent=["complaint"]),
        document(3, tagged=False),
    )
    assert found(engine) == {2, 3}
    assert found(engine, noise="include") == {1, 2, 3}
    assert found(engine, noise="only") == {1}
    assert found(engine, "广告") == {2}
    assert found(engine, "广告", noise="include") == {1, 2}


def check_engine_untagged_items_can_be_asked_for(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, tagged=False), document(2, sentiment="neg"), document(3))
    assert found(engine, sentiment="untagged") == {1}
    assert found(engine, sentiment=["untagged", "neg"]) == {1, 2}


def check_engine_verdicts_overrule_tags(make_engine: MakeEngine) -> None:
    verdict = Verdict(
        id="appstore:cn:1", revision="r1", facet="topic", label="lag|neg", action="remove", who="a", at=NOON
    )
    late = verdict.model_copy(update={"revision": "another", "id": "appstore:cn:2"})
    engine = filled(
        make_engine,
        document(1, topic=["lag|neg"], verdicts=(verdict,)),
        document(2, topic=["lag|neg"], verdicts=(late,)),
    )
    assert found(engine, topic="lag") == {2}


def check_engine_time_ranges_are_half_open(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, *(document(n) for n in (1, 2, 3)))
    minute = [(NOON + timedelta(minutes=n)).isoformat() for n in range(5)]
    assert found(engine, since=minute[1], until=minute[3]) == {1, 2}
    assert found(engine, since=minute[3]) == {3}
    assert found(engine, until=minute[2]) == {1}
    assert found(engine, since=minute[4]) == set()


def check_engine_fractions_of_a_second_round_to_the_later_second(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, at=NOON), document(2, at=NOON + timedelta(seconds=1)))
    half = (NOON + timedelta(milliseconds=500)).isoformat()
    assert found(engine, since=half) == {2}
    assert found(engine, until=half) == {1}


def check_engine_takes_old_and_future_times(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, at=datetime(1969, 7, 20, tzinfo=UTC)),
        document(2, at=datetime(2099, 1, 1, tzinfo=UTC)),
    )
    assert found(engine, until="1970-01-01") == {1}
    assert [hit.seq for hit in engine.search(query()).hits] == [2, 1]


def check_engine_words_and_filters_hold_together(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, "闪退", rating=1, region="cn"),
        document(2, "闪退", rating=5, region="cn"),
        document(3, "闪退", rating=1, region="us"),
        document(4, "卡顿", rating=1, region="cn"),
    )
    assert found(engine, "闪退", rating_max=2, region="cn") == {1}


CHECKS: tuple[Callable[[MakeEngine], None], ...] = tuple(
    check
    for module in (globals(), *map(vars, (check_engine_state, check_engine_counts, check_engine_order)))
    for name, check in module.items()
    if name.startswith("check_engine_") and callable(check)
)
