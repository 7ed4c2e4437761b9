"""The figures of a training, as JSON and as the table in the model card."""

import json
from collections.abc import Mapping
from pathlib import Path

from nlp.linear.measure import Figures

CARD = "MODEL_CARD.md"
METRICS = "metrics.json"
OPEN, CLOSE = "<!-- figures: written by nlp.linear.train -->", "<!-- end of figures -->"
_SHORT = {
    "topics F1": "topics F1",
    "topics F1, mean of leaves": "mean of leaves",
    "sentiment accuracy": "sentiment acc",
    "sentiment F1, mean": "sentiment F1",
    "severity accuracy": "severity acc",
    "severity accuracy, with none": "with none",
    "praise F1": "praise F1",
}


def table(measured: Mapping[str, Mapping[str, Figures]]) -> str:
    """Markdown: the main figures set by set, then every label over all sets; *model / baseline* where both are."""
    by_set = [f"| set | texts | {' | '.join(_SHORT.values())} |", "|---" * (len(_SHORT) + 2) + "|"]
    for name, found in measured["linear"].items():
        cells = [_cell(measured, name, key) for key in _SHORT]
        by_set.append(f"| {name} | {found['texts']:.0f} | {' | '.join(cells)} |")
    first = next(iter(measured["linear"]), None)
    labels = [key for key in measured["linear"].get(first or "", {}) if key not in (*_SHORT, "texts")]
    by_label = [f"| {first} | F1 |", "|---|---|"]
    by_label += [f"| {key.removesuffix(' F1')} | {_cell(measured, first or '', key)} |" for key in labels]
    return "\n".join([*by_set, "", *by_label])


def write(
    folder: Path, measured: Mapping[str, Mapping[str, Figures]], *, fingerprint: str, size: int
) -> None:
    """Write metrics.json and, where a card lies in the folder, renew its figures."""
    content = {"fingerprint": fingerprint, "bytes": size, "measured": measured}
    text = json.dumps(content, indent=1, default=float) + "\n"
    (folder / METRICS).write_text(text, encoding="utf-8")
    path = folder / CARD
    if not path.is_file():
        return
    before, opened, rest = path.read_text(encoding="utf-8").partition(OPEN)
    _, closed, after = rest.partition(CLOSE)
    if opened and closed:
        figures = f"Weights `{fingerprint}`, {size / 1e6:.1f} MB.\n\n{table(measured)}"
        path.write_text(f"{before}{OPEN}\n{figures}\n{CLOSE}{after}", encoding="utf-8")


def _cell(measured: Mapping[str, Mapping[str, Figures]], name: str, key: str) -> str:
    """``.731`` or, beside the baseline, ``.731 / .690``; a dash where the set has no such label."""
    shown = [found.get(name, {}).get(key) for found in measured.values()]
    return " / ".join("–" if value is None else f"{value:.3f}".lstrip("0") for value in shown)
