"""The file of the model: weights of one byte each, guarded by a digest. Loading never trains or repairs."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback.errors import ModelError
from feedback.model import INTENTS, POLARITIES, SENTIMENTS
from nlp.linear.features import Floats, Vocabulary

FORMAT = 1
SEVERITIES = ("0", "1", "2", "3", "none")
_MAGIC = b"huisheng-linear\n"
_DIGEST_BYTES = 32
_LEVELS = 127
_PLAIN = ("text_share", "clause_share", "bias", "intent_from", "topic_from")

HEADS = {
    "sentiment": len(SENTIMENTS),
    "intents": len(INTENTS),
    "severity": len(SEVERITIES),
    "polarity": len(POLARITIES),
}
"""The columns in their order; the topics' come after them."""


@dataclass(frozen=True, eq=False)
class Weights:
    vocabulary: Vocabulary
    heads: Floats
    """[n-grams, columns of HEADS]."""
    topics: Floats
    """[n-grams, leaves]."""
    text_share: Floats
    """[leaves]: how much the whole text counts for a topic, and …"""
    clause_share: Floats
    """… the clause that speaks for it most."""
    bias: Floats
    """Of the heads, then of the topics."""
    leaves: tuple[str, ...]
    intent_from: Floats
    """From which probability on an intent is said."""
    topic_from: Floats


def columns(head: str) -> slice:
    """Where a head (or ``topics``) stands among all columns."""
    names = [*HEADS, "topics"]
    start = sum(HEADS[name] for name in names[: names.index(head)])
    return slice(start, start + HEADS[head] if head in HEADS else None)


def quantised(matrix: npt.NDArray[np.floating[Any]]) -> tuple[npt.NDArray[np.int8], Floats]:
    """Every column in steps of its own: whole numbers up to ±127, and the step."""
    step = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / _LEVELS
    return np.rint(matrix / step).astype(np.int8), step.astype(np.float32)


def save(path: Path, weights: Weights) -> str:
    """Write the file; the same weights give the same bytes. Returns the fingerprint."""
    heads, head_step = quantised(weights.heads)
    topics, topic_step = quantised(weights.topics)
    parts = io.BytesIO()
    np.savez_compressed(
        parts,
        gaps=np.diff(weights.vocabulary.buckets, prepend=0).astype(np.uint32),
        rarity=weights.vocabulary.rarity,
        # Column by column: neighbours are alike, which the compression likes.
        heads=np.ascontiguousarray(heads.T),
        head_step=head_step,
        topics=np.ascontiguousarray(topics.T),
        topic_step=topic_step,
        leaves=np.frombuffer(json.dumps(weights.leaves).encode(), np.uint8),
        **{name: getattr(weights, name) for name in _PLAIN},
    )
    body = FORMAT.to_bytes(2, "big") + parts.getvalue()
    digest = hashlib.sha256(body).digest()
    path.write_bytes(_MAGIC + digest + body)
    return digest.hex()[:12]


def load(path: Path) -> tuple[Weights, str]:
    """The weights of a file and its fingerprint. Raises ModelError if it is missing, damaged or too new."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unusable(path, f"读不了 cannot be read: {error.strerror}") from error
    start = len(_MAGIC) + _DIGEST_BYTES
    digest, body = content[len(_MAGIC) : start], content[start:]
    if not content.startswith(_MAGIC):
        raise _unusable(path, "不是线性模型 is no linear model")
    if hashlib.sha256(body).digest() != digest:
        raise _unusable(path, f"已损坏（{len(content)} 字节）is damaged ({len(content)} bytes)")
    version = int.from_bytes(body[:2], "big")
    if version != FORMAT:
        raise _unusable(
            path, f"格式 {version} 不支持，需要 {FORMAT} has format {version}, this needs {FORMAT}"
        )
    with np.load(io.BytesIO(body[2:]), allow_pickle=False) as parts:
        return _assembled(parts), digest.hex()[:12]


def _assembled(parts: Mapping[str, npt.NDArray[Any]]) -> Weights:
    return Weights(
        vocabulary=Vocabulary(np.cumsum(parts["gaps"], dtype=np.int64), parts["rarity"]),
        heads=np.ascontiguousarray(parts["heads"].T * parts["head_step"], dtype=np.float32),
        topics=np.ascontiguousarray(parts["topics"].T * parts["topic_step"], dtype=np.float32),
        leaves=tuple(json.loads(parts["leaves"].tobytes())),
        **{name: parts[name] for name in _PLAIN},
    )


def _unusable(path: Path, why: str) -> ModelError:
    return ModelError(
        f"线性模型 linear model {path.name} {why}",
        hint="重新安装，或重新训练 install again, or train anew: python -m nlp.linear.train",
    )
