"""The App Store beyond its recorded cases: what it watches, which addresses it builds, the registry."""

import json
from datetime import UTC, datetime

import pytest

from config.products import Product
from crawlers.source import Context
from crawlers.sources import open_source
from crawlers.sources.appstore import PAGES, AppStore
from feedback.errors import ConfigError, SourceChanged
from feedback.model import Page

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
PRODUCT = Product(
    key="xiaoman", name="小满日程", appstore=("9900000777", "9900000778"), countries=("cn", "hk")
)


def test_every_app_is_watched_in_every_storefront():
    targets = AppStore().targets(PRODUCT)
    assert [one.key for one in targets] == [
        "cn/9900000777",
        "hk/9900000777",
        "cn/9900000778",
        "hk/9900000778",
    ]
    assert {one.product for one in targets} == {"xiaoman"}


def test_product_without_an_app_has_no_targets():
    assert AppStore().targets(Product(key="web", name="网页版")) == ()


def test_addresses_are_built_here():
    source, target = AppStore(), AppStore().targets(PRODUCT)[1]
    first = source.first(target)
    assert (
        first.url
        == "https://itunes.apple.com/hk/rss/customerreviews/page=1/id=9900000777/sortby=mostrecent/json"
    )
    proof = source.proof(target)
    assert proof is not None
    assert (proof.url, proof.purpose) == ("https://itunes.apple.com/lookup?id=9900000777&country=hk", "proof")


def test_pages_are_followed_to_the_tenth_and_no_further():
    source, target = AppStore(base_url="http://127.0.0.1:1"), AppStore().targets(PRODUCT)[0]
    context = Context(target=target, salt=b"s")
    body = json.dumps({"feed": {"id": {}, "link": []}}).encode()
    asked = [source.first(target)]
    while True:
        page = source.parse(body, url=asked[-1].url, status=200, headers={}, fetched_at=NOW, context=context)
        if not page.follow:
            break
        asked += page.follow
    assert [one.page for one in asked] == list(range(1, PAGES + 1))
    assert all(one.url.startswith("http://127.0.0.1:1/cn/rss/") for one in asked)


def test_unknown_status_is_a_change_not_silence():
    context = Context(target=AppStore().targets(PRODUCT)[0], salt=b"s")
    with pytest.raises(SourceChanged, match="404"):
        AppStore().parse(b"{}", url="u", status=404, headers={}, fetched_at=NOW, context=context)


def test_rows_of_one_author_have_one_pseudonym_whatever_the_nickname():
    """The profile number is the person; a nickname may change."""
    bodies = [_page_of("青禾", "501"), _page_of("青禾改名了", "501"), _page_of("青禾", "502")]
    first, renamed, namesake = (page.observations[0] for page in map(_read, bodies))
    assert first.author == renamed.author != namesake.author
    assert first.name_key == namesake.name_key != renamed.name_key


def _page_of(name: str, number: str) -> bytes:
    row = {
        "id": {"label": "1"},
        "im:rating": {"label": "4"},
        "content": {"label": "好"},
        "author": {
            "name": {"label": name},
            "uri": {"label": f"https://itunes.apple.com/cn/reviews/id{number}?l=en"},
        },
    }
    return json.dumps({"feed": {"id": {}, "link": [], "entry": [row]}}).encode()


def _read(body: bytes) -> Page:
    context = Context(target=AppStore().targets(PRODUCT)[0], salt=b"s")
    return AppStore().parse(body, url="u", status=200, headers={}, fetched_at=NOW, context=context)


def test_registry_opens_by_name_and_address():
    assert open_source("appstore") == AppStore()
    assert open_source("appstore", base_url="http://127.0.0.1:9/") == AppStore(base_url="http://127.0.0.1:9")


def test_unknown_source_names_the_nearest():
    with pytest.raises(ConfigError, match="appstor") as caught:
        open_source("appstor")
    assert "appstore" in caught.value.hint
