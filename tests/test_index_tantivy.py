"""What only an index on disk can suffer: damage, kills, other processes, other versions."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tantivy

from feedback.errors import EngineError
from index.engines import open_engine
from index.engines.base import Engine, IndexDamaged, State
from index.engines.tantivy_schema import schema
from tests.contracts.engine_world import PRODUCTS, STORE, TAXONOMY, document, found, query

ROOT = Path(__file__).parent.parent


def _opened(directory: Path) -> Engine:
    return open_engine("tantivy", directory, taxonomy=TAXONOMY, products=PRODUCTS)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Three documents, at position 3."""
    engine = _opened(tmp_path)
    engine.reset(STORE)
    engine.write([document(seq, "闪退") for seq in (1, 2, 3)], position=3)
    return engine


def _folder(directory: Path) -> Path:
    (folder,) = directory.iterdir()
    return folder


def test_reopened_it_stands_where_it_stood(engine: Engine, tmp_path: Path) -> None:
    engine.write([], gone=[3], position=8)
    engine.close()
    again = _opened(tmp_path)
    assert again.state() == State(STORE, 8, 2)
    assert found(again, "闪退") == {1, 2}


def test_nothing_of_a_text_is_stored(engine: Engine, tmp_path: Path) -> None:
    index = tantivy.Index(schema(), str(_folder(tmp_path)))
    searcher = index.searcher()
    hits = searcher.search(tantivy.Query.all_query(), 10).hits
    assert len(hits) == 4  # three documents and the mark
    assert all(searcher.doc(address).to_dict() == {} for _, address in hits)


def test_the_folder_bears_store_and_fingerprint(engine: Engine, tmp_path: Path) -> None:
    assert _folder(tmp_path).name.startswith(f"{STORE}-")


def test_another_fingerprint_sees_no_index_and_reset_removes_the_old_one(
    engine: Engine, tmp_path: Path
) -> None:
    old = _folder(tmp_path)
    other = open_engine("tantivy", tmp_path, taxonomy=TAXONOMY, products=("mail",))
    assert other.state() == State("", 0, 0)
    other.reset(STORE)
    assert other.state() == State(STORE, 0, 0)
    assert _folder(tmp_path) != old


def test_reset_keeps_what_is_no_index(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "pictures").mkdir()
    engine.reset("another")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "pictures").is_dir()


@pytest.mark.parametrize("suffix", [".term", ".idx", ".fast", "meta.json"])
def test_damage_is_named_and_reset_heals_it(engine: Engine, tmp_path: Path, suffix: str) -> None:
    engine.close()
    broken = [path for path in _folder(tmp_path).iterdir() if path.name.endswith(suffix)]
    assert broken
    for path in broken:
        path.write_bytes(path.read_bytes()[:10])
    again = _opened(tmp_path)
    with pytest.raises(IndexDamaged):
        again.state()
    with pytest.raises(IndexDamaged):
        again.search(query("闪退"))
    again.reset(STORE)
    again.write([document(5)], position=5)
    assert found(again) == {5}


def test_a_wiped_folder_is_an_index_of_nobody(engine: Engine, tmp_path: Path) -> None:
    for path in _folder(tmp_path).iterdir():
        path.unlink()
    assert _opened(tmp_path).state() == State("", 0, 0)
    assert engine.state() == State("", 0, 0)


@pytest.mark.parametrize("lost", ["mark", "seq"])
def test_lost_documents_are_noticed(engine: Engine, tmp_path: Path, lost: str) -> None:
    index = tantivy.Index(schema(), str(_folder(tmp_path)))
    writer = index.writer(15_000_000, 1)
    writer.delete_documents_by_term(lost, "position" if lost == "mark" else 2)
    writer.commit()
    writer.wait_merging_threads()
    with pytest.raises(IndexDamaged, match="3"):
        engine.state()


def test_a_second_writer_is_told_so(engine: Engine, tmp_path: Path) -> None:
    writer = tantivy.Index(schema(), str(_folder(tmp_path))).writer(15_000_000, 1)
    with pytest.raises(EngineError, match="另一个进程") as busy:
        engine.write([document(4)], position=4)
    assert busy.value.transient
    writer.wait_merging_threads()
    engine.write([document(4)], position=4)
    assert engine.state() == State(STORE, 4, 4)


def test_a_failed_write_changes_nothing_and_frees_the_lock(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("index.engines.tantivy_store.mark", failing)
        with pytest.raises(Exception, match="磁盘满了"):
            engine.write([document(4)], gone=[1], position=4)
    assert engine.state() == State(STORE, 3, 3)
    engine.write([document(4)], position=4)
    assert found(engine) == {1, 2, 3, 4}


def test_a_reader_sees_what_another_engine_wrote(engine: Engine, tmp_path: Path) -> None:
    reader = _opened(tmp_path)
    assert reader.state().documents == 3
    engine.write([document(4, "闪退")], position=4)
    assert found(reader, "闪退") == {1, 2, 3, 4}
    engine.reset("another")
    assert reader.state() == State("another", 0, 0)
    engine.write([document(9, "闪退")], position=9)
    assert found(reader, "闪退") == {9}


def test_a_snapshot_outlives_a_reset(engine: Engine) -> None:
    first = engine.search(query("闪退"), limit=1)
    engine.reset("another")
    second = engine.search(query("闪退"), limit=5, after=first.after)
    assert len({hit.seq for hit in (*first.hits, *second.hits)}) == 3


def test_tantivy_is_imported_only_when_it_is_opened() -> None:
    code = "import sys, index.engines, index.search, index.indexer; sys.exit('tantivy' in sys.modules or 'jieba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


WRITING = """
import sys
from tests.test_index_tantivy import _opened
from tests.contracts.engine_world import document
from pathlib import Path
engine = _opened(Path(sys.argv[1]))
position = engine.state().position
while True:
    fresh = [document(seq, "闪退") for seq in range(position + 1, position + 51)]
    again = [document(seq, "又闪退") for seq in range(max(1, position - 9), position + 1)]
    position += 50
    engine.write([*again, *fresh], position=position)
    print(position, flush=True)
"""


def _killed_after(directory: Path, lines: int, spins: int) -> int:
    """Runs a writer, kills it after some acknowledged writes; returns the last position it reported."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, str(directory)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for _ in range(lines):
            reported = process.stdout.readline()
        sum(range(spins))  # a moment of no fixed place in the next write
        os.kill(process.pid, signal.SIGKILL)
        rest = [line for line in process.stdout if line.endswith("\n")]
    return int(rest[-1] if rest else reported)


@pytest.mark.kill
def test_kills_lose_nothing_acknowledged_and_block_no_later_write(tmp_path: Path) -> None:
    _opened(tmp_path).reset(STORE)
    chance = random.Random(7)
    acknowledged = 0
    for _ in range(12):
        reported = _killed_after(tmp_path, chance.randrange(1, 4), chance.randrange(3_000_000))
        engine = _opened(tmp_path)
        position = engine.state().position
        assert position >= reported > acknowledged
        assert engine.select(query()) == list(range(1, position + 1))
        acknowledged = reported
