"""Owns the script of what goes wrong: which request meets which fault. Nothing here is random.

Says only *that* a fault is met; `refusals` and `feeds` know what it looks like.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from demo.apps import apps
from demo.feeds import ODDITIES
from demo.refusals import REFUSALS

ROW_FAULTS = ("empty", "sparse", "repeat", "stale")
"""empty: the page's rows are hidden · sparse: an empty page is put in between, its rows move one page on ·
repeat: the rows of the page before once more · stale: a copy `hours` old."""
SLOW = "slow"
"""Takes `seconds` before the answer, which is otherwise good."""
ENDPOINTS = ("feed", "lookup")
KINDS = (*ROW_FAULTS, SLOW, *ODDITIES, *REFUSALS)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One scripted fault. A field left at its default matches every request."""

    kind: str
    endpoint: str = "feed"
    """One of ENDPOINTS."""
    app: str = ""
    """A product key or store id."""
    storefront: str = ""
    page: int = 0
    first: int = 0
    """Only the first so many matching requests meet it (0 = all)."""
    retry_after: int = 0
    """Seconds that a 429 asks to wait; 0 = it does not say."""
    hours: float = 26.0
    seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; there are: {', '.join(KINDS)}")
        if self.endpoint not in ENDPOINTS:
            raise ValueError(
                f"unknown endpoint {self.endpoint!r} of a fault; there are: {', '.join(ENDPOINTS)}"
            )
        if self.kind == "sparse" and (not self.page or self.first):
            raise ValueError(
                "a sparse fault needs a page and takes no first=: it shifts all later pages for good"
            )

    def meets(self, *, endpoint: str, appstore_id: str, storefront: str, page: int) -> bool:
        return (
            self.endpoint == endpoint
            and self.app in ("", appstore_id, _KEYS.get(appstore_id))
            and self.storefront in ("", storefront)
            and self.page in (0, page)
        )


_KEYS = {app.appstore_id: app.key for app in apps()}

DEFAULT_PLAN: tuple[Fault, ...] = (
    Fault(kind="forbidden", app="taijian", storefront="tw"),
    Fault(kind="empty", app="luling", storefront="hk"),
    Fault(kind="sparse", app="luling", storefront="cn", page=1),
)
"""A mild plan, so that the demo has incomplete coverage to be honest about."""


class Plan:
    """The faults of one running server, with the count of requests that each has met."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self._met: Counter[int] = Counter()

    def meet(self, *, endpoint: str, appstore_id: str, storefront: str, page: int = 0) -> tuple[Fault, ...]:
        """The faults that this request meets, in the order of the plan; counts it for each."""
        met = []
        for number, fault in enumerate(self.faults):
            if not fault.meets(endpoint=endpoint, appstore_id=appstore_id, storefront=storefront, page=page):
                continue
            self._met[number] += 1
            if not fault.first or self._met[number] <= fault.first:
                met.append(fault)
        return tuple(met)

    def gaps_before(self, *, appstore_id: str, storefront: str, page: int) -> int:
        """How many empty pages lie before `page`: its rows are those of so many pages earlier."""
        sparse = [fault for fault in self.faults if fault.kind == "sparse" and fault.page < page]
        return sum(
            fault.meets(endpoint="feed", appstore_id=appstore_id, storefront=storefront, page=fault.page)
            for fault in sparse
        )


def parse_fault(words: str) -> Fault:
    """`throttled,storefront=tw,page=2,first=1,retry_after=3`: a kind and then fields."""
    kind, *settings = words.split(",")
    pairs = [setting.partition("=") for setting in settings]
    return _fault({"kind": kind, **{name: value for name, _, value in pairs}})


def load_plan(path: Path) -> tuple[Fault, ...]:
    """A JSON list of faults, each an object with the fields of `Fault`."""
    return tuple(_fault(cells) for cells in json.loads(path.read_text(encoding="utf-8")))


def _fault(cells: dict[str, Any]) -> Fault:
    blank: dict[str, Any] = asdict(Fault(kind=SLOW))
    if strange := sorted(set(cells) - set(blank)):
        raise ValueError(f"unknown field {strange[0]!r} of a fault; there are: {', '.join(blank)}")
    # A command line has only strings: each field takes the type of its default.
    return Fault(**{name: type(blank[name])(value) for name, value in cells.items()})
