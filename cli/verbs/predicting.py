"""``huisheng predict`` and ``evaluate``: labels for texts in a file; need neither a project nor a database."""

from pathlib import Path
from typing import Annotated, cast

import typer

from cli.speech import Speech
from cli.workspace import Common
from config.project import load_taxonomy
from nlp import evaluate as evaluation
from nlp.pipeline import Pipeline
from nlp.predict import predict_file

TaxonomyFile = Annotated[
    Path | None, typer.Option("--taxonomy", help="话题表，默认用自带的 topics; default: the built-in ones")
]


def register(root: typer.Typer) -> None:
    root.command("predict")(predict)
    root.command("evaluate")(evaluate)


def predict(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="每行 one a line: {id, text}")],
    out: Annotated[Path, typer.Option("--out", "-o", help="结果文件 result, JSON lines")],
    taxonomy: TaxonomyFile = None,
) -> None:
    """给文件里的文本打标，id 不变。Label the texts of a file; same ids, same order."""
    count = predict_file(source, out, Pipeline.build(load_taxonomy(taxonomy)))
    speech = Speech(cast(Common, context.find_root().obj).lang)
    speech.line(f"{count} 条 → {out}", f"{count} texts → {out}")


def evaluate(
    labels: Annotated[Path, typer.Argument(help="人工标注 labels by people, .jsonl or .jsonl.gz")],
    side: Annotated[str, typer.Option(help="test | choice | train | all")] = "all",
) -> None:
    """和人工标注比。Compare with labels made by people."""
    evaluation.main([str(labels), "--side", side])
