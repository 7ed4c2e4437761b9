"""``huisheng product add|list``: what is watched."""

from typing import Annotated

import typer

from cli.options import Json
from cli.workspace import opened
from config.products import Product, add_product

app = typer.Typer(no_args_is_help=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="product", help="要看哪些产品。What is watched.")


@app.command("add")
def add(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="短名，小写字母数字 short name, e.g. wechat")],
    name: Annotated[str, typer.Option(help="给人看的名字 the name people read")] = "",
    appstore: Annotated[
        list[str] | None, typer.Option(help="App Store 数字 id（可重复）numeric id, repeatable")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="商店地区（可重复）storefront, default cn")
    ] = None,
    keyword: Annotated[list[str] | None, typer.Option(help="提到它的词（可重复）words that mean it")] = None,
) -> None:
    """加一个产品。Add a product to config/products.yaml."""
    with opened(context) as work:
        product = Product(
            key=key,
            name=name or key,
            appstore=tuple(appstore or ()),
            countries=tuple(country or ("cn",)),
            keywords=tuple(keyword or ()),
        )
        add_product(work.project.products, product)
        work.speech.line(f"已加入 {product.name}（{product.key}）", f"Added {product.name} ({product.key})")
        work.speech.line(f"下一步：huisheng crawl --product {key}", f"Next: huisheng crawl --product {key}")


@app.command("list")
def list_products(context: typer.Context, as_json: Json = False) -> None:
    """列出产品。The products of this project."""
    with opened(context, as_json=as_json) as work:
        found = list(work.products.values())
        if as_json:
            work.speech.json([product.model_dump(mode="json") for product in found])
            return
        rows = [
            (one.key, one.name, ",".join(one.appstore), ",".join(one.countries), ",".join(one.keywords))
            for one in found
        ]
        work.speech.table("", ("key", "名称 name", "App Store", "地区 countries", "关键词 keywords"), rows)
