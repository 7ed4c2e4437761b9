"""The filters beside the results: counts with the address that selects or releases each value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from api.access import Caller
from api.figures import facets
from api.pages import words
from api.pages.links import Links
from api.service import Service
from feedback.query import Query
from feedback.taxonomy import Taxonomy
from index.search import FacetValue

_FLAT = ("sentiment", "product", "platform", "severity", "intent", "rating", "version", "region", "device")
_CLOSED = {
    "severity": ("0", "1", "2", "3"),
    "rating": ("5", "4", "3", "2", "1"),
    "sentiment": ("neg", "mix", "neu", "pos", "untagged"),
}
"""Facets whose values have an order of their own."""
SHOWN = 8
MOST_TOPS = 8
_SIZE = 60


@dataclass(frozen=True, slots=True)
class Side:
    """Items of one polarity of a topic."""

    polarity: str
    count: int
    grow: int
    """Its share of the topic in twentieths, at least one: a class of the style sheet."""
    href: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int
    href: str
    selected: bool
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A top-level topic and those of its leaves that occur."""

    option: Option
    leaves: tuple[Option, ...]

    @property
    def is_open(self) -> bool:
        return self.option.selected or any(leaf.selected for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class Group:
    facet: str
    options: tuple[Option, ...] = ()
    branches: tuple[Branch, ...] = field(default=())

    @property
    def shown(self) -> tuple[Option, ...]:
        """The most frequent, and whatever is selected."""
        return tuple(each for place, each in enumerate(self.options) if place < SHOWN or each.selected)

    @property
    def rest(self) -> tuple[Option, ...]:
        return tuple(each for each in self.options if each not in self.shown)


def groups(service: Service, caller: Caller, query: Query, links: Links, lang: str) -> list[Group]:
    """*query* is resolved and is counted; *links* hold it as it was said."""
    found = facets(service, caller, query, ("top", "topic", *_FLAT), size=_SIZE)
    made = [Group("topic", branches=_branches(found, service.taxonomy, links))]
    for facet in _FLAT:
        values = _ordered(facet, found.get(facet, ()))
        # One value that everything has says nothing, unless it is what was asked for.
        if len(values) > 1 or any(_is_on(links, facet, each.value) for each in values):
            made.append(Group(facet, tuple(_option(links, facet, each, service, lang) for each in values)))
    return sorted(made, key=lambda group: group.facet != "sentiment")  # the rest keeps its order


def _ordered(facet: str, values: Sequence[FacetValue]) -> Sequence[FacetValue]:
    if facet not in _CLOSED:
        return values
    order = _CLOSED[facet]
    return sorted(values, key=lambda each: order.index(each.value) if each.value in order else len(order))


def _is_on(links: Links, facet: str, value: str) -> bool:
    if facet == "rating":
        low, high = links.query.rating_min, links.query.rating_max
        return bool(low or high) and value.isdigit() and (low or 1) <= int(value) <= (high or 5)
    return links.selected(facet, value)


def _option(links: Links, facet: str, each: FacetValue, service: Service, lang: str) -> Option:
    href = links.stars(int(each.value)) if facet == "rating" else links.toggle(facet, each.value)
    name = service.product_name(each.value) if facet == "product" else words.label(lang, facet, each.value)
    return Option(each.value, name, each.count, href, _is_on(links, facet, each.value))


def _branches(
    found: Mapping[str, Sequence[FacetValue]], taxonomy: Taxonomy, links: Links
) -> tuple[Branch, ...]:
    leaves: dict[str, list[Option]] = {}
    for each in found.get("topic", ()):
        leaf = taxonomy.current(each.value)
        if leaf:
            leaves.setdefault(leaf.top, []).append(_topic(links, each, taxonomy))
    return tuple(
        Branch(_topic(links, each, taxonomy), tuple(leaves.get(each.value, ())))
        for each in found.get("top", ())
    )


def _topic(links: Links, each: FacetValue, taxonomy: Taxonomy) -> Option:
    return Option(
        each.value,
        taxonomy.name(each.value),
        each.count,
        links.toggle("topic", each.value),
        links.selected("topic", each.value),
        tuple(_sides(links, each)),
    )


def _sides(links: Links, each: FacetValue) -> Iterable[Side]:
    total = sum(each.split.values())
    for polarity in ("neg", "neu", "pos"):
        count = each.split.get(polarity, 0)
        if count:
            value = f"{each.value}|{polarity}"
            selected = value in links.query.topic
            yield Side(
                polarity, count, max(1, round(20 * count / total)), links.toggle("topic", value), selected
            )
