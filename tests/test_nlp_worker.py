"""The worker on real records: what is tagged, what is refused, what is given up."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from config.project import load_taxonomy
from feedback.errors import StoreBusy
from feedback.model import Match, Observation, Page, Tag
from index.records import Records
from index.records.types import Done, Lane, Written
from nlp import worker
from nlp.pipeline import Pipeline
from nlp.tagger import Statement
from nlp.worker import LEASE, WrongPipeline, run, step

TAXONOMY = load_taxonomy()
NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
POISON = "这一条会让标注器出错"


class Words:
    """A real, small tagger: a crash where 闪退 stands; breaks on POISON."""

    name = "words"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives = frozenset({"topic"})

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.texts: list[str] = []

    def fingerprint(self) -> str:
        return ""

    def tag(self, batch, said):
        self.batches.append(len(batch))
        self.texts += [item.text for item in batch]
        if any(POISON in item.text for item in batch):
            raise ValueError("cannot read this one")
        return [self._say(item.folded.find("闪退")) for item in batch]

    def _say(self, start):
        return (
            [Statement("topic", "crash_in_use", "neg", 0.9, start, start + 2, "word")] if start >= 0 else []
        )


class Other(Words):
    version = "2"


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=b"s" * 32) as opened:
        yield opened


@pytest.fixture
def words():
    return Words()


@pytest.fixture
def pipeline(words):
    return Pipeline([words], TAXONOMY)


def seen(number: int, text: str, *, at: datetime = NOW, author: str = "") -> Observation:
    return Observation(
        id=f"appstore:cn:{number}",
        platform="appstore",
        via="test",
        author=author or f"author{number}",
        rating=1,
        text=text,
        published_at=at,
        seen_at=at,
        matches=(Match(product="demo", target="cn/1", via="test"),),
    )


def put(records: Records, *texts: str, first: int = 1) -> None:
    observations = tuple(seen(number, text) for number, text in enumerate(texts, first))
    records.put(Page(url="https://example.org/1", fetched_at=NOW, observations=observations))


def tags_of(records: Records, number: int) -> tuple[Tag, ...]:
    document = records.get(f"appstore:cn:{number}")
    assert document is not None
    return document.tags


def test_what_is_due_is_tagged_once(records, pipeline, words):
    put(records, "一直闪退", "还不错")
    assert step(records, pipeline).tagged == 2
    assert step(records, pipeline) == Written()
    crash = tags_of(records, 1)[-1]
    assert (crash.label, crash.start, crash.end) == ("crash_in_use", 2, 4)
    assert [tag.facet for tag in tags_of(records, 2)] == ["sentiment"]
    assert words.batches == [2]


def test_an_empty_store_has_nothing_to_do(records, pipeline):
    assert step(records, pipeline) == Written()


def test_taggers_see_masked_text_only(records, pipeline, words):
    put(records, "闪退，联系我13800138000")
    step(records, pipeline)
    assert words.texts == ["闪退，联系我***********"]


def test_a_limit_is_kept(records, pipeline, words):
    put(records, *(f"第{number}条闪退" for number in range(5)))
    assert [step(records, pipeline, limit=2).tagged for _ in range(4)] == [2, 2, 1, 0]
    assert words.batches == [2, 2, 1]


# -- one bad record ----------------------------------------------------------------------------------------


def test_a_bad_record_fails_alone(records, pipeline, words):
    put(records, "闪退一", "闪退二", POISON, "闪退三", "闪退四")
    written = step(records, pipeline)
    assert (written.tagged, written.failed, written.parked) == (4, 1, 0)
    assert all(tags_of(records, number) for number in (1, 2, 4, 5))
    assert len(words.batches) < 9, "halving, not one by one"


def test_after_three_tries_it_is_parked_and_said_so(records, pipeline):
    put(records, POISON, "闪退")
    written = [step(records, pipeline) for _ in range(4)]
    assert [one.failed for one in written] == [1, 1, 1, 0]
    assert [one.parked for one in written] == [0, 0, 1, 0]
    document = records.get("appstore:cn:1")
    assert document is not None
    assert document.parked == "ValueError: cannot read this one"
    assert records.depth().parked == 1


def test_a_parked_record_comes_back_when_its_text_changes(records, pipeline):
    put(records, POISON)
    for _ in range(3):
        step(records, pipeline)
    changed = seen(1, "现在是闪退", at=NOW + timedelta(hours=1))
    records.put(Page(url="https://example.org/2", fetched_at=changed.seen_at, observations=(changed,)))
    assert step(records, pipeline).tagged == 1
    assert tags_of(records, 1)[-1].label == "crash_in_use"


# -- what changed meanwhile -----------------------------------------------------------------------------------


def test_a_result_for_an_older_text_is_dropped(records, pipeline):
    put(records, "一直闪退")
    step(records, pipeline)
    put(records, "第二条闪退", first=2)
    work = records.due(10)
    changed = seen(2, "改了，现在很好", at=NOW + timedelta(hours=1))
    records.put(Page(url="https://example.org/2", fetched_at=changed.seen_at, observations=(changed,)))
    written = records.write(worker.tagged(pipeline, work))
    assert (written.tagged, written.stale) == (0, 1)
    assert step(records, pipeline).tagged == 1
    assert [tag.facet for tag in tags_of(records, 2)] == ["sentiment"]


def test_a_key_that_was_never_handed_out_is_stale(records, pipeline):
    put(records, "一直闪退")
    records.adopt_empty(pipeline.fingerprints())
    work = records.due(10)
    assert records.write([Done(work[0].seq, "not the key")]).stale == 1


# -- which pipeline ---------------------------------------------------------------------------------------


def test_the_first_worker_is_adopted(records, pipeline):
    assert records.wanted() is None
    step(records, pipeline)
    wanted = records.wanted()
    assert wanted is not None
    assert dict(wanted.fingerprints) == dict(pipeline.fingerprints())


def test_another_pipeline_is_refused_and_the_way_out_named(records, pipeline):
    put(records, "一直闪退")
    step(records, pipeline)
    put(records, "还是闪退", first=2)
    other = Pipeline([Other()], TAXONOMY)
    with pytest.raises(WrongPipeline, match="base") as raised:
        step(records, other)
    assert "huisheng tag adopt" in str(raised.value)
    assert tags_of(records, 2) == ()
    assert records.depth().lanes[Lane.FRESH] == 1


def test_once_adopted_the_new_one_tags_everything_again(records, pipeline):
    put(records, "一直闪退", "还不错")
    step(records, pipeline)
    other = Pipeline([Other()], TAXONOMY)
    assert sum(records.adopt(other.fingerprints())) == 2
    with pytest.raises(WrongPipeline):
        step(records, pipeline)
    assert step(records, other).tagged == 2


# -- the loop ---------------------------------------------------------------------------------------------


def test_run_empties_the_queue_and_reports_each_step(records, pipeline):
    put(records, *(f"第{number}条闪退" for number in range(5)))
    steps: list[Written] = []
    total = run(records, pipeline, holder="me", limit=2, progress=steps.append)
    assert total.tagged == 5
    assert [one.tagged for one in steps] == [2, 2, 1]
    assert records.lease_holder(LEASE) is None


def test_run_clusters_copies_by_different_authors(records, pipeline):
    copy = "从苹果商店下载的软件，一个奖励一到四块，一天能赚七十块左右，可以直接提现"
    put(records, copy, copy + "！！", "界面很漂亮，操作也简单，就是广告有点多，希望以后能少一点")
    run(records, pipeline, holder="me")
    voices = [records.get(f"appstore:cn:{number}").voice for number in (1, 2, 3)]
    assert voices[0] == voices[1]
    assert voices[0].startswith("c:")
    assert voices[2].startswith("a:")


def test_two_workers_do_not_tag_one_store(records, pipeline):
    put(records, "一直闪退")
    assert records.lease(LEASE, "the other")
    with pytest.raises(StoreBusy, match="the other"):
        run(records, pipeline, holder="me")
    assert tags_of(records, 1) == ()
    assert records.lease_holder(LEASE) == "the other"


def test_a_watching_worker_waits_for_its_turn_and_for_work(records, pipeline):
    put(records, "一直闪退")
    records.lease(LEASE, "the other")
    stop, tagged = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=run,
        args=(records, pipeline),
        kwargs={
            "holder": "me",
            "watch": True,
            "stop": stop,
            "poll_s": 0.01,
            "progress": lambda _: tagged.set(),
        },
    )
    thread.start()
    records.release_lease(LEASE, "the other")
    assert tagged.wait(20)
    tagged.clear()
    put(records, "又闪退", first=2)
    assert tagged.wait(20)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert tags_of(records, 2)


def test_run_stops_when_told(records, pipeline):
    put(records, "一直闪退", "又闪退", "还闪退")
    stop = threading.Event()
    total = run(records, pipeline, holder="me", limit=1, stop=stop, progress=lambda _: stop.set())
    assert total.tagged == 1
    assert records.lease_holder(LEASE) is None


def test_a_wrong_pipeline_ends_even_a_watching_worker(records, pipeline):
    step(records, pipeline)
    with pytest.raises(WrongPipeline):
        run(records, Pipeline([Other()], TAXONOMY), holder="me", watch=True)
    assert records.lease_holder(LEASE) is None
