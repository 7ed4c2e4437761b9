"""The ``huisheng`` command: reads the common options, finds the verb, turns errors into words and exit codes."""

import logging
import sys
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from cli.speech import USAGE, Speech
from cli.verbs import (
    crawling,
    demo,
    erasing,
    exporting,
    importing,
    keeping,
    keys,
    looking,
    predicting,
    products,
    projects,
    serving,
    status,
    tagging,
    taxonomies,
)
from cli.workspace import Common
from config.settings import default_lang
from feedback.errors import FeedbackError, UsageError

app = typer.Typer(
    name="huisheng",
    help="回声：收集、打标、搜索用户反馈。Huisheng: collects, tags and searches what users say about your product.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
VERBS = (
    demo, projects, products, crawling, importing, tagging, predicting, looking, exporting, status, serving, taxonomies, erasing,
    keeping, keys,
)  # fmt: skip
for verb in VERBS:
    verb.register(app)


def product_version() -> str:
    try:
        return version("huisheng")
    except PackageNotFoundError:
        return "0"


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"huisheng {product_version()}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    project: Annotated[Path, typer.Option("--project", "-C", help="项目文件夹 project folder")] = Path(),
    lang: Annotated[str, typer.Option(help="zh | en；默认看环境 default from the environment")] = "",
    now: Annotated[str, typer.Option(help="演示用的时钟 clock for demo folders only", hidden=True)] = "",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="在标准错误输出日志 log to stderr")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="版本")
    ] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )
    if lang not in ("", "zh", "en"):
        raise UsageError(f"没有这种语言 no such language: {lang!r}", hint="--lang zh | --lang en")
    context.obj = Common(root=project, lang=lang or default_lang(), now=_instant(now))


def _instant(said: str) -> datetime | None:
    if not said:
        return None
    try:
        instant = datetime.fromisoformat(said)
    except ValueError as error:
        raise UsageError(f"--now 看不懂 cannot read {said!r}", hint="2026-11-28T12:00:00+08:00") from error
    if instant.tzinfo is None:
        raise UsageError(f"--now 缺时区 needs a zone: {said!r}", hint="2026-11-28T12:00:00+08:00")
    return instant


def main() -> None:
    """Entry point of the console script."""
    arguments = sys.argv[1:]
    speech = Speech(_lang_of(arguments), as_json="--json" in arguments)
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except FeedbackError as error:
        speech.error(error)
        sys.exit(error.exit_code)
    except typer.TyperException as error:
        speech.error(UsageError(f"用法不对 wrong usage: {error.format_message()}", hint="huisheng --help"))
        sys.exit(USAGE)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _lang_of(arguments: list[str]) -> str:
    if "--lang" in arguments[:-1]:
        return arguments[arguments.index("--lang") + 1]
    return default_lang()


if __name__ == "__main__":
    main()
