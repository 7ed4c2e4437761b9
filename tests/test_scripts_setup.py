"""scripts/setup on machines that lack something: with a stand-in for Python that records what it was asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ("bash", "env", "dirname", "cat", "cksum", "tr", "rm", "mkdir", "cp", "chmod")
STAND_IN = """#!/usr/bin/env bash
# Answers as Python {version} would: -c, --version, -m venv, -m virtualenv, -m pip.
echo "$*" >>"$CALLS"
case "$1 $2" in
"-c "*) case "$2" in *print*) echo {version} ;; *"< (3, 11)"*) exit {too_old} ;; esac ;;
"--version "*) echo "Python {version}.0" ;;
"-m venv") [ {venv} = yes ] || {{ mkdir -p "$3"; exit 1; }}; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
"-m virtualenv")
  [ {virtualenv} = yes ] || exit 1
  [ "$3" = --version ] || {{ mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; }} ;;
"-m pip") [ "$3" != install ] || [ {index} = yes ] ;;
esac
"""


class Machine:
    """A folder with our scripts, and a PATH that holds the basic tools and chosen Pythons only."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.calls = folder / "calls"
        self.path = folder / "bin"
        (self.project / "scripts").mkdir(parents=True)
        self.path.mkdir()
        for name in ("pyproject.toml", "constraints.txt", "scripts/setup"):
            shutil.copy(ROOT / name, self.project / name)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self.path / tool).symlink_to(found)

    def python(self, name: str, version: str = "3.12", *, venv="yes", virtualenv="no", index="yes") -> None:
        old = int(tuple(map(int, version.split("."))) < (3, 11))
        stand_in = STAND_IN.format(
            version=version, too_old=old, venv=venv, virtualenv=virtualenv, index=index
        )
        (self.path / name).write_text(stand_in)
        (self.path / name).chmod(0o755)

    def setup(self, what: str = "dev", **variables: str) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("")
        environment = {"PATH": str(self.path), "CALLS": str(self.calls), "HOME": os.devnull, **variables}
        command = [str(self.project / "scripts" / "setup"), what]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    @property
    def installs(self) -> list[str]:
        return [call for call in self.calls.read_text().splitlines() if call.startswith("-m pip install")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_bare_machine_gets_an_environment_with_pinned_versions(machine):
    machine.python("python3")
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert len(machine.installs) == 1
    assert "-c constraints.txt" in machine.installs[0]
    assert machine.installs[0].endswith("-e .[dev]")


def test_a_second_setup_installs_nothing(machine):
    machine.python("python3")
    assert machine.setup().returncode == 0
    done = machine.setup()
    assert (done.returncode, done.stdout, machine.installs) == (0, "", [])


def test_more_includes_less_but_not_the_other_way_round(machine):
    machine.python("python3")
    assert machine.setup("base").returncode == 0
    assert machine.installs[0].endswith("-e .")
    assert machine.setup("all").returncode == 0
    assert machine.installs[0].endswith("-e .[dev,models,elastic]")
    assert machine.setup("base").returncode == 0
    assert machine.installs == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_dependencies_are_installed(machine, name):
    machine.python("python3")
    assert machine.setup().returncode == 0
    with (machine.project / name).open("a") as file:
        file.write("# changed\n")
    assert machine.setup().returncode == 0
    assert len(machine.installs) == 1


def test_a_moved_clone_is_installed_again(machine):
    machine.python("python3")
    assert machine.setup().returncode == 0
    machine.project = machine.project.rename(machine.project.with_name("moved"))
    assert machine.setup().returncode == 0
    assert len(machine.installs) == 1


def test_a_broken_environment_is_made_anew(machine):
    machine.python("python3")
    assert machine.setup().returncode == 0
    (machine.project / ".venv" / "bin" / "python").unlink()
    assert machine.setup().returncode == 0
    assert len(machine.installs) == 1


def test_old_pythons_are_passed_over(machine):
    machine.python("python3", "3.9")
    machine.python("python3.13", "3.13")
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert "Python 3.13" in done.stdout


@pytest.mark.parametrize("versions", [(), ("3.10",)], ids=["none", "old"])
def test_without_a_fitting_python_the_packages_are_named(machine, versions):
    for version in versions:
        machine.python("python3", version)
    done = machine.setup()
    assert done.returncode == 1
    assert "3.11" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert not (machine.project / ".venv").exists()


def test_the_python_asked_for_is_the_one_taken(machine):
    machine.python("python3.11", "3.11")
    machine.python("mine", "3.13")
    assert "Python 3.13" in machine.setup(HUISHENG_PYTHON="mine").stdout
    machine.python("mine", "3.9")
    shutil.rmtree(machine.project / ".venv")
    refused = machine.setup(HUISHENG_PYTHON="mine")
    assert refused.returncode == 1
    assert "HUISHENG_PYTHON=mine" in refused.stderr


def test_without_venv_virtualenv_is_taken(machine):
    machine.python("python3", venv="no", virtualenv="yes")
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert len(machine.installs) == 1


def test_without_venv_and_virtualenv_the_package_is_named(machine):
    machine.python("python3", "3.12", venv="no")
    done = machine.setup()
    assert done.returncode == 1
    assert "apt-get install python3.12-venv" in done.stderr
    assert not (machine.project / ".venv").exists()


def test_a_failed_installation_says_so_and_is_tried_again(machine):
    machine.python("python3", index="no")
    failed = machine.setup()
    assert failed.returncode == 1
    assert "the installation failed" in failed.stderr
    machine.python("python3")
    shutil.copy(machine.path / "python3", machine.project / ".venv" / "bin" / "python")
    assert machine.setup().returncode == 0
    assert len(machine.installs) == 1


def test_an_unknown_word_is_refused(machine):
    done = machine.setup("everything")
    assert done.returncode == 2
    assert "base, dev" in done.stderr
