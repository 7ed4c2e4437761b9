"""What every source must keep, as plain functions over one recorded case of it.

A case is a folder ``tests/captures/<source>/<name>/``: the answer as it came (``body.*``), ``meta.json`` (url,
status, fetched_at, target, why the case exists, the people in it) and ``expected.json``. People, numbers and texts
are invented. ``python tests/contracts/check_source.py FOLDER`` writes the expectation of a new case, to be read
before it is committed.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers.replay import Saved, replay, saved_answers
from crawlers.source import REFUSALS, Presence, Source, Target
from crawlers.sources import open_source
from feedback.errors import SourceBlocked, SourceChanged, SourceError
from feedback.model import Page
from feedback.text import clean

CAPTURES = Path(__file__).parent.parent / "captures"
SALT = b"a salt that protects nobody, 32 bytes"
WALL = "<!DOCTYPE html><html><body>请完成验证</body></html>".encode()


@dataclass(frozen=True)
class Case:
    source: Source
    saved: Saved
    meta: dict[str, Any]
    expected: dict[str, Any]
    name: str = ""

    def read(self, **changed: Any) -> Page | Presence:
        saved = Answer(**{"body": self.saved.body, "status": self.saved.status, **changed}, saved=self.saved)
        return replay(self.source, saved, salt=SALT)  # type: ignore[arg-type]

    def page(self) -> Page | None:
        """What is read of the answer, where it is a page that can be read."""
        read = None if "error" in self.expected else self.read()
        return read if isinstance(read, Page) else None


@dataclass(frozen=True)
class Answer:
    """A saved answer with another body or status: what the same source makes of it."""

    body: bytes
    status: int
    saved: Saved
    headers: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.saved, name)


def cases(source: Source, folder: Path = CAPTURES) -> Iterator[Case]:
    for place in sorted((folder / source.name).iterdir()):
        yield case_in(place, source)


def case_in(place: Path, source: Source) -> Case:
    meta = json.loads((place / "meta.json").read_text(encoding="utf-8"))
    written = place / "expected.json"
    expected = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
    (saved,) = saved_answers(place, source, Target(product="testing", key="", native_id=""))
    return Case(source, saved, meta, expected, place.name)


def written(read: Page | Presence) -> dict[str, Any]:
    """A reading as it stands in ``expected.json``: defaults left out."""
    if isinstance(read, Presence):
        return {"presence": {"exists": read.exists, "ratings": read.ratings}}
    shown = read.model_dump(mode="json", exclude_defaults=True, exclude={"url", "fetched_at"})
    for one in shown.get("observations", ()):
        del one["seen_at"]
    return {"page": shown}


def outcome(case: Case) -> dict[str, Any]:
    try:
        return written(case.read())
    except SourceError as error:
        return {"error": type(error).__name__, "says": error.message}


def record(place: Path) -> None:
    shown = outcome(case_in(place, open_source(place.parent.name)))
    text = json.dumps(shown, ensure_ascii=False, indent=1)
    (place / "expected.json").write_text(text + "\n", encoding="utf-8")


# -- the checks -----------------------------------------------------------------------------------------


def check_source_reads_what_is_expected(case: Case) -> None:
    assert case.expected, f"{case.name} has no expected.json"
    assert outcome(case) == case.expected


def check_source_is_pure(case: Case) -> None:
    page = case.page()
    if page:
        assert case.read() == page
        assert page.fetched_at == case.saved.fetched_at
        assert all(one.seen_at == case.saved.fetched_at for one in page.observations)


def check_source_accounts_for_every_row(case: Case) -> None:
    page = case.page()
    if page:
        assert page.listed == len(page.observations) + len(page.rejects)
        assert all(reject.reason and reject.position for reject in page.rejects)


def check_source_ids_are_its_platforms(case: Case) -> None:
    page = case.page()
    for one in page.observations if page else ():
        assert one.id.startswith(f"{case.source.platform}:")
        assert one.platform == case.source.platform
        assert one.via == case.source.name
        assert [match.target for match in one.matches] == [case.saved.target.key]


def check_source_times_are_aware(case: Case) -> None:
    """Pydantic refuses naive times; a source must not invent the zone or take the time of fetching for the item's."""
    page = case.page()
    for one in page.observations if page else ():
        assert one.own_at is None or one.own_at.tzinfo is not None
        assert one.own_at != case.saved.fetched_at


def check_source_hides_people(case: Case) -> None:
    """No nickname, profile number or handle stands in any field, nor in what an error says."""
    people = case.meta.get("people", ())
    assert people or "observations" not in case.expected.get("page", {}), (
        "a case with rows must name its people"
    )
    page = case.page()
    shown = page.model_dump_json() if page else json.dumps(case.expected, ensure_ascii=False)
    assert not [name for name in people if name in shown]


def check_source_texts_are_clean(case: Case) -> None:
    page = case.page()
    for one in page.observations if page else ():
        assert one.text == clean(one.text or "")


def check_source_salts_authors(case: Case) -> None:
    page = case.page()
    if page and any(one.author for one in page.observations):
        other = replay(case.source, case.saved, salt=b"another salt")
        assert isinstance(other, Page)
        authors = {one.author for one in (*page.observations, *other.observations) if one.author}
        assert len(authors) == 2 * len({one.author for one in page.observations if one.author})


def check_source_builds_its_own_addresses(case: Case) -> None:
    page = case.page()
    home = urlsplit(case.source.first(case.saved.target).url).netloc
    assert all(urlsplit(follow.url).netloc == home for follow in (page.follow if page else ()))


def check_source_knows_a_refusal(case: Case) -> None:
    """Whatever the body holds: a refusing status, and a page made for people, are refusals."""
    for status in sorted(REFUSALS):
        _raises(SourceBlocked, case, status=status)
    _raises(SourceBlocked, case, status=200, body=WALL)


def check_source_knows_a_changed_page(case: Case) -> None:
    """A page whose names are all others ones, or that is cut short, is never an empty page."""
    if "observations" not in case.expected.get("page", {}):
        return
    assert isinstance(page := case.read(), Page)
    assert page.observations
    _raises(SourceChanged, case, body=json.dumps(_renamed(json.loads(case.saved.body))).encode())
    _raises(SourceChanged, case, body=case.saved.body[: len(case.saved.body) // 2])
    _raises(SourceChanged, case, body=b"{}")
    _raises(SourceChanged, case, body=b"")


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key}2": _renamed(one) for key, one in value.items()}
    return [_renamed(one) for one in value] if isinstance(value, list) else value


def _raises(kind: type[SourceError], case: Case, **changed: Any) -> None:
    try:
        read = case.read(**changed)
    except kind:
        return
    except SourceError as error:
        raise AssertionError(f"{case.name}: {type(error).__name__} instead of {kind.__name__}") from error
    raise AssertionError(f"{case.name}: read as {read!r:.200} instead of {kind.__name__}")


CHECKS = tuple(check for name, check in sorted(globals().items()) if name.startswith("check_"))

if __name__ == "__main__":
    for folder in sys.argv[1:]:
        record(Path(folder).resolve())
