"""Sketches by which near copies of a text are found: MinHash over its character pairs.

Only texts of twenty letters or Han characters get one: thirty people writing 打不开 are thirty voices. The
same text gives the same sketch on every machine; a change of anything here raises ``SIGNATURE_VERSION``.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from feedback.text import fold
from index.records.types import Signature
from nlp.own_words import own_words

SIGNATURE_VERSION = "1"

LEAST = 20
_SPOKEN = re.compile(r"[a-z0-9\u3400-\u9fff]+")
_DIGIT = re.compile(r"[0-9]")

SIZE = 64
"""Numbers in a sketch: the share that two sketches have in common estimates how alike the texts are."""
BANDS, ROWS = 8, 4
"""Texts that are 80 % alike share a band with probability .985, 90 % alike with .9999."""

Words = npt.NDArray[np.uint32]
_MASK = (1 << 64) - 1


def _odd_numbers(seed: int, count: int) -> Words:
    """A fixed stream (splitmix64), so that no version of numpy can change the sketches that are stored."""
    numbers = []
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        numbers.append((mixed >> 32) | 1)
    return np.array(numbers, dtype=np.uint32)


_PAIR = _odd_numbers(1, 2)
_SPREAD = _odd_numbers(2, SIZE)
_BAND = _odd_numbers(3, ROWS).astype(np.uint64) << np.uint64(31) | np.uint64(1)
_HALF = np.uint32(16)
_CHUNK = 4_096


def signature(folded: str) -> Signature | None:
    """The sketch of a folded text; None if it is too short to be called a copy of anything."""
    spoken = "".join(_SPOKEN.findall(folded))
    if len(spoken) < LEAST or len(spoken) - len(_DIGIT.findall(spoken)) < LEAST:
        return None
    least = _least(spoken)
    rows = least[: BANDS * ROWS].reshape(BANDS, ROWS).astype(np.uint64)
    bands = (rows * _BAND).sum(axis=1, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64)
    sketch = (least >> _HALF).astype("<u2")
    return Signature(sketch=sketch.tobytes(), bands=tuple(bands.view(np.int64).tolist()))


def _least(spoken: str) -> Words:
    """For each of the hash functions the least value over all pairs of neighbouring characters."""
    codes = np.frombuffer(spoken.encode("utf-16-le", "surrogatepass"), dtype="<u2").astype(np.uint32)
    pairs = codes[:-1] * _PAIR[0] + codes[1:] * _PAIR[1]
    pairs ^= pairs >> _HALF
    least = np.full(SIZE, 0xFFFFFFFF, dtype=np.uint32)
    for first in range(0, len(pairs), _CHUNK):
        hashes = pairs[first : first + _CHUNK, np.newaxis] * _SPREAD
        np.minimum(least, hashes.min(axis=0), out=least)
    return least


def sign(text: str) -> Signature | None:
    return signature(fold(own_words(text)))


def alike(sketch: bytes, others: Sequence[bytes]) -> npt.NDArray[np.float64]:
    """How alike the sketched text is to each of the others: 0 to 1."""
    own = np.frombuffer(sketch, dtype="<u2")
    rest = np.frombuffer(b"".join(others), dtype="<u2").reshape(len(others), SIZE)
    similarity: npt.NDArray[np.float64] = (rest == own).mean(axis=1)
    return similarity
