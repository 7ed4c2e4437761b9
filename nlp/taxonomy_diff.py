"""What a new pipeline would say differently: a dry run over documents, before anything is tagged again.

Changes nothing. Compares topics only: a taxonomy decides nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from feedback.model import Document, Tag
from feedback.taxonomy import Taxonomy
from nlp.pipeline import Pipeline
from nlp.tagger import Item

BATCH = 256
EXAMPLES = 5
AROUND = 12
"""Characters shown on each side of the evidence."""


@dataclass
class Change:
    """What becomes of one topic. A renamed leaf (``was``) is the same topic and changes nothing."""

    label: str
    gained: int = 0
    lost: int = 0
    kept: int = 0
    examples: list[str] = field(default_factory=list)
    """``+`` gained or ``-`` lost, the evidence and the words around it."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def note(self, sign: str, text: str, tag: Tag) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{sign} {_quote(text, tag)}")


def diff(old: Pipeline, new: Pipeline, documents: Iterable[Document]) -> list[Change]:
    """The topics that would change, most changed first."""
    changes: dict[str, Change] = {}
    rest = iter(documents)
    while batch := list(islice(rest, BATCH)):
        items = [Item.seen(document.feedback) for document in batch]
        for item, before, after in zip(items, old.tag(items), new.tag(items), strict=True):
            _compare(changes, item.text, _topics(before, new.taxonomy), _topics(after, new.taxonomy))
    changed = (change for change in changes.values() if change.gained or change.lost)
    return sorted(changed, key=lambda change: (-(change.gained + change.lost), change.label))


def _topics(tags: Sequence[Tag], taxonomy: Taxonomy) -> dict[str, Tag]:
    """Leaf → tag, under the names that the new taxonomy has for the leaves."""
    topics = (tag for tag in tags if tag.facet == "topic")
    return {leaf.id if (leaf := taxonomy.current(tag.label)) else tag.label: tag for tag in topics}


def _compare(changes: dict[str, Change], text: str, before: dict[str, Tag], after: dict[str, Tag]) -> None:
    for label in {*before, *after}:
        change = changes.setdefault(label, Change(label))
        if label not in before:
            change.gained += 1
            change.note("+", text, after[label])
        elif label not in after:
            change.lost += 1
            change.note("-", text, before[label])
        else:
            change.kept += 1


def _quote(text: str, tag: Tag) -> str:
    start, end = tag.start or 0, tag.end or 0
    return "".join(_shown(text, max(0, start - AROUND), max(end, start) + AROUND))


def _shown(text: str, start: int, end: int) -> Iterator[str]:
    if start:
        yield "…"
    yield " ".join(text[start:end].split())
    if end < len(text):
        yield "…"
