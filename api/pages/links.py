"""Addresses of the search page: the query as it is, with one thing added, removed or replaced."""

from dataclasses import dataclass
from urllib.parse import urlencode

from feedback.query import LISTS, Query


@dataclass(frozen=True, slots=True)
class Links:
    query: Query
    path: str = "/"

    def to(self, query: Query, **extra: str) -> str:
        params = [*query.to_params(), *((name, value) for name, value in extra.items() if value)]
        return f"{self.path}?{urlencode(params)}" if params else self.path

    def here(self, **extra: str) -> str:
        return self.to(self.query, **extra)

    def having(self, **fields: object) -> str:
        """This query with these fields replaced. An order the words no longer allow falls back by itself."""
        return self.to(self.query.model_copy(update=fields))

    def toggle(self, facet: str, value: str) -> str:
        """With *value* selected if it is not, without it if it is. A topic loses its polarities as well."""
        known: tuple[str, ...] = getattr(self.query, facet)
        kept = tuple(
            one for one in known if one != value and not (facet == "topic" and one.startswith(f"{value}|"))
        )
        return self.having(**{facet: kept if len(kept) < len(known) else (*known, value)})

    def selected(self, facet: str, value: str) -> bool:
        known: tuple[str, ...] = getattr(self.query, facet)
        return value in known or (facet == "topic" and any(one.startswith(f"{value}|") for one in known))

    def stars(self, value: int) -> str:
        is_on = self.query.rating_min == self.query.rating_max == value
        return self.having(rating_min=None if is_on else value, rating_max=None if is_on else value)

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """The query as hidden fields of a form that asks for the fields *without* itself."""
        return [(name, value) for name, value in self.query.to_params() if name not in without]


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter and the address without it."""

    facet: str
    value: str
    href: str


def chips(query: Query, path: str = "/") -> list[Chip]:
    links = Links(query, path)
    found = [Chip("q", query.q, links.having(q="", sort=None))] if query.q else []
    for facet in LISTS:
        known: tuple[str, ...] = getattr(query, facet)
        for value in known:
            rest = tuple(one for one in known if one != value)
            found.append(Chip(facet, value, links.having(**{facet: rest})))
    if query.rating_min or query.rating_max:
        stars = f"{query.rating_min or 1}-{query.rating_max or 5}"
        found.append(Chip("rating", stars, links.having(rating_min=None, rating_max=None)))
    for flag in ("has_reply", "truncated"):
        state = getattr(query, flag)
        if state is not None:
            found.append(Chip(flag, "yes" if state else "no", links.having(**{flag: None})))
    if query.since or query.until:
        found.append(
            Chip("time", f"{query.since or '…'} – {query.until or '…'}", links.having(since="", until=""))
        )
    if query.noise != "exclude":
        found.append(Chip("noise", query.noise, links.having(noise="exclude")))
    return found
