"""Duplicate clusters on real records: who joins whom, and under which name."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.model import Match, Observation, Page
from index.records import Records
from index.records.types import Done, Signed
from nlp import cluster
from nlp.signature import sign

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
COPY = "从苹果商店下载的软件，一个奖励一到四块，一天能赚七十块左右，可以直接提现，真的很简单"
OTHER = "这个软件更新之后一直闪退，打开就黑屏，卸载重装也没有用，客服电话打不通"


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=b"s" * 32) as opened:
        opened.adopt_empty({"": "1"})
        yield opened


def put(records: Records, *rows: tuple[str, int], author: str = "") -> None:
    """Rows of (text, days after NOW), each by its own author unless one is given; stored and sketched."""
    start = records.depth().documents + 1
    for number, (text, days) in enumerate(rows, start):
        at = NOW + timedelta(days=days)
        seen = Observation(
            id=f"appstore:cn:{number}", platform="appstore", via="test", author=author or f"author{number}", text=text,
            published_at=at, seen_at=at, matches=(Match(product="demo", target="cn/1", via="test"),),
        )  # fmt: skip
        records.put(Page(url="https://example.org", fetched_at=at, observations=(seen,)))
    work = records.due(100)
    done = [Done(one.seq, one.key, signature=sign(one.document.feedback.text)) for one in work]
    assert records.write(done).tagged == len(rows)


def voices(records: Records) -> list[str]:
    count = records.depth().documents
    found = [records.get(f"appstore:cn:{number}") for number in range(1, count + 1)]
    return [document.voice for document in found if document]


def test_copies_by_two_authors_are_one_voice_named_after_the_first(records):
    put(records, (OTHER, 0), (COPY, 1), (COPY + "！", 2))
    assert cluster.step(records) == 3
    other, first, second = voices(records)
    assert first == second == "c:2"
    assert other.startswith("a:")


def test_copies_by_one_author_stay_that_author(records):
    put(records, (COPY, 0), (COPY + "！", 1), author="same")
    cluster.step(records)
    assert voices(records) == ["a:same", "a:same"]


def test_a_second_step_finds_nothing_left(records):
    put(records, (COPY, 0), (COPY, 1))
    assert cluster.step(records) == 2
    assert cluster.step(records) == 0


def test_newcomers_join_the_cluster_that_is_there(records):
    put(records, (COPY, 0), (COPY, 1))
    cluster.step(records)
    put(records, (COPY + "啊", 2))
    cluster.step(records)
    assert set(voices(records)) == {"c:1"}


def test_a_month_later_a_new_cluster_begins(records):
    put(records, (COPY, 0), (COPY, 31))
    cluster.step(records)
    assert all(voice.startswith("a:") for voice in voices(records))


def test_a_chain_reaches_further_than_a_month(records):
    put(records, (COPY, 0), (COPY, 25), (COPY, 50))
    cluster.step(records)
    assert set(voices(records)) == {"c:1"}


def test_short_texts_are_voices_of_their_own(records):
    put(records, ("打不开", 0), ("打不开", 0), ("打不开", 0))
    assert cluster.step(records) == 0
    assert len(set(voices(records))) == 3


def test_the_limit_leaves_the_rest_for_the_next_step(records):
    put(records, (COPY, 0), (COPY, 1), (COPY, 2))
    assert [cluster.step(records, limit=2), cluster.step(records, limit=2)] == [2, 1]
    assert set(voices(records)) == {"c:1"}


def signed(seq: int, text: str, group: int | None = None) -> Signed:
    signature = sign(text)
    assert signature is not None
    return Signed(seq, None, NOW, signature.sketch, signature.bands, group)


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        ([], None),
        ([signed(1, OTHER, 1)], None),
        ([signed(1, COPY, 1)], 1),
        ([signed(1, COPY + "真的真的很好", 1), signed(5, COPY, 5)], 5),
        ([signed(7, COPY, 4), signed(6, COPY, 3)], 3),
        ([signed(1, COPY)], None),
        ([signed(9, COPY, 9)], None),
    ],
    ids=["nobody", "unlike", "alike", "nearest", "of equals the older", "not clustered", "itself"],
)
def test_nearest(near, expected):
    assert cluster.nearest(signed(9, COPY), near) == expected
