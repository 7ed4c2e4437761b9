"""The contract of a search engine: what it holds after writes, removals, refusals and a reopening."""

from datetime import UTC, datetime

import pytest

from feedback.errors import EngineError
from index.engines.base import State
from tests.contracts.engine_world import NOON, STORE, MakeEngine, document, filled, found, query


def check_engine_is_nobodys_before_the_first_reset(make_engine: MakeEngine) -> None:
    engine = make_engine()
    assert engine.state() == State("", 0, 0)
    with pytest.raises(EngineError):
        engine.write([document(1)], position=1)
    assert engine.search(query()).total == 0


def check_engine_replaces_a_document_of_the_same_seq(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, "闪退", rating=1), document(2, "卡顿"))
    assert engine.write([document(1, "好了", rating=5, change=3)], position=3) == []
    engine.refresh()
    assert found(engine, "闪退") == set()
    assert found(engine, "好了", rating_min=5) == {1}
    assert engine.state() == State(STORE, 3, 2)


def check_engine_the_last_of_two_in_one_batch_holds(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, "旧的"), document(1, "新的"))
    assert found(engine) == found(engine, "新的") == {1}
    assert engine.state().documents == 1


def check_engine_drops_what_is_gone(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, "闪退"), document(2, "闪退"))
    engine.write([document(3, "闪退")], gone=[1, 77], position=4)
    engine.refresh()
    assert found(engine, "闪退") == {2, 3}
    assert engine.state() == State(STORE, 4, 2)


def check_engine_gone_wins_over_a_document_beside_it(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1), document(2))
    engine.write([document(1, "又来了", change=3)], gone=[1], position=3)
    engine.refresh()
    assert found(engine) == {2}


def check_engine_moves_its_position_without_documents(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1))
    engine.write([], position=9)
    engine.refresh()
    assert engine.state() == State(STORE, 9, 1)


def check_engine_reset_forgets_everything(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1))
    engine.reset("another")
    engine.refresh()
    assert engine.state() == State("another", 0, 0)
    assert engine.search(query()).total == 0
    engine.write([document(5)], position=5)
    engine.refresh()
    assert found(engine) == {5}


def check_engine_refuses_what_it_cannot_hold_and_takes_the_rest(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, "旧的"), document(2))
    beyond = document(1, at=datetime(9000, 1, 1, tzinfo=UTC), change=3)
    refused = engine.write([beyond, document(3), document(1 << 40, at=NOON, change=5)], position=5)
    engine.refresh()
    assert [each.id for each in refused] == [beyond.feedback.id, f"appstore:cn:{1 << 40}"]
    assert all(each.reason for each in refused)
    assert found(engine) == {2, 3}  # the older form of the refused one is gone as well
    assert engine.state() == State(STORE, 5, 2)


def check_engine_half_characters_are_refused_and_never_found(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, device="Mate 60"))
    (refused,) = engine.write(
        [document(2, device="Mate \ud83d", change=3), document(3, change=4)], position=4
    )
    engine.refresh()
    assert refused.id == "appstore:cn:2"
    assert found(engine) == {1, 3}
    assert found(engine, device="Mate \ud83d") == set()
    assert found(engine, device=["Mate \ud83d", "Mate 60"]) == {1}


def check_engine_reopened_is_as_it_was_or_says_it_is_empty(make_engine: MakeEngine) -> None:
    engine = filled(make_engine, document(1, "闪退"), document(2, "闪退"))
    engine.write([], gone=[2], position=7)
    engine.close()
    again = make_engine()
    assert again.state() in (State(STORE, 7, 1), State("", 0, 0))
    assert again.search(query("闪退")).total == again.state().documents
    again.close()
