"""What the store shows at an instant, as a pure function."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.reviews import Edit, Review, parse_review
from demo.world import PAGES, World, demo_world

NOTES, RIDE = "9900000101", "9900000202"
START = datetime(2026, 11, 2, 8, tzinfo=UTC)  # a Monday
WEDNESDAY = datetime(2026, 11, 4, 12, tzinfo=UTC)


def test_nothing_is_on_show_before_it_is_written() -> None:
    world = World(reviews=(a_review(1, START),))
    assert shown(world, START - timedelta(seconds=1)) == []
    assert shown(world, START) == ["1"]


def test_the_newest_comes_first_and_later_numbers_before_earlier_ones() -> None:
    world = World(reviews=(a_review(1, START), a_review(3, START), a_review(2, hours(1))))
    assert shown(world, hours(2)) == ["2", "3", "1"]


def test_an_edit_shows_from_its_time_on_and_moves_the_review_up() -> None:
    edit = Edit(at=hours(5), rating=4, text="好了")
    world = World(reviews=(a_review(1, START, edits=(edit,)), a_review(2, hours(1))))
    assert shown(world, hours(4)) == ["2", "1"]
    assert shown(world, hours(5)) == ["1", "2"]
    top = world.shown(hours(5), appstore_id=NOTES, storefront="cn")[0]
    assert (top.at, top.rating, top.text) == (hours(5), 4, "好了")
    assert top.title == "题 1", "what an edit does not name stays"


def test_of_two_edits_the_later_one_wins() -> None:
    edits = (Edit(at=hours(1), rating=2, text="二"), Edit(at=hours(2), rating=5))
    world = World(reviews=(a_review(1, START, edits=edits),))
    top = world.shown(hours(3), appstore_id=NOTES, storefront="cn")[0]
    assert (top.rating, top.text) == (5, "二")


def test_a_deleted_review_vanishes() -> None:
    world = World(reviews=(a_review(1, START, deleted_at=hours(3)), a_review(2, START)))
    assert shown(world, hours(2)) == ["2", "1"]
    assert shown(world, hours(3)) == ["2"]


def test_votes_come_in_over_the_first_days() -> None:
    world = World(reviews=(a_review(1, START, votes=(10, 20)),))

    def votes(days: float) -> tuple[int, int]:
        return world.shown(START + timedelta(days=days), appstore_id=NOTES, storefront="cn")[0].votes

    assert [votes(0), votes(2.5), votes(5), votes(9)] == [(0, 0), (5, 10), (10, 20), (10, 20)]


def test_storefronts_and_apps_are_apart() -> None:
    world = World(
        reviews=(a_review(1, START), a_review(2, START, storefront="hk"), a_review(3, START, app="luling"))
    )
    assert shown(world, hours(1)) == ["1"]
    assert shown(world, hours(1), storefront="hk") == ["2"]
    assert shown(world, hours(1), appstore_id=RIDE) == ["3"]
    assert shown(world, hours(1), appstore_id="1") == []


def test_pages_cut_the_rows_and_the_window_ends_after_ten() -> None:
    world = World(reviews=tuple(a_review(n, START) for n in range(100, 125)), page_size=2)

    def page(number: int) -> list[str]:
        return [r.id for r in world.feed(hours(1), appstore_id=NOTES, storefront="cn", page=number).reviews]

    assert page(1) == ["124", "123"]
    assert page(PAGES) == ["106", "105"]
    assert page(PAGES + 1) == []
    assert world.feed(hours(1), appstore_id=NOTES, storefront="cn", page=1).pages == PAGES


@pytest.mark.parametrize(
    ("now", "page", "age"),
    [
        pytest.param(WEDNESDAY, 1, 26, id="first page on a Wednesday"),
        pytest.param(WEDNESDAY, 2, 0, id="second page on a Wednesday"),
        pytest.param(WEDNESDAY + timedelta(days=1), 1, 0, id="first page on a Thursday"),
    ],
)
def test_only_the_first_page_of_wednesdays_is_an_old_copy(now: datetime, page: int, age: int) -> None:
    reviews = tuple(a_review(n, now - timedelta(hours=n)) for n in range(60))
    feed = World(reviews=reviews, page_size=30).feed(now, appstore_id=NOTES, storefront="cn", page=page)
    assert feed.built_at == now - timedelta(hours=age)
    assert feed.reviews[0].id == str(30 * (page - 1) + age)


def test_a_world_may_be_never_stale() -> None:
    world = World(reviews=(a_review(1, WEDNESDAY),), stale_hours=0)
    assert shown(world, WEDNESDAY) == ["1"]
    assert world.feed(WEDNESDAY, appstore_id=NOTES, storefront="cn", page=1).built_at == WEDNESDAY


def test_the_version_on_sale_follows_the_releases() -> None:
    world = demo_world()

    def version(at: str) -> str:
        standing = world.standing(datetime.fromisoformat(at), app=NOTES, storefront="cn")
        assert standing
        return standing.release.version

    assert version("2026-10-30T01:19:59+00:00") == "8.1.2"
    assert version("2026-10-30T01:20:00+00:00") == "8.2.0"
    assert version("2026-11-28T00:00:00+00:00") == "8.3.0"


def test_ratings_grow_and_the_bad_release_lowers_the_mean() -> None:
    world = demo_world()
    before = world.standing(datetime(2026, 10, 30, tzinfo=UTC), app=NOTES, storefront="cn")
    after = world.standing(datetime(2026, 11, 6, tzinfo=UTC), app=NOTES, storefront="cn")
    assert before
    assert after
    assert after.ratings > before.ratings > 40_000
    assert after.mean < before.mean
    assert 1 <= after.release_mean < 2
    assert 0 < after.release_ratings < after.ratings


def test_an_app_is_found_by_bundle_and_only_where_it_is_sold() -> None:
    world = demo_world()
    assert world.standing(START, app="example.luling.ride", storefront="hk")
    assert world.standing(START, app=RIDE, storefront="tw") is None
    assert world.standing(START, app="1", storefront="cn") is None
    assert world.standing(datetime(2019, 1, 1, tzinfo=UTC), app=RIDE, storefront="cn") is None


def test_a_line_of_the_text_files_reads_back() -> None:
    line = (
        '{"id": "1", "app": "taijian", "storefront": "cn", "at": "2026-11-02T08:00:00+00:00", "rating": 1,'
        ' "title": "t", "text": "x", "author": "a", "author_id": "9", "version": "8.2.0", "votes": [1, 2],'
        ' "deleted_at": "2026-11-03T08:00:00+00:00",'
        ' "edits": [{"at": "2026-11-02T09:00:00+00:00", "rating": 2}]}'
    )
    review = parse_review(line)
    assert (review.at, review.votes) == (START, (1, 2))
    assert review.edits == (Edit(at=hours(1), rating=2),)
    assert review.deleted_at == hours(24)


def shown(world: World, now: datetime, *, appstore_id: str = NOTES, storefront: str = "cn") -> list[str]:
    return [review.id for review in world.shown(now, appstore_id=appstore_id, storefront=storefront)]


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def a_review(
    number: int,
    at: datetime,
    *,
    app: str = "taijian",
    storefront: str = "cn",
    votes: tuple[int, int] = (0, 0),
    edits: tuple[Edit, ...] = (),
    deleted_at: datetime | None = None,
) -> Review:
    return Review(
        id=str(number),
        app=app,
        storefront=storefront,
        at=at,
        rating=1,
        title=f"题 {number}",
        text=f"文 {number}",
        author=f"人 {number}",
        author_id=str(900 + number),
        version="8.2.0",
        votes=votes,
        edits=edits,
        deleted_at=deleted_at,
    )
