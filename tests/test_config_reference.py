"""The settings in words: the page is the committed one, and every setting stands on it with a meaning."""

import re
from pathlib import Path

import pytest

from config.reference import page, rows, settings_template
from config.settings import load

ROOT = Path(__file__).parent.parent


def test_the_page_is_the_committed_one():
    committed = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert committed == page(), "run: make docs"


def test_every_setting_has_a_meaning_in_both_languages():
    found = list(rows())
    assert len(found) > 20
    for row in found:
        assert re.search(r"[\u4e00-\u9fff]", row.meaning), row.key
        assert re.search(r"[A-Za-z]{3}", row.meaning), row.key


def test_every_effective_setting_is_on_the_page():
    documented = {row.key for row in rows()}
    effective = {row.key for row in load(None).effective()}
    assert len(effective) > 20
    assert effective <= documented


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.key)
def test_the_variable_on_the_page_is_the_one_that_works(row, monkeypatch):
    variable = re.search(rf"^\| `{re.escape(row.key)}` \|.*\| `(HUISHENG__\w+)` \|", page(), re.MULTILINE)
    assert variable
    written = {"crawl.sources.appstore.base_url": "http://127.0.0.1:1/", "lang": "en", "records.url": "x.db"}
    shaped = {tuple: '["a"]', dict: '{"appstore": 3}'}
    said = written.get(row.key) or shaped.get(type(row.default)) or str(row.default)
    monkeypatch.setenv(variable[1], said)
    layers = {one.key: one.layer for one in load(None).effective()}
    assert "env" in {
        layer for key, layer in layers.items() if key == row.key or key.startswith(f"{row.key}.")
    }


def test_the_template_names_every_setting_once():
    template = settings_template()
    for row in rows():
        name = row.key.rpartition(".")[2]
        assert re.search(rf"^# +{name}:", template, re.MULTILINE), row.key
