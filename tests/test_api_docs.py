"""docs/api.md says what the API does: every route, filter, scope and limit, and examples that can be read."""

import json
import re
from pathlib import Path

import pytest

from api import edge, examples, params, reference
from api.access import SCOPES
from api.exports import FORMATS
from feedback.model import INTENTS
from feedback.query import PARAMS

PAGE = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("route", reference.ROUTES.values(), ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_described(route):
    assert f"{route.path.replace('feedback_id', 'id')}`" in PAGE


@pytest.mark.parametrize("name", sorted(PARAMS | set(SCOPES) | set(FORMATS) | set(INTENTS)))
def test_every_filter_scope_and_format_is_described(name):
    assert re.search(rf"(?<!\w){name}(?!\w)", PAGE)


def test_every_filter_is_in_the_reference():
    assert {param.name for param in reference.FILTERS} == PARAMS


def test_limits_are_as_said():
    assert (
        f"URL {edge.MAX_URL // 1024} KiB, {edge.MAX_PARAMS} parameters, body {edge.MAX_BODY // 1024} KiB"
        in PAGE
    )
    assert f"`limit` 1–{params.MAX_LIMIT}" in PAGE


def test_examples_can_be_read():
    found = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert set(found[0]) == set(examples.SEARCH)
    assert found[1] == examples.PROBLEM
