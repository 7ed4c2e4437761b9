"""Exports: everything, in files that spreadsheets open and never run, in constant memory."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.exports import COLUMNS, Names, csv_chunks, guarded, ndjson_chunks, write_xlsx
from feedback.model import Document, Feedback, Match
from tests.contracts.surface_world import FORMULA, HTML, PHONE, SAID, TAXONOMY, World, build

NAMES = Names(TAXONOMY, lambda _: ZoneInfo("Asia/Shanghai"), lambda key: key)
HEADERS = [column.header for column in COLUMNS]


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("exports"))


@pytest.fixture
def client(world):
    return world.client("reader")


def document(seq: int = 1, text: str = "还行", **fields) -> Document:
    at = datetime(2026, 11, 20, 4, tzinfo=UTC)
    said = Feedback(
        id=f"store:{seq}", platform="store", via="import", text=text, said_at=at, first_seen_at=at, at=at,
        matches=(Match(product="alpha", target="t", via="import"),), revision="r", **fields,
    )  # fmt: skip
    return Document(seq=seq, feedback=said)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content: bytes) -> list[list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = [list(sheet.iter_rows(values_only=True)) for sheet in book]
    book.close()
    return rows


def test_csv_holds_every_hit_in_order(client):
    answer = client.get("/v1/exports?format=csv")
    rows = csv_rows(answer.content)
    assert list(rows[0]) == HEADERS
    assert [row["编号 id"] for row in rows] == [
        item["id"] for item in client.get("/v1/feedback?limit=200").json()["items"]
    ]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="huisheng-20261120-0400.csv"'
    assert answer.headers["x-index-pending"] == "0"


def test_a_row_says_what_people_read_and_what_programs_need(client):
    row = next(
        row for row in csv_rows(client.get("/v1/exports").content) if row["编号 id"] == "appstore:cn:1"
    )
    assert row["产品 product"] == "甲笔记"
    assert row["时间 at"] == "2026-11-20T11:00:00+08:00"
    assert row["话题 topics"] == "启动闪退/打不开−"
    assert row["话题编号 topic_ids"] == "crash_launch|neg"
    assert row["依据 evidence"] == "启动闪退/打不开: 打不开"
    assert (row["评分 rating"], row["情感 sentiment"], row["意图 intents"]) == ("1", "neg", "bug")
    assert row["回复 reply"] == "请更新到新版"


def test_times_stand_in_the_zone_of_the_product(client):
    rows = {row["编号 id"]: row for row in csv_rows(client.get("/v1/exports").content)}
    assert rows["appstore:cn:20"]["时间 at"] == "2026-11-20T11:00:00+09:00"


def test_filters_apply(client):
    rows = csv_rows(client.get("/v1/exports?q=闪退&format=csv").content)
    assert {row["编号 id"] for row in rows} == {"appstore:cn:2", "weibo:formula"}


def test_nothing_found_is_a_header_alone(client):
    assert csv_rows(client.get("/v1/exports?q=没有人说过").content) == []
    assert sheets(client.get("/v1/exports?format=xlsx&q=没有人说过").content) == [[tuple(HEADERS)]]


@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson"])
def test_no_personal_number_leaves(client, form):
    content = client.get(f"/v1/exports?format={form}").content
    text = str(sheets(content)) if form == "xlsx" else content.decode()
    assert "打不开，联系我" in text
    assert PHONE not in text


def test_ndjson_is_the_shape_of_the_api(client):
    lines = client.post("/v1/exports?format=ndjson").content.decode().splitlines()
    items = client.get("/v1/feedback?limit=200").json()["items"]
    assert len(lines) == len(SAID) - 1
    assert json.loads(lines[0]) == {name: items[0][name] for name in json.loads(lines[0])}
    assert {json.loads(line)["text"] for line in lines} >= {FORMULA, HTML}


def test_xlsx_opens_and_says_the_same_as_csv(client):
    (rows,) = sheets(client.get("/v1/exports?format=xlsx").content)
    plain = csv_rows(client.get("/v1/exports?format=csv").content)
    assert list(rows[0]) == HEADERS
    assert [row[0] for row in rows[1:]] == [row["编号 id"] for row in plain]
    for row, same in zip(rows[1:], plain, strict=True):
        cells = dict(zip(HEADERS, row, strict=True))
        assert (cells["原文 text"] or "") == same["原文 text"]
        assert cells["时间 at"].isoformat() == same["时间 at"][:19]
        assert str(cells["评分 rating"] or "") == same["评分 rating"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1＋1", "＠SUM", "\n=cmd|' /C calc'!A0"],
)
def test_formulas_become_text(text):
    assert guarded(text) == f"'{text}"
    (row,) = csv_rows(b"".join(csv_chunks([document(text=text)], NAMES)))
    assert row["原文 text"].startswith("'")


@pytest.mark.parametrize("text", ["打不开", "1+1=2", "8.2.0", "“=1”", ""])
def test_other_text_stays_as_it_is(text):
    assert guarded(text) == text


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_makes_files_that_open(text):
    one = document(text=text)
    (row,) = csv_rows(b"".join(csv_chunks([one], NAMES)))
    assert row["原文 text"] == guarded(text)
    file = io.BytesIO()
    assert write_xlsx([one], NAMES, file) == 1
    ((_, cells),) = sheets(file.getvalue())
    read = cells[HEADERS.index("原文 text")] or ""
    assert read == guarded(text).replace("\r\n", "\n").replace("\r", "\n")


def test_control_characters_and_lone_surrogates_are_dropped():
    assert guarded("a\x00b\x0bc\ud800d\ufffee") == "abcde"


def test_a_cell_holds_no_more_than_a_cell_can():
    file = io.BytesIO()
    write_xlsx([document(text="😀" * 20_000)], NAMES, file)
    ((_, cells),) = sheets(file.getvalue())
    text = cells[HEADERS.index("原文 text")]
    assert text.endswith("…（截断 cut）")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_a_full_sheet_is_followed_by_another():
    file = io.BytesIO()
    assert write_xlsx((document(seq) for seq in range(10)), NAMES, file, sheet_rows=5) == 10
    read = sheets(file.getvalue())
    assert [len(rows) for rows in read] == [5, 5, 3]
    assert all(rows[0] == tuple(HEADERS) for rows in read)
    assert [row[0] for rows in read for row in rows[1:]] == [f"store:{seq}" for seq in range(10)]


@pytest.mark.parametrize("chunks", [csv_chunks, ndjson_chunks])
def test_documents_are_read_as_they_are_written(chunks):
    taken = 0

    def documents() -> Iterator[Document]:
        nonlocal taken
        for seq in range(100_000):
            taken += 1
            yield document(seq)

    stream = chunks(documents(), NAMES)
    assert next(stream)
    assert next(stream)
    assert taken < 1_000


def test_memory_does_not_grow_with_the_number_of_documents():
    one = document(text="卡顿" * 500)

    def peak(count: int) -> int:
        tracemalloc.start()
        size = sum(len(chunk) for chunk in csv_chunks((one for _ in range(count)), NAMES))
        assert size > count * 1_000
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, many = peak(400), peak(4_000)
    assert many < few * 1.5
