"""Files as stores and consoles export them, with invented people and texts."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

QIMAI_HEADER = ("发表时间", "作者", "评级", "标题", "内容")
QIMAI_ROWS = (
    ("2026-10-05 09:06:26", "小满", 5, "好用", "课表一眼就能看完"),
    (
        "2026-10-04 21:27:22",
        "阿岚_88",
        1,
        "打不开",
        "（该条评论已经被删除）更新后打不开了，联系客服13800138000也没用",
    ),
    ("2026-10-04 08:00:00", "小满", 3, "一般", "提醒偶尔晚十分钟"),
)
NOTICE = "数据支持一次性导出5000条，超过限制建议分批导出"

PLAY_HEADER = (
    "Package Name", "App Version Code", "App Version Name", "Reviewer Language", "Device",
    "Review Submit Date and Time", "Review Submit Millis Since Epoch",
    "Review Last Update Date and Time", "Review Last Update Millis Since Epoch",
    "Star Rating", "Review Title", "Review Text",
    "Developer Reply Date and Time", "Developer Reply Millis Since Epoch", "Developer Reply Text", "Review Link",
)  # fmt: skip
PLAY_ROWS = (
    (
        "example.xiaoman", "341", "3.4.1", "zh", "husky", "2026-11-02T03:04:05Z", "1793588645000",
        "2026-11-03T03:04:05Z", "1793675045000", "2", "", "同步一直转圈，换手机就没了", "2026-11-04T00:00:00Z",
        "1793750400000", "已在 3.4.2 修复", "https://play.google.com/console/reviews?reviewId=gp%3AAOqpTOExample1&corpus=PUBLIC_REVIEWS",
    ),
    (
        "example.xiaoman", "", "", "zh-TW", "", "2026-11-01T00:00:00Z", "1793491200000", "2026-11-01T00:00:00Z",
        "1793491200000", "5", "", "", "", "", "", "",
    ),
)  # fmt: skip


def write_qimai(path: Path, rows: Iterable[Sequence[Any]] = QIMAI_ROWS, *, notice: bool = True) -> Path:
    """As 七麦 does: two rows of banner, the table from column B, a notice at the end, a second sheet of leftovers."""
    table = [("小满日程_评论详情",), ("如果您对数据导出功能有任何意见或建议，欢迎反馈",), QIMAI_HEADER, *rows]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("小满日程_评论详情")
        for number, cells in enumerate([*table, *([(NOTICE,)] if notice else [])]):
            sheet.write_row(number, 1, cells)
        book.add_worksheet("Sheet1").write("A3", "内容")
    return path


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_play(path: Path) -> Path:
    return write_csv(path, PLAY_HEADER, PLAY_ROWS, encoding="utf-16")


def write_jsonl(path: Path, objects: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects), encoding="utf-8")
    return path
