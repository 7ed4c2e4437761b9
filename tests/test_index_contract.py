"""Every engine of the registry keeps the whole contract."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from index.engines import ENGINES, open_engine
from tests.contracts.check_engine import CHECKS
from tests.contracts.engine_world import PRODUCTS, TAXONOMY, MakeEngine


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_engine_"))
def test_engine_keeps_the_contract(name: str, check: Callable[[MakeEngine], None], tmp_path: Path) -> None:
    check(partial(open_engine, name, tmp_path / name, taxonomy=TAXONOMY, products=PRODUCTS))


def test_the_contract_is_whole() -> None:
    assert len(CHECKS) >= 40
    assert len({check.__name__ for check in CHECKS}) == len(CHECKS)
