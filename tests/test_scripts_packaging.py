"""What is installed: dependencies declared, pinned and explained; wheels that hold every file they need."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.project import init

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BASE = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
EXTRAS = {
    name: [Requirement(line) for line in lines]
    for name, lines in PROJECT["project"]["optional-dependencies"].items()
}
PACKAGES = [name.removesuffix("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]
IN_EXTRAS = {"nlp/models/": "models", "index/engines/elastic": "elastic", "nlp/linear/": "dev"}
"""Where an import may need more than the base installation."""
PART_OF = {"pydantic_core": "pydantic", "markupsafe": "jinja2", "joblib": "scikit-learn", "twisted": "scrapy"}
"""Modules that come with a declared dependency, which hands their values out."""
FOR_OTHERS = {"python-multipart", "defusedxml"}
"""Never imported by us: FastAPI reads forms with the one, openpyxl reads XML safely with the other."""


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def committed(*folders: str) -> list[str]:
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *folders,
    ]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name for name in set(listed) if (ROOT / name).is_file())


def test_every_pin_is_an_exact_public_version():
    found = pins()
    assert len(found) > 60
    for name, version in found.items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name), name
        assert re.fullmatch(r"\d+(\.\d+)*((a|b|rc|\.post)\d+)?", version), f"{name}=={version}"


@pytest.mark.parametrize("needed", [*BASE, *(one for some in EXTRAS.values() for one in some)], ids=str)
def test_every_direct_dependency_is_pinned_to_a_version_that_fits(needed):
    found = {canonicalize_name(name): version for name, version in pins().items()}
    assert needed.specifier.contains(found[canonicalize_name(needed.name)])


@pytest.mark.parametrize(
    "name", sorted({needed.name for needed in (*BASE, *EXTRAS["models"], *EXTRAS["elastic"])})
)
def test_every_direct_dependency_has_its_reason(name):
    assert re.search(
        rf"\b{re.escape(name)}\b", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    )


def imports_outside_ours() -> list[tuple[str, str]]:
    found = set()
    for name in committed(*(f"{package}/*.py" for package in PACKAGES)):
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            found |= {(name, module.split(".")[0]) for module in modules}
    known = {*sys.stdlib_module_names, *PACKAGES}
    return sorted((name, module) for name, module in found if module not in known)


OWNERS = importlib.metadata.packages_distributions()


def distributions(module: str) -> set[str]:
    return {canonicalize_name(PART_OF.get(module, owner)) for owner in OWNERS.get(module, [module])}


def test_the_base_installation_has_everything_that_is_imported():
    base = {canonicalize_name(needed.name) for needed in BASE}
    missing = []
    imports = imports_outside_ours()
    assert len(imports) > 20
    for name, module in imports:
        extra = next((extra for place, extra in IN_EXTRAS.items() if name.startswith(place)), "")
        allowed = base | {canonicalize_name(needed.name) for needed in EXTRAS.get(extra, [])}
        if not allowed & distributions(module):
            missing.append(f"{name} imports {module}")
    assert not missing


def test_every_base_dependency_is_imported():
    imported = {owner for _, module in imports_outside_ours() for owner in distributions(module)}
    unused = {canonicalize_name(needed.name) for needed in BASE} - imported - FOR_OTHERS
    assert not unused


def test_the_console_script_exists():
    module, _, function = PROJECT["project"]["scripts"]["huisheng"].partition(":")
    source = ROOT / (module.replace(".", "/") + ".py")
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/getting-started.md"]
)
def test_every_make_target_that_people_read_of_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+(?:-[a-z]+)*)\b", text, re.MULTILINE))
    assert named
    assert named <= targets


@pytest.mark.parametrize("script", [".ci/run", "scripts/setup", "scripts/lock"])
def test_scripts_can_be_run_and_stop_at_the_first_fault(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(path)], check=True)


@pytest.mark.full
def test_a_wheel_holds_every_file_of_the_packages(tmp_path):
    copy = tmp_path / "copy"
    for name in committed("pyproject.toml", "README.md", "LICENSE", *PACKAGES):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-input",
        "-w",
        str(tmp_path),
        str(copy),
    ]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = set(committed(*PACKAGES))
    assert len(wanted) > 60
    assert not wanted - packed
    assert not {
        name for name in packed if name.split("/")[0] not in {*PACKAGES} and ".dist-info/" not in name
    }


def test_a_project_folder_does_not_shadow_our_packages(tmp_path):
    """Its ``config/`` would be taken for ours by whoever runs Python with ``-m`` or ``-c`` inside it."""
    project = init(tmp_path / "my-voc")
    command = [sys.executable, "-c", "import config, feedback; print(config.__file__)"]
    ran = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()) == ROOT / "config" / "__init__.py"
