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
    evidence = [tag for tag in tags if tag.facet == "topic" and tag.start is not None and tag.end is not None]
    edges = {0, len(text)}
    for start, end in (*hits, *((tag.start or 0, tag.end or 0) for tag in evidence)):
        edges |= {min(max(start, 0), len(text)), min(max(end, 0), len(text))}
    ordered = sorted(edges)
    return [
        Piece(
            text[start:end],
            any(low <= start and end <= high for low, high in hits),
            tuple(tag for tag in evidence if (tag.start or 0) <= start and end <= (tag.end or 0)),
        )
        for start, end in pairwise(ordered)
    ]


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
