"""XLSX with suspicion: bombs, entities, damage and false sizes are refused before anything is stored."""

import zipfile

import openpyxl
import pytest
from contracts.import_world import QIMAI_ROWS, write_qimai

from crawlers.importing import workbook
from crawlers.importing.workbook import open_sheets
from feedback.errors import ImportRefused


@pytest.fixture
def book(tmp_path):
    return write_qimai(tmp_path / "reviews.xlsx")


def repacked(path, **parts):
    """A copy of the workbook in which these parts hold something else."""
    copy = path.with_name("repacked.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return copy


def test_sheets_are_read_in_order_and_again(book):
    first, second = open_sheets(book)
    assert (first.name, second.name) == ("小满日程_评论详情", "Sheet1")
    rows = list(first.rows())
    assert rows[3] == (None, *QIMAI_ROWS[0])
    assert list(first.rows()) == rows
    assert len(rows) == 7


def test_entities_are_refused(book):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    with pytest.raises(ImportRefused, match="DTD"):
        open_sheets(repacked(book, sharedStrings=bomb))


def test_entities_in_utf16_are_refused(book):
    bomb = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "ha">]><sst>&a;</sst>'
    with pytest.raises(ImportRefused, match="DTD"):
        open_sheets(repacked(book, sharedStrings=bomb.encode("utf-16")))


def test_entities_behind_a_long_comment_are_refused_when_read(book):
    hidden = f'<?xml version="1.0"?><!--{"x" * 9000}--><!DOCTYPE x [<!ENTITY a "ha">]><sst><si><t>&a;</t></si></sst>'
    with pytest.raises(ImportRefused, match="Entities"):
        open_sheets(repacked(book, sharedStrings=hidden))


def test_bomb_by_ratio_is_refused(book):
    with pytest.raises(ImportRefused, match="is packed"):
        open_sheets(repacked(book, sheet1=b"<worksheet>" + b" " * 20_000_000))


def test_bomb_by_size_is_refused(book, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1_000)
    with pytest.raises(ImportRefused, match="unpacks to"):
        open_sheets(book)


def test_table_of_texts_has_a_bound(book, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_STRINGS", 100)
    with pytest.raises(ImportRefused, match="table of texts"):
        open_sheets(book)


def read_all(path):
    return [list(sheet.rows()) for sheet in open_sheets(path)]


@pytest.mark.parametrize("part", ["workbook", "sheet1", "sharedStrings"])
def test_damage_is_refused(book, part):
    with pytest.raises(ImportRefused, match=r"is damaged|is no workbook"):
        read_all(repacked(book, **{part: b"<broken"}))


def test_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    with pytest.raises(ImportRefused, match="is no workbook"):
        open_sheets(path)


def test_sheet_that_claims_all_columns_is_read_narrow(tmp_path):
    """Real exports style whole rows to column XFD."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"] = "时间", "内容"
    sheet["XFD1"] = "leftover"
    book.save(tmp_path / "wide.xlsx")
    (first,) = open_sheets(tmp_path / "wide.xlsx")
    assert list(first.rows()) == [("时间", "内容")]


def test_sheet_that_claims_endless_rows_is_refused(book, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)
    with pytest.raises(ImportRefused, match="more than 5 rows"):
        list(open_sheets(book)[0].rows())
