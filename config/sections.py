"""The settings, section by section. Each field's docstring is its documentation and its comment in settings.yaml."""

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl

from feedback.errors import QueryError, near
from feedback.times import zone_of


def known_zone(name: str) -> str:
    """A validator: *name* if there is such a time zone."""
    try:
        return zone_of(name).key
    except QueryError as error:
        raise ValueError(f"没有这个时区 no such time zone; {near(name, available_timezones())}") from error


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Records(Section):
    url: str = ""
    """数据库地址。Database address; empty: SQLite in data/huisheng.db. PostgreSQL: postgresql+psycopg://user@host/name."""


class Index(Section):
    engine: Literal["tantivy", "memory"] = "tantivy"
    """搜索引擎。Search engine: tantivy is embedded and durable; memory is for trying things, gone with the process."""
    refresh_s: float = Field(default=1.0, ge=0.1, le=60)
    """索引多久跟上一次（秒）。How often a waiting worker brings the index up to date, in seconds."""


class Source(Section):
    enabled: bool = True
    """是否抓取这个来源。Whether this source is crawled at all."""
    robots: Literal["obey", "documented_api", "operator_accepted"] = "obey"
    """对 robots.txt 的态度。obey robots.txt; documented_api: a public, documented interface; operator_accepted: you answer for it."""
    delay_s: float = Field(default=2.0, ge=0, le=600)
    """两次请求间隔（秒）。Seconds between two requests; there is never more than one at a time."""
    base_url: HttpUrl | None = None
    """换一个地址。Another address than the real one: for tests and mirrors."""
    max_pages: int = Field(default=10, ge=1, le=100_000)
    """每次抓取的页数上限。Budget of pages a run; a run that ends by it says so (capped)."""


SOURCES: dict[str, Source] = {"appstore": Source()}


def _with_defaults(named: dict[str, Source]) -> dict[str, Source]:
    """Setting one source leaves the others as they are."""
    return SOURCES | named


class Crawl(Section):
    user_agent: str = Field(
        default="Huisheng/0.1 (collects user feedback for a product team)", pattern=r"^[ -~]{8,200}$"
    )
    """对外的名字，诚实且固定，请加上联系方式。One honest, constant name for all requests; add a contact of yours."""
    overlap_h: float = Field(default=48, ge=0, le=24 * 60)
    """每次往回多读几小时。How far before the watermark a run reads again: stores serve copies that are hours old."""
    every_h: float = Field(default=6, ge=0.25, le=24 * 30)
    """多久抓一次（小时）。How often `huisheng up` crawls each target."""
    check_every_s: float = Field(default=120, ge=1, le=3600)
    """多久看一次有没有该抓的（秒）。How often `huisheng up` looks whether a target is due."""
    retries: int = Field(default=2, ge=0, le=5)
    """服务器出错后重试几次。Tries after a server error (5xx). A refusal (403, 429 …) is never tried around."""
    timeout_s: float = Field(default=30, ge=1, le=300)
    """等待回应的秒数。Seconds to wait for an answer."""
    sources: Annotated[dict[str, Source], AfterValidator(_with_defaults)] = SOURCES
    """按来源设置。Per source: enabled, robots, delay_s, base_url, max_pages."""


class Tag(Section):
    batch: int = Field(default=256, ge=1, le=10_000)
    """打标每批条数。Items a step of the worker."""
    taggers: tuple[str, ...] = ()
    """用哪些打标器。Which taggers, by name; empty: all that are registered."""
    poll_s: float = Field(default=1.0, ge=0.05, le=60)
    """空闲时隔多久再看（秒）。How long an idle worker waits before it looks again."""


class Api(Section):
    host: str = "127.0.0.1"
    """监听地址。Address to listen on. Anything but loopback needs at least one API key."""
    port: int = Field(default=8000, ge=1, le=65_535)
    """监听端口。Port to listen on."""
    hosts: tuple[str, ...] = ()
    """还可以用哪些主机名访问。Further host names by which the service may be called while bound to loopback."""
