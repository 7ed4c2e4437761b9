"""Rows: what a document can be filtered and counted by, before any engine."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.rows import KEYWORDS, PREFIX_CHARS, Unfit, index_row, keywords, seq_of, sort_key
from index.topics import Topics, shown
from tests.contracts.engine_world import PRODUCTS, TAXONOMY, document

TOPICS = Topics(TAXONOMY, PRODUCTS)


def test_every_keyword_field_is_written() -> None:
    assert tuple(keywords(document(1), TOPICS)) == KEYWORDS


def test_topics_are_written_as_leaf_and_top_plain_and_with_polarity() -> None:
    row = keywords(document(1, topic=["lag|neg", "crash_launch|neg", "crash|pos"]), TOPICS)
    assert row["topic"] == ["lag", "crash_launch", "crash_in_use"]
    assert row["topic_polar"] == ["lag|neg", "crash_launch|neg", "crash_in_use|pos"]
    assert row["top"] == ["performance", "stability"]
    assert row["top_polar"] == ["performance|neg", "stability|neg", "stability|pos"]


def test_own_leaves_are_written_under_their_product() -> None:
    row = keywords(document(1, product=["notes", "mail"], topic=["x_notes_widget|neg"]), TOPICS)
    assert row["topic"] == ["notes/x_notes_widget"]
    assert row["top_polar"] == ["notes/features|neg"]
    assert shown("notes/features", ("notes",)) == "features"
    assert shown("notes/features", ("mail",)) is None
    assert shown("notes/features", ("notes", "mail")) is None
    assert shown("features", ()) == "features"


def test_a_top_given_by_a_shared_leaf_is_written_once() -> None:
    row = keywords(document(1, topic=["x_notes_widget|neg", "dark_mode|pos"]), TOPICS)
    assert row["top"] == ["features"]
    assert row["top_polar"] == ["features|pos", "notes/features|neg"]


def test_leaves_of_other_products_are_not_written() -> None:
    row = keywords(document(1, product="mail", topic=["x_notes_widget"]), TOPICS)
    assert row["topic"] == row["top"] == []


def test_a_leaf_the_taxonomy_has_lost_stays_countable() -> None:
    row = keywords(document(1, topic=["long_gone|neg"]), TOPICS)
    assert row["topic"] == ["long_gone"]
    assert row["top"] == row["top_polar"] == []


def test_version_prefixes_reach_from_nothing_to_all() -> None:
    assert keywords(document(1, app_version="8.2"), TOPICS)["version_prefix"] == ["*", "8*", "8.*", "8.2*"]
    assert keywords(document(1), TOPICS)["version_prefix"] == []
    assert len(keywords(document(1, app_version="9" * 100), TOPICS)["version_prefix"]) == PREFIX_CHARS + 1


def test_untagged_is_a_sentiment() -> None:
    assert keywords(document(1, tagged=False), TOPICS)["sentiment"] == ["untagged"]
    assert keywords(document(1), TOPICS)["sentiment"] == []
    assert keywords(document(1, sentiment="mix"), TOPICS)["sentiment"] == ["mix"]


def test_votes_stand_in_for_likes() -> None:
    keys = [
        index_row(document(1, metrics=metrics), TOPICS).likes
        for metrics in ({"likes": 3}, {"votes": 3}, {"likes": -1}, {})
    ]
    assert keys == [sort_key(3, 1), sort_key(3, 1), sort_key(0, 1), sort_key(0, 1)]


@pytest.mark.parametrize("seq", [-1, 1 << 31])
def test_a_seq_beyond_the_sort_key_is_unfit(seq: int) -> None:
    with pytest.raises(Unfit, match="seq"):
        index_row(document(seq, at=datetime(2026, 1, 1, tzinfo=UTC)), TOPICS)


@pytest.mark.parametrize("year", [1800, 2200])
def test_a_time_beyond_the_sort_key_is_unfit(year: int) -> None:
    with pytest.raises(Unfit, match=str(year)):
        index_row(document(1, at=datetime(year, 1, 1, tzinfo=UTC)), TOPICS)


@given(st.tuples(st.integers(-(1 << 31), (1 << 32) - 1), st.integers(0, (1 << 31) - 1)), st.integers(-9, 9))
def test_sort_keys_order_by_value_then_seq_and_fit_64_bits(pair: tuple[int, int], apart: int) -> None:
    value, seq = pair
    key = sort_key(value, seq)
    assert -(1 << 63) <= key < 1 << 63
    assert seq_of(key) == seq
    assert (sort_key(value + apart, 5) > sort_key(value, 7)) == (apart > 0)


def test_where_leaves_stand_is_part_of_the_fingerprint_and_names_are_not() -> None:
    leaves = list(TAXONOMY.leaves)
    renamed = TAXONOMY.model_copy(
        update={"leaves": (leaves[0].model_copy(update={"name": "别的"}), *leaves[1:])}
    )
    moved = TAXONOMY.model_copy(
        update={"leaves": (leaves[0].model_copy(update={"top": "performance"}), *leaves[1:])}
    )
    assert Topics(renamed, PRODUCTS).fingerprint == TOPICS.fingerprint
    assert Topics(moved, PRODUCTS).fingerprint != TOPICS.fingerprint
    assert Topics(TAXONOMY, ("mail",)).fingerprint != TOPICS.fingerprint
