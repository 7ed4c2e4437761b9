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
    """Raises QueryError for a parameter that neither the query nor the route knows."""
    mine: dict[str, str] = {}
    filters: list[tuple[str, object]] = []
    for name, value in request.query_params.multi_items():
        if name in own:
            mine[name] = value
        elif name in PARAMS:
            filters.append((name, value))
        else:
            raise QueryError(
                f"没有这个参数 no such parameter: {name[:80]!r}", hint=near(name[:80], {*PARAMS, *own})
            )
    query = caller.narrow(Query.parse(filters), service_of(request).products)
    return Asked(query, mine)


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
