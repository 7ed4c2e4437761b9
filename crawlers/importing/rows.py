"""One row of a table becomes one observation. Pure; what cannot be read raises Unreadable."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import parse_qs, urlsplit

from crawlers.importing.cells import Unreadable, count_of, platform_of, rating_of, region_of, text_of, time_of
from crawlers.importing.columns import Columns
from crawlers.importing.tables import Row
from crawlers.importing.workbook import Cell
from feedback.ids import name_key, pseudonym, row_id
from feedback.model import Match, Observation, Reply
from feedback.text import clean, join_title

VIA = "import"
_DELETED = re.compile(r"[（(]该条评论已经被删除[）)]")
"""Written into the text by 七麦 when a review has left the store: no word of its author, and no part of its identity."""
_NATIVE_ID = re.compile(r"[\w:.\-]{1,200}")


@dataclass(frozen=True)
class Reader:
    """How the rows of one table are read."""

    columns: Columns
    product: str
    platform: str
    region: str
    zone: tzinfo
    target: str
    """Digest of the file: what the items' match names as the place where they were found."""

    def read(self, row: Row, *, salt: bytes, seen_at: datetime) -> Observation:
        platform, region = self._place(row)
        published_at, edited_at = self._time(row, "published_at"), self._time(row, "edited_at")
        rating = rating_of(self._cell(row, "rating"))
        text = join_title(self._text(row, "title"), self._text(row, "text"))
        if not text and rating is None:
            raise Unreadable("没有正文也没有评分 neither text nor rating")
        nickname = self._text(row, "author") or None
        likes = count_of(self._cell(row, "likes"))
        return Observation(
            id=self._id(row, platform, region),
            platform=platform,
            via=VIA,
            region=region,
            author=pseudonym(salt, platform, native_id=None, name=nickname),
            name_key=name_key(salt, platform, nickname),
            rating=rating,
            app_version=self._text(row, "version") or None,
            device=self._text(row, "device") or None,
            os=self._text(row, "os") or None,
            lang=self._text(row, "lang") or None,
            url=self._url(row),
            metrics={"likes": likes} if likes is not None else {},
            reply=self._reply(row),
            text=text,
            published_at=published_at,
            edited_at=edited_at if edited_at != published_at else None,
            matches=(Match(product=self.product, target=self.target, via=VIA),),
            seen_at=seen_at,
        )

    def is_notice(self, row: Row) -> bool:
        """A row in which only the first cell speaks is a remark of the exporting site, no feedback."""
        filled = [place for place, cell in enumerate(row.cells) if text_of(cell)]
        return filled == [self.columns.first] and self.columns.layout.name == "qimai"

    def _cell(self, row: Row, name: str) -> Cell:
        return self.columns.cell(row, name)

    def _text(self, row: Row, name: str) -> str:
        return _without_mark(text_of(self._cell(row, name))) if name in self.columns.fields else ""

    def _time(self, row: Row, name: str) -> datetime | None:
        return time_of(self._cell(row, name), self.zone) if name in self.columns.fields else None

    def _place(self, row: Row) -> tuple[str, str | None]:
        platform = platform_of(self._cell(row, "platform")) or self.platform
        region = region_of(self._cell(row, "region")) or self.region or None
        if platform == "appstore" and not region:
            raise Unreadable("App Store 评论缺地区 a review of the App Store needs its storefront")
        return platform, region

    def _id(self, row: Row, platform: str, region: str | None) -> str:
        native = self._text(row, "id") or self._linked_id(row)
        if native and not _NATIVE_ID.fullmatch(native):
            raise Unreadable("id 不对 wrong id", native)
        if native:
            return ":".join(
                part for part in (platform, region if platform == "appstore" else "", native) if part
            )
        cells = map(_without_mark, row.raw[self.columns.first :])
        return row_id(platform, region, self.product, tuple(cells))

    def _linked_id(self, row: Row) -> str:
        """The Play Console gives the id of a review only within the link to it."""
        query = parse_qs(urlsplit(self._text(row, "url")).query)
        return (query.get("reviewId") or query.get("reviewid") or [""])[0]

    def _url(self, row: Row) -> str | None:
        said = self._text(row, "url")
        return said if said.startswith(("https://", "http://")) else None

    def _reply(self, row: Row) -> Reply | None:
        text = clean(self._text(row, "reply"))
        return Reply(text=text, at=self._time(row, "reply_at")) if text else None


def _without_mark(text: str) -> str:
    return _DELETED.sub("", text).strip() if "评论已经被删除" in text else text
