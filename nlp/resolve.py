"""From everything the taggers said to the tags that are stored: a pure function, the last step.

It alone decides between contradicting statements; taggers never look at its result.
"""

from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter

from feedback.model import NOISE_INTENTS, Tag
from nlp.tagger import Statement

RESOLVE_VERSION = "1"
"""Part of the pipeline's fingerprint."""

SOUND_INTENTS = NOISE_INTENTS | {"praise"}
"""A text with no other intent tells no problem."""

MOST_TOPICS = 4

_TAGS = TypeAdapter(tuple[Tag, ...])
"""All tags of a text validated in one call: half the cost of one by one."""


def resolve(statements: Iterable[Statement]) -> tuple[Tag, ...]:
    """Sentiment, severity, intents, topics and entities, each as often as it may stand.

    Exactly one sentiment, at most one severity, at most four topics, at most one tag for each facet, label
    and polarity. Noise (advert, irrelevant, empty) stands alone: no other intent, no severity, no topic. What
    only praises has no severity either.
    """
    facets = _claims(tuple(statements))
    intents = _intents(facets.pop("intent", []))
    severity, topics = _best(facets.pop("severity", [])), _topics(facets.pop("topic", []))
    kept = [_best(facets.pop("sentiment", [])) or Statement("sentiment", "neu", score=0.0, why="default")]
    kept += intents
    if severity and _tells_a_problem(intents):
        kept.append(severity)
    if not any(one.label in NOISE_INTENTS for one in intents):
        kept += topics
    for name in sorted(facets):
        kept += _once(facets[name])
    return _TAGS.validate_python([_fields(one) for one in kept])


def _tells_a_problem(intents: Sequence[Statement]) -> bool:
    """Praise and noise have no severity. Where nobody spoke of intents, nothing speaks against one."""
    return not intents or any(one.label not in SOUND_INTENTS for one in intents)


def _claims(statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Facet → its claims that nobody vetoed. A veto without polarity stops them all."""
    vetoed = {one[:3] for one in statements if one.force == "veto"}
    facets: dict[str, list[Statement]] = {}
    for one in statements:
        if one.force != "claim":
            continue
        if vetoed and (one[:3] in vetoed or (one.facet, one.label, None) in vetoed):
            continue
        facets.setdefault(one.facet, []).append(one)
    return facets


def _best(claims: Sequence[Statement]) -> Statement | None:
    return max(claims, key=lambda one: (one.score, one.label), default=None)


def _once(claims: Sequence[Statement]) -> list[Statement]:
    """The strongest claim for each label and polarity, of equals the last: later taggers know more."""
    strongest: dict[tuple[str, str | None], Statement] = {}
    for one in claims:
        known = strongest.get((one.label, one.polarity))
        if known is None or one.score >= known.score:
            strongest[one.label, one.polarity] = one
    return list(strongest.values())


def _intents(claims: Sequence[Statement]) -> list[Statement]:
    intents = _once(claims)
    noise = [one for one in intents if one.label in NOISE_INTENTS]
    if not noise:
        return intents
    real = [one for one in intents if one.label not in NOISE_INTENTS]
    strongest = _best(noise)
    if strongest and all(strongest.score >= one.score for one in real):
        return [strongest]
    return real


def _topics(claims: Sequence[Statement]) -> list[Statement]:
    """The best topics. Who knows both place and polarity overrules who knows less.

    The model says "crash_launch" of a whole text; the triggers find 打不开, the evidence the mood of its
    clause: the last stands, with the highest score of all three.
    """
    by_label: dict[str, list[Statement]] = {}
    for one in claims:
        by_label.setdefault(one.label, []).append(one)
    kept = [one for same in by_label.values() for one in _merged(same)]
    return sorted(kept, key=lambda one: (-one.score, one.label, one.polarity or ""))[:MOST_TOPICS]


def _merged(same: list[Statement]) -> list[Statement]:
    """What is claimed of one leaf: from those who show a place, if any do; what they leave open from the rest."""
    if len(same) == 1:
        return same
    placed = [one for one in same if one.start is not None] or same
    sided = [one for one in placed if one.polarity] or placed
    polarity = next((one.polarity for one in same if one.polarity), None)
    score = max(one.score for one in same)
    why = "; ".join(dict.fromkeys(one.why for one in same if one.why))
    return _once(
        [
            Statement(one.facet, one.label, one.polarity or polarity, score, one.start, one.end, why)
            for one in sided
        ]
    )


def _fields(one: Statement) -> dict[str, object]:
    facet, label, polarity, score, start, end, why, _ = one
    return {
        "facet": facet,
        "label": label,
        "polarity": polarity,
        "score": score,
        "start": start,
        "end": end,
        "why": why,
    }
