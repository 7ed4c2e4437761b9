"""Texts → rows of hashed character 1–4-grams, for a whole batch at once. The same code trains and serves.

A row depends on its own text only: a batch gives exactly what its texts give one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from feedback.text import fold_table

LONGEST = 2_000
"""Code points read of a text: who writes more has said by then what it is about."""
ORDERS = (1, 2, 3, 4)
BITS = 22
"""Of a bucket number. 4 million buckets for some 1 million n-grams that occur: few share one."""
CHUNK = 4_096
"""Texts counted at a time; bounds memory, never changes a number."""

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Sparse = csr_array[Any, Any]

_EDGE = "\x01"
_SPACE = ord(" ")
_BREAKS = _EDGE + " ，。！？；、,.!?;~…但"
_WEAK = " .,"
_LATIN = "0123456789abcdefghijklmnopqrstuvwxyz"
# Odd constants of well-known integer hashes (golden ratio, murmur3).
_SPREAD, _CHAIN, _MIX_A, _MIX_B = (
    np.uint32(number) for number in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)
)


@lru_cache(maxsize=1)
def _folding() -> Codes:
    """``feedback.text.fold`` as an array over all code points; other white space counts as a space."""
    folded = np.arange(0x110000, dtype=np.uint32)
    for code, character in fold_table().items():
        folded[code] = ord(character)
    folded[[ord(sign) for sign in "\t\n\r\x0b\x0c\x85\xa0"]] = _SPACE
    return folded


@lru_cache(maxsize=1)
def _letters() -> Bools:
    """Which code points carry information at all: letters, digits, Han, those of the upper planes too."""
    carries = np.zeros(0x110000, np.bool_)
    carries[:0x10000] = [chr(code).isalnum() for code in range(0x10000)]
    carries[0x20000:0x32000] = True
    return carries


class Stream(NamedTuple):
    """Pieces of text, one behind the other; every piece stands between edges."""

    codes: Codes
    owners: Ints
    """The piece that each code point belongs to, ascending."""
    pieces: int


def read(texts: Sequence[str]) -> Stream:
    """The folded texts. Runs are cut, of spaces to one and of anything else to three."""
    edged = [f"{_EDGE}{text[:LONGEST]}{_EDGE}" for text in texts]
    raw = np.frombuffer("".join(edged).encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = _folding()[raw]
    owners = np.repeat(np.arange(len(edged)), [len(text) for text in edged])
    repeats = np.zeros(len(codes), np.bool_)
    repeats[1:] = (codes[1:] == codes[:-1]) & (owners[1:] == owners[:-1])
    too_many = repeats.copy()
    too_many[1:] &= repeats[:-1]
    too_many[2:] &= repeats[:-2]
    kept = ~(too_many | (repeats & (codes == _SPACE)))
    return Stream(codes[kept], owners[kept], len(texts))


def clauses(stream: Stream) -> tuple[Stream, Ints]:
    """The clauses of all texts that have several, as pieces of their own, and the text that each is from.

    A run of breaks, the edges between two texts included, becomes the end of one clause and the start of
    the next.
    """
    breaks = _breaks(stream.codes)
    opens = np.flatnonzero(~breaks[1:] & breaks[:-1]) + 1
    texts = stream.owners[opens]
    several = np.bincount(texts, minlength=stream.pieces)[texts] > 1
    codes, owners = _cut(stream.codes, breaks)
    kept = several[owners]
    numbers = np.cumsum(several) - 1
    return Stream(codes[kept], numbers[owners[kept]], int(several.sum())), texts[several]


def _cut(codes: Codes, breaks: Bools) -> tuple[Codes, Ints]:
    """Every run of breaks as two edges, and the number of the clause that each code point is in."""
    first_of_run = breaks.copy()
    first_of_run[1:] &= ~breaks[:-1]
    copies = np.where(breaks, 2 * first_of_run, 1)
    # The outermost two edges end and start nothing.
    cut = np.repeat(np.where(breaks, np.uint32(ord(_EDGE)), codes), copies)[1:-1]
    is_edge = cut == ord(_EDGE)
    starts = is_edge.copy()
    starts[1:] &= is_edge[:-1]
    return cut, np.cumsum(starts) - 1


def _breaks(codes: Codes) -> Bools:
    """Where a clause ends. A space, dot or comma within Latin words and numbers (8.0.2; 1,000) ends nothing."""
    breaks = _marks(_BREAKS)[codes]
    latin = _marks(_LATIN)[codes]
    weak = _marks(_WEAK)[codes]
    weak[1:-1] &= latin[:-2] & latin[2:]
    return breaks & ~weak


@lru_cache(maxsize=3)
def _marks(signs: str) -> Bools:
    """Which code points are one of *signs*."""
    marked = np.zeros(0x110000, np.bool_)
    marked[[ord(sign) for sign in signs]] = True
    return marked


def occurrences(stream: Stream) -> Iterator[tuple[Ints, Ints]]:
    """For each order n: the piece and the bucket of every n-gram that lies within one piece."""
    codes, owners, _ = stream
    spread = codes * _SPREAD
    spread ^= spread >> np.uint32(15)
    chained = spread
    for order in ORDERS:
        if order > 1:
            chained = chained[:-1] * _CHAIN + spread[order - 1 :]
        mixed = (chained ^ np.uint32(order)) * _MIX_A
        mixed ^= mixed >> np.uint32(13)
        buckets = ((mixed * _MIX_B) >> np.uint32(32 - BITS)).astype(np.int64)
        first = owners[: len(buckets)]
        within = first == owners[order - 1 :]
        yield first[within], buckets[within]


def bucket_counts(texts: Sequence[str]) -> Ints:
    """In how many of the texts each bucket occurs."""
    total = np.zeros(1 << BITS, np.int64)
    for start in range(0, len(texts), CHUNK):
        found = list(occurrences(read(texts[start : start + CHUNK])))
        pairs = np.unique(np.concatenate([(owners << BITS) | buckets for owners, buckets in found]))
        total += np.bincount(pairs & ((1 << BITS) - 1), minlength=1 << BITS)
    return total


@lru_cache(maxsize=1)
def _damped() -> Floats:
    """How much n occurrences count: 1 + ln n."""
    times: Floats = np.arange(LONGEST + 3, dtype=np.float32)
    times[1:] = 1 + np.log(times[1:])
    return times


@dataclass(frozen=True, eq=False)
class Vocabulary:
    buckets: Ints
    """Ascending; the position of a bucket here is its column."""
    rarity: Floats
    """Weight of each column: the rarer, the more it tells."""
    _column: npt.NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        column = np.full(1 << BITS, -1, np.int32)
        column[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        object.__setattr__(self, "_column", column)

    def matrix(self, stream: Stream) -> Sparse:
        """One row of length 1 a piece (of zeros where nothing is known), columns ascending."""
        wide = len(self.buckets)
        keys = np.concatenate([self._keys(owners, buckets) for owners, buckets in occurrences(stream)])
        keys.sort()
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        times = np.diff(firsts, append=len(keys))
        owners, wide_columns = np.divmod(keys[firsts], wide)
        columns = wide_columns.astype(np.int32)  # what scipy and scikit-learn work with
        values = _damped()[times] * self.rarity[columns]
        starts = np.searchsorted(owners, np.arange(stream.pieces + 1)).astype(np.int32)
        shape = (stream.pieces, wide)
        # A product of sparse and dense adds row by row in column order: the same sums in any batch.
        squares = csr_array((values * values, columns, starts), shape=shape) @ np.ones(wide, np.float32)
        lengths = np.sqrt(np.where(squares > 0, squares, np.float32(1)))
        return csr_array((values / lengths[owners], columns, starts), shape=shape)

    def _keys(self, owners: Ints, buckets: Ints) -> Ints:
        columns = self._column[buckets]
        known = columns >= 0
        return owners[known] * len(self.buckets) + columns[known]


def letterless(stream: Stream) -> Bools:
    """Which pieces have no letter, digit or Han character: nothing can be read from them."""
    spoken = np.bincount(stream.owners[_letters()[stream.codes]], minlength=stream.pieces)
    silent: Bools = spoken == 0
    return silent
