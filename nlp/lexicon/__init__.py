"""The phrases that show topics, beside the triggers of the taxonomy.

``variants.yaml``: further phrases for each leaf. ``guards.yaml``: phrases that contain a trigger and mean
something else. ``trust.yaml``: how often each phrase was right on the training labels; written by
``python -m nlp.lexicon.measure``, never by hand. Owns no rule about what is done with them.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from feedback.ids import digest

FILES = ("variants.yaml", "guards.yaml", "trust.yaml")


@lru_cache(maxsize=1)
def variants() -> Mapping[str, tuple[str, ...]]:
    """Leaf → phrases."""
    return {leaf: tuple(map(str, phrases)) for leaf, phrases in _read("variants.yaml").items()}


@lru_cache(maxsize=1)
def guards() -> Mapping[str, tuple[str, ...]]:
    """Leaf → phrases that look like it and are not."""
    return {leaf: tuple(map(str, phrases)) for leaf, phrases in _read("guards.yaml").items()}


@lru_cache(maxsize=1)
def trust() -> Mapping[tuple[str, str], float]:
    """(leaf, phrase) → how sure the phrase is: (right + 1) / (seen + 2), so that few cases prove little."""
    return {
        (leaf, str(phrase)): (right + 1) / (seen + 2)
        for leaf, counts in _read("trust.yaml").items()
        for phrase, (right, seen) in counts.items()
    }


@lru_cache(maxsize=1)
def fingerprint() -> str:
    return digest(*(_text(name) for name in FILES))


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load(_text(name)) or {}


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
