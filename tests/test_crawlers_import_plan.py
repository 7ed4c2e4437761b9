"""The check before an import: what a file is taken for, what is told, what is refused."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from contracts.import_world import (
    PLAY_HEADER,
    PLAY_ROWS,
    QIMAI_HEADER,
    QIMAI_ROWS,
    write_csv,
    write_jsonl,
    write_play,
    write_qimai,
)

from crawlers.importing import plan
from crawlers.importing.columns import FIELDS, WELL_KNOWN
from feedback.errors import ImportRefused
from feedback.ids import row_id

ZONE = ZoneInfo("America/New_York")
"""Not the zone of 七麦: who forgets that its times are Chinese is found out."""


def planned(path, **asked):
    return plan(path, product="xiaoman", zone=ZONE, **asked)


def read(found):
    return [
        found.reader.read(row, salt=b"s", seen_at=datetime(2026, 11, 28, tzinfo=UTC))
        for row in found.columns.rows()
        if not found.reader.is_notice(row)
    ]


# -- 七麦 -----------------------------------------------------------------------------------------------


def test_qimai_is_recognised_below_its_banner(tmp_path):
    found = planned(write_qimai(tmp_path / "a.xlsx"))
    assert (found.layout, found.rows, found.readable, found.notices, found.rejected) == ("qimai", 3, 3, 1, ())
    assert found.columns.mapped == {
        "发表时间": "published_at",
        "作者": "author",
        "评级": "rating",
        "标题": "title",
        "内容": "text",
    }
    assert found.oldest_at == datetime(2026, 10, 4, 0, 0, tzinfo=UTC)
    assert found.newest_at == datetime(2026, 10, 5, 1, 6, 26, tzinfo=UTC)
    assert [sample.row for sample in found.samples] == [4, 5, 6]


def test_qimai_ids_are_the_digest_of_the_row(tmp_path):
    first = read(planned(write_qimai(tmp_path / "a.xlsx")))[0]
    assert first.id == row_id("appstore", "cn", "xiaoman", [str(cell) for cell in QIMAI_ROWS[0]])
    assert (first.platform, first.region, first.via) == ("appstore", "cn", "import")


def test_mark_of_deletion_is_neither_text_nor_identity(tmp_path):
    when, who, stars, title, text = QIMAI_ROWS[1]
    before = [(when, who, stars, title, text.removeprefix("（该条评论已经被删除）"))]
    marked = read(planned(write_qimai(tmp_path / "a.xlsx")))[1]
    (unmarked,) = read(planned(write_qimai(tmp_path / "b.xlsx", before)))
    assert marked.text == unmarked.text == f"{title}\n更新后打不开了，联系客服13800138000也没用"
    assert marked.id == unmarked.id


def test_other_storefront_makes_other_items(tmp_path):
    path = write_qimai(tmp_path / "a.xlsx")
    ours, theirs = read(planned(path))[0], read(planned(path, region="hk"))[0]
    assert ours.id != theirs.id
    assert theirs.region == "hk"


# -- Play Console ---------------------------------------------------------------------------------------


def test_play_console_is_recognised(tmp_path):
    found = planned(write_play(tmp_path / "a.csv"))
    assert (found.layout, found.rows, found.readable) == ("play_console", 2, 2)
    assert found.columns.grid.encoding == "utf-16"
    edited, stars_only = read(found)
    assert edited.id == "googleplay:gp:AOqpTOExample1"
    assert (edited.app_version, edited.device, edited.lang, edited.rating) == ("3.4.1", "husky", "zh", 2)
    assert edited.published_at == datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
    assert edited.edited_at == datetime(2026, 11, 3, 3, 4, 5, tzinfo=UTC)
    assert edited.reply
    assert (edited.reply.text, edited.reply.at) == ("已在 3.4.2 修复", datetime(2026, 11, 4, tzinfo=UTC))
    assert (stars_only.text, stars_only.rating, stars_only.edited_at, stars_only.reply) == ("", 5, None, None)
    assert stars_only.id.startswith("googleplay:h:")
    assert "Package Name" in found.columns.unmapped


# -- any table --------------------------------------------------------------------------------------------


def test_well_known_names_are_recognised(tmp_path):
    header = ("评论编号", "评论内容", "评分", "评论时间", "昵称", "版本号", "机型", "备注")
    path = write_csv(
        tmp_path / "a.csv", header, [("77", "卡", "2", "2026-11-01 08:00", "阿岚", "3.4", "Mate 60", "x")]
    )
    found = planned(path, platform="huawei")
    (one,) = read(found)
    assert (one.id, one.text, one.rating, one.app_version, one.device) == (
        "huawei:77",
        "卡",
        2,
        "3.4",
        "Mate 60",
    )
    assert one.published_at == datetime(2026, 11, 1, 13, tzinfo=UTC)
    assert found.columns.unmapped == ("备注",)


def test_mapping_stands_above_guesses(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("text", "翻译", "date"), [("bad", "不好用", "2026-11-01")])
    found = planned(path, mapping={"翻译": "text", "date": "ignore"})
    assert found.columns.mapped == {"翻译": "text"}
    assert found.undated == 1
    assert read(found)[0].text == "不好用"


@pytest.mark.parametrize("column", ["id", "ID", "编号"])
def test_bare_number_is_suggested_as_id_but_never_taken(tmp_path, column):
    """Most such columns count rows: row 1 of the next file would become an edit of row 1 of this one."""
    path = write_csv(tmp_path / "a.csv", (column, "内容"), [("1", "卡"), ("2", "闪退")])
    found = planned(path)
    assert found.columns.suggested == {column: "id"}
    assert {one.id.split(":")[1] for one in read(found)} == {"h"}
    assert [one.id for one in read(planned(path, mapping={column: "id"}))] == ["other:1", "other:2"]


def test_platform_and_region_may_be_columns(tmp_path):
    rows = [("iOS", "cn", "1", "卡"), ("Android", "", "2", "闪退")]
    found = planned(write_csv(tmp_path / "a.csv", ("平台", "地区", "review_id", "内容"), rows))
    assert [one.id for one in read(found)] == ["appstore:cn:1", "googleplay:2"]


def test_json_lines_are_planned_alike(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"content": "卡", "stars": 2, "date": "2026-11-01"}])
    assert planned(path).columns.mapped == {"content": "text", "stars": "rating", "date": "published_at"}


def test_names_of_people_are_in_no_field(tmp_path):
    for found in (planned(write_qimai(tmp_path / "a.xlsx")), planned(write_play(tmp_path / "b.csv"))):
        shown = "".join(one.model_dump_json() for one in read(found)) + repr(found.samples)
        assert shown
        assert not [name for name in ("小满", "阿岚_88") if name in shown]


def test_samples_are_masked(tmp_path):
    texts = [sample.text for sample in planned(write_qimai(tmp_path / "a.xlsx")).samples]
    assert any("***********" in text for text in texts)
    assert not any("13800138000" in text for text in texts)


def test_rejects_are_grouped_with_their_first_rows(tmp_path):
    rows = [("好", "5", "2026-11-01")] * 12
    rows += [("坏", "abc", "2026-11-01")] * 7 + [("坏", "5", "昨天"), ("", "", "2026-11-01")]
    found = planned(write_csv(tmp_path / "a.csv", ("内容", "评分", "时间"), rows))
    assert [(one.count, one.rows, one.seen) for one in found.rejected] == [
        (7, (14, 15, 16, 17, 18), ("abc",)),
        (1, (21,), ("昨天",)),
        (1, (22,), ()),
    ]
    assert (found.rows, found.readable, found.rejects) == (21, 12, 9)


def test_equal_rows_are_counted_as_duplicates(tmp_path):
    path = write_qimai(tmp_path / "a.xlsx", [QIMAI_ROWS[0], QIMAI_ROWS[1], QIMAI_ROWS[0]])
    assert planned(path).duplicates == 1


def test_blank_rows_are_no_rows(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("内容", "评分"), [("", ""), ("卡", "2"), (" ", "")])
    assert planned(path).rows == 1


def test_plan_is_a_value(tmp_path):
    found = planned(write_qimai(tmp_path / "a.xlsx"))
    with pytest.raises(FrozenInstanceError):
        found.rows = 7


# -- refused ------------------------------------------------------------------------------------------------


def test_unknown_column_names_those_that_are_there(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("review text", "rating"), [("x", "5")])
    with pytest.raises(
        ImportRefused, match="no such column: 'reviewtext'; 有 has review text, rating"
    ) as caught:
        planned(path, mapping={"reviewtext": "text"})
    assert "review text" in caught.value.hint


def test_unknown_field_names_the_nearest(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("a", "b"), [("x", "5")])
    with pytest.raises(ImportRefused, match="no such field: 'txt'") as caught:
        planned(path, mapping={"a": "txt"})
    assert "text" in caught.value.hint


def test_table_without_a_text_asks_for_it(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("甲", "乙"), [("x", "5")])
    with pytest.raises(ImportRefused, match="甲, 乙") as caught:
        planned(path)
    assert "--map" in caught.value.hint


def test_other_layout_than_asked_for_says_what_is_missing(tmp_path):
    path = write_csv(tmp_path / "a.csv", QIMAI_HEADER[:3], [("2026-11-01", "x", "5")])
    with pytest.raises(ImportRefused, match="缺 missing 内容, 标题"):
        planned(path, layout="qimai")
    with pytest.raises(ImportRefused, match="no such kind") as caught:
        planned(path, layout="qimi")
    assert "qimai" in caught.value.hint


def test_wrong_mapping_refuses_the_whole_file(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("内容", "昵称"), [("卡", "阿岚"), ("闪退", "小满"), ("好", "5")])
    with pytest.raises(ImportRefused, match="2 行读不了") as caught:
        planned(path, mapping={"昵称": "rating"})
    assert "昵称=rating" in caught.value.hint


def test_app_store_rows_need_a_storefront(tmp_path):
    path = write_csv(tmp_path / "a.csv", ("内容", "评分"), [("卡", "5")])
    with pytest.raises(ImportRefused, match="storefront") as caught:
        planned(path, platform="appstore")
    assert "--region" in caught.value.hint
    assert planned(path, platform="appstore", region="cn").readable == 1


@pytest.mark.parametrize(
    "asked", [{"platform": "App Störe"}, {"region": "china"}], ids=["platform", "region"]
)
def test_wrong_place_is_refused(tmp_path, asked):
    with pytest.raises(ImportRefused, match="wrong"):
        planned(write_csv(tmp_path / "a.csv", ("内容", "评分"), [("卡", "5")]), **asked)


@pytest.mark.parametrize("rows", [[], [("", "")]], ids=["none", "blank"])
def test_header_alone_is_refused(tmp_path, rows):
    with pytest.raises(ImportRefused, match="has no rows"):
        planned(write_csv(tmp_path / "a.csv", ("内容", "评分"), rows))


def test_no_header_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("只是一段话\n又一段\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="no header"):
        planned(path)


def test_well_known_names_mean_one_field_each():
    names = [name for names in WELL_KNOWN.values() for name in names]
    assert len(names) == len(set(names)) > 60
    assert set(FIELDS) == set(WELL_KNOWN)
    assert len(PLAY_HEADER) == len(PLAY_ROWS[0]) == len(PLAY_ROWS[1])
