"""Conversations against llmock, a server that breaks what it sends and judges how that is taken.

Its verdict is by the requests that it sees. In one thing the program does otherwise on purpose: an
answer that broke off after its first words is kept, marked and shown, not asked for again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads
from llmock.pytest_plugin import LLMock

from ragchat import Library

QUESTIONS = ("When is high water?", "And the next day?", "Is the harbour closed then?", "Why?")
LONG = "The harbour has three basins and a lock that opens twice a day. " * 30


@pytest.fixture(scope="module")
def made(clean_module: None, embedder: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    (place / "tides.md").write_text("# Tides\n\nHigh water is at noon. The harbour is closed.\n")
    with Library.open(place / "home") as library:
        assert library.ingest(place / "tides.md").added == 1
    return place / "home"


@pytest.fixture(autouse=True)
def docs(made: Path, home: Path) -> None:
    """A library with one document."""
    shutil.copytree(made, home, dirs_exist_ok=True)


def talk(ragchat: Output, *flags: object) -> list[Any]:
    """One conversation, question by question."""
    first, *rest = (("ask", question, "--json", *flags) for question in QUESTIONS)
    return [loads(ragchat(*first)), *(loads(ragchat(*words, "--continue")) for words in rest)]


@pytest.mark.parametrize("citations", ["native", "text"])
@pytest.mark.parametrize("history", ["rag", "window", "summary", "full"])
def test_conversations_of_every_kind_have_a_clean_verdict(
    ragchat: Output,
    llmock: LLMock,
    monkeypatch: pytest.MonkeyPatch,
    citations: str,
    history: str,
) -> None:
    monkeypatch.setenv("RAGCHAT_CITATIONS", citations)
    answers = talk(ragchat, "--history", history)
    assert all(answer["answer"] for answer in answers)
    assert [request.status for request in llmock.requests] == [200] * len(QUESTIONS)
    llmock.assert_resilient(strict=True)


def test_a_cached_window_a_prefill_and_a_schema_have_a_clean_verdict(
    ragchat: Output, llmock: LLMock, tmp_path: Path
) -> None:
    llmock.reply(LONG, times=len(QUESTIONS))
    talk(ragchat)
    assert "cache_control" in json.dumps(llmock.last_request.body)
    llmock.reply("noon.")
    flags = ("--model", "claude-haiku-4-5", "--prefill", "It is at")
    assert loads(ragchat("ask", "When?", "--json", *flags))["answer"] == "It is atnoon."
    (tmp_path / "schema.json").write_text('{"type": "object", "required": ["hour"]}')
    llmock.reply('{"hour": 12}')
    assert loads(ragchat("ask", "When?", "--schema", tmp_path / "schema.json")) == {"hour": 12}
    assert len(llmock.requests) == len(QUESTIONS) + 2
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        (lambda mock: mock.rate_limit(retry_after=1.0), 2),
        (lambda mock: mock.fail(529, times=2), 3),
        (lambda mock: mock.fail(500), 2),
        (lambda mock: mock.disconnect(after_chunks=1), 2),
        (lambda mock: mock.truncate(after_chunks=2), 2),
        (lambda mock: mock.pace(50).corrupt(after_chunks=1), 2),
        (lambda mock: mock.stall(after_chunks=1, seconds=3.0), 2),
        (lambda mock: mock.slow_first_token(0.5), 1),
        (lambda mock: mock.context_overflow(), 2),
    ],
    ids="429 529 500 disconnect truncate corrupt stall slow overflow".split(),
)
def test_what_fails_before_the_first_word_is_asked_for_again_as_llmock_wants_it(
    ragchat: Output,
    llmock: LLMock,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[LLMock], LLMock],
    attempts: int,
) -> None:
    monkeypatch.setenv("RAGCHAT_TIMEOUT", "1")
    fault(llmock)
    assert loads(ragchat("ask", QUESTIONS[0], "--json"))["answer"]
    assert len(llmock.requests) == attempts
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize(("status", "code"), [(400, 4), (401, 3), (403, 3), (404, 4), (422, 4)])
def test_what_cannot_succeed_is_sent_once(
    ragchat: Output, llmock: LLMock, status: int, code: int
) -> None:
    llmock.fail(status)
    assert ragchat("ask", QUESTIONS[0])[0] == code
    assert len(llmock.requests) == 1
    llmock.assert_resilient(strict=True)


def test_an_outage_is_given_up_after_some_attempts(
    ragchat: Output, llmock: LLMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_RETRIES", "2")
    llmock.outage()
    assert ragchat("ask", QUESTIONS[0])[0] == 4
    assert len(llmock.requests) == 3
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        (lambda mock: mock.truncate(after_chunks=6), "truncated_stream_accepted"),
        (lambda mock: mock.disconnect(after_chunks=6), "gave_up"),
        (lambda mock: mock.corrupt(after_chunks=6), "malformed_chunk_ignored"),
    ],
    ids="truncate disconnect corrupt".split(),
)
def test_what_breaks_off_later_is_kept_and_marked_where_llmock_wants_it_asked_again(
    ragchat: Output, llmock: LLMock, fault: Callable[[LLMock], LLMock], finding: str
) -> None:
    llmock.reply("It is at noon, or a little later in spring.")
    fault(llmock)
    code, out, err = ragchat("ask", QUESTIONS[0], "--json")
    told = json.loads(out)
    assert (code, told["answer"], err) == (4, "It is at ", "")
    assert ": ask again" in told["error"]
    assert [found.code for found in llmock.verdict().findings] == [finding]
