"""``huisheng init``: a new project folder."""

from pathlib import Path
from typing import Annotated, cast

import typer

from cli.speech import Speech
from cli.workspace import Common
from config.project import init as make_project


def register(root: typer.Typer) -> None:
    root.command("init")(init)


def init(
    context: typer.Context, folder: Annotated[Path, typer.Argument(help="新文件夹 a new folder")]
) -> None:
    """新建项目：带注释的设置、话题表、盐。A new project: commented settings, topics, the salt."""
    speech = Speech(cast(Common, context.find_root().obj).lang)
    make_project(folder)
    speech.line(
        f"已建好 {folder}。请保管好 {folder}/secrets/salt：丢了就认不出作者。",
        f"Made {folder}. Keep {folder}/secrets/salt: without it authors cannot be recognised.",
    )
    step = f"cd {folder} && huisheng product add wechat --name 微信 --appstore 414478124"
    speech.line(f"下一步：{step}", f"Next: {step}")
