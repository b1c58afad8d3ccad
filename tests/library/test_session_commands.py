"""What the commands of a session show and change."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from commands import Output
from emulator import Emulator
from fakes import Reply, ScriptedClaude

from ingest.document import KINDS
from ingest.search.scope import Scope
from ragchat.cli.common import Common
from ragchat.cli.interactive import InteractiveSession
from ragchat.cli.narrowing import widened
from ragchat.errors import UsageError
from ragchat.library.chat_options import ChatOptions
from ragchat.library.filters import in_documents
from ragchat.terminal.parts import fitted
from ragchat.terminal.repl import Repl
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ragchat.terminal.line_editor import LineEditor

Typing = Callable[[str], str]
"""Takes a line of the session; returns what the screen shows then."""


class Editor:
    """The status that a session sets; nobody types here."""

    status: object = ()


@pytest.fixture
def session(notes: Path, home: Path, server: ScriptedClaude) -> Iterator[InteractiveSession]:
    terminal = Emulator(100, 40)
    common = Common(home, None, False, False, True)
    screen = Screen(terminal, terminal, io.StringIO())
    with InteractiveSession(common, common.settings(), screen, ChatOptions()) as opened:
        yield opened


@pytest.fixture
def type_line(session: InteractiveSession) -> Typing:
    editor = cast("LineEditor", Editor())
    repl = Repl(session, session.screen, editor)

    def typed(line: str) -> str:
        terminal = session.screen.out.file
        assert isinstance(terminal, Emulator)
        terminal.screen.erase_in_display(3)
        terminal.screen.cursor_position()
        repl.run_line(line)
        repl.finish()
        return terminal.text()

    return typed


def test_what_is_in_use_is_shown_and_numbers_of_a_list_hold_in_its_collection_alone(
    type_line: Typing, ragchat: Output
) -> None:
    assert "model: claude-sonnet-5-5" in type_line("/model")
    type_line("Is the cook awake?")
    assert "Is the cook awake? (in use)" in type_line("/conversations")
    assert "now searching only 1 document: hull.*" in type_line("/in 'hull.*'")
    type_line("/collection yard")
    assert "there is no conversation '1'" in type_line("/conversations 1")
    spent = next(line for line in ragchat("status")[1].splitlines() if line.startswith("spent"))
    assert spent[17] == "$"  # below the values of the lines before it


def test_a_question_that_was_taken_back_is_not_the_title_of_the_next_one(
    session: InteractiveSession, type_line: Typing
) -> None:
    type_line("Is the cook a drunkard?")
    assert "forgot 1 exchange" in type_line("/undo")
    type_line("How many are the crew?")
    assert "drunkard" not in type_line("/conversations")
    type_line("Is the mate a gambler?")
    type_line("/undo")
    assert session.chat.conversation.title == "How many are the crew?"


def test_an_exchange_that_is_not_stored_can_be_taken_back(
    notes: Path, home: Path, server: ScriptedClaude
) -> None:
    common = Common(home, None, False, False, True)
    terminal = Emulator(100, 40)
    screen = Screen(terminal, terminal, io.StringIO())
    with InteractiveSession(common, common.settings(), screen, ChatOptions(save=False)) as session:
        repl = Repl(session, screen, cast("LineEditor", Editor()))
        for line in ("What is the hull of?", "And the mast?", "/undo"):
            repl.run_line(line)
        assert "took back 1 exchange" in terminal.text()
        (left,) = session.chat.conversation.exchanges
        assert left.question.text == "What is the hull of?"


def test_an_unknown_exchange_is_looked_for_with_the_session_s_own_command(
    type_line: Typing,
) -> None:
    assert "/recall shows the ids" in type_line("/forget abcd")


def test_forgetting_in_a_session_names_what_was_said_again(
    type_line: Typing, session: InteractiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Screen, "confirm", lambda *args: True)
    type_line("What is the hull of?")
    type_line("/new")
    type_line("What is the hull of?")
    first, second = (
        session.chat.memory.conversation(listed.id).exchanges[0].id
        for listed in session.conversations()
    )
    type_line(f"/forget {first}")
    said = " ".join(cast("Emulator", session.screen.err.file).text().split())
    assert f"the same was said in 1 more exchange ({second[:12]}" in said


def test_a_session_begins_within_paths_and_tags_that_it_can_lift(
    session: InteractiveSession, type_line: Typing
) -> None:
    chosen = in_documents(Scope(), ("boats",), (), ("repair",))
    session.begin_within(chosen)
    assert session.narrowed == "boats #repair"
    assert "memory" not in session.scope.kinds
    type_line("/tag")
    type_line("/in")
    assert session.scope.kinds == KINDS
    with pytest.raises(UsageError, match="no document matches --in sails"):
        session.begin_within(in_documents(Scope(), ("sails",)))
    lifted = widened("all", narrowed=chosen, docs_only=False, memory_only=False, no_context=False)
    assert lifted == Scope()


def test_questions_are_narrowed_to_paths_and_tags_until_that_is_lifted(
    session: InteractiveSession, type_line: Typing, server: ScriptedClaude
) -> None:
    assert "now searching only 2 documents: boats" in type_line("/in boats")
    type_line("How many are the crew?")
    assert "crew are four" not in str(server.requests[-1])
    assert "now searching only 1 document: repair" in type_line("/tag repair")
    assert session.narrowed == "boats #repair"
    assert "no document has a path like sails" in type_line("/in sails")
    assert session.narrowed == "boats #repair"
    assert "now searching #repair" in type_line("/in")
    assert "now searching everything" in type_line("/tag")
    type_line("How many are the crew?")
    assert "crew are four" in str(server.requests[-1])


def test_an_answer_without_any_passage_says_so(
    type_line: Typing, ragchat: Output, server: ScriptedClaude
) -> None:
    type_line("/collection other")
    shown = type_line("How many are the crew?")
    assert "no relevant passages found in the library" in shown
    assert "no relevant" not in ragchat("ask", "How many?", "--no-context", "--no-save")[2]


def test_another_collection_is_searched_whole(
    session: InteractiveSession, type_line: Typing
) -> None:
    type_line("/in boats")
    assert "new conversation in other: 0 files" in type_line("/collection other")
    assert session.narrowed == ""
    assert type_line("/collection") == "default, other (in use, empty)"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_status_keeps_the_model_and_what_is_searched(
    session: InteractiveSession, columns: int
) -> None:
    session.narrow(("boats/**",), None)
    shown = fitted(session.status(), columns)
    assert len(shown) <= columns
    assert shown.endswith("only boats/** · claude-sonnet-5-5")
    assert ("exchanges" in shown) == (columns > 80)


def test_the_last_answer_of_a_continued_conversation_is_copied_and_its_sources_named(
    type_line: Typing,
    server: ScriptedClaude,
    notes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(notes)
    copied = tmp_path / "copied"
    (tmp_path / "wl-copy").write_text(f"#!/bin/sh\ncat > {copied}\n")
    (tmp_path / "wl-copy").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    server.script.append(Reply([("Of oak.", [(0, "hull is of oak")])]))
    type_line("What is the hull made of?")
    type_line("/new")
    type_line("/conversations hull")
    assert "boats/hull.md:1-5" in type_line("/sources")
    assert "copied with wl-copy" in type_line("/copy")
    assert "Of oak" in copied.read_text()


def test_a_file_is_attached_before_a_full_stop_and_one_that_is_missing_is_named(
    type_line: Typing,
    notes: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(notes)
    assert "attached: crew.md, 3 lines" in type_line("Summarize @crew.md.")
    shown = type_line("Summarize @boats/huul.md, and thank @anna.")
    assert "@boats/huul.md is not a file here, and is sent as text" in shown
    assert "@anna is not" not in shown


def test_of_many_models_that_are_offered_the_nearest_are_named_and_the_rest_counted(
    type_line: Typing, server: ScriptedClaude
) -> None:
    server.models = [{"id": f"local-{name}"} for name in "abcdef"] + [{"id": "qwen3:8b"}]
    said = " ".join(type_line("/model qwen3-8b").split())
    assert "it has qwen3:8b, local-a, local-b, local-c, local-d and 2 more" in said


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("max_tokens", "raise it with `ragchat ask --continue --max-tokens N`"),
        ("model_context_window_exceeded", "start a new conversation with /new, or send less"),
    ],
)
def test_a_session_says_what_it_takes_there_to_get_a_whole_answer(
    type_line: Typing, server: ScriptedClaude, reason: str, advice: str
) -> None:
    server.script = [Reply("Half of it", stop_reason=reason)]
    assert advice in " ".join(type_line("The crew?").split())
