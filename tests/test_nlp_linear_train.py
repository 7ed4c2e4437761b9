"""Training from the project's own labels: repeatable, honest about the split, clear about too little."""

import gzip
import json
from importlib.resources import files
from pathlib import Path

import pytest

from config.project import load_taxonomy
from feedback.errors import UsageError
from nlp.labels import read, side
from nlp.linear import card
from nlp.linear.model import LinearModel
from nlp.linear.train import main

FEW_LEAVES = ("crash_launch", "login_fail", "refund", "ads_too_many", "price")


@pytest.fixture(scope="session")
def written(project_labels):
    """Every row about one of a few leaves, and some others."""
    rows = list(read(project_labels))
    about = [row for row in rows if {leaf for leaf, _, _ in row.topics} & set(FEW_LEAVES)]
    return [*about, *rows[:150]]


@pytest.fixture(scope="session")
def project_labels():
    return Path(str(files("nlp.data").joinpath("labels_written.jsonl.gz")))


def as_json(row, **changed):
    topics = [{"leaf": leaf, "polarity": polarity, "evidence": quote} for leaf, polarity, quote in row.topics]
    fields = {
        "id": row.id,
        "text": row.text,
        "sentiment": row.sentiment,
        "intents": row.intents,
        "severity": row.severity,
        "topics": topics,
        "set": row.source,
    }
    return json.dumps(fields | changed, ensure_ascii=False)


def label_file(path, lines):
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write("\n".join(lines))
    return path


@pytest.fixture(scope="session")
def trained(written, tmp_path_factory):
    folder = tmp_path_factory.mktemp("linear")
    labels = label_file(folder / "labels.jsonl.gz", [as_json(row) for row in written])
    (folder / card.CARD).write_text(f"# Card\n{card.OPEN}\nold\n{card.CLOSE}\nend\n", encoding="utf-8")
    report = main(["--labels", str(labels), "--out", str(folder), "--baseline"])
    return folder, report


def test_a_small_training_learns(trained):
    folder, _ = trained
    measured = json.loads((folder / card.METRICS).read_text())["measured"]
    linear, baseline = (measured[name]["written"] for name in ("linear", "baseline"))
    assert linear["texts"] > 50
    assert linear["topics F1"] > max(0.45, baseline["topics F1"])
    assert linear["sentiment accuracy"] > 0.5


def test_the_report_and_the_card_show_the_same_table(trained):
    folder, report = trained
    text = (folder / card.CARD).read_text(encoding="utf-8")
    assert "| written |" in report
    assert report.partition("\n\nweights.bin")[0] in text
    assert text.startswith("# Card\n")
    assert text.endswith("\nend\n")
    assert "old" not in text
    fingerprint = LinearModel.load(folder / "weights.bin").fingerprint
    assert f"`{fingerprint}`" in text


def test_the_same_labels_give_the_same_bytes_and_the_test_side_is_never_seen(trained, written, tmp_path):
    """The second training gets other labels where nothing may be learnt from them."""
    strange = [
        as_json(row, sentiment="neu", topics=[], severity=None) if side(row.text) == "test" else as_json(row)
        for row in written
    ]
    labels = label_file(tmp_path / "labels.jsonl.gz", strange)
    assert sum(side(row.text) == "test" for row in written) > 50
    main(["--labels", str(labels), "--out", str(tmp_path / "out")])
    again = (tmp_path / "out" / "weights.bin").read_bytes()
    assert again == (trained[0] / "weights.bin").read_bytes()


def test_a_trained_model_knows_every_leaf_and_says_only_what_it_learnt(trained):
    model = LinearModel.load(trained[0] / "weights.bin")
    assert model.leaves == tuple(leaf.id for leaf in load_taxonomy().leaves)
    scores = model.scores(["一打开就闪退", "申请退款不给退"])
    said = [model.leaves[row.argmax()] for row in scores.topics]
    assert said == ["crash_launch", "refund"]


def test_too_few_labels_are_refused_in_words(written, tmp_path):
    only = [as_json(row) for row in written if side(row.text) == "train"][:30]
    with pytest.raises(UsageError, match="0 to choose by"):
        main(["--labels", str(label_file(tmp_path / "few.jsonl.gz", only)), "--out", str(tmp_path)])


def test_no_labels_are_refused_in_words(tmp_path):
    with pytest.raises(UsageError, match=r"no labelled text in .*none\.jsonl\.gz"):
        main(["--labels", str(label_file(tmp_path / "none.jsonl.gz", [])), "--out", str(tmp_path)])
