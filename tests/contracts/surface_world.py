"""A small world behind the API: two products, some of what people say, keys of every kind."""

import asyncio
import atexit
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from httpx import ASGITransport, BaseTransport, Client, Request, Response

from api.app import create_app
from api.service import Service
from feedback.model import Match, Observation, Page, Reply, Run, Tag
from feedback.taxonomy import Taxonomy
from index.engines import open_engine
from index.engines.base import Engine
from index.records import Done, Records
from index.search import Search

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SALT = b"surface-world-salt-0123456789abcd"
PRODUCTS = {"alpha": "甲笔记", "beta": "乙铃"}
BASE_URL = "http://127.0.0.1:8000"
PHONE = "13812345678"

HTML = '<script>alert("x")</script><img src=x onerror=alert(1)> 打不开'
FORMULA = '=HYPERLINK("http://evil.example","点我") 闪退'
RTL = "مرحبا 打不开 שלום"
LONG = "卡顿很久，" * 4_000

TAXONOMY = Taxonomy.parse(
    {
        "top": [
            {
                "id": "stability",
                "name": "稳定性",
                "leaves": [
                    {"id": "crash_launch", "name": "启动闪退/打不开", "sev": "P0"},
                    {"id": "crash_in_use", "name": "使用中闪退", "sev": "P0"},
                    {"id": "x_beta_bell", "name": "乙铃专属", "sev": "P2"},
                ],
            },
            {
                "id": "performance",
                "name": "性能",
                "leaves": [{"id": "lag", "name": "卡顿", "sev": "P2"}],
            },
        ]
    },
    products=PRODUCTS,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One item of the world; ``topics`` maps a leaf to the words that are its evidence."""

    id: str
    text: str
    products: tuple[str, ...] = ("alpha",)
    hours: int = 1
    rating: int | None = None
    sentiment: str = "neg"
    topics: tuple[tuple[str, str], ...] = ()
    intent: str = "bug"
    reply: str = ""
    url: str = ""


SAID = (
    Said("appstore:cn:1", "更新后打不开", rating=1, topics=(("crash_launch", "打不开"),), reply="请更新到新版"),
    Said("appstore:cn:2", "用着用着闪退", hours=30, rating=1, topics=(("crash_in_use", "闪退"),)),
    Said("appstore:cn:3", "很好用，不卡顿", hours=50, rating=5, sentiment="pos", topics=(("lag", "不卡顿"),), intent="praise"),
    Said("weibo:html", HTML, hours=3, topics=(("crash_launch", "打不开"),), url="javascript:alert(1)"),
    Said("weibo:formula", FORMULA, hours=4, topics=(("crash_in_use", "闪退"),), url="https://weibo.example/1"),
    Said("weibo:rtl", RTL, hours=5, topics=(("crash_launch", "打不开"),)),
    Said("weibo:long", LONG, hours=6, topics=(("lag", "卡顿"),)),
    Said("weibo:phone", f"打不开，联系我{PHONE}，急", hours=7, topics=(("crash_launch", "打不开"),)),
    Said("weibo:advert", "加群领红包", hours=8, intent="advert"),
    Said("appstore:cn:20", "乙的铃声打不开", ("beta",), hours=2, rating=2, topics=(("crash_launch", "打不开"),)),
    Said(
        "weibo:both", "甲和乙都打不开，铃也没了", ("alpha", "beta"), hours=9,
        topics=(("crash_launch", "打不开"), ("x_beta_bell", "铃")),
    ),
)  # fmt: skip

KEYS = {
    "reader": (("read",), ()),
    "raw": (("read", "raw"), ()),
    "writer": (("read", "write"), ()),
    "write_only": (("write",), ()),
    "admin": (("admin",), ()),
    "alpha": (("read", "raw", "write"), ("alpha",)),
    "beta": (("read", "raw", "write"), ("beta",)),
    "revoked": (("read", "raw", "write", "admin"), ()),
}


class InProcess(BaseTransport):
    """Calls the application without a socket, each request in a loop of its own."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: Request) -> Response:
        return asyncio.run(self._send(request))

    async def _send(self, request: Request) -> Response:
        asked = Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._transport.handle_async_request(asked)
        content = await answer.aread()
        return Response(answer.status_code, headers=answer.headers, content=content)


@dataclass(frozen=True, slots=True)
class World:
    service: Service
    engine: Engine
    app: FastAPI
    keys: dict[str, str]

    def client(self, key: str = "", base_url: str = BASE_URL) -> Client:
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if key else {}
        return Client(transport=InProcess(self.app), base_url=base_url, headers=headers)

    def index(self) -> None:
        """Bring the index up to the records."""
        after = self.engine.state().position
        while documents := self.service.records.scan(after):
            after = documents[-1].change
            self.engine.write(documents, position=after)
        self.engine.refresh()


def build(folder: Path, *, keys: bool = True, bind: str = "127.0.0.1", engine: str = "memory") -> World:
    made, secrets = _template(keys)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    records = _open(folder)
    opened = open_engine(engine, folder / "index", taxonomy=TAXONOMY, products=PRODUCTS)
    opened.reset(records.store_id)
    zone = ZoneInfo("Asia/Shanghai")
    service = Service(
        records=records,
        search=Search(records, opened, taxonomy=TAXONOMY, zone=zone, clock=lambda: NOW),
        taxonomy=TAXONOMY,
        clock=lambda: NOW,
        zone=zone,
        products=PRODUCTS,
        zones={"beta": ZoneInfo("Asia/Tokyo")},
        bind=bind,
        hosts=("feedback.example",),
        version="1.2.3",
    )
    world = World(service, opened, create_app(service), dict(secrets))
    world.index()
    return world


@cache
def _template(keys: bool) -> tuple[Path, dict[str, str]]:
    """The store of every world, made once and copied: most tests want one of their own."""
    folder = Path(mkdtemp(prefix="surface-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _open(folder) as records:
        _collect(records)
        _tag(records)
        secrets = {name: records.add_key(name, *KEYS[name], now=NOW) for name in KEYS if keys}
        if keys:
            records.revoke_key("revoked")
    return folder, secrets


def _open(folder: Path) -> Records:
    return Records.open(folder / "huisheng.db", salt=SALT, own=TAXONOMY.own_fingerprints(PRODUCTS))


def with_faults(world: World, *faults: str) -> World:
    service = replace(world.service, faults=lambda: faults)
    return replace(world, service=service, app=create_app(service))


def put(records: Records, *said: Said) -> None:
    observations = tuple(map(_observed, said))
    records.put(Page(url="https://store.example/1", fetched_at=NOW, observations=observations))


def _observed(said: Said) -> Observation:
    matches = tuple(Match(product=key, target=f"cn/{key}", via="store") for key in said.products)
    platform, *rest = said.id.split(":")
    return Observation(
        id=said.id,
        platform=platform,
        kind="review" if said.rating else "post",
        via="store",
        region="cn" if len(rest) > 1 else None,
        rating=said.rating,
        app_version="8.2.0" if said.rating else None,
        text=said.text,
        url=said.url or None,
        reply=Reply(text=said.reply, at=NOW) if said.reply else None,
        published_at=NOW - timedelta(hours=said.hours),
        seen_at=NOW,
        matches=matches,
    )


def _collect(records: Records) -> None:
    put(records, *SAID)
    done = {"started_at": NOW - timedelta(hours=1), "finished_at": NOW, "asked": 2}
    for run in (
        Run(id="1", source="store", product="alpha", target="cn/alpha", stop="watermark", listed=9, **done),
        Run(id="2", source="store", product="beta", target="cn/beta", stop="blocked", detail="403", **done),
        Run(id="3", source="board", product="alpha", target="甲", stop="end", **done),
    ):
        records.save_run(run)


def _tag(records: Records) -> None:
    """Tags as a pipeline would leave them."""
    records.adopt_empty({"": "surface"})
    by_id = {said.id: said for said in SAID}
    work = records.due(100)
    assert len(work) == len(SAID)
    records.write(
        [
            Done(each.seq, each.key, _tags(by_id[each.document.feedback.id], each.document.feedback.text))
            for each in work
        ]
    )


def _tags(said: Said, text: str) -> tuple[Tag, ...]:
    topics = [
        Tag(
            facet="topic",
            label=leaf,
            polarity="pos" if said.sentiment == "pos" else "neg",
            score=0.9,
            start=text.index(words),
            end=text.index(words) + len(words),
            why=f"trigger {words}",
        )
        for leaf, words in said.topics
    ]
    return (*topics, Tag(facet="sentiment", label=said.sentiment), Tag(facet="intent", label=said.intent))
