"""The order of taggers, and the fingerprints that name a pipeline."""

from dataclasses import dataclass, field

import pytest
import yaml

from config.project import load_taxonomy
from feedback.errors import ConfigError
from feedback.taxonomy import Taxonomy
from nlp.pipeline import DEFAULT, Pipeline, ordered
from nlp.tagger import Item, Setup, Statement
from nlp.taggers import REGISTRY, make

TAXONOMY = load_taxonomy()


@dataclass
class Speaks:
    """A tagger that says one thing, if it has seen all that it needs."""

    name: str
    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    version: str = "1"
    lexicon: str = ""
    heard: list[str] = field(default_factory=list)

    def fingerprint(self) -> str:
        return self.lexicon

    def tag(self, batch, said):
        self.heard += [one.facet for known in said for one in known]
        return [[Statement(facet, "zh", why=self.name) for facet in sorted(self.gives)] for _ in batch]


def speaks(name, needs="", gives=""):
    return Speaks(name, frozenset(needs.split()), frozenset(gives.split()))


def test_each_tagger_runs_after_those_that_give_what_it_needs():
    third = speaks("third", needs="b", gives="c")
    second = speaks("second", needs="a", gives="b")
    first = speaks("first", gives="a")
    pipeline = Pipeline([third, second, first], TAXONOMY)
    assert [tagger.name for tagger in pipeline.taggers] == ["first", "second", "third"]
    pipeline.tag([Item.of("闪退")])
    assert (first.heard, second.heard, third.heard) == ([], ["a"], ["a", "b"])


def test_taggers_that_need_nothing_keep_the_order_given():
    taggers = [speaks("b", gives="x"), speaks("a", gives="y"), speaks("c", gives="z")]
    assert [tagger.name for tagger in ordered(taggers)] == ["b", "a", "c"]


def test_one_that_needs_and_gives_the_same_waits_for_the_others_only():
    taggers = [speaks("corrects", needs="topic", gives="topic"), speaks("claims", gives="topic")]
    assert [tagger.name for tagger in ordered(taggers)] == ["claims", "corrects"]


def test_a_circle_is_an_error_that_names_its_members():
    with pytest.raises(ConfigError, match="hen, egg") as raised:
        ordered([speaks("hen", needs="egg", gives="bird"), speaks("egg", needs="bird", gives="egg")])
    assert "needs" in raised.value.hint


def test_a_missing_need_is_an_error_that_names_the_options():
    with pytest.raises(ConfigError, match="triggers 需要 topic") as raised:
        ordered([speaks("triggers", needs="topic"), speaks("other", gives="lang")])
    assert "lang" in raised.value.hint
    assert "linear" in raised.value.hint


def test_an_unknown_tagger_is_an_error_that_names_the_near_ones():
    with pytest.raises(ConfigError, match="trigers") as raised:
        make("trigers", Setup(TAXONOMY))
    assert "triggers" in raised.value.hint


def test_the_default_pipeline_holds_every_registered_tagger():
    pipeline = Pipeline.build(TAXONOMY)
    assert {tagger.name for tagger in pipeline.taggers} == set(REGISTRY) == set(DEFAULT)


def test_statements_show_what_resolving_hides():
    said = Pipeline.build(TAXONOMY).statements([Item.of("一打开就闪退，垃圾软件")])[0]
    assert {"sentiment", "topic", "lang"} <= {one.facet for one in said}


# -- fingerprints ----------------------------------------------------------------------------------------

SMALL = """
top:
- id: stability
  name: 稳定性
  leaves:
  - {id: crash_launch, name: 打不开, triggers: [打不开]}
"""
OWN = SMALL + "custom:\n- {id: x_demo_camera, parent: stability, name: 拍摄, triggers: [拍照]}\n"


def taxonomy(text):
    return Taxonomy.parse(yaml.safe_load(text), products=("demo",))


def base(tagger, table=SMALL):
    return Pipeline([tagger], taxonomy(table), products=("demo",)).fingerprints()


def test_the_same_parts_have_the_same_fingerprint():
    assert base(speaks("a", gives="x")) == base(speaks("a", gives="x"))


@pytest.mark.parametrize(
    "other",
    [
        Speaks("b", gives=frozenset("x")),
        Speaks("a", gives=frozenset("x"), version="2"),
        Speaks("a", gives=frozenset("x"), lexicon="new"),
    ],
    ids=["another tagger", "another version", "another lexicon"],
)
def test_a_changed_part_has_another_fingerprint(other):
    assert base(other)[""] != base(Speaks("a", gives=frozenset("x")))[""]


def test_a_changed_topic_table_has_another_fingerprint():
    one = speaks("a", gives="x")
    assert base(one)[""] != base(one, SMALL.replace("[打不开]", "[打不开, 进不去]"))[""]
    assert base(one)[""] == base(one, SMALL.replace("name: 打不开", "name: 启动"))[""]


def test_a_products_own_leaves_have_a_fingerprint_of_their_own():
    plain, own = base(speaks("a", gives="x")), base(speaks("a", gives="x"), OWN)
    assert set(own) == {"", "demo"}
    assert own[""] == plain[""], "other products need no new tags"
