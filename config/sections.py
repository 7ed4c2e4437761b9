"""The settings, section by section. Each field's docstring is its documentation and its comment in settings.yaml."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Records(Section):
    url: str = ""
    """Database address; empty: SQLite in data/huisheng.db. PostgreSQL: postgresql+psycopg://user@host/name."""


class Index(Section):
    engine: Literal["tantivy", "memory"] = "tantivy"
    """Search engine: tantivy is embedded and durable; memory is for trying things, gone with the process."""
    refresh_s: float = Field(default=1.0, ge=0.1, le=60)
    """How often a waiting worker brings the index up to date, in seconds."""


class Source(Section):
    enabled: bool = True
    """Whether this source is crawled at all."""
    robots: Literal["obey", "documented_api", "operator_accepted"] = "obey"
    """obey robots.txt; documented_api: a public, documented interface; operator_accepted: you answer for it."""
    delay_s: float = Field(default=2.0, ge=0, le=600)
    """Seconds between two requests; there is never more than one at a time."""
    base_url: HttpUrl | None = None
    """Another address than the real one: for tests and mirrors."""
    max_pages: int = Field(default=10, ge=1, le=100_000)
    """Budget of pages a run; a run that ends by it says so (capped)."""


class Crawl(Section):
    user_agent: str = "Huisheng/0.1 (collects user feedback for a product team)"
    """One honest, constant name for all requests; add a contact of yours."""
    overlap_h: float = Field(default=48, ge=0, le=24 * 60)
    """How far before the watermark a run reads again: stores serve copies that are hours old."""
    every_h: float = Field(default=6, ge=0.25, le=24 * 30)
    """How often `huisheng up` crawls each target."""
    check_every_s: float = Field(default=120, ge=1, le=3600)
    """How often `huisheng up` looks whether a target is due."""
    retries: int = Field(default=2, ge=0, le=5)
    """Tries after a server error (5xx). A refusal (403, 429 …) is never tried around."""
    timeout_s: float = Field(default=30, ge=1, le=300)
    """Seconds to wait for an answer."""
    sources: dict[str, Source] = {"appstore": Source()}
    """Per source: enabled, robots, delay_s, base_url, max_pages."""


class Tag(Section):
    batch: int = Field(default=256, ge=1, le=10_000)
    """Items a step of the worker."""
    taggers: tuple[str, ...] = ()
    """Which taggers, by name; empty: all that are registered."""
    poll_s: float = Field(default=1.0, ge=0.05, le=60)
    """How long an idle worker waits before it looks again."""


class Api(Section):
    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs at least one API key."""
    port: int = Field(default=8000, ge=1, le=65_535)
    """Port to listen on."""
    hosts: tuple[str, ...] = ()
    """Further host names by which the service may be called while bound to loopback."""


SECTIONS: dict[str, type[Section]] = {
    "records": Records,
    "index": Index,
    "crawl": Crawl,
    "tag": Tag,
    "api": Api,
}
