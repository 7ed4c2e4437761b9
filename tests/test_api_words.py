"""What pages say: every word in both languages, every word used, none missing; labels for every closed value."""

import re
from pathlib import Path

import pytest

import api
from api.coverage import STOPS
from api.pages import words
from feedback.model import INTENTS, SENTIMENTS, SEVERITIES, Run
from feedback.query import LISTS, UNTAGGED

HOUSE = Path(api.__file__).parent
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HOUSE.glob("templates/*.html")))
PAGES = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(HOUSE.glob("pages/*.py")) if path.name != "words.py"
)
SPOKEN = re.findall(r"\b(?:t|both)\(\"([a-z_0-9]+)\"", TEMPLATES)

COMPOSED = {
    *LISTS, "day", "week", "month", "live", "backfill",
    *(key for key in words.WORDS if key.startswith(("noise_", "quick_"))),
}  # fmt: skip
"""Said by a name that is a value: t(facet), t(chart.interval), t("noise_" ~ noise)."""


def test_every_word_a_template_says_is_there():
    assert len(set(SPOKEN)) > 80
    assert set(SPOKEN) - {"noise_", "quick_"} <= set(words.WORDS)


@pytest.mark.parametrize("key", sorted(set(words.WORDS) - COMPOSED))
def test_every_word_is_said_somewhere(key):
    assert re.search(rf"[\"']{key}[\"']", TEMPLATES + PAGES)


@pytest.mark.parametrize(("key", "pair"), words.WORDS.items())
def test_every_word_is_there_in_both_languages(key, pair):
    chinese, english = pair
    assert re.search("[一-鿿]", chinese) or key in ("api",)
    assert not re.search("[一-鿿]", english.replace("更新后 闪退", "").replace("退款", ""))
    assert re.findall(r"{\w+}", chinese) == re.findall(r"{\w+}", english)


@pytest.mark.parametrize(
    ("facet", "values"),
    [("sentiment", (*SENTIMENTS, UNTAGGED)), ("intent", INTENTS), ("severity", SEVERITIES)],
)
def test_every_closed_value_has_a_label(facet, values):
    assert set(words.LABELS[facet]) == set(values)
    assert all(words.label("zh", facet, value) != value for value in values)


def test_a_value_without_a_label_is_its_own():
    assert words.label("zh", "platform", "newstore") == "newstore"


def test_every_end_of_a_run_has_words():
    stops = Run.model_fields["stop"].annotation.__args__
    assert set(STOPS) == set(stops)


def test_values_are_filled_in():
    assert words.say("zh", "pending", n=3) == "尚有 3 条改动未入索引"
    assert words.say("en", "stars", n=2) == "2 stars"
