"""How often each phrase is right: ``python -m nlp.lexicon.measure TAXONOMY LABELS…`` writes trust.yaml.

Counts the training half only. A phrase that no text holds is left out: nothing is known of it.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import yaml

from feedback.taxonomy import Taxonomy
from feedback.text import fold
from nlp.labels import Labelled, read
from nlp.matcher import Sign, matcher

HEAD = """\
# leaf: {phrase: [texts in which it was right, texts in which it stood]}, on the training half of the labels.
# Written by: python -m nlp.lexicon.measure TAXONOMY LABELS…
"""

Counts = dict[str, dict[str, list[int]]]


def measure(rows: Iterable[Labelled], taxonomy: Taxonomy) -> Counts:
    """Each text counts once, however often it was crawled."""
    find = matcher(taxonomy).find
    counts: Counts = defaultdict(dict)
    seen: set[str] = set()
    for row in rows:
        bare = "".join(row.text.split())
        if row.side != "train" or bare in seen:
            continue
        seen.add(bare)
        leaves = {leaf for leaf, _, _ in row.topics}
        signs = {sign for found in find(fold(row.text)) for sign in found.meanings if not sign.is_guard}
        for sign in signs:
            _count(counts, sign, is_right=sign.leaf in leaves)
    return counts


def _count(counts: Counts, sign: Sign, *, is_right: bool) -> None:
    tally = counts[sign.leaf].setdefault(sign.phrase, [0, 0])
    tally[0] += is_right
    tally[1] += 1


def main(taxonomy: Path, *labels: Path) -> None:
    parsed = Taxonomy.parse(yaml.safe_load(taxonomy.read_text(encoding="utf-8")), name=taxonomy.name)
    counts = measure((row for path in labels for row in read(path)), parsed)
    body = {leaf: dict(sorted(counts[leaf].items())) for leaf in sorted(counts)}
    sys.stdout.write(HEAD)
    for leaf, phrases in body.items():
        flow = yaml.safe_dump(phrases, default_flow_style=True, allow_unicode=True, width=10**6)
        sys.stdout.write(f"{leaf}: {flow}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
