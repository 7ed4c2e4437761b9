"""The registry of taggers: name → where its class is. A tagger is imported when it is first wanted."""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from feedback.errors import ConfigError, near
from nlp.tagger import Setup, Tagger

REGISTRY: Mapping[str, str] = {
    "language": "nlp.taggers.language:Language",
    "linear": "nlp.taggers.linear:Linear",
    "triggers": "nlp.taggers.triggers:Triggers",
    "evidence": "nlp.taggers.evidence:Evidence",
    "entities": "nlp.taggers.entities:Entities",
    "noise": "nlp.taggers.noise:Noise",
}


def make(name: str, setup: Setup) -> Tagger:
    """The tagger of this name. Raises ConfigError naming the registered ones if there is none."""
    if name not in REGISTRY:
        raise ConfigError(f"没有这个标注器 no such tagger: {name!r}", hint=near(name, REGISTRY))
    module, _, cls = REGISTRY[name].partition(":")
    return cast(Tagger, getattr(import_module(module), cls)(setup))
