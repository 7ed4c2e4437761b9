"""The walls of the house, its sizes, and what no file may say: read from the sources, enforced for every change."""

import ast
import importlib
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSE = {
    "feedback": set(),
    "config": {"feedback"},
    "index": {"feedback", "config"},
    "crawlers": {"feedback", "config", "index"},
    "nlp": {"feedback", "config", "index"},
    "insights": {"feedback", "config", "index"},
    "api": {"feedback", "config", "index", "insights"},
    "demo": set(),
    "cli": {"feedback", "config", "index", "crawlers", "nlp", "insights", "api", "demo"},
}
ONLY_IN = {
    "scrapy": r"crawlers/",
    "twisted": r"crawlers/",
    "torch": r"nlp/models/",
    "transformers": r"nlp/models/",
    "onnxruntime": r"nlp/models/",
    "elasticsearch": r"index/engines/elastic\w*\.py",
    "tantivy": r"index/engines/tantivy\w*\.py",
    "sqlalchemy": r"index/",
    "alembic": r"index/",
    "jieba": r"index/words\.py",
    "fastapi": r"api/",
}
KERNEL_MAY = {"pydantic"}
MAX_FILE, MAX_FUNCTION = 400, 60
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?)(_|$)")
FORBIDDEN_TEXT = re.compile(r"/" + r"work/|/root/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian")


def tracked(*patterns: str) -> list[Path]:
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *patterns,
    ]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in sorted(set(listed)) if (ROOT / name).is_file()]


def sources() -> list[Path]:
    found = [path for path in tracked("*.py") if place(path).split("/")[0] in HOUSE]
    assert len(found) > 60
    return [path for path in found if "/migrations/versions/" not in str(path)]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((name.name.split(".")[0], node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0], node.lineno


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_packages_import_only_what_the_house_allows():
    broken = []
    for path in sources():
        own = place(path).split("/")[0]
        for name, line in imported(path):
            if name in HOUSE and name != own and name not in HOUSE[own]:
                broken.append(f"{place(path)}:{line} imports {name}")
    assert not broken


def test_libraries_stay_behind_their_walls():
    broken = []
    for path in sources():
        for name, line in imported(path):
            if name in ONLY_IN and not re.match(ONLY_IN[name], place(path)):
                broken.append(f"{place(path)}:{line} imports {name}")
    assert not broken


def test_kernel_needs_only_the_standard_library_and_pydantic():
    allowed = sys.stdlib_module_names | KERNEL_MAY | {"feedback", "__future__"}
    outside = [
        f"{place(path)}:{line} {name}"
        for path in sources()
        if place(path).startswith("feedback/")
        for name, line in imported(path)
        if name not in allowed
    ]
    assert not outside


def test_environment_is_read_only_in_config():
    reading = [
        place(path)
        for path in sources()
        if not place(path).startswith("config/")
        and re.search(r"\bos\.environ|\bgetenv\b", path.read_text(encoding="utf-8"))
    ]
    assert not reading


def test_print_only_on_the_command_line():
    allowed = re.compile(
        r"cli/|.*/__main__\.py|config/reference\.py|nlp/.*(train|evaluate)\w*\.py|crawlers/(run|replay)\.py"
    )
    printing = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            )
            if called and not allowed.match(place(path)):
                printing.append(f"{place(path)}:{node.lineno}")
    assert not printing


def test_files_and_functions_keep_their_size():
    long_files = [
        f"{place(path)}: {lines}"
        for path in (*sources(), *tracked("tests/*.py"))
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MAX_FILE
    ]
    long_functions = []
    for path in sources():
        for function in functions(path):
            first = (
                function.body[1]
                if ast.get_docstring(function) and len(function.body) > 1
                else function.body[0]
            )
            length = (function.end_lineno or 0) - first.lineno + 1
            if length > MAX_FUNCTION:
                long_functions.append(f"{place(path)}:{function.name} {length}")
    assert not long_files
    assert not long_functions


def test_every_function_says_what_it_returns():
    silent = [
        f"{place(path)}:{function.lineno} {function.name}"
        for path in sources()
        for function in functions(path)
        if function.returns is None
    ]
    assert not silent


def test_no_catch_all_names():
    named = [place(path) for path in tracked("*.py") if FORBIDDEN_NAMES.search(path.stem)]
    assert not named


def test_no_file_names_a_machine_or_a_registry():
    speaking = []
    for path in tracked():
        if path.suffix in (".npz", ".gz", ".bin", ".png") or path.name == Path(__file__).name:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FORBIDDEN_TEXT.search(line):
                speaking.append(f"{place(path)}:{number}")
    assert not speaking


def test_our_top_level_names_are_not_shadowed():
    owners = importlib.metadata.packages_distributions()
    assert "pytest" in owners
    shadowed = {name: owners[name] for name in HOUSE if set(owners.get(name, [])) - {"huisheng"}}
    assert not shadowed, "another installed package provides one of our names"
    for name in ("feedback", "config", "index"):
        assert Path(importlib.import_module(name).__file__ or "").is_relative_to(ROOT)
