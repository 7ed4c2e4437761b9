"""Figures counted by hand, label files as examples, and the table people read."""

import json

import numpy as np
import pytest

from config.project import load_taxonomy
from feedback.errors import UsageError
from nlp.labels import Labelled
from nlp.linear import card
from nlp.linear.examples import Examples, evidence, gather, lexicon
from nlp.linear.measure import by_set, figures
from nlp.linear.model import INTENTS, Scores

LEAVES = ("refund", "lag")


def row(text="退款不给", sentiment="neg", intents=("complaint",), severity="1", topics=(), source="taptap"):
    return Labelled("1", text, sentiment, intents, severity, topics, source)


def scores(*, sentiment, severity, topics, praise):
    """One text a row: the chosen places as certainties."""
    n = len(sentiment)
    intents = np.zeros((n, 9), np.bool_)
    intents[:, INTENTS.index("praise")] = praise
    return Scores(
        sentiment=np.eye(4, dtype=np.float32)[sentiment],
        intents=intents.astype(np.float32),
        severity=np.eye(5, dtype=np.float32)[severity],
        topics=np.array(topics, np.float32),
        topic_on=np.array(topics, np.bool_),
        intent_on=intents,
        polarity=np.full((n, 1, 3), 1 / 3, np.float32),
    )


EXAMPLES = Examples(
    (
        row(topics=(("refund", "neg", "退款"),)),
        row(sentiment="pos", intents=("praise",), severity=None),
        row(sentiment="pos", intents=("praise", "request"), severity="3", topics=(("lag", "neg", "卡"),)),
        row(sentiment="neu", intents=("question",), severity=None),
    ),
    LEAVES,
)


def test_figures_are_those_counted_by_hand():
    said = scores(
        sentiment=[0, 2, 2, 0],
        severity=[1, 4, 2, 0],
        topics=[[1, 0], [1, 0], [0, 0], [0, 0]],
        praise=[False, True, True, True],
    )
    found = figures(said, EXAMPLES)
    assert found["texts"] == 4
    assert found["topics F1"] == 0.5
    assert found["topics F1, mean of leaves"] == pytest.approx((2 / 3 + 0) / 2)
    assert found["sentiment accuracy"] == 0.75
    assert found["sentiment F1, mean"] == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert found["severity accuracy"] == 0.5
    assert found["severity accuracy, with none"] == 0.5
    assert found["praise F1"] == pytest.approx(4 / 5)
    assert found["request F1"] == 0
    assert "bug F1" not in found, "no text of this set is a bug"


class Silent:
    """Says the same of every text."""

    def scores(self, texts):
        n = len(texts)
        return scores(sentiment=[0] * n, severity=[4] * n, topics=[[0, 0]] * n, praise=[False] * n)


def test_sets_are_measured_together_and_apart():
    texts = {"taptap": 40, "weibo_kw": 35, "written": 30, "alipay": 3}
    rows = [row(source=source) for source, count in texts.items() for _ in range(count)]
    found = by_set(Silent(), Examples(tuple(rows), LEAVES))
    counted = {name: each["texts"] for name, each in found.items()}
    assert counted == {"all real": 78, "apps": 43, "taptap": 40, "weibo_kw": 35, "written": 30}


def test_the_first_of_equal_texts_counts_and_texts_are_masked(tmp_path):
    fields = {"sentiment": "neg", "intents": ["bug"], "severity": "1", "topics": [], "set": "taptap"}
    texts = ["打不开 13812345678", "打不开13812345678", "别的"]
    for name, sentiment in (("a.jsonl", "neg"), ("b.jsonl", "pos")):
        lines = [json.dumps(fields | {"id": t, "text": t, "sentiment": sentiment}) for t in texts]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    examples = gather([tmp_path / "a.jsonl", tmp_path / "b.jsonl"], LEAVES)
    assert [one.text for one in examples.rows] == ["打不开 13812345678", "别的"]
    assert {one.sentiment for one in examples.rows} == {"neg"}
    assert "13812345678" not in examples.texts[0]
    assert len(examples.texts[0]) == len("打不开 13812345678")


def test_a_label_that_cannot_be_read_names_its_line(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad\.jsonl:1"):
        gather([tmp_path / "bad.jsonl"], LEAVES)


def test_evidence_is_quoted_once_with_all_it_shows():
    said = row(
        "又卡又不退款，卡死",
        topics=(
            ("lag", "neg", "卡"),
            ("refund", "neu", "不退款"),
            ("refund", "pos", "卡"),
            ("lag", "neg", "没有"),
        ),
    )
    quoted = evidence(Examples((said,), LEAVES))
    assert quoted.texts == ["卡", "不退款"]
    assert quoted.topics.tolist() == [[True, True], [True, False]]
    assert quoted.polarity.tolist() == [[True, False, True], [False, True, False]]


def test_the_taxonomy_teaches_triggers_and_hard_negatives():
    taxonomy = load_taxonomy()
    leaves = [leaf.id for leaf in taxonomy.leaves]
    known = lexicon(taxonomy, leaves)
    named = dict(zip(known.texts, known.topics, strict=True))
    assert named["自动续费"][leaves.index("auto_renew")]
    assert not named["两个人三观不兼容"].any()
    assert not known.polarity.any()


def test_the_table_shows_model_and_baseline_side_by_side():
    measured = {
        "linear": {"apps": {"texts": 3, "topics F1": 0.7312, "bug F1": 0.5}},
        "baseline": {"apps": {"texts": 3, "topics F1": 0.69}},
    }
    table = card.table(measured)
    assert "| apps | 3 | .731 / .690 | – / – |" in table
    assert "| bug | .500 / – |" in table


def test_without_a_card_only_the_metrics_are_written(tmp_path):
    card.write(tmp_path, {"linear": {"apps": {"texts": 3}}}, fingerprint="abc", size=9)
    assert [path.name for path in tmp_path.iterdir()] == [card.METRICS]
    assert json.loads((tmp_path / card.METRICS).read_text())["fingerprint"] == "abc"
