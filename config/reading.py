"""Reads YAML so that a fault can be told with its line. Never writes, never knows what the keys mean."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node

from feedback.errors import ConfigError


class _StrictLoader(yaml.CSafeLoader):
    """Refuses what YAML lets pass in silence: a key that stands twice, a key that is no text."""


def _mapping(loader: _StrictLoader, node: MappingNode) -> dict[str, Any]:
    loader.flatten_mapping(node)
    read: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise ConstructorError(None, None, f"键应为文字 a key must be text: {key!r}", key_node.start_mark)
        if key in read:
            raise ConstructorError(None, None, f"键重复 the key {key!r} stands twice", key_node.start_mark)
        read[key] = loader.construct_object(value_node, deep=True)
    return read


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a file; an empty file is an empty mapping. Raises ConfigError with the line."""
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        raise ConfigError(
            f"{where}: YAML 写错了 is no valid YAML: {getattr(error, 'problem', None) or error}",
            hint="缩进用空格，冒号后留空格 indent by spaces, leave a space after the colon",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path.name}: 不是 UTF-8 is not UTF-8", hint="另存为 save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(
            f"读不了 cannot read {path}: {error.strerror}",
            hint="检查路径和权限 check the path and permissions",
        ) from error
    if read is not None and not isinstance(read, dict):
        kind = type(read).__name__
        raise ConfigError(f"{path.name}: 应为键值 must hold keys and values, not {kind}", hint="key: value")
    return read or {}


def line_numbers(path: Path) -> dict[str, int]:
    """Dotted key → the line on which it stands, of a file that ``read_yaml`` could read."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return dict(_keys(root)) if root else {}


def _keys(node: Node, prefix: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(node, MappingNode):
        for key_node, value_node in node.value:
            key = f"{prefix}{key_node.value}"
            yield key, key_node.start_mark.line + 1
            yield from _keys(value_node, f"{key}.")
