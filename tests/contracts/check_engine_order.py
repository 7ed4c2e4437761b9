"""The contract of a search engine: in which order it answers, page by page, and what is like what."""

from datetime import timedelta

import pytest

from feedback.errors import CursorGone, QueryError
from tests.contracts.engine_world import NOON, MakeEngine, document, filled, found, pages, query, texts

LATER = NOON + timedelta(days=1)


def check_engine_newest_first(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine, document(1, at=LATER), document(2, at=NOON), document(3, at=NOON + timedelta(hours=1))
    )
    assert pages(engine, query(), limit=10) == [1, 3, 2]
    assert pages(engine, query("还行", sort="newest"), limit=2) == [1, 3, 2]


def check_engine_equal_times_go_by_arrival(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, *(document(n, at=NOON) for n in (2, 4, 1, 3)))
    assert pages(engine, query(), limit=1) == [4, 3, 2, 1]


def check_engine_lowest_rating_first_and_missing_last(make_engine: MakeEngine) -> None:
    stars = {1: 5, 2: None, 3: 1, 4: 3, 5: 1}
    engine = filled(make_engine, *(document(seq, rating=rating) for seq, rating in stars.items()))
    assert pages(engine, query(sort="rating"), limit=2) == [5, 3, 4, 1, 2]


def check_engine_most_liked_first_and_missing_last(make_engine: MakeEngine) -> None:
    likes = {1: 7, 2: 0, 3: 900_000_000_000, 4: 7}
    engine = filled(
        make_engine, document(5), *(document(seq, metrics={"likes": n}) for seq, n in likes.items())
    )
    assert pages(engine, query(sort="likes"), limit=2) == [3, 4, 1, 5, 2]


def check_engine_scores_only_relevance(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "闪退", "闪退")
    assert all(hit.score is None for hit in engine.search(query("闪退", sort="newest")).hits)
    scores = [hit.score for hit in engine.search(query("闪退")).hits]
    assert len(scores) == 2
    assert all(score is not None and score > 0 for score in scores)


def check_engine_relevance_prefers_the_rarer_word_and_the_shorter_text(make_engine: MakeEngine) -> None:
    padding = "今天天气很好我们出去玩了一整天回来以后什么都没有做"
    engine = texts(make_engine, f"{padding}退款{padding}", "退款", *["更新"] * 8, "退款更新失败")
    assert engine.search(query("退款")).hits[0].seq == 2
    assert engine.search(query("退款")).hits[-1].seq == 1
    assert engine.search(query("更新 OR 失败")).hits[0].seq == 11


def check_engine_relevance_without_words_is_newest(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, at=LATER), document(2))
    assert pages(engine, query(sort="relevance"), limit=1) == [1, 2]
    assert pages(engine, query("-没有的词"), limit=1) == [1, 2]


def check_engine_total_is_exact_on_every_page(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, *(document(n, "闪退") for n in range(1, 8)))
    for asked in (query(), query("闪退")):
        first = engine.search(asked, limit=3)
        second = engine.search(asked, limit=3, after=first.after)
        last = engine.search(asked, limit=3, after=second.after)
        assert [page.total for page in (first, second, last)] == [7, 7, 7]
        assert [len(page.hits) for page in (first, second, last)] == [3, 3, 1]
        assert last.after is None


def check_engine_a_full_last_page_has_no_next(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, *(document(n, "闪退") for n in range(1, 5)))
    for asked in (query(), query("闪退")):
        second = engine.search(asked, limit=2, after=engine.search(asked, limit=2).after)
        assert len(second.hits) == 2
        assert second.after is None


def check_engine_pages_by_key_lose_and_repeat_nothing_while_data_changes(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, *(document(n, rating=1 + n % 5) for n in range(1, 31)))
    for sort in ("newest", "rating", "likes"):
        asked = query(sort=sort)
        seen = []
        page = engine.search(asked, limit=7)
        change = engine.state().position
        while page.after:
            seen += [hit.seq for hit in page.hits]
            change += 1
            assert len(seen) < 100
            engine.write(
                [document(100 + change, at=LATER + timedelta(minutes=change), change=change)], position=change
            )
            engine.refresh()
            page = engine.search(asked, limit=7, after=page.after)
        seen += [hit.seq for hit in page.hits]
        old = [seq for seq in seen if seq <= 30]
        assert sorted(old) == list(range(1, 31)), sort
        assert len(seen) == len(set(seen)), sort


def check_engine_relevance_pages_stand_on_one_snapshot(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, *(f"闪退 {'啊' * n}" for n in range(12)))
    asked = query("闪退")
    expected = pages(engine, asked, limit=50)
    first = engine.search(asked, limit=5)
    engine.write([document(99, "闪退", change=99)], gone=[expected[7]], position=99)
    engine.refresh()
    second = engine.search(asked, limit=50, after=first.after)
    assert [hit.seq for hit in (*first.hits, *second.hits)] == expected
    assert second.total == first.total == 12
    assert engine.search(asked).total == 12  # one came, one went


def check_engine_a_relevance_cursor_without_its_snapshot_is_gone(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "闪退", "闪退了", "又闪退")
    first = engine.search(query("闪退"), limit=1)
    for change in range(10, 30):
        engine.write([document(change, "闪退", change=change)], position=change)
        engine.refresh()
        assert engine.search(query("闪退"), limit=1).after
    with pytest.raises(CursorGone) as gone:
        engine.search(query("闪退"), limit=1, after=first.after)
    assert gone.value.status == 410


def check_engine_refuses_a_cursor_of_another_order(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "闪退", "闪退了")
    by_time = engine.search(query(), limit=1).after
    by_score = engine.search(query("闪退"), limit=1).after
    assert by_time
    assert by_score
    for asked, after in ((query("闪退"), by_time), (query(), by_score), (query(sort="likes"), by_time)):
        with pytest.raises(QueryError):
            engine.search(asked, after=after)


def check_engine_select_is_sorted(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        *(
            document(n, "闪退" if n % 3 else "好用", at=NOON - timedelta(minutes=n))
            for n in (9, 2, 7, 1, 3, 8)
        ),
    )
    assert engine.select(query("闪退")) == [1, 2, 7, 8]
    assert engine.select(query()) == [1, 2, 3, 7, 8, 9]
    assert engine.select(query("没有的词")) == []


def check_engine_search_without_an_answer_has_no_page(make_engine: MakeEngine) -> None:
    nothing = texts(make_engine, "闪退").search(query("没有的词"))
    assert (nothing.total, nothing.hits, nothing.after) == (0, (), None)


# -- similar -------------------------------------------------------------------------------------------------

LOGIN = "更新以后登录不上去，验证码一直收不到"


def check_engine_similar_finds_texts_that_share_much(make_engine: MakeEngine) -> None:
    said = [LOGIN, "登录不上去了，验证码收不到", "界面很好看", "客服不理人", "快递太慢", "更新以后很好"]
    engine = texts(make_engine, *said)
    hits = engine.similar(LOGIN, query(), without=1).hits
    assert hits[0].seq == 2
    assert {3, 4, 5}.isdisjoint(hit.seq for hit in hits)
    assert all(hit.score for hit in hits)


def check_engine_similar_leaves_out_only_the_item_itself(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, LOGIN, LOGIN, "好用", "不错")
    assert [hit.seq for hit in engine.similar(LOGIN, query(), without=1).hits] == [2]
    assert [hit.seq for hit in engine.similar(LOGIN, query()).hits] == [2, 1]


def check_engine_similar_goes_from_most_to_least(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "验证码一直收不到", "登录不上去，验证码一直收不到", LOGIN, "好用", "不错")
    similar = engine.similar(LOGIN, query())
    assert [hit.seq for hit in similar.hits] == [3, 2, 1]
    assert similar.total == 3
    assert [hit.seq for hit in engine.similar(LOGIN, query(), limit=1).hits] == [3]


def check_engine_similar_keeps_to_the_filters(make_engine: MakeEngine) -> None:
    engine = filled(
        make_engine,
        document(1, LOGIN),
        document(2, LOGIN, region="us"),
        document(3, LOGIN, intent=["advert"]),
    )
    assert {hit.seq for hit in engine.similar(LOGIN, query()).hits} == {1, 2}
    assert {hit.seq for hit in engine.similar(LOGIN, query(region="us")).hits} == {2}


def check_engine_similar_of_nothing_is_nothing(make_engine: MakeEngine) -> None:
    engine = texts(make_engine, "闪退", "闪退")
    for said in ("", "😀", "完全没有见过"):
        assert engine.similar(said, query()).hits == ()
    assert found(engine) == {1, 2}
