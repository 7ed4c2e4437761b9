"""The examples of the page on searching do what the page says."""

import re
from pathlib import Path

import pytest

from feedback.errors import QueryError
from feedback.query import PARAMS, Query
from index.engines.memory import MemoryEngine
from index.topics import Topics
from tests.contracts.engine_world import TAXONOMY, found, texts

PAGE = (Path(__file__).parent.parent / "docs" / "search-grammar.md").read_text(encoding="utf-8")
WORDS = re.findall(r"^\| `([^`]+)` \| ([^|`]+) \| ([^|`]+) \|$", PAGE, re.MULTILINE)
FILTERS = re.findall(r"`(\w+)=([^`]+)`", PAGE)


@pytest.mark.parametrize(("q", "hit", "miss"), WORDS, ids=[q for q, *_ in WORDS])
def test_words_find_what_the_page_says(q: str, hit: str, miss: str) -> None:
    engine = texts(lambda: MemoryEngine(Topics(TAXONOMY)), hit.strip(), miss.strip())
    assert found(engine, q) == {1}


@pytest.mark.parametrize(("name", "value"), FILTERS, ids=[f"{name}={value}" for name, value in FILTERS])
def test_filters_are_read_as_the_page_says(name: str, value: str) -> None:
    query = Query.parse({name: value.replace("\\|", "|")})
    assert query != Query.parse({}) or (name, value) == ("noise", "exclude")


def test_the_page_has_its_examples() -> None:
    assert len(WORDS) >= 14
    assert {name for name, _ in FILTERS} <= PARAMS
    with pytest.raises(QueryError):
        Query.parse({"nothing_of_the_kind": "1"})
