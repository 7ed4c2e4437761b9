"""From a plan to a tantivy query. Filters never change a score."""

from collections.abc import Iterable

from tantivy import FieldType, Occur, Query

from index.engines.tantivy_schema import MARK, schema
from index.plan import Keyword, Plan, Words

_PHRASE_BOOST = 2.0

Clause = tuple[Occur, Query]


def compiled(asked: Plan) -> Query:
    must = [_any([_words(words) for words in group]) for group in asked.groups]
    must += [_silent(_keywords(choice)) for choice in asked.choices]
    if asked.since is not None or asked.until is not None:
        must.append(_silent(between(asked.since, asked.until)))
    clauses: list[Clause] = [(Occur.MustNot, _words(words)) for words in asked.without]
    if asked.banned:
        clauses.append((Occur.MustNot, _keywords(asked.banned)))
    if not must:  # whatever is asked for positively, the mark does not have it
        must.append(Query.all_query())
        clauses.append((Occur.MustNot, _term("mark", MARK)))
    return Query.boolean_query([*((Occur.Must, query) for query in must), *clauses])


def narrowed(query: Query, since: int | None, until: int | None) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, _silent(between(since, until)))])


def below(query: Query, field: str, key: int) -> Query:
    """*query*, only what sorts after *key*."""
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, _range(field, None, key))])


def weighted(weights: dict[str, float], enough: int, within: Query) -> Query:
    """At least *enough* of the tokens, scored by the weights of those that are there."""
    shared = [
        (Occur.Should, Query.const_score_query(_term("text", token), weight))
        for token, weight in weights.items()
    ]
    likeness = Query.boolean_query(shared, minimum_number_should_match=enough)
    return Query.boolean_query([(Occur.Must, likeness), (Occur.Must, _silent(within))])


def without_seq(query: Query, seq: int) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, _term("seq", seq))])


def between(since: int | None, until: int | None) -> Query:
    return _range("at", since, until)


def _words(words: Words) -> Query:
    must = [_silent(_term("characters", character)) for character in words.characters]
    if words.some:
        some = [(Occur.Should, _term("text", token, "position")) for token in words.some]
        enough = Query.boolean_query(some, minimum_number_should_match=words.need)
        bonus = Query.boost_query(_phrase(words.phrase), _PHRASE_BOOST)
        must.append(Query.boolean_query([(Occur.Must, enough), (Occur.Should, bonus)]))
    elif words.phrase:
        must.append(_phrase(words.phrase))
    return _all(must)


def _phrase(tokens: tuple[str, ...]) -> Query:
    if len(tokens) == 1:
        return _term("text", tokens[0], "position")
    return Query.phrase_query(schema(), "text", list(tokens))


def _keywords(keywords: Iterable[Keyword]) -> Query:
    values: dict[str, list[str]] = {}
    for field, value in sorted(keywords):
        values.setdefault(field, []).append(value)
    return _any([_one_of(field, accepted) for field, accepted in values.items()])


def _one_of(field: str, values: list[str]) -> Query:
    return _term(field, values[0]) if len(values) == 1 else Query.term_set_query(schema(), field, values)


def _term(field: str, value: str | int, index_option: str = "basic") -> Query:
    return Query.term_query(schema(), field, value, index_option)


def _range(field: str, low: int | None, high: int | None) -> Query:
    return Query.range_query(schema(), field, FieldType.Integer, low, high, True, high is None)


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _any(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])
