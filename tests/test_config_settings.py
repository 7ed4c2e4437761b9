"""Settings by layer, and what people read when one is wrong."""

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import Loaded, Settings, default_lang, load
from feedback.errors import ConfigError


@pytest.fixture
def yaml_file(tmp_path: Path):
    def written(text: str) -> Path:
        path = tmp_path / "settings.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def layers_of(loaded: Loaded) -> dict[str, tuple[str, str]]:
    found = {row.key: (row.value, row.layer) for row in loaded.effective()}
    assert len(found) > 20
    return found


def test_without_a_file_everything_is_a_default(tmp_path):
    loaded = load(tmp_path / "settings.yaml")
    assert loaded.settings == Settings()
    assert {layer for _, layer in layers_of(loaded).values()} == {"default"}


def test_flags_beat_the_environment_which_beats_the_file(yaml_file, monkeypatch):
    path = yaml_file("api:\n  port: 1001\n  host: 127.0.0.2\ntag:\n  batch: 7\n")
    monkeypatch.setenv("HUISHENG__API__PORT", "1002")
    monkeypatch.setenv("HUISHENG__TAG__BATCH", "8")
    loaded = load(path, flags={"api.port": 1003})
    assert (loaded.settings.api.port, loaded.settings.api.host, loaded.settings.tag.batch) == (
        1003,
        "127.0.0.2",
        8,
    )
    rows = layers_of(loaded)
    assert rows["api.port"] == ("1003", "flag")
    assert rows["api.host"] == ("127.0.0.2", "yaml")
    assert rows["tag.batch"] == ("8", "env")
    assert rows["tag.poll_s"] == ("1.0", "default")


def test_a_mapping_may_be_set_in_parts_by_several_layers(yaml_file, monkeypatch):
    path = yaml_file("retention: {appstore: 730, weibo: 90}\n")
    monkeypatch.setenv("HUISHENG__RETENTION__WEIBO", "30")
    loaded = load(path)
    assert loaded.settings.retention_ages == {"appstore": timedelta(days=730), "weibo": timedelta(days=30)}
    rows = layers_of(loaded)
    assert (rows["retention.appstore"][1], rows["retention.weibo"][1]) == ("yaml", "env")


def test_lists_in_the_environment_are_json(monkeypatch):
    monkeypatch.setenv("HUISHENG__API__HOSTS", '["voc.example", "回声.example"]')
    assert load(None).settings.api.hosts == ("voc.example", "回声.example")


def test_names_in_the_environment_may_be_lower_case(monkeypatch):
    monkeypatch.setenv("huisheng__api__port", "1002")
    assert load(None).settings.api.port == 1002


def test_setting_one_source_leaves_the_others_as_they_are(yaml_file):
    sources = load(yaml_file("crawl:\n  sources:\n    taptap: {delay_s: 7}\n")).settings.crawl.sources
    assert sources["taptap"].delay_s == 7
    assert sources["appstore"] == Settings().crawl.sources["appstore"]


def test_a_section_whose_lines_are_all_commented_out_is_not_set(yaml_file):
    loaded = load(yaml_file("crawl:\n#  delay_s: 3\ntime_zone:\nindex:\n  engine:\n"))
    assert loaded.settings == Settings()


def test_days_begin_where_the_zone_says(yaml_file):
    assert Settings().zone == ZoneInfo("Asia/Shanghai")
    assert load(yaml_file("time_zone: Asia/Tokyo\n")).settings.zone == ZoneInfo("Asia/Tokyo")


def test_settings_cannot_change_after_loading():
    with pytest.raises(ValueError, match="frozen"):
        load(None).settings.lang = "en"


WRONG = {
    "near-key": ("crawl:\n  every_h: 6\n  overlap: 3\n", "settings.yaml:3", "crawl.overlap", "overlap_h"),
    "near-section": ("crawls: {}\n", "settings.yaml:1", "crawls", "crawl"),
    "far-key": ("index:\n  zzz: 1\n", "settings.yaml:2", "index.zzz", "engine, refresh_s"),
    "key-of-a-source": (
        "crawl:\n  sources:\n    appstore:\n      delay: 1\n",
        "settings.yaml:4",
        "crawl.sources.appstore.delay",
        "delay_s",
    ),
    "line-of-the-right-twin": (
        "crawl:\n  sources:\n    appstore: {delay_s: 1}\n    taptap:\n      delay_s: 700\n",
        "settings.yaml:5",
        "crawl.sources.taptap.delay_s = 700",
        "600",
    ),
    "wrong-type": ("api:\n  port: http\n", "settings.yaml:2", "api.port = 'http'", "应为整数"),
    "too-big": ("api:\n  port: 70000\n", "settings.yaml:2", "70000", "65535"),
    "no-choice": ("index:\n  engine: lucene\n", "settings.yaml:2", "lucene", "'tantivy' or 'memory'"),
    "no-list": ("api:\n  hosts: voc.example\n", "settings.yaml:2", "voc.example", "[a, b]"),
    "no-section": ("api: 8000\n", "settings.yaml:1", "api = 8000", "应为键值"),
    "zone": ("time_zone: Asia/Shanghi\n", "settings.yaml:1", "Asia/Shanghi", "Asia/Shanghai"),
    "retention-of-nothing": ("retention: {appstore: 0}\n", "settings.yaml:1", "retention.appstore = 0", "1"),
    "agent-of-two-lines": (
        'crawl:\n  user_agent: "a\\nb: c"\n',
        "settings.yaml:2",
        "crawl.user_agent",
        "pattern",
    ),
    "broken": ("api:\n  port: [1\n", "settings.yaml:3", "YAML", ","),
    "tab": ("\tapi: {}\n", "settings.yaml:1", "YAML", "token"),
    "twice": ("api:\n  port: 1\n  port: 2\n", "settings.yaml:3", "'port'", "twice"),
    "key-no-text": ("on: 1\n", "settings.yaml:1", "True", "a key must be text"),
    "inside-itself": ("a: &a [*a]\n", "settings.yaml:1", "YAML", "recursive"),
    "list": ("- api\n", "settings.yaml", "list", "keys and values"),
}


@pytest.mark.parametrize(("text", "place", "seen", "allowed"), WRONG.values(), ids=WRONG.keys())
def test_a_fault_in_the_file_names_its_line_what_was_seen_and_what_is_allowed(
    yaml_file, text, place, seen, allowed
):
    with pytest.raises(ConfigError) as refused:
        load(yaml_file(text))
    assert refused.value.message.startswith(f"{place}: ")
    assert seen in refused.value.message
    assert allowed in refused.value.message
    assert refused.value.hint


def test_all_faults_are_told_at_once(yaml_file):
    with pytest.raises(ConfigError) as refused:
        load(yaml_file("api:\n  port: x\ntag:\n  batch: 0\n"))
    assert "settings.yaml:2: api.port" in refused.value.message
    assert "settings.yaml:4: tag.batch" in refused.value.message


ENVIRONMENT = {
    "section": ("HUISHENG__APY__PORT", "1", "'apy.port'", "api"),
    "key": ("HUISHENG__API__PROT", "1", "HUISHENG__API__PROT", "port"),
    "type": ("HUISHENG__API__PORT", "x", "HUISHENG__API__PORT: api.port = 'x'", "integer"),
    "deeper": ("HUISHENG__API__PORT__X", "1", "HUISHENG__API__PORT", "integer"),
    "bare": ("HUISHENG__", "1", "HUISHENG__", "api"),
    "json": ("HUISHENG__RETENTION", "appstore=3", "retention", "JSON"),
}


@pytest.mark.parametrize(("name", "value", "seen", "allowed"), ENVIRONMENT.values(), ids=ENVIRONMENT.keys())
def test_a_fault_in_the_environment_names_the_variable(monkeypatch, name, value, seen, allowed):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as refused:
        load(None)
    told = str(refused.value)
    assert seen.strip("'").split(".")[0].lower() in told.lower()
    assert allowed in told


def test_a_fault_in_a_flag_names_the_flag():
    with pytest.raises(ConfigError, match=r"--api\.port: api\.port = 0"):
        load(None, flags={"api.port": 0})


def test_the_environment_is_blamed_only_for_what_it_set(yaml_file, monkeypatch):
    monkeypatch.setenv("HUISHENG__API__HOST", "127.0.0.1")
    with pytest.raises(ConfigError, match=r"^settings\.yaml:2: api\.port"):
        load(yaml_file("api:\n  port: x\n"))


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("api:\n  token: abc123\n", "HUISHENG__SECRETS__TOKEN"),
        ("crawl:\n  sources:\n    weibo: {app_secret: abc123}\n", "HUISHENG__SECRETS__APP_SECRET"),
        ("secrets:\n  salt: abc123\n", "HUISHENG__SECRETS__SALT"),
        ("records:\n  url: postgresql+psycopg://me:abc123@db/voc\n", "HUISHENG__RECORDS__URL"),
    ],
    ids=["token", "source", "salt", "database"],
)
def test_secrets_are_refused_in_the_file_and_not_repeated(yaml_file, text, variable):
    with pytest.raises(ConfigError, match="密文") as refused:
        load(yaml_file(text))
    assert variable in refused.value.hint
    assert "abc123" not in str(refused.value)


def test_effective_values_hide_passwords(monkeypatch):
    monkeypatch.setenv("HUISHENG__RECORDS__URL", "postgresql+psycopg://me:abc123@db/voc")
    loaded = load(None)
    assert loaded.settings.records.url.endswith("abc123@db/voc")
    assert layers_of(loaded)["records.url"] == ("postgresql+psycopg://me:***@db/voc", "env")
    assert "abc123" not in json.dumps([vars(row) for row in loaded.effective()])


def test_secrets_in_the_environment_are_no_settings(monkeypatch):
    monkeypatch.setenv("HUISHENG__SECRETS__SALT", "00" * 32)
    assert load(None).settings == Settings()


def test_a_file_that_is_no_utf_8_is_named(tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_bytes("lang: zh # 回声".encode("gbk"))
    with pytest.raises(ConfigError, match=r"settings\.yaml.*UTF-8"):
        load(path)


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value) or "none",
)
def test_the_terminal_speaks_chinese_unless_it_clearly_is_another(monkeypatch, variables, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert default_lang() == lang
