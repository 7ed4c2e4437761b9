"""Settings: config/settings.yaml < environment (``HUISHENG__SECTION__KEY``) < flags; each value knows its layer."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.faults import PREFIX, explain
from config.reading import line_numbers, read_yaml
from config.sections import Api, Crawl, Index, Records, Tag, known_zone
from feedback.errors import ConfigError
from feedback.times import zone_of

_SECRET = re.compile(r"(?i)(^secrets(\.|$)|(secret|password|passwd|token|api_?key|salt)$)")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]+@")


class Settings(BaseSettings):
    """All settings, with their defaults."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    records: Records = Records()
    """数据存在哪里。Where the records live."""
    index: Index = Index()
    """搜索引擎。The search engine."""
    crawl: Crawl = Crawl()
    """收集。Collection."""
    tag: Tag = Tag()
    """打标。Tagging."""
    api: Api = Api()
    """服务。The service."""
    retention: dict[str, Annotated[int, Field(ge=1)]] = {}
    """各平台原文保留几天。Days to keep texts, per platform (appstore: 730). Not listed: for ever. Older texts are emptied, counts stay."""
    time_zone: Annotated[str, AfterValidator(known_zone)] = "Asia/Shanghai"
    """一天从哪里算起。Where days begin and end."""
    lang: Literal["", "zh", "en"] = ""
    """命令行语言。Language of the command line; empty: from the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what ``load`` hands over: it merges the layers itself, to know where each value came from."""
        return (init_settings,)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.time_zone)

    @property
    def retention_ages(self) -> Mapping[str, timedelta]:
        return {platform: timedelta(days=days) for platform, days in self.retention.items()}


@dataclass(frozen=True)
class Effective:
    """One value and where it came from."""

    key: str
    value: str
    layer: str


class Loaded:
    """Settings together with the layer of each value."""

    def __init__(self, settings: Settings, layers: Mapping[str, str]) -> None:
        self.settings = settings
        self._layers = layers

    def effective(self) -> list[Effective]:
        rows = _flatten(self.settings.model_dump(mode="json"))
        return [Effective(key, _shown(key, value), self._layers.get(key, "default")) for key, value in rows]


def load(path: Path | None, *, flags: Mapping[str, Any] | None = None) -> Loaded:
    """Read and merge all layers. Raises ConfigError naming the layer, the key and what is allowed.

    path: The project's settings.yaml, or None. flags: Dotted key → value, from the command line.
    """
    merged: dict[str, Any] = {}
    layers: dict[str, str] = {}
    for layer, values in (("yaml", _file(path)), ("env", _environment()), ("flag", _nested(flags or {}))):
        _merge(merged, values)
        layers |= {key: layer for key, _ in _flatten(values) if key}
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise ConfigError(
            explain(error, Settings, layers=layers, path=path), hint="docs/configuration.md; huisheng doctor"
        ) from error
    return Loaded(settings, layers)


def _file(path: Path | None) -> dict[str, Any]:
    """What the file sets. Raises ConfigError on a secret: YAML ends in a repository."""
    if path is None or not path.exists():
        return {}
    read = read_yaml(path)
    for key, value in _flatten(read):
        if _SECRET.search(key) or (isinstance(value, str) and _URL_PASSWORD.search(value)):
            line = line_numbers(path).get(key, 1)
            raise ConfigError(
                f"{path.name}:{line}: {key} 是密文，不能写在 YAML 里 is a secret and may not stand in YAML, which ends in a repository",
                hint=_where_secrets_go(key),
            )
    return _without_empty(read)


def _where_secrets_go(key: str) -> str:
    variable = f"{PREFIX}{key.upper().replace('.', '__')}"
    if not _SECRET.search(key):
        return f"环境变量 the environment: {variable}"
    name = key.rpartition(".")[2]
    return (
        f"环境变量 the environment: {PREFIX}SECRETS__{name.upper()}，或文件 or the file secrets/{name} (0600)"
    )


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """``crawl:`` with every line below it commented out is None, and means what is not set."""
    pruned = {
        key: _without_empty(value) if isinstance(value, dict) else value for key, value in values.items()
    }
    return {key: value for key, value in pruned.items() if value is not None}


def _environment() -> dict[str, Any]:
    """What the environment sets. Names nobody knows are kept: they are to be refused, not ignored."""
    try:
        found: dict[str, Any] = EnvSettingsSource(Settings)()
    except SettingsError as error:
        raise ConfigError(
            f"环境变量写错了 wrong variable in the environment: {error}",
            hint=f"""列表和键值写成 JSON lists and mappings are JSON: {PREFIX}RETENTION='{{"appstore": 730}}'""",
        ) from error
    for name, value in os.environ.items():
        top, _, rest = name.upper().removeprefix(PREFIX).lower().partition("__")
        if name.upper().startswith(PREFIX) and top not in Settings.model_fields and top != "secrets":
            found[top or name] = {rest: value} if rest else value
    return found


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in flat.items():
        *sections, last = key.split(".")
        place = found
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = value
    return found


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, dict) else value


def _flatten(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from _flatten(value, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, values


def _shown(key: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "***" if _SECRET.search(key) and value else _URL_PASSWORD.sub(r"\1:***@", text)


def default_lang() -> Literal["zh", "en"]:
    """Language of the terminal: Chinese unless the environment clearly says another one."""
    said = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    name = said.partition(".")[0].lower()
    return "zh" if name in ("", "c", "posix") or name.startswith("zh") else "en"
