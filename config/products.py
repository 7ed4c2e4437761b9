"""What is watched: config/products.yaml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from config.reading import read_yaml
from feedback.errors import ConfigError, near
from feedback.times import zone_of

STOREFRONTS = frozenset(
    [
        "ae",
        "ar",
        "at",
        "au",
        "az",
        "be",
        "bg",
        "bh",
        "br",
        "by",
        "ca",
        "ch",
        "ci",
        "cl",
        "cm",
        "cn",
        "co",
        "cr",
        "cy",
        "cz",
        "de",
        "dk",
        "do",
        "dz",
        "ec",
        "ee",
        "eg",
        "es",
        "fi",
        "fr",
        "gb",
        "ge",
        "gh",
        "gr",
        "gt",
        "hk",
        "hn",
        "hr",
        "hu",
        "id",
        "ie",
        "il",
        "in",
        "iq",
        "is",
        "it",
        "jo",
        "jp",
        "ke",
        "kh",
        "kr",
        "kw",
        "kz",
        "la",
        "lb",
        "lk",
        "lt",
        "lu",
        "lv",
        "ma",
        "mm",
        "mn",
        "mo",
        "mt",
        "mx",
        "my",
        "ng",
        "ni",
        "nl",
        "no",
        "nz",
        "om",
        "pa",
        "pe",
        "ph",
        "pk",
        "pl",
        "pt",
        "py",
        "qa",
        "ro",
        "rs",
        "ru",
        "sa",
        "se",
        "sg",
        "si",
        "sk",
        "sn",
        "sv",
        "th",
        "tn",
        "tr",
        "tw",
        "tz",
        "ua",
        "ug",
        "us",
        "uy",
        "uz",
        "ve",
        "vn",
        "za",
    ]
)
"""Storefronts of the App Store, ISO 3166 alpha-2."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Product(BaseModel):
    """One product and where it is looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    appstore: tuple[str, ...] = ()
    countries: tuple[str, ...] = ("cn",)
    keywords: tuple[str, ...] = ()
    time_zone: str = ""

    @field_validator("appstore", "countries", "keywords", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, str | int):
            return (str(value),)
        return tuple(map(str, value)) if isinstance(value, list | tuple) else value

    def check(self) -> None:
        """Raises ConfigError naming the first thing that cannot be."""
        if not _KEY.fullmatch(self.key):
            raise ConfigError(
                f"产品短名不对 wrong product key: {self.key!r}",
                hint="小写字母开头，字母数字下划线 a-z, 0-9, _: wechat, app_2",
            )
        for app_id in self.appstore:
            if not re.fullmatch(r"\d{5,12}", app_id):
                raise ConfigError(
                    f"App Store id 不对 wrong App Store id: {app_id!r}",
                    hint="商店网址里 id 后面的数字 the digits after id in the store's address, e.g. 414478124",
                )
        for country in self.countries:
            if country not in STOREFRONTS:
                raise ConfigError(
                    f"没有这个商店地区 no such storefront: {country!r}", hint=near(country, STOREFRONTS)
                )
        if self.time_zone:
            zone_of(self.time_zone)


_HEADER = """# 产品：要收集谁的反馈。What is watched.
# huisheng product add KEY --name NAME --appstore ID --country cn --keyword WORD  会写这个文件 writes this file.
#   key: wechat           短名，只用小写字母、数字、下划线 short name, used in filters
#   name: 微信            给人看的名字 the name people read
#   appstore: ['414478124']   App Store 网址里 id 后的数字 the digits after "id" in the store's address
#   countries: [cn, hk]   商店地区 storefronts
#   keywords: [微信]      提到它的词 words that mean it
#   time_zone: ''         它的一天从哪里算起，空则用全局设置 its own time zone, empty: the project's
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
    """Append to the file. Raises ConfigError, changing nothing, if it cannot be or is there already."""
    product.check()
    known = load_products(path)
    if product.key in known:
        raise ConfigError(
            f"已有这个产品 there is a product {product.key!r} already",
            hint="换个短名，或编辑 edit config/products.yaml",
        )
    save_products(path, {**known, product.key: product})


def save_products(path: Path, products: Mapping[str, Product]) -> None:
    lines = ["products:"] if products else ["products: []"]
    for product in products.values():
        for place, (name, value) in enumerate(product.model_dump(exclude_defaults=True).items()):
            lines.append(f"  {'- ' if place == 0 else '  '}{name}: {_yaml(value)}")
    part = path.with_name(path.name + ".part")
    part.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    part.replace(path)


def _yaml(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return "'" + str(value).replace("'", "''") + "'"
