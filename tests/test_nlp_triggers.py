"""Topics by their phrases: which are claimed, where, and which are not."""

import pytest
import yaml

from config.project import load_taxonomy
from feedback.taxonomy import Taxonomy
from nlp import lexicon
from nlp.matcher import matcher
from nlp.tagger import Item, Setup, Statement
from nlp.taggers.triggers import FLOOR, LEAN, SURE, Triggers, is_denied

TAXONOMY = load_taxonomy()


@pytest.fixture(scope="module")
def triggers():
    return Triggers(Setup(TAXONOMY))


def model(leaf: str, score: float, force="claim", polarity="neg") -> Statement:
    return Statement("topic", leaf, polarity, score, why=f"linear {score}", force=force)


def say(triggers, text, *known, products=()):
    (statements,) = triggers.tag([Item.of(text, products=products)], [list(known)])
    return statements


def shown(triggers, text, *known, products=()):
    """Leaf → the words that show it; vetoes as None."""
    said = say(triggers, text, *known, products=products)
    return {one.label: None if one.force == "veto" else text[one.start : one.end] for one in said}


def test_a_claimed_topic_gets_its_place(triggers):
    text = "昨天更新，登陆不上了"
    assert shown(triggers, text, model("login_fail", 0.9)) == {"login_fail": "登陆不上"}


def test_the_longest_phrase_takes_its_span(triggers):
    assert shown(triggers, "一打开就闪退", model("crash_launch", 0.9)) == {"crash_launch": "一打开就闪退"}


def test_without_the_model_leaning_to_it_nothing_is_added(triggers):
    assert shown(triggers, "这部剧的主角被骗了") == {}


def test_a_sure_phrase_adds_what_the_model_only_hints_at(triggers):
    assert lexicon.trust()["login_fail", "登录不了"] >= SURE
    assert shown(triggers, "登录不了", model("login_fail", FLOOR, "hint")) == {"login_fail": "登录不了"}
    assert shown(triggers, "登录不了", model("login_fail", FLOOR / 2, "hint")) == {}


def test_a_fair_phrase_adds_what_the_model_leans_to(triggers):
    assert 0.5 < lexicon.trust()["crash_launch", "打不开"] < SURE
    assert shown(triggers, "打不开", model("crash_launch", LEAN, "hint")) == {"crash_launch": "打不开"}
    assert shown(triggers, "打不开", model("crash_launch", LEAN / 2, "hint")) == {}


def test_a_weak_phrase_adds_nothing(triggers):
    assert lexicon.trust()["accessibility", "老人"] < 0.3
    assert shown(triggers, "送给老人的", model("accessibility", LEAN, "hint")) == {}
    assert shown(triggers, "送给老人的", model("accessibility", 0.9)) == {"accessibility": "老人"}


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        (leaf.id, negative)
        for leaf in TAXONOMY.leaves
        for negative in leaf.negatives
        if leaf.id
        in {
            "crash_in_use",
            "server_outage",
            "invoice_bill",
            "account_ban",
            "fair_play",
            "popup",
            "moderation",
        }
    ],
)
def test_a_hard_negative_vetoes_its_leaf(triggers, leaf, text):
    assert shown(triggers, text, model(leaf, 0.9)).get(leaf) is None
    assert leaf in shown(triggers, text, model(leaf, 0.9))


def test_a_guard_vetoes_only_where_no_other_phrase_speaks_for_the_leaf(triggers):
    assert shown(triggers, "心态崩了，服务器也炸服了", model("server_outage", 0.9)) == {
        "server_outage": "炸服"
    }
    assert shown(triggers, "心态崩了", model("server_outage", 0.9)) == {"server_outage": None}
    assert shown(triggers, "心态崩了") == {}


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("更新后不闪退了", "pos"),
        ("没有闪退", "pos"),
        ("再也不闪退", "pos"),
        ("闪退问题解决了", "pos"),
        ("修复了闪退", "pos"),
        ("老是闪退", None),
        ("希望不闪退", None),
        ("能不能不闪退", None),
        ("什么时候闪退问题解决了再来", None),
    ],
)
def test_a_denied_problem_is_praise(triggers, text, polarity):
    (said,) = say(triggers, text, model("crash_in_use", 0.9))
    assert said.polarity == polarity


def test_denial_looks_no_further_than_the_words_before():
    text = "没有网络的时候也能用，就是闪退"
    start = text.index("闪退")
    assert not is_denied(text, start, start + 2)


# -- leaves the model never learnt ---------------------------------------------------------------------------

CUSTOM = """
top:
- id: features
  name: 功能
  leaves:
  - {id: karaoke, name: 唱歌, triggers: [K歌, 合唱]}
custom:
- {id: x_demo_camera, parent: features, name: 拍摄, triggers: [美颜, 滤镜], negatives: [咖啡滤镜]}
"""


@pytest.fixture(scope="module")
def custom():
    return Triggers(Setup(Taxonomy.parse(yaml.safe_load(CUSTOM), products=("demo",)), products=("demo",)))


def test_a_new_leaf_lives_by_its_phrases(custom):
    assert shown(custom, "K歌没声音") == {"karaoke": "K歌"}


def test_a_products_own_leaf_is_seen_in_that_product_only(custom):
    assert shown(custom, "美颜太假", products=("demo",)) == {"x_demo_camera": "美颜"}
    assert shown(custom, "美颜太假", products=("other",)) == {}
    assert shown(custom, "美颜太假") == {}
    assert shown(custom, "咖啡滤镜不错", products=("demo",)) == {}


# -- the lexicon ------------------------------------------------------------------------------------------


def test_every_phrase_belongs_to_a_leaf():
    assert set(lexicon.variants()) <= set(TAXONOMY.by_id)
    assert set(lexicon.guards()) <= set(TAXONOMY.by_id)
    assert {leaf for leaf, _ in lexicon.trust()} <= set(TAXONOMY.by_id)


def test_every_guard_holds_a_phrase_of_its_leaf():
    idle = [
        (leaf, guard)
        for leaf, guards in lexicon.guards().items()
        for guard in guards
        if not any(
            phrase.lower() in guard for phrase in (*TAXONOMY.by_id[leaf].triggers, *lexicon.variants()[leaf])
        )
    ]
    assert idle == []


def test_trust_counts_are_counts():
    trust = lexicon.trust()
    assert len(trust) > 500
    assert all(0 < value < 1 for value in trust.values())


def test_the_matcher_knows_triggers_variants_guards_and_negatives():
    signs = [sign for found in matcher(TAXONOMY).find("闪退，老是闪退，心态崩了") for sign in found.meanings]
    assert [
        (sign.leaf, sign.phrase, sign.is_guard)
        for sign in signs
        if sign.leaf in ("crash_in_use", "server_outage")
    ] == [
        ("crash_in_use", "闪退", False),
        ("crash_in_use", "老是闪退", False),
        ("server_outage", "心态崩了", True),
    ]
