"""``huisheng predict``: labels for texts in a file; needs neither a project nor a database."""

from pathlib import Path
from typing import Annotated

import typer

from cli.speech import Speech
from cli.workspace import Common
from config.project import default_taxonomy
from feedback.errors import UsageError


def register(root: typer.Typer) -> None:
    root.command("predict")(predict)
    root.command("evaluate")(evaluate)


def _taxonomy_of(path: Path | None):  # type: ignore[no-untyped-def]
    return default_taxonomy(path)
