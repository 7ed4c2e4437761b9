"""Settings: config/settings.yaml < environment (``HUISHENG__SECTION__KEY``) < flags; each value knows its layer."""

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from config.sections import Api, Crawl, Index, Records, Section, Tag
from feedback.errors import ConfigError
from feedback.times import zone_of

PREFIX = "HUISHENG__"
_SECRET = re.compile(r"(?i)(secret|password|passwd|token|api_?key|salt)$")


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
    """Where the records live."""
    index: Index = Index()
    """The search engine."""
    crawl: Crawl = Crawl()
    """Collection."""
    tag: Tag = Tag()
    """Tagging."""
    api: Api = Api()
    """The service."""
    retention: dict[str, int] = {}
    """Days to keep texts, per platform (appstore: 730). Not listed: for ever. Older texts are emptied, counts stay."""
    time_zone: str = "Asia/Shanghai"
    """Where days begin and end."""
    lang: Literal["", "zh", "en"] = ""
    """Language of the command line; empty: from the environment."""

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
        return [Effective(key, _shown(key, value), self._layer(key)) for key, value in rows]

    def _layer(self, key: str) -> str:
        return next(
            (layer for name, layer in self._layers.items() if key == name or key.startswith(name + ".")),
            "default",
        )


def load(path: Path | None, *, flags: Mapping[str, Any] | None = None) -> Loaded:
    """Read and merge all layers. Raises ConfigError naming the layer, the key and what is allowed.

    path: The project's settings.yaml, or None. flags: Dotted key → value, from the command line.
    """
    merged: dict[str, Any] = {}
    layers: dict[str, str] = {}
    read = read_yaml(path) if path and path.exists() else {}
    _refuse_secrets(read, path)
    for layer, values in (("yaml", read), ("env", _environment()), ("flag", _nested(flags or {}))):
        _merge(merged, values)
        layers = {key: layer for key, _ in _flatten(values)} | {
            k: v for k, v in layers.items() if k not in dict(_flatten(values))
        }
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise ConfigError(
            _explain(error, layers, path), hint="huisheng doctor; docs/configuration.md"
        ) from error
    _ = settings.zone
    return Loaded(settings, layers)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML mapping. Raises ConfigError with the line."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        problem = getattr(error, "problem", None) or error
        raise ConfigError(
            f"{where}: YAML 写错了 is no valid YAML: {problem}",
            hint="缩进用空格，冒号后留空格 indent by spaces",
        ) from error
    except OSError as error:
        raise ConfigError(f"读不了 cannot read {path}: {error.strerror}", hint="huisheng init DIR") from error
    if read is not None and not isinstance(read, dict):
        raise ConfigError(
            f"{path.name}: 应为键值 must hold keys and values, not {type(read).__name__}", hint="key: value"
        )
    return read or {}


def _environment() -> dict[str, Any]:
    """What the environment sets. Names nobody knows are kept: they are to be refused, not ignored."""
    found: dict[str, Any] = EnvSettingsSource(Settings)()
    for name, value in os.environ.items():
        top, _, rest = name.removeprefix(PREFIX).lower().partition("__")
        if name.startswith(PREFIX) and top not in Settings.model_fields and top != "secrets":
            found[top] = {rest: value} if rest else value
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
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    hidden = re.sub(r"(://[^:/@\s]+):[^@\s]+@", r"\1:***@", text)
    return "***" if _SECRET.search(key) and value else hidden


def _refuse_secrets(values: Mapping[str, Any], path: Path | None) -> None:
    for key, _ in _flatten(values):
        if _SECRET.search(key) or key.startswith("secrets"):
            raise ConfigError(
                f"{path.name if path else ''}: {key} 是密文，不能写在 YAML 里 is a secret and may not stand in YAML: it would end in a repository",
                hint=f"环境变量 {PREFIX}SECRETS__… 或文件 secrets/… an environment variable or a file in secrets/ (0600)",
            )


def _explain(error: ValidationError, layers: Mapping[str, str], path: Path | None) -> str:
    faults = []
    for fault in error.errors():
        key = ".".join(map(str, fault["loc"]))
        layer = next((layer for name, layer in layers.items() if name.startswith(key)), "")
        where = {
            "yaml": _line(path, key),
            "env": f"{PREFIX}{key.upper().replace('.', '__')}",
            "flag": "flag",
        }.get(layer, "")
        if fault["type"] == "extra_forbidden":
            close = difflib.get_close_matches(
                str(fault["loc"][-1]), sorted(known_keys(fault["loc"][:-1])), n=3, cutoff=0.4
            )
            allowed = ", ".join(close or sorted(known_keys(fault["loc"][:-1])))
            faults.append(f"{where}: 没有这个设置 no such setting: {key}（是不是 did you mean: {allowed}）")
        else:
            faults.append(f"{where}: {key} = {fault['input']!r}: {fault['msg']}")
    return "; ".join(faults)


def known_keys(place: tuple[int | str, ...]) -> set[str]:
    """The keys allowed at a place such as ("crawl", "sources", "appstore")."""
    model: type[Settings | Section] = Settings
    for part in place:
        kind = model.model_fields[str(part)].annotation if str(part) in model.model_fields else None
        if isinstance(kind, type) and issubclass(kind, Section):
            model = kind
        elif part == "sources":
            from config.sections import Source

            model = Source
    return set(model.model_fields)


def _line(path: Path | None, key: str) -> str:
    """File and line on which the last part of *key* stands."""
    if path is None:
        return ""
    last = re.compile(rf"^\s*{re.escape(key.rpartition('.')[2])}\s*:")
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next((number for number, line in enumerate(lines, 1) if last.match(line)), 0)
    return f"{path.name}:{number}"


def default_lang() -> Literal["zh", "en"]:
    """Language of the terminal: Chinese unless the environment clearly says another one."""
    said = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    name = said.partition(".")[0].lower()
    return "zh" if name in ("", "c", "posix") or name.startswith("zh") else "en"
