"""Turns a refused setting into words: where it stands, what was seen, what is allowed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.reading import line_numbers
from config.sections import Section, Source
from feedback.errors import near

PREFIX = "HUISHENG__"
"""Every variable of the environment that is ours begins so."""

_MEANINGS = {
    "bool_parsing": "应为 true 或 false",
    "dict_type": "应为键值",
    "float_parsing": "应为数字",
    "greater_than_equal": "太小",
    "int_from_float": "应为整数",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "less_than_equal": "太大",
    "literal_error": "没有这个选择",
    "model_type": "应为键值",
    "string_type": "应为文字",
    "tuple_type": "应为列表 [a, b]",
    "url_parsing": "应为网址",
}


def explain(error: ValidationError, model: type[Any], *, layers: Mapping[str, str], path: Path | None) -> str:
    """All faults in one message, each with the place where it can be mended."""
    lines = line_numbers(path) if path and "yaml" in layers.values() else {}
    name = path.name if path else ""
    told = []
    for fault in error.errors():
        key = ".".join(map(str, fault["loc"]))
        layer = next((layers[one] for one in layers if one == key or one.startswith(f"{key}.")), "flag")
        variable = f"{PREFIX}{key.upper().replace('.', '__')}"
        where = {"yaml": f"{name}:{lines.get(key, 1)}", "env": variable}.get(layer, f"--{key}")
        told.append(f"{where}: {_words(fault, key, model)}")
    return "; ".join(told)


def _words(fault: ErrorDetails, key: str, model: type[Any]) -> str:
    if fault["type"] == "extra_forbidden":
        allowed = known_keys(model, fault["loc"][:-1])
        return f"没有这个设置 no such setting: {key!r}（{near(str(fault['loc'][-1]), allowed)}）"
    said = fault["msg"].removeprefix("Value error, ")
    return f"{key} = {fault['input']!r}: " + f"{_MEANINGS.get(fault['type'], '')} {said}".lstrip()


def known_keys(model: type[Any], place: tuple[int | str, ...]) -> set[str]:
    """The keys allowed at a place such as ("crawl", "sources", "appstore")."""
    for part in place:
        field = model.model_fields.get(str(part))
        kind = field.annotation if field else Source  # the one mapping of sections: sources by name
        model = kind if isinstance(kind, type) and issubclass(kind, Section) else model
    return set(model.model_fields)
