"""The pipeline: taggers in the order their needs dictate, then ``resolve``. Keeps no state between batches."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

from feedback.errors import ConfigError
from feedback.ids import digest
from feedback.mask import MASK_VERSION
from feedback.model import Tag
from feedback.taxonomy import Taxonomy
from nlp.resolve import RESOLVE_VERSION, resolve
from nlp.signature import SIGNATURE_VERSION
from nlp.tagger import Item, Setup, Statement, Tagger
from nlp.taggers import REGISTRY, make

DEFAULT = tuple(REGISTRY)


class Pipeline:
    """What turns items into tags, and the fingerprints that name exactly this way of doing it."""

    def __init__(
        self, taggers: Iterable[Tagger], taxonomy: Taxonomy, *, products: Iterable[str] = ()
    ) -> None:
        self.taggers = ordered(taggers)
        self.taxonomy = taxonomy
        self.products = tuple(products)

    @classmethod
    def build(
        cls,
        taxonomy: Taxonomy,
        *,
        products: Iterable[str] = (),
        names: Iterable[str] = DEFAULT,
        model: Path | None = None,
    ) -> Self:
        """The pipeline of these registered taggers, by default of all."""
        setup = Setup(taxonomy, tuple(products), model)
        return cls((make(name, setup) for name in names), taxonomy, products=setup.products)

    def statements(self, batch: Sequence[Item]) -> list[list[Statement]]:
        """Everything said about each item, vetoes and hints included: for those who ask why."""
        said: list[list[Statement]] = [[] for _ in batch]
        for tagger in self.taggers:
            for known, new in zip(said, tagger.tag(batch, said), strict=True):
                known += new
        return said

    def tag(self, batch: Sequence[Item]) -> list[tuple[Tag, ...]]:
        return [resolve(said) for said in self.statements(batch)]

    def fingerprints(self) -> Mapping[str, str]:
        """``""`` → of what holds for every product; product → of its own leaves, where it has some."""
        parts = [self.taxonomy.fingerprint, MASK_VERSION, RESOLVE_VERSION, SIGNATURE_VERSION]
        for tagger in self.taggers:
            parts += [tagger.name, tagger.version, tagger.fingerprint()]
        return {"": digest(*parts), **self.taxonomy.own_fingerprints(self.products)}


def ordered(taggers: Iterable[Tagger]) -> tuple[Tagger, ...]:
    """The taggers, each after all that give what it needs; otherwise in the order given.

    Raises ConfigError when two of them wait for each other, or nobody gives what one needs.
    """
    waiting = list(taggers)
    _check_needs(waiting)
    done: list[Tagger] = []
    while waiting:
        ready = [one for one in waiting if not _is_held(one, waiting)]
        if not ready:
            names = ", ".join(one.name for one in waiting)
            raise ConfigError(
                f"标注器互相等待 these taggers wait for each other: {names}",
                hint="一方不应再需要对方给出的 facet: take a facet out of `needs` or `gives` of one of them",
            )
        done.append(ready[0])
        waiting.remove(ready[0])
    return tuple(done)


def _is_held(tagger: Tagger, waiting: Sequence[Tagger]) -> bool:
    return any(other is not tagger and other.gives & tagger.needs for other in waiting)


def _check_needs(taggers: Sequence[Tagger]) -> None:
    for tagger in taggers:
        given = {facet for other in taggers if other is not tagger for facet in other.gives}
        missing = sorted(tagger.needs - given)
        if missing:
            options = sorted({facet for other in taggers for facet in other.gives})
            raise ConfigError(
                f"标注器 {tagger.name} 需要 {', '.join(missing)}，但没有谁给出: nobody gives what it needs",
                hint=f"已给出 given: {', '.join(options) or '—'}; 可加 registered: {', '.join(REGISTRY)}",
            )
