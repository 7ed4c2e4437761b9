"""Marks in a text, and the addresses of filters: pure functions under the pages."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.links import Links, chips
from api.pages.marks import excerpt, pieces
from feedback.model import Tag
from feedback.query import Query

SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=5)


def topic(start: int | None, end: int | None, polarity: str = "neg") -> Tag:
    return Tag.model_validate(
        {"facet": "topic", "label": "lag", "polarity": polarity, "start": start, "end": end}
    )


def query(params: str) -> Query:
    return Query.parse(parse_qsl(params))


def followed(href: str) -> Query:
    return Query.parse(parse_qsl(urlsplit(href).query))


@given(st.text(max_size=50), SPANS, SPANS)
def test_pieces_are_the_text_whatever_is_marked(text, hits, evidence):
    found = pieces(text, hits, [topic(*span) for span in evidence])
    assert "".join(piece.text for piece in found) == text


def test_hits_and_evidence_may_overlap():
    found = pieces("更新后一直闪退", [(5, 7)], [topic(3, 7)])
    assert [(piece.text, piece.is_hit, bool(piece.tags)) for piece in found] == [
        ("更新后", False, False),
        ("一直", False, True),
        ("闪退", True, True),
    ]
    assert found[1].polarity == "neg"


def test_tags_without_a_place_mark_nothing():
    assert not any(piece.is_marked for piece in pieces("闪退", [], [topic(None, None)]))


def test_a_short_text_is_shown_whole():
    found = pieces("闪退", [(0, 2)], [])
    assert excerpt(found) == (found, False)


def test_a_long_text_is_shown_around_its_first_mark():
    text = "无" * 1_000 + "闪退" + "无" * 1_000
    shown, is_cut = excerpt(pieces(text, [(1_000, 1_002)], []))
    said = "".join(piece.text for piece in shown)
    assert is_cut
    assert said.startswith("…无")
    assert any(piece.is_hit and piece.text == "闪退" for piece in shown)
    assert len(said) < 300


@given(st.text(min_size=1, max_size=900), st.integers(0, 900))
def test_an_excerpt_is_a_part_of_the_text(text, start):
    shown, is_cut = excerpt(pieces(text, [(start, start + 2)], []))
    said = "".join(piece.text for piece in shown)
    assert said.removeprefix("…") in text
    assert is_cut or said == text


@pytest.mark.parametrize("value", ["neg", "pos"])
def test_toggling_twice_gives_the_query_back(value):
    said = query("q=闪退&sentiment=neg&since=7d")
    once = followed(Links(said).toggle("sentiment", value))
    assert once != said
    assert set(followed(Links(once).toggle("sentiment", value)).sentiment) == set(said.sentiment)


def test_a_topic_is_released_with_its_polarities():
    links = Links(query("topic=lag|neg&topic=stability"))
    assert links.selected("topic", "lag")
    assert followed(links.toggle("topic", "lag")).topic == ("stability",)


def test_stars_are_one_rating_and_released_again():
    said = followed(Links(query("q=闪退")).stars(2))
    assert (said.rating_min, said.rating_max) == (2, 2)
    assert followed(Links(said).stars(2)) == query("q=闪退")


def test_every_filter_has_a_chip_that_removes_just_it():
    said = query(
        "q=闪退&product=a&product=b&topic=lag|neg&rating_min=2&has_reply=true&truncated=false&since=7d&noise=only"
    )
    found = chips(said)
    assert [chip.facet for chip in found] == [
        "q", "product", "product", "topic", "rating", "has_reply", "truncated", "time", "noise",
    ]  # fmt: skip
    for chip in found:
        rest = followed(chip.href)
        assert rest != said
        assert len(chips(rest)) == len(found) - 1


def test_without_filters_there_are_no_chips_and_a_plain_address():
    assert chips(query("")) == []
    assert Links(query("")).here() == "/"


def test_forms_carry_what_they_do_not_ask():
    assert Links(query("q=闪退&since=7d&topic=lag")).hidden("q", "since") == [("topic", "lag")]
