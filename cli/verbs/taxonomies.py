"""``huisheng taxonomy check|diff``: a new topic table is tried before anything is tagged again."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Json
from cli.workspace import opened
from config.project import load_taxonomy
from nlp.taxonomy_diff import diff as compare

app = typer.Typer(no_args_is_help=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="taxonomy", help="话题表。The topics.")


@app.command("check")
def check(
    context: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="默认是项目里的 default: the project's")] = None,
) -> None:
    """检查话题表。Check a topic table."""
    with opened(context) as work:
        taxonomy = load_taxonomy(path, products=work.products) if path else work.taxonomy
        work.speech.line(
            f"✓ {len(taxonomy.tops)} 大类，{len(taxonomy.leaves)} 个话题，指纹 {taxonomy.fingerprint}",
            f"✓ {len(taxonomy.tops)} groups, {len(taxonomy.leaves)} topics, fingerprint {taxonomy.fingerprint}",
        )


@app.command("diff")
def diff(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="新的话题表 the new topic table")],
    limit: Annotated[int, typer.Option(help="试多少条最新的 how many of the newest items to try")] = 2_000,
    as_json: Json = False,
) -> None:
    """试打：哪些话题会多、会少，附例子；什么也不改。Dry run: which topics gain and lose items; changes nothing."""
    from feedback.query import Query

    with opened(context, as_json=as_json) as work:
        new = load_taxonomy(path, products=work.products)
        documents = islice(work.search.documents(Query(noise="include")), limit)
        changes = compare(work.pipeline, work.pipeline_for(new), documents)
        if as_json:
            work.speech.json([change.as_dict() for change in changes])
            return
        rows = [
            (new.name(one.label), one.label, f"+{one.gained}", f"-{one.lost}", " / ".join(one.examples[:2]))
            for one in changes
        ]
        work.speech.table("", ("话题 topic", "id", "多 gains", "少 loses", "例 examples"), rows, right=(2, 3))
        work.speech.line(
            "真要换：覆盖 config/taxonomy.yaml，然后 huisheng tag adopt",
            "To use it: replace config/taxonomy.yaml, then huisheng tag adopt",
        )
