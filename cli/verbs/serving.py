"""``huisheng serve`` and ``huisheng up``: the service alone, or everything in one go."""

from typing import Annotated

import typer

from api.app import create_app
from api.app import serve as serve_app
from cli.supervisor import Supervisor
from cli.workspace import Workspace, opened

Host = Annotated[str, typer.Option(help="监听地址 address; default from settings: 127.0.0.1")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="端口 port")]


def register(root: typer.Typer) -> None:
    root.command("serve")(serve)
    root.command("up")(up)


def serve(context: typer.Context, host: Host = "", port: Port = 0) -> None:
    """只开服务，只读数据。The service alone; it only reads (and takes verdicts)."""
    with opened(context) as work:
        address = host or work.settings.api.host
        run_service(work, address, port or work.settings.api.port)


def run_service(work: Workspace, host: str, port: int) -> None:
    work.speech.line(
        f"回声在 http://{host}:{port}（Ctrl-C 停止）", f"Huisheng on http://{host}:{port} (Ctrl-C stops it)"
    )
    serve_app(create_app(work.service(host)), host, port)


def up(context: typer.Context, host: Host = "", port: Port = 0) -> None:
    """服务 + 打标 + 定时抓取。Service + worker + scheduled crawls, until Ctrl-C."""
    with opened(context) as work:
        children = {
            "serve": ["serve", *(["--host", host] if host else []), *(["--port", str(port)] if port else [])],
            "tag": ["tag", "--watch"],
        }
        Supervisor(work, children).run()
