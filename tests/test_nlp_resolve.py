"""From contradicting statements to the tags that stand."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.model import INTENTS, NOISE_INTENTS, SENTIMENTS, SEVERITIES, Tag
from nlp.resolve import MOST_TOPICS, resolve
from nlp.tagger import SIDES, Statement

LEAVES = ("crash_launch", "lag", "price", "redesign", "refund", "login_fail", "popup")


def spans():
    return st.one_of(st.just((None, None)), st.tuples(st.integers(0, 5), st.integers(6, 9)))


NO_SIDE = st.none()


def statements_of(facet, labels, polarities=NO_SIDE):
    return st.builds(
        lambda label, polarity, score, span, force: Statement(
            facet, label, polarity, score, *span, "somebody", force
        ),
        st.sampled_from(labels),
        polarities,
        st.floats(0, 1),
        spans(),
        st.sampled_from(("claim", "claim", "claim", "hint", "veto")),
    )


anything = st.lists(
    st.one_of(
        statements_of("sentiment", SENTIMENTS),
        statements_of("intent", INTENTS),
        statements_of("severity", SEVERITIES),
        statements_of("topic", LEAVES, st.sampled_from((None, *SIDES))),
        statements_of("entity.device", ("iPhone 15", "iPad")),
        statements_of("lang", ("zh", "en")),
    ),
    max_size=30,
)


def labels(tags: tuple[Tag, ...], facet: str) -> list[str]:
    return [tag.label for tag in tags if tag.facet == facet]


@given(anything)
def test_any_statements_give_tags_that_may_stand_together(said):
    tags = resolve(said)
    assert len(labels(tags, "sentiment")) == 1
    assert len(labels(tags, "severity")) <= 1
    assert len(labels(tags, "topic")) <= MOST_TOPICS
    assert max(Counter((tag.facet, tag.label, tag.polarity) for tag in tags).values()) == 1
    noise = NOISE_INTENTS.intersection(labels(tags, "intent"))
    if noise:
        assert len(labels(tags, "intent")) == 1
        assert not labels(tags, "topic")
        assert not labels(tags, "severity")


@given(anything)
def test_tags_are_valid_and_say_only_what_was_claimed(said):
    claimed = {(one.facet, one.label) for one in said if one.force == "claim"}
    vetoed = {one[:2] for one in said if one.force == "veto" and one.polarity is None}
    for tag in resolve(said):
        assert Tag.model_validate(tag.model_dump()) == tag
        if tag.why != "default":
            assert (tag.facet, tag.label) in claimed - vetoed


@given(anything)
def test_resolving_twice_is_the_same(said):
    assert resolve(said) == resolve(list(said))


@given(anything)
def test_hints_alone_change_nothing(said):
    assert resolve(said) == resolve([one for one in said if one.force != "hint"])


def test_nothing_said_is_a_neutral_text():
    assert [(tag.facet, tag.label, tag.score) for tag in resolve(())] == [("sentiment", "neu", 0.0)]


def test_strongest_sentiment_and_severity_stand():
    said = [
        Statement("sentiment", "neg", score=0.4),
        Statement("sentiment", "pos", score=0.6),
        Statement("severity", "0", score=0.3),
        Statement("severity", "2", score=0.5),
    ]
    tags = resolve(said)
    assert (labels(tags, "sentiment"), labels(tags, "severity")) == (["pos"], ["2"])


@pytest.mark.parametrize(
    ("advert", "complaint", "kept"),
    [(0.99, 0.8, ["advert"]), (0.6, 0.8, ["complaint", "praise"])],
    ids=["noise stronger", "noise weaker"],
)
def test_noise_stands_alone_or_falls(advert, complaint, kept):
    said = [
        Statement("intent", "advert", score=advert),
        Statement("intent", "complaint", score=complaint),
        Statement("intent", "praise", score=0.7),
        Statement("topic", "price", "neg", 0.9),
        Statement("severity", "2", score=0.9),
    ]
    tags = resolve(said)
    assert labels(tags, "intent") == kept
    assert bool(labels(tags, "topic")) == (kept != ["advert"])


def topic(polarity=None, score=0.9, start=None, end=None, why="", force="claim"):
    return Statement("topic", "lag", polarity, score, start, end, why, force)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([topic("neg")], [("neg", None, None)]),
        ([topic("neg"), topic(None, start=2, end=4)], [("neg", 2, 4)]),
        ([topic("neg"), topic("pos", start=2, end=4)], [("pos", 2, 4)]),
        ([topic("neg"), topic(None, start=2, end=4), topic("pos", start=1, end=5)], [("pos", 1, 5)]),
        ([topic("neg", start=0, end=2), topic("pos", start=4, end=6)], [("neg", 0, 2), ("pos", 4, 6)]),
        ([topic("neg"), topic(force="veto")], []),
        ([topic("neg", start=0, end=2), topic("neg", force="veto"), topic("pos", start=4, end=6)], [("pos", 4, 6)]),
        ([topic("neg", force="hint")], []),
    ],
    ids=["model alone", "a place is added", "a place overrules", "fuller stands", "both sides", "veto", "veto of a side", "hint"],
)  # fmt: skip
def test_one_topic_said_by_several(said, expected):
    found = [(tag.polarity, tag.start, tag.end) for tag in resolve(said) if tag.facet == "topic"]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_topic_keeps_the_highest_score_and_all_reasons():
    said = [topic("neg", 0.9, why="linear 0.90"), topic("pos", 0.3, 0, 2, why="phrase 卡顿")]
    tag = resolve(said)[-1]
    assert (tag.score, tag.why) == (0.9, "linear 0.90; phrase 卡顿")


def test_the_weakest_of_five_topics_falls():
    said = [Statement("topic", leaf, "neg", score / 10) for score, leaf in enumerate(LEAVES[:5], 1)]
    assert labels(resolve(said), "topic") == list(reversed(LEAVES[1:5]))


@pytest.mark.parametrize(
    ("intents", "expected"),
    [
        ((), ["2"]),
        (("praise",), []),
        (("praise", "complaint"), ["2"]),
        (("request",), ["2"]),
        (("empty",), []),
    ],
    ids=["unknown", "praise only", "praise and complaint", "request", "noise"],
)
def test_only_a_problem_has_a_severity(intents, expected):
    said = [Statement("intent", intent, score=0.8) for intent in intents]
    assert labels(resolve([*said, Statement("severity", "2", score=0.9)]), "severity") == expected
