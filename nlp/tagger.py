"""What a tagger is. Owns the protocol and the two values it speaks in; knows no tagger.

A tagger is pure and judges each item alone: the same item gets the same statements in any batch, in any
order, on any day. It never reads files after it was made, never asks the network, never changes its input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, Self

from feedback.model import Feedback, Kind, Polarity
from feedback.taxonomy import Taxonomy
from feedback.text import fold
from nlp.own_words import own_words

SIDES: tuple[Polarity, ...] = ("neg", "neu", "pos")
"""The polarities in the order in which models number them."""

Force = Literal["claim", "hint", "veto"]
"""claim: it is so. hint: too weak alone, for later taggers to confirm. veto: nobody may claim it."""


class Statement(NamedTuple):
    """What one tagger says about one item. A tuple: the inner loops make a dozen of them for every text."""

    facet: str
    label: str
    polarity: Polarity | None = None
    score: float = 1.0
    start: int | None = None
    end: int | None = None
    """Evidence, in code points of the item's text, half open."""
    why: str = ""
    force: Force = "claim"


@dataclass(frozen=True, slots=True)
class Item:
    """What a tagger may see of a piece of feedback: masked text, and what does not change on its own."""

    text: str
    own: str
    """The author's own words in it; a span in them is a span in ``text``."""
    folded: str
    """Those words folded, once for all taggers; of equal length."""
    kind: Kind = "review"
    platform: str = ""
    rating: int | None = None
    products: tuple[str, ...] = ()
    lang: str | None = None

    @classmethod
    def of(
        cls,
        text: str,
        *,
        kind: Kind = "review",
        platform: str = "",
        rating: int | None = None,
        products: tuple[str, ...] = (),
        lang: str | None = None,
    ) -> Self:
        own = own_words(text)
        return cls(text, own, fold(own), kind, platform, rating, products, lang)

    @classmethod
    def seen(cls, feedback: Feedback) -> Self:
        return cls.of(
            feedback.text,
            kind=feedback.kind,
            platform=feedback.platform,
            rating=feedback.rating,
            products=feedback.products,
            lang=feedback.lang,
        )


@dataclass(frozen=True, slots=True)
class Setup:
    """What a tagger may be made from."""

    taxonomy: Taxonomy
    products: tuple[str, ...] = ()
    """Known product keys: they decide whose an ``x_…`` leaf is."""
    model: Path | None = None
    """Another file of the linear model; None: the one that ships."""


class Tagger(Protocol):
    """Made as ``Class(setup)``; found through ``nlp.taggers.REGISTRY``."""

    name: str
    version: str
    """Raised by hand whenever the code may say something else about some text."""
    needs: frozenset[str]
    """Facets it wants to see the statements of: every tagger that gives one of them runs before it."""
    gives: frozenset[str]
    """Facets it may make statements about."""

    def fingerprint(self) -> str:
        """Of everything beside the code and the taxonomy that may change a statement: lexicons, weights."""
        ...

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        """Its own statements about each item, in order; ``said`` holds those of the taggers before it."""
        ...
