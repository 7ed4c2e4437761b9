"""A file as rows of cells, streamed: CSV in four encodings, JSON lines, each also gzipped; XLSX stands in ``workbook``.

What a file is, its content says, not its name. Never knows what a column means.
"""

import codecs
import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

from crawlers.importing import workbook
from crawlers.importing.workbook import Cell
from feedback.errors import ImportRefused

MAX_CELL = 1_000_000
MAX_LINE = 16_000_000
MAX_COLUMNS = 500
MAX_TEXT = 8 * 1024**3
"""Bytes of an unpacked file: a small archive may hold an endless one."""
HEAD = 10
"""A header stands among so many rows."""
_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Row(NamedTuple):
    number: int
    """Counted from 1 as a spreadsheet does."""
    cells: tuple[Cell, ...]
    raw: tuple[str, ...]
    """The row as the file has it: the identity of a row without an id."""


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet, or of the only one a text file has; ``rows`` may be called again and again."""

    kind: str
    rows: Callable[[], Iterator[Row]]
    sheet: str = ""
    encoding: str = ""
    header: tuple[str, ...] = ()
    """Where the format names its columns itself."""


def as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def open_grids(path: Path) -> list[Grid]:
    """The sheets of a file. Raises ImportRefused for what is no table, or is one that would harm us."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise ImportRefused(
            f"打不开文件 cannot open {path.name}: {error.strerror}", hint="检查路径 check the path"
        ) from error
    if not head:
        raise ImportRefused(f"文件是空的 {path.name} is empty", hint="重新导出 export it again")
    if head.startswith(b"PK"):
        return [Grid("xlsx", _numbered(sheet.rows), sheet=sheet.name) for sheet in workbook.open_sheets(path)]
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(f"旧版 Excel 文件 {path.name} is an old .xls", hint="另存为 save it as .xlsx")
    return [_text_grid(path, packed=head.startswith(b"\x1f\x8b"))]


def _numbered(rows: Callable[[], Iterable[tuple[Cell, ...]]]) -> Callable[[], Iterator[Row]]:
    def numbered() -> Iterator[Row]:
        for number, cells in enumerate(rows(), 1):
            yield Row(number, cells, tuple(map(as_text, cells)))

    return numbered


def _text_grid(path: Path, *, packed: bool) -> Grid:
    def opened() -> IO[bytes]:
        return cast(IO[bytes], gzip.open(path)) if packed else path.open("rb")

    encoding = _encoding(opened, path.name)

    def lines() -> Iterator[str]:
        return _lines(opened, encoding, path.name)

    start = "".join(islice(lines(), HEAD)).lstrip()[:64].lower()
    if start.startswith("{"):
        return Grid(
            "jsonl", lambda: _json_rows(lines, path.name), encoding=encoding, header=_keys(lines, path.name)
        )
    if start.startswith(("[", "<")):
        what = "JSON 数组 a JSON array" if start.startswith("[") else "网页 a web page"
        raise ImportRefused(
            f"{path.name} 是{what}", hint="每行一个对象 one object a line: jq -c '.[]'，或 or .csv / .xlsx"
        )
    delimiter = _delimiter(lines, path.name)
    return Grid("csv", _numbered(lambda: _csv_rows(lines, delimiter, path.name)), encoding=encoding)


def _encoding(opened: Callable[[], IO[bytes]], name: str) -> str:
    """The first encoding in which the whole file can be read. Nothing is ever replaced by a question mark."""
    with _refusing(name), opened() as file:
        head = file.read(4096)
    known = [encoding for mark, encoding in _BOMS if head.startswith(mark)]
    if not known and head.count(0) > len(head) // 8:
        known = ["utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"]
    for encoding in known or ["utf-8", "gb18030"]:
        with _refusing(name), opened() as file:
            if _decodes(file, encoding, name):
                return encoding
    raise ImportRefused(
        f"认不出文字编码 cannot tell the encoding of {name}; tried {', '.join(known or ['utf-8', 'gb18030'])}",
        hint="另存为 UTF-8 save it as UTF-8",
    )


def _decodes(file: IO[bytes], encoding: str, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    total = 0
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
            total += len(chunk)
            if total > MAX_TEXT:
                raise ImportRefused(
                    f"{name} 展开后超过 unpacks to more than {MAX_TEXT >> 30} GiB",
                    hint="分成几个文件 split it",
                )
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _refusing:
    """Damage met while reading becomes ImportRefused."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError | EOFError | csv.Error) or type(error).__module__ == "zlib":
            raise ImportRefused(
                f"{self.name} 读到一半坏了 is damaged: {error}", hint="重新导出 export it again"
            ) from error


def _lines(opened: Callable[[], IO[bytes]], encoding: str, name: str) -> Iterator[str]:
    with _refusing(name), opened() as file, io.TextIOWrapper(file, encoding, newline="") as text:
        while line := text.readline(MAX_LINE):
            if len(line) >= MAX_LINE:
                raise ImportRefused(
                    f"{name} 有一行太长 has a line beyond {MAX_LINE} characters",
                    hint="检查引号 check its quotes",
                )
            yield line


def _delimiter(lines: Callable[[], Iterator[str]], name: str) -> str:
    """What cuts the first rows into most cells."""
    head = list(islice(lines(), HEAD))
    widths = {mark: max(map(len, _split(head, mark, name)), default=0) for mark in ",\t;|"}
    return max(widths, key=lambda mark: widths[mark])


def _csv_rows(lines: Callable[[], Iterator[str]], delimiter: str, name: str) -> Iterator[tuple[Cell, ...]]:
    return (tuple(cells[:MAX_COLUMNS]) for cells in _split(lines(), delimiter, name))


def _split(lines: Iterable[str], delimiter: str, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL)
    with _refusing(name):
        yield from csv.reader(lines, delimiter=delimiter)


def _objects(lines: Callable[[], Iterator[str]], name: str) -> Iterator[tuple[int, dict[str, object]]]:
    for number, line in enumerate(lines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise ImportRefused(
                f"{name} 第 {number} 行不是 JSON line {number} is no JSON: {error}",
                hint="每行一个对象 one object a line",
            ) from error
        if not isinstance(found, dict):
            raise ImportRefused(
                f"{name} 第 {number} 行不是对象 line {number} is no object", hint='{"text": …}'
            )
        yield number, found


def _keys(lines: Callable[[], Iterator[str]], name: str) -> tuple[str, ...]:
    """Every key of every line, in the order of first appearance."""
    known: dict[str, None] = {}
    for _, found in _objects(lines, name):
        known.update(dict.fromkeys(found))
        if len(known) > MAX_COLUMNS:
            raise ImportRefused(
                f"{name} 有太多键 has more than {MAX_COLUMNS} keys", hint="检查格式 check the format"
            )
    return tuple(known)


def _json_rows(lines: Callable[[], Iterator[str]], name: str) -> Iterator[Row]:
    header = _keys(lines, name)
    for number, found in _objects(lines, name):
        cells = tuple(_cell(found.get(key)) for key in header)
        # The order of keys and a key that is null say nothing: the same object has one identity in every file.
        raw = tuple(f"{key}={as_text(_cell(found[key]))}" for key in sorted(found) if found[key] is not None)
        yield Row(number, cells, raw)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
