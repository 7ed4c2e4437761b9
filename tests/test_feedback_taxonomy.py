"""The topics: reading, faults, earlier names, product leaves."""

from pathlib import Path

import pytest
import yaml

import config
from feedback.errors import ConfigError
from feedback.taxonomy import Taxonomy, owner

SOURCE = yaml.safe_load("""
top:
- id: stability
  name: 稳定性
  leaves:
  - {id: crash, name: 闪退, sev: P0, triggers: [闪退, 404], negatives: [看完崩溃了], was: [crash_in_use, crash_old]}
  - {id: freeze, name: 卡死}
- {id: features, name: 功能}
custom:
- {id: x_luling_nest, name: 巢}
- {id: x_luling_pro_nest, name: 专业巢, parent: stability}
""")


def parsed(**changed) -> Taxonomy:
    return Taxonomy.parse({**SOURCE, **changed})


def test_reading():
    taxonomy = parsed()
    assert [leaf.path for leaf in taxonomy.leaves] == [
        "stability/crash", "stability/freeze", "features/x_luling_nest", "stability/x_luling_pro_nest",
    ]  # fmt: skip
    assert taxonomy.by_id["crash"].triggers == ("闪退", "404")
    assert taxonomy.by_id["freeze"].sev == "P2"
    assert taxonomy.top_names == {"stability": "稳定性", "features": "功能"}


def test_the_shipped_taxonomy_has_no_fault():
    shipped = Path(config.__file__).parent / "defaults" / "taxonomy.yaml"
    taxonomy = Taxonomy.parse(yaml.safe_load(shipped.read_text(encoding="utf-8")))
    assert len(taxonomy.leaves) > 50


LEAF = {"id": "a", "name": "甲"}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ({}, "no leaves"),
        ({"top": [{"id": "t", "name": "顶"}]}, "no leaves"),
        ({"top": [{"id": "t", "name": "顶", "leaves": [LEAF, LEAF]}]}, "a: 重复"),
        ({"top": [{"id": "a", "name": "顶", "leaves": [LEAF]}]}, "a: 重复"),
        ({"top": [{"id": "t", "name": "顶", "leaves": [LEAF | {"id": "A-b"}]}]}, "'A-b': id"),
        ({"top": [{"id": "t/x", "name": "顶", "leaves": [LEAF]}]}, "'t/x': id"),
        ({"top": [{"id": "t", "name": "顶", "leaves": [LEAF | {"sev": "P9"}]}]}, "sev 'P9'"),
        ({"top": [{"id": "t", "name": "顶", "leaves": [LEAF | {"was": ["a"]}]}]}, "was 'a'"),
        ({"top": [{"id": "t", "name": "顶", "leaves": [LEAF]}], "custom": [{"id": "x_p_f", "name": "特"}]}, "parent 'features'"),
        ({"top": [{"id": "t", "name": "顶", "leaves": [LEAF | {"colour": 1}]}]}, "colour"),
        ({"top": [{"id": "t", "leaves": [LEAF]}]}, "name"),
        ({"top": [{"id": "t", "name": "顶", "leaves": ["a"]}]}, "cannot be read"),
        ({"top": ["t"]}, "cannot be read"),
        ({"top": 5}, "cannot be read"),
        ([], "cannot be read"),
        (None, "cannot be read"),
    ],
    ids=range(16),
)  # fmt: skip
def test_faults_are_named(source, fault):
    with pytest.raises(ConfigError, match=r"taxonomy\.yaml") as caught:
        Taxonomy.parse(source)
    assert fault in caught.value.message


def test_all_faults_are_told_at_once():
    leaves = [LEAF | {"sev": "P9"}, LEAF | {"id": "B"}]
    with pytest.raises(ConfigError) as caught:
        Taxonomy.parse({"top": [{"id": "t", "name": "顶", "leaves": leaves}]}, name="mine.yaml")
    assert "P9" in caught.value.message
    assert "'B'" in caught.value.message
    assert caught.value.message.startswith("mine.yaml")


def test_product_leaves_need_a_known_product():
    assert Taxonomy.parse(SOURCE, products=["luling"]).leaves
    with pytest.raises(ConfigError, match="x_luling_nest"):
        Taxonomy.parse(SOURCE, products=["other"])


@pytest.mark.parametrize(
    ("leaf", "product"),
    [
        ("x_luling_nest", "luling"),
        ("x_luling_pro_nest", "luling_pro"),
        ("x_luling_", "luling"),
        ("x_lulingnest", None),
        ("luling_nest", None),
        ("crash", None),
    ],
)
def test_the_longest_product_owns_a_leaf(leaf, product):
    assert owner(leaf, ["luling", "luling_pro", "lu"]) == product


def test_earlier_names_lead_to_the_present_leaf():
    taxonomy = parsed()
    assert taxonomy.current("crash_old") is taxonomy.by_id["crash"]
    assert taxonomy.current("crash") is taxonomy.by_id["crash"]
    assert taxonomy.current("never") is None
    assert taxonomy.current("") is None


@pytest.mark.parametrize(
    ("said", "topic", "name"),
    [
        ("crash", "crash", "闪退"),
        ("crash|neg", "crash|neg", "闪退"),
        ("stability/crash|pos", "crash|pos", "闪退"),
        ("old_place/crash_in_use", "crash", "闪退"),
        ("stability", "stability", "稳定性"),
    ],
)
def test_topic_filters(said, topic, name):
    assert parsed().check_topic(said) == topic
    assert parsed().name(said) == name


@pytest.mark.parametrize("said", ["crush", "", "stability/", "crash|", "crash|bad", "crash|neg|pos"])
def test_wrong_topic_filters_are_refused_with_a_hint(said):
    with pytest.raises(ConfigError) as caught:
        parsed().check_topic(said)
    assert caught.value.hint


def test_fingerprints_follow_what_may_change_a_label():
    base = parsed().fingerprint
    stability = SOURCE["top"][0]

    def with_crash(**fields):
        leaves = [{**stability["leaves"][0], **fields}, stability["leaves"][1]]
        return parsed(top=[{**stability, "leaves": leaves}, SOURCE["top"][1]])

    assert with_crash(name="新名字", sev="P3", alert=False).fingerprint == base
    assert with_crash(triggers=["闪退"]).fingerprint != base
    assert with_crash(negatives=[]).fingerprint != base
    assert parsed(custom=[]).fingerprint == base


def test_own_fingerprints_are_per_product():
    own = parsed().own_fingerprints(["luling", "luling_pro", "other"])
    assert set(own) == {"luling", "luling_pro"}
    fewer = parsed(custom=SOURCE["custom"][:1]).own_fingerprints(["luling", "luling_pro"])
    assert fewer == {"luling": own["luling"]}
