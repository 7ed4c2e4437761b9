"""The end of every verb that writes: bring the index up to the counter, or say who is about to."""

import time

from cli.workspace import Workspace

WAIT_S = 10


def catch_up(work: Workspace) -> None:
    """Index everything up to the present change number, or wait for the service that holds the lease."""
    target = work.records.change()
    if work.indexer.catch_up(until=target):
        return
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if work.engine.state().position >= target:
            return
        time.sleep(0.2)
    work.speech.warn(
        f"索引由另一个进程维护，{WAIT_S} 秒内还没跟上；稍后会自动完成",
        f"Another process keeps the index and was not done within {WAIT_S} s; it will be, by itself",
    )
