"""From the parameters of a request to a Query that its caller may ask."""

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import Request

from api.access import Caller, service_of
from feedback.errors import QueryError, near
from feedback.query import PARAMS, Query

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: the query, and the route's own parameters beside it."""

    query: Query
    """As said: relative times are kept, products are narrowed to the caller's."""
    own: dict[str, str]

    def limit(self, default: int = 20) -> int:
        return whole("limit", self.own.get("limit", str(default)), most=MAX_LIMIT)


def read(request: Request, caller: Caller, *, own: Collection[str] = ()) -> Asked:
    """The query and the parameters *own* of a route that asks one. Raises QueryError for any other."""
    mine, filters = _sorted(request, own, PARAMS)
    query = caller.narrow(Query.parse(filters), service_of(request).products)
    return Asked(query, mine)


def only(request: Request, *own: str) -> dict[str, str]:
    """The parameters of a route that asks no query; a filter there would be a filter unheard."""
    return _sorted(request, own, ())[0]


def products(request: Request, caller: Caller, *own: str) -> tuple[str, ...]:
    """Of a route that knows no other filter: the products asked for, within the caller's."""
    _, filters = _sorted(request, own, ("product",))
    return caller.narrow(Query.parse(filters), service_of(request).products).product


def _sorted(
    request: Request, own: Collection[str], allowed: Collection[str]
) -> tuple[dict[str, str], list[tuple[str, object]]]:
    mine: dict[str, str] = {}
    filters: list[tuple[str, object]] = []
    for name, value in request.query_params.multi_items():
        if name in own:
            mine[name] = value
        elif name in allowed:
            filters.append((name, value))
        else:
            known = {*allowed, *own}
            hint = near(name[:80], known) if known else "这里没有参数 there are none here"
            raise QueryError(f"没有这个参数 no such parameter: {name[:80]!r}", hint=hint)
    return mine, filters


def whole(name: str, said: str, *, most: int) -> int:
    if not said.isascii() or not said.isdigit() or not 1 <= int(said[:9]) <= most:
        raise QueryError(f"{name} 不能是 cannot be {said[:40]!r}", hint=f"1 … {most}")
    return int(said)


def flag(said: str | None) -> bool:
    return (said or "").lower() in ("1", "true", "yes", "是")


def one_of(name: str, said: str, allowed: Collection[str]) -> str:
    if said not in allowed:
        raise QueryError(f"{name} 不能是 cannot be {said[:80]!r}", hint=near(said[:80], allowed))
    return said
