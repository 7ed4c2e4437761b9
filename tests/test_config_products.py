"""config/products.yaml: what may stand there, and that adding a product keeps what people wrote."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.products import STOREFRONTS, Product, add_product, load_products, save_products
from feedback.errors import ConfigError

WECHAT = Product(
    key="wechat", name="微信", appstore=("414478124",), countries=("cn", "hk"), keywords=("微信", "wx")
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "products.yaml"


def test_no_file_means_no_products(path):
    assert load_products(path) == {}


def test_what_is_added_is_read_back(path):
    add_product(path, WECHAT)
    maps = Product(key="maps", name="地图", appstore=("461703208",), time_zone="Asia/Tokyo")
    add_product(path, maps)
    assert load_products(path) == {"wechat": WECHAT, "maps": maps}


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1).filter(str.strip)


@given(name=WORDS, keywords=st.lists(WORDS, max_size=3, unique_by=str.strip))
def test_any_name_and_keyword_survives_the_file(tmp_path_factory, name, keywords):
    path = tmp_path_factory.mktemp("names") / "products.yaml"
    product = Product(key="one", name=name, keywords=tuple(keywords))
    add_product(path, product)
    assert load_products(path) == {"one": product}


@pytest.mark.parametrize(
    "name", ["a\x7fb", "a\uffffb", "a\udcffb"], ids=["delete", "no-character", "broken-bytes"]
)
def test_a_name_that_no_file_can_hold_is_refused(path, name):
    add_product(path, WECHAT)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="control character"):
        add_product(path, Product(key="maps", name=name))
    assert path.read_bytes() == before


COMMENTED = """# ours
products:   # two teams
- key: wechat
  name: 微信      # not the desktop one
  appstore: 414478124
"""


def test_adding_keeps_comments_and_layout(path):
    path.write_text(COMMENTED, encoding="utf-8")
    add_product(path, Product(key="maps", name="地图"))
    text = path.read_text(encoding="utf-8")
    assert text.startswith(COMMENTED)
    assert list(load_products(path)) == ["wechat", "maps"]


@pytest.mark.parametrize(
    "text",
    ["products: [{key: wechat, name: 微信}]\n", "products:\n  - {key: wechat, name: 微信}\n# end\n"],
    ids=["flow", "flow-entries"],
)
def test_adding_works_in_any_layout(path, text):
    path.write_text(text, encoding="utf-8")
    add_product(path, Product(key="maps", name="地图"))
    assert list(load_products(path)) == ["wechat", "maps"]
    assert load_products(path)["wechat"].name == "微信"


def test_a_new_file_explains_itself(path):
    save_products(path, {})
    assert load_products(path) == {}
    add_product(path, WECHAT)
    text = path.read_text(encoding="utf-8")
    for field in Product.model_fields:
        assert f"#   {field}:" in text


def test_values_are_tidied(path):
    untidy = Product.model_validate(
        {
            "key": "one",
            "name": " 微信\n 读书 ",
            "appstore": 414478124,
            "countries": ["CN", False],
            "keywords": "微信 ",
        }
    )
    assert untidy.name == "微信 读书"
    assert untidy.appstore == ("414478124",)
    assert untidy.countries == ("cn", "no")  # YAML reads a bare `no`, Norway, as false
    assert untidy.keywords == ("微信",)
    untidy.check()


def test_norway_may_be_written_without_quotes(path):
    path.write_text("products:\n  - {key: one, name: One, countries: [no, cn]}\n", encoding="utf-8")
    assert load_products(path)["one"].countries == ("no", "cn")


WRONG = {
    "key": ({"key": "We Chat"}, "We Chat", "a-z"),
    "key-empty": ({"key": ""}, "''", "a-z"),
    "app-id": ({"appstore": ("id414478124",)}, "id414478124", "414478124"),
    "app-id-digits": ({"appstore": ("４１４４７８１２４",)}, "４１４４７８１２４", "digits"),
    "country": ({"countries": ("chn",)}, "chn", "cn"),
    "country-far": ({"countries": ("qq",)}, "qq", "cn hk"),
    "keyword": ({"keywords": ("微信", " ")}, "wechat", "everything"),
    "name": ({"name": " "}, "wechat", "everything"),
    "zone": ({"time_zone": "Asia/Tokio"}, "Asia/Tokyo", "time_zone"),
}


@pytest.mark.parametrize(("fields", "seen", "allowed"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_product_is_refused_and_nothing_is_written(path, fields, seen, allowed):
    product = Product(**{"key": "wechat", "name": "微信", **fields})
    with pytest.raises(ConfigError) as refused:
        add_product(path, product)
    assert seen in refused.value.message
    assert allowed in refused.value.hint
    assert not path.exists()


def test_a_second_product_of_the_same_key_is_refused(path):
    add_product(path, WECHAT)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="wechat"):
        add_product(path, Product(key="wechat", name="另一个"))
    assert path.read_bytes() == before


FAULTY_FILES = {
    "unknown-field": ("products:\n  - {key: one, name: One, keyword: a}\n", "keyword", "keywords"),
    "missing-field": ("products:\n  - {key: one}\n", "name", "required"),
    "twice": ("products:\n  - {key: one, name: A}\n  - {key: one, name: B}\n", "'one'", "rename"),
    "no-list": ("products: {one: {name: One}}\n", "products.yaml", "- {key"),
    "no-entry": ("products: [wechat]\n", "'wechat'", "dictionary"),
    "country": ("products:\n  - {key: one, name: One, countries: [uk]}\n", "'uk'", "gb (not uk)"),
}


@pytest.mark.parametrize(("text", "seen", "allowed"), FAULTY_FILES.values(), ids=FAULTY_FILES.keys())
def test_a_faulty_file_says_what_is_wrong(path, text, seen, allowed):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_products(path)
    assert seen in refused.value.message
    assert allowed in refused.value.hint


def test_storefronts_are_two_letters():
    assert {"cn", "hk", "mo", "tw", "us", "jp", "sg"} <= STOREFRONTS
    assert all(len(code) == 2 and code.islower() for code in STOREFRONTS)
