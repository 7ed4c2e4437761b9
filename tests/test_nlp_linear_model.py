"""The shipped model: what it gives, what it refuses to load."""

import hashlib
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.project import load_taxonomy
from feedback.errors import ModelError
from nlp.linear import features
from nlp.linear.model import INTENTS, SENTIMENTS, SEVERITIES, SHIPPED, LinearModel, decided
from nlp.linear.weights import columns

SAID = [
    "更新后一直闪退，登录不上，垃圾",
    "很好用，推荐给大家",
    "希望增加深色模式",
    "",
    "👍👍👍",
    "……",
    "a",
    "闪退" * 50_000,
    "\ud83d\x00\u200b",
    "Great app but it crashes, please fix",
]


@pytest.fixture(scope="module")
def model():
    return LinearModel.load()


def arrays(scores):
    return {name: getattr(scores, name) for name in scores.__dataclass_fields__}


def test_shapes_and_types(model):
    scores, n, leaves = model.scores(SAID), len(SAID), len(model.leaves)
    shapes = {name: array.shape for name, array in arrays(scores).items()}
    assert shapes == {
        "sentiment": (n, 4),
        "intents": (n, 9),
        "severity": (n, 5),
        "topics": (n, leaves),
        "topic_on": (n, leaves),
        "intent_on": (n, 9),
        "polarity": (n, 1, 3),
    }
    for name, array in arrays(scores).items():
        assert array.dtype == (np.bool_ if name.endswith("_on") else np.float32), name
        assert np.isfinite(array).all(), name
        assert array.min() >= 0, name
        assert array.max() <= 1, name


def test_no_texts_give_no_rows(model):
    assert all(len(array) == 0 for array in arrays(model.scores([])).values())


def test_one_of_several_adds_up_to_one(model):
    scores = model.scores(SAID)
    for shares in (scores.sentiment, scores.severity, scores.polarity[:, 0]):
        assert shares.sum(axis=1) == pytest.approx(np.ones(len(SAID)), abs=1e-5)


def test_what_plain_sentences_say(model):
    scores = model.scores(SAID[:3])
    assert [SENTIMENTS[best] for best in scores.sentiment.argmax(axis=1)] == ["neg", "pos", "neu"]
    assert scores.intent_on[:, [INTENTS.index(i) for i in ("bug", "praise", "request")]].diagonal().all()
    assert SEVERITIES[scores.severity[0].argmax()] in ("0", "1")
    leaves = [{model.leaves[column] for column in np.flatnonzero(row)} for row in scores.topic_on]
    assert {"login_fail", "regression_update"} <= leaves[0]
    assert leaves[1] == set()
    assert "theme_font" in leaves[2]


def test_the_leaves_are_those_of_the_taxonomy(model):
    assert set(model.leaves) == {
        leaf.id for leaf in load_taxonomy().leaves if leaf.top and leaf.id[:2] != "x_"
    }


def test_a_text_without_a_letter_is_empty_and_has_no_topic(model):
    scores = model.scores(["", "👍👍", "。。。", "！？"])
    assert scores.intent_on[:, INTENTS.index("empty")].all()
    assert scores.intent_on.sum() == 4
    assert not scores.topic_on.any()


def test_traditional_reads_as_simplified(model):
    simplified, traditional = model.scores(["闪退，登录不上"]), model.scores(["閃退，登錄不上"])
    assert np.array_equal(simplified.topics, traditional.topics)
    assert simplified.topics.max() > 0.5


@given(st.lists(st.sampled_from(SAID) | st.text(max_size=30), min_size=2, max_size=12))
@settings(max_examples=60)
def test_a_batch_gives_exactly_what_its_texts_give(model, batch):
    together = arrays(model.scores(batch))
    for row, text in enumerate(batch):
        for name, alone in arrays(model.scores([text])).items():
            assert np.array_equal(together[name][row], alone[0]), name


def test_a_batch_over_several_chunks_is_the_same(model, monkeypatch):
    texts = [f"第{number}次闪退，客服不理" for number in range(50)]
    whole = arrays(model.scores(texts))
    monkeypatch.setattr("nlp.linear.model.CHUNK", 7)
    for name, array in arrays(model.scores(texts)).items():
        assert np.array_equal(whole[name], array), name
    assert features.CHUNK > 50


@given(st.lists(st.floats(-6, 6), min_size=9, max_size=9), st.booleans())
def test_noise_stands_alone_and_something_is_always_meant(logits, silent):
    row = np.zeros((1, columns("topics").start + 1), np.float32)
    row[0, columns("intents")] = logits
    edge = np.full(9, 0.5, np.float32)
    scores = decided(row, np.array([silent]), intent_from=edge, topic_from=np.array([0.5], np.float32))
    on = {INTENTS[column] for column in np.flatnonzero(scores.intent_on[0])}
    assert on
    assert len(on) == 1 or not on & {"advert", "irrelevant", "empty"}
    assert on == {"empty"} or not silent


def test_the_fingerprint_is_that_of_the_file(model, tmp_path):
    copy = tmp_path / "copy.bin"
    shutil.copyfile(SHIPPED, copy)
    assert LinearModel.load(copy).fingerprint == model.fingerprint
    assert len(model.fingerprint) == 12


def test_the_file_is_small_enough_to_travel():
    assert 1_000_000 < SHIPPED.stat().st_size <= 15_000_000


def _flipped(content):
    return content[:-100] + bytes([content[-100] ^ 1]) + content[-99:]


def _of_format_9(content):
    body = (9).to_bytes(2, "big") + content[50:]
    return content[:16] + hashlib.sha256(body).digest() + body


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_flipped, "damaged"),
        (lambda content: content[: len(content) // 2], "damaged"),
        (lambda content: b"PK" + content, "no linear model"),
        (lambda content: b"", "no linear model"),
        (_of_format_9, "format 9"),
    ],
    ids=["one bit", "half a file", "another file", "empty", "newer format"],
)
def test_a_damaged_file_is_refused_in_words(tmp_path, damage, said):
    path = tmp_path / "weights.bin"
    path.write_bytes(damage(SHIPPED.read_bytes()))
    with pytest.raises(ModelError, match=said) as refused:
        LinearModel.load(path)
    assert "nlp.linear.train" in refused.value.hint
    assert str(tmp_path) not in refused.value.message


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        LinearModel.load(tmp_path / "none.bin")
