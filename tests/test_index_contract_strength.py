"""The engine contract notices engines that are wrong: each of these must fail at least one check."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedback.model import Document
from feedback.query import Query
from index.engines.base import After, Cell, Hits, Refused
from index.engines.memory import MemoryEngine
from index.topics import Topics
from tests.contracts.check_engine import CHECKS
from tests.contracts.engine_world import PRODUCTS, TAXONOMY

UTC = ZoneInfo("UTC")


def _asking(change: Callable[[Query], Query]) -> type[MemoryEngine]:
    """An engine that answers another question than the one it was asked."""

    class Mutant(MemoryEngine):
        def search(self, query: Query, **options: Any) -> Hits:
            return super().search(change(query), **options)

        def select(self, query: Query) -> list[int]:
            return super().select(change(query))

        def facets(self, query: Query, names: Sequence[str], **options: Any) -> Any:
            return super().facets(change(query), names, **options)

    return Mutant


def _without(**fields: object) -> type[MemoryEngine]:
    return _asking(lambda query: query.model_copy(update=fields))


class Empty(MemoryEngine):
    def search(self, query: Query, **options: Any) -> Hits:
        return Hits(0, ())


class Forgets(MemoryEngine):
    def write(
        self, documents: Sequence[Document], *, gone: Iterable[int] = (), position: int
    ) -> list[Refused]:
        self.reset(self.state().store_id)
        return super().write(documents, gone=gone, position=position)


class KeepsTheGone(MemoryEngine):
    def write(
        self, documents: Sequence[Document], *, gone: Iterable[int] = (), position: int
    ) -> list[Refused]:
        return super().write(documents, position=position)


class StandsStill(MemoryEngine):
    def write(
        self, documents: Sequence[Document], *, gone: Iterable[int] = (), position: int
    ) -> list[Refused]:
        return super().write(documents, gone=gone, position=min(position, 5) if documents else 0)


class Unordered(MemoryEngine):
    def search(self, query: Query, **options: Any) -> Hits:
        found = super().search(query, **options)
        return replace(found, hits=tuple(sorted(found.hits, key=lambda hit: hit.seq)))


class SelectsUnsorted(MemoryEngine):
    def select(self, query: Query) -> list[int]:
        return super().select(query)[::-1]


class RepeatsPages(MemoryEngine):
    def search(self, query: Query, *, limit: int = 20, after: After | None = None) -> Hits:
        found = super().search(query, limit=limit, after=after)
        return replace(found, after=(found.after[0], int(found.after[-1]) + 1)) if found.after else found


class CountsThePage(MemoryEngine):
    def search(self, query: Query, **options: Any) -> Hits:
        found = super().search(query, **options)
        return replace(found, total=len(found.hits))


class KnowsNoZone(MemoryEngine):
    def histogram(self, query: Query, interval: Any, zone: ZoneInfo, **options: Any) -> tuple[Cell, ...]:
        return super().histogram(query, interval, UTC, **options)


class OneOffset(MemoryEngine):
    """As an engine that takes the zone's offset of today for every day."""

    def histogram(self, query: Query, interval: Any, zone: ZoneInfo, **options: Any) -> tuple[Cell, ...]:
        fixed = {"America/New_York": ZoneInfo("Etc/GMT+5")}.get(zone.key, zone)
        return super().histogram(query, interval, fixed, **options)


class WeeksOfSevenDays(MemoryEngine):
    def histogram(self, query: Query, interval: Any, zone: ZoneInfo, **options: Any) -> tuple[Cell, ...]:
        return super().histogram(query, "day" if interval == "week" else interval, zone, **options)


class CountsUnderOwnSelection(MemoryEngine):
    def facets(self, query: Query, names: Sequence[str], *, size: int = 50) -> Any:
        return {name: self._facet(query, name, size) for name in names}


class FindsItself(MemoryEngine):
    def similar(self, text: str, query: Query, *, limit: int = 20, without: int | None = None) -> Hits:
        return super().similar(text, query, limit=limit)


class SimilarToAnything(MemoryEngine):
    def similar(self, text: str, query: Query, *, limit: int = 20, without: int | None = None) -> Hits:
        return super().search(query.model_copy(update={"q": ""}), limit=limit)


def _no_polarity(query: Query) -> Query:
    return query.model_copy(update={"topic": tuple(topic.partition("|")[0] for topic in query.topic)})


def _exact_version(query: Query) -> Query:
    return query.model_copy(update={"version": tuple(version.rstrip(".*") for version in query.version)})


MUTANTS: dict[str, type[MemoryEngine]] = {
    each.__name__: each
    for each in (
        Empty, Forgets, KeepsTheGone, StandsStill, Unordered, SelectsUnsorted, RepeatsPages, CountsThePage, KnowsNoZone, OneOffset,
        WeeksOfSevenDays, CountsUnderOwnSelection, FindsItself, SimilarToAnything,
    )
} | {f"ignores {name}": _without(**{name: value}) for name, value in {
    "q": "", "product": (), "platform": (), "via": (), "topic": (), "sentiment": (), "intent": (), "severity": (), "version": (),
    "device": (), "os": (), "region": (), "rating_min": None, "rating_max": None, "has_reply": None, "truncated": None,
    "since": "", "until": "", "noise": "include", "sort": None,
}.items()} | {
    "topic without polarity": _asking(_no_polarity),
    "no version prefixes": _asking(_exact_version),
    "or as and": _asking(lambda query: query.model_copy(update={"q": query.q.replace(" OR ", " ")})),
    "no exclusion": _asking(lambda query: query.model_copy(update={"q": query.q.replace("-", "")})),
    "no quotes": _asking(lambda query: query.model_copy(update={"q": query.q.replace('"', "")})),
}  # fmt: skip


def _failures(kind: type[MemoryEngine]) -> Iterator[str]:
    for check in CHECKS:
        try:
            check(lambda: kind(Topics(TAXONOMY, PRODUCTS)))
        except (Exception, pytest.fail.Exception):
            yield check.__name__


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_engine_fails_the_contract(name: str) -> None:
    assert next(_failures(MUTANTS[name]), None)


def test_the_right_one_passes() -> None:
    assert list(_failures(MemoryEngine)) == []
