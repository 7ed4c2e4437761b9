"""Where in the text a topic is said, and how it is meant there.

Takes the topics that others claimed and reads the clauses one by one with the linear model. A topic whose
phrase was found gets that phrase with the words it needs; any other the stretch that speaks for it most; a
topic of open polarity that of its clause, weighed with the whole text's. Adds no topic of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback.model import SENTIMENTS, Polarity
from nlp.clauses import Span, clauses
from nlp.tagger import SIDES, Item, Setup, Statement
from nlp.taggers.linear import shared_model

Numbers = npt.NDArray[np.floating[Any]]

# Measured against marked evidence: whole short clauses, else 5 characters around a phrase or 7 without one.
SHORT = 7
"""A clause no longer than this is evidence as a whole."""
PHRASE = 5
WINDOW = 7
MOST_CLAUSES = 64
"""Of a very long text only the first clauses are read."""
LONGEST = 120
"""Of a clause without end only this much."""
OF_TEXT = 0.5
"""Weight of the whole text's mood against that of the clause."""
MIXED = (0.6, 0.0, 0.4)
"""What a stretch that is both counts for neg, neu, pos."""

NOWHERE = Span(0, 0)


@dataclass(slots=True)
class Claim:
    """A claimed topic on its way to a place."""

    row: int
    topic: Statement
    column: int | None
    """Of the leaf in the model; None if the model never learnt it."""
    clause: Span = NOWHERE
    at: int = 0
    """Number of that clause among all of the batch."""
    place: Span = NOWHERE


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
        claims = [claim for row, known in enumerate(said) for claim in self._claims(row, known)]
        if not claims:
            return statements
        moods = self._choose_clauses(batch, claims)
        for claim in claims:
            claim.place = _place(claim)
        self._narrow(batch, claims)
        clause_moods = moods[[claim.at for claim in claims]]
        text_moods = np.array([_text_mood(said[claim.row]) for claim in claims])
        weighed = OF_TEXT * np.log(text_moods + 0.01) + (1 - OF_TEXT) * np.log(clause_moods + 0.01)
        for claim, strongest in zip(claims, weighed.argmax(axis=1).tolist(), strict=True):
            statements[claim.row].append(_settled(claim, SIDES[strongest]))
        return statements

    def _claims(self, row: int, known: Sequence[Statement]) -> Iterator[Claim]:
        """The topics claimed for one item, each once: by the one who shows a phrase, if one does."""
        best: dict[str, Statement] = {}
        for one in known:
            if one.facet == "topic" and one.force == "claim":
                before = best.get(one.label)
                if before is None or before.start is None:
                    best[one.label] = one
        for one in best.values():
            yield Claim(row, one, self._columns.get(one.label))

    def _choose_clauses(self, batch: Sequence[Item], claims: Sequence[Claim]) -> Numbers:
        """Each claim's clause: where its phrase stands, else the one that speaks for the leaf most.

        Returns the moods of all clauses of the batch.
        """
        spans = {row: _clauses(batch[row].folded) for row in dict.fromkeys(claim.row for claim in claims)}
        texts = [batch[row].own[start:end] for row, found in spans.items() for start, end in found]
        scores = self._model.scores(texts)
        first = dict(zip(spans, np.cumsum([0, *map(len, spans.values())]).tolist(), strict=False))
        for claim in claims:
            found, offset = spans[claim.row], first[claim.row]
            index = 0
            if claim.topic.start is not None:
                index = _containing(found, claim.topic.start)
            elif claim.column is not None:
                index = int(scores.topics[offset : offset + len(found), claim.column].argmax())
            claim.clause, claim.at = found[index], offset + index
        return _moods(scores.sentiment)

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


def _place(claim: Claim) -> Span:
    """The whole clause if it is short; else the phrase, widened to the right first: 物流 → 物流特别慢."""
    clause, start, end = claim.clause, claim.topic.start, claim.topic.end
    if start is None or end is None:
        return clause
    if start < clause.start or end > clause.end:
        return Span(start, end)
    if clause.end - clause.start <= SHORT:
        return clause
    end = max(end, min(clause.end, start + PHRASE))
    return Span(min(start, max(clause.start, end - PHRASE)), end)


def _windows(folded: str, clause: Span) -> list[Span]:
    """The windows of a clause that cut no Latin word or number in two; if all do, all of them."""
    last = min(clause.end, clause.start + LONGEST) - WINDOW
    spans = [Span(start, start + WINDOW) for start in range(clause.start, last + 1)]
    return [span for span in spans if not (_cuts(folded, span.start) or _cuts(folded, span.end))] or spans


def _cuts(folded: str, at: int) -> bool:
    return 0 < at < len(folded) and _is_latin(folded[at - 1]) and _is_latin(folded[at])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _moods(sentiment: Numbers) -> Numbers:
    """neg, neu, pos from neg, neu, pos, mix."""
    moods: Numbers = sentiment[:, :3] + sentiment[:, 3:] * np.array(MIXED)
    return moods


def _settled(claim: Claim, polarity: Polarity) -> Statement:
    """The claim at its place. The triggers' polarity stands where they gave one: they saw a denial."""
    is_settled = claim.topic.start is not None and claim.topic.polarity is not None
    topic = claim.topic._replace(start=claim.place.start, end=claim.place.end)
    return topic if is_settled else topic._replace(polarity=polarity)


def _text_mood(known: Sequence[Statement]) -> list[float]:
    """What is left of the model's view of the whole text: its best sentiment, the rest evenly spread."""
    best = max((one for one in known if one.facet == "sentiment"), key=_score, default=None)
    if best is None:
        return [1 / 3] * 3
    rest = (1 - best.score) / 3
    sentiment = [best.score if label == best.label else rest for label in SENTIMENTS]
    return [value + sentiment[3] * share for value, share in zip(sentiment, MIXED, strict=False)]


def _score(one: Statement) -> float:
    return one.score
