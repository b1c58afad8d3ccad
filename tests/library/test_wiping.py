"""A forgetting that was stopped is finished, in the measure that the size of the library allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Output, loads
from hypothesis import given
from hypothesis import strategies as st
from wiped import remains, vectors_of

from ingest.conversation import Turn
from ingest.maintenance import wiping
from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.records.owed import Phrase
from ingest.store import Store
from ragchat.library.library import Library
from ragchat.memory import Memory, new_conversation
from ragchat.terminal.input_history import InputHistory

NOW = datetime(2026, 8, 9, 10, tzinfo=UTC)
WORD = "marzipania"
TYPED = f"Where is my {WORD} hidden?"


def remember(store: Store, embedder: Embedder, question: str, answer: str) -> str:
    memory = Memory(store, "default")
    turns = Turn("user", question, NOW, "q"), Turn("assistant", answer, NOW, "a")
    _, exchange = memory.remember(new_conversation(NOW), *turns)
    memory.index(embedder)
    return exchange.id


def chosen(store: Store, exchange: str) -> Forgetting:
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_exchanges([exchange])
    return forgetting


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.fixture
def exchange(home: Path, embedder: Embedder) -> str:
    """The id of an exchange with the word; it was typed, too."""
    with Store(home) as store:
        remember(store, embedder, "Good morning", "Good morning to you.")
        id_ = remember(store, embedder, TYPED, f"The {WORD} is in the drawer.")
    typed = InputHistory(home / "history")
    for line in (TYPED, "Good morning"):
        typed.add(line)
    return id_


def test_what_was_stopped_after_the_deletion_is_finished_by_the_next_command(
    ragchat: Output, home: Path, exchange: str
) -> None:
    vectors = vectors_of(home, WORD)
    assert len(vectors) == 2
    history = InputHistory(home / "history")

    def forget_typed(questions: Sequence[str]) -> bool:
        history.forget(questions)
        return True

    with Store(home) as store:
        forgetting = chosen(store, exchange)
        with pytest.raises(KeyboardInterrupt):
            forgetting.run(
                with_answers=False,
                index=interrupt,
                forget_typed=forget_typed,
            )
        assert forgetting.committed
        assert "index" in store.owed().what
    assert remains(home, [], vectors)
    code, _, err = ragchat("sources", "list")
    assert (code, "finished wiping what had been forgotten" in err) == (0, True)
    assert remains(home, [WORD], vectors) == []
    assert "Good morning" in (home / "history").read_text()
    assert ragchat("sources", "list")[2].count("finished") == 0


def test_a_history_that_could_not_be_written_is_written_by_the_next_command(
    ragchat: Output, home: Path, exchange: str
) -> None:
    history = home / "history"
    with Store(home) as store:
        done = chosen(store, exchange).run(
            with_answers=False, index=lambda: None, forget_typed=lambda questions: False
        )
        assert done.owed.what == ("typed",)
        assert WORD not in str(store.owed())
    assert WORD in history.read_text()
    ragchat("status")
    assert remains(home, [WORD], []) == []
    assert "Good morning" in history.read_text()


def test_the_old_title_of_a_renamed_conversation_is_wiped(
    ragchat: Output, home: Path, exchange: str
) -> None:
    (talk,) = (
        listed["id"]
        for listed in loads(ragchat("conversations", "list", "--json"))
        if WORD in listed["title"]
    )
    for title, old in (("Of a quillbert", ""), ("Of a drawer", "quillbert")):
        before = vectors_of(home, WORD)
        assert ragchat("conversations", "rename", talk, title)[0] == 0
        gone = [vector for vector in before if vector not in vectors_of(home, WORD)]
        assert len(gone) == 2
        assert remains(home, [old] if old else [], gone) == []
    assert loads(ragchat("status", "--json"))["owed"] == []


def test_a_renaming_that_was_stopped_is_finished_by_the_next_command(
    ragchat: Output, home: Path, exchange: str
) -> None:
    before = vectors_of(home, WORD)
    with Store(home) as store:
        (talk, *_) = (talk.id for talk in Memory(store, "default").entries() if WORD in talk.title)
        Memory(store, "default").rename(talk, "Of a drawer")
    assert "finished wiping what had been forgotten or renamed" in ragchat("sources", "list")[2]
    assert remains(home, [], before) == []
    assert "Of a drawer" in ragchat("recall", WORD)[1]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have any library count as one that takes long to wipe."""
    monkeypatch.setattr(wiping, "REMADE_AT_ONCE", 1)
    monkeypatch.setattr(wiping, "REWRITTEN_AT_ONCE", 1)


@pytest.mark.usefixtures("large")
def test_a_large_library_deletes_at_once_and_wipes_its_files_when_it_ingests(
    ragchat: Output, home: Path, exchange: str, tmp_path: Path
) -> None:
    vectors = vectors_of(home, WORD)
    done = loads(ragchat("forget", exchange, "--yes", "--json"))
    assert done["owed"] == ["file", "index"]
    assert loads(ragchat("search", WORD, "--json")) == []
    assert remains(home, [WORD], []) == []  # no word anywhere, at any size
    assert loads(ragchat("status", "--json"))["owed"] == ["file", "index"]
    assert "not yet wiped" in ragchat("status")[1]
    code, out, _ = ragchat("doctor")
    assert (code, "`ragchat doctor --fix`" in out) == (1, True)
    (tmp_path / "note.md").write_text("Ferries leave at six.\n")
    ragchat("ingest", tmp_path / "note.md")
    assert loads(ragchat("status", "--json"))["owed"] == []
    assert remains(home, [WORD], vectors) == []


@pytest.mark.usefixtures("large")
def test_an_ingest_from_python_wipes_what_is_owed(
    ragchat: Output, home: Path, exchange: str, tmp_path: Path
) -> None:
    vectors = vectors_of(home, WORD)
    assert loads(ragchat("forget", exchange, "--yes", "--json"))["owed"] == ["file", "index"]
    (tmp_path / "note.md").write_text("Ferries leave at six.\n")
    with Library.open(home) as library:
        library.ingest(tmp_path / "note.md", dry_run=True)
        assert library.store.owed().what == ("file", "index")
        library.ingest(tmp_path / "note.md")
        assert library.store.owed().what == ()
    assert remains(home, [WORD], vectors) == []


@pytest.mark.parametrize("command", [("rebuild",), ("doctor", "--fix")])
def test_rebuild_and_the_doctor_wipe_what_is_owed(
    ragchat: Output, home: Path, exchange: str, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr(wiping, "REMADE_AT_ONCE", 1)
    vectors = vectors_of(home, WORD)
    assert loads(ragchat("forget", exchange, "--yes", "--json"))["owed"] == ["index"]
    assert ragchat(*command)[0] != 5
    assert remains(home, [WORD], vectors) == []
    assert loads(ragchat("status", "--json"))["owed"] == []


def test_with_wait_a_large_library_wipes_its_files_at_once(
    ragchat: Output, home: Path, exchange: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiping, "REMADE_AT_ONCE", 1)
    vectors = vectors_of(home, WORD)
    assert loads(ragchat("forget", exchange, "--yes", "--wait", "--json"))["owed"] == []
    assert remains(home, [WORD], vectors) == []


def test_files_are_wiped_like_exchanges(
    ragchat: Output, home: Path, tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "sweets.md").write_text(f"# Sweets\n\nThe {WORD} recipe needs almonds.\n")
    (tmp_path / "other.md").write_text("# Bread\n\nBread needs flour.\n")
    with Store(home) as store:
        Ingestion(store, embedder).run([tmp_path / "sweets.md", tmp_path / "other.md"])
    vectors = vectors_of(home, WORD)
    assert (
        loads(ragchat("sources", "remove", tmp_path / "sweets.md", "--yes", "--json"))["owed"] == []
    )
    assert vectors
    assert remains(home, [WORD], vectors) == []


@given(st.lists(st.text(st.sampled_from("ab .?"), max_size=12), max_size=5), st.text(max_size=8))
def test_a_phrase_takes_out_the_lines_that_its_text_would(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], text: str
) -> None:
    folder = tmp_path_factory.mktemp("typed")
    by_text, by_hash = InputHistory(folder / "a"), InputHistory(folder / "b")
    for line in lines:
        by_text.add(line)
        by_hash.add(line)
    wanted = text if text.strip() else "a b"
    by_text.forget([wanted])
    by_hash.forget_phrases([Phrase.of(wanted)])
    assert list(by_text.newest_first()) == list(by_hash.newest_first())
