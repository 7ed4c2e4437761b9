"""Keeps the service and the worker running as processes of their own, and starts crawls when they are due.

The schedule has no state: a target is due when its latest run in the ledger began longer ago than the interval.
"""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from cli.workspace import Workspace

logger = logging.getLogger(__name__)

CHECK_S = 2.0
CALM_S = 60.0
"""A child that lived this long is restarted at once; one that dies faster waits twice as long each time."""
LONGEST_WAIT_S = 300.0
STOP_S = 20.0


class Child:
    """One process that is to be there all the time."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.wait_s = 1.0
        self.next_start = 0.0

    def keep(self, now: float) -> str | None:
        """Start if it is not there and its time has come; returns what there is to tell."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return None
            self.wait_s = 1.0 if now - self.started > CALM_S else min(self.wait_s * 2, LONGEST_WAIT_S)
            self.next_start = now + self.wait_s
            self.process = None
            return f"{self.name}: 退出码 exit code {code}，{self.wait_s:.0f} 秒后重启 restarts in {self.wait_s:.0f} s"
        if now >= self.next_start:
            self.process = subprocess.Popen(self.command)
            self.started = now
        return None

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """``children``: name → arguments of the ``huisheng`` verb to keep running."""

    def __init__(self, work: Workspace, children: Mapping[str, Sequence[str]]) -> None:
        self.work = work
        self.children = [Child(name, self._command(arguments)) for name, arguments in children.items()]
        self.crawl = Child("crawl", self._command(["crawl", "--due"]))
        self.stopping = False
        self.next_crawl = 0.0

    def _command(self, arguments: Sequence[str]) -> list[str]:
        common = ["-C", str(self.work.project.root), "--lang", self.work.speech.lang]
        now = ["--now", self.work.common.now.isoformat()] if self.work.common.now else []
        return [sys.executable, "-P", "-m", "cli.main", *common, *now, *arguments]

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stopping:
                for child in self.children:
                    if news := child.keep(time.monotonic()):
                        self.work.speech.warn(news, news)
                self._crawl_when_due()
                time.sleep(CHECK_S)
        finally:
            for child in (*self.children, self.crawl):
                child.stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _crawl_when_due(self) -> None:
        """``crawl --due`` looks into the ledger itself; here it is only called every few minutes."""
        process = self.crawl.process
        if process is not None and process.poll() is None:
            return
        if process is not None and process.returncode not in (0, None):
            logger.warning("scheduled crawl ended with exit code %s", process.returncode)
        if time.monotonic() >= self.next_crawl:
            self.next_crawl = time.monotonic() + self.work.settings.crawl.check_every_s
            self.crawl.process = subprocess.Popen(self.crawl.command)
