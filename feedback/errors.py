"""The error tree. One class per kind of thing that can go wrong, grouped by who can mend it.

    FeedbackError
    ├── UsageError            the caller asked for something impossible      (exit 2, HTTP 422)
    │   ├── ConfigError           a setting, product or taxonomy is wrong
    │   ├── QueryError            a filter, cursor or date makes no sense    (HTTP 400)
    │   │   └── CursorGone            the snapshot under a cursor is gone        (HTTP 410)
    │   └── ImportRefused         a file cannot be read as feedback
    ├── NotFound              no such item, product, key or run              (HTTP 404)
    ├── Forbidden             key missing, or its scope is too small         (HTTP 401/403)
    ├── StoreError            the database cannot do it now
    │   ├── StoreBusy             another process holds the lock             (transient)
    │   ├── StoreFull             no space left on the disk
    │   └── WrongStore            other salt, other schema, other store
    ├── EngineError           the search index cannot answer                 (transient)
    ├── ModelError            a model file is missing or damaged
    └── SourceError           a source does not deliver
        ├── SourceBlocked         it refuses us: 403/414/418/429/432, or a wall
        └── SourceChanged         it answers, but not in the shape of its contract

A message says what was attempted, the value seen and what is allowed; ``hint`` is the next step.
"""

import difflib
from collections.abc import Iterable


class FeedbackError(Exception):
    """Base of every error this product raises on purpose."""

    transient = False
    """True: the same call may succeed later."""
    status = 500
    """HTTP status of the problem document."""
    exit_code = 1
    """Exit code of the command line."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


class UsageError(FeedbackError):
    """What was asked cannot be done as asked; nothing was changed."""

    status = 422
    exit_code = 2


class ConfigError(UsageError):
    """A setting, a product, the taxonomy or a secret is missing or wrong."""


class QueryError(UsageError):
    """A filter, a cursor, a date or a search text makes no sense."""

    status = 400


class CursorGone(QueryError):
    """A relevance cursor stands on a snapshot that is no longer held: start the search again."""

    status = 410


class ImportRefused(UsageError):
    """A file cannot be read as feedback; not one row of it was stored."""


class NotFound(FeedbackError):
    status = 404


class Forbidden(FeedbackError):
    """The key is missing (401) or may not do this (403)."""

    status = 403

    def __init__(self, message: str, *, hint: str = "", status: int = 403) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class StoreError(FeedbackError):
    status = 503


class StoreBusy(StoreError):
    transient = True


class StoreFull(StoreError):
    status = 507


class WrongStore(StoreError):
    """The database belongs to another salt, a newer schema or another copy of this project."""


class EngineError(FeedbackError):
    transient = True
    status = 503


class ModelError(FeedbackError):
    pass


class SourceError(FeedbackError):
    status = 502


class SourceBlocked(SourceError):
    """Raised by a source's ``parse`` on a refusal. The run stops, marked *blocked*; its watermark stays."""


class SourceChanged(SourceError):
    """Raised by a source's ``parse`` when a page loads but its records cannot be found.

    The run stops, marked *changed*; the watermark does not move, so nothing is skipped once the parser is mended.
    """


def near(value: str, allowed: Iterable[str], *, most: int = 3) -> str:
    """A hint naming the allowed values closest to *value*, or all of them when they are few."""
    names = sorted(allowed)
    close = difflib.get_close_matches(value, names, n=most, cutoff=0.5)
    if close:
        return "是不是 did you mean: " + ", ".join(close)
    shown = ", ".join(names[:24])
    return f"可用 allowed: {shown}" + (" …" if len(names) > 24 else "")
