"""The present record is a pure function of the set of sightings: the order of arrival cannot matter."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.merge import _agreed, _only, is_cut_of, present, sighting, union
from feedback.model import Feedback, Match, Observation, Reply, Sighting

DAY = timedelta(days=1)
T0 = datetime(2026, 11, 1, 8, tzinfo=UTC)
FULL = "更新之后一打开就闪退，重装也没有用，客服不回"
CUT = "更新之后一打开就闪退，重装…全文"
EDIT = "还是闪退，已经换成别家的了，再见"


def seen(text: str | None = FULL, *, day: float = 0, said: float | None = 0, **fields) -> Observation:
    """An observation seen *day* days after T0 of something said *said* days after T0."""
    known = {"id": "appstore:cn:1", "platform": "appstore", "via": "rss", "text": text}
    known |= {"seen_at": T0 + day * DAY, "published_at": None if said is None else T0 + said * DAY}
    known["matches"] = (
        Match(product="luling", target=fields.get("via", "rss"), via=fields.get("via", "rss")),
    )
    return Observation(**(known | fields))


STORY = {
    "rss": seen(day=1, rating=1, author="a1", metrics={"likes": 1}),
    "rss again": seen(day=3, rating=1, author="a1", metrics={"likes": 5}, url="https://a/1"),
    "export": seen(day=6, via="import", rating=1, device="iPhone 15"),
    "cut": seen(CUT, day=2, quality="truncated"),
    "passage": seen("打开就闪退", day=7, quality="passage", via="search"),
    "stale copy": seen("更新之后打不开", day=9, said=-1, via="mirror", rating=2),
    "edit": seen(EDIT, day=5, edited_at=T0 + 4 * DAY, rating=2, app_version="8.2"),
    "edit cut": seen("还是闪退，已经换成…", day=8, edited_at=T0 + 4 * DAY, quality="truncated"),
    "reply": seen(day=4, rating=1, reply=Reply(text="请更新", at=T0 + 3 * DAY)),
    "undated": seen(day=2, said=None, via="import2", os="iOS 18"),
}


def arrived(observations) -> tuple[Sighting, ...]:
    known: tuple[Sighting, ...] = ()
    for one in observations:
        known = union(known, [sighting(one)])
    return known


@pytest.mark.parametrize("names", list(itertools.combinations(STORY, 4)), ids=" + ".join)
def test_any_four_in_any_order_give_one_record(names):
    known, *others = [arrived(STORY[name] for name in order) for order in itertools.permutations(names)]
    assert len(others) == 23
    assert all(other == known for other in others)
    assert {present(other).model_dump_json() for other in others} == {present(known).model_dump_json()}


@given(st.permutations(list(STORY)), st.integers(0, 10))
def test_the_whole_story_in_any_order_and_in_two_parts(order, cut):
    whole = arrived(STORY.values())
    first, second = (arrived(STORY[name] for name in part) for part in (order[:cut], order[cut:]))
    assert union(first, second) == union(second, first) == whole
    record = present(whole)
    assert (record.text, record.rating, record.app_version) == (EDIT, 2, "8.2")
    assert (record.said_at, record.published_at) == (T0 + 4 * DAY, T0 - DAY)
    assert record.first_seen_at == T0 + DAY
    assert (record.device, record.os, record.author) == ("iPhone 15", "iOS 18", "a1")
    assert record.metrics == {"likes": 5}
    assert record.reply == Reply(text="请更新", at=T0 + 3 * DAY)
    assert {match.via for match in record.matches} == {"rss", "import", "search", "mirror", "import2"}


_FIELDS = {
    "text": st.sampled_from([None, "", FULL, CUT, EDIT, "😀…"]),
    "quality": st.sampled_from(["full", "truncated", "passage"]),
    "rating": st.sampled_from([None, 1, 2]),
    "app_version": st.sampled_from([None, "8.1", "8.2"]),
    "device": st.sampled_from([None, "X"]),
    "url": st.sampled_from([None, "u1", "u2"]),
    "author": st.sampled_from([None, "a1", "a2"]),
    "name_key": st.sampled_from([None, "n1", "n2"]),
    "metrics": st.sampled_from([{}, {"likes": 1}, {"likes": 2}, {"replies": 3}, {"replies": 1, "likes": 4}]),
    "via": st.sampled_from(["rss", "web"]),
    "reply": st.sampled_from([None, Reply(text="好"), Reply(text="好", at=T0)]),
    "said": st.sampled_from([None, 0, 1, 2]),
    "day": st.sampled_from([2, 3, 4]),
    "edited_at": st.sampled_from([None, T0, T0 + DAY, T0 + 2 * DAY]),
}
OBSERVATIONS = st.fixed_dictionaries(_FIELDS).map(lambda fields: seen(**fields))


@given(st.lists(OBSERVATIONS, min_size=1, max_size=5), st.data())
def test_any_observations_in_any_order_give_one_record(observations, data):
    other = data.draw(st.permutations(observations))
    one, two = arrived(observations), arrived(other)
    assert one == two
    assert present(one) == present(two)
    assert arrived([*observations, *other]) == one


@given(OBSERVATIONS)
def test_the_short_way_for_one_sighting_agrees_with_the_long_one(observation):
    one = sighting(observation)
    assert one == Sighting.model_validate(one.model_dump())
    short, long = _only(one), _agreed([one])
    assert {name: short[name] for name in long} == long
    assert all(short[name] is None for name in short.keys() - long.keys())
    record = present([one])
    written = record.model_dump_json(exclude_defaults=True)
    assert Feedback.model_validate(dict(record)) == record
    assert Feedback.model_validate_json(written) == record.model_copy(update={"name_key": None})
    assert record.__dict__.keys() == Feedback.model_fields.keys()


@given(st.lists(OBSERVATIONS, min_size=1, max_size=4))
def test_each_field_is_known_as_soon_as_one_sighting_knows_it(observations):
    record = present(arrived(observations))
    for name in ("rating", "app_version", "device", "url", "author", "name_key", "reply"):
        known = [getattr(one, name) for one in observations if getattr(one, name) is not None]
        assert (getattr(record, name) is None) == (not known)
        assert getattr(record, name) in (known or [None])
    assert set(record.metrics) == {name for one in observations for name in one.metrics}


def said(*observations: Observation):
    return present(arrived(observations))


def test_a_like_makes_nothing_new():
    known = arrived([seen(metrics={"likes": 1}, url="u1"), seen(day=2, metrics={"likes": 9}, url="u2")])
    assert len(known) == 1
    assert (known[0].first_at, known[0].last_at) == (T0, T0 + 2 * DAY)
    assert present(known).metrics == {"likes": 9}
    assert present(known).url == "u2"


def test_what_only_the_older_of_two_equal_sightings_knew_stays():
    record = said(seen(day=1, url="u1", author="a1", metrics={"likes": 3}), seen(day=2))
    assert (record.url, record.author, record.metrics) == ("u1", "a1", {"likes": 3})


def test_the_newest_metrics_count_one_by_one():
    record = said(
        seen(day=3, metrics={"likes": 3}), seen(day=1, metrics={"likes": 1, "replies": 7}), seen(EDIT, day=2)
    )
    assert record.metrics == {"likes": 3, "replies": 7}


def test_a_bumped_timestamp_does_not_make_an_old_complaint_new():
    before, after = said(seen(rating=1)), said(seen(rating=1), seen(day=9, said=8, rating=1))
    assert (before.said_at, after.said_at) == (T0, T0)
    assert before.revision == after.revision
    assert after.published_at == T0


def test_a_fuller_text_dates_from_its_cut():
    record = said(seen(CUT, quality="truncated"), seen(day=2, said=1))
    assert (record.text, record.quality, record.said_at) == (FULL, "full", T0)


def test_a_sighting_without_a_text_dates_nothing_while_another_can():
    assert said(seen(EDIT, said=5), seen(None, said=0)).said_at == T0 + 5 * DAY
    assert said(seen(EDIT, said=None), seen(None, said=0)).said_at == T0


def test_an_edit_is_said_when_it_was_edited():
    record = said(seen(), seen(EDIT, day=3, edited_at=T0 + 2 * DAY))
    assert (record.text, record.said_at, record.edited_at) == (EDIT, T0 + 2 * DAY, T0 + 2 * DAY)
    assert record.published_at == T0
    assert record.revision != said(seen()).revision


def test_a_stale_copy_found_late_changes_nothing_said():
    before = said(seen(EDIT, said=2))
    after = said(seen(EDIT, said=2), seen("很久以前的版本", day=30, said=0, via="import"))
    assert (after.text, after.said_at, after.revision) == (EDIT, T0 + 2 * DAY, before.revision)


@pytest.mark.parametrize(
    ("observations", "text", "quality"),
    [
        ([seen(CUT, said=3, quality="truncated"), seen(said=0)], FULL, "full"),
        ([seen("全新的一句…", said=3, quality="truncated"), seen(said=0)], "全新的一句…", "truncated"),
        ([seen("…全文", said=3, quality="truncated"), seen(said=0)], FULL, "full"),
        ([seen("😀😀…", said=3, quality="truncated"), seen("😀😀😀", said=0)], "😀😀😀", "full"),
        ([seen("打开就闪退", said=9, quality="passage"), seen(CUT, quality="truncated")], CUT, "truncated"),
        ([seen("打开就闪退", said=9, quality="passage"), seen("重装", quality="passage")], "打开就闪退", "passage"),
        ([seen(None)], "", "full"),
        ([seen(None, quality="passage"), seen("", quality="truncated")], "", "truncated"),
    ],
)  # fmt: skip
def test_which_text_is_present(observations, text, quality):
    record = said(*observations)
    assert (record.text, record.quality) == (text, quality)


@pytest.mark.parametrize(
    ("cut", "whole", "is_cut"),
    [
        (CUT, FULL, True),
        ("更新之後一打開就閃退 ... 展开全文", FULL, True),
        ("就闪退,重装", FULL, True),
        ("更新之后打不开…", FULL, False),
        (FULL, CUT, False),
        ("", FULL, True),
        (None, None, True),
        ("😀", "没有表情", False),
    ],
)
def test_what_is_a_cut_of_what(cut, whole, is_cut):
    assert is_cut_of(cut, whole) is is_cut


def test_an_undated_item_stands_where_it_was_first_seen():
    record = said(seen(said=None, day=4), seen(said=None, day=2, rating=3))
    assert (record.said_at, record.published_at) == (None, None)
    assert record.at == record.first_seen_at == T0 + 2 * DAY


def test_an_edit_before_the_publication_is_the_publication():
    record = said(seen(said=2, edited_at=T0))
    assert (record.published_at, record.edited_at, record.said_at, record.own_at) == (T0, None, T0, T0)


def test_sightings_of_two_ids_are_one_item_of_the_canonical_id():
    known = union([sighting(seen())], [sighting(seen(day=1, id="appstore:cn:h:ab"))])
    assert present(known, feedback_id="appstore:cn:1", arrival="live").id == "appstore:cn:1"
    assert present(known, arrival="live").arrival == "live"
