"""Files as rows: encodings, packing, what is refused before a row is read."""

import gzip
import json

import pytest
from contracts.import_world import write_csv, write_jsonl

from crawlers.importing import tables
from crawlers.importing.tables import as_text, open_grids
from feedback.errors import ImportRefused

HEADER = ("时间", "内容")
ROWS = [
    ("2026-11-01", "打不开了"),
    ("2026-11-02", "多行\n的，“引号”"),
    ("2026-11-03", "閃退 😀\u2028分段\x0b符"),
]


def only(path):
    (grid,) = open_grids(path)
    return grid


def cells(path):
    return [row.cells for row in only(path).rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings_are_told_apart(tmp_path, encoding):
    path = write_csv(tmp_path / "a.csv", HEADER, ROWS, encoding=encoding)
    assert cells(path) == [HEADER, *ROWS]
    assert [row.number for row in only(path).rows()] == [1, 2, 3, 4]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_are_told_apart(tmp_path, delimiter):
    assert cells(write_csv(tmp_path / "a.csv", HEADER, ROWS, delimiter=delimiter)) == [HEADER, *ROWS]


def test_rows_can_be_read_again_and_again(tmp_path):
    grid = only(write_csv(tmp_path / "a.csv", HEADER, ROWS))
    assert list(grid.rows()) == list(grid.rows()) != []


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt"], ids=["jsonl", "by_content"])
def test_json_lines_name_their_columns(tmp_path, name):
    found = [
        {"text": "好", "stars": 5},
        {"stars": 1, "text": "坏", "more": {"b": 1, "a": [2]}},
        {"text": None},
    ]
    grid = only(write_jsonl(tmp_path / name, found))
    assert grid.header == ("text", "stars", "more")
    assert [row.cells for row in grid.rows()] == [
        ("好", 5, None),
        ("坏", 1, '{"a": [2], "b": 1}'),
        (None, None, None),
    ]


def test_identity_of_an_object_is_not_its_order_of_keys(tmp_path):
    one = only(write_jsonl(tmp_path / "a.jsonl", [{"text": "好", "stars": 5}, {"other": 1}]))
    two = only(write_jsonl(tmp_path / "b.jsonl", [{"stars": 5, "text": "好", "other": None}]))
    assert next(one.rows()).raw == next(two.rows()).raw == ("stars=5", "text=好")


@pytest.mark.parametrize("inner", ["csv", "jsonl"])
def test_gzip_is_unpacked_in_a_stream(tmp_path, inner):
    plain = tmp_path / "plain"
    if inner == "csv":
        write_csv(plain, HEADER, ROWS)
    else:
        write_jsonl(plain, [dict(zip(HEADER, row, strict=True)) for row in ROWS])
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert cells(packed) == cells(plain)


REFUSED = {
    "empty": (b"", "is empty"),
    "old_excel": (b"\xd0\xcf\x11\xe0" + bytes(600), "old .xls"),
    "json_array": (b'[{"text": "x"}]', "a JSON array"),
    "web_page": (b"<html><table><tr><td>x</td></tr></table></html>", "a web page"),
    "no_text": (b"a,b\n\xff\xff\xff\xff\n", "cannot tell the encoding"),
    "cut_utf16": (b"\xff\xfea\x00,\x00b\x00\n", "cannot tell the encoding"),
    "damaged_gzip": (gzip.compress(b"a,b\n" * 5_000)[:-20], "is damaged"),
    "not_json": (b'{"text": "x"}\n{"text": \n', "line 2 is no JSON"),
    "no_object": (b'{"text": "x"}\n[1]\n', "line 2 is no object"),
    "damaged_zip": (b"PK\x03\x04" + bytes(50), "cannot be opened"),
}


@pytest.mark.parametrize(("content", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused(tmp_path, content, says):
    path = tmp_path / "reviews"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=says) as caught:
        list(only(path).rows())
    assert caught.value.hint
    assert str(tmp_path) not in caught.value.message


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="cannot open"):
        open_grids(tmp_path / "nowhere.csv")


def test_quote_that_is_never_closed_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"open\n' + "x" * 1_200_000, encoding="utf-8")
    with pytest.raises(ImportRefused, match="is damaged: field larger"):
        cells(path)


def test_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_LINE", 1_000)
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "x" * 2_000}])
    with pytest.raises(ImportRefused, match="a line beyond"):
        open_grids(path)


def test_archive_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_TEXT", 1 << 20)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * 800_000))
    with pytest.raises(ImportRefused, match="unpacks to more"):
        open_grids(path)


def test_too_many_keys_are_refused(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{str(number): 1 for number in range(600)}])
    with pytest.raises(ImportRefused, match="more than 500 keys"):
        open_grids(path)


def test_numbers_read_like_what_people_typed():
    assert [as_text(cell) for cell in (5, 5.0, 5.5, None, True, "5")] == ["5", "5", "5.5", "", "True", "5"]
    assert as_text(json.loads("12700000001.0")) == "12700000001"
