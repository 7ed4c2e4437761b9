"""The opaque cursor of a page: where the next one starts, and the instants that "7d" meant on the first.

It is signed with the store's salt over the query it was made for: a cursor of another search, of another store,
or changed by hand is refused. Filters are never read from it.
"""

import base64
import binascii
import hashlib
import json

from feedback.errors import QueryError
from feedback.query import Query
from index.engines.base import After

_HINT = "不带游标重新搜索 search again without the cursor"


def pack(said: Query, resolved: Query, after: After, *, key: bytes) -> str:
    body = [resolved.since, resolved.until, *after]
    sealed = json.dumps([_seal(said, body, key), *body], separators=(",", ":"))
    return base64.urlsafe_b64encode(sealed.encode()).decode().rstrip("=")


def unpack(cursor: str, said: Query, *, key: bytes) -> tuple[Query, After]:
    """The query with the instants of the first page, and the place. Raises QueryError."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        seal, *body = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        since, until, *after = body
    except (binascii.Error, ValueError, TypeError) as error:
        raise QueryError(f"游标已损坏 the cursor cannot be read: {cursor[:40]!r}", hint=_HINT) from error
    if seal != _seal(said, body, key):
        raise QueryError("游标不属于这次搜索 the cursor belongs to another search", hint=_HINT)
    return said.model_copy(update={"since": since, "until": until}), tuple(after)


def _seal(said: Query, body: list[str | int | float], key: bytes) -> str:
    signed = json.dumps([said.to_params(), body], separators=(",", ":")).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(signed, key=hashlib.sha256(key).digest(), digest_size=9).hexdigest()
