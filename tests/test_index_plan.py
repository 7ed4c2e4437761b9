"""Plans: what a query means, before any engine compiles it."""

import pytest

from feedback.query_text import parse_text
from index.plan import Words, forms, plan
from index.topics import Topics
from tests.contracts.engine_world import PRODUCTS, TAXONOMY, query

TOPICS = Topics(TAXONOMY, PRODUCTS)


def _only_form(q: str) -> Words:
    ((term,),) = parse_text(q).groups
    (words,) = forms([term])
    return words


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("闪退", Words(("闪退",))),
        ("客服态度", Words(("客服", "服态", "态度"))),
        ("ios闪退", Words(("ios", "闪退"))),
        ("卡", Words(characters=("卡",))),
        ("5星", Words(("5",), characters=("星",))),
        ("看3集", Words(("3",), characters=("看", "集"))),
        (
            "更新后闪退",
            Words(("更新", "新后", "后闪", "闪退"), some=("更新", "新后", "后闪", "闪退"), need=3),
        ),
        ('"更新后闪退"', Words(("更新", "新后", "后闪", "闪退"))),
        ("can't", Words(("can", "t"), some=("can", "t"), need=2)),
        ("哈哈哈哈哈哈", Words(("哈哈",) * 5, some=("哈哈",), need=1)),
        ("卡、慢、烂、差、贵", Words(characters=("卡", "慢", "烂", "差", "贵"))),
    ],
)
def test_terms_become_words(q: str, expected: Words) -> None:
    assert _only_form(q) == expected


def test_quoted_white_space_gives_a_second_form() -> None:
    ((term,),) = parse_text('"一直 转圈"').groups
    assert list(forms([term])) == [Words(("一直", "转圈")), Words(("一直", "直转", "转圈"))]


def test_excluded_terms_are_phrases_however_long() -> None:
    (words,) = plan(query("-更新后一直闪退"), TOPICS).without
    assert words.some == ()
    assert len(words.phrase) == 6


def test_a_term_without_tokens_leaves_an_empty_group() -> None:
    assert plan(query("привет"), TOPICS).groups == ((),)
    assert plan(query("-привет"), TOPICS).without == ()


def test_a_topic_is_looked_up_as_leaf_and_as_top() -> None:
    (choice,) = plan(query(topic="lag|neg"), TOPICS).choices
    assert choice == {("topic_polar", "lag|neg"), ("top_polar", "lag|neg")}


def test_a_query_of_one_product_sees_its_own_topics() -> None:
    product, choice = plan(query(topic="features", product="notes"), TOPICS).choices
    assert product == {("product", "notes")}
    assert ("top", "notes/features") in choice
    (everywhere,) = plan(query(topic="features"), TOPICS).choices
    assert everywhere == {("topic", "features"), ("top", "features")}


def test_an_own_leaf_of_another_product_is_an_empty_choice() -> None:
    assert frozenset() in plan(query(topic="x_notes_widget", product="mail"), TOPICS).choices


@pytest.mark.parametrize(
    ("version", "keyword"),
    [("8.2", ("version", "8.2")), ("8.2.*", ("version_prefix", "8.2.*")), ("8*", ("version_prefix", "8*"))],
)
def test_versions_are_exact_or_a_prefix(version: str, keyword: tuple[str, str]) -> None:
    assert plan(query(version=version), TOPICS).choices == (frozenset({keyword}),)


def test_noise_is_banned_allowed_or_demanded() -> None:
    assert plan(query(), TOPICS).banned == {("noise", "only")}
    assert plan(query(noise="include"), TOPICS).banned == frozenset()
    only = plan(query(noise="only"), TOPICS)
    assert (only.banned, only.choices) == (frozenset(), (frozenset({("noise", "only")}),))


def test_times_are_whole_seconds_rounded_up() -> None:
    asked = plan(query(since="2026-03-01T00:00:00.200+00:00", until="2026-03-02T00:00:00+00:00"), TOPICS)
    assert (asked.since, asked.until) == (1772323201, 1772409600)
