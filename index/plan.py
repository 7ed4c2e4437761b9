"""A query as every engine compiles it: which words, which keywords, which time. Knows no engine.

What a search term means is decided here, once:

- quoted, or at most four CJK characters and one Latin word: all its tokens, one after the other;
- longer: at least 70 % of its distinct tokens anywhere, the whole phrase counting more;
- one CJK character: that character anywhere;
- excluded: always the phrase.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from feedback.query import Query
from feedback.query_text import Term
from index.analysis import analyse, is_lone, without_gaps
from index.rows import is_writable, yes_no
from index.topics import Topics

Keyword = tuple[str, str]
"""Field and value."""

_SHORT_CJK = 4
_SHORT_LATIN = 1
_ENOUGH = 70
"""Percent of a long term's tokens that must be there."""


@dataclass(frozen=True, slots=True)
class Words:
    """One form of one search term."""

    phrase: tuple[str, ...] = ()
    """Tokens that must follow each other; only a bonus where ``some`` is given."""
    characters: tuple[str, ...] = ()
    """Single CJK characters that must be there, anywhere."""
    some: tuple[str, ...] = ()
    """Distinct tokens of a long term, of which ``need`` suffice."""
    need: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    groups: tuple[tuple[Words, ...], ...] = ()
    """Of every group one form must match. An empty group matches nothing."""
    without: tuple[Words, ...] = ()
    choices: tuple[frozenset[Keyword], ...] = ()
    """Of every choice one keyword must be there. An empty choice matches nothing."""
    banned: frozenset[Keyword] = frozenset()
    since: int | None = None
    """Unix seconds, half open."""
    until: int | None = None


def plan(query: Query, topics: Topics) -> Plan:
    """*query* must be resolved."""
    text = query.text
    since, until = query.span()
    return Plan(
        groups=tuple(tuple(forms(group)) for group in text.groups),
        without=tuple(forms(Term(term.text, exact=True) for term in text.without)),
        choices=tuple(frozenset(filter(_can_exist, choice)) for choice in _choices(query, topics)),
        banned=frozenset({("noise", "only")}) if query.noise == "exclude" else frozenset(),
        since=None if since is None else ceil(since.timestamp()),
        until=None if until is None else ceil(until.timestamp()),
    )


def forms(terms: Iterable[Term]) -> Iterator[Words]:
    """The forms of terms that are alternatives. A term of no script we index gives none."""
    for term in terms:
        said = [term.text]
        if term.exact:  # white space aside: "一直 转圈" also finds 一直转圈
            said = list(dict.fromkeys((term.text, without_gaps(term.text))))
        for form in said:
            if words := _words(form, exact=term.exact):
                yield words


def _words(text: str, *, exact: bool) -> Words | None:
    found = list(analyse(text))
    if not found:
        return None
    inner = [token.text for token in found]
    # A lone character at the border may be part of a bigram in the text: "5星" must find 给5星好评.
    border = []
    if is_lone(inner[0]):
        border.append(inner.pop(0))
    if inner and is_lone(inner[-1]):
        border.append(inner.pop())
    phrase = tuple(inner)
    latin = sum(token.text[0].isascii() for token in found)
    covered = {
        place for token in found if not token.text[0].isascii() for place in range(token.start, token.end)
    }
    if exact or (len(covered) <= _SHORT_CJK and latin <= _SHORT_LATIN):
        return Words(phrase, tuple(border))
    some = tuple(dict.fromkeys(token for token in inner if not is_lone(token)))
    if not some:  # 卡、慢、烂、差、贵
        return Words(characters=tuple(dict.fromkeys(token.text for token in found)))
    return Words(phrase, some=some, need=-(-len(some) * _ENOUGH // 100))


_PLAIN = ("product", "platform", "via", "sentiment", "intent", "severity", "device", "os", "region")


def _choices(query: Query, topics: Topics) -> Iterator[frozenset[Keyword]]:
    for name in _PLAIN:
        if values := getattr(query, name):
            yield frozenset((name, value) for value in values)
    if query.topic:
        yield frozenset(_topic_keywords(query, topics))
    if query.version:
        yield frozenset(map(_version_keyword, query.version))
    if query.rating_min or query.rating_max:
        stars = range(query.rating_min or 1, (query.rating_max or 5) + 1)
        yield frozenset(("rating", str(star)) for star in stars)
    if query.has_reply is not None:
        yield frozenset({("reply", yes_no(query.has_reply))})
    if query.truncated is not None:
        yield frozenset({("truncated", yes_no(query.truncated))})
    if query.noise == "only":
        yield frozenset({("noise", "only")})


def _topic_keywords(query: Query, topics: Topics) -> Iterator[Keyword]:
    for said in query.topic:
        label = said.rpartition("/")[2]
        suffix = "_polar" if "|" in label else ""
        for stored in topics.stored(label, query.product):
            yield f"topic{suffix}", stored
            yield f"top{suffix}", stored


def _can_exist(keyword: Keyword) -> bool:
    return is_writable(keyword[1])


def _version_keyword(version: str) -> Keyword:
    if not version.endswith("*"):
        return "version", version
    return "version_prefix", version.rstrip("*") + "*"
