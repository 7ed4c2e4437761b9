"""Labelled texts, the split all models keep, and the figures computed from them."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.errors import UsageError
from nlp.evaluate import Tally, evaluate, from_file, main, table
from nlp.labels import Labelled, read, side


def line(number=1, text="一直闪退", **changed):
    row = {
        "id": f"t{number}", "text": text, "sentiment": "neg", "intents": ["bug"], "severity": "1",
        "topics": [{"leaf": "crash_in_use", "polarity": "neg", "evidence": "闪退"}], "set": "written",
    }  # fmt: skip
    return json.dumps(row | changed, ensure_ascii=False)


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_rows_are_read_plain_and_packed(tmp_path):
    plain = write(tmp_path / "labels.jsonl", line(1), "", line(2, severity=None, topics=[]))
    packed = tmp_path / "labels.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    rows = list(read(plain))
    assert rows == list(read(packed))
    assert [row.id for row in rows] == ["t1", "t2"]
    assert rows[0].topics == (("crash_in_use", "neg", "闪退"),)
    assert rows[1].severity is None


@pytest.mark.parametrize(
    "wrong", ["{", '{"id": 1}', "[]", '"text"'], ids=["broken", "lacking", "list", "string"]
)
def test_a_wrong_line_is_named(tmp_path, wrong):
    path = write(tmp_path / "labels.jsonl", line(1), wrong)
    with pytest.raises(UsageError, match=r"labels\.jsonl:2"):
        list(read(path))


@given(st.text(max_size=50), st.sampled_from([" ", "\n", "\u3000"]))
def test_white_space_never_moves_a_text_to_the_other_side(text, space):
    assert side(text) == side(space.join(text))


def test_a_fifth_is_never_trained_on():
    sides = [side(f"第{number}条") for number in range(2_000)]
    assert {"train", "choice", "test"} == set(sides)
    assert 0.17 < 1 - sides.count("train") / len(sides) < 0.23
    assert abs(sides.count("choice") - sides.count("test")) < 80


# -- figures -------------------------------------------------------------------------------------------------


def labelled(text="界面好看，但一直闪退", source="app", **changed):
    fields = {
        "id": "1", "text": text, "sentiment": "mix", "intents": ("bug", "praise"), "severity": "1",
        "topics": (("crash_in_use", "neg", "一直闪退"), ("redesign", "pos", "界面好看")), "source": source,
    }  # fmt: skip
    return Labelled(**fields | changed)


def said(**changed):
    topics = [
        {"leaf": "crash_in_use", "polarity": "neg", "evidence": "闪退"},
        {"leaf": "redesign", "polarity": "neg", "evidence": "但一"},
    ]
    row = {"sentiment": "mix", "intents": ["bug"], "severity": "1", "topics": topics}
    return row | changed


def figures(*pairs):
    reports = evaluate([meant for meant, _ in pairs], lambda rows: [predicted for _, predicted in pairs])
    return {name: report.figures() for name, report in reports.items()}


def test_figures_of_one_text():
    one = figures((labelled(), said()))["all"]
    assert one["texts"] == 1
    assert one["sentiment accuracy"] == one["severity accuracy"] == one["topics micro F1"] == 1
    assert one["intents micro F1"] == pytest.approx(2 / 3)
    assert one["intent bug F1"] == 1
    assert one["intent praise F1"] == 0
    assert one["topics with polarity micro F1"] == 0.5
    assert one["evidence that overlaps"] == 0.5
    assert one["evidence character F1"] == pytest.approx((4 / 6) / 2)


def test_each_set_has_figures_of_its_own():
    found = figures((labelled(), said()), (labelled(source="shop"), said(sentiment="pos")))
    assert set(found) == {"all", "app", "shop"}
    assert [found[name]["sentiment accuracy"] for name in ("all", "app", "shop")] == [0.5, 1, 0]


def test_no_severity_is_an_answer_too():
    found = figures(
        (labelled(severity=None), said(severity=None)), (labelled(severity="0"), said(severity=None))
    )
    assert found["all"]["severity accuracy"] == 0.5


def test_nothing_to_compare_is_zero_and_no_error():
    assert set(figures((labelled(topics=()), said(topics=[])))["all"].values()) >= {0.0}


def test_a_tally_counts_each_label():
    tally = Tally()
    tally.add({"a", "b"}, {"a", "c"})
    tally.add({"a"}, {"a"})
    assert (tally.f1("a"), tally.f1("b"), tally.f1("c")) == (1, 0, 0)
    assert tally.micro == pytest.approx(4 / 6)
    assert tally.macro(("a", "b", "c")) == 0.5, "b was never meant"


def test_predictions_of_a_file_are_matched_by_id(tmp_path):
    path = write(tmp_path / "out.jsonl", json.dumps({"id": "1"} | said()))
    assert evaluate([labelled()], from_file(path))["all"].texts == 1
    with pytest.raises(UsageError, match="no prediction for 1 ids"):
        evaluate([labelled(id="2")], from_file(path))


def test_the_table_has_a_line_for_each_figure():
    reports = evaluate([labelled()], lambda rows: [said()])
    lines = table(reports).splitlines()
    assert lines[0].split() == ["all", "app"]
    assert len(lines) == 1 + len(reports["all"].figures())


def test_evaluate_reads_labels_and_predictions(tmp_path, capsys):
    labels = write(tmp_path / "labels.jsonl", *(line(number, f"第{number}次闪退") for number in range(60)))
    rows = [json.dumps({"id": f"t{number}"} | said(topics=[])) for number in range(60)]
    predictions = write(tmp_path / "out.jsonl", *rows)
    main([str(labels), "--predictions", str(predictions), "--json", "--side", "all"])
    everything = json.loads(capsys.readouterr().out)
    assert everything["all"]["texts"] == 60
    main([str(labels), "--predictions", str(predictions)])
    printed = capsys.readouterr().out
    assert "topics micro F1" in printed
    assert int(printed.splitlines()[1].split()[1]) < 30, "only the test side"
