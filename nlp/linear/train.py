"""Train the linear model: ``python -m nlp.linear.train --labels FILE… [--out DIR]``.

The same files and seed give the same weights. A fifth of the texts is never trained on (``nlp.labels.side``):
half of it serves calibration and thresholds, the other half is what is reported.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from config.project import load_taxonomy
from nlp.linear import card
from nlp.linear.baseline import train_baseline
from nlp.linear.examples import gather
from nlp.linear.learn import train
from nlp.linear.measure import Figures, by_set
from nlp.linear.model import SHIPPED, LinearModel
from nlp.linear.weights import save

SEED = 7


def main(arguments: Sequence[str] | None = None) -> str:
    """Train, write weights, metrics and card; returns the report that is printed."""
    asked = _parser().parse_args(arguments)
    taxonomy = load_taxonomy(asked.taxonomy)
    shared = [leaf.id for leaf in taxonomy.leaves if not leaf.id.startswith("x_")]
    examples = gather(asked.labels, shared)
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / SHIPPED.name
    save(path, train(examples, taxonomy, seed=asked.seed, jobs=asked.jobs))
    model, test = LinearModel.load(path), examples.of_side("test")
    measured: dict[str, dict[str, Figures]] = {"linear": by_set(model, test)}
    if asked.baseline:
        measured["baseline"] = by_set(train_baseline(examples, jobs=asked.jobs), test)
    card.write(asked.out, measured, fingerprint=model.fingerprint, size=path.stat().st_size)
    return f"{card.table(measured)}\n\n{path.name}: {path.stat().st_size} bytes, {model.fingerprint}\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nlp.linear.train", description=__doc__)
    parser.add_argument(
        "--labels", type=Path, nargs="+", required=True, help="label files, .jsonl or .jsonl.gz"
    )
    parser.add_argument(
        "--out", type=Path, default=SHIPPED.parent, help="folder for weights, metrics and card"
    )
    parser.add_argument("--taxonomy", type=Path, help="a taxonomy file other than the one shipped")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--baseline", action="store_true", help="also train and report the plain baseline")
    return parser


if __name__ == "__main__":
    print(main())
