"""The run ledger: every crawl and import, how complete it was; and the watermarks that only finished runs move."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from feedback.model import Run
from index.records.rows import seconds
from index.records.schema import runs, watermarks


def save_run(connection: Connection, run: Run) -> None:
    """Insert or replace; a complete run moves its watermark in the same transaction, and never backwards."""
    connection.execute(delete(runs).where(runs.c.id == run.id))
    row: dict[str, str | int] = {
        "id": run.id,
        "source": run.source,
        "product": run.product,
        "target": run.target,
    }
    row |= {"started_at": seconds(run.started_at), "body": run.model_dump_json(exclude_defaults=True)}
    connection.execute(insert(runs), row)
    if run.is_complete and run.newest_at is not None:
        _move_watermark(connection, run, run.newest_at)


def _move_watermark(connection: Connection, run: Run, to: datetime) -> None:
    known = read_watermark(connection, run.source, run.target)
    if known is not None and known >= to:
        to = known  # nothing newer was said: the run is still the last finished one
    mine = (watermarks.c.source == run.source) & (watermarks.c.target == run.target)
    connection.execute(delete(watermarks).where(mine))
    row = {"source": run.source, "target": run.target, "at": to.isoformat(), "run_id": run.id}
    connection.execute(insert(watermarks), row)


def read_watermark(connection: Connection, source: str, target: str) -> datetime | None:
    mine = (watermarks.c.source == source) & (watermarks.c.target == target)
    at = connection.execute(select(watermarks.c.at).where(mine)).scalar()
    return datetime.fromisoformat(at) if at else None


def read_runs(connection: Connection, *, product: str | None, source: str | None, limit: int) -> list[Run]:
    """Newest first."""
    wanted = select(runs.c.body).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
    if product:
        wanted = wanted.where(runs.c.product == product)
    if source:
        wanted = wanted.where(runs.c.source == source)
    return [Run.model_validate_json(body) for body in connection.scalars(wanted)]


def latest_runs(connection: Connection) -> list[Run]:
    """The last run of each source, product and target: what coverage is judged by."""
    latest: dict[tuple[str, str, str], Run] = {}
    rows = connection.scalars(select(runs.c.body).order_by(runs.c.started_at, runs.c.id))
    for run in map(Run.model_validate_json, rows):
        latest[run.source, run.product, run.target] = run
    return [latest[key] for key in sorted(latest)]
