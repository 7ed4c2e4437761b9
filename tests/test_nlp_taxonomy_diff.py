"""A new topic table is tried on documents before anything is tagged again."""

from datetime import UTC, datetime

import pytest

from config.project import load_taxonomy
from feedback.model import Document, Feedback, Match
from feedback.taxonomy import Taxonomy
from nlp.pipeline import Pipeline
from nlp.taxonomy_diff import AROUND, EXAMPLES, diff

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TAXONOMY = load_taxonomy()


def documents(*texts: str) -> list[Document]:
    match = Match(product="demo", target="cn/1", via="test")
    return [
        Document(
            seq=number,
            feedback=Feedback(
                id=f"appstore:cn:{number}", platform="appstore", via="test", text=text, matches=(match,), said_at=NOW,
                first_seen_at=NOW, at=NOW, revision=f"r{number}",
            ),
        )
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip


def with_leaves(*, drop=(), add=(), change=None):
    leaves = [(change or {}).get(leaf.id, leaf) for leaf in TAXONOMY.leaves if leaf.id not in drop]
    return Pipeline.build(Taxonomy(tops=TAXONOMY.tops, leaves=(*leaves, *add)))


@pytest.fixture(scope="module")
def now():
    return Pipeline.build(TAXONOMY)


def leaf(name, **fields):
    return TAXONOMY.by_id[name].model_copy(update=fields)


def test_the_same_table_changes_nothing(now):
    assert diff(now, Pipeline.build(TAXONOMY), documents("一直登录不上", "还不错")) == []


def test_a_new_leaf_gains_and_shows_where(now):
    karaoke = leaf("lag", id="karaoke", triggers=("合唱",), negatives=(), was=())
    (change,) = diff(now, with_leaves(add=(karaoke,)), documents("昨天合唱没声音", "合唱很好玩", "还不错"))
    assert (change.label, change.gained, change.lost) == ("karaoke", 2, 0)
    assert len(change.examples) == 2
    assert all(example.startswith("+ ") and "合唱" in example for example in change.examples)


def test_a_dropped_leaf_loses(now):
    changes = diff(now, with_leaves(drop=("login_fail",)), documents("一直登录不上", "又登录不上"))
    lost = next(change for change in changes if change.label == "login_fail")
    assert (lost.gained, lost.lost) == (0, 2)
    assert lost.examples[0].startswith("- ")


def test_a_renamed_leaf_is_the_same_topic(now):
    renamed = leaf("login_fail", id="cannot_log_in", was=("login_fail",))
    assert diff(now, with_leaves(change={"login_fail": renamed}), documents("一直登录不上")) == []


def test_examples_are_few_and_short(now):
    karaoke = leaf("lag", id="karaoke", triggers=("合唱",), negatives=(), was=())
    texts = [f"第{number}次" + "这个软件太卡了" * 10 + "合唱" + "广告也特别多" * 10 for number in range(20)]
    (change,) = diff(now, with_leaves(add=(karaoke,)), documents(*texts))
    assert change.gained == 20
    assert len(change.examples) == EXAMPLES
    assert all(len(example) <= 2 * AROUND + 14 for example in change.examples)
    assert all(example[2] == "…" and example[-1] == "…" for example in change.examples)


def test_most_changed_first_and_as_plain_data(now):
    one = leaf("lag", id="karaoke", triggers=("合唱",), negatives=(), was=())
    two = leaf("lag", id="duet", triggers=("对唱",), negatives=(), was=())
    changes = diff(now, with_leaves(add=(two, one)), documents("合唱没声音", "合唱很好玩", "对唱没声音"))
    assert [change.label for change in changes] == ["karaoke", "duet"]
    assert changes[0].as_dict()["gained"] == 2
