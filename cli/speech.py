"""What people read on the terminal: Chinese or English, tables on a terminal, JSON where a program reads."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from feedback.errors import FeedbackError

OK, FAILED, USAGE, PARTLY = 0, 1, 2, 3
"""Exit codes: done / failed / asked wrongly / done in part, the output says what is missing."""


class Speech:
    """One voice for a whole command: language and shape are chosen once."""

    def __init__(self, lang: str = "zh", *, as_json: bool = False) -> None:
        self.lang = lang
        self.as_json = as_json
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True)

    def text(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def line(self, zh: str, en: str) -> None:
        """A remark to people; it never mixes with JSON on standard output."""
        console = self.err if self.as_json else self.out
        console.print(escape(self.text(zh, en)))

    def warn(self, zh: str, en: str) -> None:
        self.err.print(escape("! " + self.text(zh, en)), style="yellow")

    def json(self, value: Any) -> None:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
        sys.stdout.flush()

    def table(
        self, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = ()
    ) -> None:
        table = Table(
            title=title or None, title_justify="left", header_style="bold", show_edge=False, pad_edge=False
        )
        for place, name in enumerate(columns):
            table.add_column(name, justify="right" if place in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
        self.out.print(table)

    def progress(self) -> Progress:
        """A bar on a terminal, silence elsewhere."""
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        )

    def error(self, error: FeedbackError) -> None:
        if self.as_json:
            problem = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
            self.err.print_json(json.dumps(problem, ensure_ascii=False))
            return
        self.err.print(escape("✗ " + error.message), style="red")
        if error.hint:
            self.err.print(escape("  → " + error.hint))
