"""One opened project: every part made once, when first needed, from the settings; closed at the end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import typer

from api.exports import Names
from api.service import Service
from cli.speech import Speech
from config.products import Product, load_products
from config.project import Project, find, load_taxonomy
from config.secrets import read_salt
from config.settings import Loaded, Settings, load
from feedback.errors import NotFound, UsageError, near
from feedback.model import Document
from feedback.taxonomy import Taxonomy
from index.engines import open_engine
from index.engines.base import Engine
from index.indexer import Indexer
from index.records import Records
from index.search import Search
from nlp.pipeline import DEFAULT, Pipeline


@dataclass(frozen=True)
class Common:
    """The options that stand before the verb."""

    root: Path
    lang: str
    now: datetime | None = None


class Workspace:
    """Parts of one project, opened lazily: a verb pays only for what it uses."""

    def __init__(self, common: Common, speech: Speech) -> None:
        self.common = common
        self.speech = speech
        self.project: Project = find(common.root)
        if common.now is not None and not self.project.is_demo:
            raise UsageError("--now 只用于演示项目 --now works in demo projects only", hint="huisheng demo")

    def now(self) -> datetime:
        return self.common.now or datetime.now(UTC)

    @cached_property
    def loaded(self) -> Loaded:
        return load(self.project.settings)

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.zone

    @property
    def retention(self) -> Mapping[str, timedelta]:
        return self.settings.retention_ages

    @cached_property
    def products(self) -> dict[str, Product]:
        return load_products(self.project.products)

    def product(self, key: str) -> Product:
        """Raises NotFound naming the nearest ones."""
        if key not in self.products:
            hint = near(key, self.products) if self.products else "huisheng product add …"
            raise NotFound(f"没有这个产品 no such product: {key!r}", hint=hint)
        return self.products[key]

    @cached_property
    def taxonomy(self) -> Taxonomy:
        return load_taxonomy(self.project.taxonomy, products=self.products)

    @property
    def database(self) -> Path:
        return self.project.database

    @cached_property
    def records(self) -> Records:
        self.project.data.mkdir(exist_ok=True)
        own = self.taxonomy.own_fingerprints(self.products)
        return Records.open(
            self.settings.records.url or self.database, salt=read_salt(self.project.root), own=own
        )

    @cached_property
    def engine(self) -> Engine:
        name = self.settings.index.engine
        return open_engine(name, self.project.index, taxonomy=self.taxonomy, products=self.products)

    @cached_property
    def indexer(self) -> Indexer:
        return Indexer(self.records, self.engine, clock=self.now)

    @cached_property
    def search(self) -> Search:
        return Search(self.records, self.engine, taxonomy=self.taxonomy, zone=self.zone, clock=self.now)

    @cached_property
    def pipeline(self) -> Pipeline:
        return self.pipeline_for(self.taxonomy)

    def pipeline_for(self, taxonomy: Taxonomy) -> Pipeline:
        names = self.settings.tag.taggers or DEFAULT
        return Pipeline.build(taxonomy, products=self.products, names=names)

    @cached_property
    def names(self) -> Names:
        return Names(
            self.taxonomy, self.zone_for, lambda key: self.products[key].name if key in self.products else key
        )

    def zone_for(self, products: Iterable[str]) -> ZoneInfo:
        zones = (self.products[key].time_zone for key in products if key in self.products)
        return next((ZoneInfo(name) for name in zones if name), self.zone)

    def zone_of(self, document: Document) -> ZoneInfo:
        return self.zone_for(document.feedback.products)

    def service(self, host: str) -> Service:
        return Service(
            records=self.records,
            search=self.search,
            taxonomy=self.taxonomy,
            clock=self.now,
            zone=self.zone,
            products={key: product.name for key, product in self.products.items()},
            zones={key: ZoneInfo(one.time_zone) for key, one in self.products.items() if one.time_zone},
            bind=host,
            hosts=self.settings.api.hosts,
            demo=self.project.is_demo,
            faults=self.faults,
        )

    def faults(self) -> tuple[str, ...]:
        """What is wrong right now, each in one sentence."""
        wanted = self.records.wanted()
        if wanted is None:
            return ()
        found = []
        if dict(wanted.fingerprints) != dict(self.pipeline.fingerprints()):
            found.append(
                "打标流程与库里要的不一致，打标已停 the pipeline differs from the wanted one; tagging has stopped: huisheng tag adopt"
            )
        if wanted.marking is not None:
            found.append("重打标签的排队没做完 marking the backlog was interrupted: huisheng tag adopt")
        return tuple(found)

    def close(self) -> None:
        """Close what was opened; the engine before the records it was made from."""
        for name in ("engine", "records"):
            part = self.__dict__.get(name)
            if part is not None:
                cast(Callable[[], None], part.close)()


@contextmanager
def opened(context: typer.Context, *, as_json: bool = False) -> Iterator[Workspace]:
    """The project of a command; errors of verbs pass through after everything is closed."""
    common = cast(Common, context.find_root().obj)
    work = Workspace(common, Speech(common.lang, as_json=as_json))
    try:
        yield work
    finally:
        work.close()
