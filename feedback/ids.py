"""Identities and digests: who, what, which revision. Pure functions of their arguments and the salt."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from feedback.text import fold, squeeze

PLACEHOLDER_NAMES = frozenset(
    fold(name)
    for name in (
        "匿名用户",
        "匿名",
        "A Google user",
        "Google 用户",
        "用户",
        "游客",
        "手机用户",
        "微信用户",
        "华为用户",
        "null",
        "None",
    )
)
"""Names that many people share: they identify nobody."""

ALIAS_WINDOW = timedelta(days=2)


def digest(*parts: str, size: int = 12) -> str:
    """First *size* hex digits of SHA-256 over the parts, separated so that ("ab","c") ≠ ("a","bc")."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:size]


@lru_cache(maxsize=4)
def _mac(salt: bytes) -> hmac.HMAC:
    return hmac.new(salt, digestmod=hashlib.sha256)


def _keyed(salt: bytes, *parts: str) -> str:
    mac = _mac(salt).copy()
    mac.update("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return mac.hexdigest()[:20]


def pseudonym(salt: bytes, platform: str, *, native_id: str | None, name: str | None) -> str | None:
    """The author's pseudonym: from the platform's user id, else from the nickname; None for a placeholder."""
    if native_id:
        return _keyed(salt, "author", platform, native_id)
    return name_key(salt, platform, name)


def name_key(salt: bytes, platform: str, name: str | None) -> str | None:
    folded = fold(name or "").strip()
    if not folded or folded in PLACEHOLDER_NAMES:
        return None
    return _keyed(salt, "name", platform, folded)


def row_id(platform: str, region: str | None, product: str, cells: Sequence[str]) -> str:
    """Id of an exported row that has none of its own: the digest of its raw cells.

    The same row in two files has one id; two different rows never share one.
    """
    parts = [platform, region or "", product, *cells]
    sha1 = hashlib.sha1(
        "\x1f".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False
    ).hexdigest()
    return ":".join(part for part in (platform, region, "h", sha1) if part)


def is_row_id(feedback_id: str) -> bool:
    return ":h:" in feedback_id


def revision(text: str, rating: int | None, version: str | None, device: str | None, os: str | None) -> str:
    return digest(text, str(rating or ""), version or "", device or "", os or "")


def alias_keys(
    salt: bytes,
    platform: str,
    region: str | None,
    name: str | None,
    rating: int | None,
    text: str,
    at: datetime | None,
    *,
    days: Iterable[int] = (0,),
) -> tuple[str, ...]:
    """What two records of one thing said once have in common; empty without a nickname or a time.

    name: The name key. days: Added to *at*, one key each: two items can be one only if the key of the one is
    among the keys of the other over ``ALIAS_DAYS``.
    """
    if name is None or at is None:
        return ()
    what = ("alias", platform, region or "", name, str(rating or ""), squeeze(text))
    said_on = at.date().toordinal()
    return tuple(_keyed(salt, *what, str(said_on + day)) for day in days)


ALIAS_DAYS = range(-ALIAS_WINDOW.days, ALIAS_WINDOW.days + 1)


def work_key(revision_digest: str, fingerprints: Iterable[tuple[str, str]]) -> str:
    """Digest of a revision and of the fingerprints that apply to it: the base, and its products' own leaves."""
    return digest(revision_digest, *(f"{name}={value}" for name, value in sorted(fingerprints)), size=16)
