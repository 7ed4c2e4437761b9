"""The engines by name. An engine's own client is imported only when that engine is opened."""

from collections.abc import Callable, Iterable
from pathlib import Path

from feedback.errors import ConfigError, near
from feedback.taxonomy import Taxonomy
from index.engines.base import Engine
from index.topics import Topics


def _memory(directory: Path, topics: Topics) -> Engine:
    from index.engines.memory import MemoryEngine

    return MemoryEngine(topics)


def _tantivy(directory: Path, topics: Topics) -> Engine:
    from index.engines.tantivy import TantivyEngine

    return TantivyEngine(directory, topics)


ENGINES: dict[str, Callable[[Path, Topics], Engine]] = {"memory": _memory, "tantivy": _tantivy}


def open_engine(
    name: str, directory: str | Path, *, taxonomy: Taxonomy, products: Iterable[str] = ()
) -> Engine:
    """The engine called *name*, its files under *directory*. Raises ConfigError for an unknown name.

    products: All product keys: they decide whose an ``x_<product>_…`` leaf is.
    """
    if name not in ENGINES:
        raise ConfigError(f"没有这个搜索引擎 no such search engine: {name!r}", hint=near(name, ENGINES))
    return ENGINES[name](Path(directory), Topics(taxonomy, tuple(sorted(products))))
