"""Questions about the library itself: lists, outlines and counts go into the request as data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.retrieval.retriever import Retriever

Sent = Callable[[str], tuple[str, list[dict[str, Any]], str]]


@pytest.fixture
def sent(ragchat: Output, tmp_path: Path, tiny: Embedder, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What a question sends: the library's part, the ledger, and the notice."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    folder = tmp_path / "docs"
    (folder / "boats").mkdir(parents=True)
    (folder / "tides.md").write_text("# Tides\n\nHigh water is at noon.\n\n## Springs\n\nTwice.\n")
    sections = (
        f"## Hull {n}\n\nThe barnacle count of hull {n} was low. " + "Paint. " * 80
        for n in range(40)
    )
    (folder / "boats" / "hulls.md").write_text("# Hulls\n\n" + "\n\n".join(sections))
    old = (datetime.now() - timedelta(days=90)).timestamp()
    os.utime(folder / "tides.md", (old, old))
    with Store(Path(os.environ["RAGCHAT_HOME"])) as store:
        Ingestion(store, tiny).run([folder])

    def ask(question: str) -> tuple[str, list[dict[str, Any]], str]:
        code, out, err = ragchat("ask", "--dry-run", "--json", question)
        fields = loads((code, out, err))
        content = fields["request"]["messages"][-1]["content"]
        first = content if isinstance(content, str) else content[0]["text"]
        return first, fields["ledger"], err

    return ask


def test_the_files_are_listed_in_place_of_passages(sent: Sent) -> None:
    context, ledger, notice = sent("Which documents do I have?")
    assert context.startswith("Context:\nAbout the library itself")
    assert "2 files with" in context
    assert '"tides.md “Tides”: ' in context
    assert "Question: Which documents do I have?" in context
    assert [entry["part"] for entry in ledger] == ["library"]
    assert "`ragchat sources list` shows it" in notice


def test_the_chapters_of_a_file_are_its_outline(sent: Sent) -> None:
    context, ledger, _ = sent("list the chapters of tides")
    assert '["Tides (line 1)", "  Springs (line 5)"]' in context
    assert [entry["part"] for entry in ledger] == ["library"]


def test_how_many_passages_mention_a_word_is_counted_beyond_top_k(sent: Sent) -> None:
    context, ledger, notice = sent("How many files mention barnacles?")
    assert "is in 40 passages in 1 file" in context
    passages = sum(entry["sent"] for entry in ledger if entry["part"] == "document")
    assert f"{passages} of 40 passages that mention it were sent" in notice


def test_a_file_is_summarized_from_all_its_parts_and_not_from_others(sent: Sent) -> None:
    context, ledger, notice = sent("summarise hulls.md")
    assert "Outline of" in context
    assert "Hull 39" in context
    documents = [entry for entry in ledger if entry["part"] == "document"]
    assert {Path(entry["source"]).name for entry in documents} == {"hulls.md"}
    assert documents[0]["start_line"] == 1
    assert 9 < len(documents) < 41
    assert f"{len(documents)} of " in notice
    assert "passages of this file were sent" in notice


def test_files_are_listed_by_when_they_changed(sent: Sent) -> None:
    context, _, _ = sent("Which files were modified in the last two weeks?")
    assert "1 file of 2 last changed" in context
    assert "hulls.md" in context
    assert "tides.md" not in context


def test_a_file_that_is_not_there_is_said_to_be_missing(sent: Sent) -> None:
    context, _, notice = sent("list the chapters of moorings.md")
    assert "About the library" not in context
    assert "no file is called “moorings.md”: `ragchat sources list`" in notice


def test_passages_answer_other_questions_about_files(sent: Sent) -> None:
    _, ledger, _ = sent("Which documents does a skipper need for the tides at noon?")
    assert "library" not in {entry["part"] for entry in ledger}


def test_without_a_model_the_list_is_the_answer(ragchat: Output, sent: Sent) -> None:
    code, out, err = ragchat("ask", "--offline", "list the sections of hulls.md")
    assert code == 0
    assert "Hull 38 (line" in out
    assert "and 1 more" in out
    assert "`ragchat sources show" in err
    fields = loads(ragchat("ask", "--offline", "--json", "which files do I have?"))
    assert fields["quotations"] == []
    assert len(fields["library"]["rows"]) == 2


def test_search_shows_the_list_and_the_command_above_the_hits(ragchat: Output, sent: Sent) -> None:
    _, out, err = ragchat("search", "what did I add last?")
    assert out.startswith("Of 2 files, these were added or read again last")
    assert "tides.md “Tides”: " in out
    assert "`ragchat sources list --sort read` shows it" in err


def test_json_of_a_search_holds_hits_alone(ragchat: Output, sent: Sent) -> None:
    _, out, err = ragchat("search", "--json", "what did I add last?")
    assert all("text" in hit for hit in json.loads(out))
    assert "`ragchat sources list --sort read` shows it" in err


def test_passages_may_answer_where_no_file_is_of_the_time(tmp_path: Path, tiny: Embedder) -> None:
    (tmp_path / "slip.md").write_text("In May 1987 the second slip was added.")
    with Store(tmp_path / "home") as store:
        Ingestion(store, tiny).run([tmp_path / "slip.md"])
        retriever = Retriever(store, tiny)
        now = datetime.now(UTC)
        alone = {}
        for time in ("today", "in May 1987"):
            query = retriever.read(f"What was added {time}?", now=now)
            facts = retriever.library_facts(query, Scope())
            assert facts is not None
            alone[time] = facts.alone
    assert alone == {"today": True, "in May 1987": False}


def test_past_conversations_are_listed_by_title(sent: Sent) -> None:
    context, _, _ = sent("Which conversations do you have?")
    assert "no past conversations are remembered" in context
