"""The sources by name; each is imported only when it is opened."""

from importlib import import_module

from crawlers.source import Source
from feedback.errors import ConfigError, near

SOURCES = {"appstore": "crawlers.sources.appstore:AppStore"}
"""Name → where it lives. Adding one: docs/how-to/add-a-source.md."""


def open_source(name: str, *, base_url: str | None = None) -> Source:
    """The source called *name*, at another address if *base_url* is given. Raises ConfigError for an unknown name."""
    if name not in SOURCES:
        raise ConfigError(f"没有这个来源 no such source: {name!r}", hint=near(name, SOURCES))
    module, _, attribute = SOURCES[name].partition(":")
    make = getattr(import_module(module), attribute)
    source: Source = make(base_url=base_url.rstrip("/")) if base_url else make()
    return source
