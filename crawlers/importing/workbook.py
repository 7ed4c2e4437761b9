"""XLSX, read in a stream and with suspicion: an archive of XML may hold a bomb.

Refused before a row is read: archives that unpack to far more than they weigh, and any document type declaration
(the door to entities). No sheet is trusted about its own size: some exports claim 16,384 columns.
"""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

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

# defusedxml raises ValueErrors.
_DAMAGE = (
    InvalidFileException,
    ParseError,
    zipfile.BadZipFile,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
)

Cell = str | int | float | bool | datetime | date | time | timedelta | None


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: Callable[[], Iterator[tuple[Cell, ...]]]


def open_sheets(path: Path) -> list[Sheet]:
    """The sheets in their order. Raises ImportRefused."""
    _check(path)
    with closing(_load(path)) as book:
        names = [sheet.title for sheet in book.worksheets]
    return [Sheet(name, lambda name=name: _rows(path, name)) for name in names]  # type: ignore[misc]


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing styles and the like: only values are read
        try:
            return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except _DAMAGE as error:
            raise _refused(path, f"不是工作簿 is no workbook: {type(error).__name__}: {error}") from error


def _rows(path: Path, name: str) -> Iterator[tuple[Cell, ...]]:
    with closing(_load(path)) as book:
        try:
            for number, cells in enumerate(book[name].iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
                if number > MAX_ROWS:
                    raise _refused(path, f"行数超过 claims more than {MAX_ROWS} rows")
                yield _trimmed(tuple(map(_plain, cells)))
        except _DAMAGE as error:
            raise _refused(path, f"读到一半坏了 is damaged: {type(error).__name__}: {error}") from error


def _plain(value: Any) -> Cell:
    return value if isinstance(value, Cell) else str(value)


def _trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    width = len(cells)
    while width and cells[width - 1] in (None, ""):
        width -= 1
    return cells[:width]
