"""One crawl of a source at a time on one store: two would be twice as fast as we promise to be."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from feedback.errors import StoreBusy
from index.records import Records

LEASE_S = 600
"""Longer than the slowest page: timeout, tries and waits together."""


@contextmanager
def held(records: Records, source: str, *, delay_s: float = 0) -> Iterator[Callable[[], None]]:
    """Hold the lease of *source*; yields what prolongs it. Raises StoreBusy while another process crawls it."""
    name, holder = f"crawl:{source}", f"{socket.gethostname()}:{os.getpid()}"
    seconds = LEASE_S + int(2 * delay_s)
    if not records.lease(name, holder, seconds=seconds):
        other = records.lease_holder(name)
        if other and _is_gone(other):
            records.release_lease(name, other)
        if not records.lease(name, holder, seconds=seconds):
            raise StoreBusy(
                f"{source} 正在被另一个进程抓取 is being crawled by another process ({other})",
                hint="等它结束 wait until it has ended: huisheng status",
            )

    def prolong() -> None:
        records.lease(name, holder, seconds=seconds)

    try:
        yield prolong
    finally:
        records.release_lease(name, holder)


def _is_gone(holder: str) -> bool:
    """Whether the holder was a process of this machine that has died without a word."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
