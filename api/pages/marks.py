"""A text cut where marks begin and end: hits of the search, evidence of the tags. Escaping is the template's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from feedback.model import Tag

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_hit: bool = False
    tags: tuple[Tag, ...] = ()
    """Topics that rest on this piece."""

    @property
    def is_marked(self) -> bool:
        return self.is_hit or bool(self.tags)

    @property
    def polarity(self) -> str:
        return next((tag.polarity for tag in self.tags if tag.polarity), "neu")


def pieces(text: str, hits: Sequence[Span], tags: Iterable[Tag]) -> list[Piece]:
    """*text*, whole and in order; spans may overlap and are cut to the text."""
    evidence = [(_within(text, tag.start, tag.end), tag) for tag in tags if tag.facet == "topic"]
    marked = [_within(text, *span) for span in hits]
    # A long text may hold thousands of hits: which character is one is written down once.
    is_hit = bytearray(len(text))
    for start, end in marked:
        is_hit[start:end] = b"\1" * (end - start)
    edges = sorted({0, len(text)}.union(*marked, *(span for span, _ in evidence)))
    return [
        Piece(
            text[start:end],
            bool(is_hit[start]),
            tuple(tag for (low, high), tag in evidence if low <= start and end <= high),
        )
        for start, end in pairwise(edges)
    ]


def _within(text: str, start: int | None, end: int | None) -> Span:
    """The span cut to *text*; an empty one where there is none."""
    if start is None or end is None:
        return (0, 0)
    low = min(max(start, 0), len(text))
    return low, max(low, min(end, len(text)))


def excerpt(found: Sequence[Piece], *, most: int = 280, lead: int = 60) -> tuple[list[Piece], bool]:
    """At most about *most* characters, starting shortly before the first mark; whether anything was left out."""
    total = sum(len(piece.text) for piece in found)
    if total <= most:
        return list(found), False
    first = next((at for at, piece in _placed(found) if piece.is_marked), 0)
    begin = 0 if first <= lead * 2 else first - lead
    end = begin + most
    shown = [
        replace(piece, text=piece.text[max(0, begin - at) : max(0, end - at)]) for at, piece in _placed(found)
    ]
    kept = [piece for piece in shown if piece.text]
    return ([Piece("…"), *kept] if begin else kept), True


def _placed(found: Sequence[Piece]) -> Iterable[tuple[int, Piece]]:
    at = 0
    for piece in found:
        yield at, piece
        at += len(piece.text)
