"""What every tagger must keep, as plain functions over one tagger and what was said before it.

``test_nlp_contract.py`` runs them over the registry, and over taggers made wrong on purpose: each of those
must fail at least one.
"""

import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unittest import mock

from feedback.model import INTENTS, POLARITIES, SENTIMENTS, SEVERITIES
from feedback.taxonomy import Taxonomy
from nlp.tagger import Item, Statement, Tagger

Said = list[list[Statement]]

TEXTS = (
    "更新8.0.2后一打开就闪退，iPhone 15 Pro Max，iOS 26.1，错误码 -1001，垃圾",
    "界面好看，但是广告太多了，扣了我30元会员费还要看广告",
    "希望能增加深色模式，谢谢",
    "很好用，物流很快，客服态度也好",
    "客服一直联系不上，退款也不给退，再也不用了，卸载",
    "閃退閃退！！更新後登陸不上",
    "app keeps crashing after the update, please fix",
    "从苹果商店下载的软件，🌿一个奖励1～4块，详情加微信abc123456",
    "今天天气真好，路过",
    "没有广告，加载也快，再也不闪退了，五星好评",
    "鸿蒙版什么时候出，华为Mate 60一直连不上蓝牙",
    "12345 12345",
)
"""Between them they give every shipped tagger something to say."""

ODD = (
    "",
    " ",
    "\n",
    "😀😀👍🏻👨‍👩‍👧",
    "……！！？？",
    "\u202eمرحبا التطبيق لا يعمل\u202c",
    "a" * 3_000,
    "闪退" * 50_000,
    ("广告太多，" * 20_000)[:100_000],
    "1.2.3.4.5.6.7.8.9." * 200,
    "\ud800",
    "\x00\x07",
)


@dataclass(frozen=True)
class Case:
    tagger: Tagger
    taxonomy: Taxonomy
    before: Callable[[Sequence[Item]], Said]
    """What the taggers before this one say."""

    def tag(self, texts: Sequence[str]) -> tuple[list[Item], Said]:
        items = [Item.of(text) for text in texts]
        return items, self.tagger.tag(items, self.before(items))


def check_tagger_says_something(case: Case) -> None:
    """A tagger that never speaks would pass all the rest."""
    _, statements = case.tag(TEXTS)
    assert any(statements), "none of the texts made it say anything"


def check_tagger_one_list_for_each_item(case: Case) -> None:
    for texts in (TEXTS, TEXTS[:1], ()):
        _, statements = case.tag(texts)
        assert len(statements) == len(texts)


def check_tagger_batch_equals_singles(case: Case) -> None:
    _, together = case.tag(TEXTS)
    alone = [case.tag([text])[1][0] for text in TEXTS]
    assert any(together)
    assert together == alone


def check_tagger_order_of_the_batch_is_nothing(case: Case) -> None:
    order = list(range(len(TEXTS)))
    random.Random(7).shuffle(order)
    _, straight = case.tag(TEXTS)
    _, shuffled = case.tag([TEXTS[index] for index in order])
    assert any(straight)
    assert [straight[index] for index in order] == shuffled


def check_tagger_says_the_same_again(case: Case) -> None:
    _, first = case.tag(TEXTS)
    _, second = case.tag(TEXTS)
    assert any(first)
    assert first == second


def check_tagger_leaves_what_was_said_alone(case: Case) -> None:
    items = [Item.of(text) for text in TEXTS]
    said = case.before(items)
    copy = [list(each) for each in said]
    statements = case.tagger.tag(items, said)
    assert any(statements)
    assert said == copy, "it changed the statements of others"
    assert all(new is not old for new, old in zip(statements, said, strict=True))


def check_tagger_spans_lie_in_the_text(case: Case) -> None:
    spans = 0
    for texts in (TEXTS, ODD):
        items, statements = case.tag(texts)
        for item, said in zip(items, statements, strict=True):
            for one in said:
                assert (one.start is None) == (one.end is None), one
                if one.start is not None and one.end is not None:
                    spans += 1
                    assert 0 <= one.start < one.end <= len(item.text), one
                    assert item.text[one.start : one.end].strip(), f"empty evidence: {one}"
    assert spans or not any("topic." in kind or "entity." in kind for kind in case.tagger.gives)


def check_tagger_labels_are_known(case: Case) -> None:
    """Topics stand in the taxonomy, closed facets keep their words, scores are probabilities."""
    closed = {"sentiment": SENTIMENTS, "intent": INTENTS, "severity": SEVERITIES}
    _, statements = case.tag((*TEXTS, *ODD))
    said = [one for each in statements for one in each]
    assert said
    for one in said:
        assert one.label, one
        assert 0 <= one.score <= 1, one
        assert one.force in ("claim", "hint", "veto"), one
        assert one.polarity is None or one.polarity in POLARITIES, one
        if one.facet == "topic":
            assert one.label in case.taxonomy.by_id, one
        elif one.facet in closed:
            assert one.label in closed[one.facet], one


def check_tagger_keeps_to_what_it_gives(case: Case) -> None:
    _, statements = case.tag(TEXTS)
    facets = {one.facet for each in statements for one in each}
    given = set(case.tagger.gives) | {kind.partition(".")[0] for kind in case.tagger.gives}
    assert facets
    assert facets <= given, f"says {sorted(facets - given)}, which it does not declare"


def check_tagger_every_statement_says_why(case: Case) -> None:
    _, statements = case.tag(TEXTS)
    said = [one for each in statements for one in each]
    assert said
    assert all(one.why for one in said), [one for one in said if not one.why]


def check_tagger_survives_odd_texts(case: Case) -> None:
    _, together = case.tag(ODD)
    assert len(together) == len(ODD)
    for text in ODD:
        _, alone = case.tag([text])
        assert len(alone) == 1


def check_tagger_stays_off_the_network(case: Case) -> None:
    refused = AssertionError("a tagger opened a connection")
    with (
        mock.patch.object(socket.socket, "connect", side_effect=refused),
        mock.patch.object(socket, "getaddrinfo", side_effect=refused),
    ):
        _, statements = case.tag(TEXTS)
    assert any(statements)


def check_tagger_names_itself(case: Case) -> None:
    tagger = case.tagger
    assert tagger.name
    assert tagger.version
    assert tagger.gives
    assert isinstance(tagger.fingerprint(), str)
    assert tagger.fingerprint() == tagger.fingerprint()


CHECKS = tuple(check for name, check in sorted(globals().items()) if name.startswith("check_tagger_"))
