"""Texts become rows of n-grams: folded as everywhere, each text by itself, nothing lost at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.text import fold
from nlp.linear.features import (
    LONGEST,
    Vocabulary,
    bucket_counts,
    clauses,
    letterless,
    occurrences,
    read,
)

TEXTS = ["更新后一直闪退，登录不上", "界面很好看！！", "iOS 8.0.2 用不了", "客服不理人。退款也不给。"]


@pytest.fixture(scope="module")
def vocabulary():
    buckets = np.flatnonzero(bucket_counts(TEXTS) > 0)
    return Vocabulary(buckets, np.linspace(0.5, 2, len(buckets), dtype=np.float32))


def pieces(stream):
    return ["".join(map(chr, stream.codes[stream.owners == piece])) for piece in range(stream.pieces)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("閃退ＡＢＣ！", "闪退abc!"),
        ("好  的\n\t吧", "好 的 吧"),
        ("哈哈哈哈哈哈", "哈哈哈"),
        ("!!!!?", "!!!?"),
        ("", ""),
        ("👍👍👍👍", "👍👍👍"),
    ],
    ids=["folded", "one space", "run of three", "signs", "nothing", "emoji"],
)
def test_a_text_is_folded_and_its_runs_are_cut(text, kept):
    assert pieces(read([text])) == [f"\x01{kept}\x01"]


@given(st.text(st.characters(blacklist_categories=["Cs", "Zs", "Cc"]), max_size=40))
def test_folding_is_the_one_of_the_kernel(text):
    assert pieces(read([text])) == pieces(read([fold(text)]))
    once = "".join(c for i, c in enumerate(fold(text)) if i == 0 or c != fold(text)[i - 1])
    assert pieces(read([once])) == [f"\x01{once}\x01"]


def test_a_run_does_not_reach_into_the_next_text():
    assert pieces(read(["哈哈哈", "哈哈哈"])) == ["\x01哈哈哈\x01"] * 2


def test_a_long_text_is_read_to_its_limit():
    assert len(read(["好坏" * 60_000]).codes) == LONGEST + 2


def test_half_a_surrogate_pair_is_read():
    assert pieces(read(["\ud83d坏"])) == ["\x01\ud83d坏\x01"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("界面好看，就是慢。", ["界面好看", "就是慢"]),
        ("很好 不错", ["很好", "不错"]),
        ("ios 8.0.2 不行,要1,000块", ["ios 8.0.2", "不行", "要1,000块"]),
        ("！！界面好看？！卡", ["界面好看", "卡"]),
        ("好看但卡", ["好看", "卡"]),
        ("只有一句。", []),
        ("。。。", []),
        ("", []),
    ],
    ids=["comma", "space", "numbers", "runs", "turn", "one clause", "breaks only", "empty"],
)
def test_clauses_of_a_text(text, parts):
    found, texts = clauses(read([text]))
    assert pieces(found) == [f"\x01{part}\x01" for part in parts]
    assert texts.tolist() == [0] * len(parts)


def test_clauses_know_their_text():
    found, texts = clauses(read(["。", "甲，乙", "", "一句", "丙。丁。"]))
    assert pieces(found) == ["\x01甲\x01", "\x01乙\x01", "\x01丙\x01", "\x01丁\x01"]
    assert texts.tolist() == [1, 1, 4, 4]


@given(st.lists(st.text("好坏，。 a1.但", max_size=12), max_size=6))
def test_clauses_of_a_batch_are_those_of_its_texts(batch):
    together, texts = clauses(read(batch))
    apart = [pieces(clauses(read([text]))[0]) for text in batch]
    assert pieces(together) == [part for parts in apart for part in parts]
    assert np.bincount(texts, minlength=len(batch)).tolist() == [len(parts) for parts in apart]


def test_no_n_gram_crosses_two_texts():
    def grams(texts):
        return sorted(bucket for _, buckets in occurrences(read(texts)) for bucket in buckets.tolist())

    assert grams(["甲乙", "丙"]) == sorted(grams(["甲乙"]) + grams(["丙"]))
    assert len(grams(["甲乙"])) == 4 + 3 + 2 + 1


def test_documents_are_counted_not_occurrences():
    counts = bucket_counts(["好好", "好"])
    assert counts.max() == 2
    assert bucket_counts([]).sum() == 0


def test_rows_have_length_one_and_ascending_columns(vocabulary):
    matrix = vocabulary.matrix(read(TEXTS))
    assert np.sqrt((matrix * matrix).sum(axis=1)) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert matrix.has_sorted_indices
    assert matrix.dtype == np.float32


def test_a_text_of_unknown_n_grams_is_a_row_of_zeros(vocabulary):
    known = np.flatnonzero(bucket_counts(["甲乙"]) & (bucket_counts(["丙丁"]) == 0))
    only = Vocabulary(known, np.ones(len(known), np.float32))
    assert only.matrix(read(["丙丁", "甲乙"])).sum(axis=1).tolist()[0] == 0
    assert only.matrix(read([])).shape == (0, len(known))


@given(st.lists(st.sampled_from([*TEXTS, "", "👍", "更新更新更新更新"]), min_size=1, max_size=6))
def test_a_row_does_not_depend_on_its_batch(vocabulary, batch):
    together = vocabulary.matrix(read(batch)).toarray()
    apart = np.vstack([vocabulary.matrix(read([text])).toarray() for text in batch])
    assert np.array_equal(together, apart)


def test_which_texts_say_nothing():
    texts = ["", "。！", "👍👍", "[]", "好", "a", "1", "𠮷", "  \n"]
    assert letterless(read(texts)).tolist() == [True, True, True, True, False, False, False, False, True]
