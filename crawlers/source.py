"""What a source is: where it looks, and how one answer becomes a page. One file per source implements it.

Everything here is pure. A source builds requests and reads answers; it never sends, stores, waits or looks at
a clock. ``spider`` does that for all of them, ``replay`` does it over saved answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from config.products import Product
from config.sections import Source as SourceSettings
from feedback.errors import SourceBlocked, SourceError
from feedback.model import Follow, Match, Page

Robots = Literal["obey", "documented_api", "operator_accepted"]

REFUSALS = frozenset({401, 403, 414, 418, 429, 432})
"""The server does not want us. 414 and 432 are what Chinese sites answer to visitors they took for robots."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is watched at one place."""

    product: str
    key: str
    """Names it in the ledger and in matches, e.g. ``cn/414478124``; a watermark belongs to it."""
    native_id: str
    region: str | None = None
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What ``parse`` may know beside the answer."""

    target: Target
    salt: bytes
    """Turns authors into pseudonyms."""

    def match(self, via: str) -> Match:
        target = self.target
        return Match(product=target.product, target=target.key, keyword=target.keyword, via=via)


@dataclass(frozen=True, slots=True)
class Presence:
    """What a second, independent answer says of a target whose pages were all empty."""

    exists: bool
    ratings: int = 0

    @property
    def proves_silence(self) -> bool:
        """Known there, and nobody has rated it: then nobody has written either."""
        return self.exists and self.ratings == 0


@dataclass(frozen=True, slots=True)
class Manners:
    """How a source behaves unless the settings say otherwise."""

    defaults: SourceSettings = field(default_factory=SourceSettings)
    empty_pages: int = 5
    """A run ends after so many empty pages in a row: some sources show gaps before the end."""
    window: int = 0
    """The source never shows more items than this; 0: it does not say."""


class Source(Protocol):
    """The contract; ``tests/contracts/check_source.py`` holds every registered source to it."""

    @property
    def name(self) -> str: ...

    @property
    def platform(self) -> str:
        """What its ids begin with."""
        ...

    @property
    def manners(self) -> Manners: ...

    def targets(self, product: Product) -> tuple[Target, ...]: ...

    def first(self, target: Target) -> Follow:
        """The request every run begins with: the newest page."""
        ...

    def parse(
        self,
        body: bytes,
        *,
        url: str,
        status: int,
        headers: Mapping[str, str],
        fetched_at: datetime,
        context: Context,
    ) -> Page:
        """Read one answer. ``Page.follow`` names the next page of the list, if there is one.

        headers: Names in lower case. Raises SourceBlocked on a refusal or a wall, SourceChanged when the answer
        has not the shape of the contract.
        """
        ...

    def proof(self, target: Target) -> Follow | None:
        """The request that tells "nobody wrote" from "nothing shown"; None where there is none."""
        ...

    def presence(self, body: bytes, *, url: str, status: int, headers: Mapping[str, str]) -> Presence:
        """Read the answer to ``proof``. Raises as ``parse`` does."""
        ...


def check_status(status: int, headers: Mapping[str, str]) -> None:
    """Raise SourceBlocked where the status says that we are not welcome or leads elsewhere, SourceError on 5xx."""
    if status in REFUSALS:
        wait = headers.get("retry-after", "")
        asked = f"，要求等 asks to wait {wait[:40]}" if wait else ""
        raise SourceBlocked(
            f"被拒绝 the server refused: HTTP {status}{asked}",
            hint="过些时候再试；不会换身份硬闯 try again later; we never change our name to get in",
        )
    if 300 <= status < 400:
        to = headers.get("location", "?")[:120]
        raise SourceBlocked(
            f"被引到别处 redirected: HTTP {status} → {to}",
            hint="多半是验证页 most likely a wall; open the address in a browser",
        )
    if status >= 500:
        raise SourceError(
            f"服务器出错 the server failed: HTTP {status}", hint="稍后自动再来 the next run tries again"
        )
