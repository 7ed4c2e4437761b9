"""Saved answers replayed: no network, no reactor, and a failing page says why."""

import json
import subprocess
import sys

from contracts.check_source import CAPTURES

from crawlers.replay import main

FOLDER = CAPTURES / "appstore"


def test_folder_of_cases_is_told_page_by_page(capsys):
    assert main([str(FOLDER / "a_page"), "--rows", "2"]) == 0
    said = capsys.readouterr().out
    assert "列出 listed 3, 可存 readable 3" in said
    assert said.count("appstore:cn:") == 2
    assert "晴川" not in said


def test_rejects_and_proofs_are_told(capsys):
    assert main([str(FOLDER / "broken_rows")]) == 0
    assert main([str(FOLDER / "lookup_rated")]) == 0
    said = capsys.readouterr().out
    assert "entry 2: 评分 rating 'abc'" in said
    assert "exists=True ratings=5120" in said


def test_page_that_cannot_be_read_fails(capsys):
    assert main([str(FOLDER / "drift_entry_renamed")]) == 1
    assert "SourceChanged" in capsys.readouterr().out


def test_single_file_needs_no_meta(tmp_path, capsys):
    saved = tmp_path / "page.json"
    saved.write_bytes((FOLDER / "a_page" / "body.json").read_bytes())
    assert main([str(saved), "--target", "tw/9900000777", "--rows", "1"]) == 0
    assert "appstore:tw:12700000001" in capsys.readouterr().out


def test_unknown_source_is_a_usage_error(capsys):
    assert main([str(FOLDER), "--source", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_neither_replay_nor_import_needs_a_reactor():
    code = (
        "import sys, json, crawlers.replay, crawlers.importing, crawlers.launch, crawlers.sources.appstore\n"
        "print(json.dumps(sorted({'scrapy', 'twisted'} & set(sys.modules))))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout) == []
