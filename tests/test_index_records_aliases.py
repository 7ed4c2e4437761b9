"""One thing said once under two ids: an exported row, and the item from the store."""

import itertools

import pytest

from feedback.model import Verdict
from index.records import Done, Lane, Records
from tests.contracts.records_world import LAG, SALT, T0, counts, day, get, named, page, put, tag


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT, own={"luling": "own1"}) as opened:
        yield opened


NATIVE = named(7, said=1, at=3, device="iPhone 15")
ROW_ALIKE = named("h:aa", said=0, at=1, via="import", device="iPhone 15")
ROW = named("h:aa", "一直閃退,没法用!", said=0, at=1, via="import")


def test_both_orders_of_arrival_give_one_item_under_the_native_id(tmp_path):
    found = []
    for number, order in enumerate(itertools.permutations([NATIVE, ROW])):
        with Records.open(tmp_path / f"{number}.db", salt=SALT) as records:
            assert [counts(put(records, one)) for one in order] == [{"new": 1}, {"new": 1, "aliased": 1}]
            assert records.depth().documents == 1
            assert get(records, "h:aa") == get(records, 7)
            assert records.history("appstore:cn:h:aa") == records.history("appstore:cn:7")
            found.append((get(records, 7).feedback, records.history("appstore:cn:7")))
    assert found[0] == found[1]
    record, history = found[0]
    assert (record.id, record.first_seen_at, record.said_at) == ("appstore:cn:7", day(1), day(1))
    assert len(history) == 2
    assert {match.via for match in record.matches} == {"rss", "import"}


@pytest.mark.parametrize("rows", [(ROW, NATIVE), (NATIVE, ROW)], ids=["row first", "item first"])
def test_one_page_may_hold_both(records, rows):
    receipt = put(records, *rows)
    assert counts(receipt) == {"new": 2, "aliased": 1}
    assert receipt.ids == ("appstore:cn:7",)
    assert records.depth().documents == 1
    assert [work.document.feedback.id for work in records.due()] == ["appstore:cn:7"]


@pytest.mark.parametrize(
    "other",
    [
        {"rating": 2}, {"region": "hk"}, {"name_key": "n-li"}, {"name_key": None}, {"text": "不一样的话"}, {"said": 4}, {"said": None},
        {"said": 3.01}, {"platform": "huawei"},
    ],
    ids=str,
)  # fmt: skip
def test_what_differs_is_two_items(records, other):
    fields = {"text": NATIVE.text, "said": 1, "via": "import"} | other
    put(records, NATIVE)
    assert counts(put(records, named("h:aa", **fields))) == {"new": 1}
    assert records.depth().documents == 2


def test_two_store_items_are_two_items(records):
    put(records, NATIVE)
    assert counts(put(records, NATIVE.model_copy(update={"id": "appstore:cn:8"}))) == {"new": 1}


def test_two_candidates_are_none(records):
    put(records, NATIVE, NATIVE.model_copy(update={"id": "appstore:cn:8"}))
    assert counts(put(records, ROW)) == {"new": 1}
    assert records.depth().documents == 3


@pytest.mark.parametrize("order", list(itertools.permutations(["n", "h1", "h2"])), ids="-".join)
def test_two_rows_of_one_item_are_both_it_in_any_order(records, order):
    rows = {
        "n": NATIVE,
        "h1": ROW,
        "h2": ROW.model_copy(update={"id": "appstore:cn:h:bb", "published_at": day(2)}),
    }
    for name in order:
        put(records, rows[name])
    assert records.depth().documents == 1
    assert {get(records, native).feedback.id for native in ("7", "h:aa", "h:bb")} == {"appstore:cn:7"}


def test_an_alias_seen_again_is_an_observation_of_its_item(records):
    put(records, ROW)
    put(records, NATIVE)
    again = ROW.model_copy(update={"app_version": "8.2", "seen_at": day(9)})
    receipt = records.put(page(again, NATIVE))
    assert counts(receipt) == {"changed": 1}
    assert receipt.ids == ("appstore:cn:7",)
    assert get(records, 7).feedback.app_version == "8.2"
    assert len(records.history("appstore:cn:7")) == 3


def test_tags_are_carried_and_nothing_becomes_fresh(records):
    put(records, ROW_ALIKE)
    tag(records, sketch=b"s")
    put(records, NATIVE, live_since=T0)
    joined = get(records, 7)
    assert (joined.tags, joined.feedback.arrival) == ((LAG,), "backfill")
    assert records.due() == []
    assert [one.seq for one in records.pending_clusters(10)] == [joined.seq]
    # engines drop the row and take the item
    assert [(one.change, one.feedback.id) for one in records.scan(1)] == [(2, "appstore:cn:7")]
    assert [(one.number, one.id) for one in records.erasures(0)] == [(3, "appstore:cn:h:aa")]


def test_the_tags_of_the_item_stay_when_a_row_turns_up(records):
    put(records, NATIVE)
    tag(records)
    put(records, ROW)
    assert get(records, 7).tags == (LAG,)
    assert records.due() == []
    assert records.erasures(0) == []  # no engine ever heard of the row


def test_a_revision_that_only_both_together_say_is_due_as_changed(records):
    put(records, ROW.model_copy(update={"os": "iOS 18"}))
    tag(records)
    put(records, NATIVE)
    assert (get(records, 7).tags, get(records, 7).change) == ((), 2)
    assert records.depth().lanes == {Lane.CHANGED: 1}


def test_a_product_with_own_leaves_makes_the_joined_item_due(records):
    put(records, named(7, said=1, at=3, product="other"))
    tag(records)
    put(records, named("h:aa", said=0, via="import", product="luling"))
    assert get(records, 7).feedback.products == ("luling", "other")
    assert records.depth().lanes == {Lane.CHANGED: 1}


def test_work_handed_out_for_a_row_is_stale_once_it_is_an_alias(records):
    put(records, ROW)
    (work,) = records.due()
    put(records, NATIVE)
    assert records.write([Done(work.seq, work.key, (LAG,))]).stale == 1
    assert records.scan(0) == []


def test_corrections_survive_under_the_native_id(records):
    put(records, ROW_ALIKE)
    tag(records)
    fields = {"facet": "topic", "label": "lag|neg", "action": "remove", "who": "me", "at": T0}
    said = get(records, "h:aa").feedback
    records.judge(Verdict.model_validate({"id": said.id, "revision": said.revision} | fields))
    put(records, NATIVE)
    assert get(records, 7).effective == ()
    records.judge(
        Verdict.model_validate({"id": said.id, "revision": said.revision} | fields | {"label": "ads"})
    )
    assert {one.id for one in get(records, 7).verdicts} == {"appstore:cn:h:aa", "appstore:cn:7"}


def test_no_text_stays_behind_at_the_row(records, tmp_path):
    put(records, ROW, NATIVE)
    records.forget(feedback_id="appstore:cn:7")
    assert records.depth().documents == 0
    assert counts(put(records, ROW, NATIVE)) == {"erased": 2}
