"""Duplicate clusters as the records keep them: pending, neighbours, who speaks for whom."""

import pytest

from index.records import Done, Records, Signature
from tests.contracts.records_world import DAY, LAG, SALT, T0, day, get, put, seen, tag


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


def stored(records: Records, *authors: str | None) -> None:
    """Items 1, 2, 3… by these authors, seen a day apart, tagged and sketched alike."""
    for number, author in enumerate(authors, 1):
        put(records, seen(number, said=number, at=number, author=author))
    tag(records, sketch=b"alike")


def voices(records: Records, count: int) -> list[str]:
    return [get(records, number).voice for number in range(1, count + 1)]


def test_sketched_items_wait_in_the_order_they_came(records):
    put(records, seen(2, at=5), seen(1, at=3), seen(3, at=3))
    tag(records, sketch=b"s")
    assert [one.seq for one in records.pending_clusters(9)] == [2, 3, 1]
    assert [one.seq for one in records.pending_clusters(2)] == [2, 3]
    (first, *_) = records.pending_clusters(9)
    assert (first.sketch, first.bands, first.cluster, first.author) == (b"s", (1, 2), None, "author1")
    records.join(2, None)
    assert [one.seq for one in records.pending_clusters(9)] == [3, 1]


def test_neighbours_share_a_band_and_lie_in_the_window(records):
    stored(records, "a", "b", "c")
    assert records.neighbours((1,), since=T0, until=day(9)) == []  # in no cluster yet
    for seq in (1, 2, 3):
        records.join(seq, None)
    assert [one.seq for one in records.neighbours((2, 99), since=day(1), until=day(2))] == [1, 2]
    assert [one.cluster for one in records.neighbours((1, 2), since=T0, until=T0 + 9 * DAY)] == [1, 2, 3]
    assert records.neighbours((99,), since=T0, until=day(9)) == []


def test_the_second_author_makes_all_members_one_voice(records):
    stored(records, "a", "a", "b", "a", "c")
    change = records.change()
    records.join(1, None)
    records.join(2, 1)
    assert voices(records, 3) == ["a:a", "a:a", "a:b"]
    assert records.change() == change  # one author is one voice anyway
    records.join(3, 1)
    assert voices(records, 4) == ["c:1", "c:1", "c:1", "a:a"]
    assert [one.feedback.id for one in records.scan(change)] == [f"appstore:cn:{n}" for n in (1, 2, 3)]
    records.join(4, 1)
    records.join(5, 1)
    assert voices(records, 5) == ["c:1"] * 5
    assert records.change() == change + 5


def test_nobody_knows_whether_two_nameless_ones_are_one(records):
    stored(records, None, None)
    records.join(1, None)
    records.join(2, 1)
    assert voices(records, 2) == ["c:1", "c:1"]


def test_a_changed_text_leaves_its_cluster_and_an_unchanged_one_stays(records):
    stored(records, "a", "b", "c")
    records.join(1, None)
    records.join(2, 1)
    put(records, seen(1, "改成别的了", author="a", said=1, edited_at=day(8), at=9))
    put(records, seen(2, author="b", said=2, rating=1, at=9))
    work = {one.document.feedback.id: one for one in records.due()}
    one, two = work["appstore:cn:1"], work["appstore:cn:2"]
    records.write(
        [
            Done(one.seq, one.key, (LAG,), Signature(b"new", (8,))),
            Done(two.seq, two.key, (LAG,), Signature(b"alike", (1, 2))),
        ]
    )
    assert voices(records, 2) == ["a:a", "c:1"]
    assert [each.seq for each in records.pending_clusters(9)] == [1, 3]
    assert [each.seq for each in records.neighbours((1,), since=T0, until=day(9))] == [2]


def test_who_left_a_cluster_founds_another_one(records):
    stored(records, "a", "b")
    records.join(1, None)
    records.join(2, 1)
    put(records, seen(1, "改成别的了", author="a", said=1, edited_at=day(8), at=9))
    tag(records, sketch=b"new")
    records.join(1, None)
    (founder,) = [one for one in records.neighbours((1,), since=T0, until=day(9)) if one.seq == 1]
    assert founder.cluster not in (None, 1)
    assert voices(records, 2) == ["a:a", "c:1"]
    put(records, seen(3))
    assert get(records, 3).seq not in (founder.cluster, 1, 2)


def test_who_was_erased_meanwhile_joins_nobody(records):
    stored(records, "a", "b")
    records.join(1, None)
    records.forget(feedback_id="appstore:cn:2")
    records.join(2, 1)
    assert get(records, 1).voice == "a:a"


def test_an_author_learnt_later_is_no_second_one(records):
    stored(records, None, "a")
    put(records, seen(1, said=1, at=9, author="a"))
    records.join(1, None)
    records.join(2, 1)
    assert voices(records, 2) == ["a:a", "a:a"]


def test_a_text_too_short_to_compare_has_no_sketch(records):
    stored(records, "a")
    put(records, seen(1, "好", said=1, edited_at=day(8), at=9, author="a"))
    tag(records)
    assert records.pending_clusters(9) == []
