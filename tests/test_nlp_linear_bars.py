"""What the shipped weights must reach, on written texts that no training saw. A little below what was measured."""

from importlib.resources import files
from pathlib import Path

import pytest

from nlp.linear.examples import gather
from nlp.linear.measure import figures
from nlp.linear.model import LinearModel


@pytest.fixture(scope="module")
def measured():
    model = LinearModel.load()
    labels = Path(str(files("nlp.data").joinpath("labels_written.jsonl.gz")))
    unseen = gather([labels], model.leaves).of_side("test")
    return figures(model.scores(unseen.texts), unseen)


def test_the_sample_is_large_enough_to_say_something(measured):
    assert measured["texts"] == 396


@pytest.mark.parametrize(
    ("figure", "at_least"),
    [
        ("topics F1", 0.44),
        ("topics F1, mean of leaves", 0.41),
        ("sentiment accuracy", 0.79),
        ("sentiment F1, mean", 0.62),
        ("severity accuracy", 0.60),
        ("bug F1", 0.55),
        ("complaint F1", 0.71),
        ("request F1", 0.70),
        ("praise F1", 0.54),
    ],
    ids=lambda value: value.replace(" ", "_").replace(",", "") if isinstance(value, str) else "",
)
def test_the_shipped_weights_reach(measured, figure, at_least):
    assert measured[figure] >= at_least
