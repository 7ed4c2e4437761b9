"""Where in the text a topic is said, and how it is meant there.

Takes the topics that others claimed and reads the clauses one by one with the linear model. A topic whose
phrase was found gets that phrase with the words it needs; any other the stretch that speaks for it most; a
topic of open polarity that of its clause, weighed with the whole text's. Adds no topic of its own.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from feedback.model import SENTIMENTS
from nlp.clauses import Span, clauses
from nlp.tagger import SIDES, Item, Setup, Statement
from nlp.taggers.linear import shared_model

Mood = tuple[float, float, float]
"""How likely neg, neu, pos."""

# Measured against marked evidence: whole short clauses, else 5 characters around a phrase or 7 without one.
SHORT = 8
"""A clause no longer than this is evidence as a whole."""
PHRASE = 5
WINDOW = 7
_WORD = re.compile(r"[a-z0-9]{2,}")
PARTICLES = frozenset("的了吗呢吧啊呀么着得地们里")
LOOSE = PARTICLES | frozenset("就也都很太是在和被把又还更最什怎这那我你他有到然给让从与及等个，")
LOOSE_END = LOOSE | frozenset("不没")
"""Evidence that was widened neither begins nor ends with one of these: they belong to the next word."""
MOST_CLAUSES = 64
"""Of a very long text only the first clauses are read."""
LONGEST = 120
"""Of a clause without end only this much."""
OF_TEXT = 0.6
"""Weight of the whole text's mood against that of the clause."""
PLAIN = 0.75
"""A text whose mood is this certain needs no second look at the clauses: measured, none was mended by it."""
MIXED = 0.6
"""How much of a stretch that is both counts for neg; the rest for pos."""

NOWHERE = Span(0, 0)


@dataclass(slots=True)
class Claim:
    """A claimed topic on its way to a place."""

    row: int
    topic: Statement
    column: int | None
    """Of the leaf in the model; None if the model never learnt it."""
    mood: Mood
    """Of the whole text, then also of the clause."""
    clause: Span = NOWHERE
    at: int = 0
    """Number of that clause in its text."""
    is_alone: bool = False
    """That clause is all of its text."""
    place: Span = NOWHERE

    @property
    def is_settled(self) -> bool:
        return self.topic.start is not None and self.topic.polarity is not None

    @property
    def is_open(self) -> bool:
        """Whether the model must read the clauses: for the place, or for a polarity that is not plain."""
        has_clause = self.topic.start is not None or self.is_alone
        return not has_clause or not (self.is_settled or max(self.mood) >= PLAIN)


class Evidence:
    name = "evidence"
    version = "1"
    needs = frozenset({"topic", "topic.phrase", "sentiment"})
    gives = frozenset({"topic.place"})

    def __init__(self, setup: Setup) -> None:
        self._model = shared_model(setup.model)
        current = ((setup.taxonomy.current(leaf), column) for column, leaf in enumerate(self._model.leaves))
        self._columns = {leaf.id: column for leaf, column in current if leaf}

    def fingerprint(self) -> str:
        return self._model.fingerprint

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        statements: list[list[Statement]] = [[] for _ in batch]
        spans: dict[int, list[Span]] = {}
        claims = []
        for row, known in enumerate(said):
            for claim in self._claims(row, known):
                found = spans.get(row) or spans.setdefault(row, _clauses(batch[row].folded))
                claim.at = _containing(found, claim.topic.start or 0)
                claim.clause, claim.is_alone = found[claim.at], len(found) == 1
                claims.append(claim)
        self._read(batch, [claim for claim in claims if claim.is_open], spans)
        for claim in claims:
            claim.place = _place(batch[claim.row].folded, claim)
        self._narrow(batch, claims)
        for claim in claims:
            statements[claim.row].append(_settled(claim))
        return statements

    def _claims(self, row: int, known: Sequence[Statement]) -> Iterator[Claim]:
        """The topics claimed for one item, each once: by the one who shows a phrase, if one does."""
        best: dict[str, Statement] = {}
        for one in known:
            if one.facet == "topic" and one.force == "claim":
                before = best.get(one.label)
                if before is None or before.start is None:
                    best[one.label] = one
        if best:
            mood = _text_mood(known)
            for one in best.values():
                yield Claim(row, one, self._columns.get(one.label), mood)

    def _read(
        self, batch: Sequence[Item], claims: Sequence[Claim], spans: Mapping[int, Sequence[Span]]
    ) -> None:
        """Let the model read the clauses of open claims: which one speaks for the leaf most, and its mood."""
        if not claims:
            return
        rows = list(dict.fromkeys(claim.row for claim in claims))
        scores = self._model.scores([batch[row].own[slice(*span)] for row in rows for span in spans[row]])
        moods = [_mood(row) for row in scores.sentiment.tolist()]
        first = dict(zip(rows, accumulate((len(spans[row]) for row in rows), initial=0), strict=False))
        for claim in claims:
            found, offset = spans[claim.row], first[claim.row]
            if claim.topic.start is None and claim.column is not None:
                claim.at = int(scores.topics[offset : offset + len(found), claim.column].argmax())
                claim.clause = found[claim.at]
            claim.mood = _weighed(claim.mood, moods[offset + claim.at])

    def _narrow(self, batch: Sequence[Item], claims: Sequence[Claim]) -> None:
        """Shrink a long clause without a phrase to the window in it that the model finds most telling."""
        wide = [
            (claim, claim.column, _windows(batch[claim.row].folded, claim.place))
            for claim in claims
            if claim.topic.start is None
            and claim.column is not None
            and claim.place.end - claim.place.start > WINDOW
        ]
        if not wide:
            return
        texts = [batch[claim.row].own[start:end] for claim, _, windows in wide for start, end in windows]
        topics = self._model.scores(texts).topics
        first = 0
        for claim, column, windows in wide:
            claim.place = windows[int(topics[first : first + len(windows), column].argmax())]
            first += len(windows)


def _clauses(folded: str) -> list[Span]:
    return clauses(folded)[:MOST_CLAUSES] or [Span(0, len(folded))]


def _containing(spans: Sequence[Span], start: int) -> int:
    return next((index for index, span in enumerate(spans) if start < span.end), len(spans) - 1)


def _place(folded: str, claim: Claim) -> Span:
    """The whole clause if it is short; else the phrase, widened to the right first: 物流 → 物流特别慢."""
    clause, start, end = claim.clause, claim.topic.start, claim.topic.end
    if start is None or end is None:
        return clause
    if start < clause.start or end > clause.end:
        return Span(start, end)
    if clause.end - clause.start <= SHORT:
        return clause
    right = max(end, min(clause.end, start + PHRASE))
    left = min(start, max(clause.start, right - PHRASE))
    return Span(_tight_left(folded, left, start), _tight_right(folded, right, end))


def _tight_left(folded: str, left: int, start: int) -> int:
    """The left end of a widened place, moved in until it stands before a word and not within one."""
    while left < start and (folded[left] in LOOSE or _cuts(folded, left)):
        left += 1
    return left


def _tight_right(folded: str, right: int, end: int) -> int:
    while right > end and (folded[right - 1] in LOOSE_END or _cuts(folded, right)):
        right -= 1
    return right


def _cuts(folded: str, at: int) -> bool:
    """Whether a Latin word or a number goes on across this place."""
    return 0 < at < len(folded) and _is_latin(folded[at - 1]) and _is_latin(folded[at])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _windows(folded: str, clause: Span) -> list[Span]:
    """The windows of a clause that cut no Latin word or number and no loose word; if none does, all."""
    last = min(clause.end, clause.start + LONGEST) - WINDOW
    spans = [Span(start, start + WINDOW) for start in range(clause.start, last + 1)]
    inside = {at for word in _WORD.finditer(folded, *clause) for at in range(word.start() + 1, word.end())}
    whole = [
        span for span in spans if folded[span.start] not in LOOSE and folded[span.end - 1] not in LOOSE_END
    ]
    return [span for span in whole if inside.isdisjoint(span)] or spans


def _mood(sentiment: Sequence[float]) -> Mood:
    """neg, neu, pos from neg, neu, pos, mix."""
    neg, neu, pos, mix = sentiment
    return (neg + mix * MIXED, neu, pos + mix * (1 - MIXED))


def _text_mood(known: Sequence[Statement]) -> Mood:
    """What is left of the model's view of the whole text: its best sentiment, the rest evenly spread."""
    best = max((one for one in known if one.facet == "sentiment"), key=_score, default=None)
    if best is None:
        return (1 / 3, 1 / 3, 1 / 3)
    rest = (1 - best.score) / 3
    return _mood([best.score if label == best.label else rest for label in SENTIMENTS])


def _weighed(text: Mood, clause: Mood) -> Mood:
    neg, neu, pos = (
        OF_TEXT * math.log(one + 0.01) + (1 - OF_TEXT) * math.log(other + 0.01)
        for one, other in zip(text, clause, strict=True)
    )
    return (neg, neu, pos)


def _settled(claim: Claim) -> Statement:
    """The claim at its place. The triggers' polarity stands where they gave one: they saw a denial."""
    mood = claim.mood
    polarity = claim.topic.polarity if claim.is_settled else SIDES[mood.index(max(mood))]
    topic = claim.topic
    return Statement(topic.facet, topic.label, polarity, topic.score, *claim.place, topic.why)


def _score(one: Statement) -> float:
    return one.score
