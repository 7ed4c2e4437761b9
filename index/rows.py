"""From a document to the row that every engine writes: one pure function, no engine in it.

All filters are keywords: a filter holds when the row bears one of the accepted (field, value) pairs. So that
engines cannot differ in what "version 8.2.*" or "untagged" means, the meaning is written into the row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from feedback.model import NOISE_INTENTS, Document, Feedback
from feedback.query import UNTAGGED
from index.analysis import characters, tokens
from index.topics import Topics

KEYWORDS = (
    "product", "platform", "via", "topic", "topic_polar", "top", "top_polar", "sentiment", "intent", "severity", "rating", "version",
    "version_prefix", "device", "os", "region", "noise", "reply", "truncated",
)  # fmt: skip
ROW_VERSION = "1"
SEQ_BITS = 31
PREFIX_CHARS = 24
"""Longest version prefix that can be asked for."""
LONGEST_KEYWORD = 200
"""In characters: every engine has a limit, far above every real device name."""

_AT = range(-(1 << 31), 1 << 32)
_MOST_LIKES = (1 << 31) - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unfit(ValueError):
    """A document that no index can take; the message says why."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    seq: int
    text: str
    """Tokens, joined by spaces: a phrase is a substring of this on token borders."""
    characters: tuple[str, ...]
    keywords: Mapping[str, Sequence[str]]
    at: int
    """Unix seconds."""
    newest: int
    """Sort keys, all for descending order, all unique: value << 31 | seq."""
    likes: int
    rating: int


def index_row(document: Document, topics: Topics) -> IndexRow:
    """The row of a document whose text is masked already. Raises Unfit."""
    record, seq = document.feedback, document.seq
    at = floor(record.at.timestamp())
    if seq not in range(1 << SEQ_BITS):
        raise Unfit(f"seq {seq} does not fit {SEQ_BITS} bits")
    if at not in _AT:
        raise Unfit(f"time {record.at.isoformat()} is outside of 1901 … 2106")
    fields = keywords(document, topics)
    if not all(is_writable(value) for values in fields.values() for value in values):
        raise Unfit("half a character (lone surrogate) in a field")
    return IndexRow(
        seq=seq,
        text=" ".join(tokens(record.text)),
        characters=tuple(characters(record.text)),
        keywords=fields,
        at=at,
        newest=sort_key(at, seq),
        likes=sort_key(min(_likes(record), _MOST_LIKES), seq),
        rating=sort_key(6 - record.rating if record.rating else 0, seq),
    )


def sort_key(value: int, seq: int) -> int:
    """Orders by *value*, then by arrival; never the same for two items."""
    return value << SEQ_BITS | seq


def seq_of(key: int) -> int:
    return key & ((1 << SEQ_BITS) - 1)


def keywords(document: Document, topics: Topics) -> dict[str, Sequence[str]]:
    """Field → values: everything that can be filtered and counted."""
    record = document.feedback
    tags = document.effective
    of = {
        facet: [tag.label for tag in tags if tag.facet == facet]
        for facet in ("sentiment", "intent", "severity")
    }
    leaves, tops = topics.labels((tag for tag in tags if tag.facet == "topic"), record.products)
    untagged = [] if document.key or of["sentiment"] else [UNTAGGED]
    return {
        "product": record.products,
        "platform": [record.platform],
        "via": [record.via],
        "topic": [label for label in leaves if "|" not in label],
        "topic_polar": [label for label in leaves if "|" in label],
        "top": [label for label in tops if "|" not in label],
        "top_polar": [label for label in tops if "|" in label],
        "sentiment": of["sentiment"] + untagged,
        "intent": list(dict.fromkeys(of["intent"])),
        "severity": of["severity"],
        "rating": _known(record.rating),
        "version": _known(record.app_version),
        "version_prefix": _prefixes(record.app_version or ""),
        "device": _known(record.device),
        "os": _known(record.os),
        "region": _known(record.region),
        "noise": [
            "only" if NOISE_INTENTS.intersection(of["intent"]) else "exclude"
        ],  # the value of ``noise`` that selects the item
        "reply": [yes_no(record.reply is not None)],
        "truncated": [yes_no(record.quality != "full")],
    }


def is_writable(value: str) -> bool:
    """Whether *value* can be written as UTF-8, as every engine does."""
    return value.isascii() or not _SURROGATE.search(value)


def yes_no(flag: bool) -> str:
    return "yes" if flag else "no"


def _known(value: str | int | None) -> list[str]:
    return [] if value in (None, "") else [str(value)[:LONGEST_KEYWORD]]


def _prefixes(version: str) -> list[str]:
    """8.2 → * 8* 8.* 8.2*: a prefix filter is the look-up of one keyword in every engine."""
    if not version:
        return []
    return [version[:length] + "*" for length in range(min(len(version), PREFIX_CHARS) + 1)]


def _likes(record: Feedback) -> int:
    return max(0, record.metrics.get("likes", record.metrics.get("votes", 0)))
