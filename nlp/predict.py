"""Labels for texts in a file: no project, no database, the text exactly as given.

Reads JSON lines with ``id`` and ``text``; writes JSON lines in the format of the labels, in the same order.
Evidence is cut from the given text by its span. Never masks: what comes in goes out.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from feedback.errors import UsageError
from feedback.model import INTENTS, Tag
from nlp.pipeline import Pipeline
from nlp.tagger import Item

BATCH = 1_024

_FORMAT = '每行一个 one JSON object a line: {"id": "…", "text": "…"}'


class Given(NamedTuple):
    id: Any
    """As it was: a string or a number."""
    text: str


def predict_file(source: Path, target: Path, pipeline: Pipeline) -> int:
    """Label every line of *source* into *target*; returns how many. Raises UsageError naming a bad line.

    *target* appears only when all is done: an interrupted run leaves none, never half of one.
    """
    partial = target.with_name(target.name + ".partial")
    try:
        with source.open(encoding="utf-8-sig") as lines, _opened(partial) as out:
            count = predict_lines(lines, out, pipeline, name=source.name)
        partial.replace(target)
    except FileNotFoundError as error:
        raise UsageError(f"没有这个文件 no such file: {error.filename}", hint=_FORMAT) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{source.name}: 不是 UTF-8 is not UTF-8", hint=_FORMAT) from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def _opened(path: Path) -> TextIO:
    # What cannot stand in UTF-8, half of a surrogate pair, is written as JSON itself would: \ud800.
    return path.open("w", encoding="utf-8", errors="backslashreplace")


def predict_lines(lines: Iterable[str], out: TextIO, pipeline: Pipeline, *, name: str = "-") -> int:
    count = 0
    for row in predict(read(lines, name=name), pipeline):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def predict(given: Iterable[Given], pipeline: Pipeline) -> Iterator[dict[str, Any]]:
    """One row for each text, in order, in bounded memory."""
    rest = iter(given)
    while batch := list(islice(rest, BATCH)):
        tags = pipeline.tag([Item.of(one.text) for one in batch])
        for one, found in zip(batch, tags, strict=True):
            yield row(one, found)


def read(lines: Iterable[str], *, name: str = "-") -> Iterator[Given]:
    """Raises UsageError with the number of the first line that is no such object. Empty lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(f"{name}:{number}: 不是 JSON is not JSON: {error.msg}", hint=_FORMAT) from error
        if not isinstance(fields, dict):
            raise UsageError(
                f"{name}:{number}: 应为对象 should be an object, not {fields!r}"[:200], hint=_FORMAT
            )
        if not isinstance(fields.get("id"), str | int):
            raise UsageError(
                f"{name}:{number}: id 缺失或不对 missing or wrong: {fields.get('id')!r}", hint=_FORMAT
            )
        if not isinstance(fields.get("text"), str):
            raise UsageError(
                f"{name}:{number}: text 缺失或不对 missing or wrong: {type(fields.get('text')).__name__}",
                hint=_FORMAT,
            )
        yield Given(fields["id"], fields["text"])


def row(given: Given, tags: Iterable[Tag]) -> dict[str, Any]:
    """The tags in the words of the labels."""
    facets: dict[str, list[Tag]] = {}
    for tag in tags:
        facets.setdefault(tag.facet, []).append(tag)
    intents = {tag.label for tag in facets.get("intent", ())}
    severity = next((tag.label for tag in facets.get("severity", ())), None)
    return {
        "id": given.id,
        "text": given.text,
        "sentiment": facets["sentiment"][0].label,
        "intents": [intent for intent in INTENTS if intent in intents],
        "severity": severity,
        "topics": [
            {
                "leaf": tag.label,
                "polarity": tag.polarity or "neu",
                "evidence": given.text[tag.start : tag.end] if tag.start is not None else "",
            }
            for tag in facets.get("topic", ())
        ],
    }
