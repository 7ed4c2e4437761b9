"""The source that docs/how-to/add-a-source.md shows is complete, and keeps the contract it explains."""

import json
import re
import types
from pathlib import Path

import pytest
from contracts.check_source import CHECKS, case_in, outcome

PAGE = (Path(__file__).parent.parent / "docs" / "how-to" / "add-a-source.md").read_text(encoding="utf-8")
BODY = {
    "reviews": [
        {"id": 7, "stars": 4, "body": "很好<br>用", "user": "晴川_0917", "at": "2026-11-01T08:00:00+08:00"},
        {"id": 8, "stars": "many", "body": "?", "user": "阿圆同学", "at": "2026-11-01T08:00:00+08:00"},
    ],
    "more": True,
}


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.fixture
def case(tmp_path):
    module = types.ModuleType("shelf")
    exec(compile(block("python"), "shelf.py", "exec"), module.__dict__)
    (tmp_path / "meta.json").write_text(block("json"), encoding="utf-8")
    (tmp_path / "body.json").write_text(json.dumps(BODY), encoding="utf-8")
    recorded = case_in(tmp_path, module.Shelf())
    (tmp_path / "expected.json").write_text(json.dumps(outcome(recorded)), encoding="utf-8")
    return case_in(tmp_path, module.Shelf())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_shown_source_keeps_the_contract(case, check):
    check(case)


def test_shown_source_reads_what_the_page_says(case):
    page = case.expected["page"]
    assert [one["text"] for one in page["observations"]] == ["很好\n用"]
    assert [one["position"] for one in page["rejects"]] == ["review 2"]
    assert page["follow"][0]["url"] == "https://shelf.example/apps/77/reviews?page=2"
