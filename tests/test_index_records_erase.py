"""Forgetting leaves no byte and lets nothing back in; retention empties texts and keeps the counts."""

import json
from datetime import timedelta

import pytest

from feedback.errors import StoreBusy, UsageError
from feedback.model import Reply, Tag
from index.records import Records, backup, erase
from tests.contracts.records_world import LAG, SALT, bytes_in, counts, day, get, named, put, seen, tag

SECRET = "这句话必须从磁盘上消失"
LIMIT = {"appstore": timedelta(days=30)}


@pytest.fixture
def records(tmp_path):
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as opened:
        yield opened


def secret(native: int | str = 1, **fields):
    known = {"author": "pseudonym-1", "name_key": "namekey-1", "rating": 1, "url": "https://secret.example/1"}
    return seen(native, SECRET, **(known | {"reply": Reply(text="秘密回复")} | fields))


def traces(tmp_path) -> dict[str, list[str]]:
    return bytes_in(tmp_path, SECRET, "pseudonym-1", "namekey-1", "secret.example", "秘密回复")


@pytest.mark.parametrize(
    "how",
    [
        {"feedback_id": "appstore:cn:1"},
        {"authors": ["pseudonym-1"]},
        {"authors": ["namekey-1"]},
        {"before": day(0.5)},
    ],
    ids=["id", "pseudonym", "name key", "before"],
)
def test_no_byte_is_left_in_any_file(records, tmp_path, how):
    put(records, secret(said=0), *(seen(n, said=n, at=n) for n in range(2, 40)))
    tag(records, sketch=b"sketch")
    put(records, secret(said=0, metrics={"likes": 2}, at=3))
    assert all(traces(tmp_path).values())
    assert records.forget(**how) == 1
    assert not any(traces(tmp_path).values())
    assert records.depth().documents == 38
    assert records.get("appstore:cn:1") is None
    assert records.history("appstore:cn:1") == ()
    assert 1 not in {one.seq for one in records.pending_clusters(100)}


def test_what_is_erased_is_refused_under_its_id_and_under_any_other(records):
    put(records, secret(1), seen(2))
    records.forget(feedback_id="appstore:cn:1")
    assert counts(put(records, secret(1), seen(2))) == {"same": 1, "erased": 1}
    assert counts(put(records, secret(1, rating=5))) == {"erased": 1}
    assert counts(put(records, secret("h:ab", said=1, via="import"))) == {"erased": 1}
    assert counts(put(records, secret(8, said=-2))) == {"erased": 1}
    assert records.depth().documents == 1


def test_later_posts_of_that_author_are_welcome(records):
    put(records, secret(1))
    records.forget(authors=["pseudonym-1"])
    later = named(2, "过了一个月又来", said=30, at=31, author="pseudonym-1", name_key="namekey-1")
    assert counts(put(records, later)) == {"new": 1}
    assert counts(put(records, secret(3, said=30, at=31))) == {"new": 1}  # the same words, a month later


def test_an_author_is_erased_everywhere(records):
    put(records, secret(1), secret(2, said=9), secret(3, said=20, author=None), named(4))
    tag(records)
    assert records.forget(authors=["pseudonym-1", "namekey-1", "nobody"]) == 3
    assert records.depth().documents == 1
    assert [one.id for one in records.erasures(0)] == [f"appstore:cn:{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("asked", ["appstore:cn:1", "appstore:cn:h:ab"])
def test_an_item_and_its_alias_are_erased_together(records, tmp_path, asked):
    put(records, secret("h:ab", via="import"))
    tag(records)
    put(records, secret(1, said=1))
    assert records.depth().documents == 1
    assert records.forget(feedback_id=asked) == 1
    assert not any(traces(tmp_path).values())
    assert counts(put(records, secret("h:ab", via="import"), secret(1, said=1))) == {"erased": 2}


def test_what_would_be_refused_does_not_stay_either(records):
    put(records, secret(1), secret(2), secret("h:ab", via="import"), secret(3, said=9))
    assert records.depth().documents == 4  # two candidates: the row is not joined
    assert records.forget(feedback_id="appstore:cn:h:ab") == 3
    assert records.get("appstore:cn:3") is not None


def test_erasing_is_logged_beside_the_database(records, tmp_path):
    put(records, secret(1), seen(2))
    tag(records)
    records.forget(feedback_id="appstore:cn:1")
    records.forget(feedback_id="appstore:cn:2")
    lines = [json.loads(line) for line in (tmp_path / "erased.log").read_text().splitlines()]
    assert [(line["id"], line["number"], bool(line["alias_key"])) for line in lines] == [
        ("appstore:cn:1", 3, True),
        ("appstore:cn:2", 4, False),
    ]
    assert records.erased_log == tmp_path / "erased.log"


def test_a_torn_line_of_a_killed_process_is_dropped(records, tmp_path):
    put(records, seen(1))
    (tmp_path / "erased.log").write_bytes(b'{"id": "whole", "alias_key": "", "number": 1}\n{"id": "to')
    records.forget(feedback_id="appstore:cn:1")
    lines = (tmp_path / "erased.log").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["whole", "appstore:cn:1"]


def test_nothing_named_is_nothing_erased(records):
    put(records, seen(1))
    with pytest.raises(UsageError):
        records.forget()
    with pytest.raises(UsageError):
        records.forget(authors=[])
    assert records.forget(feedback_id="appstore:cn:9") == 0
    assert records.depth().documents == 1


def test_a_sweep_that_was_killed_is_made_up_for(records, tmp_path, monkeypatch):
    put(records, secret(1))
    with monkeypatch.context() as patched:
        patched.setattr("index.records.backup.compact", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            records.forget(feedback_id="appstore:cn:1")
    assert records.depth().documents == 0
    assert records.forget(feedback_id="appstore:cn:1") == 0  # asked again
    assert not any(traces(tmp_path).values())


def expired(records: Records, now: float) -> int:
    total = 0
    while done := records.expire(LIMIT, now=day(now)):
        total += done
    return total


def test_past_its_retention_an_item_keeps_only_what_is_counted(records, tmp_path):
    tags = (LAG, Tag(facet="sentiment", label="neg", start=0, end=2))
    put(records, secret(1, said=0), seen(2, said=20), seen(3, said=0, platform="weibo"))
    tag(records, tags, sketch=b"sketch")
    before = get(records, 1)
    assert expired(records, now=31) == 1
    after = get(records, 1)
    kept = {
        "id",
        "platform",
        "matches",
        "rating",
        "published_at",
        "said_at",
        "at",
        "first_seen_at",
        "revision",
        "region",
    }
    assert after.feedback.model_dump(include=kept) == before.feedback.model_dump(include=kept)
    assert (after.feedback.text, after.feedback.author, after.feedback.url, after.feedback.reply) == (
        "",
        None,
        None,
        None,
    )
    assert (after.expired, after.voice, after.change) == (True, before.voice, 4)
    assert [(tag.label, tag.start, tag.end) for tag in after.tags] == [
        ("lag", None, None),
        ("neg", None, None),
    ]
    assert records.history("appstore:cn:1") == ()
    assert 1 not in {one.seq for one in records.pending_clusters(9)}
    left = traces(tmp_path)
    assert left.pop("pseudonym-1")  # the voice
    assert not any(left.values())
    assert (get(records, 2).feedback.text, get(records, 3).expired) == ("一直闪退，没法用", False)
    assert expired(records, now=31) == 0


def test_nothing_refills_an_expired_item(records):
    put(records, secret(1))
    expired(records, now=31)
    assert counts(put(records, secret(1, edited_at=day(31), at=31))) == {"expired": 1}
    assert counts(put(records, secret("h:ab", said=0), retention=LIMIT)) == {"new": 1}
    assert get(records, 1).feedback.text == ""
    assert records.due() != []
    assert 1 not in {work.seq for work in records.due()}


def test_an_expired_item_is_erased_with_its_author(records, tmp_path):
    put(records, secret(1))
    tag(records)
    expired(records, now=31)
    assert records.forget(authors=["pseudonym-1"]) == 1
    assert not any(traces(tmp_path).values())


def test_an_expired_alias_leads_to_its_expired_item(records, tmp_path):
    put(records, secret("h:ab", via="import"), secret(1, said=1))
    assert expired(records, now=40) == 1
    assert get(records, "h:ab").expired
    assert counts(put(records, secret("h:ab", via="import", at=41))) == {"expired": 1}
    assert not bytes_in(tmp_path, SECRET)[SECRET]


def test_a_sweep_stands_only_for_the_erasures_it_saw(records, tmp_path, monkeypatch):
    put(records, secret(1), seen(2, "另一句要消失的话"))
    with Records.open(tmp_path / "huisheng.db", salt=SALT) as other, monkeypatch.context() as patched:

        def compact_meanwhile(_) -> None:
            patched.undo()
            with other._db.write() as connection:
                erase.erase(connection, [2], SALT, None)
                backup.remember_sweep(connection)

        patched.setattr("index.records.backup.compact", compact_meanwhile)
        records.forget(feedback_id="appstore:cn:1")
    assert bytes_in(tmp_path, "另一句要消失的话")["另一句要消失的话"]
    assert records.forget(feedback_id="appstore:cn:1") == 0
    assert bytes_in(tmp_path, SECRET, "另一句要消失的话") == {SECRET: [], "另一句要消失的话": []}


def test_a_reader_of_the_old_state_is_told_of(records, tmp_path, monkeypatch):
    monkeypatch.setattr("index.records.backup._CHECKPOINT_TRIES", 1)
    put(records, secret(1))
    with Records.open(tmp_path / "huisheng.db", salt=SALT, busy_s=0.01) as other:
        with records._db.read() as reading:
            reading.exec_driver_sql("SELECT count(*) FROM feedback").scalar()
            with pytest.raises(StoreBusy, match="still reads the old state"):
                other.forget(feedback_id="appstore:cn:1")
        assert other.forget(feedback_id="appstore:cn:1") == 0
    assert not any(traces(tmp_path).values())
