"""``huisheng key add|list|revoke``: who may use the API."""

from typing import Annotated

import typer

from cli.options import Json
from cli.workspace import opened

app = typer.Typer(no_args_is_help=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="key", help="API 密钥。API keys.")


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="给谁用 who uses it")],
    scope: Annotated[list[str] | None, typer.Option(help="read raw write admin（可重复 repeatable）")] = None,
    product: Annotated[list[str] | None, typer.Option(help="只限这些产品 only these products")] = None,
    as_json: Json = False,
) -> None:
    """新建密钥，只显示这一次。Make a key; it is shown this once."""
    with opened(context, as_json=as_json) as work:
        for key in product or ():
            work.product(key)
        secret = work.records.add_key(name, scope or ["read"], product or (), now=work.now())
        if as_json:
            work.speech.json({"name": name, "key": secret})
            return
        work.speech.line("密钥（只显示这一次）：", "The key (shown this once):")
        work.speech.out.print(secret)


@app.command("list")
def list_keys(context: typer.Context, as_json: Json = False) -> None:
    """列出密钥（不含密文）。The keys, without their secrets."""
    with opened(context, as_json=as_json) as work:
        found = work.records.keys()
        if as_json:
            names = ("name", "scopes", "products", "revoked")
            work.speech.json(
                [
                    dict(zip(names, (k.name, sorted(k.scopes), k.products, k.revoked), strict=True))
                    for k in found
                ]
            )
            return
        state = work.speech.text("已吊销", "revoked")
        rows = [
            (
                key.name,
                " ".join(sorted(key.scopes)),
                " ".join(key.products) or "*",
                state if key.revoked else "",
            )
            for key in found
        ]
        work.speech.table("", ("名称 name", "权限 scopes", "产品 products", ""), rows)


@app.command("revoke")
def revoke(context: typer.Context, name: str) -> None:
    """吊销密钥。Revoke a key."""
    with opened(context) as work:
        work.records.revoke_key(name)
        work.speech.line(f"已吊销 {name}", f"Revoked {name}")
