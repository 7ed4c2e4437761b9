"""Every registered tagger keeps the contract; every tagger made wrong on purpose breaks it."""

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from config.project import load_taxonomy
from nlp.pipeline import Pipeline
from nlp.tagger import Item, Statement
from nlp.taggers import REGISTRY
from tests.contracts.check_tagger import CHECKS, Case

TAXONOMY = load_taxonomy()


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline.build(TAXONOMY)


def case_of(pipeline: Pipeline, name: str) -> Case:
    place = next(index for index, tagger in enumerate(pipeline.taggers) if tagger.name == name)

    def before(items: Sequence[Item]) -> list[list[Statement]]:
        said: list[list[Statement]] = [[] for _ in items]
        for tagger in pipeline.taggers[:place]:
            for known, new in zip(said, tagger.tag(items, said), strict=True):
                known += new
        return said

    return Case(pipeline.taggers[place], TAXONOMY, before)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_registered_tagger_keeps(pipeline, name, check):
    check(case_of(pipeline, name))


# -- the contract itself is strong enough --------------------------------------------------------------


@dataclass
class Honest:
    """The smallest tagger that keeps the contract: finds 闪退 and says so."""

    name: str = "honest"
    version: str = "1"
    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset({"topic"})
    calls: itertools.count = field(default_factory=itertools.count)

    def fingerprint(self) -> str:
        return "1"

    def tag(self, batch, said):
        return [self.say(item, index) for index, item in enumerate(batch)]

    def say(self, item: Item, index: int) -> list[Statement]:
        start = item.folded.find("闪退")
        return [self.statement(start, item)] if start >= 0 else []

    def statement(self, start: int, item: Item) -> Statement:
        return Statement("topic", "crash_in_use", "neg", 0.9, start, start + 2, "closest word")


class Silent(Honest):
    def say(self, item, index):
        return []


class Short(Honest):
    def tag(self, batch, said):
        return super().tag(batch, said)[:-1]


class Crowded(Honest):
    """Says less in a larger batch."""

    def tag(self, batch, said):
        return super().tag(batch, said) if len(batch) < 3 else [[] for _ in batch]


class Positional(Honest):
    def say(self, item, index):
        return [one._replace(score=1 / (index + 1)) for one in super().say(item, index)]


class Moody(Honest):
    def statement(self, start, item):
        return super().statement(start, item)._replace(score=1 / (next(self.calls) + 1))


class Meddling(Honest):
    def tag(self, batch, said):
        for known in said:
            known.append(Statement("topic", "lag", why="meddling"))
        return super().tag(batch, said)


class Overreaching(Honest):
    def statement(self, start, item):
        return super().statement(start, item)._replace(end=len(item.text) + 1)


class Inventive(Honest):
    def statement(self, start, item):
        return super().statement(start, item)._replace(label="crash_on_tuesdays")


class Boastful(Honest):
    def statement(self, start, item):
        return super().statement(start, item)._replace(score=1.5)


class Undeclared(Honest):
    def statement(self, start, item):
        return Statement("sentiment", "neg", why="闪退")


class Silentish(Honest):
    """Gives no reason."""

    def statement(self, start, item):
        return super().statement(start, item)._replace(why="")


class Fragile(Honest):
    def say(self, item, index):
        assert item.text.strip(), "no text"
        return super().say(item, index)


class Calling(Honest):
    def tag(self, batch, said):
        import socket

        with socket.socket() as opened:
            opened.settimeout(0.01)
            with contextlib.suppress(OSError):
                opened.connect(("127.0.0.1", 9))
        return super().tag(batch, said)


MUTANTS = (
    Silent, Short, Crowded, Positional, Moody, Meddling, Overreaching, Inventive, Boastful, Undeclared, Silentish,
    Fragile, Calling,
)  # fmt: skip


def broken_checks(tagger) -> list[str]:
    case = Case(tagger, TAXONOMY, lambda items: [[] for _ in items])
    broken = []
    for check in CHECKS:
        try:
            check(case)
        except Exception:
            broken.append(check.__name__)
    return broken


def test_the_honest_tagger_passes():
    assert broken_checks(Honest()) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_wrong_tagger_is_caught(mutant):
    assert broken_checks(mutant())
