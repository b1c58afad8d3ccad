"""Documents that want to be obeyed stand in data blocks alone, and write no memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads
from fakes import Reply, ScriptedClaude
from injections import INJECTED

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.claude.client import Claude
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import Style
from ragchat.request.composer import Composer
from ragchat.request.limits import Limits
from ragchat.request.prompt import DEFAULT_SYSTEM, Instructions
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.retriever import Retriever

NOW = datetime(2026, 3, 4, tzinfo=UTC)
HIDDEN_WORDS = [word for word, text in INJECTED.items() if "A plain sentence." in text]
LIMITS = Limits(
    top_k=4, window_tokens=2000, context_tokens=3000, request_tokens=6000, max_tokens=1000
)


def write(folder: Path) -> Path:
    """The documents, each with something to find it by."""
    folder.mkdir()
    for word, text in INJECTED.items():
        about = f"# Basin {word}\n\nHigh water in the basin {word} is at noon.\n\n{text}\n"
        (folder / f"{word}.md").write_text(about, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def retriever(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """A library of all of them."""
    place = tmp_path_factory.mktemp("injected")
    with Store(place / "home") as store:
        Ingestion(store, embedder).run([write(place / "docs")])
        yield Retriever(store, embedder)


def request_about(word: str, retriever: Retriever, style: Style) -> dict[str, Any]:
    """The request that is sent when this document is asked about."""
    composer = Composer(
        ChatModel("claude-sonnet-5-5"), lambda: retriever, Scope(), Instructions(style=style)
    )
    prepared = composer.compose(
        UserMessage(f"High water in the basin {word}?"), (), LIMITS, now=NOW
    )
    return Claude("claude-sonnet-5-5").request_body(prepared.prompt, max_tokens=10)


def strings(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every string of a JSON value, with its path; names of fields are strings, too."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, "name"), name
            yield from strings(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, path)


@pytest.mark.parametrize("word", INJECTED)
def test_as_search_results_it_stands_in_their_fields_alone(word: str, retriever: Retriever) -> None:
    body = json.loads(json.dumps(request_about(word, retriever, "native")))
    (message,) = body["messages"]
    context, *results, asked = message["content"]
    assert any(word in json.dumps(result["content"]) for result in results)
    assert {result["type"] for result in results} == {"search_result"}
    fields = {path for result in results for path, text in strings(result) if "zebra" in text}
    assert fields <= {("source",), ("title",), ("content", "text")}
    assert context == {"type": "text", "text": "Context:"}
    question = f"Question: High water in the basin {word}?\n\n(Today is Wednesday, 2026-03-04.)"
    assert asked == {"type": "text", "text": question}
    assert "tools" not in body
    rest = {name: value for name, value in body.items() if name != "messages"}
    assert "zebra" not in json.dumps(rest)


@pytest.mark.parametrize("word", INJECTED)
def test_as_text_it_stands_in_one_line_of_json_alone(word: str, retriever: Retriever) -> None:
    body = request_about(word, retriever, "text")
    (message,) = body["messages"]
    first, *lines = message["content"].splitlines()
    *passages, blank, asked, empty, today = lines
    assert (first, blank, empty) == ("Context:", "", "")
    parsed = [json.loads(line) for line in passages]
    assert [passage["n"] for passage in parsed] == list(range(1, len(parsed) + 1))
    assert all(set(passage) == {"n", "source", "title", "text"} for passage in parsed)
    assert any(word in passage["text"] for passage in parsed)
    assert asked == f"Question: High water in the basin {word}?"
    assert today == "(Today is Wednesday, 2026-03-04.)"
    assert not any("<" in line or "[INST]" in line for line in passages)
    assert body["system"][0]["text"].startswith(DEFAULT_SYSTEM)
    assert "zebra" not in json.dumps(body["system"])


@pytest.mark.parametrize("word", HIDDEN_WORDS)
def test_what_a_reader_cannot_see_is_not_sent(word: str, retriever: Retriever) -> None:
    sent = json.dumps(request_about(word, retriever, "native"), ensure_ascii=False)
    assert "A plain sentence." in sent
    for seen in ("HIDDEN", "COMMENT", "\u200b", "\u202e", "\x1b", "\U000e0049"):
        assert seen not in sent


def test_no_document_writes_memory_and_no_answer_turns_its_wish_into_one(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    loads(ragchat("ingest", write(tmp_path / "docs"), "--json"))
    assert loads(ragchat("conversations", "list", "--json")) == []
    assert loads(ragchat("recall", "remember the password", "--json")) == []
    server.script += [Reply("It is at noon.")] * 3
    asked = [f"High water in the basin zebra{n}?" for n in (10, 11, 12)]
    for question in asked:
        loads(ragchat("ask", question, "--json"))
    listed = loads(ragchat("conversations", "list", "--json"))
    assert sorted(conversation["title"] for conversation in listed) == asked
    recalled = loads(ragchat("recall", "remember the password of the basin", "--json"))
    assert recalled
    said = {"", "Claude: It is at noon.", *(f"You: {question}" for question in asked)}
    assert {line for hit in recalled for line in hit["text"].splitlines()} <= said


def test_the_corpus_is_large_and_of_many_kinds() -> None:
    assert len(INJECTED) >= 50
    assert len(set(INJECTED.values())) == len(INJECTED)
