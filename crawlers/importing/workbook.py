"""XLSX, read in a stream and with suspicion: an archive of XML may hold a bomb.

Refused before a row is read: archives that unpack to far more than they weigh, and any document type declaration
(the door to entities). No sheet is trusted about its own size: some exports claim 16,384 columns.
"""

import warnings
import weakref
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from feedback.errors import ImportRefused

MAX_COLUMNS = 200
MAX_ROWS = 1_048_576
"""A sheet cannot have more; one number in a damaged file claims any."""
MAX_UNPACKED = 1024**3
MAX_STRINGS = 256 * 1024**2
"""Of the table of texts that all sheets share, the one part that is held in memory."""
MAX_RATIO = 200
_SMALL = 10 * 1024**2
"""A part below this harms nobody, however well it is packed."""
_PROLOG = 4096

# Both XML readers that openpyxl may use raise SyntaxErrors; defusedxml raises ValueErrors.
_DAMAGE = (
    InvalidFileException,
    zipfile.BadZipFile,
    EOFError,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)
_PLAIN = frozenset({str, int, float, bool, datetime, date, time, timedelta})
Cell = str | int | float | bool | datetime | date | time | timedelta | None


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: Callable[[], Iterator[tuple[Cell, ...]]]


def open_sheets(path: Path) -> list[Sheet]:
    """The sheets in their order; they share one open book, whose texts are read once. Raises ImportRefused."""
    _check(path)
    book = _load(path)
    return [Sheet(sheet.title, partial(_rows, book, sheet.title, path)) for sheet in book.worksheets]


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            if total > MAX_UNPACKED:
                raise _refused(path, f"展开后有 unpacks to {total >> 20} MiB, at most {MAX_UNPACKED >> 20}")
            for part in parts:
                _check_part(archive, part, path)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise _refused(path, f"打不开 cannot be opened: {error}") from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> None:
    if part.file_size > _SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise _refused(
            path, f"{part.filename} 压缩得可疑 is packed {part.file_size // max(part.compress_size, 1)} to 1"
        )
    if part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_STRINGS:
        raise _refused(path, f"文字表太大 its table of texts has {part.file_size >> 20} MiB")
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as file:
            # UTF-16 would hide the word between zero bytes.
            prolog = file.read(_PROLOG).replace(b"\0", b"").upper()
        if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
            raise _refused(path, f"{part.filename} 含有 DTD declares a document type, as no spreadsheet does")


def _refused(path: Path, why: str) -> ImportRefused:
    return ImportRefused(
        f"不读这个工作簿 {path.name} is not read: {why}",
        hint="在表格软件里另存为 save it anew as .xlsx or .csv",
    )


def _load(path: Path) -> openpyxl.Workbook:
    """The open book; its file is closed with it."""
    file = path.open("rb")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing styles and the like: only values are read
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _DAMAGE as error:
            file.close()
            raise _refused(path, f"不是工作簿 is no workbook: {_cause(error)}") from error
    weakref.finalize(book, file.close)
    return book


def _cause(error: BaseException) -> str:
    """What it began with; the texts of these errors name paths and parts of files."""
    while error.__cause__:
        error = error.__cause__
    return type(error).__name__


def _rows(book: openpyxl.Workbook, name: str, path: Path) -> Iterator[tuple[Cell, ...]]:
    try:
        for number, cells in enumerate(book[name].iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
            if number > MAX_ROWS:
                raise _refused(path, f"行数超过 claims more than {MAX_ROWS} rows")
            yield tuple(map(_plain, _trimmed(cells)))
    except _DAMAGE as error:
        raise _refused(path, f"读到一半坏了 is damaged: {_cause(error)}") from error


def _plain(value: Any) -> Cell:
    return value if value is None or type(value) in _PLAIN else str(value)


def _trimmed(cells: Sequence[Any]) -> Sequence[Any]:
    width = len(cells)
    while width and cells[width - 1] in (None, ""):
        width -= 1
    return cells[:width]
