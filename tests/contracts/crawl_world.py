"""A project folder, a store on loopback and a crawl in a subprocess: what the end-to-end tests of crawling stand on."""

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from config.products import Product, save_products
from config.project import Project, init
from config.secrets import read_salt
from index.records import Records

NOW = "2026-11-27T12:00:00+08:00"
"""A Friday: the demo store's stale copies of Wednesdays are left alone."""
TAIJIAN = Product(key="taijian", name="苔笺笔记", appstore=("9900000101",), countries=("cn", "hk", "tw"))
LULING = Product(key="luling", name="鹿铃打车", appstore=("9900000202",), countries=("cn", "hk"))
AGENT = "Huisheng-Tests/1.0 (voc@example.invalid)"


def make_project(folder: Path, url: str, **source: Any) -> Project:
    """A demo project that crawls *url* without waiting; *source* changes the settings of the source."""
    project = init(folder / "voc", demo=True)
    save_products(project.products, {one.key: one for one in (TAIJIAN, LULING)})
    wanted = {"base_url": url, "delay_s": 0, **source}
    crawl = {"user_agent": AGENT, "timeout_s": 20, "sources": {"appstore": wanted}}
    project.settings.write_text(json.dumps({"crawl": crawl}), encoding="utf-8")
    return project


@contextmanager
def records_of(project: Project) -> Iterator[Records]:
    with Records.open(project.database, salt=read_salt(project.root)) as records:
        yield records


def command(project: Project, product: str, *arguments: str, now: str = NOW) -> list[str]:
    start = [sys.executable, "-m", "crawlers.run", "--project", str(project.root), "--source", "appstore"]
    return [*start, "--product", product, *(("--now", now) if now else ()), *arguments]


@dataclass(frozen=True)
class Crawled:
    code: int
    events: list[dict[str, Any]]
    noise: str
    """What it wrote to stderr."""

    @property
    def runs(self) -> dict[str, dict[str, Any]]:
        """Storefront → its finished run."""
        return {one["run"]["target"][:2]: one["run"] for one in self.events if one["event"] == "end"}

    @property
    def stops(self) -> dict[str, str]:
        return {place: run["stop"] for place, run in self.runs.items()}


def crawl(project: Project, product: str, *arguments: str, now: str = NOW) -> Crawled:
    done = subprocess.run(
        command(project, product, *arguments, now=now), capture_output=True, text=True, encoding="utf-8"
    )
    return Crawled(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)


def asked(url: str) -> list[dict[str, Any]]:
    """What the demo store was asked, in order; first of all robots.txt."""
    with urllib.request.urlopen(f"{url}/__demo__/log") as answer:
        lines: list[dict[str, Any]] = json.load(answer)
    return lines


Answer = tuple[int, Mapping[str, str], bytes]


@contextmanager
def serving(answer: Callable[[str], Answer]) -> Iterator[tuple[str, list[str]]]:
    """A small store of one function, path → answer; yields its address and the paths asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
