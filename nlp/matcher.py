"""One matcher for everything the lexicon and the taxonomy know: triggers, variants, guards, hard negatives."""

from collections.abc import Iterator
from typing import NamedTuple

from feedback.taxonomy import Taxonomy
from feedback.text import fold
from nlp import lexicon
from nlp.phrases import Phrases


class Sign(NamedTuple):
    """What a phrase in a text means for a leaf."""

    leaf: str
    phrase: str
    is_guard: bool = False
    """It looks like the leaf and is not."""


def matcher(taxonomy: Taxonomy) -> Phrases[Sign]:
    return Phrases(_signs(taxonomy))


def _signs(taxonomy: Taxonomy) -> Iterator[tuple[str, Sign]]:
    for leaf in taxonomy.leaves:
        for phrase in (*leaf.triggers, *lexicon.variants().get(leaf.id, ())):
            yield phrase, Sign(leaf.id, fold(phrase))
        for phrase in (*leaf.negatives, *lexicon.guards().get(leaf.id, ())):
            yield phrase, Sign(leaf.id, fold(phrase), is_guard=True)
