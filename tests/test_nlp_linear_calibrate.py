"""Calibration: lines, blends and thresholds on numbers made for the purpose."""

import numpy as np
import pytest
from scipy.special import expit

from nlp.linear.calibrate import blend, calibration, f1, one_threshold, thresholds

RANDOM = np.random.default_rng(5)


def test_calibration_finds_the_line_the_truth_was_drawn_from():
    logits = RANDOM.normal(0, 2, (1, 20_000, 2))
    true = RANDOM.random((20_000, 2)) < expit(0.5 * logits[0] - 1)
    slopes, offsets = calibration(logits, true)
    assert slopes == pytest.approx([0.5, 0.5], abs=0.05)
    assert offsets == pytest.approx([-1, -1], abs=0.08)


def test_a_column_of_few_examples_stays_with_its_group():
    logits = RANDOM.normal(0, 2, (1, 2_000, 1)).repeat(2, axis=2)
    common = RANDOM.random(2_000) < expit(logits[0, :, 0])
    rare = np.zeros(2_000, np.bool_)
    rare[logits[0, :, 0].argmax()] = True
    slopes, _ = calibration(logits, np.stack([common, rare], axis=1))
    assert slopes[1] < 3, "one example alone would ask for an endless slope"


def test_two_inputs_share_the_say():
    inputs = RANDOM.normal(0, 2, (2, 20_000, 1))
    true = RANDOM.random((20_000, 1)) < expit(0.8 * inputs[0] + 0.2 * inputs[1])
    assert calibration(inputs, true)[:, 0] == pytest.approx([0.8, 0.2, 0], abs=0.06)


def test_an_input_never_counts_against_itself():
    inputs = RANDOM.normal(0, 2, (1, 5_000, 1))
    true = RANDOM.random((5_000, 1)) < expit(-inputs[0])
    assert calibration(inputs, true)[0, 0] == 0


def test_a_blend_sees_that_both_columns_are_high():
    logits = RANDOM.normal(0, 2, (4_000, 2))
    praised, blamed = (logits > 0).T
    kind = np.where(praised & blamed, 3, np.where(praised, 2, np.where(blamed, 0, 1)))
    mixing, bias = blend(logits, np.eye(4, dtype=bool)[kind], strength=10)
    assert ((logits @ mixing + bias).argmax(axis=1) == kind).mean() > 0.9


def test_emphasis_lets_a_rare_class_be_said_more_often():
    logits = RANDOM.normal(0, 1, (3_000, 1))
    rare = RANDOM.random(3_000) < 0.15 * expit(logits[:, 0])
    targets = np.stack([~rare, rare], axis=1)
    plain, heard = (blend(logits, targets, strength=1, emphasis=emphasis)[1] for emphasis in ((1, 1), (1, 4)))
    assert heard[1] - heard[0] > plain[1] - plain[0] + 1


@pytest.mark.parametrize("seen", [1, 2, 3], ids=["one class", "two classes", "three of four"])
def test_a_class_never_seen_is_never_chosen(seen):
    logits = RANDOM.normal(0, 1, (300, 2))
    kind = np.arange(300) % seen + 1
    mixing, bias = blend(logits, np.eye(4, dtype=bool)[kind], strength=1)
    chosen = (logits @ mixing + bias).argmax(axis=1)
    assert set(chosen) <= set(kind)
    assert bias[0] == -12


def test_the_threshold_is_where_f1_is_best():
    chances = np.array([[0.2], [0.3], [0.45], [0.6], [0.9]])
    true = np.array([[False], [False], [True], [True], [True]])
    assert 0.3 < one_threshold(chances, true) <= 0.45


def test_a_column_of_few_examples_shares_the_threshold():
    chances = np.array([[0.2, 0.9], [0.3, 0.1], [0.45, 0.1], [0.6, 0.1]])
    true = np.array([[False, True], [False, False], [True, False], [True, False]])
    own, shared = thresholds(chances, true, enough=2)
    assert 0.3 < own <= 0.45
    assert shared == one_threshold(chances, true)


@pytest.mark.parametrize(
    ("said", "true", "expected"),
    [([1, 1, 0], [1, 0, 1], 0.5), ([0, 0, 0], [0, 0, 0], 0), ([1, 1, 1], [1, 1, 1], 1)],
    ids=["half", "nothing", "all"],
)
def test_f1(said, true, expected):
    assert f1(np.array([said], np.bool_), np.array([true], np.bool_)) == expected
