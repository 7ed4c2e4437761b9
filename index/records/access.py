"""Who may ask (API keys, stored hashed) and who may work (leases, on the real clock)."""

import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from feedback.errors import NotFound, UsageError, near
from index.records.schema import api_keys, leases

SCOPES = frozenset({"read", "raw", "write", "admin"})
_PREFIX = "hs_"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret."""

    name: str
    scopes: frozenset[str]
    products: tuple[str, ...] = ()
    """Only these; empty: all."""
    created_at: int = 0
    revoked: bool = False


def _hash(secret: str) -> str:
    """A plain digest is enough: the secret is 32 random bytes, not a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_key(
    connection: Connection, name: str, scopes: Iterable[str], products: Iterable[str], now_s: int
) -> str:
    """Store a new key and return its secret, which is shown once and kept nowhere."""
    wanted = frozenset(scopes)
    for scope in sorted(wanted - SCOPES):
        raise UsageError(f"没有这种权限 no such scope: {scope!r}", hint=near(scope, SCOPES))
    if connection.execute(select(api_keys.c.name).where(api_keys.c.name == name)).scalar():
        raise UsageError(
            f"已有同名的密钥 there is a key called {name!r} already", hint="换个名字 choose another name"
        )
    secret = _PREFIX + secrets.token_urlsafe(32)
    row = {"name": name, "secret_hash": _hash(secret), "created_at": now_s}
    row |= {"scopes": " ".join(sorted(wanted)), "products": " ".join(sorted(products))}
    connection.execute(insert(api_keys), row)
    return secret


def find_key(connection: Connection, secret: str) -> Key | None:
    found = select(api_keys).where(api_keys.c.secret_hash == _hash(secret), api_keys.c.revoked.is_(False))
    row = connection.execute(found).one_or_none()
    return _key(row) if row else None


def list_keys(connection: Connection) -> list[Key]:
    return [_key(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.name))]


def revoke_key(connection: Connection, name: str) -> None:
    result = connection.execute(update(api_keys).where(api_keys.c.name == name).values(revoked=True))
    if result.rowcount == 0:
        names = connection.scalars(select(api_keys.c.name)).all()
        raise NotFound(f"没有这个密钥 no key called {name!r}", hint=near(name, names))


def _key(row: Row[tuple[str, ...]]) -> Key:
    return Key(
        name=row.name,
        scopes=frozenset(row.scopes.split()),
        products=tuple(row.products.split()),
        created_at=row.created_at,
        revoked=row.revoked,
    )


def take_lease(connection: Connection, name: str, holder: str, seconds: int) -> bool:
    """Take or prolong; False while another holder's lease runs. Leases use the real clock, never ``--now``."""
    now = int(time.time())
    wish: dict[str, str | int] = {"name": name, "holder": holder, "until": now + seconds}
    return connection.execute(lease_taken(connection.dialect.name, wish, now)).scalar() is not None


def lease_taken(dialect: str, wish: Mapping[str, str | int], now: int) -> ReturningInsert[Any]:
    """One statement, so that of two who ask at once one is told no."""
    asked = (postgresql if dialect == "postgresql" else sqlite).insert(leases).values(wish)
    taken: ReturningInsert[Any] = asked.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": asked.excluded.holder, "until": asked.excluded.until},
        where=(leases.c.holder == asked.excluded.holder) | (leases.c.until <= now),
    ).returning(leases.c.name)
    return taken


def drop_lease(connection: Connection, name: str, holder: str) -> None:
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


def lease_holder(connection: Connection, name: str) -> str | None:
    running = select(leases.c.holder).where(leases.c.name == name, leases.c.until > int(time.time()))
    holder: str | None = connection.execute(running).scalar()
    return holder
