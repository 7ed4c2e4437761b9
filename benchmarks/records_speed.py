"""How fast the records take pages, hand out work and are read, on this machine.

    python benchmarks/records_speed.py [--documents 20000] [--page 100] [--big 1000000] [--json FILE]

Every figure is wall time and CPU time of this process; the file lies where TMPDIR points. ``--big`` measures
the idle poll of a store that holds so many rows (built directly in SQL; 0 leaves it out).
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from feedback.model import Match, Observation, Page, Tag
from index.records import Done, Records
from index.records.database import Database

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PIECES = (
    "更新之后", "一打开就闪退", "登录不了", "广告太多了", "希望加一个夜间模式", "客服一直不回", "支付失败", "界面很好看", "卡得要死",
    "验证码收不到", "总体还行", "给个五星", "退款要等七天", "听歌总断", "用了三年了", "越来越慢",
)  # fmt: skip
FIGURES: dict[str, dict[str, float]] = {}


def observations(count: int, *, start: int = 0) -> list[Observation]:
    """Reviews as long as real ones: 30 characters in the middle, some with a phone number."""
    dice = random.Random(start)
    found = []
    for number in range(start, start + count):
        said = "，".join(dice.sample(PIECES, dice.randint(2, 9)))
        if number % 50 == 0:
            said += "，电话13812345678"
        at = NOW - timedelta(minutes=number)
        found.append(
            Observation(
                id=f"appstore:cn:{10_000_000 + number}",
                platform="appstore",
                via="appstore_rss",
                region="cn",
                author=f"{number % 9_000:020x}",
                name_key=f"{number % 9_000:020x}",
                rating=dice.randint(1, 5),
                app_version=f"8.{number % 7}.0",
                url=f"https://apps.apple.com/cn/review?id={number}",
                metrics={"likes": number % 5},
                published_at=at,
                seen_at=NOW,
                text=said,
                matches=(Match(product="luling", target="cn:123456789", via="appstore_rss"),),
            )
        )
    return found


def pages(seen: list[Observation], size: int) -> list[Page]:
    return [
        Page(url="bench:", fetched_at=NOW, observations=tuple(seen[start : start + size]))
        for start in range(0, len(seen), size)
    ]


@contextmanager
def measured(name: str, documents: int) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    FIGURES[name] = {
        "documents": documents,
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "per_s": round(documents / wall),
        "per_cpu_s": round(documents / cpu) if cpu else 0,
    }


def best_ms(call: Callable[[], object], *, times: int = 200) -> dict[str, float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return {"p50_ms": round(taken[times // 2], 3), "p95_ms": round(taken[times * 19 // 20], 3)}


def put_and_read(folder: Path, documents: int, size: int) -> None:
    seen = observations(documents)
    with Records.open(folder / f"put{size}.db", salt=b"bench") as records:
        with measured(f"put, new, pages of {size}", documents):
            for page in pages(seen, size):
                records.put(page)
        with measured(f"put, seen again, pages of {size}", documents):
            for page in pages(seen, size):
                records.put(page)


def queue_and_scan(folder: Path, documents: int) -> None:
    tags = (
        Tag(facet="topic", label="crash_launch", polarity="neg", start=0, end=4, why="triggers"),
        Tag(facet="sentiment", label="neg", score=0.9, why="linear"),
        Tag(facet="intent", label="bug", score=0.8, why="linear"),
    )
    with Records.open(folder / "queue.db", salt=b"bench") as records:
        for page in pages(observations(documents), 500):
            records.put(page)
        with measured("due + write, batches of 256", documents):
            while work := records.due(256):
                records.write([Done(one.seq, one.key, tags) for one in work])
        with measured("scan, 2,000 at a time", documents):
            after = 0
            while found := records.scan(after):
                after = found[-1].change
        FIGURES["get"] = best_ms(lambda: records.get("appstore:cn:10000007"))


def idle_polls(folder: Path, rows: int) -> None:
    """Copies one tagged row many times in SQL: what counts is how many rows there are, not what they say."""
    path = folder / "big.db"
    with Records.open(path, salt=b"bench") as records:
        for page in pages(observations(1), 1):
            records.put(page)
        records.write([Done(one.seq, one.key) for one in records.due()])
    _multiply(path, rows)
    with Records.open(path, salt=b"bench") as records:
        FIGURES[f"idle poll (due) of {rows:,} rows"] = best_ms(records.due)
        FIGURES[f"idle scan of {rows:,} rows"] = best_ms(lambda: records.scan(records.change()))
        FIGURES[f"idle release of {rows:,} rows"] = best_ms(lambda: records.release(now=NOW), times=50)
        FIGURES[f"depth of {rows:,} rows"] = best_ms(records.depth, times=5)


def _multiply(path: Path, rows: int) -> None:
    database = Database(str(path))
    with database.write() as connection:
        names = [row[1] for row in connection.execute(text("PRAGMA table_info(feedback)"))]
        changed = {"seq": "n", "id": "'appstore:cn:' || n", "change": "n", "part": "n % 8", "at": '"at" + n'}
        chosen = ", ".join(changed.get(name, f'"{name}"') for name in names)
        connection.execute(
            text(
                f"WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}) "
                f"INSERT INTO feedback SELECT {chosen} FROM numbers, (SELECT * FROM feedback WHERE seq = 1)"
            )
        )
        connection.execute(text(f"UPDATE counter SET n = {rows}"))
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--page", type=int, nargs="*", default=[50, 100, 500])
    parser.add_argument("--big", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="records-speed-") as name:
        folder = Path(name)
        for size in asked.page:
            put_and_read(folder, asked.documents, size)
        queue_and_scan(folder, asked.documents)
        if asked.big:
            idle_polls(folder, asked.big)
    for what, figures in FIGURES.items():
        print(f"{what:<36}", "  ".join(f"{name} {value:,}" for name, value in figures.items()))
    if asked.json:
        asked.json.write_text(json.dumps(FIGURES, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
