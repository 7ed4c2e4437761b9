"""Where a topic label stands: its present leaf id, its top-level topic, and whose it is.

Leaves called ``x_<product>_…`` belong to one product. They are written as ``product/leaf`` (and what only they
give to a top-level topic as ``product/top``), so that they are found and counted within that product alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from feedback.ids import digest
from feedback.model import Tag
from feedback.taxonomy import Taxonomy, owner

OWN = "/"


@dataclass(frozen=True)
class Topics:
    """The taxonomy, and the products whose own leaves it may hold."""

    taxonomy: Taxonomy
    products: tuple[str, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """Changes with what is written into an index: where leaves stand, not what they are called."""
        places = sorted(f"{leaf.id} {leaf.top} {' '.join(leaf.was)}" for leaf in self.taxonomy.leaves)
        return digest(*places, "", *sorted(self.products))

    def labels(self, tags: Iterable[Tag], products: Sequence[str]) -> tuple[list[str], list[str]]:
        """Leaf and top-level labels of an item of *products*, each once, plain and with polarity.

        [lag neg] → ([lag, lag|neg], [performance, performance|neg]).
        """
        shared: tuple[list[str], list[str]] = ([], [])
        own: tuple[list[str], list[str]] = ([], [])
        for tag in tags:
            leaf, top = self._place(tag.label)
            whose = owner(leaf, self.products)
            if whose not in products and leaf.startswith("x_"):
                continue
            prefix = f"{whose}{OWN}" if whose else ""
            for labels, name in zip(own if whose else shared, (leaf, top), strict=True):
                if name:
                    labels += [prefix + name, *([f"{prefix}{name}|{tag.polarity}"] if tag.polarity else [])]
        # A top-level topic that a shared leaf gives as well must not be counted twice within the product.
        fresh = [label for label in own[1] if label.partition(OWN)[2] not in shared[1]]
        return _distinct(shared[0] + own[0]), _distinct(shared[1] + fresh)

    def _place(self, label: str) -> tuple[str, str]:
        leaf = self.taxonomy.current(label)
        return (leaf.id, leaf.top) if leaf else (label, "")

    def stored(self, label: str, products: Sequence[str]) -> list[str]:
        """The written forms that a filter by *label* accepts, for a query limited to *products*."""
        if label.startswith("x_"):
            whose = owner(label.partition("|")[0], self.products)
            return [f"{whose}{OWN}{label}"] if whose and (whose in products or not products) else []
        return [label, *(f"{one}{OWN}{label}" for one in products if len(products) == 1)]


def shown(label: str, products: Sequence[str]) -> str | None:
    """A written label as people see it; None for one that is not theirs to see."""
    whose, bar, name = label.rpartition(OWN)
    if not bar:
        return name
    return name if len(products) == 1 and products[0] == whose else None


def _distinct(labels: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(labels))
