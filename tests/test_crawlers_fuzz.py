"""Answers and files nobody thought of: read, rejected row by row, or refused by name; never a crash, never a lie."""

import copy
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.check_source import CAPTURES
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.importing import plan
from crawlers.ledger import Limits, RunLedger
from crawlers.source import Context, Manners, Target
from crawlers.sources.appstore import AppStore
from feedback.errors import ImportRefused, SourceError
from feedback.model import Follow, Observation, Page

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
TARGET = Target(product="p", key="cn/1", native_id="1", region="cn")
GOOD = json.loads((CAPTURES / "appstore" / "a_page" / "body.json").read_text(encoding="utf-8"))
LOOKUP = json.loads((CAPTURES / "appstore" / "lookup_rated" / "body.json").read_text(encoding="utf-8"))

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


def places(value, way=()):
    """Every way into a JSON value."""
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*way, key))


@st.composite
def spoiled(draw, whole):
    """*whole* with some of its parts replaced by anything."""
    body = {"": copy.deepcopy(whole)}
    for _ in range(draw(st.integers(1, 4))):
        way = ("", *draw(st.sampled_from(list(places(body[""])))))
        holder = body
        for key in way[:-1]:
            holder = holder[key]
        holder[way[-1]] = draw(JSON)
    return json.dumps(body[""]).encode()


@given(body=spoiled(GOOD))
def test_spoiled_feed_is_read_in_part_or_refused(body):
    context = Context(target=TARGET, salt=b"s")
    try:
        page = AppStore().parse(
            body, url="x/page=1/", status=200, headers={}, fetched_at=NOW, context=context
        )
    except SourceError:
        return
    assert page.listed == len(page.observations) + len(page.rejects)
    assert {one.rating for one in page.observations} <= {1, 2, 3, 4, 5}
    assert all(one.id.startswith("appstore:cn:") and one.text is not None for one in page.observations)


@given(body=spoiled(LOOKUP))
def test_spoiled_lookup_never_proves_silence(body):
    try:
        presence = AppStore().presence(body, url="x", status=200, headers={})
    except SourceError:
        return
    counts = [one.get("userRatingCount") for one in json.loads(body)["results"][:1]]
    assert not presence.proves_silence or [json.dumps(one) for one in counts] == ["0"]


@settings(max_examples=60)
@given(
    content=st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: f"text,rating,date\n{text}".encode("utf-8", "replace"))
    | spoiled({"text": "卡", "rating": 3, "date": "2026-11-01"})
)
def test_any_file_is_planned_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews"
        path.write_bytes(content)
        try:
            found = plan(path, product="p", zone=ZoneInfo("Asia/Shanghai"))
        except ImportRefused:
            return
        assert found.rows == found.readable + found.rejects > 0
        assert found.readable >= found.rejects


AGES = st.one_of(st.none(), st.integers(0, 200))


@given(
    pages=st.lists(st.lists(AGES, max_size=4), min_size=1, max_size=12),
    since_h=st.none() | st.integers(0, 150),
)
def test_run_never_ends_before_all_that_is_new_was_seen(pages, since_h):
    """Pages newest first: whatever was said since the watermark is among the pages that were asked for."""
    rows = sorted((age for page in pages for age in page if age is not None), key=int)
    dated = iter(rows)
    listed = [[None if age is None else next(dated) for age in page] for page in pages]
    limits = Limits(
        max_pages=50,
        since=None if since_h is None else NOW - timedelta(hours=since_h),
        overlap=timedelta(hours=5),
    )
    book = RunLedger("appstore", TARGET, "r", NOW, limits, Manners(empty_pages=20))
    taken = 0
    for number, ages in enumerate(listed):
        book.ask()
        book.take(_page(number, ages, last=number == len(listed) - 1))
        taken += 1
        if book.is_over:
            break
    unseen = [age for page in listed[taken:] for age in page if age is not None]
    assert book.is_over
    if book.run.stop == "watermark":
        assert since_h is not None
        assert all(age > since_h for age in unseen)
    else:
        assert not unseen


def _page(number, ages, *, last):
    observations = tuple(
        Observation(
            id=f"appstore:cn:{number}_{place}",
            platform="appstore",
            via="appstore",
            edited_at=None if age is None else NOW - timedelta(hours=age),
            seen_at=NOW,
        )
        for place, age in enumerate(ages)
    )
    follow = () if last else (Follow(url=f"x/{number}", purpose="list", page=number),)
    return Page(url="x", fetched_at=NOW, observations=observations, follow=follow, listed=len(observations))
