"""`python -m demo`: serves the demo world until interrupted, and says where in one line of JSON."""

import argparse
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from demo.endpoints import instant
from demo.faults import DEFAULT_PLAN, KINDS, Fault, load_plan, parse_fault
from demo.server import serve
from demo.world import demo_world

_T = TypeVar("_T")


def main(argv: list[str] | None = None) -> None:
    asked = _parser().parse_args(argv)
    plan = () if asked.no_faults else asked.faults or DEFAULT_PLAN
    world = demo_world(page_size=asked.page_size, stale_hours=asked.stale_hours)
    # An interrupt is how this server is meant to end.
    with contextlib.suppress(KeyboardInterrupt):
        serve(asked.host, asked.port, asked.now, world=world, faults=(*plan, *asked.fault), ready=_tell)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description="演示用应用商店 · the demo store")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 = a free port")
    parser.add_argument(
        "--now", type=_checked(instant), required=True, help="an instant such as 2026-11-28T12:00:00+08:00"
    )
    parser.add_argument("--page-size", type=int, default=50, help="reviews on a page")
    parser.add_argument(
        "--stale-hours", type=float, default=26, help="age of Wednesday copies; 0 = never stale"
    )
    parser.add_argument(
        "--faults", type=_checked(_plan), metavar="FILE", help="a JSON file that replaces the default plan"
    )
    parser.add_argument("--no-faults", action="store_true", help="start from an empty plan")
    parser.add_argument(
        "--fault",
        type=_checked(parse_fault),
        action="append",
        default=[],
        metavar="KIND[,FIELD=VALUE…]",
        help=f"one more fault; kinds: {', '.join(KINDS)}",
    )
    return parser


def _tell(url: str) -> None:
    """The one line on standard output, for the program that started this one."""
    print(json.dumps({"url": url}), flush=True)


def _plan(path: str) -> tuple[Fault, ...]:
    return load_plan(Path(path))


def _checked(parse: Callable[[str], _T]) -> Callable[[str], _T]:
    """argparse shows the reason of its own kind of error only."""

    def checked(words: str) -> _T:
        try:
            return parse(words)
        except (ValueError, OSError) as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


if __name__ == "__main__":
    main()
