"""What is asked before something is forgotten: exactly what goes, and what quotes it."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Output, loads
from fakes import Reply, ScriptedClaude

DECLINED = " [y/N] nothing was forgotten\n"


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Somebody sits at the terminal who is about to say no; gives the side where they type."""
    person, program = pty.openpty()
    os.write(person, b"no\n" * 9)
    with os.fdopen(program) as keys:
        monkeypatch.setattr(sys, "stdin", keys)
        yield person
    os.close(person)


@pytest.fixture
def tides(ragchat: Output, server: ScriptedClaude, tmp_path: Path) -> Path:
    """A file of the library that one answer quotes."""
    path = tmp_path / "tides.md"
    path.write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    loads(ragchat("ingest", path, "--json"))
    server.script.append(Reply([("At noon", [(0, "ten past noon")])]))
    loads(ragchat("ask", "When is high water at Wexmouth?", "--json"))
    return path


@pytest.mark.usefixtures("answer")
def test_a_file_is_asked_for_with_its_chunks_and_the_answers_that_quote_it(
    ragchat: Output, tides: Path
) -> None:
    code, out, asked = ragchat("sources", "remove", tides)
    assert (code, out) == (0, "")
    assert asked == (
        "forget 1 file with 1 chunk for good?"
        f" (quoted by 1 answer: --with-answers removes it too){DECLINED}"
    )
    asked = ragchat("sources", "remove", tides, "--with-answers")[2]
    assert asked == f"forget 1 file with 1 chunk and 1 answer quoting it for good?{DECLINED}"


@pytest.mark.usefixtures("answer", "tides")
def test_a_conversation_is_asked_for_by_its_title(ragchat: Output) -> None:
    (listed,) = loads(ragchat("conversations", "list", "--json"))
    asked = ragchat("conversations", "delete", listed["id"])[2]
    title = f"“When is high water at Wexmouth?” ({listed['id']})"
    assert asked == f"forget 1 exchange of {title} for good?{DECLINED}"


@pytest.mark.usefixtures("answer")
def test_of_many_conversations_some_are_named_and_the_rest_is_counted(
    ragchat: Output, tmp_path: Path
) -> None:
    export = tmp_path / "turns.jsonl"
    line = '{"conversation": "c%s", "time": "2026-03-04", "role": "user", "text": "Hello %s."}'
    export.write_text("\n".join(line % (n, n) for n in range(5)))
    loads(ragchat("ingest", export, "--json"))
    asked = ragchat("forget", "--before", "2026-04-01")[2]
    assert asked.startswith("forget 5 exchanges of “Hello 0.” (turns:c0), ")
    assert asked.endswith(f"(turns:c2) and 2 other conversations for good?{DECLINED}")


def test_removing_a_file_with_answers_forgets_what_quotes_it(ragchat: Output, tides: Path) -> None:
    done = loads(ragchat("sources", "remove", tides, "--with-answers", "--json"))
    assert (done["sources"], done["exchanges"], done["quoted_by"]) == (1, 1, [])
    assert loads(ragchat("conversations", "list", "--json")) == []
