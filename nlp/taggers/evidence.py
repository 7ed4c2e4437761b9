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

from feedback.model import POLARITIES, SENTIMENTS
from nlp.clauses import Span, clauses
from nlp.tagger import Item, Setup, Statement
from nlp.taggers.linear import shared_model

Numbers = npt.NDArray[np.floating[Any]]

# Measured against marked evidence: whole short clauses, else 5 characters around a phrase or 7 without one.
SHORT = 7
"""A clause no longer than this is evidence as a whole."""
PHRASE = 5
WINDOW = 7
MOST_CLAUSES = 64
"""Of a very long text only the first clauses are read."""
OF_TEXT = 0.5
"""Weight of the whole text's mood against that of the clause."""
MIXED = np.array([0.6, 0.0, 0.4])
"""What a stretch that is both counts for neg, neu, pos."""


@dataclass(slots=True)
class Claim:
    """A claimed topic on its way to a place."""

    row: int
    topic: Statement
    column: int | None
    """Of the leaf in the model; None if the model never learnt it."""
    clause: Span = Span(0, 0)
    mood: Numbers | None = None
    place: Span = Span(0, 0)


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
        self._choose_clauses(batch, claims)
        for claim in claims:
            claim.place = _place(claim)
        self._narrow(batch, claims)
        for claim in claims:
            statements[claim.row].append(_settled(claim, said[claim.row]))
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

    def _choose_clauses(self, batch: Sequence[Item], claims: Sequence[Claim]) -> None:
        """Each claim's clause: where its phrase stands, else the one that speaks for the leaf most."""
        spans = {row: _clauses(batch[row].folded) for row in dict.fromkeys(claim.row for claim in claims)}
        texts = [batch[row].text[start:end] for row, found in spans.items() for start, end in found]
        scores = self._model.scores(texts)
        moods = _moods(scores.sentiment)
        first = dict(zip(spans, np.cumsum([0, *map(len, spans.values())]).tolist(), strict=False))
        for claim in claims:
            found, offset = spans[claim.row], first[claim.row]
            index = 0
            if claim.topic.start is not None:
                index = _containing(found, claim.topic.start)
            elif claim.column is not None:
                index = int(scores.topics[offset : offset + len(found), claim.column].argmax())
            claim.clause, claim.mood = found[index], moods[offset + index]

    def _narrow(self, batch: Sequence[Item], claims: Sequence[Claim]) -> None:
        """Shrink a long clause without a phrase to the window in it that the model finds most telling."""
        wide = [
            (claim, claim.column, _windows(batch[claim.row].folded, claim.place))
            for claim in claims
            if claim.topic.start is None and claim.column is not None and claim.place.end - claim.place.start > WINDOW
        ]
        if not wide:
            return
        texts = [batch[claim.row].text[start:end] for claim, _, windows in wide for start, end in windows]
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
    spans = [Span(start, start + WINDOW) for start in range(clause.start, clause.end - WINDOW + 1)]
    return [span for span in spans if not (_cuts(folded, span.start) or _cuts(folded, span.end))] or spans


def _cuts(folded: str, at: int) -> bool:
    return 0 < at < len(folded) and _is_latin(folded[at - 1]) and _is_latin(folded[at])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _moods(sentiment: Numbers) -> Numbers:
    """neg, neu, pos from neg, neu, pos, mix."""
    moods: Numbers = sentiment[:, :3] + sentiment[:, 3:] * MIXED
    return moods


def _settled(claim: Claim, known: Sequence[Statement]) -> Statement:
    topic = claim.topic._replace(start=claim.place.start, end=claim.place.end)
    if claim.topic.start is not None and topic.polarity is not None:
        return topic
    weighed = OF_TEXT * np.log(_text_mood(known) + 0.01) + (1 - OF_TEXT) * np.log(claim.mood + 0.01)
    return topic._replace(polarity=POLARITIES[int(weighed.argmax())])


def _text_mood(known: Sequence[Statement]) -> Numbers:
    """What is left of the model's view of the whole text: its best sentiment, the rest evenly spread."""
    best = max((one for one in known if one.facet == "sentiment"), key=lambda one: one.score, default=None)
    if best is None:
        return np.full(3, 1 / 3)
    sentiment = np.full((1, 4), (1 - best.score) / 3)
    sentiment[0, SENTIMENTS.index(best.label)] = best.score
    mood: Numbers = _moods(sentiment)[0]
    return mood
