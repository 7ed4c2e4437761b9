"""What every test may rely on: no settings of the person who runs it, and no skip where it could be avoided."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

HEAVY = ("kill", "fuzz", "browser", "server")
"""Marks that imply ``full``: such tests run in `make test-full` only."""

# A busy machine is no failure: nothing here is judged by the time it takes.
hypothesis.settings.register_profile("huisheng", deadline=None, print_blob=True)
hypothesis.settings.load_profile("huisheng")


def pytest_configure() -> None:
    for name in list(os.environ):
        if name.upper().startswith("HUISHENG__"):
            del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.get_closest_marker(name) for name in HEAVY):
            item.add_marker(pytest.mark.full)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call) -> Iterator[None]:
    report = yield
    return _strict(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector) -> Iterator[None]:
    report = yield
    return _strict(report)


def _strict(report):
    """Where HUISHENG_CI is set everything a test may need is installed, so a skip hides something."""
    if report.skipped and os.environ.get("HUISHENG_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
