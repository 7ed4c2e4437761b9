"""What columns are called and what they mean: two known layouts, well-known names, and the user's own mapping."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone, tzinfo

from crawlers.importing.cells import text_of
from crawlers.importing.tables import HEAD, Grid, Row
from crawlers.importing.workbook import Cell
from feedback.errors import ImportRefused, near
from feedback.text import fold

IGNORE = "ignore"
WELL_KNOWN: Mapping[str, tuple[str, ...]] = {
    "id": ("review_id", "reviewid", "comment_id", "commentid", "评论id", "评论编号"),
    "text": ("text", "content", "review_text", "review text", "body", "comment", "review", "内容", "评论内容", "评价内容", "反馈内容", "评论", "评价", "正文"),
    "title": ("title", "review_title", "review title", "标题", "评论标题"),
    "rating": ("rating", "stars", "star rating", "score", "评级", "评分", "星级", "打分"),
    "published_at": ("published_at", "review_date", "created_at", "date", "datetime", "time", "发表时间", "评论时间", "发布时间", "创建时间", "提交时间", "时间", "日期"),
    "edited_at": ("edited_at", "updated_at", "updated", "更新时间", "修改时间"),
    "author": ("author", "user_name", "username", "nickname", "作者", "用户名", "用户昵称", "昵称", "用户", "评论人"),
    "version": ("app_version", "version", "app version name", "版本", "版本号", "应用版本", "app版本"),
    "device": ("device", "device_model", "机型", "设备", "设备型号", "手机型号"),
    "os": ("os", "os_version", "系统", "系统版本", "操作系统"),
    "url": ("url", "link", "链接", "网址"),
    "region": ("region", "country", "storefront", "国家", "地区", "国家/地区"),
    "platform": ("platform", "平台", "应用市场", "商店"),
    "lang": ("lang", "language", "语言"),
    "likes": ("likes", "thumbs_up", "点赞", "点赞数", "有用"),
    "reply": ("reply", "developer_reply", "回复", "回复内容", "官方回复", "开发者回复"),
    "reply_at": ("reply_at", "replied_at", "回复时间"),
}  # fmt: skip
"""Field → names of columns, the surest first. A bare "id" or "编号" is not among them: too often it counts rows."""
FIELDS = tuple(WELL_KNOWN)
_ALIASES = {
    "at": "published_at",
    "date": "published_at",
    "stars": "rating",
    "body": "text",
    "content": "text",
}
_DOUBTFUL = {"id": "id", "编号": "id", "name": "author"}
"""Suggested, never taken by themselves."""


@dataclass(frozen=True)
class Layout:
    """A kind of export. ``columns``: name of a column → field."""

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    """An export with all of these columns is of this kind."""
    platform: str = "other"
    region: str = ""
    zone: tzinfo | None = None
    """Of times without one; None: the project's."""


QIMAI = Layout(
    name="qimai",
    columns={"发表时间": "published_at", "作者": "author", "评级": "rating", "标题": "title", "内容": "text"},
    needs=frozenset({"发表时间", "作者", "评级", "标题", "内容"}),
    platform="appstore",
    region="cn",
    zone=timezone(timedelta(hours=8)),
)
PLAY_CONSOLE = Layout(
    name="play_console",
    columns={
        "App Version Name": "version",
        "Reviewer Language": "lang",
        "Device": "device",
        "Review Submit Millis Since Epoch": "published_at",
        "Review Last Update Millis Since Epoch": "edited_at",
        "Star Rating": "rating",
        "Review Title": "title",
        "Review Text": "text",
        "Developer Reply Millis Since Epoch": "reply_at",
        "Developer Reply Text": "reply",
        "Review Link": "url",
    },
    needs=frozenset({"Package Name", "Star Rating", "Review Submit Millis Since Epoch", "Review Text"}),
    platform="googleplay",
)
GENERIC = Layout(name="generic")
LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (QIMAI, PLAY_CONSOLE, GENERIC)}


@dataclass(frozen=True)
class Columns:
    """The header of a table, and which field each of its columns is."""

    grid: Grid
    layout: Layout
    header: tuple[str, ...]
    row: int
    """The header's row; what follows are rows of the table. 0: the format names its columns itself."""
    first: int
    """Index of the first named column: some exports leave column A empty."""
    fields: Mapping[str, int]
    suggested: Mapping[str, str] = field(default_factory=dict)
    """Columns that may be meant as a field, but must be named to be taken."""

    @property
    def mapped(self) -> dict[str, str]:
        return {
            self.header[index]: name for name, index in sorted(self.fields.items(), key=lambda pair: pair[1])
        }

    @property
    def unmapped(self) -> tuple[str, ...]:
        return tuple(
            name for index, name in enumerate(self.header) if name and index not in self.fields.values()
        )

    def rows(self) -> Iterator[Row]:
        return (row for row in self.grid.rows() if row.number > self.row and any(map(text_of, row.cells)))

    def cell(self, row: Row, name: str) -> Cell:
        index = self.fields.get(name)
        return row.cells[index] if index is not None and index < len(row.cells) else None


def find_columns(grids: Sequence[Grid], *, layout: str, mapping: Mapping[str, str]) -> Columns:
    """The table among *grids* and its columns. Raises ImportRefused naming the columns seen.

    layout: A name of LAYOUTS, or empty: whatever fits. mapping: Column → field, above everything that is guessed.
    """
    wanted = {_key(column): _field(name) for column, name in mapping.items()}
    if layout and layout not in LAYOUTS:
        raise ImportRefused(f"没有这种导出 no such kind of export: {layout!r}", hint=near(layout, LAYOUTS))
    found = [
        _columns(grid, number, header, layout, wanted) for grid in grids for number, header in _headers(grid)
    ]
    if not found:
        raise ImportRefused(
            "找不到表头 found no header among the first rows",
            hint="第一行写列名 put names of columns into the first row",
        )
    best = max(found, key=lambda one: (set(wanted) <= set(map(_key, one.header)), len(one.fields), -one.row))
    _check(best, layout, mapping)
    return best


def _headers(grid: Grid) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that may be the header: those of at least two texts among the first ones."""
    if grid.header:
        yield 0, grid.header
        return
    rows = grid.rows()
    for row in rows:
        if row.number > HEAD:
            break
        names = tuple(text_of(cell) for cell in row.cells)
        if sum(map(bool, names)) >= 2:
            yield row.number, names


def _columns(
    grid: Grid, number: int, header: tuple[str, ...], layout: str, wanted: Mapping[str, str]
) -> Columns:
    kind = LAYOUTS[layout] if layout else _kind_of(header)
    index = {_key(name): place for place, name in reversed(list(enumerate(header))) if name}
    fields: dict[str, int] = {}
    known = {_key(name): field_name for name, field_name in kind.columns.items()}
    if not known:
        known = {_key(name): field_name for field_name, names in WELL_KNOWN.items() for name in names}
    taken = set(wanted)
    for column, name in (*wanted.items(), *((c, n) for c, n in known.items() if c not in taken)):
        if name != IGNORE and column in index:
            fields.setdefault(name, index[column])
    suggested = {
        header[index[column]]: name
        for column, name in _DOUBTFUL.items()
        if column in index and name not in fields
    }
    first = next((place for place, name in enumerate(header) if name), 0)
    return Columns(grid, kind, header, number, first, fields, suggested)


def _kind_of(header: Iterable[str]) -> Layout:
    names = set(header)
    return next((layout for layout in LAYOUTS.values() if layout.needs and layout.needs <= names), GENERIC)


def _check(columns: Columns, layout: str, mapping: Mapping[str, str]) -> None:
    seen = [name for name in columns.header if name]
    shown = ", ".join(seen[:40])
    missing = columns.layout.needs - set(seen)
    if layout and missing:
        raise ImportRefused(
            f"不像 {layout} 的导出 is no export of {layout}: 缺 missing {', '.join(sorted(missing))}; 有 has {shown}",
            hint="换一种 another --source, or --map 列=字段 column=field",
        )
    for column in mapping:
        if _key(column) not in set(map(_key, seen)):
            raise ImportRefused(
                f"没有这一列 no such column: {column!r}; 有 has {shown}", hint=near(column, seen)
            )
    if not {"text", "title"} & set(columns.fields):
        raise ImportRefused(
            f"不知道哪一列是正文 which column holds the text? 有 has {shown}",
            hint=f"--map 列=text，例如 e.g. --map {(seen or ['COLUMN'])[0]}=text",
        )


def _field(name: str) -> str:
    chosen = _ALIASES.get(name, name)
    if chosen not in (*FIELDS, IGNORE):
        raise ImportRefused(f"没有这个字段 no such field: {name!r}", hint=near(name, (*FIELDS, IGNORE)))
    return chosen


def _key(column: str) -> str:
    return fold(column).strip().lower()
