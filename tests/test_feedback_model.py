"""The words: what they refuse, what corrections do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from feedback.model import Document, Feedback, Match, Observation, Run, Tag, Verdict

AT = datetime(2026, 11, 1, tzinfo=UTC)
OBSERVATION = {"id": "weibo:1", "platform": "weibo", "via": "weibo_search", "text": "卡", "seen_at": AT}


def document(*tags: Tag, verdicts: tuple[Verdict, ...] = ()) -> Document:
    said = Feedback(
        id="weibo:1", platform="weibo", via="v", text="卡", matches=(), said_at=AT, first_seen_at=AT, at=AT, revision="r1"
    )  # fmt: skip
    return Document(seq=1, feedback=said, tags=tags, verdicts=verdicts)


def verdict(facet: str, label: str, action: str = "add", revision: str = "r1") -> Verdict:
    fields = {"id": "weibo:1", "revision": revision, "facet": facet, "label": label}
    return Verdict.model_validate(fields | {"action": action, "who": "me", "at": AT})


def shown(found: Document) -> set[str]:
    return {
        f"{tag.facet}:{tag.label}" + (f"|{tag.polarity}" if tag.polarity else "") for tag in found.effective
    }


def test_instants_are_aware_and_become_utc():
    there = timezone(timedelta(hours=8))
    one = Observation.model_validate(OBSERVATION | {"seen_at": datetime(2026, 11, 1, 8, tzinfo=there)})
    assert one.seen_at == AT
    assert one.seen_at.tzinfo is UTC
    assert Observation.model_validate_json(one.model_dump_json()).seen_at.tzinfo is UTC
    with pytest.raises(ValidationError, match="zone"):
        Observation.model_validate(OBSERVATION | {"seen_at": datetime(2026, 11, 1)})


@pytest.mark.parametrize(
    "wrong",
    [{"rating": 0}, {"rating": 6}, {"kind": "shout"}, {"quality": "ok"}, {"colour": 1}],
    ids=str,
)  # fmt: skip
def test_what_an_observation_refuses(wrong):
    with pytest.raises(ValidationError):
        Observation.model_validate(OBSERVATION | wrong)


def test_half_an_emoji_is_dropped_wherever_it_may_stand():
    halves = dict.fromkeys(
        ("text", "device", "os", "app_version", "url", "thread", "parent", "id"), "好\ud83d"
    )
    one = Observation.model_validate(OBSERVATION | halves | {"reply": {"text": "回\udc00复"}})
    assert (one.text, one.device, one.id) == ("好", "好", "好")
    assert one.reply is not None
    assert one.reply.text == "回复"
    assert Observation.model_validate_json(one.model_dump_json()) == one


def test_nothing_changes_after_it_was_made():
    one = Observation.model_validate(OBSERVATION)
    with pytest.raises(ValidationError, match="frozen"):
        one.text = "别的"  # type: ignore[misc]


def test_products_are_sorted_and_counted_once():
    matches = tuple(Match(product=name, target="t", via="v") for name in ("b", "a", "b"))
    found = document().feedback.model_copy(update={"matches": matches})
    assert found.products == ("a", "b")


TOPIC = Tag(facet="topic", label="lag", polarity="neg", start=0, end=1)
OTHER = Tag(facet="topic", label="lag", polarity="pos")
SENTIMENT = Tag(facet="sentiment", label="neg")
BUG = Tag(facet="intent", label="bug")


@pytest.mark.parametrize(
    ("verdicts", "effective"),
    [
        ([], {"topic:lag|neg", "topic:lag|pos", "sentiment:neg", "intent:bug"}),
        ([verdict("topic", "lag|neg", "remove")], {"topic:lag|pos", "sentiment:neg", "intent:bug"}),
        ([verdict("topic", "lag", "remove")], {"sentiment:neg", "intent:bug"}),
        ([verdict("topic", "ads|neg")], {"topic:lag|neg", "topic:lag|pos", "topic:ads|neg", "sentiment:neg", "intent:bug"}),
        ([verdict("sentiment", "pos")], {"topic:lag|neg", "topic:lag|pos", "sentiment:pos", "intent:bug"}),
        ([verdict("intent", "praise")], {"topic:lag|neg", "topic:lag|pos", "sentiment:neg", "intent:bug", "intent:praise"}),
        (
            [verdict("topic", "lag", "remove"), verdict("topic", "lag|neu")],
            {"topic:lag|neu", "sentiment:neg", "intent:bug"},
        ),
        ([verdict("topic", "lag", "remove", revision="r0")], {"topic:lag|neg", "topic:lag|pos", "sentiment:neg", "intent:bug"}),
    ],
    ids=range(8),
)  # fmt: skip
def test_corrections(verdicts, effective):
    assert shown(document(TOPIC, OTHER, SENTIMENT, BUG, verdicts=tuple(verdicts))) == effective


def test_adding_what_is_there_makes_it_a_persons_word():
    found = document(TOPIC, verdicts=(verdict("topic", "lag|neg"),)).effective
    assert [(tag.label, tag.why, tag.start) for tag in found] == [("lag", "verdict", None)]


@pytest.mark.parametrize("label", ["lag|bad", "lag|", "|neg", "", "a|neg|pos", "\ud800"])
def test_a_verdict_that_could_not_be_read_back_is_refused(label):
    with pytest.raises(ValidationError):
        verdict("topic", label)


def test_noise_follows_corrections():
    assert not document(BUG).is_noise
    assert document(Tag(facet="intent", label="advert")).is_noise
    corrected = document(
        Tag(facet="intent", label="advert"), verdicts=(verdict("intent", "advert", "remove"),)
    )
    assert not corrected.is_noise


@pytest.mark.parametrize(
    ("stop", "is_complete"),
    [
        ("watermark", True), ("end", True), ("empty_verified", True), ("capped", False), ("blocked", False), ("changed", False),
        ("empty_unverified", False), ("repeat_page", False), ("failed", False), ("killed", False), ("running", False),
    ],
)  # fmt: skip
def test_only_some_ends_finish_a_run(stop, is_complete):
    run = Run(id="r", source="s", product="p", target="t", started_at=AT, stop=stop)
    assert run.is_complete is is_complete
