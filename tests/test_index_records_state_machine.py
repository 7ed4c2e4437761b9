"""Any sequence of verbs leaves a store whose parts agree with each other, and with the pure merge."""

import tempfile
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from feedback.merge import present, sighting, union
from feedback.model import Observation, Sighting
from index.records import Done, Records
from tests.contracts.records_world import LAG, SALT, day, put, seen

IDS = st.integers(1, 4)
OBSERVATIONS = st.builds(
    lambda native, text, said, at, via, rating: seen(native, text, said=said, at=at, via=via, rating=rating),
    IDS,
    st.sampled_from(["一直闪退，没法用", "修好了，五星", None]),
    st.sampled_from([None, 0, 2]),
    st.sampled_from([2, 3, 5]),
    st.sampled_from(["rss", "web"]),
    st.sampled_from([None, 1]),
)


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.records = Records.open(Path(self.folder.name) / "huisheng.db", salt=SALT, own={"luling": "o"})
        self.model: dict[str, tuple[Sighting, ...]] = {}
        self.erased: set[str] = set()
        self.expired: set[str] = set()

    def teardown(self) -> None:
        self.records.close()
        self.folder.cleanup()

    @rule(page=st.lists(OBSERVATIONS, max_size=4))
    def put(self, page: list[Observation]) -> None:
        receipt = put(self.records, *page)
        taken = [one for one in page if one.id not in self.erased | self.expired]
        for one in taken:
            self.model[one.id] = union(self.model.get(one.id, ()), [sighting(one)])
        assert set(receipt.ids) == {one.id for one in taken}
        assert receipt.erased + receipt.expired == len({one.id for one in page} - set(receipt.ids))

    @rule(limit=st.integers(1, 5), error=st.sampled_from(["", "", "boom"]))
    def tag(self, limit: int, error: str) -> None:
        work = self.records.due(limit)
        written = self.records.write(
            [Done(one.seq, one.key, () if error else (LAG,), error=error) for one in work]
        )
        assert written.stale == 0
        assert written.tagged + written.failed == len(work)

    @rule(version=st.integers(1, 3))
    def adopt(self, version: int) -> None:
        list(self.records.adopt({"": f"base{version}", "luling": "o"}))

    @rule()
    def release(self) -> None:
        self.records.release(now=day(9))

    @rule(native=IDS)
    def forget(self, native: int) -> None:
        name = f"appstore:cn:{native}"
        assert self.records.forget(feedback_id=name) == (name in self.model)
        if self.model.pop(name, None):
            self.erased.add(name)
            self.expired.discard(name)

    @rule()
    def expire(self) -> None:
        gone = {name for name, known in self.model.items() if present(known).at < day(1)} - self.expired
        assert self.records.expire({"appstore": timedelta(days=30)}, now=day(31)) == len(gone)
        self.expired |= gone

    @invariant()
    def every_item_is_what_was_seen_of_it(self) -> None:
        for name, known in self.model.items():
            document = self.records.get(name)
            assert document is not None
            assert document.expired == (name in self.expired)
            if not document.expired:
                assert self.records.history(name, raw=True) == tuple(
                    sorted(known, key=lambda one: (one.seen.own_at or one.first_at, one.digest))
                )
                assert document.feedback == present(known)
        assert self.records.depth().documents == len(self.model)

    @invariant()
    def numbers_are_one_order(self) -> None:
        found = self.records.scan(0)
        numbers = [one.change for one in found] + [one.number for one in self.records.erasures(0)]
        assert len(set(numbers)) == len(numbers)
        assert max(numbers, default=0) <= self.records.change()
        assert all(self.records.get(one.feedback.id) == one for one in found)

    @invariant()
    def what_waits_is_what_has_no_tags_of_the_wanted_pipeline(self) -> None:
        due = {one.document.feedback.id for one in self.records.due()}
        for name in self.model.keys() - due:
            document = self.records.get(name)
            assert document is not None
            assert document.key or document.parked or document.expired


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
