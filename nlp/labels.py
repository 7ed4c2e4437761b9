"""Labelled texts and the one split that every model of this project keeps. Owns no labels."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from feedback.errors import UsageError

Side = Literal["train", "choice", "test"]


class Labelled(NamedTuple):
    id: str
    text: str
    sentiment: str
    intents: tuple[str, ...]
    severity: str | None
    topics: tuple[tuple[str, str, str], ...]
    """(leaf, polarity, evidence)."""
    source: str

    @property
    def side(self) -> Side:
        return side(self.text)


def side(text: str) -> Side:
    """Of the hash of the text without white space: a fifth is never trained on, half of it reported."""
    bare = "".join(text.split()).encode("utf-8", "surrogatepass")
    number = int(hashlib.sha1(bare, usedforsecurity=False).hexdigest()[:8], 16)
    if number % 5:
        return "train"
    return "choice" if number % 10 == 0 else "test"


def read(path: Path) -> Iterator[Labelled]:
    """The rows of a ``.jsonl`` or ``.jsonl.gz`` file. Raises UsageError naming the line that is wrong."""
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield _row(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise UsageError(
                    f"{path.name}:{number}: 读不懂的标注 cannot read this label: {error!r}",
                    hint="每行一个 JSON one JSON a line: id, text, sentiment, intents, severity, topics",
                ) from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _row(row: dict[str, Any]) -> Labelled:
    topics = tuple((each["leaf"], each["polarity"], each.get("evidence", "")) for each in row["topics"])
    return Labelled(
        id=str(row["id"]),
        text=row["text"],
        sentiment=row["sentiment"],
        intents=tuple(row["intents"]),
        severity=row.get("severity"),
        topics=topics,
        source=row.get("set", ""),
    )
