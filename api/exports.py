"""Exports: documents as CSV, XLSX or NDJSON, one after the other, however many.

Plain functions over an iterator, used by the API and the command line alike: memory stays constant. A cell
that a spreadsheet could take for a formula gets an apostrophe in front; NDJSON, which none opens, does not.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any
from zoneinfo import ZoneInfo

import orjson
import xlsxwriter

from api import views
from feedback.model import Document, Tag
from feedback.taxonomy import Taxonomy

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}
FORMATS = tuple(MEDIA_TYPES)

SHEET_ROWS = 1_048_576
"""What one sheet of a workbook can hold, its header included; a further sheet takes the rest."""
_CELL_UNITS = 32_767
_CUT_MARK = "…（截断 cut）"
_BATCH = 200

# Excel in Chinese and Japanese also reads the full-width signs as the start of a formula.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Names:
    """What turns ids into what people read."""

    taxonomy: Taxonomy
    zone_for: Callable[[Iterable[str]], ZoneInfo]
    product_name: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    width: int
    value: Callable[[Document, Names], Value]

    @property
    def header(self) -> str:
        """Chinese for people, then the stable key for programs: ``文本 text``."""
        return f"{self.label} {self.key}"


def _tags(document: Document, facet: str) -> list[Tag]:
    return [tag for tag in document.effective if tag.facet == facet]


def _labels(facet: str) -> Callable[[Document, Names], Value]:
    return lambda document, _: "; ".join(tag.label for tag in _tags(document, facet))


def _at(document: Document, names: Names) -> Value:
    return document.feedback.at.astimezone(names.zone_for(document.feedback.products))


def _products(document: Document, names: Names) -> Value:
    return "; ".join(names.product_name(key) for key in document.feedback.products)


def _topics(document: Document, names: Names) -> Value:
    signs = {"neg": "−", "pos": "+", "neu": "·"}
    return "; ".join(
        names.taxonomy.name(tag.label) + signs.get(tag.polarity or "", "") for tag in _tags(document, "topic")
    )


def _topic_ids(document: Document, _: Names) -> Value:
    return "; ".join(
        f"{tag.label}|{tag.polarity}" if tag.polarity else tag.label for tag in _tags(document, "topic")
    )


def _evidence(document: Document, names: Names) -> Value:
    text = document.feedback.text
    return "; ".join(
        f"{names.taxonomy.name(tag.label)}: {text[tag.start : tag.end]}"
        for tag in _tags(document, "topic")
        if tag.start is not None and tag.end is not None
    )


def _field(name: str) -> Callable[[Document, Names], Value]:
    def value(document: Document, _: Names) -> Value:
        found: Value = getattr(document.feedback, name)
        return found

    return value


def _reply(document: Document, _: Names) -> Value:
    return document.feedback.reply.text if document.feedback.reply else None


COLUMNS = (
    Column("id", "编号", 26, _field("id")),
    Column("platform", "平台", 10, _field("platform")),
    Column("product", "产品", 14, _products),
    Column("at", "时间", 19, _at),
    Column("rating", "评分", 6, _field("rating")),
    Column("text", "原文", 70, _field("text")),
    Column("sentiment", "情感", 8, _labels("sentiment")),
    Column("topics", "话题", 26, _topics),
    Column("topic_ids", "话题编号", 26, _topic_ids),
    Column("evidence", "依据", 30, _evidence),
    Column("intents", "意图", 14, _labels("intent")),
    Column("severity", "严重度", 8, _labels("severity")),
    Column("version", "版本", 10, _field("app_version")),
    Column("device", "机型", 14, _field("device")),
    Column("os", "系统", 12, _field("os")),
    Column("region", "地区", 7, _field("region")),
    Column("reply", "回复", 30, _reply),
    Column("url", "链接", 30, _field("url")),
)


def guarded(text: str) -> str:
    """*text* as a cell that no spreadsheet runs and every file format can hold."""
    text = _NOT_XML.sub("", text)
    return f"'{text}" if _FORMULA.match(text) else text


def csv_chunks(documents: Iterable[Document], names: Names) -> Iterator[bytes]:
    """UTF-8 with the mark that makes Excel read it as UTF-8."""
    rows = iter(documents)
    yield "\ufeff".encode() + _csv([[column.header for column in COLUMNS]])
    while batch := list(islice(rows, _BATCH)):
        yield _csv([_csv_cell(column.value(document, names)) for column in COLUMNS] for document in batch)


def _csv(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _csv_cell(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return guarded(value) if isinstance(value, str) else value


def ndjson_chunks(documents: Iterable[Document], names: Names) -> Iterator[bytes]:
    """One item a line, in the shape of the API."""
    rows = iter(documents)
    while batch := list(islice(rows, _BATCH)):
        yield b"".join(orjson.dumps(views.item(each, names.taxonomy)) + b"\n" for each in batch)


def write_xlsx(
    documents: Iterable[Document], names: Names, file: IO[bytes], *, sheet_rows: int = SHEET_ROWS
) -> int:
    """A workbook into *file*; returns how many documents it holds. Rows go to disk as they come."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "top"})
    plain = book.add_format({"align": "top"})
    written, row, sheet = 0, sheet_rows, None
    for document in documents:
        if sheet is None or row >= sheet_rows:
            sheet, row = _new_sheet(book, bold), 1
        for place, column in enumerate(COLUMNS):
            _write_cell(sheet, (row, place), column.value(document, names), plain=plain, when=when)
        row += 1
        written += 1
    if sheet is None:
        _new_sheet(book, bold)
    book.close()
    return written


def _new_sheet(book: Any, bold: Any) -> Any:
    sheet = book.add_worksheet(f"反馈{len(book.worksheets()) + 1}")
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.header, bold)
    return sheet


def _write_cell(sheet: Any, cell: tuple[int, int], value: Value, *, plain: Any, when: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*cell, value.replace(tzinfo=None), when)
    elif isinstance(value, int):
        sheet.write_number(*cell, value, plain)
    elif value:
        sheet.write_string(*cell, _fitting(guarded(value)), plain)


def _fitting(text: str) -> str:
    """*text* cut to what a cell can hold, counted in UTF-16 units as Excel does; the cut is marked."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) * 2 <= _CELL_UNITS or len(text.encode("utf-16-le")) // 2 <= _CELL_UNITS:
        return text
    room = (_CELL_UNITS - len(_CUT_MARK)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT_MARK
