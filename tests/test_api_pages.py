"""The pages, by structure: what a person finds on them, that nothing of a text is run, that no script is needed."""

import re

import lxml.html
import pytest

from tests.contracts.surface_world import BASE_URL, HTML, PHONE, RTL, SAID, World, build, with_faults

PAGES = (
    "/",
    "/?q=打不开&topic=stability&since=30d",
    "/item/weibo:html",
    "/coverage",
    "/api",
    "/login",
    "/item/none",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return build(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def client(world):
    return world.client("admin")


def page(client, url: str):
    return lxml.html.fromstring(client.get(url).content.decode())


def words(node) -> str:
    return " ".join(node.text_content().split())


def cells(row) -> list[str]:
    return [words(cell) for cell in row.cssselect("td")]


def hrefs(node, selector: str) -> list[str]:
    return [link.get("href") for link in node.cssselect(selector)]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_holds_a_script_a_style_or_anything_from_elsewhere(client, url, lang):
    client.cookies.set("huisheng_lang", lang)
    found = page(client, url)
    assert not found.cssselect("script, style, iframe, object, [style]")
    assert not found.xpath("//@*[starts-with(name(), 'on')]")
    loaded = [*hrefs(found, "link"), *(image.get("src") for image in found.cssselect("img"))]
    assert loaded
    assert all(address.startswith(("/static/", "data:image/svg+xml")) for address in loaded)
    assert not [href for href in hrefs(found, "a") if href.lower().startswith(("javascript:", "data:"))]


@pytest.mark.parametrize("url", PAGES)
def test_every_page_can_be_read_aloud(client, url):
    found = page(client, url)
    assert found.get("lang") == "zh-Hans"
    assert len(found.cssselect("main#main")) == 1
    assert len(found.cssselect("h1")) == 1
    assert words(found.cssselect("title")[0]).endswith("回声 Huisheng")
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in found.cssselect("input:not([type=hidden]), select"):
        labelled = found.cssselect(f"label[for='{field.get('id')}']") if field.get("id") else []
        assert labelled or any(parent.tag == "label" for parent in field.iterancestors())
    for link in found.cssselect("a, button"):
        assert words(link) or link.get("aria-label")
    for picture in found.cssselect("svg, [role=img]"):
        assert picture.get("aria-label")


def test_text_is_shown_and_never_run(client):
    found = page(client, "/")
    shown = [paragraph.text_content() for paragraph in found.cssselect(".card > .text")]
    assert any(HTML in text for text in shown)
    assert any(RTL in text for text in shown)
    assert '<script>alert("x")' not in client.get("/").text
    assert all(paragraph.get("dir") == "auto" for paragraph in found.cssselect(".card > .text"))


@pytest.mark.parametrize(
    "attack", ['"><script>alert(1)</script>', "'onfocus='alert(1)", "{{7*7}}", "${7*7}", "</title>"]
)
@pytest.mark.parametrize("url", ["/", "/coverage", "/item/x", "/login"])
def test_what_is_asked_is_escaped(client, attack, url):
    names = {"/": "q", "/login": "next"}
    text = client.get(url, params={names.get(url, attack): attack}).text
    assert "<script>" not in text
    found = lxml.html.fromstring(text)
    assert not found.xpath("//@*[starts-with(name(), 'on')]")


def test_links_out_are_only_web_addresses_and_tell_nothing(client):
    found = page(client, "/")
    out = [link for link in found.cssselect(".card a") if link.get("target")]
    assert [link.get("href") for link in out] == ["https://weibo.example/1"]
    assert {"noopener", "noreferrer"} <= set(out[0].get("rel").split())


def test_hits_and_evidence_are_marked(client):
    card = page(client, "/?q=打不开&has_reply=true").cssselect(".card")[0]
    assert [words(mark) for mark in card.cssselect("mark")] == ["打不开"]
    evidence = card.cssselect(".evidence.neg")[0]
    assert "启动闪退" in evidence.get("title")
    assert "trigger 打不开" in evidence.get("title")
    assert "打不开" in words(card.cssselect(".tag.neg")[0])
    assert words(card.cssselect("blockquote")[0]) == "开发者回复 请更新到新版"


def test_a_long_text_is_cut_and_leads_to_the_whole(client):
    card = next(card for card in page(client, "/?q=卡顿").cssselect(".card") if "卡顿很久" in words(card))
    assert len(words(card)) < 600
    (link,) = [link for link in card.cssselect(".text a") if "全文" in words(link)]
    assert link.get("href") == "/item/weibo%3Along"
    assert len(page(client, link.get("href")).cssselect("h1.text")[0].text_content()) > 10_000


def test_filters_count_and_toggle(client):
    found = page(client, "/")
    options = {words(each.cssselect(".name")[0]): each for each in found.cssselect("aside .option")}
    assert words(options["负面"].cssselect(".n")[0]) == "9"
    assert options["负面"].cssselect("a.pick")[0].get("aria-current") is None
    href = options["负面"].cssselect("a.pick")[0].get("href")
    picked = page(client, href)
    chosen = next(each for each in picked.cssselect("aside .option.on") if "负面" in words(each))
    assert chosen.cssselect("a.pick")[0].get("aria-current") == "true"
    assert chosen.cssselect("a.pick")[0].get("href") == "/"
    assert words(picked.cssselect("h1")[0]) == "9 条反馈"


def test_topics_stand_as_a_tree_with_their_polarities(client):
    found = page(client, "/")
    branches = {words(each.cssselect(".name")[0]): each for each in found.cssselect("aside .branch")}
    leaves = [words(each) for each in branches["稳定性"].cssselect("details .name")]
    assert leaves == ["启动闪退/打不开", "使用中闪退"]
    sides = branches["性能"].cssselect("details .side")
    assert [side.get("href") for side in sides] == ["/?topic=lag%7Cneg", "/?topic=lag%7Cpos"]
    assert words(page(client, "/?topic=lag%7Cpos").cssselect("h1")[0]) == "1 条反馈"


def test_chips_name_and_remove_what_is_active(client):
    found = page(client, "/?q=打不开&topic=crash_launch|neg&product=alpha&rating_max=2&has_reply=true")
    chips = [words(chip) for chip in found.cssselect(".chips a")]
    assert chips[-1] == "清除全部"
    for expected in ("“打不开”", "启动闪退/打不开 · 负面", "甲笔记", "★ 1-2", "有开发者回复"):
        assert any(chip.startswith(expected) for chip in chips)


def test_following_pages_reaches_every_item_once(client):
    seen, url = [], "/?noise=include"
    while url:
        found = page(client, url)
        seen += hrefs(found, ".card > footer .end a[href^='/item/']")
        url = next(iter(hrefs(found, ".pages a[rel=next]")), "")
    assert len(seen) == len(set(seen)) == len(SAID)


def test_the_time_line_has_a_table_for_those_who_do_not_see_it(client):
    chart = page(client, "/").cssselect("figure.chart")[0]
    rows = [cells(row) for row in chart.cssselect("tbody tr")]
    assert rows == [["2026-11-20", "8", "8"], ["2026-11-19", "1", "1"], ["2026-11-18", "1", "0"]]
    assert len(chart.cssselect("svg rect.neg")) == 3
    assert hrefs(chart, "tbody a")[0] == "/?since=2026-11-20&until=2026-11-20"
    assert words(page(client, "/?since=2026-11-20&until=2026-11-20").cssselect("h1")[0]) == "8 条反馈"


def test_quick_dates_keep_the_other_filters(client):
    found = page(client, "/?q=打不开&topic=stability")
    quick = hrefs(found, ".seg a[href*='since=7d']")
    assert quick
    assert "topic=stability" in quick[0]
    hidden = {field.get("name") for field in found.cssselect("form.dates input[type=hidden]")}
    assert hidden == {"q", "topic"}


def test_gaps_and_faults_are_told_on_the_page(world, client):
    notice = words(page(client, "/").cssselect(".notice.warn")[0])
    assert "采集不完整" in notice
    assert "被来源拒绝" in notice
    faulty = with_faults(world, "标签管线不一致 the pipeline differs").client("reader")
    for url in ("/", "/coverage", "/item/weibo:html"):
        assert "标签管线不一致" in words(page(faulty, url).cssselect(".notice.fault")[0])


def test_nothing_found_says_what_to_do(client):
    found = page(client, "/?q=没有人说过这个")
    assert "没有符合的反馈" in words(found.cssselect(".nothing")[0])
    assert "/" in hrefs(found, ".nothing a")


def test_an_empty_store_says_where_to_begin(tmp_path):
    world = build(tmp_path)
    for said in SAID:
        world.service.records.forget(feedback_id=said.id)
    world.engine.reset(world.service.records.store_id)
    assert "huisheng" in words(page(world.client("reader"), "/").cssselect(".nothing")[0])


def test_an_item_tells_why_and_lets_correct(client):
    found = page(client, "/item/appstore:cn:1")
    rows = [words(row) for row in found.cssselect("#tags tbody tr")]
    assert any("启动闪退/打不开" in row and "“打不开”" in row and "trigger 打不开" in row for row in rows)
    forms = [form.get("action") for form in found.cssselect("#tags form")]
    assert set(forms) == {"/item/appstore%3Acn%3A1/verdict"}
    groups = [group.get("label") for group in found.cssselect("optgroup")]
    assert groups == ["稳定性", "性能"]


def test_those_who_may_not_write_get_no_forms(world):
    found = page(world.client("reader"), "/item/appstore:cn:1")
    assert found.cssselect("#tags tbody tr")
    assert not found.cssselect("#tags form")
    assert "raw=1" not in lxml.html.tostring(found, encoding="unicode")


def test_raw_text_is_shown_only_when_asked(client):
    assert PHONE not in client.get("/item/weibo:phone").text
    assert PHONE in client.get("/item/weibo:phone?raw=1").text


def test_the_way_back_is_the_search_one_came_from(client):
    search = f"{BASE_URL}/?q=%E6%89%93"
    ours = client.get("/item/appstore:cn:1", headers={"Referer": search}).text
    theirs = client.get("/item/appstore:cn:1", headers={"Referer": "https://evil.example/?q=1"}).text
    assert 'class="back"><a href="/?q=%E6%89%93"' in ours
    assert 'class="back"><a href="/"' in theirs


def test_coverage_lists_the_latest_run_of_each_target(client):
    found = page(client, "/coverage")
    rows = {cells(row)[3]: cells(row) for row in found.cssselect("table.runs tbody tr")}
    assert set(rows) == {"cn/alpha", "cn/beta", "甲"}
    assert rows["cn/alpha"][0].startswith("完整")
    assert rows["cn/beta"][0] == "不完整 被来源拒绝403"
    assert rows["甲"][0].startswith("零条可疑")
    assert words(found.cssselect(".figures dd")[0]) == str(len(SAID))


def test_english_is_kept_by_a_cookie(client):
    answer = client.get("/coverage?lang=en")
    assert "huisheng_lang=en" in answer.headers["set-cookie"]
    assert words(page(client, "/coverage").cssselect("h1")[0]) == "Coverage"
    assert "每个来源" not in client.get("/coverage").text
    assert client.get("/coverage?lang=xx").status_code == 200


def test_no_link_of_a_strange_path_leads_elsewhere(client):
    found = page(client, f"{BASE_URL}//evil.example/x?a=1")
    assert all(not href.startswith("//") for href in hrefs(found, "a"))
    assert "?a=1&lang=en" in hrefs(found, "a")


def test_chinese_headings_have_english_beside_them(client):
    assert words(page(client, "/coverage").cssselect("h1")[0]) == "采集 Coverage"


def test_the_style_sheet_is_kept_for_ever_under_its_own_name(client):
    (sheet,) = hrefs(page(client, "/"), "link[rel=stylesheet]")
    answer = client.get(sheet)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert not re.search(r"url\(|@import|https?:", answer.text)


def test_the_reference_page_names_every_route(client):
    text = words(page(client, "/api"))
    for path in client.get("/v1/openapi.json").json()["paths"]:
        assert path in text


def test_the_demo_says_so(world, client):
    assert "演示数据" not in client.get("/").text
