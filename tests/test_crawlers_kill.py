"""Crawls that end before their time: killed, asked to stop, started twice. Nothing is lost, nothing is claimed."""

import json
import os
import signal
import socket
import subprocess
from datetime import UTC, datetime

import pytest
from contracts.crawl_world import NOW, command, crawl, make_project, records_of

from crawlers.lease import held
from demo import Fault, demo_world, running
from feedback.errors import StoreBusy

AT = datetime.fromisoformat(NOW).astimezone(UTC)
WORLD = demo_world(page_size=25)
CN = ("--target", "cn/9900000101")
HOST = socket.gethostname()


@pytest.fixture
def stuck(tmp_path):
    """A project whose crawl has stored two pages and hangs on the third; gives it and the process."""
    slow = Fault(kind="slow", app="taijian", storefront="cn", page=3, first=1, seconds=300)
    with running(AT, world=WORLD, faults=(slow,)) as url:
        project = make_project(tmp_path, url)
        process = subprocess.Popen(
            command(project, "taijian", *CN), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout
        kinds = [json.loads(process.stdout.readline())["event"] for _ in range(3)]
        assert kinds == ["start", "page", "page"]
        yield project, process
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.kill
def test_killed_crawl_leaves_no_gap(stuck):
    project, process = stuck
    process.kill()
    process.wait()
    with records_of(project) as records:
        (dead,) = records.runs()
        assert (dead.stop, dead.is_complete, dead.asked) == ("running", False, 2)
        assert records.depth().documents == 50
        assert records.watermark("appstore", dead.target) is None
    again = crawl(project, "taijian", *CN)
    assert again.stops == {"cn": "end"}
    shown = WORLD.shown(AT, appstore_id="9900000101", storefront="cn")
    with records_of(project) as records:
        assert records.depth().documents == len(shown) > 200
        buried = next(run for run in records.runs() if run.id == dead.id)
        assert (buried.stop, buried.is_complete) == ("killed", False)


@pytest.mark.kill
def test_asked_to_stop_the_run_says_that_it_was_interrupted(stuck):
    project, process = stuck
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    said = process.stdout.read() if process.stdout else ""
    process.wait()
    ended = [json.loads(line)["run"] for line in said.splitlines() if '"end"' in line]
    assert [run["stop"] for run in ended] == ["killed"]
    with records_of(project) as records:
        assert records.runs()[0].stop == "killed"
        assert records.depth().documents == 50


@pytest.mark.kill
def test_second_crawl_of_a_source_is_refused_while_the_first_lives(stuck):
    project, _ = stuck
    second = crawl(project, "luling")
    assert second.code == 1
    (said,) = second.events
    assert (said["event"], said["error"]) == ("error", "StoreBusy")


def test_lease_of_a_dead_process_is_taken_over(tmp_path):
    project = make_project(tmp_path, "http://127.0.0.1:9")
    dead = subprocess.Popen(["true"])
    dead.wait()
    with records_of(project) as records:
        records.lease("crawl:appstore", f"{HOST}:{dead.pid}", seconds=600)
        with held(records, "appstore") as keep:
            keep()
            assert records.lease_holder("crawl:appstore") == f"{HOST}:{os.getpid()}"
        assert records.lease_holder("crawl:appstore") is None


@pytest.mark.parametrize("holder", ["elsewhere:1", "nonsense"])
def test_lease_of_somebody_else_is_respected(tmp_path, holder):
    project = make_project(tmp_path, "http://127.0.0.1:9")
    with records_of(project) as records:
        records.lease("crawl:appstore", holder, seconds=600)
        with pytest.raises(StoreBusy, match=holder), held(records, "appstore"):
            pass
