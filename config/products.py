"""What is watched: config/products.yaml."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from config.reading import read_yaml
from config.sections import known_zone
from feedback.errors import ConfigError, near

STOREFRONTS = frozenset(
    """
    ae af ag ai al am ao ar at au az ba bb be bf bg bh bj bm bn bo br bs bt bw by bz ca cd cg ch ci cl
    cm cn co cr cv cy cz de dk dm do dz ec ee eg es fi fj fm fr ga gb gd ge gh gm gr gt gw gy hk hn hr
    hu id ie il in iq is it jm jo jp ke kg kh kn kr kw ky kz la lb lc lk lr lt lu lv ly ma md me mg mk
    ml mm mn mo mr ms mt mu mv mw mx my mz na ne ng ni nl no np nr nz om pa pe pg ph pk pl pt pw py qa
    ro rs ru rw sa sb sc se sg si sk sl sn sr st sv sz tc td th tj tm tn to tr tt tw tz ua ug us uy uz
    vc ve vg vn vu xk ye za zm zw
    """.split()  # noqa: SIM905 - as a list it would fill 180 lines
)
"""Storefronts of the App Store, ISO 3166 alpha-2."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Product(BaseModel):
    """One product and where it is looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    appstore: tuple[str, ...] = ()
    """Ids of the App Store."""
    countries: tuple[str, ...] = ("cn",)
    keywords: tuple[str, ...] = ()
    time_zone: str = ""
    """Where its days begin; empty: as the settings say."""

    @field_validator("appstore", "countries", "keywords", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, str | int):
            value = [value]
        if not isinstance(value, list | tuple):
            return value
        return tuple(dict.fromkeys(map(_text, value)))

    @field_validator("countries")
    @classmethod
    def _lower(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(country.lower() for country in value)

    @field_validator("name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    def check(self) -> None:
        """Raises ConfigError naming the first thing that cannot be."""
        if not _KEY.fullmatch(self.key):
            raise ConfigError(
                f"产品短名不对 wrong product key: {self.key!r}",
                hint="小写字母开头，字母数字下划线 a-z, 0-9, _: wechat, app_2",
            )
        for app_id in self.appstore:
            if not re.fullmatch(r"\d{5,12}", app_id, re.ASCII):
                raise ConfigError(
                    f"App Store id 不对 wrong App Store id: {app_id!r}",
                    hint="商店网址里 id 后面的数字 the digits after id in the store's address, e.g. 414478124",
                )
        for country in self.countries:
            if country not in STOREFRONTS:
                raise ConfigError(
                    f"没有这个商店地区 no such storefront: {country!r}",
                    hint="两位 ISO 3166 代码 two letters: cn hk mo tw sg my jp kr us ca au gb (not uk) de fr …",
                )
        if not self.name or "" in self.keywords:
            raise ConfigError(
                f"产品 {self.key!r} 的名称或关键词是空的 has an empty name or keyword",
                hint="空的词会匹配一切 an empty word would match everything",
            )
        if self.time_zone:
            _check_zone(self.time_zone)


def _text(value: Any) -> str:
    """YAML reads a bare ``no`` (Norway) as false."""
    return "no" if value is False else str(value).strip()


def _check_zone(name: str) -> None:
    try:
        known_zone(name)
    except ValueError as error:
        raise ConfigError(str(error), hint="config/products.yaml: time_zone") from error


_HEADER = """# 产品：要收集谁的反馈。What is watched.
# huisheng product add KEY --name NAME --appstore ID --country cn --keyword WORD  会写这个文件 writes this file.
#   key: wechat               短名，用于筛选：小写字母、数字、下划线 short name, used in filters
#   name: 微信                给人看的名字 the name people read
#   appstore: ["414478124"]   App Store 网址里 id 后的数字 the digits after "id" in the store's address
#   countries: [cn, hk]       商店地区 storefronts
#   keywords: [微信]          提到它的词 words that mean it
#   time_zone: ""             它的一天从哪里算起，空则用全局设置 its own time zone, empty: the project's
"""


def load_products(path: Path) -> dict[str, Product]:
    """Key → product. Raises ConfigError with the product it is about."""
    if not path.exists():
        return {}
    entries = read_yaml(path).get("products") or []
    if not isinstance(entries, list):
        raise ConfigError(
            f"{path.name}: products 应为列表 must be a list", hint="products:\n  - {key: …, name: …}"
        )
    products: dict[str, Product] = {}
    for entry in entries:
        product = _read(entry, path)
        if product.key in products:
            raise ConfigError(
                f"{path.name}: 产品重复 {product.key!r} appears twice", hint="改掉一个 rename one of them"
            )
        products[product.key] = product
    return products


def _read(entry: Any, path: Path) -> Product:
    try:
        product = Product.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        hint = near(field, Product.model_fields) if first["type"] == "extra_forbidden" else str(first["msg"])
        raise ConfigError(f"{path.name}: 产品写错了 wrong product {entry!r}: {field}", hint=hint) from error
    product.check()
    return product


def add_product(path: Path, product: Product) -> None:
    """Append to the file, keeping what people wrote in it. Raises ConfigError, changing nothing, if it cannot be."""
    product.check()
    known = load_products(path)
    if product.key in known:
        raise ConfigError(
            f"已有这个产品 there is a product {product.key!r} already",
            hint="换个短名，或编辑 choose another key, or edit config/products.yaml",
        )
    wanted = {**known, product.key: product}
    text = path.read_text(encoding="utf-8").rstrip() + "\n" if known else _HEADER + "products:\n"
    bullets = re.findall(r"^( *)- ", text, re.MULTILINE)
    appended = text + _block(product, indent=bullets[-1] if bullets else "  ")
    fitting = next((one for one in (appended, _whole(wanted)) if _holds(one, wanted)), None)
    if fitting is None:
        raise ConfigError(
            f"产品 {product.key!r} 的名称或关键词里有控制字符 has a control character in its name or a keyword",
            hint="去掉它 leave it out",
        )
    _replace(path, fitting)


def save_products(path: Path, products: Mapping[str, Product]) -> None:
    """Write the file anew."""
    _replace(path, _whole(products))


def _whole(products: Mapping[str, Product]) -> str:
    blocks = "".join(_block(product) for product in products.values())
    return _HEADER + ("products:\n" + blocks if products else "products: []\n")


def _block(product: Product, *, indent: str = "  ") -> str:
    """One entry of the list; JSON is YAML, and it quotes whatever a name may hold."""
    fields = product.model_dump(mode="json", exclude_defaults=True).items()
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields]
    return f"{indent}- " + f"{indent}  ".join(lines)


def _holds(text: str, wanted: Mapping[str, Product]) -> bool:
    """Whether *text* reads as exactly these: people lay out YAML in more ways than we can append to."""
    try:
        entries = yaml.safe_load(text)["products"]
        return [Product.model_validate(entry) for entry in entries] == list(wanted.values())
    except (yaml.YAMLError, ValidationError, TypeError):
        return False


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: a reader never sees half a file."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise ConfigError(
            f"写不了 cannot write {path}: {error.strerror}", hint="检查权限 check its owner and mode"
        ) from error
