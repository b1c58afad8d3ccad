"""From paths to a library, again and again, only what changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hits import unfiltered
from planted import PLANTED

from ingest import pipeline
from ingest.document import DocumentPassage
from ingest.errors import ReadError, SkipKind
from ingest.intake.embedding import embed
from ingest.intake.options import RunOptions
from ingest.intake.report import Report, Silent
from ingest.intake.selection import Selection
from ingest.maintenance.doctor import findings
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.records.lock import WriterLock
from ingest.store import Store

Run = Callable[..., Report]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "bread.md").write_text("# Bread\n\nFeed the starter every morning.\n")
    (folder / "sea.md").write_text("# Sea\n\nThe tide turns twice a day at the harbour.\n")
    (folder / "code.py").write_text("def tide_height(hour):\n    return hour * 2\n")
    return folder


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """150 conversations of a question and its answer."""
    turns = [
        {
            "conversation": f"c{n // 2}",
            "id": n,
            "time": "2026-03-04",
            "role": role,
            "text": f"T{n}.",
        }
        for n, role in enumerate(["user", "assistant"] * 150)
    ]
    path = tmp_path / "talks.jsonl"
    path.write_text("\n".join(json.dumps(turn) for turn in turns))
    return path


@pytest.fixture
def run(store: Store, embedder: Embedder) -> Run:
    def run_once(*paths: Path, collection: str = "default", **options: Any) -> Report:
        return Ingestion(store, embedder, collection, RunOptions(**options)).run(paths)

    return run_once


def sources_of(store: Store, embedder: Embedder, question: str) -> set[str]:
    from ragchat.retrieval.retriever import Retriever

    retriever = Retriever(store, embedder)
    found = unfiltered(retriever, question, 3).passages
    documents = [passage for passage in found if isinstance(passage, DocumentPassage)]
    return {Path(name).name for one in documents for name in (one.source, *one.also_in)}


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_a_folder_is_added_and_then_unchanged(docs: Path, run: Run) -> None:
    first, second = run(docs), run(docs)
    assert counts(first) == (3, 0, 0, 0)
    assert first.chunks == 3
    assert counts(second) == (0, 0, 3, 0)
    assert second.chunks == 0


def test_a_changed_file_is_replaced(docs: Path, run: Run, store: Store, embedder: Embedder) -> None:
    run(docs)
    (docs / "sea.md").write_text("# Sea\n\nWhales pass the cape in autumn.\n")
    assert counts(run(docs)) == (0, 1, 2, 0)
    row = store.collection("default")
    texts = [values[0] for values in store.database.rows("SELECT text FROM chunks")]
    assert not any("harbour" in text for text in texts)
    assert "sea.md" in sources_of(store, embedder, "whales in autumn")
    assert len(store.documents.sources(row)) == 3


def test_a_touched_file_is_unchanged(docs: Path, run: Run) -> None:
    run(docs)
    os.utime(docs / "sea.md", ns=(1, 1))
    assert counts(run(docs)) == (0, 0, 3, 0)


def test_what_another_version_has_cut_is_cut_again(docs: Path, run: Run, store: Store) -> None:
    run(docs)
    keys = "SELECT key FROM chunks ORDER BY key"
    before = [values[0] for values in store.database.rows(keys)]
    store.database.execute("UPDATE documents SET chunker = chunker - 1")
    assert counts(run(docs)) == (0, 3, 0, 0)
    assert counts(run(docs)) == (0, 0, 3, 0)
    assert [values[0] for values in store.database.rows(keys)] == before


def test_a_vanished_file_is_pruned(docs: Path, run: Run, store: Store) -> None:
    run(docs)
    (docs / "sea.md").unlink()
    assert counts(run(docs)) == (0, 0, 2, 1)
    assert store.database.scalar("SELECT count(*) FROM documents") == 2


def test_what_vanished_elsewhere_is_kept(docs: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.txt").write_text("A note about tides.")
    run(docs, other)
    (docs / "sea.md").unlink()
    assert run(other).removed == 0


def test_most_of_a_folder_is_pruned_only_when_told(docs: Path, run: Run) -> None:
    run(docs)
    (docs / "sea.md").unlink()
    (docs / "bread.md").unlink()
    report = run(docs)
    assert report.removed == 0
    assert len(report.kept) == 2
    asked: list[Path] = []

    def agree(root: Path, gone: Sequence[Path]) -> bool:
        asked.append(root)
        return True

    assert run(docs, prune=agree).removed == 2
    assert asked == [docs]


def test_a_dry_run_keeps_most_of_a_folder_as_the_run_does(
    docs: Path, run: Run, store: Store, embedder: Embedder
) -> None:
    run(docs)
    gone = [docs / "bread.md", docs / "sea.md"]
    for path in gone:
        path.unlink()
    plan = Ingestion(store, embedder).plan([docs])
    assert (plan.removed, plan.kept) == (0, gone)
    assert store.database.scalar("SELECT count(*) FROM sources") == 3
    assert (
        Ingestion(store, embedder, options=RunOptions(prune=lambda root, gone: True))
        .plan([docs])
        .removed
        == 2
    )


def test_what_vanished_from_a_folder_within_another_is_decided_once(docs: Path, run: Run) -> None:
    inner = docs / "inner"
    inner.mkdir()
    (inner / "note.txt").write_text("A note about tides.")
    run(docs)
    (inner / "note.txt").unlink()
    report = run(inner, docs)
    assert (report.removed, report.kept) == (1, [])
    (docs / "bread.md").unlink()
    assert run(docs, inner, docs).removed == 1


def test_a_file_that_is_left_out_by_now_stays_and_is_named(docs: Path, run: Run) -> None:
    run(docs)
    narrowed = Selection(exclude=("*.md",))
    assert run(docs, selection=narrowed).remaining == []  # this run alone was to read less
    (docs / ".gitignore").write_text("sea.md\n")
    report = run(docs)
    assert (report.remaining, report.removed) == ([docs / "sea.md"], 0)


def test_a_missing_root_is_an_error_and_prunes_nothing(docs: Path, run: Run, store: Store) -> None:
    run(docs)
    docs.rename(docs.with_name("moved"))
    with pytest.raises(ReadError, match="docs"):
        run(docs)
    assert store.database.scalar("SELECT count(*) FROM sources") == 3


def test_a_moved_file_is_not_embedded_again(
    docs: Path, run: Run, store: Store, embedder: Embedder
) -> None:
    run(docs)
    (docs / "sea.md").rename(docs / "ocean.md")
    report = run(docs)
    assert counts(report) == (1, 0, 2, 1)
    assert report.chunks == 0
    assert "ocean.md" in sources_of(store, embedder, "when does the tide turn")


def test_the_same_text_in_two_files_is_found_in_both(
    docs: Path, run: Run, store: Store, embedder: Embedder
) -> None:
    (docs / "copy.md").write_text((docs / "sea.md").read_text())
    run(docs)
    assert {"sea.md", "copy.md"} <= sources_of(store, embedder, "when does the tide turn")
    (docs / "sea.md").unlink()
    run(docs)
    assert "copy.md" in sources_of(store, embedder, "when does the tide turn")


def test_one_unreadable_file_does_not_stop_the_rest(docs: Path, run: Run) -> None:
    (docs / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    report = run(docs)
    assert report.added == 3
    assert [file.path.name for file in report.failed] == ["broken.pdf"]


def test_secrets_and_binaries_are_left_out_with_the_reason(docs: Path, run: Run) -> None:
    (docs / ".env").write_text("KEY=1")
    (docs / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    reasons = {file.path.name: file.reason for file in run(docs).skipped}
    assert "secret" in reasons[".env"]
    assert set(reasons) == {".env", "picture.png"}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    docs: Path, store: Store, embedder: Embedder
) -> None:
    report = Ingestion(store, embedder).plan([docs])
    assert counts(report) == (3, 0, 0, 0)
    assert store.database.scalar("SELECT count(*) FROM sources") == 0
    assert store.database.scalar("SELECT count(*) FROM vectors") == 0


class Tally(Silent):
    """Notes how many files were found, and how many chunks are done."""

    files = size = done = 0

    def found(self, files: int, size: int = 0) -> None:
        self.files += files
        self.size += size

    def advance(self, count: int) -> None:
        self.done += count


def test_a_dry_run_says_how_far_it_is(docs: Path, store: Store, embedder: Embedder) -> None:
    progress = Tally()
    report = Ingestion(store, embedder, options=RunOptions(progress=progress)).plan([docs])
    assert (progress.files, progress.done) == (3, report.chunks)
    assert progress.size == sum(path.stat().st_size for path in docs.rglob("*.*"))


def test_a_stopped_run_keeps_what_landed_and_goes_on(docs: Path, run: Run, store: Store) -> None:
    asked = iter([False, False, True])
    stopped = run(docs, stop=lambda: next(asked, True))
    assert stopped.stopped
    assert stopped.added == 2
    assert counts(run(docs)) == (1, 0, 2, 0)


class Forgetter(Silent):
    """Forgets as another process may, as soon as a text has a vector."""

    def __init__(self, store: Store) -> None:
        self.store, self.times = store, 0

    def advance(self, count: int) -> None:
        if count and not self.times:
            self.times += 1
            self.store.vectors.drop_unused()


class Holding(Silent):
    """Keeps others from writing to the index until two batches are embedded."""

    BATCH = 64

    def __init__(self, held: ExitStack) -> None:
        self.held, self.embedded = held, 0

    def advance(self, count: int) -> None:
        self.embedded += count
        if self.embedded > self.BATCH:
            self.held.close()


def test_the_next_batch_is_embedded_while_one_is_written(
    tmp_path: Path, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "BATCH", Holding.BATCH)
    folder, home = tmp_path / "docs", tmp_path / "home"
    folder.mkdir()
    for number in range(2 * Holding.BATCH):
        (folder / f"{number:03}.md").write_text(f"Berth {number} is dredged in spring.\n")
    with Store(home, patience=10) as store, ExitStack() as held:
        held.enter_context(WriterLock(home / "lock").held())
        progress = Holding(held)
        report = Ingestion(store, tiny, options=RunOptions(progress=progress)).run([folder])
        assert report.added == progress.embedded == 2 * Holding.BATCH
        assert list(findings(store)) == []


def test_a_text_is_embedded_again_whose_vector_another_process_drops(
    docs: Path, run: Run, store: Store
) -> None:
    forgetter = Forgetter(store)
    assert run(docs, progress=forgetter).added == 3
    assert forgetter.times == 1
    assert list(findings(store)) == []


def test_a_run_stopped_among_conversations_goes_on_with_those_that_are_left(
    talks: Path, run: Run, store: Store
) -> None:
    asked = iter([False, False, False])
    stopped = run(talks, stop=lambda: next(asked, True))
    assert (stopped.stopped, stopped.added, stopped.turns) == (True, 0, 4)
    assert store.database.scalar("SELECT count(*) FROM turns") == 4
    again = run(talks)
    assert (again.stopped, again.added, again.turns) == (False, 1, 296)


def test_a_run_stopped_while_turns_are_indexed_indexes_the_rest_next_time(
    talks: Path, run: Run, store: Store
) -> None:
    indexed = "SELECT count(DISTINCT turn_id) FROM chunks"
    stopped = run(talks, stop=lambda: store.database.scalar(indexed) > 0)
    assert (stopped.stopped, stopped.turns) == (True, 300)
    assert 0 < store.database.scalar(indexed) < 300
    assert not run(talks).stopped
    assert store.database.scalar(indexed) == 300


def test_steps_of_embedding_that_were_begun_are_kept_when_a_run_is_stopped(
    tmp_path: Path, tiny: Embedder
) -> None:
    texts = {bytes([n]): f"berth {n} " * (n % 9 + 1) for n in range(100)}
    tiny.embed_passages(["berth"])  # the graph is loaded: a busy machine takes its time for that
    with Store(tmp_path) as store:
        done: list[int] = []
        assert not embed(store, tiny, texts, advance=done.append, stop=lambda: True)
        stored = store.database.scalar("SELECT count(*) FROM vectors")
        assert 0 < stored == sum(done) < 100
        assert embed(store, tiny, texts, advance=done.append, stop=lambda: False)
        model = store.use_model(tiny)
        kept = store.vectors.find(model.id, texts)
    assert sum(done) == 100 + stored
    found = model.matrix(kept[key] for key in texts)
    assert np.abs(found - tiny.embed_passages(list(texts.values()))).max() < 0.01


def test_again_reads_everything_and_embeds_nothing_new(docs: Path, run: Run) -> None:
    run(docs)
    assert counts(run(docs, again=True)) == (0, 3, 0, 0)


def test_documents_of_an_older_chunker_are_read_again(docs: Path, run: Run, store: Store) -> None:
    run(docs)
    store.database.execute("UPDATE documents SET chunker = chunker - 1")
    store.database.execute("DELETE FROM chunks")
    report = run(docs)
    assert counts(report) == (0, 3, 0, 0)
    assert report.chunks == store.database.scalar("SELECT count(*) FROM chunks") == 3
    assert counts(run(docs)) == (0, 0, 3, 0)


def test_secrets_are_masked_and_told_by_kind(docs: Path, run: Run, store: Store) -> None:
    keys = PLANTED["Anthropic key"], PLANTED["Google key"]
    (docs / "sea.md").write_text(f"# Sea\n\nWith {keys[0]} and {keys[1]} and {keys[0]}.\n")
    (report,) = run(docs).masked
    assert (report.path, report.kinds) == (
        docs / "sea.md",
        {"Anthropic key": 2, "Google key": 1},
    )
    texts = [row["text"] for row in store.database.rows("SELECT text FROM chunks")]
    assert any("With [Anthropic key] and [Google key] and [Anthropic key]." in t for t in texts)
    assert run(docs).masked == []


def test_vectors_of_texts_that_are_gone_do_not_pile_up(docs: Path, run: Run, store: Store) -> None:
    for edition in range(8):
        for file in docs.glob("*.md"):
            file.write_text(f"# {file.stem}\n\nEdition {edition} of {file.stem}.\n")
        run(docs)
    chunks = store.database.scalar("SELECT count(*) FROM chunks")
    assert chunks <= store.database.scalar("SELECT count(*) FROM vectors") <= 3 * chunks


def test_two_libraries_stand_side_by_side(docs: Path, run: Run, store: Store) -> None:
    run(docs / "sea.md")
    run(docs / "sea.md", collection="other")
    assert store.database.scalar("SELECT count(*) FROM chunks") == 2
    assert store.database.scalar("SELECT count(*) FROM vectors") == 1


def test_a_name_that_is_not_utf8_is_read(docs: Path, run: Run, store: Store) -> None:
    name = os.fsencode(docs) + b"/caf\xe9.md"
    Path(os.fsdecode(name)).write_text("# Menu\n\nCoffee.\n")
    assert run(docs).added == 4
    row = store.collection("default")
    assert Path(os.fsdecode(name)) in [source.path for source in store.documents.sources(row)]


def test_hash_and_text_come_from_the_same_bytes(
    docs: Path, run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes while it is read is stored as it was once, not half of each."""
    import hashlib

    path = docs / "sea.md"
    genuine = Path.read_bytes

    def read_and_change(self: Path) -> bytes:
        raw = genuine(self)
        if self == path:
            path.write_text("# Sea\n\nNow it speaks of whales.\n")
        return raw

    before = path.read_bytes()
    monkeypatch.setattr(Path, "read_bytes", read_and_change)
    run(docs)
    row = store.collection("default")
    source = store.documents.source(row, path)
    assert source is not None
    of = (source.document,)
    text = store.database.scalar("SELECT text FROM chunks WHERE document_id = ?", of)
    digest = store.database.scalar("SELECT hash FROM documents WHERE id = ?", of)
    assert "harbour" in text
    assert digest == hashlib.sha256(before).hexdigest()
    monkeypatch.undo()
    assert counts(run(docs)) == (0, 1, 2, 0)


def test_the_run_does_what_the_dry_run_planned(
    docs: Path, talks: Path, run: Run, store: Store, embedder: Embedder
) -> None:
    run(docs)
    (docs / "sea.md").write_text("# Sea\n\nWhales pass the cape in autumn.\n")
    (docs / "code.py").rename(docs / "moved.py")
    (docs / "twin.md").write_bytes((docs / "bread.md").read_bytes())
    (docs / "photo.txt").write_bytes(b"\0" * 99)
    os.utime(docs / "bread.md", ns=(1, 1))
    plan = Ingestion(store, embedder).plan([docs, talks])
    report = run(docs, talks)
    assert counts(plan) == counts(report) == (3, 1, 1, 1)
    assert plan.chunks == report.chunks == 1
    assert plan.skipped == report.skipped
    assert [file.kind for file in plan.skipped] == [SkipKind.BINARY]
