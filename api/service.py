"""What the API stands on: parts made elsewhere, handed over once. Makes none of them, reads no settings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from feedback.taxonomy import Taxonomy
from index.records import Records
from index.search import Search

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _no_faults() -> Sequence[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Service:
    records: Records
    search: Search
    taxonomy: Taxonomy
    clock: Callable[[], datetime]
    zone: ZoneInfo
    """Where days begin when an item's product says nothing else."""
    products: Mapping[str, str] = field(default_factory=dict)
    """Product key → the name people read."""
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Product key → its own zone."""
    bind: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    """Further host names by which this server may be called while it is bound to loopback."""
    demo: bool = False
    version: str = ""
    faults: Callable[[], Sequence[str]] = _no_faults
    """What is wrong right now, each in one bilingual sentence: shown on every page, makes the server not ready."""

    @property
    def is_loopback(self) -> bool:
        return self.bind in LOOPBACK

    def zone_for(self, products: Iterable[str]) -> ZoneInfo:
        """The zone of the first product that has one."""
        return next((self.zones[key] for key in products if key in self.zones), self.zone)

    def product_name(self, key: str) -> str:
        return self.products.get(key, key)
