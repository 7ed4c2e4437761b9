"""The import itself: what the records hold afterwards, what a second time does, what the ledger says."""

import resource
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from contracts.import_world import QIMAI_ROWS, write_csv, write_qimai

from crawlers.importing import plan, run_import
from feedback.errors import ImportRefused, StoreBusy
from feedback.ids import name_key
from feedback.model import Match, Observation, Page, Run
from index.records import Records

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
SALT = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


def loaded(path, records, **asked):
    found = plan(path, product="xiaoman", zone=ZoneInfo("Asia/Shanghai"))
    return run_import(found, records, clock=lambda: NOW, **asked)


def documents(records):
    return list(records.by_seq(range(1, 2_000), raw=True).values())


def test_file_is_stored_and_the_ledger_says_so(tmp_path, records):
    run = loaded(write_qimai(tmp_path / "七麦.xlsx"), records)
    assert (run.source, run.product, run.stop, run.detail) == ("import", "xiaoman", "end", "七麦.xlsx")
    assert (run.asked, run.listed, run.new, run.rejected) == (1, 3, 3, 0)
    assert (run.oldest_at, run.newest_at) == (
        datetime(2026, 10, 4, tzinfo=UTC),
        datetime(2026, 10, 5, 1, 6, 26, tzinfo=UTC),
    )
    assert records.runs() == [run]
    stored = [document.feedback for document in documents(records)]
    assert [one.rating for one in stored] == [5, 1, 3]
    assert {match.target for one in stored for match in one.matches} == {run.target}
    assert {one.arrival for one in stored} == {"backfill"}
    assert stored[0].author == stored[2].author == name_key(SALT, "appstore", "小满") != stored[1].author


def test_second_time_stores_nothing_new(tmp_path, records):
    path = write_qimai(tmp_path / "a.xlsx")
    loaded(path, records)
    again = loaded(path, records)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    assert records.depth().documents == 3


def test_overlapping_file_adds_only_what_is_new(tmp_path, records):
    loaded(write_qimai(tmp_path / "a.xlsx"), records)
    newer = ("2026-10-06 10:00:00", "阿圆", 2, "又卡了", "小组件不刷新")
    run = loaded(write_qimai(tmp_path / "b.xlsx", [newer, *QIMAI_ROWS]), records)
    assert (run.new, run.same) == (1, 3)


def test_live_import_may_alert(tmp_path, records):
    loaded(write_qimai(tmp_path / "a.xlsx"), records, live=True)
    assert {document.feedback.arrival for document in documents(records)} == {"live"}


def test_undated_rows_stay_undated(tmp_path, records):
    loaded(write_csv(tmp_path / "a.csv", ("内容", "评分"), [("卡得要命", "1")]), records)
    (document,) = documents(records)
    assert (document.feedback.said_at, document.feedback.at) == (None, NOW)


def test_row_meets_the_item_that_was_crawled(tmp_path, records):
    """The export has no ids: nickname, stars, text and time say that both are one."""
    _, who, stars, title, text = QIMAI_ROWS[0]
    crawled = Observation(
        id="appstore:cn:12700000001",
        platform="appstore",
        via="appstore",
        region="cn",
        name_key=name_key(SALT, "appstore", who),
        rating=stars,
        text=f"{title}\n{text}",
        edited_at=datetime(2026, 10, 5, 1, 6, 26, tzinfo=UTC),
        matches=(Match(product="xiaoman", target="cn/1", via="appstore"),),
        seen_at=NOW,
    )
    records.put(Page(url="u", fetched_at=NOW, observations=(crawled,), listed=1))
    run = loaded(write_qimai(tmp_path / "a.xlsx"), records)
    assert run.listed == 3
    assert records.depth().documents == 3
    item = records.get("appstore:cn:12700000001")
    assert item
    assert {match.via for match in item.feedback.matches} == {"appstore", "import"}


def test_rejects_are_counted_not_stored(tmp_path, records):
    rows = [("好", "5"), ("卡", "abc"), ("闪退", "1")]
    run = loaded(write_csv(tmp_path / "a.csv", ("内容", "评分"), rows), records)
    assert (run.listed, run.new, run.rejected) == (3, 2, 1)


def test_refused_file_stores_nothing(tmp_path, records):
    path = write_csv(tmp_path / "a.csv", ("内容", "评分"), [("好", "5")] * 600 + [("坏", "x")] * 700)
    with pytest.raises(ImportRefused):
        loaded(path, records)
    assert records.depth().documents == 0
    assert records.runs() == []


def test_file_that_changed_since_its_check_is_refused(tmp_path, records):
    path = write_csv(tmp_path / "a.csv", ("内容", "评分"), [("好", "5")])
    found = plan(path, product="xiaoman", zone=ZoneInfo("Asia/Shanghai"))
    write_csv(path, ("内容", "评分"), [("好", "5"), ("坏", "1")])
    with pytest.raises(ImportRefused, match="has changed"):
        run_import(found, records, clock=lambda: NOW)
    assert records.depth().documents == 0


def test_progress_is_told_page_by_page(tmp_path, records):
    path = write_csv(
        tmp_path / "a.csv", ("内容", "评分"), [(f"第 {number} 条", "5") for number in range(1_200)]
    )
    told = []
    run = loaded(path, records, progress=told.append)
    assert [(one.done, one.rows) for one in told] == [(500, 1_200), (1_000, 1_200), (1_200, 1_200)]
    assert sum(one.receipt.new for one in told) == run.new == 1_200
    assert run.asked == 3


def test_retention_refuses_what_is_too_old(tmp_path, records):
    run = loaded(write_qimai(tmp_path / "a.xlsx"), records, retention={"appstore": timedelta(days=55)})
    assert (run.new, run.expired) == (2, 1)


def test_two_imports_do_not_mix(tmp_path, records):
    records.lease("crawl:import", "elsewhere:1")
    with pytest.raises(StoreBusy):
        loaded(write_qimai(tmp_path / "a.xlsx"), records)


def test_import_that_was_killed_is_marked_by_the_next(tmp_path, records):
    dead = Run(id="1", source="import", product="xiaoman", target="t", started_at=NOW - timedelta(hours=1))
    records.save_run(dead)
    loaded(write_qimai(tmp_path / "a.xlsx"), records)
    assert [run.stop for run in records.runs()] == ["end", "killed"]


def test_interrupted_import_is_marked_failed_and_done_by_the_next(tmp_path, records):
    path = write_csv(
        tmp_path / "a.csv", ("内容", "评分"), [(f"第 {number} 条", "5") for number in range(1_200)]
    )

    def stop(progress):
        if progress.done == 1_000:
            raise StoreBusy("somebody else writes")

    with pytest.raises(StoreBusy):
        loaded(path, records, progress=stop)
    assert [(run.stop, run.listed) for run in records.runs()] == [("failed", 1_000)]
    assert loaded(path, records).new == 200


@pytest.mark.full
def test_large_file_is_never_held_in_memory(tmp_path):
    path = tmp_path / "large.csv"
    line = "2026-11-01 08:00:00,5," + "这个版本用起来还不错，" * 60
    with path.open("w", encoding="utf-8") as file:
        file.write("时间,评分,内容\n")
        file.writelines(f"{line}{number}\n" for number in range(60_000))
    size_kb = path.stat().st_size // 1024
    assert size_kb > 100_000
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = plan(path, product="xiaoman", zone=ZoneInfo("Asia/Shanghai"))
    assert found.readable == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < size_kb // 4
