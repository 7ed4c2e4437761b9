"""The topics: two levels, what each leaf means, and what it was called before.

Tags store leaf ids; the path (stability/crash_launch) is added when indexing, so that moving a leaf breaks
nothing. Product-specific leaves are called ``x_<product>_<feature>`` and are seen only within that product.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import ValidationError, field_validator

from feedback.errors import ConfigError, near
from feedback.ids import digest
from feedback.model import Frozen

_LEAF_ID = re.compile(r"[a-z][a-z0-9_]{1,60}")


class Leaf(Frozen):
    id: str
    name: str
    desc: str = ""
    sev: str = "P2"
    """Severity prior: P0 outage, money, privacy … P3 cosmetic."""
    alert: bool = True
    triggers: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()
    """Hard negatives: they contain a trigger of this leaf and must not get it."""
    was: tuple[str, ...] = ()
    """Earlier ids of a renamed, split or merged leaf."""
    top: str = ""

    @field_validator("triggers", "negatives", "was", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return tuple(map(str, value)) if isinstance(value, list | tuple) else value

    @property
    def path(self) -> str:
        return f"{self.top}/{self.id}"

    def fingerprint(self) -> str:
        """Changes with whatever may change a label; not with the name people see or a priority."""
        return digest(self.id, self.top, self.desc, *self.triggers, "", *self.negatives)


class Top(Frozen):
    id: str
    name: str
    desc: str = ""


class Taxonomy(Frozen):
    tops: tuple[Top, ...]
    leaves: tuple[Leaf, ...]

    @classmethod
    def parse(
        cls, source: Mapping[str, Any], *, name: str = "taxonomy.yaml", products: Iterable[str] = ()
    ) -> Self:
        """Read the mapping of a taxonomy file. Raises ConfigError naming every fault at once.

        products: Known product keys; the longest that fits decides whose an ``x_…`` leaf is. Empty: not checked.
        """
        tops, leaves = [], []
        try:
            for entry in source.get("top") or ():
                fields = {key: value for key, value in entry.items() if key != "leaves"}
                tops.append(Top.model_validate(fields))
                leaves += [
                    Leaf.model_validate({**leaf, "top": tops[-1].id}) for leaf in entry.get("leaves") or ()
                ]
            for entry in source.get("custom") or ():
                fields = {key: value for key, value in entry.items() if key != "parent"}
                leaves.append(Leaf.model_validate(fields | {"top": entry.get("parent", "features")}))
        except (ValidationError, AttributeError, TypeError) as error:
            raise ConfigError(
                f"{name}: 话题表写错了 the taxonomy cannot be read: {error}", hint="huisheng taxonomy check"
            ) from error
        faults = _faults(tops, leaves, tuple(products))
        if faults:
            raise ConfigError(f"{name}: " + "; ".join(faults), hint="huisheng taxonomy check")
        return cls(tops=tuple(tops), leaves=tuple(leaves))

    @cached_property
    def by_id(self) -> Mapping[str, Leaf]:
        return {leaf.id: leaf for leaf in self.leaves}

    @cached_property
    def top_names(self) -> Mapping[str, str]:
        return {top.id: top.name for top in self.tops}

    @cached_property
    def _now_called(self) -> Mapping[str, str]:
        return {old: leaf.id for leaf in self.leaves for old in leaf.was}

    def current(self, leaf_id: str) -> Leaf | None:
        """The leaf of this id, or the one that was called so before."""
        return self.by_id.get(leaf_id) or self.by_id.get(self._now_called.get(leaf_id, ""))

    def name(self, label: str) -> str:
        """The name people read of a leaf, a top or a path."""
        last = label.partition("|")[0].rpartition("/")[2]
        leaf = self.current(last)
        return leaf.name if leaf else self.top_names.get(last, last)

    def check_topic(self, said: str) -> str:
        """A topic filter as engines know it: ``crash_launch|neg``, ``stability``. Raises ConfigError if unknown.

        A path is reduced to its last part, an earlier name to the present one.
        """
        label, bar, polarity = said.partition("|")
        last = label.rpartition("/")[2]
        leaf = self.current(last)
        if leaf is None and last not in self.top_names:
            known = [*self.by_id, *self.top_names]
            raise ConfigError(f"没有这个话题 no such topic: {said!r}", hint=near(last, known))
        if bar and polarity not in ("neg", "neu", "pos"):
            raise ConfigError(f"话题 {said!r} 的情感不对 wrong polarity {polarity!r}", hint="neg, neu, pos")
        return (leaf.id if leaf else last) + bar + polarity

    @cached_property
    def fingerprint(self) -> str:
        """Of the leaves that all products share."""
        return digest(*sorted(leaf.fingerprint() for leaf in self.leaves if not leaf.id.startswith("x_")))

    def own_fingerprints(self, products: Iterable[str]) -> dict[str, str]:
        """Product → fingerprint of its own leaves, for products that have some."""
        own: dict[str, list[str]] = {}
        names = tuple(products)
        for leaf in self.leaves:
            product = owner(leaf.id, names)
            if product:
                own.setdefault(product, []).append(leaf.fingerprint())
        return {product: digest(*sorted(prints)) for product, prints in own.items()}


def owner(leaf_id: str, products: Iterable[str]) -> str | None:
    """The product an ``x_<product>_<feature>`` leaf belongs to; None for a shared leaf."""
    if not leaf_id.startswith("x_"):
        return None
    fitting = [product for product in products if leaf_id.startswith(f"x_{product}_")]
    return max(fitting, key=len, default=None)


def _faults(tops: list[Top], leaves: list[Leaf], products: tuple[str, ...]) -> list[str]:
    faults = []
    names = [top.id for top in tops]
    ids = [leaf.id for leaf in leaves]
    if not leaves:
        faults.append("没有任何话题 it has no leaves")
    twice = {one for one, count in Counter((*names, *ids)).items() if count > 1}
    faults += [f"{one}: 重复的 id appears twice" for one in sorted(twice)]
    faults += [
        f"{one!r}: id 只能用小写字母、数字和下划线 lower-case letters, digits and _ only"
        for one in dict.fromkeys((*names, *ids))
        if not _LEAF_ID.fullmatch(one)
    ]
    for leaf in leaves:
        if leaf.top not in names:
            faults.append(
                f"{leaf.id}: parent {leaf.top!r} 不存在 is no top-level topic ({near(leaf.top, names)})"
            )
        if leaf.id.startswith("x_") and products and not owner(leaf.id, products):
            faults.append(f"{leaf.id}: 应为 must be x_<product>_<feature>, products: {', '.join(products)}")
        if leaf.sev not in ("P0", "P1", "P2", "P3"):
            faults.append(f"{leaf.id}: sev {leaf.sev!r} 应为 must be P0, P1, P2 or P3")
        faults += [f"{leaf.id}: was {old!r} 仍在用 is still a leaf" for old in leaf.was if old in ids]
    return faults
