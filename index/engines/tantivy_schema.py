"""The physical form of a row in tantivy: no stored text, everything else as fast columns."""

from functools import lru_cache
from importlib.metadata import version

import tantivy

from feedback.ids import digest
from feedback.mask import MASK_VERSION
from index.analysis import ANALYSIS_VERSION
from index.rows import KEYWORDS, ROW_VERSION, IndexRow
from index.topics import Topics

SCHEMA_VERSION = f"1/{version('tantivy').rpartition('.')[0]}"
"""tantivy's own format changes between minor versions."""

_NOT_COUNTED = frozenset({"version_prefix", "reply", "truncated"})
MARK = "position"
"""One document more than there are items says where the index stands: so the position is committed with the
items, in the same instant, and cannot be ahead of them."""


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Texts arrive as tokens joined by spaces: tantivy cannot call Python, so the analysis stays ours.
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("characters", tokenizer_name="whitespace", index_option="basic")
    for name in KEYWORDS:
        builder.add_text_field(
            name, tokenizer_name="raw", index_option="basic", fast=name not in _NOT_COUNTED
        )
    builder.add_integer_field("seq", indexed=True, fast=True)
    for name in ("at", "by_newest", "by_likes", "by_rating", "position", "documents"):
        builder.add_integer_field(name, fast=True)
    builder.add_text_field("mark", tokenizer_name="raw", index_option="basic")
    return builder.build()


def fingerprint(topics: Topics) -> str:
    """Changes with everything that decides what is written; another fingerprint is another folder."""
    return digest(SCHEMA_VERSION, ROW_VERSION, ANALYSIS_VERSION, MASK_VERSION, topics.fingerprint)


def as_document(row: IndexRow) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("text", row.text)
    document.add_text("characters", " ".join(row.characters))
    for name, values in row.keywords.items():
        for value in values:
            document.add_text(name, value)
    document.add_integer("seq", row.seq)
    document.add_integer("at", row.at)
    document.add_integer("by_newest", row.newest)
    document.add_integer("by_likes", row.likes)
    document.add_integer("by_rating", row.rating)
    return document


def mark(position: int, documents: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("mark", MARK)
    document.add_integer("position", position)
    document.add_integer("documents", documents)
    return document
