"""Topics by the phrases that show them.

Gives the place of topics the model claims, adds a topic only where the phrase has proved right or the model
leans to it as well, and vetoes a topic whose only sign is a phrase that means something else. A leaf the
model never learnt (a new one, or a product's own) lives by its phrases alone.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from feedback.model import Polarity
from feedback.taxonomy import owner
from feedback.text import fold
from nlp import lexicon
from nlp.matcher import Sign, matcher
from nlp.phrases import Found
from nlp.tagger import Item, Setup, Statement
from nlp.taggers.linear import shared_model

# Measured on the choice labels: see docs/how-to/add-a-tagger.md.
SURE = 0.85
"""A phrase trusted this much adds a topic to which the model gives at least ``FLOOR``."""
FLOOR = 0.12
LEAN = 0.2
"""A topic the model thinks this likely is claimed when any fair phrase shows it."""
FAIR = 0.3

_DENIED = re.compile(
    r"(?:没有?|不再?|未|无|再也不|不会|没再|没有再|从不|从没|没出现过?|没有出现过?|告别|解决了?|修复了?)$"
)
_MENDED = re.compile(r"(?:的?(?:问题|现象|情况|bug))?(?:已经?|都)?(?:解决|修复|修好|改善|没了|消失)了?")
_WISHED = re.compile(r"希望|建议|请|能不能|什么时候|何时|求|要是|如果|别再|是不是|能否|最好")


class Shown(NamedTuple):
    """One phrase in one text."""

    start: int
    end: int
    sign: Sign
    trust: float


class Triggers:
    name = "triggers"
    version = "1"
    needs = frozenset({"topic"})
    gives = frozenset({"topic.phrase"})

    def __init__(self, setup: Setup) -> None:
        taxonomy = setup.taxonomy
        self._find = matcher(taxonomy).find
        self._owner = {leaf.id: owner(leaf.id, setup.products) for leaf in taxonomy.leaves}
        learnt = {leaf.id for leaf in map(taxonomy.current, shared_model(setup.model).leaves) if leaf}
        self._unlearnt = frozenset(self._owner) - learnt
        self._trust = lexicon.trust()
        self._problems = frozenset(
            fold(trigger) for leaf in taxonomy.leaves for trigger in leaf.triggers if leaf.sev != "P3"
        )

    def fingerprint(self) -> str:
        return lexicon.fingerprint()

    def tag(self, batch: Sequence[Item], said: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
        return [self._one(item, known) for item, known in zip(batch, said, strict=True)]

    def _one(self, item: Item, known: Sequence[Statement]) -> list[Statement]:
        found = self._find(item.folded)
        if not found:
            return []
        topics = {one.label: one for one in known if one.facet == "topic"}
        shown, guarded = self._signs(found, item)
        statements = [
            Statement("topic", leaf, why="guard", force="veto") for leaf in guarded if leaf in topics
        ]
        for leaf, best in shown.items():
            topic = topics.get(leaf)
            if self._is_claimed(leaf, best, topic):
                statements.append(self._claim(item.folded, best, topic))
        return statements

    def _signs(self, found: Sequence[Found[Sign]], item: Item) -> tuple[dict[str, Shown], list[str]]:
        """Leaf → its best phrase in the text; and the leaves of which nothing but a guard was found."""
        shown: dict[str, Shown] = {}
        guarded = []
        for start, end, signs in found:
            for sign in signs:
                if sign.is_guard:
                    guarded.append(sign.leaf)
                elif self._owner[sign.leaf] is None or self._owner[sign.leaf] in item.products:
                    trust = self._trust.get((sign.leaf, sign.phrase), 0.5)
                    if sign.leaf not in shown or trust > shown[sign.leaf].trust:
                        shown[sign.leaf] = Shown(start, end, sign, trust)
        return shown, [leaf for leaf in guarded if leaf not in shown]

    def _is_claimed(self, leaf: str, best: Shown, topic: Statement | None) -> bool:
        if leaf in self._unlearnt:
            return True
        if topic is None:
            return False
        if topic.force == "claim":
            return True
        return (best.trust >= SURE and topic.score >= FLOOR) or (topic.score >= LEAN and best.trust >= FAIR)

    def _claim(self, folded: str, best: Shown, topic: Statement | None) -> Statement:
        is_problem = best.sign.phrase in self._problems
        polarity: Polarity | None = "pos" if is_problem and is_denied(folded, best.start, best.end) else None
        score = topic.score if topic else 0.5
        return Statement(
            "topic", best.sign.leaf, polarity, score, best.start, best.end, f"phrase {best.sign.phrase}"
        )


def is_denied(folded: str, start: int, end: int) -> bool:
    """Whether the problem at this place is said not to be, or no longer to be: 不闪退了, 没有广告, 闪退解决了.

    A wish that it may go away is no denial: 希望不卡.
    """
    before = folded[max(0, start - 6) : start]
    if not (_DENIED.search(before) or _MENDED.match(folded, end)):
        return False
    return not _WISHED.search(folded[max(0, start - 12) : start])
