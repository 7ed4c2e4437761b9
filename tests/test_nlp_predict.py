"""Labels for a file of texts: the text as it is, every line answered, bad lines named."""

import io
import json

import pytest

from config.project import load_taxonomy
from feedback.errors import UsageError
from feedback.model import INTENTS, SENTIMENTS, SEVERITIES
from nlp.pipeline import Pipeline
from nlp.predict import BATCH, Given, predict, predict_file, predict_lines, read

TAXONOMY = load_taxonomy()


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline.build(TAXONOMY)


def given(*texts):
    return [Given(f"r{number}", text) for number, text in enumerate(texts)]


def test_a_row_has_the_form_of_the_labels(pipeline):
    (row,) = predict(given("更新后一直登录不上，垃圾软件"), pipeline)
    assert set(row) == {"id", "text", "sentiment", "intents", "severity", "topics"}
    assert row["sentiment"] in SENTIMENTS
    assert row["intents"]
    assert set(row["intents"]) <= set(INTENTS)
    assert row["severity"] in SEVERITIES
    assert "login_fail" in [topic["leaf"] for topic in row["topics"]]
    for topic in row["topics"]:
        assert set(topic) == {"leaf", "polarity", "evidence"}
        assert topic["evidence"]
        assert topic["evidence"] in row["text"]


def test_texts_are_not_masked(pipeline):
    text = "登录不上，打我电话13800138000，还是登录不上"
    (row,) = predict(given(text), pipeline)
    assert row["text"] == text


def test_evidence_is_cut_from_traditional_and_full_width_text_as_it_is(pipeline):
    (row,) = predict(given("更新後一直登錄不上，ＡＰＰ垃圾"), pipeline)
    evidence = {topic["leaf"]: topic["evidence"] for topic in row["topics"]}
    assert "登錄不上" in evidence["login_fail"]


def test_noise_has_no_topic_and_no_severity(pipeline):
    (row,) = predict(given("代开发票，加微信abc13800138，量大优惠"), pipeline)
    assert (row["intents"], row["severity"], row["topics"]) == (["advert"], None, [])


def test_more_than_one_batch_keeps_order_and_ids(pipeline):
    count = BATCH + 3
    rows = list(predict((Given(number, f"第{number}次闪退") for number in range(count)), pipeline))
    assert [row["id"] for row in rows] == list(range(count))


@pytest.mark.parametrize(
    "text", ["", "\n", "😀", "\u202eمرحبا\u202c", "\ud800"], ids=["empty", "line", "emoji", "rtl", "lone"]
)
def test_odd_texts_are_answered(pipeline, text):
    (row,) = predict(given(text), pipeline)
    assert row["text"] == text
    assert row["sentiment"] in SENTIMENTS
    json.dumps(row)


# -- files -----------------------------------------------------------------------------------------------


def write(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_file_becomes_a_file(tmp_path, pipeline):
    source = write(
        tmp_path / "in.jsonl", '{"id": "a", "text": "闪退"}', "", '{"id": 7, "text": "很好用", "more": 1}'
    )
    target = tmp_path / "out.jsonl"
    assert predict_file(source, target, pipeline) == 2
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", 7]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_byte_order_mark_is_no_letter(tmp_path, pipeline):
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + '{"id": "a", "text": "闪退"}'.encode())
    assert predict_file(source, tmp_path / "out.jsonl", pipeline) == 1


def test_half_a_surrogate_pair_comes_back_as_it_came(tmp_path, pipeline):
    source = write(tmp_path / "in.jsonl", r'{"id": "a", "text": "闪退\ud83d"}')
    predict_file(source, tmp_path / "out.jsonl", pipeline)
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["text"] == "闪退\ud83d"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{broken", "not JSON"),
        ("[1, 2]", "should be an object"),
        ('{"text": "闪退"}', "id"),
        ('{"id": null, "text": "闪退"}', "id"),
        ('{"id": "b"}', "text"),
        ('{"id": "b", "text": 5}', "text"),
    ],
)
def test_a_bad_line_is_named_and_leaves_no_file(tmp_path, pipeline, line, says):
    source = write(tmp_path / "in.jsonl", '{"id": "a", "text": "闪退"}', line)
    with pytest.raises(UsageError, match=says) as raised:
        predict_file(source, tmp_path / "out.jsonl", pipeline)
    assert "in.jsonl:2" in raised.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_bad_line_spares_an_earlier_result(tmp_path, pipeline):
    source, target = write(tmp_path / "in.jsonl", "{"), write(tmp_path / "out.jsonl", "of yesterday")
    with pytest.raises(UsageError):
        predict_file(source, target, pipeline)
    assert target.read_text(encoding="utf-8") == "of yesterday"


def test_a_missing_file_and_a_wrong_encoding_are_said(tmp_path, pipeline):
    with pytest.raises(UsageError, match="no such file"):
        predict_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl", pipeline)
    (tmp_path / "in.jsonl").write_bytes('{"id": "a", "text": "闪退"}'.encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        predict_file(tmp_path / "in.jsonl", tmp_path / "out.jsonl", pipeline)


def test_lines_stream_through(pipeline):
    out = io.StringIO()
    assert predict_lines(iter(['{"id": "a", "text": "闪退"}\n']), out, pipeline) == 1
    assert json.loads(out.getvalue())["id"] == "a"


def test_reading_is_lazy():
    lines = iter(['{"id": "a", "text": "闪退"}', "{broken"])
    assert next(read(lines)) == Given("a", "闪退")
