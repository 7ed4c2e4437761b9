"""Every registered source keeps the contract over its recorded cases; every source made wrong on purpose breaks it."""

import contextlib
import json

import pytest
from contracts.check_source import CHECKS, case_in, cases

from crawlers.sources import SOURCES, open_source
from crawlers.sources.appstore import AppStore
from feedback.errors import SourceError
from feedback.model import Page

CASES = [case for name in sorted(SOURCES) for case in cases(open_source(name))]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.name}-{case.name}")
def test_recorded_case_keeps(case, check):
    check(case)


def test_every_source_has_cases_enough():
    for name in SOURCES:
        mine = [case for case in CASES if case.source.name == name]
        kinds = {next(iter(case.expected)) for case in mine}
        assert len(mine) >= 12
        assert {"page", "error"} <= kinds
        assert all(case.meta["why"] for case in mine)


# -- the contract itself is strong enough --------------------------------------------------------------


class Silent(AppStore):
    """Reads nothing, and calls that an empty page."""

    def parse(self, body, **answer):
        page = super().parse(body, **answer)
        return page.model_copy(update={"observations": (), "rejects": (), "listed": 0})


class Forgiving(AppStore):
    """Whatever goes wrong is an empty page."""

    def parse(self, body, *, url, fetched_at, **answer):
        try:
            return super().parse(body, url=url, fetched_at=fetched_at, **answer)
        except SourceError:
            return Page(url=url, fetched_at=fetched_at)


class Deaf(AppStore):
    """Takes every status for a good one."""

    def parse(self, body, *, status, **answer):
        return super().parse(body, status=200, **answer)


class Changing(AppStore):
    """Mends one row and forgets to count it: an edit of one observation."""

    def parse(self, body, **answer):
        page = super().parse(body, **answer)
        return page.model_copy(update={"observations": tuple(map(self.edit, page.observations))})

    def edit(self, one):
        return one


class Handles(Changing):
    """Keeps the profile address of the author."""

    def parse(self, body, **answer):
        page = super().parse(body, **answer)
        with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
            people = [row["author"]["name"]["label"] for row in json.loads(body)["feed"]["entry"]]
            page = page.model_copy(
                update={
                    "observations": tuple(
                        one.model_copy(update={"thread": name})
                        for one, name in zip(page.observations, people, strict=False)
                    )
                }
            )
        return page


class Unsalted(AppStore):
    def parse(self, body, *, context, **answer):
        from dataclasses import replace

        return super().parse(body, context=replace(context, salt=b""), **answer)


class Dirty(Changing):
    def edit(self, one):
        return one.model_copy(update={"text": f"<p>{one.text}</p>"})


class Foreign(Changing):
    def edit(self, one):
        return one.model_copy(update={"id": one.id.replace("appstore:", "itunes:")})


class Clockwork(Changing):
    """Takes the time of fetching for the time of the review."""

    def edit(self, one):
        return one.model_copy(update={"edited_at": one.edited_at or one.seen_at})


class Swallowing(AppStore):
    """Drops rows it cannot read without a word."""

    def parse(self, body, **answer):
        return super().parse(body, **answer).model_copy(update={"rejects": ()})


class Following(AppStore):
    """Believes the feed's own links."""

    def parse(self, body, **answer):
        page = super().parse(body, **answer)
        to = tuple(one.model_copy(update={"url": f"https://inner.example/{one.page}"}) for one in page.follow)
        return page.model_copy(update={"follow": to})


class Restless(AppStore):
    """Says something else every time."""

    calls: list[int] = []  # noqa: RUF012 - shared on purpose

    def parse(self, body, **answer):
        self.calls.append(1)
        page = super().parse(body, **answer)
        return page.model_copy(update={"listed": page.listed + len(self.calls)})


WRONG = (
    Silent, Forgiving, Deaf, Handles, Unsalted, Dirty, Foreign, Clockwork, Swallowing, Following, Restless,
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_wrong_source_breaks_the_contract(wrong):
    broken = set()
    for case in CASES:
        bad = case_in(case.saved.path.parent, wrong())
        for check in CHECKS:
            try:
                check(bad)
            except AssertionError:
                broken.add(check.__name__)
    assert broken - {"check_source_reads_what_is_expected"}, "only the recorded expectation notices"
