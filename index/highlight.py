"""Which parts of a text answer a search: segments of the original, found with the analysis that found the item."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from feedback.model import Document
from feedback.query_text import Term, TextQuery
from feedback.text import fold
from index.analysis import Token, analyse
from index.plan import Words, forms

Span = tuple[int, int]
"""Half open, in code points."""


class Segment(NamedTuple):
    text: str
    hit: bool


def highlight(text: str, query: TextQuery) -> tuple[Segment, ...]:
    """*text* in pieces; joined they are *text*. Excluded terms mark nothing."""
    if not query.groups:
        return segments(text, ())
    tokens, folded = list(analyse(text)), fold(text)
    terms = (term for group in query.groups for term in group)
    return segments(text, (span for term in terms for span in _term_spans(term, tokens, folded)))


def segments(text: str, spans: Iterable[Span]) -> tuple[Segment, ...]:
    """*text* cut at the borders of *spans*, which may overlap, touch or reach beyond it."""
    found: list[Segment] = []
    reached = 0
    for start, end in _merged(spans, len(text)):
        if start > reached:
            found.append(Segment(text[reached:start], False))
        found.append(Segment(text[start:end], True))
        reached = end
    if reached < len(text):
        found.append(Segment(text[reached:], False))
    return tuple(found)


def evidence(document: Document, topics: Iterable[str] = ()) -> tuple[Span, ...]:
    """Where the tags of a document were read from; of these topics only, where some are given."""
    wanted = set(topics)
    return tuple(
        (tag.start, tag.end)
        for tag in document.effective
        if tag.start is not None and tag.end is not None and (not wanted or tag.label in wanted)
    )


def _merged(spans: Iterable[Span], length: int) -> Iterator[Span]:
    open_span: Span | None = None
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if open_span and start <= open_span[1]:
            open_span = (open_span[0], max(end, open_span[1]))
            continue
        if open_span:
            yield open_span
        open_span = (start, end)
    if open_span:
        yield open_span


def _term_spans(term: Term, tokens: Sequence[Token], folded: str) -> Iterator[Span]:
    for words in forms([term]):
        literal = list(_places(term.text, folded)) if words.characters and words.phrase else []
        # "5星" is matched as 5 and 星 anywhere; where it stands in one piece, only that is meant.
        yield from literal or _word_spans(words, tokens, folded)


def _word_spans(words: Words, tokens: Sequence[Token], folded: str) -> Iterator[Span]:
    whole = list(_phrase_spans(words.phrase, tokens))
    yield from whole
    if words.some and not whole:
        yield from ((token.start, token.end) for token in tokens if token.text in words.some)
    for character in words.characters:
        yield from _places(character, folded)


def _phrase_spans(phrase: Sequence[str], tokens: Sequence[Token]) -> Iterator[Span]:
    length = len(phrase)
    for i, token in enumerate(tokens):
        if (
            length
            and token.text == phrase[0]
            and [one.text for one in tokens[i : i + length]] == list(phrase)
        ):
            yield token.start, tokens[i + length - 1].end


def _places(part: str, folded: str) -> Iterator[Span]:
    at = folded.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = folded.find(part, at + 1)
