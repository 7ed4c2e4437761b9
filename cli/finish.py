"""The end of every verb that writes: bring the index up to the counter, or say who is about to."""

from cli.workspace import Workspace


def catch_up(work: Workspace) -> None:
    """Index everything up to the present change number, or wait a little for whoever holds the lease."""
    reached = work.indexer.catch_up()
    if reached.behind:
        work.speech.warn(
            f"索引由 {reached.holder or '另一个进程'} 维护，还差 {reached.behind} 处变动；稍后会自动完成",
            f"{reached.holder or 'Another process'} keeps the index, {reached.behind} changes behind; it will be done by itself",
        )
