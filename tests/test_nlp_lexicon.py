"""How phrases earn their trust: counted on the training half, each text once."""

import json

import yaml

from feedback.taxonomy import Taxonomy
from nlp.labels import Labelled, side
from nlp.lexicon.measure import main, measure

TABLE = """
top:
- id: stability
  name: 稳定性
  leaves:
  - {id: crash_in_use, name: 闪退, triggers: [闪退, 崩溃], negatives: [看得我崩溃]}
"""


def labelled(text: str, *leaves: str) -> Labelled:
    topics = tuple((leaf, "neg", "") for leaf in leaves)
    return Labelled(text, text, "neg", ("bug",), None, topics, "written")


def of_side(wanted: str, form: str, count: int) -> list[str]:
    found = (form.format(number) for number in range(10_000))
    return [text for text in found if side(text) == wanted][:count]


def counts(rows):
    return measure(rows, Taxonomy.parse(yaml.safe_load(TABLE)))


def test_each_phrase_is_counted_right_or_wrong():
    right = [labelled(text, "crash_in_use") for text in of_side("train", "第{}次闪退", 7)]
    wrong = [labelled(text) for text in of_side("train", "又闪退崩溃{}", 3)]
    assert counts([*right, *wrong])["crash_in_use"] == {"闪退": [7, 10], "崩溃": [0, 3]}


def test_a_phrase_counts_once_a_text_and_a_text_once():
    text = of_side("train", "闪退闪退闪退{}", 1)[0]
    row = labelled(text, "crash_in_use")
    assert counts([row, row, labelled(text + " ", "crash_in_use")])["crash_in_use"] == {"闪退": [1, 1]}


def test_texts_that_measure_others_are_not_learnt_from():
    held_out = [labelled(text, "crash_in_use") for text in of_side("test", "第{}次闪退", 5)]
    assert counts(held_out) == {}


def test_guards_are_no_signs():
    rows = [labelled(text) for text in of_side("train", "看得我崩溃{}", 3)]
    assert counts(rows) == {}


def test_what_is_written_can_be_read_back(tmp_path, capsys):
    table, labels = tmp_path / "taxonomy.yaml", tmp_path / "labels.jsonl"
    table.write_text(TABLE, encoding="utf-8")
    texts = of_side("train", "第{}次闪退", 4)
    rows = [
        {"id": text, "text": text, "sentiment": "neg", "intents": ["bug"], "topics": [{"leaf": "crash_in_use", "polarity": "neg"}]}
        for text in texts
    ]  # fmt: skip
    labels.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    main(table, labels)
    written = capsys.readouterr().out
    assert written.startswith("# leaf:")
    assert yaml.safe_load(written) == {"crash_in_use": {"闪退": [4, 4]}}
